// Package measure is what the peers in Go share: the command line, how a run is timed, and the line that says the
// result. Its twin in Python is measure.py.
package measure

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Arguments is a workload and how long to measure it.
type Arguments struct {
	Cell          string
	T, B, I, H    int
	Layers        int
	Bidirectional bool
	Mode          string
	Threads       int
	Seconds       float64
}

// Parse reads the command line.
func Parse() Arguments {
	var a Arguments
	flag.StringVar(&a.Cell, "cell", "lstm", "kind of cell")
	flag.IntVar(&a.T, "T", 50, "time steps")
	flag.IntVar(&a.B, "B", 32, "sequences in the batch")
	flag.IntVar(&a.I, "I", 128, "width of the input")
	flag.IntVar(&a.H, "H", 128, "width of the hidden state")
	flag.IntVar(&a.Layers, "layers", 1, "number of layers")
	flag.BoolVar(&a.Bidirectional, "bidirectional", false, "run each layer in both directions")
	flag.StringVar(&a.Mode, "mode", "train", "train, forward or stream")
	flag.IntVar(&a.Threads, "threads", 1, "threads that compute")
	flag.Float64Var(&a.Seconds, "seconds", 0.5, "how long to measure")
	flag.Parse()
	runtime.GOMAXPROCS(a.Threads)
	return a
}

// Report measures run and prints the median, with the version that the program has of the module at the path.
func Report(a Arguments, module string, run func() error) {
	ms, err := median(run, a.Seconds)
	if err != nil {
		Fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"milliseconds": ms, "version": version(module)}); err != nil {
		Fail(err)
	}
}

// Fail ends the program with an error's text.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// median returns the milliseconds of a run, after a warm-up, in the same way as zoo bench. A run that takes seconds is
// measured once or twice: it is so far behind that more would tell nothing more.
func median(run func() error, seconds float64) (float64, error) {
	const long = 2.0
	once := math.Inf(1)
	timed := func(runs int) (float64, error) {
		start := time.Now()
		for range runs {
			if err := run(); err != nil {
				return 0, err
			}
		}
		return time.Since(start).Seconds() / float64(runs), nil
	}
	for n, start := 0, time.Now(); n < 3 && time.Since(start).Seconds() < long || time.Since(start).Seconds() < seconds/5; n++ {
		s, err := timed(1)
		if err != nil {
			return 0, err
		}
		once = min(once, s)
	}
	const shortest = 20e-6 // seconds of a sample; reading the clock must not show
	runs := max(1, int(math.Ceil(shortest/once)))
	runtime.GC()
	var samples []float64
	for start := time.Now(); len(samples) == 0 || len(samples) < 5 && time.Since(start).Seconds() < long || time.Since(start).Seconds() < seconds; {
		s, err := timed(runs)
		if err != nil {
			return 0, err
		}
		samples = append(samples, s)
	}
	slices.Sort(samples)
	return 1e3 * samples[len(samples)/2], nil
}

func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return strings.TrimPrefix(m.Version, "v")
		}
	}
	return ""
}
