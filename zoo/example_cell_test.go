package zoo_test

import (
	"context"
	"fmt"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo"
)

// MGU is the minimal gated unit (Zhou et al. 2016),
//
//	f  = σ(W_f·x + U_f·h + b_f)
//	n  = tanh(W_n·x + U_n·(f∘h) + b_n)
//	h' = (1 − f)∘h + f∘n
type MGU struct{ graph.CellConfig }

func (c MGU) State() []int { return []int{c.Hidden} }

func (c MGU) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	h := s[0]
	f := b.Sigmoid(b.Affine("f", c.Hidden, x, h))
	n := b.Tanh(b.Affine("n", c.Hidden, x, b.Mul(f, h)))
	return graph.State{b.Lerp(h, n, f)}
}

// A cell of one's own, whole: it trains, stacks, goes both ways and saves like those of the zoo.
func Example_ownCell() {
	network := graph.NewNetwork("mgu", func(c graph.CellConfig) graph.Cell { return MGU{c} }, graph.Hidden(16))
	run, err := zoo.Train(context.Background(), network, datasets.Airline())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("better than the same month of the year before:", run.Result.Metrics["rmse"] < run.Result.Baseline("seasonal")["rmse"])
	// Output:
	// better than the same month of the year before: true
}
