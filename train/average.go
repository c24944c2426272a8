package train

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// average is a mean of the weights that the updates of a run have left. An update moves it towards the weights by a
// part of what is between them: 1/n for the mean of n, 1−decay for an exponential moving one.
type average struct {
	weights, means *graph.Params
	pairs          []gorgonia.ValueGrad // a mean each, with the weights in place of its gradient
	state          optimizerState
	part           float64 // of the update at hand
}

// newAverage returns an average that stands at the values in a file, of the same parameters.
func newAverage(weights *graph.Params, at *safetensors.File) (*average, error) {
	a := &average{weights: weights, means: graph.NewParams(weights.Dtype())}
	if err := a.means.Restore(at); err != nil {
		return nil, err
	}
	for _, m := range a.means.List() {
		a.pairs = append(a.pairs, &averaged{m.Name(), m.Value(), weights.Get(m.Name()).Value()})
	}
	return a, nil
}

// averaged is one parameter: a mean that follows the weights as an optimizer's weights follow a gradient.
type averaged struct {
	name          string
	mean, weights *tensor.Dense
}

func (a *averaged) Name() string                  { return a.name }
func (a *averaged) Value() gorgonia.Value         { return a.mean }
func (a *averaged) Grad() (gorgonia.Value, error) { return a.weights, nil }

// update moves the means by a part in (0, 1].
func (a *average) update(part float64) error {
	a.part = part
	return a.state.each("average", a.pairs, a)
}

func (a *average) buffers() bufferSet         { return bufferSet{} }
func (a *average) update32(p *param[float32]) { averageStep(a, p) }
func (a *average) update64(p *param[float64]) { averageStep(a, p) }

func averageStep[F kernel.Float](a *average, p *param[F]) {
	if a.part == 1 { // the weights themselves, and not what rounding makes of them
		copy(p.w, p.g)
		return
	}
	p.Average(p.w, p.g, F(a.part))
}

// swap exchanges the weights and their means.
func (a *average) swap() {
	for _, p := range a.pairs {
		p := p.(*averaged)
		if a.weights.Dtype() == tensor.Float64 {
			exchange(p.mean.Float64s(), p.weights.Float64s())
		} else {
			exchange(p.mean.Float32s(), p.weights.Float32s())
		}
	}
	a.weights.Changed()
}

func exchange[F kernel.Float](x, y []F) {
	for i := range x {
		x[i], y[i] = y[i], x[i]
	}
}
