package command

import (
	"fmt"
	"path/filepath"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

// probeGradients is the probe that there is: the norm of the gradient that reaches each hidden state.
const probeGradients = "gradients"

// gradientsFile is the picture that it leaves in the run's folder.
const gradientsFile = "gradients.svg"

// gradientProbe measures before the first epoch and after each.
type gradientProbe struct {
	experiment *zoo.Experiment
	emit       func(probeEvent)
	first      probeEvent
	last       probeEvent
}

// probeEvent is an event of zoo run --json.
type probeEvent struct {
	Event  string       `json:"event"`
	Probe  string       `json:"probe"`
	Epoch  int          `json:"epoch"`
	Layers []probeLayer `json:"layers"`
}

// probeLayer is the norms of a layer and direction, one for each time step.
type probeLayer struct {
	Layer string   `json:"layer"`
	Norms []metric `json:"norms"`
}

// newProbe measures an experiment as it is before training.
func newProbe(e *zoo.Experiment, emit func(probeEvent)) (*gradientProbe, error) {
	p := &gradientProbe{experiment: e, emit: emit}
	err := p.measure(0)
	p.first = p.last
	return p, err
}

func (p *gradientProbe) measure(epoch int) error {
	norms, err := p.experiment.Probe()
	if err != nil {
		return err
	}
	p.last = probeEvent{Event: "probe", Probe: probeGradients, Epoch: epoch}
	for _, n := range norms {
		l := probeLayer{Layer: n.Layer}
		for _, v := range n.Norms {
			l.Norms = append(l.Norms, metric(v))
		}
		p.last.Layers = append(p.last.Layers, l)
	}
	p.emit(p.last)
	return nil
}

func (p *gradientProbe) callbacks() train.Callbacks {
	return train.Callbacks{Epoch: func(e train.EpochEvent) error { return p.measure(e.Epoch) }}
}

// keep draws the first and the last measurement into the run's folder and returns the picture's path.
func (p *gradientProbe) keep(dir string) (string, error) {
	chart := show.Chart{Title: "Gradient of the loss that reaches each hidden state", X: "time step", Y: "norm of ∂loss/∂h", Log: true}
	for _, e := range []probeEvent{p.first, p.last} {
		for _, l := range e.Layers {
			line := show.Line{Name: fmt.Sprintf("%s, epoch %d", l.Layer, e.Epoch), Dashed: e.Epoch == 0}
			for _, v := range l.Norms {
				line.Y = append(line.Y, float64(v))
			}
			chart.Lines = append(chart.Lines, line)
		}
	}
	path := filepath.Join(dir, gradientsFile)
	return path, atomicfile.WriteData(path, []byte(chart.SVG()))
}

// summary says how much of the gradient at the last step reaches the first, of each layer and direction.
func (p *gradientProbe) summary(path string) string {
	t := show.Table{Header: []string{"", "first step", "last step", "ratio"}}
	for _, e := range []probeEvent{p.first, p.last} {
		for _, l := range e.Layers {
			a, b := float64(l.Norms[0]), float64(l.Norms[len(l.Norms)-1])
			t.Rows = append(t.Rows, []any{fmt.Sprintf("%s, epoch %d", l.Layer, e.Epoch), digits(a), digits(b), digits(a / b)})
		}
	}
	return fmt.Sprintf("Norm of the gradient of the loss that reaches the hidden state:\n\n%s\nAll time steps are in %s\n", t.String(), path)
}

// digits writes a number with three digits.
func digits(v float64) show.Number { return show.Number(fmt.Sprintf("%.3g", v)) }
