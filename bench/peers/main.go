// Command peers measures other frameworks alternately with ours and writes the tables of docs/performance.md; README.md
// says how to install them and what is compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/bench"
	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// options are the flags.
type options struct {
	workloads []string
	peers     []string
	sizes     bool
	slow      bool
	rounds    int
	seconds   float64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:])
	if err == flag.ErrHelp {
		return
	}
	if err != nil {
		os.Exit(2) // package flag has said it
	}
	if err := measureAll(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	list := func(into *[]string, known func() []string) func(string) error {
		return func(s string) error {
			for name := range strings.SplitSeq(s, ",") {
				i := slices.IndexFunc(known(), func(k string) bool { return strings.EqualFold(k, name) })
				if i < 0 {
					return errors.Errorf("%q: want of %s", name, strings.Join(known(), ", "))
				}
				*into = append(*into, known()[i])
			}
			return nil
		}
	}
	flags.Func("workload", "names with commas between them (default W1 to W16); other workloads keep their results", list(&o.workloads, workloadNames))
	flags.Func("peer", "names with commas between them (default all that are installed)", list(&o.peers, peerNames))
	flags.BoolVar(&o.sizes, "sizes", false, "measure LSTM and GRU of other sizes, S1 to S10, against PyTorch")
	flags.BoolVar(&o.slow, "slow", false, "with torch.compile, which takes minutes")
	flags.IntVar(&o.rounds, "rounds", 3, "how many times all take their turn")
	flags.Float64Var(&o.seconds, "seconds", 0.5, "how long to measure in each turn")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	var err error
	switch {
	case flags.NArg() > 0:
		err = errors.Errorf("unexpected argument %q", flags.Arg(0))
	case o.rounds < 1:
		err = errors.Errorf("--rounds %d: want 1 or more", o.rounds)
	case !(o.seconds > 0 && o.seconds <= 60):
		err = errors.Errorf("--seconds %g: want a number above 0, and 60 at most", o.seconds)
	}
	if err != nil {
		fmt.Fprintln(flags.Output(), err)
	}
	return o, err
}

func workloadNames() (names []string) {
	for _, w := range slices.Concat(bench.Workloads(), sizes()) {
		names = append(names, w.Name)
	}
	return names
}

func peerNames() (names []string) {
	for _, p := range peers[1:] {
		names = append(names, p.Name)
	}
	return names
}

// chosen returns the workloads to measure.
func (o options) chosen() []bench.Workload {
	switch {
	case len(o.workloads) > 0:
		return slices.DeleteFunc(slices.Concat(bench.Workloads(), sizes()), func(w bench.Workload) bool { return !slices.Contains(o.workloads, w.Name) })
	case o.sizes:
		return sizes()
	}
	return bench.Workloads()
}

// takesPart says whether a peer is measured with a workload.
func (o options) takesPart(p Peer, w bench.Workload) bool {
	return p.Does(w) && (isStandard(w) || p.Sizes)
}

// measureAll measures the workloads one after the other, and keeps what there is after each.
func measureAll(ctx context.Context, o options) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	binaries, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(binaries)
	programs, err := o.findAll(ctx, root, binaries)
	if err != nil {
		return err
	}
	kernel, err := bench.KernelName()
	if err != nil {
		return err
	}
	path := filepath.Join(root, "bench", "peers", "results.json")
	results, err := load(path, machine(), kernel, runtime.Version())
	if err != nil {
		return err
	}

	run := func(w bench.Workload) func(Program, Setting) (Measurement, error) {
		return func(p Program, s Setting) (Measurement, error) {
			limit := 2 * time.Minute
			if p.Slow {
				limit = 20 * time.Minute
			}
			return p.run(ctx, s.environment(), arguments(p.Peer, w, s, o.seconds), limit)
		}
	}
	for _, w := range o.chosen() {
		var part []Program
		for _, p := range programs {
			if o.takesPart(p.Peer, w) {
				part = append(part, p)
			}
		}
		complain := func(p Program, err error) { fmt.Fprintf(os.Stderr, "%s, %s: %v\n", w.Name, p.Name, err) }
		measured := measure(w, part, min(2, runtime.GOMAXPROCS(0)), o.rounds, run(w), complain)
		if ctx.Err() != nil {
			return errors.New("interrupted; the workloads before are written")
		}
		if len(measured) == 0 {
			return errors.Errorf("%s: ours did not run", w.Name)
		}
		date := time.Now().Format(time.DateOnly)
		line := fmt.Sprintf("%-4s", w.Name)
		for i := range measured {
			measured[i].Date = date
			line += fmt.Sprintf("  %s %s", measured[i].Peer, measured[i].cell())
		}
		fmt.Println(line)
		results.add(w.Name, w.Title, measured)
		if err := results.save(path); err != nil {
			return err
		}
		if err := write(filepath.Join(root, "docs", "performance.md"), results); err != nil {
			return err
		}
	}
	return nil
}

// findAll returns the programs of ours and of the peers that are installed, and says which are not.
func (o options) findAll(ctx context.Context, root, binaries string) ([]Program, error) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	var programs []Program
	for _, p := range peers {
		if p.Kind != Ours && (len(o.peers) > 0 && !slices.Contains(o.peers, p.Name) || p.Slow && !o.slow) {
			continue
		}
		program, err := find(ctx, p, root, python, binaries)
		switch {
		case err == nil:
			programs = append(programs, program)
		case p.Kind == Ours || ctx.Err() != nil:
			return nil, err
		default:
			fmt.Printf("%s is skipped: %v\n", p.Name, err)
		}
	}
	return programs, nil
}

// write puts the tables into the document.
func write(path string, results *Results) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document, err := between(string(old), results.markdown())
	if err != nil {
		return errors.Wrap(err, path)
	}
	return atomicfile.WriteData(path, []byte(document))
}

// moduleRoot returns the folder of the module that is worked in.
func moduleRoot() (string, error) {
	out, err := output(exec.Command("go", "env", "GOMOD"))
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(out))
	if _, err := os.Stat(filepath.Join(root, "bench", "peers", "measure.py")); err != nil {
		return "", errors.Wrap(err, "want to run in the repository's folder")
	}
	return root, nil
}
