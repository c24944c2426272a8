package graph_test

import (
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// loopCell is a cell of some widths whose step is a function.
type loopCell struct {
	widths []int
	step   func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State
}

func (c loopCell) State() []int { return c.widths }
func (c loopCell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	return c.step(b, x, s)
}

// loopCases are graphs with loops that the compiler once got wrong. Each returns its outputs and a loss, or nil.
var loopCases = []struct {
	name    string
	declare func(b *graph.Builder) (outputs []*gorgonia.Node, loss *gorgonia.Node)
}{
	{"a state that only the next step reads, written by a step's last instruction", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		y, _ := lstm.New(graph.Hidden(3)).Unroll(b, b.Input("x", 5, 4, 2))
		return []*gorgonia.Node{y}, nil
	}},
	{"a parameter's steps as right operands", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		y, _ := lstm.New(graph.Hidden(3)).Unroll(b, b.Param("x", graph.Normal(1, -1), 5, 4, 2))
		return nil, b.Sum(b.Mul(y, y))
	}},
}

// TestLoops holds them against the same graphs declared step by step, with all passes and without each.
func TestLoops(t *testing.T) {
	for _, c := range loopCases {
		t.Run(c.name, func(t *testing.T) {
			results := func(o graph.Option, compile ...graph.CompileOption) (values []float64) {
				t.Helper()
				params := graph.NewParams(tensor.Float64, graph.InitSeed(3))
				b := graph.NewBuilder(params, o, graph.Training())
				outputs, loss := c.declare(b)
				compile = append(compile, graph.Verify(), graph.Output(outputs...))
				if loss != nil {
					compile = append(compile, graph.Loss(loss))
				}
				p, err := graph.Compile(b, compile...)
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range []string{"x", "h", "c", "m"} {
					if in := p.Input(name); in != nil {
						copy(in.Data().([]float64), gt.Random(name, in.Size()))
					}
				}
				for range 2 {
					if err := p.Run(); err != nil {
						t.Fatal(err)
					}
				}
				for _, n := range outputs {
					values = append(values, gt.Floats(p.Value(n).Data())...)
				}
				if loss != nil {
					for _, q := range params.List() {
						values = append(values, gt.Floats(p.Grad(q.Name()).Data())...)
					}
				}
				return values
			}
			want := results(graph.Unrolled(), graph.Without(graph.Passes()...), graph.Threads(1))
			for _, without := range append([]string{""}, graph.Passes()...) {
				for threads := 1; threads <= 3; threads++ {
					opts := []graph.CompileOption{graph.Threads(threads)}
					if without != "" {
						opts = append(opts, graph.Without(without))
					}
					gt.Compare(t, fmt.Sprintf("%d threads, without %q", threads, without), results(graph.Rolled(), opts...), want, 1e-10)
					if t.Failed() {
						return
					}
				}
			}
		})
	}
}
