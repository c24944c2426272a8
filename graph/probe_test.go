package graph_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// decay is the linear cell h' = factor·h + x, whose gradients are known: ∂h_T/∂h_t = factor^(T−t).
type decay struct{ factor float64 }

func (c decay) State() []int { return []int{1} }

func (c decay) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	return graph.State{b.Add(b.Scale(s[0], c.factor), x)}
}

func TestProbeOfALinearCell(t *testing.T) {
	const T, B = 40, 3
	for _, factor := range []float64{0.01, 0.5, 1, 1.5} {
		for _, lengths := range [][]int{nil, {T, T - 7, 1}} {
			b := graph.NewBuilder(graph.NewParams(tensor.Float64))
			network := graph.NewNetwork("decay", func(graph.CellConfig) graph.Cell { return decay{factor} }, graph.Hidden(1))
			var opts []graph.UnrollOption
			if lengths != nil {
				opts = append(opts, graph.Lengths(b.IndexInput("lengths", B)))
			}
			_, final := network.Unroll(b, b.Input("x", T, B, 1), opts...)
			p, err := graph.NewProbe(b, b.Sum(final[0][0]))
			if err != nil {
				t.Fatal(err)
			}
			if lengths == nil {
				lengths = []int{T, T, T}
			} else if err := p.Set("lengths", lengths); err != nil {
				t.Fatal(err)
			}
			if err := p.Set("x", slices.Repeat([]float64{1}, T*B)); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			loss := 0.0
			for _, n := range lengths {
				for step := range n {
					loss += math.Pow(factor, float64(step))
				}
			}
			if math.Abs(p.Loss()-loss) > 1e-12*loss {
				t.Errorf("factor %v, lengths %v: the loss is %v; want %v", factor, lengths, p.Loss(), loss)
			}
			norms := p.Norms()
			if len(norms) != 1 || norms[0].Layer != "layer 0" || len(norms[0].Norms) != T {
				t.Fatalf("the norms are %v; want %d of layer 0", norms, T)
			}
			for step, got := range norms[0].Norms {
				sum := 0.0
				for _, n := range lengths {
					if step < n { // past its end no gradient reaches a sequence
						sum += math.Pow(factor, 2*float64(n-1-step))
					}
				}
				if want := math.Sqrt(sum); math.Abs(got-want) > 1e-12*want {
					t.Errorf("factor %v, lengths %v: the norm at step %d is %v; want %v", factor, lengths, step, got, want)
				}
			}
		}
	}
}

// TestProbeOfPieces unrolls two layers as a whole and a step at a time, as a decoder is.
func TestProbeOfPieces(t *testing.T) {
	const T, B, I = 5, 2, 3
	norms := func(pieces bool) []graph.GradientNorms {
		b := graph.NewBuilder(graph.NewParams(tensor.Float64, graph.InitSeed(3)))
		network := lstm.New(graph.Hidden(4), graph.Layers(2))
		x := b.Input("x", T, B, I)
		y, final := network.Unroll(b, b.Slice(x, 0, 0, 1))
		if pieces {
			for i := 1; i < T; i++ {
				y, final = network.Unroll(b, b.Slice(x, 0, i, i+1), graph.InitialStates(final...))
			}
			network.Unroll(b, x) // another sequence of the same name, without a part in the loss
		} else {
			b = graph.NewBuilder(graph.NewParams(tensor.Float64, graph.InitSeed(3)))
			x = b.Input("x", T, B, I)
			y, _ = network.Unroll(b, x)
			y = b.Slice(y, 0, T-1, T)
		}
		p, err := graph.NewProbe(b, b.Sum(b.Mul(y, y)))
		if err != nil {
			t.Fatal(err)
		}
		values := p.Input("x").Data().([]float64)
		for i := range values {
			values[i] = math.Sin(float64(i))
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		return p.Norms()
	}
	whole, pieces := norms(false), norms(true)
	if len(whole) != 2 || len(pieces) != 4 {
		t.Fatalf("the probes have %d and %d sequences; want 2 and 4", len(whole), len(pieces))
	}
	for i, w := range whole {
		if p := pieces[i]; p.Layer != w.Layer || len(p.Norms) != T || len(w.Norms) != T {
			t.Fatalf("pieces are %v; want %v", p, w)
		}
		for step := range w.Norms {
			if got, want := pieces[i].Norms[step], w.Norms[step]; want <= 0 || math.Abs(got-want) > 1e-12*want {
				t.Errorf("%s: the norm at step %d is %v in pieces; want %v", w.Layer, step, got, want)
			}
		}
	}
}

func TestProbeHasEachLayerAndDirection(t *testing.T) {
	b := graph.NewBuilder(nil)
	network := birnn.New(lstm.New(graph.Hidden(3), graph.Layers(2)))
	_, final := network.Unroll(b.Prefix("encoder."), b.Input("x", 4, 2, 2))
	p, err := graph.NewProbe(b, b.Sum(network.Summary(b, final)))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, n := range p.Norms() {
		names = append(names, n.Layer)
	}
	const want = "encoder, layer 0; encoder, layer 0, backwards; encoder, layer 1; encoder, layer 1, backwards"
	if got := strings.Join(names, "; "); got != want {
		t.Errorf("the layers are %s; want %s", got, want)
	}
	// The loss is of what each direction has at its own end.
	last := p.Norms()[2:]
	if f, r := last[0].Norms, last[1].Norms; !(f[3] > f[0]) || !(r[0] > r[3]) {
		t.Errorf("the gradient shrinks from the end of the sequence forwards, and from its beginning backwards: %v, %v", f, r)
	}
}

func TestProbeWithoutASequence(t *testing.T) {
	b := graph.NewBuilder(nil)
	if _, err := graph.NewProbe(b, b.Sum(b.Input("x", 2))); err == nil || !strings.Contains(err.Error(), "no hidden states") {
		t.Errorf("error %v; want one that says that there are no hidden states", err)
	}
}
