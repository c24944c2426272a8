package graph

import (
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// HiddenStates are the hidden states of one layer and direction over time, as Unroll has declared them.
type HiddenStates struct {
	Name  string           // such as "layer 0" or "layer 0, backwards"
	Steps []*gorgonia.Node // h_t [B, H] for each time step, in the order of the inputs

	final *gorgonia.Node // what the next step starts from
}

// HiddenStates returns the hidden states of every sequence that Unroll has declared so far, in that order; a sequence may
// be declared some steps at a time. With a mask they are those from before it, so that no gradient reaches a step past its
// sequence's end. Sequences that are declared as loops (Rolled) have none. Of a cell whose step unrolls a network and
// carries its state, as a decoder with attention does, they are the network's.
func (b *Builder) HiddenStates() []HiddenStates {
	if !b.made() {
		return nil
	}
	return append([]HiddenStates(nil), b.hidden...)
}

// keepHidden keeps the hidden states of an Unroll. If it has started where another of that name has ended, as a decoder
// does that is unrolled step by step, they are its further steps.
func (b *Builder) keepHidden(h HiddenStates, first *gorgonia.Node, reverse bool) {
	for i := range b.hidden {
		if o := &b.hidden[i]; !reverse && o.Name == h.Name && o.final == first {
			o.Steps, o.final = append(o.Steps, h.Steps...), h.final
			return
		}
	}
	b.hidden = append(b.hidden, h)
}

// carriesHidden reports whether a cell that has come from a state to another carries there, beside its output, the
// hidden states of a network that its steps have unrolled.
func (b *Builder) carriesHidden(from, to State) bool {
	for _, h := range b.hidden {
		if slices.Contains(to[1:], h.final) && !slices.Contains(from, h.final) {
			return true
		}
	}
	return false
}

// Probe is a program that computes a loss and the gradient ∂loss/∂h_t that reaches the hidden state of each time step:
// the size of the signal that back-propagation through time has left when it arrives there.
//
// Hochreiter: Untersuchungen zu dynamischen neuronalen Netzen, 1991; Pascanu, Mikolov, Bengio: On the difficulty of
// training recurrent neural networks, https://arxiv.org/abs/1211.5063.
type Probe struct {
	*Program
	loss   *gorgonia.Node
	names  []string
	states [][]*gorgonia.Node // adjoints of each layer and direction
}

// GradientNorms is what a probe has measured in one layer and direction.
type GradientNorms struct {
	Layer string    // such as "layer 0" or "layer 0, backwards"
	Norms []float64 // L2 norm of ∂loss/∂h_t over batch and width, for each time step t
}

// NewProbe compiles a probe of what Unroll has declared in the graph. It has no gradients of parameters.
func NewProbe(b *Builder, loss *gorgonia.Node, opts ...CompileOption) (*Probe, error) {
	if b.failed() {
		return nil, b.Err()
	}
	p := &Probe{loss: loss}
	var wrt []*gorgonia.Node
	for _, h := range b.hidden {
		p.names = append(p.names, h.Name)
		wrt = append(wrt, h.Steps...)
	}
	if len(wrt) == 0 {
		return nil, errors.New("probe: the graph has no hidden states; declare a sequence with Unroll, on a builder with the option Unrolled if it is long")
	}
	adjoints := b.Grad(loss, wrt...)
	outputs := append([]*gorgonia.Node{loss}, adjoints...)
	var err error
	if p.Program, err = Compile(b, append([]CompileOption{Output(outputs...)}, opts...)...); err != nil {
		return nil, err
	}
	for _, h := range b.hidden {
		p.states = append(p.states, adjoints[:len(h.Steps)])
		adjoints = adjoints[len(h.Steps):]
	}
	return p, nil
}

// Loss returns the value of the loss in the last run.
func (p *Probe) Loss() float64 { return p.Scalar(p.loss) }

// Norms returns what the last run has measured. The norms are summed in float64: a gradient that has all but vanished
// is still told from none.
func (p *Probe) Norms() []GradientNorms {
	norms := make([]GradientNorms, len(p.states))
	for i, steps := range p.states {
		norms[i] = GradientNorms{p.names[i], make([]float64, len(steps))}
		for t, adjoint := range steps {
			sum := 0.0
			switch d := p.Value(adjoint).Data().(type) {
			case []float32:
				for _, x := range d {
					sum += float64(x) * float64(x)
				}
			case []float64:
				for _, x := range d {
					sum += x * x
				}
			}
			norms[i].Norms[t] = math.Sqrt(sum)
		}
	}
	return norms
}
