package train

import (
	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// accumulation is the mean of the batches of a step so far, each with its weight: what one batch of all their examples
// would have had as loss and gradient. The zero value is of no batch; it keeps its memory from step to step.
type accumulation struct {
	batches int
	tokens  int
	first   float64 // the weight of the first batch
	weight  float64 // of all
	loss    float64 // the mean

	// The sum of the gradients, each times its weight over that of the first batch, so that equal weights round
	// nothing.
	sum32 []float32
	sum64 []float64
}

// begin forgets the batches of the last step.
func (a *accumulation) begin() { *a = accumulation{sum32: a.sum32[:0], sum64: a.sum64[:0]} }

// add adds a batch whose program has run. The gradients of the only batch of a step stay where they are.
func (a *accumulation) add(s Step, loss, weight float64, only bool) error {
	if a.batches == 0 {
		a.first = weight
	}
	a.batches++
	a.tokens += s.Tokens
	a.weight += weight
	a.loss += (loss - a.loss) * (weight / a.weight)
	g := s.Program.Gradient()
	if only || g == nil {
		return nil
	}
	var c content
	if err := c.load(g); err != nil {
		return err
	}
	if a.batches == 1 {
		a.sum32, a.sum64 = append(a.sum32, c.f32...), append(a.sum64, c.f64...)
		return nil
	}
	if len(a.sum32) != len(c.f32) || len(a.sum64) != len(c.f64) {
		return errors.Errorf("the gradients of its batches have %d and %d elements; use the same parameters in every program, or accumulate 1",
			len(a.sum32)+len(a.sum64), g.Size())
	}
	kernels[float32]().AddScaled(a.sum32, c.f32, float32(weight/a.first))
	kernels[float64]().AddScaled(a.sum64, c.f64, weight/a.first)
	return nil
}

// store sets the gradients of the last batch's program to the mean.
func (a *accumulation) store(p *graph.Program) {
	if a.batches < 2 || p.Gradient() == nil {
		return
	}
	mean := a.first / a.weight
	switch g := p.Gradient(); g.Dtype() {
	case tensor.Float32:
		copy(g.Float32s(), a.sum32)
		kernels[float32]().Scale(g.Float32s(), float32(mean))
	case tensor.Float64:
		copy(g.Float64s(), a.sum64)
		kernels[float64]().Scale(g.Float64s(), mean)
	}
}

// updatesOf returns how many updates so many batches make, so many of them at a time; the last may be of fewer.
func updatesOf(batches, accumulate int) int { return (batches-1)/accumulate + 1 }
