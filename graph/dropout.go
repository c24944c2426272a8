package graph

import (
	"hash/fnv"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Dropout sets elements to zero with probability rate and divides the others by 1 − rate, in a graph built for
// training; in one for evaluation it is x itself. Each dropout of a graph has a mask of its own, which is a function of
// the builder's seed, the number of the run, the dropout and the element.
func (b *Builder) Dropout(x *gorgonia.Node, rate float64) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	key := uint64(b.ops)
	if b.outer != nil {
		key |= b.outer.key
	}
	return b.dropout(x, rate, key&^(1<<63), b.outer != nil)
}

// SharedDropout is Dropout with the mask of its name, within the builder's prefix and suffix: used at each time step,
// it drops the same elements at all of them, as variational dropout does (Gal and Ghahramani 2016).
func (b *Builder) SharedDropout(name string, x *gorgonia.Node, rate float64) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	h := fnv.New64a()
	h.Write([]byte(b.prefix + name + b.suffix))
	return b.dropout(x, rate, h.Sum64()|1<<63, false) // the high bit keeps names apart from numbers
}

// LockedDropout is Dropout of a sequence [T, B, W] with one mask [B, W] for all time steps (Gal and Ghahramani 2016).
func (b *Builder) LockedDropout(x *gorgonia.Node, rate float64) *gorgonia.Node {
	if b.failed() {
		return b.placeholder()
	}
	if rank(x) != 3 {
		return b.failf("locked dropout of %s: want a sequence [T, B, W]", describe(x))
	}
	mask := b.Dropout(b.Const(1, 1, x.Shape()[1], x.Shape()[2]), rate)
	if rate == 0 || !b.training || b.failed() {
		return x
	}
	return b.Mul(x, mask)
}

func (b *Builder) dropout(x *gorgonia.Node, rate float64, key uint64, eachStep bool) *gorgonia.Node {
	if !(rate >= 0 && rate < 1) {
		return b.failf("dropout of %s: the rate is %g; want 0 ≤ rate < 1", describe(x), rate)
	}
	if rate == 0 || !b.training {
		return x
	}
	return b.apply(dropout{rate: rate, seed: b.seed, key: key, eachStep: eachStep}, x)
}

type dropout struct {
	overRows
	rate      float64
	seed, key uint64
	eachStep  bool // in the body of a scan: another mask at each step
}

func (d dropout) lower() ir.Op {
	return ir.Dropout{Rate: d.rate, Seed: d.seed, Key: d.key, EachStep: d.eachStep}
}

func (d dropout) grad(b *Builder, in gorgonia.Nodes, y, dy *gorgonia.Node) gorgonia.Nodes {
	return gorgonia.Nodes{b.apply(d, dy)}
}
