// Package rnn is the simple recurrent network of Elman (1990).
//
// A network does not change: it serves any number of goroutines.
package rnn

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Cell is Elman's cell,
//
//	h' = φ(W_ih·x + b_ih + W_hh·h + b_hh)
//
// with φ = tanh, or max(·, 0) where Relu is set, in PyTorch's layout: weight_ih [H, I], weight_hh [H, H], bias_ih and
// bias_hh [H].
type Cell struct {
	graph.CellConfig
	Relu bool
}

var _ graph.Cell = Cell{}

// New returns a network of cells with tanh.
func New(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("rnn", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c} }, opts...)
}

// NewRelu returns a network of cells with max(·, 0).
func NewRelu(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("rnn-relu", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c, Relu: true} }, opts...)
}

// State implements graph.Cell.
func (c Cell) State() []int { return []int{c.Hidden} }

// Step implements graph.Cell.
func (c Cell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	if len(s) != len(c.State()) {
		return b.FailState(c, s)
	}
	h := c.Recurrent(b, s[0])

	z := b.Add(c.Gates(b, "ih", 1, x, graph.Zeros()), c.Gates(b, "hh", 1, h, graph.Zeros()))
	if c.Relu {
		return graph.State{b.Relu(z)}
	}
	return graph.State{b.Tanh(z)}
}
