package trade

import (
	"context"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/train"
)

// fold is a block of the days that test, with the training behind it.
type fold struct {
	days    datasets.Range
	learnt  int // examples
	trained train.Result
	parts   parts
}

// walk is how the days that test were traded.
type walk struct {
	folds   []fold
	days    datasets.Range
	edges   [][]float64 // [D][S] predicted returns
	book    *book
	holding *book
	sure    uncertainty
}

// blocks returns the days of the folds, at most one for each day.
func (t *Trade) blocks() []datasets.Range {
	n := min(t.opts.Folds, t.test.Len())
	all := make([]datasets.Range, n)
	for i := range all {
		all[i] = datasets.Range{From: t.test.From + i*t.test.Len()/n, To: t.test.From + (i+1)*t.test.Len()/n}
	}
	return all
}

// walk trains a network for each block on the days before it and has it predict the block; all blocks are then traded as
// one, positions carried from one to the next.
func (t *Trade) walk(ctx context.Context) (*walk, error) {
	w := &walk{days: t.test}
	for _, days := range t.blocks() {
		l, err := t.another(t.opts.before(t.data.firstDay(), days.From), t.count)
		if err != nil {
			return nil, err
		}
		result, err := train.Run(ctx, l, train.Use(t.recipe))
		if err == nil && result.Interrupted { // which is no error of a run
			err = errors.WithStack(ctx.Err())
		}
		if err != nil {
			return nil, err
		}
		examples := t.data.examples(days)
		out, err := l.predict(ctx, l.lane, t.data.features, examples)
		if err != nil {
			return nil, err
		}
		w.edges = append(w.edges, l.edges(days, examples, out)...)
		w.folds = append(w.folds, fold{days, len(l.train), result, l.parts})
	}
	w.book = t.follow(w.edges, t.test)
	w.holding = t.data.hold(t.test, t.opts.costs())
	w.sure = uncertain(w.book.returns, w.holding.returns, t.data.perYear)
	return w, nil
}
