package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBetween(t *testing.T) {
	for _, c := range []struct{ name, document, want string }{
		{"empty", "a\n" + beginMark + "\n" + endMark + "\nz\n", "a\n" + beginMark + "\nnew\n" + endMark + "\nz\n"},
		{"replaced", "a\n" + beginMark + "\nold\nold\n" + endMark, "a\n" + beginMark + "\nnew\n" + endMark},
		{"no mark", "a", ""},
		{"not closed", beginMark + "\nold\n", ""},
		{"the wrong way round", endMark + "\n" + beginMark, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := between(c.document, "new\n")
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func sample() *Results {
	r := &Results{Machine: "a machine", Kernel: "avx2", Go: "go1"}
	r.add("W2", "LSTM", []Result{
		{Peer: "rnnzoo", Date: "2026-01-02", Setting: Setting{Threads: 2}, Milliseconds: 100, Ratio: 1, PeakShare: 0.876, Megabytes: 90},
		{Peer: "PyTorch", Date: "2026-01-02", Version: "9.1", Setting: Setting{2, "active"}, Milliseconds: 123.4, Ratio: 1.234, Megabytes: 600, ImportedMegabytes: 400},
	})
	r.add("W9", "LSTM", []Result{
		{Peer: "rnnzoo", Date: "2026-01-03", Setting: Setting{Threads: 1}, Milliseconds: 0.005, Ratio: 1},
		{Peer: "JAX", Date: "2026-01-03", Version: "0.1", Setting: Setting{Threads: 1}, Milliseconds: 0.0251, Ratio: 5.02},
	})
	r.add("S1", "LSTM of a size", []Result{{Peer: "rnnzoo", Date: "2026-01-03", Setting: Setting{Threads: 1}, Milliseconds: 5, Ratio: 1}})
	return r
}

func TestMarkdown(t *testing.T) {
	text := sample().markdown()
	for _, want := range []string{
		"Measured 2026-01-02 to 2026-01-03 on a machine, kernels avx2; go1, PyTorch 9.1, JAX 0.1.\n",
		"| work | rnnzoo | PyTorch | JAX |\n| --- | --- | --- | --- |\n",
		"| W2 | 100 (2; 88 %) | 123 (2 active) **1.23×** | – |\n",
		"| W9 | 0.00500 (1) | – | 0.0251 (1) **5.02×** |\n",
		"W2: rnnzoo 90 MB, PyTorch 600 MB (400 of them with the libraries loaded and nothing done yet).\n",
		"| work | rnnzoo |\n| --- | --- |\n| LSTM of a size | 5.00 (1) |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

func TestResultsReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if err := sample().save(path); err != nil {
		t.Fatal(err)
	}
	r, err := load(path, "a machine", "avx2", "go2")
	if err != nil {
		t.Fatal(err)
	}
	r.add("W2", "LSTM", []Result{{Peer: "rnnzoo", Date: "2026-01-04", Milliseconds: 50, Ratio: 1}, {Peer: "JAX", Date: "2026-01-04", Milliseconds: 99, Ratio: 1.98}})
	if len(r.Workloads) != 3 || len(r.Workloads[0].Peers) != 3 || r.Go != "go2" {
		t.Errorf("%+v; want three workloads, and of W2 three peers", r)
	}
	for peer, ms := range map[string]float64{"rnnzoo": 50, "PyTorch": 123.4, "JAX": 99} {
		if p, ok := r.Workloads[0].peer(peer); !ok || p.Milliseconds != ms {
			t.Errorf("%s of W2 is %+v; want %v ms", peer, p, ms)
		}
	}
	for _, other := range [][2]string{{"another machine", "avx2"}, {"a machine", "avx512"}} {
		if r, err := load(path, other[0], other[1], "go1"); err != nil || len(r.Workloads) != 0 {
			t.Errorf("on %s with %s: %+v, %v; want nothing", other[0], other[1], r, err)
		}
	}
	if r, err := load(filepath.Join(t.TempDir(), "none"), "m", "k", "g"); err != nil || len(r.Workloads) != 0 {
		t.Errorf("without a file: %+v, %v", r, err)
	}
}

// TestDocumentIsCurrent holds the document against the results that it is made from.
func TestDocumentIsCurrent(t *testing.T) {
	const results, document = "results.json", "../../docs/performance.md"
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	r, err := loadAny(results)
	if err != nil {
		t.Fatal(err)
	}
	want, err := between(string(data), r.markdown())
	if err != nil {
		t.Fatal(err)
	}
	if want != string(data) {
		t.Errorf("the tables of %s are not those of %s: go run ./bench/peers writes both", document, results)
	}
}
