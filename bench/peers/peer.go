package main

import (
	"slices"
	"strconv"

	"github.com/rnnzoo/rnnzoo/bench"
)

// Peer is a framework that is measured; ours is one too.
type Peer struct {
	Name string // a column of the table
	// Kind says how its program is found: built from a package of ours, from a nested module, or run by Python.
	Kind
	Source string // the package's or module's folder, or the script
	// Needs is the Python module that has to be installed.
	Needs string
	// Env is added to the environment of the build.
	Env []string
	// Args are given to the program beside the workload.
	Args []string
	// Waits says that the program has threads of which one can choose how they wait for work.
	Waits bool
	// Slow peers take minutes to compile a workload. They run once, and only if asked for.
	Slow bool
	// Sizes says that the other sizes are compared with it.
	Sizes bool
	Does  func(bench.Workload) bool
}

// Kind is how a peer's program is found.
type Kind int

// The kinds.
const (
	Ours Kind = iota
	NestedModule
	Python
)

// peers are all that we know, ours first.
var peers = []Peer{
	{Name: "rnnzoo", Kind: Ours, Source: "cmd/zoo", Sizes: true, Does: anything},
	{Name: "PyTorch", Kind: Python, Source: "pytorch.py", Needs: "torch", Waits: true, Sizes: true, Does: anything},
	{Name: "torch.compile", Kind: Python, Source: "pytorch.py", Needs: "torch", Args: []string{"--compile"}, Waits: true, Slow: true,
		Does: func(w bench.Workload) bool { return w.Cell == "custom" }},
	{Name: "JAX", Kind: Python, Source: "jax_scan.py", Needs: "jax",
		Does: func(w bench.Workload) bool { return !w.Carried && w.Classes == 0 && !writes(w) }},
	{Name: "ONNX Runtime", Kind: Python, Source: "onnx_runtime.py", Needs: "onnxruntime", Waits: true,
		Does: func(w bench.Workload) bool {
			return w.Mode != bench.Train && w.Cell != "custom" && (w.Vocabulary == 0 || writes(w))
		}},
	{Name: "Gorgonia", Kind: NestedModule, Source: "gorgonia",
		Does: func(w bench.Workload) bool { return w.Mode == bench.Train && oneLSTM(w) }},
	{Name: "GoMLX", Kind: NestedModule, Source: "gomlx", Does: oneLSTM},
	{Name: "GoMLX simd", Kind: NestedModule, Source: "gomlx", Env: []string{"GOEXPERIMENT=simd"}, Does: oneLSTM},
}

func anything(bench.Workload) bool { return true }

// writes reports whether a language model goes on with its own tokens.
func writes(w bench.Workload) bool { return w.Vocabulary > 0 && w.Mode == bench.Stream }

// oneLSTM is what the peers in Go do; those of several layers or directions take them minutes.
func oneLSTM(w bench.Workload) bool {
	return w.Cell == "lstm" && w.Vocabulary == 0 && w.Layers == 1 && !w.Bidirectional
}

// Setting is how a peer's program runs.
type Setting struct {
	Threads int    `json:"threads"`
	Wait    string `json:"wait,omitempty"` // of threads without work: active, passive, or "" where there is no choice
}

// settings returns those that are tried of a peer.
func settings(p Peer, threads int) []Setting {
	list := []Setting{{Threads: 1}}
	for n := 2; n <= threads; n++ {
		if p.Waits {
			list = append(list, Setting{n, "active"}, Setting{n, "passive"})
		} else {
			list = append(list, Setting{Threads: n})
		}
	}
	return list
}

// environment returns what the frameworks read from it before they start their threads.
func (s Setting) environment() []string {
	n := strconv.Itoa(s.Threads)
	env := []string{"OMP_NUM_THREADS=" + n, "GOMAXPROCS=" + n, "NPROC=" + n} // XLA takes the size of its pool from NPROC
	if s.Wait != "" {
		env = append(env, "OMP_WAIT_POLICY="+s.Wait)
	}
	if s.Threads == 1 {
		env = append(env, "XLA_FLAGS=--xla_cpu_multi_thread_eigen=false")
	}
	return env
}

// arguments returns the command line that tells a peer the workload and the setting.
func arguments(p Peer, w bench.Workload, s Setting, seconds float64) []string {
	flag := func(name string, value any) []string { return []string{"--" + name, text(value)} }
	size := slices.Concat(flag("cell", w.Cell), flag("T", w.T), flag("B", w.B), flag("I", w.I), flag("H", w.H),
		flag("layers", w.Layers), flag("mode", string(w.Mode)))
	if w.Bidirectional {
		size = append(size, "--bidirectional")
	}
	how := slices.Concat(flag("threads", s.Threads), flag("seconds", seconds))
	if p.Kind == Ours {
		if isStandard(w) {
			size = flag("workload", w.Name)
		}
		return slices.Concat([]string{"bench", "--json"}, size, how)
	}
	if w.Vocabulary > 0 {
		size = append(size, flag("vocabulary", w.Vocabulary)...)
	}
	if w.Carried {
		size = append(size, "--carried")
	}
	if w.Dropout > 0 {
		size = append(size, flag("dropout", w.Dropout)...)
	}
	if w.Classes > 0 {
		size = append(size, flag("classes", w.Classes)...)
	}
	if s.Wait != "" {
		how = append(how, flag("wait", s.Wait)...)
	}
	return slices.Concat(size, how, p.Args)
}

func isStandard(w bench.Workload) bool {
	return slices.ContainsFunc(bench.Workloads(), func(v bench.Workload) bool { return v.Name == w.Name })
}

func text(value any) string {
	switch v := value.(type) {
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return value.(string)
}
