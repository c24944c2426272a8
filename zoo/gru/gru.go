// Package gru is the gated recurrent unit of Cho et al. (2014).
//
// A network does not change: it serves any number of goroutines.
package gru

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Cell is the GRU cell as PyTorch and cuDNN compute it, with the reset gate after the product,
//
//	r  = σ(W_ir·x + b_ir + W_hr·h + b_hr)          reset gate
//	z  = σ(W_iz·x + b_iz + W_hz·h + b_hz)          update gate
//	n  = tanh(W_in·x + b_in + r∘(W_hn·h + b_hn))   candidate
//	h' = (1 − z)∘n + z∘h
//
// or, with ResetBefore, as the paper does: n = tanh(W_in·x + b_in + W_hn·(r∘h) + b_hn). The layout is PyTorch's:
// weight_ih [3H, I], weight_hh [3H, H], bias_ih and bias_hh [3H], gates in the order r z n. ResetBefore has the
// candidate's recurrent weight and bias on their own, as weight_hn [H, H] and bias_hn [H], and [2H, H] for the gates. Biases
// start at 0, or that of z as graph.Chrono says.
type Cell struct {
	graph.CellConfig
	ResetBefore bool
}

var _ graph.Cell = Cell{}

// New returns a network of GRU cells with the reset gate after the product.
func New(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("gru", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c} }, opts...)
}

// NewResetBefore returns a network of GRU cells with the reset gate before the product.
func NewResetBefore(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("gru-reset-before", func(c graph.CellConfig) graph.Cell { return Cell{CellConfig: c, ResetBefore: true} }, opts...)
}

// State implements graph.Cell.
func (c Cell) State() []int { return []int{c.Hidden} }

// Step implements graph.Cell.
func (c Cell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	if len(s) != len(c.State()) {
		return b.FailState(c, s)
	}
	h := s[0]
	hd := c.Recurrent(b, h) // h with the recurrent dropout, for the products
	if c.ResetBefore {
		return c.stepResetBefore(b, x, h, hd)
	}
	i := b.Split(c.Gates(b, "ih", 3, x, c.KeepBias(3, 1, -1, graph.Zeros())), 1, 3)
	u := b.Split(c.Gates(b, "hh", 3, hd, graph.Zeros()), 1, 3)

	r := b.Sigmoid(b.Add(i[0], u[0]))
	z := b.Sigmoid(b.Add(i[1], u[1]))
	n := b.Tanh(b.Add(i[2], b.Mul(r, u[2])))
	return graph.State{b.Lerp(n, h, z)}
}

func (c Cell) stepResetBefore(b *graph.Builder, x, h, hd *gorgonia.Node) graph.State {
	i := b.Split(c.Gates(b, "ih", 3, x, c.KeepBias(3, 1, -1, graph.Zeros())), 1, 3)
	u := b.Split(c.Gates(b, "hh", 2, hd, graph.Zeros()), 1, 2)

	r := b.Sigmoid(b.Add(i[0], u[0]))
	z := b.Sigmoid(b.Add(i[1], u[1]))
	n := b.Tanh(b.Add(i[2], c.Gates(b, "hn", 1, b.Mul(r, hd), graph.Zeros())))
	return graph.State{b.Lerp(n, h, z)}
}
