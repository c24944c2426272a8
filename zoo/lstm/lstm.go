// Package lstm is the long short-term memory of Hochreiter and Schmidhuber (1997), with the forget gate of Gers,
// Schmidhuber and Cummins (2000).
//
// A network does not change: it serves any number of goroutines.
package lstm

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Cell is the LSTM cell,
//
//	i  = σ(W_ii·x + b_ii + W_hi·h + b_hi)      input gate
//	f  = σ(W_if·x + b_if + W_hf·h + b_hf)      forget gate
//	g  = tanh(W_ig·x + b_ig + W_hg·h + b_hg)   candidate
//	o  = σ(W_io·x + b_io + W_ho·h + b_ho)      output gate
//	c' = f∘c + i∘g
//	h' = o∘tanh(c')
//
// in PyTorch's layout: weight_ih [4H, I], weight_hh [4H, H], bias_ih and bias_hh [4H], gates in the order i f g o. The
// forget gate's bias starts at 1 (Jozefowicz, Zaremba and Sutskever 2015), or as graph.Chrono says.
//
// With Peepholes the gates see the cell state (Gers and Schmidhuber 2000): i and f add p_i∘c and p_f∘c, o adds p_o∘c',
// with weight_ci, weight_cf and weight_co [H]. With LayerNorm x·W, h·U and c' before its tanh are normalised.
type Cell struct {
	graph.CellConfig
	Peepholes bool
}

var _ graph.Cell = Cell{}

// New returns a network of LSTM cells.
func New(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("lstm", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c} }, opts...)
}

// NewPeephole returns a network of LSTM cells with peepholes.
func NewPeephole(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("lstm-peephole", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c, Peepholes: true} }, opts...)
}

// State implements graph.Cell: h, c.
func (c Cell) State() []int { return []int{c.Hidden, c.Hidden} }

// Step implements graph.Cell.
func (c Cell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	if len(s) != len(c.State()) {
		return b.FailState(c, s)
	}
	h, cell := c.Recurrent(b, s[0]), s[1]

	z := b.Split(b.Add(c.Gates(b, "ih", 4, x, c.KeepBias(4, 1, 0, forgetBias)), c.Gates(b, "hh", 4, h, graph.Zeros())), 1, 4)
	zi, zf, zg, zo := z[0], z[1], z[2], z[3]
	if c.Peepholes {
		zi = b.Add(zi, c.Peephole(b, "ci", cell))
		zf = b.Add(zf, c.Peephole(b, "cf", cell))
	}
	i := b.Sigmoid(zi)
	f := b.Sigmoid(zf)
	g := b.Tanh(zg)
	cell = b.Add(b.Mul(f, cell), b.Mul(i, g))
	if c.Peepholes {
		zo = b.Add(zo, c.Peephole(b, "co", cell))
	}
	o := b.Sigmoid(zo)
	shown := cell
	if c.LayerNorm {
		shown = b.LayerNorm("ln_c", cell)
	}
	h = b.Mul(o, b.Tanh(shown))
	return graph.State{h, cell}
}

// forgetBias is 1 for the forget gate and 0 for the others.
var forgetBias = graph.Blocks(graph.Zeros(), graph.Ones(), graph.Zeros(), graph.Zeros())
