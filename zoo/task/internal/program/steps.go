package program

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// A program is compiled for one number of steps, and each number costs a compilation. StepBounds chooses the numbers for
// sequences of these lengths so that steps past the ends and compilations together cost the least. Compiling a program
// takes about as long as running it for compileCost sequences. Each is read so many times.
//
// It is the one-dimensional clustering problem, solved exactly: best[i] is the least cost of the i shortest different
// lengths, whose last bound is the length i.
func StepBounds(lengths []int, times int) []int {
	// 10 batches of 32: an LSTM of 300 steps takes 0.7 s to compile and 0.07 s to train on one.
	const compileCost = 320
	return StepBoundsFor(lengths, compileCost/float64(times))
}

// StepBoundsFor is StepBounds where a program costs as much as so many sequences.
func StepBoundsFor(lengths []int, programCost float64) []int {
	sorted := slices.Sorted(slices.Values(lengths))
	var different []int
	var upTo []int // how many sequences are not longer than each
	for i, n := range sorted {
		if i+1 == len(sorted) || sorted[i+1] != n {
			different, upTo = append(different, n), append(upTo, i+1)
		}
	}
	best := make([]float64, len(different)+1)
	previous := make([]int, len(different)+1)
	for i := 1; i < len(best); i++ {
		best[i] = math.Inf(1)
		bound := float64(different[i-1])
		for j := range i {
			before := 0
			if j > 0 {
				before = upTo[j-1]
			}
			cost := best[j] + bound*(programCost+float64(upTo[i-1]-before))
			if cost < best[i] {
				best[i], previous[i] = cost, j
			}
		}
	}
	var bounds []int
	for i := len(different); i > 0; i = previous[i] {
		bounds = append(bounds, different[i-1])
	}
	slices.Reverse(bounds)
	return bounds
}

// StepsFor returns the number of steps of a program for sequences up to a length: the bound above it, or where there is
// none the length rounded up by an eighth at most.
func StepsFor(length int, bounds []int) int {
	if i, _ := slices.BinarySearchFunc(bounds, length, cmp.Compare[int]); i < len(bounds) {
		return bounds[i]
	}
	unit := max(1, 1<<bits.Len(uint(length))>>4)
	return (length + unit - 1) / unit * unit
}
