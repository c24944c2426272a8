package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/bench"
)

// TestMain is a peer's program if the environment says so: it prints and ends as it is told.
func TestMain(m *testing.M) {
	if out, ok := os.LookupEnv("PEERS_TEST_OUTPUT"); ok {
		if os.Getenv("PEERS_TEST_SLEEP") != "" {
			time.Sleep(time.Minute)
		}
		fmt.Print(strings.ReplaceAll(out, "THREADS", os.Getenv("OMP_NUM_THREADS")+os.Getenv("OMP_WAIT_POLICY")+strings.Join(os.Args[1:], "")))
		if err := os.Getenv("PEERS_TEST_ERROR"); err != "" {
			fmt.Fprintln(os.Stderr, "Traceback\n  of lines\n"+err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	p := Program{Peer{Name: "peer"}, []string{os.Args[0]}}
	for _, c := range []struct {
		name, out, fail, sleep string
		want                   string // of the error
	}{
		{"a result", "a warning\n" + `{"milliseconds": 1.5, "version": "THREADS", "imported_megabytes": 7, "peak_share": 0.5}` + "\n", "", "", ""},
		{"no JSON", "done\n", "", "", `printed "done"; want a JSON object`},
		{"nothing", "", "", "", `printed ""; want a JSON object`},
		{"no time", "{}", "", "", "want milliseconds above 0"},
		{"a failure", "", "ImportError: no such thing", "", "exit status 3: ImportError: no such thing"},
		{"too long", "", "", "yes", "took longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := append(Setting{2, "passive"}.environment(), "PEERS_TEST_OUTPUT="+c.out, "PEERS_TEST_ERROR="+c.fail, "PEERS_TEST_SLEEP="+c.sleep)
			limit := time.Minute
			if c.sleep != "" {
				limit = 50 * time.Millisecond
			}
			m, err := p.run(t.Context(), env, []string{"x"}, limit)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("the error is %v; want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m.Milliseconds != 1.5 || m.Version != "2passivex" || m.ImportedMegabytes != 7 || m.PeakShare != 0.5 {
				t.Errorf("%+v", m)
			}
		})
	}
}

func TestFindMissing(t *testing.T) {
	for _, p := range []Peer{
		{Name: "no interpreter", Kind: Python, Needs: "torch"},
		{Name: "no module", Kind: NestedModule, Source: "none"},
	} {
		_, err := find(context.Background(), p, t.TempDir(), filepath.Join(t.TempDir(), "python3"), t.TempDir())
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error is %q; want one line", p.Name, err)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		waits   bool
		threads int
		want    []Setting
	}{
		{false, 1, []Setting{{1, ""}}},
		{false, 2, []Setting{{1, ""}, {2, ""}}},
		{true, 1, []Setting{{1, ""}}},
		{true, 2, []Setting{{1, ""}, {2, "active"}, {2, "passive"}}},
	} {
		if got := settings(Peer{Waits: c.waits}, c.threads); !slices.Equal(got, c.want) {
			t.Errorf("waits %v, %d threads: %v; want %v", c.waits, c.threads, got, c.want)
		}
	}
}

func TestArguments(t *testing.T) {
	all := slices.Concat(bench.Workloads(), sizes())
	workload := func(name string) bench.Workload {
		return all[slices.IndexFunc(all, func(w bench.Workload) bool { return w.Name == name })]
	}
	peer := func(name string) Peer {
		return peers[slices.IndexFunc(peers, func(p Peer) bool { return p.Name == name })]
	}
	for _, c := range []struct{ peer, workload, want string }{
		{"rnnzoo", "W10", "bench --json --workload W10 --threads 2 --seconds 0.5"},
		{"rnnzoo", "S1", "bench --json --cell lstm --T 16 --B 256 --I 64 --H 64 --layers 1 --mode train --threads 2 --seconds 0.5"},
		{"PyTorch", "W10", "--cell lstm --T 35 --B 20 --I 650 --H 650 --layers 2 --mode train --vocabulary 10000 --threads 2 --seconds 0.5 --wait active"},
		{"PyTorch", "W13", "--cell lstm --T 64 --B 32 --I 128 --H 512 --layers 1 --mode train --vocabulary 69 --carried --dropout 0.25 --threads 2 --seconds 0.5 --wait active"},
		{"PyTorch", "W15", "--cell gru --T 784 --B 64 --I 1 --H 128 --layers 1 --mode train --classes 10 --threads 2 --seconds 0.5 --wait active"},
		{"ONNX Runtime", "W16", "--cell lstm --T 1 --B 1 --I 128 --H 512 --layers 2 --mode stream --vocabulary 69 --threads 2 --seconds 0.5 --wait active"},
		{"torch.compile", "W7", "--cell custom --T 50 --B 32 --I 128 --H 128 --layers 1 --mode train --threads 2 --seconds 0.5 --wait active --compile"},
		{"JAX", "W5", "--cell lstm --T 100 --B 32 --I 100 --H 128 --layers 1 --mode train --bidirectional --threads 2 --seconds 0.5"},
	} {
		p := peer(c.peer)
		s := settings(p, 2)[1]
		if got := strings.Join(arguments(p, workload(c.workload), s, 0.5), " "); got != c.want {
			t.Errorf("%s, %s:\n%s\nwant\n%s", c.peer, c.workload, got, c.want)
		}
	}
}

// TestWhoDoesWhat lists the peers of each workload.
func TestWhoDoesWhat(t *testing.T) {
	const everybody = "rnnzoo, PyTorch, JAX, "
	want := map[string]string{
		"W1": everybody + "Gorgonia, GoMLX, GoMLX simd", "W2": everybody + "Gorgonia, GoMLX, GoMLX simd", "W3": everybody, "W4": everybody,
		"W5": everybody, "W6": everybody + "Gorgonia, GoMLX, GoMLX simd", "W7": "rnnzoo, PyTorch, torch.compile, JAX",
		"W8": everybody + "ONNX Runtime, GoMLX, GoMLX simd", "W9": everybody + "ONNX Runtime, GoMLX, GoMLX simd", "W10": everybody,
		"W11": everybody + "ONNX Runtime, GoMLX, GoMLX simd", "W12": everybody + "ONNX Runtime, GoMLX, GoMLX simd",
		"W16": "rnnzoo, PyTorch, ONNX Runtime",
	}
	for _, w := range slices.Concat(bench.Workloads(), sizes()) {
		var names []string
		for _, p := range peers {
			if (options{}).takesPart(p, w) {
				names = append(names, p.Name)
			}
		}
		expected, ok := want[w.Name]
		if !ok {
			expected = "rnnzoo, PyTorch"
		}
		if got := strings.Join(names, ", "); got != strings.TrimSuffix(expected, ", ") {
			t.Errorf("%s: %s; want %s", w.Name, got, expected)
		}
		if err := w.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestModelName(t *testing.T) {
	if got := modelName("processor\t: 0\nmodel name\t: A CPU @ 2: GHz\nmodel name\t: another\n"); got != "A CPU @ 2: GHz" {
		t.Errorf("%q", got)
	}
	if got := modelName("Features : fp\n"); got != "" {
		t.Errorf("%q; want none", got)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args string
		want string // the names of the workloads
	}{
		{"", "W1 W2 W3 W4 W5 W6 W7 W8 W9 W10 W11 W12 W13 W14 W15 W16"},
		{"--workload w4,W1", "W1 W4"},
		{"--sizes", "S1 S2 S3 S4 S5 S6 S7 S8 S9 S10"},
		{"--workload s3 --peer pytorch", "S3"},
		{"--workload W17", ""},
		{"--peer tensorflow", ""},
		{"--rounds 0", ""},
		{"--seconds 0", ""},
		{"W1", ""},
	} {
		o, err := parse(strings.Fields(c.args))
		if (err == nil) != (c.want != "") {
			t.Errorf("%q: the error is %v", c.args, err)
		}
		if err != nil {
			continue
		}
		var names []string
		for _, w := range o.chosen() {
			names = append(names, w.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%q: %s; want %s", c.args, got, c.want)
		}
	}
}
