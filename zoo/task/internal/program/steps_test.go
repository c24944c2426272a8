package program

import (
	"math"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// TestStepBoundsWaste wants few programs and few steps past the ends for lengths that vary as those of film reviews do.
func TestStepBoundsWaste(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	lengths := make([]int, 22500)
	for i := range lengths {
		lengths[i] = max(1, min(400, int(190*math.Exp(0.6*rng.NormFloat64()))))
	}
	bounds := StepBounds(lengths, 3)
	computed, read := 0, 0
	for _, b := range datasets.Buckets(lengths, 32, randv2.New(randv2.NewPCG(1, 1))) {
		longest := 0
		for _, e := range b {
			longest = max(longest, lengths[e])
			read += lengths[e]
		}
		computed += 32 * StepsFor(longest, bounds)
	}
	waste := float64(computed)/float64(read) - 1
	t.Logf("%d programs, %.1f %% more steps than tokens", len(bounds), 100*waste)
	if len(bounds) > 16 || waste > 0.08 {
		t.Errorf("%d programs, and %.1f %% more steps than there are tokens; want at most 16 and 8 %%", len(bounds), 100*waste)
	}
}

func TestStepBounds(t *testing.T) {
	for _, c := range []struct {
		lengths []int
		times   int
		want    []int
	}{
		{[]int{5}, 1, []int{5}},
		{[]int{3, 4, 5}, 1, []int{5}}, // too few to compile for each
		{slices.Concat(slices.Repeat([]int{10}, 5000), slices.Repeat([]int{20}, 5000)), 1, []int{10, 20}},
		{slices.Concat(slices.Repeat([]int{10}, 5000), slices.Repeat([]int{20}, 5000), []int{21}), 1, []int{10, 21}},
		{slices.Concat(slices.Repeat([]int{10}, 100), slices.Repeat([]int{20}, 100)), 1, []int{20}},
		{slices.Concat(slices.Repeat([]int{10}, 100), slices.Repeat([]int{20}, 100)), 10, []int{10, 20}},
		{nil, 1, nil},
	} {
		if got := StepBounds(c.lengths, c.times); !slices.Equal(got, c.want) {
			t.Errorf("%d lengths, %d times: bounds %v; want %v", len(c.lengths), c.times, got, c.want)
		}
	}
	for n := 1; n < 3000; n++ {
		if s := StepsFor(n, nil); s < n || s*8 > n*9 {
			t.Fatalf("%d steps for a length of %d", s, n)
		}
	}
	if a, b, c := StepsFor(4, []int{5, 9}), StepsFor(9, []int{5, 9}), StepsFor(10, []int{5, 9}); a != 5 || b != 9 || c != 10 {
		t.Errorf("%d, %d and %d steps; want 5, 9 and 10", a, b, c)
	}
}
