package generate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// ngramsLinear counts texts of few and of many different tokens, and asks for each.
func ngramsLinear() []lineartest.Case {
	var cases []lineartest.Case
	for _, vocabulary := range []int{2, 10_000} {
		cases = append(cases, lineartest.Case{Name: fmt.Sprintf("runs of %d tokens", vocabulary), Make: func(rows int) (func() error, int) {
			rng, ids := rand.New(rand.NewPCG(1, 0)), make([]int32, rows)
			for i := range ids {
				ids[i] = rng.Int32N(int32(vocabulary))
			}
			return func() error {
				n, err := newNgrams(vocabulary)
				if err != nil {
					return err
				}
				n.add(ids)
				for i, id := range ids {
					if !(n.probability(3, ids[max(0, i-2):i], id) > 0) {
						return errors.New("no probability")
					}
				}
				return nil
			}, 4 * rows
		}})
	}
	return cases
}

func BenchmarkNgramsOfRows(b *testing.B) { lineartest.Benchmark(b, ngramsLinear()) }

func TestNgramsAreLinear(t *testing.T) { lineartest.Check(t, ngramsLinear()) }
