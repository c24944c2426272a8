package kernel

import (
	"runtime"
	"slices"
	"time"
)

// Peak measures for about the given time how many GFLOP/s of float32 one core can do: the median of short runs of a
// loop of multiply-adds between registers, in the widest vectors that the processor has. Without vectors in assembly
// it is a loop in Go.
func Peak(seconds float64) float64 {
	const short = 200 * time.Microsecond // a run that the scheduler seldom interrupts
	turns := 1
	var rates []float64
	for start := time.Now(); time.Since(start).Seconds() < seconds || rates == nil; {
		began := time.Now()
		flops := peak(turns)
		took := time.Since(began)
		if took < short {
			turns *= 2
			continue
		}
		rates = append(rates, float64(flops)/float64(took.Nanoseconds()))
	}
	slices.Sort(rates)
	return rates[len(rates)/2]
}

// peakGo makes eight independent sums in each turn and returns the number of its operations.
func peakGo(turns int) int {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	x, y := float32(turns), float32(1e-9)
	for range turns {
		s0 += x * y
		s1 += x * y
		s2 += x * y
		s3 += x * y
		s4 += x * y
		s5 += x * y
		s6 += x * y
		s7 += x * y
	}
	runtime.KeepAlive(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7)
	return turns * 2 * 8
}
