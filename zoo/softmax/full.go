package softmax

import (
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// full is softmax(W·h + b) over all words.
type full struct {
	vocabulary int
	name       string
}

func (full) spec() string { return "full" }

// parameters returns the weight [V, W] and the bias [V].
func (f full) parameters(b *graph.Builder, h, table *gorgonia.Node) (weight, bias *gorgonia.Node) {
	if table == nil {
		table = b.Param("weight", graph.Glorot(), f.vocabulary, h.Shape()[1])
	}
	return table, b.Param("bias", graph.Zeros(), f.vocabulary)
}

func (f full) logits(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node {
	weight, bias := f.parameters(b, h, table)
	return b.Add(b.MatMulNT(h, weight), bias)
}

func (f full) losses(b *graph.Builder, h, table *gorgonia.Node, _ Capacity) (losses []*gorgonia.Node, weights *gorgonia.Node) {
	l, weights := b.CrossEntropies(f.logits(b, h, table), b.IndexInput(f.name+targetsInput, h.Shape()[0]))
	return []*gorgonia.Node{l}, weights
}

func (full) join(_ *graph.Builder, losses []*gorgonia.Node) *gorgonia.Node { return losses[0] }

func (f full) logProbabilities(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node {
	return b.LogSoftmax(f.logits(b, h, table))
}

func (full) capacity([]int) Capacity { return Capacity{} }

func (f full) set(p *graph.Program, targets []int, _ uint64, _ int) error {
	return p.Set(f.name+targetsInput, targets)
}
