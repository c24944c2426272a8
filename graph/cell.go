package graph

import (
	"math"
	"math/rand"
	"strings"

	"gorgonia.org/gorgonia"
)

// Cell is one step of a recurrent network, in plain operations: the equations of the cell. Anything that implements it
// trains, predicts, stacks, goes both ways and saves like the cells of the zoo.
type Cell interface {
	// State returns the width of each tensor of the state. The first of them is the cell's output.
	State() []int
	// Step declares one step: from the input x [B, I] and the state s, tensors [B, width], to the new state. It is called
	// once for each time step; parameters of one name are the same parameter at every step.
	Step(b *Builder, x *gorgonia.Node, s State) State
}

// State is the state of a cell at one time step, tensors [B, width] in the order of Cell.State.
type State []*gorgonia.Node

// CellConfig is what the cells of the zoo have in common. Hidden is the width of the hidden state; it has no default.
type CellConfig struct {
	Input, Hidden    int
	RecurrentDropout float64 // rate of the variational dropout on h in the recurrent products
	WeightDrop       float64 // rate of the weight drop on the recurrent weights
	LayerNorm        bool    // normalise x·W and h·U (Ba, Kiros and Hinton 2016)
	TorchInit        bool    // initialise as PyTorch does: uniform over ±1/√Hidden everywhere
	Chrono           int     // steps over which gates remember at the start, at most; 0 leaves their biases as they are
}

// Gates declares n stacked linear maps of the hidden width, x·weight_<name>ᵀ + bias_<name> with the weight
// [n·Hidden, I] and the bias [n·Hidden]. With LayerNorm the product is normalised first and scaled by ln_<name>.weight.
// The recurrent weight hh starts as an orthogonal matrix for each gate, every other as Glorot's distribution; bias is
// the initial bias. The weights of maps whose name begins with h, which read the hidden state, have the weight drop.
func (c CellConfig) Gates(b *Builder, name string, n int, x *gorgonia.Node, bias Init) *gorgonia.Node {
	weight, drop := GlorotBlocks(n), 0.0
	if strings.HasPrefix(name, "h") {
		drop = c.WeightDrop
	}
	switch {
	case c.TorchInit:
		if weight = c.torchInit(); c.Chrono == 0 {
			bias = weight
		}
	case name == "hh":
		weight = Orthogonal(n)
	}
	if !c.LayerNorm {
		return b.linear(name, n*c.Hidden, x, weight, bias, drop)
	}
	y := b.Normalize(b.linear(name, n*c.Hidden, x, weight, nil, drop))
	return b.Add(b.Mul(y, b.Param("ln_"+name+".weight", Ones(), n*c.Hidden)), b.Param("bias_"+name, bias, n*c.Hidden))
}

// KeepBias is the initial bias of a cell with so many gates, of which the one at the place keep is the part of the state
// that is kept. With Chrono that bias is uniformly distributed between 0 and log(Chrono − 1): σ of it keeps a state for
// 2 to Chrono steps, as many units for 2 to 4 as for 200 to 400. The gate at the place take, the part that is taken of what
// is new, starts as the opposite; −1 means that there is none. All others start at 0, and without Chrono all start as usual
// says.
//
// Tallec and Ollivier (2018) draw the number of steps uniformly, not its logarithm, which leaves few units that forget
// soon: digits read pixel by pixel are learnt much slower with that.
func (c CellConfig) KeepBias(gates, keep, take int, usual Init) Init {
	if c.Chrono == 0 || keep < 0 || keep >= gates || take >= gates {
		return usual
	}
	return func(rng *rand.Rand, values []float64, shape []int) {
		if !fits(gates, shape) {
			return
		}
		clear(values)
		size := len(values) / gates
		for i := range size {
			u := rng.Float64() * math.Log(float64(max(2, c.Chrono)-1))
			values[keep*size+i] = u
			if take >= 0 {
				values[take*size+i] = -u
			}
		}
	}
}

// Peephole declares a diagonal map weight_<name>∘c of a state c [B, Hidden], which starts as zeros.
func (c CellConfig) Peephole(b *Builder, name string, state *gorgonia.Node) *gorgonia.Node {
	init := Zeros()
	if c.TorchInit {
		init = c.torchInit()
	}
	return b.Mul(state, b.Param("weight_"+name, init, c.Hidden))
}

// Recurrent applies the variational dropout to the hidden state that goes into the recurrent products: one mask for all
// time steps (Gal and Ghahramani 2016).
func (c CellConfig) Recurrent(b *Builder, h *gorgonia.Node) *gorgonia.Node {
	return b.SharedDropout("recurrent", h, c.RecurrentDropout)
}
