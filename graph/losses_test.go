package graph_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// lossOf declares a loss by its name in testdata/losses.json.
var lossOf = map[string]func(b builder, x []node, target node, opts ...graph.LossOption) node{
	"MSE":   func(b builder, x []node, t node, o ...graph.LossOption) node { return b.MSE(x[0], t, o...) },
	"MAE":   func(b builder, x []node, t node, o ...graph.LossOption) node { return b.MAE(x[0], t, o...) },
	"Huber": func(b builder, x []node, t node, o ...graph.LossOption) node { return b.Huber(x[0], t, 0.8, o...) },
	"BCE":   func(b builder, x []node, t node, o ...graph.LossOption) node { return b.BCE(x[0], t, o...) },
	"SMAPE": func(b builder, x []node, t node, o ...graph.LossOption) node { return b.SMAPE(x[0], t, o...) },
	"Pinball": func(b builder, x []node, t node, o ...graph.LossOption) node {
		return b.Pinball(b.Reshape(x[0], t.DataSize(), 3), t, []float64{0.05, 0.5, 0.9}, o...)
	},
	"GaussianNLL": func(b builder, x []node, t node, o ...graph.LossOption) node {
		return b.GaussianNLL(x[0], x[1], t, o...)
	},
	"StudentTNLL": func(b builder, x []node, t node, o ...graph.LossOption) node {
		return b.StudentTNLL(x[0], x[1], x[2], t, o...)
	},
	"NegativeBinomialNLL": func(b builder, x []node, t node, o ...graph.LossOption) node {
		return b.NegativeBinomialNLL(x[0], x[1], t, o...)
	},
}

// TestLossesOfPyTorch has the losses and gradients of PyTorch, in float64 to the roundings, in float32 near it. Where a weight
// is 0 the target is NaN here, which changes nothing: no gradient is NaN.
func TestLossesOfPyTorch(t *testing.T) {
	var cases []struct {
		Name                string
		Weights, Target     []float64
		Operands, Gradients [][]float64
		Loss                float64
	}
	data, err := os.ReadFile("testdata/losses.json")
	if err == nil {
		err = json.Unmarshal(data, &cases)
	}
	if err != nil || len(cases) != 2*len(lossOf) {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-13, tensor.Float32: 3e-5} {
			b := graph.NewBuilder(graph.NewParams(dtype))
			set := map[string][]float64{"target": c.Target}
			target := b.Input("target", len(c.Target))
			var x []node
			for i, o := range c.Operands {
				name := string(rune('a' + i))
				x, set[name] = append(x, b.Input(name, len(o))), o
			}
			var opts []graph.LossOption
			if c.Weights != nil {
				opts = append(opts, graph.Weights(b.Input("weights", len(c.Weights))))
				set["weights"] = c.Weights
				for i, w := range c.Weights {
					if w == 0 {
						c.Target[i] = math.NaN()
					}
				}
			}
			loss := lossOf[c.Name](b, x, target, opts...)
			read := append([]node{loss}, b.Grad(loss, x...)...)
			p, err := graph.Compile(b, graph.Output(read...))
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range set {
				if err := p.Set(name, v); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			if got := p.Scalar(loss); !(math.Abs(got-c.Loss) <= tolerance*math.Max(1, math.Abs(c.Loss))) {
				t.Errorf("%s, %v, weights %v: the loss is %v; want %v", c.Name, dtype, c.Weights != nil, got, c.Loss)
			}
			for i, want := range c.Gradients {
				largest := 0.0
				for _, w := range want {
					largest = math.Max(largest, math.Abs(w))
				}
				for j, got := range gt.Floats(p.Value(read[1+i]).Data()) {
					if !(math.Abs(got-want[j]) <= tolerance*math.Max(largest, 1e-3)) {
						t.Errorf("%s, %v, weights %v: gradient %d of operand %d is %v; want %v", c.Name, dtype, c.Weights != nil, j, i, got, want[j])
					}
				}
			}
		}
	}
}

// TestNegativeBinomialNearPoisson: as the dispersion goes to 0 the loss becomes Poisson's, in float32 too, where the difference
// of two logarithms of Γ would be all rounding.
func TestNegativeBinomialNearPoisson(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	m, a, k := b.Input("m", 1), b.Input("a", 1), b.Input("k", 1)
	loss := b.NegativeBinomialNLL(m, a, k)
	d := b.Grad(loss, m, a)
	p, err := graph.Compile(b, graph.Output(loss, d[0], d[1]))
	if err != nil {
		t.Fatal(err)
	}
	mean, count := 6.0, 9.0
	lgamma, _ := math.Lgamma(count + 1)
	want := mean - count*math.Log(mean) + lgamma
	for _, dispersion := range []float64{-8, -12, -16, -20} {
		for name, v := range map[string]float64{"m": math.Log(mean), "a": dispersion, "k": count} {
			if err := p.Set(name, []float64{v}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		alpha := math.Exp(dispersion)
		// The first term in α of the loss is −α·((k − μ)² − k)/2.
		slope := -alpha * ((count-mean)*(count-mean) - count) / 2
		if got := p.Scalar(loss); !(math.Abs(got-want-slope) < 2e-5) {
			t.Errorf("dispersion e^%v: the loss is %v; Poisson's is %v", dispersion, got, want)
		}
		if got := p.Scalar(d[0]); !(math.Abs(got-(mean-count)) < 0.01*3+1e-5) {
			t.Errorf("dispersion e^%v: the gradient of the mean is %v; want %v", dispersion, got, mean-count)
		}
		if got := p.Scalar(d[1]); !(math.Abs(got-slope) < 1e-3*math.Abs(slope)+2e-5+100*alpha*alpha) {
			t.Errorf("dispersion e^%v: the gradient of the dispersion is %v; want %v", dispersion, got, slope)
		}
	}
}

// TestWeightsAreOptional: without weights, or with an option that is nil, a loss is the plain mean; NaN then reaches it, so that nobody forgets
// them in silence.
func TestWeightsAreOptional(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float64))
	x, y := b.Input("x", 2), b.Input("y", 2)
	plain, none := b.MSE(x, y), b.MSE(x, y, nil)
	p, err := graph.Compile(b, graph.Output(plain, none))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		target []float64
		want   float64
	}{{[]float64{3, 1}, 2.5}, {[]float64{3, math.NaN()}, math.NaN()}} {
		if err := p.Set("x", []float64{1, 2}); err != nil {
			t.Fatal(err)
		}
		if err := p.Set("y", c.target); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for _, n := range []node{plain, none} {
			if got := p.Scalar(n); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("the loss of %v is %v; want %v", c.target, got, c.want)
			}
		}
	}
}
