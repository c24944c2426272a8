package zoo

import (
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Drawing says what Draw draws: a model unrolled over a sequence [Steps, Batch, Input].
type Drawing struct {
	Steps, Batch, Input, Hidden, Layers int
	Gradients                           bool // of the mean squared error against a target, too
}

// Draw draws the symbolic graph of a model in the language of Graphviz, as graph.DOT does.
func Draw(model string, d Drawing) ([]byte, error) {
	m, err := ModelByName(model)
	if err != nil {
		return nil, err
	}
	// A drawing of more takes its reader, and Graphviz, longer than anyone waits.
	const most = 1000
	for _, n := range []struct {
		flag  string
		value int
	}{{"steps", d.Steps}, {"batch", d.Batch}, {"input", d.Input}, {"hidden", d.Hidden}, {"layers", d.Layers}} {
		if n.value < 1 || n.value > most {
			return nil, usagef("--%s %d: want between 1 and %d", n.flag, n.value, most)
		}
	}
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	// The weights are not drawn, and PyTorch's initial values are the cheapest.
	network := m.New(graph.Hidden(d.Hidden), graph.Layers(d.Layers), graph.TorchInit())
	y, _ := network.Unroll(b, b.Input("x", d.Steps, d.Batch, d.Input))
	if err := b.Err(); err != nil {
		return nil, err
	}
	if d.Gradients {
		return graph.DOT(b, graph.Loss(b.MSE(y, b.Input("target", y.Shape()...))))
	}
	return graph.DOT(b, graph.Output(y))
}
