package graph

import (
	"fmt"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Network is a recurrent network: layers of one kind of cell, in one direction or in both. The packages of the zoo make
// them (lstm.New, gru.New, …), NewNetwork makes one of any cell. Of a nil Network, as of one with options out of range,
// Check tells, and so does whatever would compute with it.
type Network struct {
	name          string
	cell          func(CellConfig) Cell
	config        CellConfig
	layers        int
	dropout       float64
	locked        bool // the mask of dropout is one for all steps
	bidirectional bool
	merge         Merge
}

// Merge says how a bidirectional layer joins the outputs of its two directions.
type Merge uint8

// The ways to merge. MergeConcat doubles the width, the others keep it.
const (
	MergeConcat Merge = iota // [forward, backward]
	MergeSum                 // forward + backward
	MergeMul                 // forward ∘ backward
	MergeMean                // (forward + backward)/2
)

// A NetworkOption configures a Network.
type NetworkOption func(*Network)

// Hidden sets the width of the hidden state; the default is 64.
func Hidden(n int) NetworkOption { return func(r *Network) { r.config.Hidden = n } }

// Layers sets the number of layers; the default is 1.
func Layers(n int) NetworkOption { return func(r *Network) { r.layers = n } }

// Dropout sets the rate of dropout on the outputs of each layer but the last; the default is 0.
func Dropout(rate float64) NetworkOption { return func(r *Network) { r.dropout = rate } }

// LockedDropout has Dropout use one mask for all time steps (Gal and Ghahramani 2016).
func LockedDropout() NetworkOption { return func(r *Network) { r.locked = true } }

// RecurrentDropout sets the rate of variational dropout on the hidden state in the recurrent products: one mask for all
// time steps (Gal and Ghahramani 2016). The default is 0.
func RecurrentDropout(rate float64) NetworkOption {
	return func(r *Network) { r.config.RecurrentDropout = rate }
}

// WeightDrop sets the rate of dropout on the recurrent weights of all gates, weight_hh and its like, in training: one mask for
// all time steps and sequences of a run, another one in the next (Merity, Keskar and Socher 2018; DropConnect, Wan et al.
// 2013). What is kept is divided by 1 − rate; the mask is that of Builder.SharedDropout for the weight's name. It reaches cells
// that declare their products with CellConfig.Gates. The default is 0.
func WeightDrop(rate float64) NetworkOption {
	return func(r *Network) { r.config.WeightDrop = rate }
}

// LayerNorm normalises the products x·W and h·U of the cells (Ba, Kiros and Hinton 2016).
func LayerNorm() NetworkOption { return func(r *Network) { r.config.LayerNorm = true } }

// TorchInit initialises as PyTorch does, uniformly over ±1/√hidden; the default is orthogonal for recurrent weights,
// Glorot for the others and 1 for the bias of forget gates.
func TorchInit() NetworkOption { return func(r *Network) { r.config.TorchInit = true } }

// Chrono has the biases of gates start so that the states of a layer remember over up to so many steps, some units over
// a few and others over many (as Tallec and Ollivier 2018; KeepBias says how): what is far apart in a long sequence is
// learnt sooner. It reaches cells that declare their biases with CellConfig.KeepBias, as LSTM and GRU do. The default
// is 0, which leaves the biases as they are.
func Chrono(steps int) NetworkOption { return func(r *Network) { r.config.Chrono = steps } }

// Bidirectional runs each layer in both directions and merges their outputs.
func Bidirectional(m Merge) NetworkOption {
	return func(r *Network) { r.bidirectional, r.merge = true, m }
}

// OneDirection runs each layer from the first step to the last alone: the default, and what makes the decoder of a network
// that reads in both.
func OneDirection() NetworkOption { return func(r *Network) { r.bidirectional = false } }

// NewNetwork returns a network of cells that cell makes from a configuration: the widths of a layer and the options.
func NewNetwork(name string, cell func(CellConfig) Cell, opts ...NetworkOption) *Network {
	r := &Network{name: name, cell: cell, config: CellConfig{Hidden: 64}, layers: 1}
	return r.With(opts...)
}

// With returns a copy of the network with more options.
func (r *Network) With(opts ...NetworkOption) *Network {
	if r == nil {
		return nil
	}
	c := *r
	args.Apply(&c, opts)
	return &c
}

// Named sets the name of the network's architecture, by which a kept run finds it again.
func Named(name string) NetworkOption { return func(r *Network) { r.name = name } }

// NetworkConfig is what the options of a network have set.
type NetworkConfig struct {
	Hidden, Layers            int
	Dropout, RecurrentDropout float64
	WeightDrop                float64
	LayerNorm, TorchInit      bool
	Chrono                    int
	Bidirectional             bool
	Merge                     Merge
}

// Config returns what the network's options have set.
func (r *Network) Config() NetworkConfig {
	if r == nil {
		return NetworkConfig{}
	}
	return NetworkConfig{r.config.Hidden, r.layers, r.dropout, r.config.RecurrentDropout, r.config.WeightDrop, r.config.LayerNorm, r.config.TorchInit, r.config.Chrono, r.bidirectional, r.merge}
}

// Name returns the name of the network's architecture, such as "lstm".
func (r *Network) Name() string {
	if r == nil {
		return ""
	}
	return r.name
}

// IsBidirectional reports whether an output depends on later inputs.
func (r *Network) IsBidirectional() bool { return r != nil && r.bidirectional }

// Width returns the width of the output.
func (r *Network) Width() int {
	c := r.Config()
	if c.Bidirectional && c.Merge == MergeConcat {
		return 2 * c.Hidden
	}
	return c.Hidden
}

// StateWidths returns the width of each tensor of the state of a layer in one direction, h first.
func (r *Network) StateWidths() []int {
	if r == nil {
		return nil
	}
	return r.stateWidths(r.config)
}

// stateWidths is StateWidths with cells of a configuration.
func (r *Network) stateWidths(c CellConfig) []int {
	if r.cell == nil {
		return nil
	}
	cell := r.cell(c)
	if cell == nil {
		return nil
	}
	return cell.State()
}

// The most that a network may have. What it is drawn from and read into costs memory for each layer and the square of the
// width.
const (
	mostHidden = 1 << 15
	mostLayers = 1 << 10
	mostChrono = 1 << 20
)

// Check returns an error that names the first option that is out of range.
func (r *Network) Check() error {
	if r == nil {
		return errors.New("the network is nil; lstm.New, gru.New and the like make one")
	}
	rate := func(v float64) bool { return v >= 0 && v < 1 }
	switch c := r.config; {
	case r.cell == nil:
		return errors.Errorf("%s: the function that makes its cells is nil", r.name)
	case c.Hidden < 1 || c.Hidden > mostHidden:
		return errors.Errorf("%s: the hidden width is %d; want at least 1 and at most %d", r.name, c.Hidden, mostHidden)
	case r.layers < 1 || r.layers > mostLayers:
		return errors.Errorf("%s: the number of layers is %d; want at least 1 and at most %d", r.name, r.layers, mostLayers)
	case r.merge > MergeMean:
		return errors.Errorf("%s: there is no way %d to merge the directions; choose MergeConcat, MergeSum, MergeMul or MergeMean", r.name, r.merge)
	case c.Chrono < 0 || c.Chrono > mostChrono:
		return errors.Errorf("%s: the gates are to remember over %d steps at the start; want at least 0 and at most %d", r.name, c.Chrono, mostChrono)
	case !rate(r.dropout):
		return errors.Errorf("%s: the dropout rate is %g; want 0 ≤ rate < 1", r.name, r.dropout)
	case !rate(c.RecurrentDropout):
		return errors.Errorf("%s: the recurrent dropout rate is %g; want 0 ≤ rate < 1", r.name, c.RecurrentDropout)
	case !rate(c.WeightDrop):
		return errors.Errorf("%s: the weight drop rate is %g; want 0 ≤ rate < 1", r.name, c.WeightDrop)
	}
	return nil
}

// An UnrollOption of Network.Unroll.
type UnrollOption func(*unrollConfig)

type unrollConfig struct {
	initial []State
	lengths *gorgonia.Node
}

// InitialStates sets the states before the first step, in PyTorch's order: layer 0, layer 0 backward, layer 1, …
// Without it they are zeros.
func InitialStates(states ...State) UnrollOption {
	return func(c *unrollConfig) { c.initial = states }
}

// Lengths sets the lengths of the sequences, integers [B]. Past a sequence's end its state stays unchanged and its
// output is zero, as with PyTorch's packed sequences; what x holds there, NaN included, has no influence.
func Lengths(lengths *gorgonia.Node) UnrollOption {
	return func(c *unrollConfig) { c.lengths = lengths }
}

// Unroll declares the network over a sequence x [T, B, I]. It returns the outputs of the last layer [T, B, Width] and
// the final state of every layer and direction, in the order of InitialStates.
func (r *Network) Unroll(b *Builder, x *gorgonia.Node, opts ...UnrollOption) (*gorgonia.Node, []State) {
	var c unrollConfig
	args.Apply(&c, opts)
	directions := 1
	if r.IsBidirectional() {
		directions = 2
	}
	if !b.failed() {
		if err := r.Check(); err != nil {
			b.Fail(err)
		} else if x == nil || rank(x) != 3 {
			b.failf("%s: the input is %s; want a sequence [T, B, I]", r.name, describe(x))
		} else if c.initial != nil && len(c.initial) != r.layers*directions {
			b.failf("%s: %d initial states; want %d, one for each layer and direction", r.name, len(c.initial), r.layers*directions)
		} else if n := c.lengths; n != nil && (rank(n) != 1 || n.Shape()[0] != x.Shape()[1]) {
			b.failf("%s: the lengths are %s; want [%d], one for each sequence of %s", r.name, describe(n), x.Shape()[1], describe(x))
		}
	}
	if b.failed() {
		return r.invalid(b, directions)
	}
	var mask *gorgonia.Node
	if c.lengths != nil {
		mask = b.LengthMask(c.lengths, x.Shape()[0])
		// The state's Where takes no value from past the end, but a gradient of 0 times a NaN from there would be NaN.
		x = b.Where(mask, x, b.Const(0))
	}
	var final []State
	for layer := range r.layers {
		if layer > 0 {
			if r.locked {
				x = b.LockedDropout(x, r.dropout)
			} else {
				x = b.Dropout(x, r.dropout)
			}
		}
		if b.failed() {
			return r.invalid(b, directions)
		}
		config := r.config
		config.Input = x.Shape()[2]
		var steps []*gorgonia.Node // of x
		var outputs [2]*gorgonia.Node
		for d := range directions {
			suffix := fmt.Sprintf("_l%d", layer)
			if d == 1 {
				suffix += "_reverse"
			}
			var initial State
			if c.initial != nil {
				initial = c.initial[layer*directions+d]
			}
			ys, s := b.Suffix(suffix).sequence(r.cell(config), x, &steps, initial, mask, d == 1)
			outputs[d] = ys
			final = append(final, s)
		}
		x = outputs[0]
		if r.bidirectional {
			x = r.join(b, outputs[0], outputs[1])
		}
	}
	return x, final
}

// invalid returns placeholders of as many states as a valid network has, which a caller may index.
func (r *Network) invalid(b *Builder, directions int) (*gorgonia.Node, []State) {
	c := r.Config()
	final := make([]State, min(max(1, c.Layers), mostLayers)*directions)
	for i := range final {
		for range max(1, len(r.StateWidths())) {
			final[i] = append(final[i], b.placeholder())
		}
	}
	return b.placeholder(), final
}

func (r *Network) join(b *Builder, forward, backward *gorgonia.Node) *gorgonia.Node {
	switch r.merge {
	case MergeSum:
		return b.Add(forward, backward)
	case MergeMul:
		return b.Mul(forward, backward)
	case MergeMean:
		return b.Scale(b.Add(forward, backward), 0.5)
	}
	return b.Concat(-1, forward, backward)
}

// Summary joins the final hidden states of the last layer's directions into one tensor [B, Width]: what the network
// has made of the whole sequence. In both directions each has read it to its own end.
func (r *Network) Summary(b *Builder, final []State) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	directions := 1
	if r.IsBidirectional() {
		directions = 2
	}
	if err := r.Check(); err != nil {
		return b.Fail(err)
	}
	if n := len(final); n < directions || slices.ContainsFunc(final[n-directions:], func(s State) bool { return len(s) == 0 }) {
		return b.failf("%s: the summary of %d final states; want those that Unroll returns", r.name, n)
	}
	if n := len(final); r.bidirectional {
		return r.join(b, final[n-2][0], final[n-1][0])
	}
	return final[len(final)-1][0]
}
