package program

import (
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// TestCapacities wants few programs, and little of them unused.
func TestCapacities(t *testing.T) {
	capacities, batches := make(map[int]bool), make(map[int]bool)
	for n := 1; n <= 1024; n++ {
		c, b := Capacity(n), Batch(n)
		if c < n || 8*c > 9*n || b < n || 4*b > 5*n {
			t.Fatalf("a capacity of %d and a batch of %d for %d", c, b, n)
		}
		capacities[c], batches[b] = true, true
	}
	if len(capacities) > 64 || len(batches) > 36 {
		t.Errorf("%d capacities and %d batches up to 1,024; want at most 64 and 36", len(capacities), len(batches))
	}
}

func TestCapacitiesToWarm(t *testing.T) {
	for _, most := range []int{1, 5, 400, 401, 1024, 8192} {
		have := make(map[int]bool)
		for _, c := range Capacities(most) {
			if have[c] = true; c > most {
				t.Errorf("a capacity of %d for at most %d", c, most)
			}
		}
		for n := 1; n <= min(most, warmed); n++ {
			if !have[min(Capacity(n), most)] {
				t.Errorf("up to %d there is none for %d", most, n)
			}
		}
	}
}

func TestRolls(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	for _, c := range []struct {
		network *graph.Network
		want    bool
	}{{lstm.New(), true}, {unlike(1), false}} {
		got := Rolls(params, func(b *graph.Builder) { c.network.Unroll(b, b.Input("x", 2, 1, 3)) })
		if got != c.want {
			t.Errorf("%s: rolls %v; want %v", c.network.Name(), got, c.want)
		}
	}
}
