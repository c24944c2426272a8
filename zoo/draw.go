package zoo

import (
	"bytes"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Drawing says what Draw draws: a model unrolled over a sequence [Steps, Batch, Input].
type Drawing struct {
	Steps, Batch, Input, Hidden, Layers int
	Gradients                           bool // of the mean squared error against a target, too
	Rolled                              bool // the steps as a loop
	IR                                  bool // no drawing, but what the compiler makes of the graph
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
	s.Bool(&d.Rolled, "rolled", "declare the steps as a loop, as those of long sequences are")
	s.Bool(&d.IR, "ir", "print what the compiler makes of the graph after each pass, and its plan, instead of a drawing")
}

// Draw draws the symbolic graph of a model in the language of Graphviz, as graph.DOT does; with IR it returns the
// compiler's representation after each pass, as graph.Dump writes it.
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
	rolling := graph.Unrolled()
	if d.Rolled {
		rolling = graph.Rolled()
	}
	b := graph.NewBuilder(graph.NewParams(tensor.Float32), rolling)
	// The weights are not drawn, and PyTorch's initial values are the cheapest.
	network := m.New(graph.Hidden(d.Hidden), graph.Layers(d.Layers), graph.TorchInit())
	y, _ := network.Unroll(b, b.Input("x", d.Steps, d.Batch, d.Input))
	if err := b.Err(); err != nil {
		return nil, err
	}
	what := graph.Output(y)
	if d.Gradients {
		what = graph.Loss(b.MSE(y, b.Input("target", y.Shape()...)))
	}
	if d.IR {
		var text bytes.Buffer
		_, err := graph.Compile(b, what, graph.Verify(), graph.Dump(&text))
		return text.Bytes(), err
	}
	return graph.DOT(b, what)
}
