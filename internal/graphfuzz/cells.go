package graphfuzz

import (
	"github.com/rnnzoo/rnnzoo/graph"
)

// The numbers of an Unroll node, in its Ints.
const (
	unrollHidden = iota
	unrollLayers
	unrollDirections // 1 or 2
	unrollMerge
	unrollEquations
	unrollLayerNorm // 0 or 1
	unrollDropout   // 0 or 1, between one state and the next and on the weights
	numUnroll
)

// numEquations is how many cells there are.
const numEquations = 6

// network returns the network of an Unroll node.
func network(n Node, r rounding) *graph.Network {
	opts := []graph.NetworkOption{graph.Hidden(n.Ints[unrollHidden]), graph.Layers(n.Ints[unrollLayers])}
	if n.Ints[unrollDirections] == 2 {
		opts = append(opts, graph.Bidirectional(graph.Merge(n.Ints[unrollMerge])))
	}
	if n.Ints[unrollLayerNorm] == 1 {
		opts = append(opts, graph.LayerNorm())
	}
	if n.Ints[unrollDropout] == 1 {
		opts = append(opts, graph.RecurrentDropout(0.25), graph.WeightDrop(0.25))
	}
	return graph.NewNetwork("fuzz", func(c graph.CellConfig) graph.Cell {
		return cell{CellConfig: c, equations: n.Ints[unrollEquations], rounding: r}
	}, opts...)
}

// unroll declares an Unroll node: a network over a sequence, with the lengths of its members if they are given.
func unroll(b *graph.Builder, n Node, x []node, r rounding) (node, []graph.State) {
	var opts []graph.UnrollOption
	if len(x) > 1 {
		opts = append(opts, graph.Lengths(x[1]))
	}
	return network(n, r).Unroll(b.Prefix(n.Name+"."), x[0], opts...)
}

// cell is one of several cells, whose equations differ in what the compiler makes of them.
type cell struct {
	graph.CellConfig
	equations int
	rounding
}

// State implements graph.Cell.
func (c cell) State() []int {
	switch c.equations {
	case 1, 3, 5:
		return []int{c.Hidden, c.Hidden}
	}
	return []int{c.Hidden}
}

// Step implements graph.Cell.
func (c cell) Step(b *graph.Builder, x node, s graph.State) graph.State {
	h, r := c.Recurrent(b, s[0]), c.after
	switch c.equations {
	case 0: // a plain one
		return graph.State{c.tanh(b, r(b.Add(c.Gates(b, "ih", 1, x, graph.Zeros()), c.Gates(b, "hh", 1, h, graph.Zeros()))))}
	case 1: // a long short-term memory
		z := b.Split(r(b.Add(c.Gates(b, "ih", 4, x, graph.Zeros()), c.Gates(b, "hh", 4, h, graph.Zeros()))), 1, 4)
		memory := r(b.Add(r(b.Mul(c.sigmoid(b, z[1]), s[1])), r(b.Mul(c.sigmoid(b, z[0]), c.tanh(b, z[2])))))
		return graph.State{r(b.Mul(c.sigmoid(b, z[3]), c.tanh(b, memory))), memory}
	case 2: // gates that are kept apart
		x3, h3 := b.Split(r(c.Gates(b, "ih", 3, x, graph.Zeros())), 1, 3), b.Split(r(c.Gates(b, "hh", 3, h, graph.Zeros())), 1, 3)
		reset, update := c.sigmoid(b, r(b.Add(x3[0], h3[0]))), c.sigmoid(b, r(b.Add(x3[1], h3[1])))
		return graph.State{r(b.Lerp(c.tanh(b, r(b.Add(x3[2], r(b.Mul(reset, h3[2]))))), s[0], update))}
	case 3: // hands its old state on
		return graph.State{c.tanh(b, r(b.Add(r(b.Linear("x", c.Hidden, x)), r(b.Linear("s", c.Hidden, s[1]))))), s[0]}
	case 4: // one product of both, and a mean over the batch
		y := r(b.Linear("xh", c.Hidden, b.Concat(1, x, h)))
		return graph.State{c.tanh(b, r(b.Sub(y, r(b.Mean(s[0], 0)))))}
	default: // weights that both states share, and rows that are normalised
		y := r(b.Normalize(r(b.Add(r(b.Affine("", c.Hidden, x, s[0])), r(b.Linear("u", c.Hidden, s[1]))))))
		return graph.State{r(b.Mul(c.sigmoid(b, y), r(b.Linear("u", c.Hidden, s[0])))), r(b.Relu(y))}
	}
}
