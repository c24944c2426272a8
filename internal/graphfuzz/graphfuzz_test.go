package graphfuzz

import (
	"os"
	"runtime/debug"
	"strconv"
	"testing"
)

// TestPrograms checks random programs: 160 of them in the ways that their seeds choose, or with ZOO_FUZZ as many as it
// says in all ways, from the seed ZOO_FUZZ_SEED on.
func TestPrograms(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a quarter of the time would be the collector's
	count, first, all := 160, 1, false
	number := func(name string, n *int) bool {
		s := os.Getenv(name)
		if s == "" {
			return false
		}
		v, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s is %q; want a number", name, s)
		}
		*n = v
		return true
	}
	all = number("ZOO_FUZZ", &count)
	number("ZOO_FUZZ_SEED", &first)
	if testing.Short() && !all {
		count = 50
	}
	failures := 0
	for seed := uint64(first); seed < uint64(first+count); seed++ {
		f := Check(Generate(seed), Ways(seed, all))
		if f == nil {
			f = CheckStepper(seed)
		}
		if f != nil {
			t.Errorf("seed %d, after %d programs: %v", seed, seed-uint64(first)+1, Shrink(f))
			if failures++; failures == 3 {
				t.Fatal("enough")
			}
		}
	}
}
