package zoo

import (
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Drawing says what Draw draws: a model unrolled over a sequence [Steps, Batch, Input].
type Drawing struct {
	Steps, Batch, Input, Hidden, Layers int
	Gradients                           bool // of the mean squared error against a target, too
}

// Declare declares the settings of a drawing.
func (d *Drawing) Declare(s *option.Set) {
	// A drawing of more takes its reader, and Graphviz, longer than anyone waits. A picture has its own limit,
	// show.MaxNodes.
	const most = 1000
	s.Int(&d.Steps, "steps", "length of the sequence").AtLeast(1).AtMost(most)
	s.Int(&d.Layers, "layers", "number of layers").AtLeast(1).AtMost(most)
	s.Int(&d.Hidden, "hidden", "width of the hidden state").AtLeast(1).AtMost(most)
	s.Int(&d.Input, "input", "width of the input").AtLeast(1).AtMost(most)
	s.Int(&d.Batch, "batch", "sequences in the batch").AtLeast(1).AtMost(most)
	s.Bool(&d.Gradients, "grad", "draw the gradients of the mean squared error, too")
}

// Draw draws the symbolic graph of a model in the language of Graphviz, as graph.DOT does.
func Draw(model string, d Drawing) ([]byte, error) {
	m, err := ModelByName(model)
	if err != nil {
		return nil, err
	}
	var set option.Set
	d.Declare(&set)
	if err := set.Check(); err != nil {
		return nil, err
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
