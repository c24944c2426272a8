package command

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/bench"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

type benchEvent struct {
	Event               string  `json:"event"`
	Workload            string  `json:"workload"`
	Title               string  `json:"title"`
	Milliseconds        float64 `json:"milliseconds"`
	FastestMilliseconds float64 `json:"fastest_milliseconds"`
	GFLOPS              float64 `json:"gflops"`
	PeakGFLOPS          float64 `json:"peak_gflops"`
	PeakShare           float64 `json:"peak_share"`
	Threads             int     `json:"threads"`
	Allocs              int     `json:"allocs"`
	CompileMilliseconds float64 `json:"compile_milliseconds"`
	Kernel              string  `json:"kernel"`
}

// benchOptions are the flags of zoo bench that are no part of a workload.
type benchOptions struct {
	workloads []string
	threads   int
	seconds   float64
	json      bool
}

// sizeFlags are the flags that make a workload of one's own.
var sizeFlags = []string{"cell", "T", "B", "I", "H", "layers", "bidirectional", "rolled", "mode"}

func newBench() *cobra.Command {
	own := bench.Workloads()[0] // the defaults
	var o benchOptions
	var mode string
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the speed of the cells beside the peak of this machine",
		Long: `Measure the time of a training step, a forward pass or a streaming step: the median of many runs, the rate of the
matrix products, and beside it the peak, which multiply-adds between registers reach on as many threads in the same
minute. The workloads are

` + workloadList() + `
or one of a size of your own.`,
		Example: `  zoo bench
  zoo bench --workload W1,W4 --threads 1
  zoo bench --cell gru --T 100 --B 16 --I 64 --H 256 --mode forward --json`,
		Args: arguments(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := cmd.Flags().Changed
			own.Mode = bench.Mode(mode)
			workloads, err := chosenWorkloads(given, o.workloads, own)
			if err != nil {
				return err
			}
			threads, err := threadCounts(o.threads, given("threads"))
			if err != nil {
				return err
			}
			if !(o.seconds > 0 && o.seconds <= 3600) {
				return linef("--seconds %g: want a number above 0, and 3600 at most", o.seconds)
			}
			return runBench(cmd.OutOrStdout(), workloads, threads, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&o.workloads, "workload", nil, "names of the workloads, with commas between them (default all)")
	flags.StringVar(&own.Cell, "cell", own.Cell, "one of "+strings.Join(bench.Cells(), ", "))
	flags.IntVar(&own.T, "T", own.T, "length of the sequences")
	flags.IntVar(&own.B, "B", own.B, "sequences in the batch")
	flags.IntVar(&own.I, "I", own.I, "width of the input")
	flags.IntVar(&own.H, "H", own.H, "width of the hidden state")
	flags.IntVar(&own.Layers, "layers", own.Layers, "number of layers")
	flags.BoolVar(&own.Bidirectional, "bidirectional", own.Bidirectional, "run each layer in both directions")
	flags.BoolVar(&own.Rolled, "rolled", own.Rolled, "declare the steps as a loop, as those of long sequences are")
	flags.StringVar(&mode, "mode", string(own.Mode), "train, forward, or stream for one step with the state kept")
	flags.IntVar(&o.threads, "threads", 0, fmt.Sprintf("threads that compute (default the better of 1 and all, %d here)", runtime.GOMAXPROCS(0)))
	flags.Float64Var(&o.seconds, "seconds", 1, "how long to run each workload")
	flags.BoolVar(&o.json, "json", false, "print one JSON object a line")
	return cmd
}

// workloadList is the workloads, one a line.
func workloadList() string {
	var t show.Table
	for _, w := range bench.Workloads() {
		t.Rows = append(t.Rows, []any{"", w.Name, w.Title})
	}
	return t.String()
}

// chosenWorkloads returns the workloads of the names, or the user's own if a flag gives it a size, or all.
func chosenWorkloads(given func(flag string) bool, names []string, own bench.Workload) ([]bench.Workload, error) {
	sized := slices.IndexFunc(sizeFlags, given)
	switch {
	case given("workload") && sized >= 0:
		return nil, linef("--%s: --workload has a size already; choose one of the two", sizeFlags[sized])
	case given("workload"):
		return workloadsByName(bench.Workloads(), names)
	case sized < 0:
		return bench.Workloads(), nil
	}
	if own.Mode == bench.Stream && !given("T") {
		own.T = 1
	}
	own.Name, own.Title = "custom", own.Describe()
	if err := own.Check(); err != nil {
		return nil, linef("--%v", err) // which begins with the name of a field, and so of a flag
	}
	return []bench.Workload{own}, nil
}

func workloadsByName(all []bench.Workload, names []string) ([]bench.Workload, error) {
	var found []bench.Workload
	var known []string
	byName := make(map[string]bench.Workload)
	for _, w := range all {
		known = append(known, w.Name)
		byName[w.Name] = w
	}
	for _, name := range names {
		w, ok := byName[strings.ToUpper(name)]
		if !ok {
			return nil, linef("--workload %q not found%s (zoo bench --help lists them)", name, didYouMean("", suggest.Nearest(name, known)))
		}
		found = append(found, w)
	}
	if len(found) == 0 {
		return nil, linef("--workload: want names, such as %s", strings.Join(known[:2], ","))
	}
	return found, nil
}

// threadCounts returns the numbers of threads to measure with.
func threadCounts(threads int, given bool) ([]int, error) {
	// GOMAXPROCS is the number of cores, or what a container is granted of them. More threads would share a core, and
	// there is no peak to compare that with.
	all := runtime.GOMAXPROCS(0)
	switch {
	case given && (threads < 1 || threads > all):
		return nil, linef("--threads %d: want 1 to %d, the threads that run at the same time here", threads, all)
	case given:
		return []int{threads}, nil
	case all == 1:
		return []int{1}, nil
	}
	return []int{1, all}, nil
}

// runBench measures the workloads and prints each result as soon as it is there.
func runBench(out io.Writer, workloads []bench.Workload, threads []int, o benchOptions) error {
	kernels, err := bench.KernelName()
	if err != nil {
		return err
	}
	width := 0
	for _, w := range workloads {
		width = max(width, len(w.Title))
	}
	if !o.json {
		fmt.Fprintln(out, benchOpening(kernels, threads))
		fmt.Fprintf(out, "%-8s  %-*s  %7s  %7s  %8s  %8s  %7s  %6s  %7s  %6s  %7s\n",
			"WORKLOAD", width, "WHAT IT IS", "THREADS", "STEPS/S", "MS", "FASTEST", "GFLOP/S", "PEAK", "OF PEAK", "ALLOCS", "COMPILE")
	}
	for _, w := range workloads {
		r, err := bench.Best(w, threads, o.seconds)
		if err != nil {
			return err
		}
		if o.json {
			err = writeJSON(out, benchEventOf(r, kernels))
		} else {
			_, err = fmt.Fprintf(out, "%-8s  %-*s  %7d  %7s  %8s  %8s  %7.1f  %6.1f  %5.1f %%  %6d  %4.0f ms\n", w.Name, width, w.Title, r.Threads,
				inDigits(1e3/r.Milliseconds), inDigits(r.Milliseconds), inDigits(r.FastestMilliseconds), r.GFLOPS(), r.PeakGFLOPS, 100*r.PeakShare(), r.Allocs, r.CompileMilliseconds)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// benchOpening says what the table's numbers are.
func benchOpening(kernels string, threads []int) string {
	text := fmt.Sprintf("Kernels: %s. MS is the median of a run, with which the rates go; PEAK is what multiply-adds alone reach on as many threads.", kernels)
	if len(threads) > 1 {
		text += fmt.Sprintf("\nEach workload ran with %d thread and with %d; the faster of the two is shown.", threads[0], threads[1])
	}
	return text + "\n"
}

// inDigits formats a measured number with the four digits that mean something.
func inDigits(v float64) string { return string(show.Fixed(v, show.Decimals(4, v))) }

func benchEventOf(r bench.Result, kernels string) benchEvent {
	return benchEvent{Event: "bench", Workload: r.Workload.Name, Title: r.Workload.Title,
		Milliseconds: significant(r.Milliseconds), FastestMilliseconds: significant(r.FastestMilliseconds),
		GFLOPS: significant(r.GFLOPS()), PeakGFLOPS: significant(r.PeakGFLOPS), PeakShare: significant(r.PeakShare()),
		Threads: r.Threads, Allocs: r.Allocs, CompileMilliseconds: significant(r.CompileMilliseconds), Kernel: kernels}
}

// significant rounds a measured number to the four digits that mean something.
func significant(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil || math.IsInf(v, 0) {
		return v
	}
	return r
}
