package trade

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Trade is the task of saying what shares do on the next day and of trading by it. What is learnt from data, scales
// included, is learnt from the days before those that it is tried on.
//
// The network that is kept learns from all days but the last ones, which validate it, so that it can say what comes
// after them: it has seen the days that test. Those are therefore traded by other networks, of which each has learnt from
// what was before its days (Evaluate). It serves one goroutine.
type Trade struct {
	*learner
	test   datasets.Range // the days of the decisions that are tested
	count  int            // of examples to train on, 0 for all
	walked *walk          // nil until the days that test have been traded
}

var (
	_ task.Task  = (*Trade)(nil)
	_ task.Sized = (*Trade)(nil)
)

// New prepares a task. The network's parameters are declared in params. A panel has columns named close, or adjusted
// close, which is then taken, high, low and volume in each of its series, which are shares; or its columns are closes of
// a share each. NaN is a price that is missing.
func New(network *graph.Network, panel *datasets.Panel, params *graph.Params, opts Options) (*Trade, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := network.Check(); err != nil {
		return nil, err
	}
	m, err := newMarket(panel)
	if err != nil {
		return nil, err
	}
	t := &Trader{opts: opts, network: network, params: params, recipe: defaultRecipe(), features: featureNames(m)}
	made, err := newTrade(t, m)
	if err != nil {
		return nil, err
	}
	t.scale = learnScale(made.data.features, made.first)
	t.recent = m.recent(opts.Window)
	return made, t.declareParams()
}

func newTrade(t *Trader, m *market) (*Trade, error) {
	data, err := prepare(m, t.features, t.opts.Window)
	if err != nil {
		return nil, err
	}
	first, last := data.firstDay(), m.length()-1
	if first < 0 || first >= last {
		return nil, m.errorf("its %d days are too few: a window of %d needs %d before the first that can be predicted; choose a smaller one (window: %d)",
			m.length(), t.opts.Window, warmUp+t.opts.Window-1, t.opts.Window)
	}
	test := int(float64(last-first)*t.opts.Test + 0.5)
	if test < 1 {
		return nil, m.errorf("%d days leave none to test; want more", m.length())
	}
	// What the kept network validates on ends with the last day: nothing is tested behind it.
	whole := t.opts
	whole.Embargo = 0
	all := whole.before(first, last)
	all.train.To, all.trainBy = all.train.To-t.opts.Embargo, all.trainBy-t.opts.Embargo
	l, err := newLearner(t, data, all)
	if err != nil {
		return nil, err
	}
	made := &Trade{learner: l, test: datasets.Range{From: last - test, To: last}}
	_, err = newLearner(t, data, t.opts.before(first, made.blocks()[0].From)) // the fold with the least to learn from
	return made, err
}

// firstDay returns the first day on which a share can be predicted, −1 for none.
func (p *prepared) firstDay() int {
	first := -1
	for s := range p.shares {
		if bar := slices.Index(p.ready[s], true); bar >= 0 {
			if day := p.shares[s].days[bar]; first < 0 || day < first {
				first = day
			}
		}
	}
	return first
}

// On implements task.Predictor: the scale is the trader's. The days that test are traded by networks that learn anew, as in
// training: it is the way to learn that is tested there, and not the weights.
func (t *Trader) On(d datasets.Dataset, _ task.Options) (task.Task, error) {
	p, err := panelOf(d)
	if err != nil {
		return nil, err
	}
	m, err := newMarket(p)
	if err != nil {
		return nil, err
	}
	return newTrade(t, m)
}

// Predictor implements task.Task.
func (t *Trade) Predictor() task.Predictor { return t.Trader }

// Examples implements task.Task: days of shares, whose next price is known.
func (t *Trade) Examples() (train, valid, test int) {
	return len(t.train), len(t.valid), len(t.data.known(t.data.examples(t.test), t.data.length(), t.opts.Learn))
}

// Sizes implements task.Sized.
func (t *Trade) Sizes() []task.Size {
	days := task.Size{Name: "days", N: t.data.length()}
	if len(t.data.shares) == 1 {
		return []task.Size{days}
	}
	return []task.Size{{Name: "shares", N: len(t.data.shares)}, days}
}

// Limit implements task.Task: it keeps the first n examples of every training.
func (t *Trade) Limit(n int) {
	if n = max(n, 0); n != t.count {
		t.count, t.walked = n, nil
	}
	t.limit(n)
}

// days returns the days of a part on whose closes there are decisions.
func (t *Trade) days(p task.Part) (datasets.Range, error) {
	s, err := datasets.Split{Train: t.parts.train, Valid: t.parts.valid, Test: t.test}.Part(string(p))
	if err == nil && s.Len() < 1 {
		err = t.data.errorf("the %s part has no day", p)
	}
	return s, err
}

// Evaluate implements task.Task: it trades on the days of a part, from no position at all. The training and the
// validation part are traded by the parameters as they are. The test part is cut into Folds blocks, each traded by a network
// of its own that has learnt, by the recipe, from all days before the block but the embargo: the parameters have no part in
// it. That takes as long as so many trainings; it is done once for a limit.
func (t *Trade) Evaluate(ctx context.Context, p task.Part) (task.Scores, error) {
	if err := args.Context(ctx); err != nil {
		return task.Scores{}, err
	}
	days, err := t.days(p)
	if err != nil {
		return task.Scores{}, err
	}
	if p != task.TestPart {
		examples := t.data.examples(days)
		out, err := t.predict(ctx, t.lane, t.data.features, examples)
		if err != nil {
			return task.Scores{}, err
		}
		b := t.follow(t.edges(days, examples, out), days)
		return task.Scores{Metrics: b.metrics(t.data.perYear)}, nil
	}
	if t.walked == nil {
		w, err := t.walk(ctx)
		if err != nil {
			return task.Scores{}, err
		}
		t.walked = w
	}
	return t.scores(t.walked), nil
}

// Probe implements task.Task: the examples are spread over the training part.
func (t *Trade) Probe() ([]graph.GradientNorms, error) {
	n := min(program.ProbeBatch, len(t.train))
	examples := make([]int, n)
	for i := range examples {
		examples[i] = i * len(t.train) / n
	}
	b := graph.NewBuilder(t.params, graph.Unrolled())
	p, err := graph.NewProbe(b, t.loss(b, t.declare(b, n)))
	if err != nil {
		return nil, err
	}
	if err := t.set(p.Program, examples); err != nil {
		return nil, errors.WithStack(err)
	}
	err = p.Run()
	return p.Norms(), err
}
