package datasets

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestBuckets(t *testing.T) {
	if got, want := Buckets([]int{5, 1, 3, 1, 4}, 2, nil), [][]int{{1, 3}, {2, 4}, {0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("in order: %v; want %v", got, want)
	}
	if got := Buckets(nil, 0, nil); len(got) != 0 {
		t.Errorf("batches of nothing: %v", got)
	}
	source := rand.New(rand.NewPCG(1, 2))
	lengths := make([]int, 1000)
	for i := range lengths {
		lengths[i] = 1 + source.IntN(400)
	}
	shuffled := func(seed uint64) [][]int { return Buckets(lengths, 32, rand.New(rand.NewPCG(seed, 0))) }
	if !reflect.DeepEqual(shuffled(1), shuffled(1)) {
		t.Error("the same seed gives other batches")
	}
	if reflect.DeepEqual(shuffled(1), shuffled(2)) {
		t.Error("another seed gives the same batches")
	}
	var all []int
	padded, sum := 0, 0
	for _, batch := range shuffled(1) {
		longest := 0
		for _, i := range batch {
			longest = max(longest, lengths[i])
			sum += lengths[i]
		}
		padded += longest * len(batch)
		all = append(all, batch...)
	}
	slices.Sort(all)
	for i, place := range all {
		if i != place {
			t.Fatalf("place %d is missing or there twice", i)
		}
	}
	if waste := float64(padded)/float64(sum) - 1; waste > 0.08 {
		t.Errorf("%.1f %% of the places are padding", 100*waste)
	}
}

func TestPadded(t *testing.T) {
	ids, lengths, steps := Padded([][]int{{4, 5, 6}, {7}, {}}, 0, 9)
	if want := []int{4, 7, 9, 5, 9, 9, 6, 9, 9}; steps != 3 || !slices.Equal(ids, want) || !slices.Equal(lengths, []int{3, 1, 0}) {
		t.Errorf("%v of lengths %v in %d steps; want %v", ids, lengths, steps, want)
	}
	if ids, _, steps := Padded([][]int{{4}}, 2, 0); steps != 2 || !slices.Equal(ids, []int{4, 0}) {
		t.Errorf("%v in %d steps", ids, steps)
	}
	if ids, _, steps := Padded(nil, 0, 0); steps != 1 || len(ids) != 0 {
		t.Errorf("%v in %d steps of nothing", ids, steps)
	}
}
