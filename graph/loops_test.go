package graph_test

import (
	"fmt"
	"strings"
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
	{"a step that uses captured values in a loop of its own", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		m := b.Input("m", 3, 4, 2)
		inner := func(h *gorgonia.Node) *graph.Network {
			return graph.NewNetwork("inner", func(graph.CellConfig) graph.Cell {
				return loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
					return graph.State{b.Tanh(b.Add(b.Linear("x", 3, x), b.Linear("s", 3, s[0]), b.Linear("h", 3, h)))}
				}}
			}, graph.Hidden(3))
		}
		y, _ := graph.NewNetwork("outer", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				_, final := inner(b.Add(s[0], b.Linear("x", 3, x))).Unroll(b.Prefix("inner."), m)
				return final[0]
			}}
		}, graph.Hidden(3)).Unroll(b, b.Input("x", 5, 4, 2))
		return []*gorgonia.Node{y}, b.Sum(b.Mul(y, y))
	}},
	{"a state that a loop in the step reads at all of its steps, and whose next is the last of that loop", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		m := b.Input("m", 3, 4, 3)
		_, final := graph.NewNetwork("outer", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				_, final := graph.NewNetwork("inner", func(graph.CellConfig) graph.Cell {
					return loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, t graph.State) graph.State {
						return graph.State{b.Tanh(b.Add(x, b.Mul(t[0], s[0]), s[0]))}
					}}
				}, graph.Hidden(3)).Unroll(b, m)
				return final[0]
			}}
		}, graph.Hidden(3)).Unroll(b, b.Input("x", 5, 4, 2), graph.InitialStates(graph.State{b.Input("h", 4, 3)}))
		return final[0], nil
	}},
	{"states that change places in a loop in a step", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		m := b.Input("m", 3, 4, 3)
		_, final := graph.NewNetwork("outer", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{3, 3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				_, final := graph.NewNetwork("inner", func(graph.CellConfig) graph.Cell {
					return loopCell{[]int{3, 3}, func(b *graph.Builder, x *gorgonia.Node, t graph.State) graph.State {
						return graph.State{b.Tanh(b.Add(x, t[0])), b.Sigmoid(b.Add(x, t[1]))}
					}}
				}, graph.Hidden(3)).Unroll(b, m, graph.InitialStates(graph.State{s[1], s[0]}))
				return final[0]
			}}
		}, graph.Hidden(3)).Unroll(b, b.Input("x", 5, 4, 2), graph.InitialStates(graph.State{b.Input("h", 4, 3), b.Input("c", 4, 3)}))
		return final[0], nil
	}},
	{"a state that is a concatenation, whose last member reads the old one", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		_, final := graph.NewNetwork("concat", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{4}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				first := b.Tanh(b.Linear("x", 2, x))
				return graph.State{b.Concat(1, first, b.Tanh(b.Linear("s", 2, b.Concat(1, first, s[0]))))}
			}}
		}, graph.Hidden(4)).Unroll(b, b.Input("x", 5, 4, 2), graph.InitialStates(graph.State{b.Input("h", 4, 4)}))
		return final[0], nil
	}},
	{"gradients of parameters that are initial states and change places", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		initial := graph.State{b.Param("p", graph.Normal(1, -1), 4, 3), b.Param("q", graph.Normal(1, -1), 4, 3)}
		w := b.Sum(b.Mul(b.Param("v", graph.Normal(1, -1), 4, 3), b.Input("c", 4, 3)))
		_, final := graph.NewNetwork("swap", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{3, 3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				return graph.State{s[1], b.Add(s[0], b.Linear("x", 3, x))}
			}}
		}, graph.Hidden(3)).Unroll(b, b.Input("x", 5, 4, 2), graph.InitialStates(initial))
		return nil, b.Add(w, b.Sum(b.Mul(final[0][0], b.Scale(final[0][0], 0.5))), b.Sum(b.Mul(final[0][1], final[0][1])))
	}},
	{"a stack that is a part of another", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		w := b.Param("w", graph.Normal(1, -1), 2, 3)
		_, final := graph.NewNetwork("stacks", func(graph.CellConfig) graph.Cell {
			return loopCell{[]int{1}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				return graph.State{b.Add(x, b.Mean(b.Pow(b.Stack(1, b.MatMul(w, b.Param("v", graph.Normal(1, -1), 3, 1)), b.Tanh(s[0])), 2)))}
			}}
		}, graph.Hidden(1)).Unroll(b, b.Input("x", 3, 2, 1))
		return nil, b.Mean(final[0][0])
	}},
	{"loops in loops in loops in loops", func(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
		m := b.Input("m", 2, 4, 3)
		var network func(depth int) *graph.Network
		network = func(depth int) *graph.Network {
			return graph.NewNetwork("deep", func(graph.CellConfig) graph.Cell {
				return loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
					if depth == 0 {
						return graph.State{b.Tanh(b.Add(x, b.Linear("s", 3, s[0])))}
					}
					_, final := network(depth-1).Unroll(b, m, graph.InitialStates(graph.State{b.Mul(x, s[0])}))
					return final[0]
				}}
			}, graph.Hidden(3))
		}
		y, _ := network(3).Unroll(b, b.Input("x", 2, 4, 3), graph.InitialStates(graph.State{b.Input("h", 4, 3)}))
		return []*gorgonia.Node{y}, b.Sum(b.Mul(y, y))
	}},
	{"a weight's gradient by rows of a kept value of three axes", lookingBack},
}

// lookingBack declares a loop that looks at a memory [4, 6, 7] from outside in every step.
func lookingBack(b *graph.Builder) ([]*gorgonia.Node, *gorgonia.Node) {
	m := b.Input("m", 4, 6, 7)
	y, _ := graph.NewNetwork("memory", func(graph.CellConfig) graph.Cell {
		return loopCell{[]int{6}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
			h := b.Tanh(b.Add(m, b.Reshape(b.Linear("query", 7, b.Concat(1, x, s[0])), 4, 1, 7)))
			return graph.State{b.Reshape(b.Linear("score", 1, h), 4, 6)}
		}}
	}, graph.Hidden(6)).Unroll(b, b.Input("x", 5, 4, 2))
	return []*gorgonia.Node{y}, b.Sum(b.Mul(y, y))
}

// TestLoopKeepsAViewOnce finds no copy of what is kept for the gradient for a product that reads it in another shape.
func TestLoopKeepsAViewOnce(t *testing.T) {
	b := graph.NewBuilder(nil, graph.Rolled())
	_, loss := lookingBack(b)
	var dump strings.Builder
	if _, err := graph.Compile(b, graph.Loss(loss), graph.Dump(&dump), graph.Threads(1)); err != nil {
		t.Fatal(err)
	}
	_, plan, _ := strings.Cut(dump.String(), "== plan")
	for _, line := range strings.Split(plan, "\n") {
		if strings.Contains(line, "[24 7]") && strings.Contains(line, "copy(") {
			t.Errorf("the plan has %s", strings.TrimSpace(line))
		}
	}
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

// TestLoopDropout checks the gradient through dropout with a mask for each step by finite differences, with strips whose
// length is another one forward and backward, and around a loop in the step, and that passes do not change the masks.
func TestLoopDropout(t *testing.T) {
	for _, c := range []struct {
		name string
		T, B int
		step func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State
	}{
		{"strips", 24, 32, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
			return graph.State{b.Tanh(b.Add(b.Linear("x", 3, b.Dropout(x, 0.3)), b.Linear("s", 3, b.Dropout(s[0], 0.3))))}
		}},
		{"other strips backward", 48, 32, func(b *graph.Builder, x *gorgonia.Node, _ graph.State) graph.State {
			return graph.State{b.Tanh(b.Dropout(b.Linear("x", 3, x), 0.3))} // there only the weight's gradient is a carry
		}},
		{"a loop in the step", 4, 2, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
			inner := loopCell{[]int{3}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
				return graph.State{b.Tanh(b.Add(x, b.Dropout(s[0], 0.3)))}
			}}
			_, final := b.Unroll(inner, []*gorgonia.Node{b.Dropout(s[0], 0.3), s[0], x}, s, nil)
			return graph.State{b.Add(b.Dropout(final[0], 0.3), x)}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var first []float64
			for _, without := range append([]string{""}, graph.Passes()...) {
				b := graph.NewBuilder(graph.NewParams(tensor.Float64, graph.InitSeed(3)), graph.Rolled(), graph.Training())
				x := b.Input("x", c.T, c.B, 3)
				y, _ := graph.NewNetwork("dropout", func(graph.CellConfig) graph.Cell { return loopCell{[]int{3}, c.step} }, graph.Hidden(3)).Unroll(b, x)
				loss := b.Mean(b.Mul(y, y))
				d := b.Grad(loss, x)[0]
				opts := []graph.CompileOption{graph.Output(d, loss)}
				if without != "" {
					opts = append(opts, graph.Without(without))
				}
				p, err := graph.Compile(b, opts...)
				if err != nil {
					t.Fatal(err)
				}
				at, along := gt.Random("x", c.T*c.B*3), gt.Random("along", c.T*c.B*3)
				run := func(step float64) float64 {
					v := p.Input("x").Data().([]float64)
					for i := range v {
						v[i] = at[i] + step*along[i]
					}
					p.SetRun(0)
					if err := p.Run(); err != nil {
						t.Fatal(err)
					}
					return p.Scalar(loss)
				}
				const h = 1e-5
				difference := (run(h) - run(-h)) / (2 * h)
				run(0)
				grad := append([]float64{}, gt.Floats(p.Value(d).Data())...)
				var derivative float64
				for i, v := range grad {
					derivative += v * along[i]
				}
				gt.Compare(t, fmt.Sprintf("without %q, the derivative along a direction", without), []float64{derivative}, []float64{difference}, 1e-7)
				if first == nil {
					first = grad
				}
				gt.Compare(t, fmt.Sprintf("without %q, the gradient", without), grad, first, 1e-12)
			}
		})
	}
}

// TestLoopDropoutEachStep finds another mask at each step, also of strips.
func TestLoopDropoutEachStep(t *testing.T) {
	const T, B, H = 24, 32, 8
	b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Rolled(), graph.Training())
	y, _ := graph.NewNetwork("dropout", func(graph.CellConfig) graph.Cell {
		return loopCell{[]int{H}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
			return graph.State{b.Dropout(x, 0.5)}
		}}
	}, graph.Hidden(H)).Unroll(b, b.Const(1, T, B, H))
	p, err := graph.Compile(b, graph.Output(y))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for step := range T {
		mask := fmt.Sprint(gt.Floats(p.Value(y).Data())[step*B*H : (step+1)*B*H])
		if first, ok := seen[mask]; ok {
			t.Errorf("step %d has the mask of step %d", step, first)
		}
		seen[mask] = step
	}
}

// TestLoopSecondDerivatives differentiates a gradient through loops, of all lengths and of the longest, in both directions.
func TestLoopSecondDerivatives(t *testing.T) {
	const T, B, H = 5, 4, 3
	for _, masked := range []bool{false, true} {
		for _, reverse := range []bool{false, true} {
			var want []float64
			for _, o := range []graph.Option{graph.Unrolled(), graph.Rolled()} {
				b := graph.NewBuilder(graph.NewParams(tensor.Float64, graph.InitSeed(3)), o)
				x, h, w := b.Input("x", T, B, H), b.Input("h", B, H), b.Param("w", graph.Normal(1, -1), H, H)
				cell := loopCell{[]int{H}, func(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
					return graph.State{b.Mul(b.Exp(b.Scale(x, 0.3)), b.MatMul(s[0], w))}
				}}
				var mask *gorgonia.Node
				if masked {
					mask = b.LengthMask(b.IndexInput("lengths", B), T)
				}
				var xs []*gorgonia.Node
				for i := range T {
					xs = append(xs, b.At(x, 0, i))
				}
				unroll := b.Unroll
				if reverse {
					unroll = b.UnrollReverse
				}
				ys, _ := unroll(cell, xs, graph.State{h}, mask)
				y := b.Stack(0, ys...)
				var second []*gorgonia.Node
				for _, d := range b.Grad(b.Sum(b.Mul(b.Mul(y, y), y)), x, h, w) {
					second = append(second, b.Sum(b.Mul(d, d)))
				}
				nodes := b.Grad(b.Add(second...), x, h, w)
				p, err := graph.Compile(b, graph.Output(nodes...), graph.Verify())
				if err != nil {
					t.Fatal(err)
				}
				copy(p.Input("x").Data().([]float64), gt.Random("x", T*B*H))
				copy(p.Input("h").Data().([]float64), gt.Random("h", B*H))
				if masked {
					copy(p.Input("lengths").Data().([]int), []int{3, 1, 2, 3})
				}
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				var got []float64
				for _, n := range nodes {
					got = append(got, gt.Floats(p.Value(n).Data())...)
				}
				if want == nil {
					want = got
				}
				gt.Compare(t, fmt.Sprintf("masked %v, reverse %v", masked, reverse), got, want, 1e-9)
			}
		}
	}
}
