package attention

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

func TestAttentionNamesAreScores(t *testing.T) {
	if got := Scores(); !slices.Equal(got, []string{"additive", "dot", "general", "scaled"}) {
		t.Errorf("scores %q", got)
	}
}

// TestNothingToLookAt masks all of one sequence and the end of another: weights are 0 where the mask is and add up to 1
// where there is anything, the context of the first is 0, and gradients are numbers, which are 0 for what is masked.
func TestNothingToLookAt(t *testing.T) {
	const batch, steps, width = 2, 3, 4
	for _, score := range Scores() {
		b := graph.NewBuilder(graph.NewParams(tensor.Float32))
		values, query, mask := b.Input("values", batch, steps, width), b.Input("query", batch, 1, width), b.Input("mask", batch, 1, steps)
		context, weights := NewMemory(b, Score(score), width, values, mask).Attend(b, query)
		loss := b.Add(b.Mean(b.Pow(b.Shift(context, 1), 2)), b.Mean(b.Pow(weights, 2)))
		grads := b.Grad(loss, values, query)
		prog, err := graph.Compile(b, graph.Loss(loss), graph.Output(context, weights), graph.Output(grads...))
		if err != nil {
			t.Fatal(err)
		}
		numbers := make([]float32, batch*steps*width)
		for i := range numbers {
			numbers[i] = float32(i%7)/3 - 1
		}
		for name, v := range map[string][]float32{"values": numbers, "query": numbers[3 : 3+batch*width], "mask": {0, 0, 0, 1, 1, 0}} {
			if err := prog.Set(name, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := prog.Run(); err != nil {
			t.Fatal(err)
		}
		w := prog.Value(weights).Data().([]float32)
		if w[0] != 0 || w[1] != 0 || w[2] != 0 || w[5] != 0 || math.Abs(float64(w[3]+w[4])-1) > 1e-6 {
			t.Errorf("%s: weights %v", score, w)
		}
		if c := prog.Value(context).Data().([]float32); slices.ContainsFunc(c[:width], func(v float32) bool { return v != 0 }) {
			t.Errorf("%s: the context of nothing is %v", score, c[:width])
		}
		dv, dq := prog.Value(grads[0]).Data().([]float32), prog.Value(grads[1]).Data().([]float32)
		finite := func(v float32) bool { return v-v == 0 }
		for name, d := range map[string][]float32{"values": dv, "query": dq, "parameters": gradient(prog)} {
			if slices.ContainsFunc(d, func(v float32) bool { return !finite(v) }) {
				t.Errorf("%s: the gradient of the %s is %v", score, name, d)
			}
		}
		if slices.ContainsFunc(slices.Concat(dv[:steps*width], dv[5*width:], dq[:width]), func(v float32) bool { return v != 0 }) {
			t.Errorf("%s: what is masked has the gradients %v and %v", score, dv, dq)
		}
	}
}

// gradient returns the gradients of a program's parameters; none of a score without any.
func gradient(prog *graph.Program) []float32 {
	if g := prog.Gradient(); g != nil {
		return g.Data().([]float32)
	}
	return nil
}
