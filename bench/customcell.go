package bench

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// CustomCell is a cell as a user writes one, in plain operations, which no library has a fused kernel for: an LSTM with
// layer normalisation (Ba, Kiros and Hinton 2016) and peepholes (Gers and Schmidhuber 2000),
//
//	z  = LN(W_ih·x) + LN(W_hh·h)        the gates i f g o, side by side
//	i  = σ(z_i + p_i∘c)
//	f  = σ(z_f + p_f∘c)
//	c' = f∘c + i∘tanh(z_g)
//	o  = σ(z_o + p_o∘c')
//	h' = o∘tanh(LN(c'))
//
// with the parameters weight_ih [4H, I], weight_hh [4H, H], the peepholes peephole_i, _f and _o [H], and for each LN its
// weight and bias.
type CustomCell struct{ graph.CellConfig }

var _ graph.Cell = CustomCell{}

func newCustom(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("custom", func(c graph.CellConfig) graph.Cell { return CustomCell{c} }, opts...)
}

// State implements graph.Cell: h, c.
func (c CustomCell) State() []int { return []int{c.Hidden, c.Hidden} }

// Step implements graph.Cell.
func (c CustomCell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	h, state := s[0], s[1]

	wx := b.LinearInit("ih", 4*c.Hidden, x, graph.GlorotBlocks(4), nil)
	uh := b.LinearInit("hh", 4*c.Hidden, h, graph.GlorotBlocks(4), nil)
	z := b.Split(b.Add(b.LayerNorm("ln_ih", wx), b.LayerNorm("ln_hh", uh)), 1, 4)
	i := b.Sigmoid(b.Add(z[0], c.peephole(b, "i", state)))
	f := b.Sigmoid(b.Add(z[1], c.peephole(b, "f", state)))
	state = b.Add(b.Mul(f, state), b.Mul(i, b.Tanh(z[2])))
	o := b.Sigmoid(b.Add(z[3], c.peephole(b, "o", state)))
	h = b.Mul(o, b.Tanh(b.LayerNorm("ln_c", state)))
	return graph.State{h, state}
}

func (c CustomCell) peephole(b *graph.Builder, gate string, state *gorgonia.Node) *gorgonia.Node {
	return b.Mul(state, b.Param("peephole_"+gate, graph.Uniform(0.1), c.Hidden))
}
