package task

import (
	"cmp"
	"slices"

	"github.com/rnnzoo/rnnzoo/graph"
)

// probeBatch is how many examples a probe reads: enough that none of them decides the picture.
const probeBatch = 32

// Probe implements Task: the examples are spread over the training part.
func (f *Forecast) Probe() ([]graph.GradientNorms, error) {
	n := min(probeBatch, len(f.train))
	starts := make([]int, n)
	for i := range starts {
		starts[i] = f.train[i*len(f.train)/n]
	}
	b := graph.NewBuilder(f.params)
	p, err := graph.NewProbe(b, f.loss(b, f.declare(b, n)))
	if err != nil {
		return nil, err
	}
	if err := f.setWindows(p.Program, f.scaled, starts); err != nil {
		return nil, err
	}
	if err := p.Set("target", f.targets(starts)); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}

// Probe implements Task: the texts are those of about the median length, so that they end at about the same step.
func (c *Classification) Probe() ([]graph.GradientNorms, error) {
	examples := aroundMedian(len(c.lengths), func(i, j int) int { return cmp.Compare(c.lengths[i], c.lengths[j]) })
	n := len(examples)
	s := shape{steps: c.lengths[examples[n-1]], batch: n}
	sequences := make([][]int32, n)
	for i, e := range examples {
		sequences[i] = c.last(c.train.tokens[e])
	}
	b := graph.NewBuilder(c.params)
	logits := c.declareOn(b, s.steps, s.batch)
	p, err := graph.NewProbe(b, b.CrossEntropy(logits, b.IndexInput("target", s.batch)))
	if err != nil {
		return nil, err
	}
	setTokens(p.Program, s, sequences)
	setTargets(p.Program, c.train.labels, examples)
	err = p.Run()
	return p.Norms(), err
}

// Probe implements Task: the pairs are those of about the median lengths, and the loss has no smoothing. Where the
// decoder is fed what it looked at, its gradients go back through the attention, too.
func (t *Translation) Probe() ([]graph.GradientNorms, error) {
	examples := aroundMedian(len(t.train), func(i, j int) int {
		a, b := t.train[i], t.train[j]
		return cmp.Or(cmp.Compare(len(a.target), len(b.target)), cmp.Compare(len(a.source), len(b.source)))
	})
	pairs := make([]tokenPair, len(examples))
	for i, e := range examples {
		pairs[i] = t.train[e]
	}
	lengths := longest(pairs)
	s := translateShape{source: lengths.Source, target: lengths.Target, batch: len(pairs)}
	b := graph.NewBuilder(t.params)
	loss, _ := t.loss(b, s)
	p, err := graph.NewProbe(b, loss)
	if err != nil {
		return nil, err
	}
	s.set(p.Program, pairs)
	err = p.Run()
	return p.Norms(), err
}

// aroundMedian returns those of n examples that are in the middle of an order.
func aroundMedian(n int, compare func(i, j int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	size := min(probeBatch, n)
	from := (n - size) / 2
	return order[from : from+size]
}
