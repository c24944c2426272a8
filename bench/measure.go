package bench

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Result is the speed of a workload.
type Result struct {
	Workload            Workload
	Threads             int
	Milliseconds        float64 // of a run, the median
	FastestMilliseconds float64 // of a run that nothing has disturbed
	PeakGFLOPS          float64 // what as many threads reached at the same time with multiply-adds alone
	Allocs              int     // of memory in a run
	CompileMilliseconds float64 // of building, differentiating and compiling
}

// GFLOPS is the rate of the matrix products, over the time of everything.
func (r Result) GFLOPS() float64 { return r.Workload.FLOPs() / r.Milliseconds / 1e6 }

// PeakShare is GFLOPS as a part of the peak.
func (r Result) PeakShare() float64 { return r.GFLOPS() / r.PeakGFLOPS }

// KernelName returns the name of the set of kernels that programs run on.
func KernelName() (string, error) {
	k, err := kernel.Float32()
	if err != nil {
		return "", err
	}
	return k.Name(), nil
}

// Measure builds a workload for a number of threads, warms it up and runs it for about the given time.
func Measure(w Workload, threads int, seconds float64) (Result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads)) // of the optimizer
	p, err := w.Build(graph.Threads(threads))
	if err != nil {
		return Result{}, err
	}
	r := Result{Workload: w, Threads: threads, CompileMilliseconds: p.CompileMilliseconds}
	once, err := p.warmUp(seconds / 5)
	if err != nil {
		return Result{}, err
	}
	samples, peaks, err := p.time(once, seconds, threads)
	if err != nil {
		return Result{}, err
	}
	r.Milliseconds, r.FastestMilliseconds, r.PeakGFLOPS = samples[len(samples)/2], samples[0], peaks[len(peaks)/2]
	r.Allocs, err = p.allocations()
	return r, err
}

// Best measures a workload with each number of threads and returns the fastest result.
func Best(w Workload, threads []int, seconds float64) (Result, error) {
	var best Result
	for i, n := range threads {
		r, err := Measure(w, n, seconds)
		if err != nil {
			return Result{}, err
		}
		if i == 0 || r.Milliseconds < best.Milliseconds {
			best = r
		}
	}
	return best, nil
}

// warmUp runs for about the given time, twice at least: the first run touches all memory for the first time. It returns
// the seconds of the fastest run.
func (p *Prepared) warmUp(seconds float64) (once float64, err error) {
	once = math.Inf(1)
	start := time.Now()
	for n := 0; n < 2 || time.Since(start).Seconds() < seconds; n++ {
		began := time.Now()
		if err := p.Run(); err != nil {
			return 0, err
		}
		once = min(once, time.Since(began).Seconds())
	}
	return once, nil
}

// time runs for about the given time, where a run takes about once seconds. It returns the milliseconds of a run and the
// peak of as many threads, both sorted. The clock moves with the machine's heat and its neighbours: the two alternate, so
// that whatever takes from one takes from the other.
func (p *Prepared) time(once, seconds float64, threads int) (samples, peaks []float64, err error) {
	// Reading the clock takes about 50 ns, which must not show.
	const shortest = 20e-6
	const fewest = 5
	const turn = 20 * time.Millisecond      // of runs, between two measurements of the peak
	runs := int(math.Ceil(shortest / once)) // in a sample
	samples = make([]float64, 0, max(fewest, int(seconds/(float64(runs)*once))))

	runtime.GC() // of what was built, now and not in between
	var last time.Time
	for start := time.Now(); len(samples) < cap(samples) && (len(samples) < fewest || time.Since(start).Seconds() < seconds); {
		if time.Since(last) >= turn {
			peaks = append(peaks, Peak(threads))
			last = time.Now()
		}
		began := time.Now()
		for range runs {
			if err := p.Run(); err != nil {
				return nil, nil, err
			}
		}
		samples = append(samples, milliseconds(time.Since(began))/float64(runs))
	}
	peaks = append(peaks, Peak(threads))
	slices.Sort(samples)
	slices.Sort(peaks)
	return samples, peaks, nil
}

// allocations returns the number of allocations in a run: the fewest of a few, because the runtime itself makes one now
// and then.
func (p *Prepared) allocations() (int, error) {
	fewest := math.MaxInt
	var before, after runtime.MemStats
	for range 3 {
		runtime.ReadMemStats(&before)
		if err := p.Run(); err != nil {
			return 0, err
		}
		runtime.ReadMemStats(&after)
		fewest = min(fewest, int(after.Mallocs-before.Mallocs))
	}
	return fewest, nil
}

// Peak measures how many GFLOP/s of float32 so many threads can do at the same time, with a loop of multiply-adds
// between registers.
func Peak(threads int) float64 {
	const seconds = 0.002
	each := make([]float64, threads)
	var wg sync.WaitGroup
	for i := range each {
		wg.Go(func() { each[i] = kernel.Peak(seconds) })
	}
	wg.Wait()
	sum := 0.0
	for _, g := range each {
		sum += g
	}
	return sum
}
