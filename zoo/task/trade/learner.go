package trade

import (
	"context"
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// example is a day of a share of which the whole window has features: what is predicted is the return to its next price.
type example struct{ share, bar int }

// prepared is a market with its features, and which of its days can be predicted.
type prepared struct {
	*market
	*features
	ready [][]bool // [S][n] whether the window up to a day has features
}

func prepare(m *market, names []string, window int) (*prepared, error) {
	f, err := featuresOf(m, names)
	if err != nil {
		return nil, err
	}
	p := &prepared{market: m, features: f}
	for s := range m.shares {
		ready := make([]bool, len(m.shares[s].close))
		run := 0
		for i := range ready {
			if run++; math.IsNaN(f.volatility[s][i]) {
				run = 0
			}
			ready[i] = run >= window
		}
		p.ready = append(p.ready, ready)
	}
	return p, nil
}

// examples returns those of days from and before, in order of the days and then of the shares.
func (p *prepared) examples(days datasets.Range) []example {
	var all []example
	for day := max(0, days.From); day < min(days.To, p.length()); day++ {
		for s := range p.shares {
			if bar := p.bar[s][day]; bar >= 0 && p.ready[s][bar] {
				all = append(all, example{s, int(bar)})
			}
		}
	}
	return all
}

// known returns the examples whose next price is there by the end of a day, and which have a direction if that is learnt.
func (p *prepared) known(all []example, by int, learn string) []example {
	kept := make([]example, 0, len(all))
	for _, e := range all {
		s := &p.shares[e.share]
		if e.bar+1 < len(s.days) && s.days[e.bar+1] <= by && (learn != learnDirection || s.next(e.bar) != 0) {
			kept = append(kept, e)
		}
	}
	return kept
}

// farthestTarget is how many volatilities a return counts for at most: of a crash there is not more to learn than that it
// was one.
const farthestTarget = 5

// target returns what is to be said of an example: the logarithmic return over the volatility, or 1 for up.
func (p *prepared) target(e example, learn string) float64 {
	r := p.shares[e.share].next(e.bar)
	if learn == learnDirection {
		if r > 0 {
			return 1
		}
		return 0
	}
	z := math.Log1p(r) / p.volatility[e.share][e.bar]
	return max(-farthestTarget, min(farthestTarget, z))
}

// parts are the days that a network learns from, those that validate it, and behind them a gap.
type parts struct {
	train, valid     datasets.Range // of days on which something is predicted
	trainBy, validBy int            // the last day whose price may be known
}

// before returns the parts of a training that knows no price after a day but the embargo; first is the first day that can be
// predicted.
func (o Options) before(first, day int) parts {
	by := day - o.Embargo
	from := by - int(math.Round(float64(by-first)*o.Valid))
	return parts{datasets.Range{From: first, To: from - o.Embargo}, datasets.Range{From: from, To: by}, from - o.Embargo, by}
}

// learner learns from a part of the days and validates on another. It is the train.Task of the network that is kept, and of
// each that is trained to be tested. It serves one goroutine.
type learner struct {
	*Trader
	data   *prepared
	parts  parts
	first  []example // all that there are to learn from
	train  []example // those that are left by Limit
	valid  []example // whose next price is known
	tested []example // of the days that validate, all
	lane   *lane
	draws  train.Draws
}

// newLearner returns the learner of some parts, whose scale is that of its own training part.
func newLearner(t *Trader, data *prepared, p parts) (*learner, error) {
	l := &learner{Trader: t, data: data, parts: p, lane: program.NewLane[shape]()}
	l.first = data.known(data.examples(p.train), p.trainBy, t.opts.Learn)
	l.tested = data.examples(p.valid)
	l.valid = data.known(l.tested, p.validBy, t.opts.Learn)
	if len(l.first) == 0 || len(l.valid) == 0 {
		return nil, data.errorf("%d days leave %d to learn from and %d to validate; want more days, or a smaller window (window: %d), embargo (embargo: %d) or fewer folds (folds: %d)",
			data.length(), len(l.first), len(l.valid), t.opts.Window, t.opts.Embargo, t.opts.Folds)
	}
	l.limit(0)
	return l, nil
}

// limit keeps the first n training examples; 0 is all of them.
func (l *learner) limit(n int) {
	l.train = l.first
	if n > 0 && n < len(l.first) {
		l.train = l.first[:n]
	}
}

// another returns a learner of other days that begins anew, with weights and a scale of its own.
func (l *learner) another(p parts, limit int) (*learner, error) {
	t := &Trader{opts: l.opts, network: l.network, recipe: l.recipe, features: l.Trader.features,
		params: graph.NewParams(l.dtype(), graph.InitSeed(l.recipe.Seed))}
	other, err := newLearner(t, l.data, p)
	if err != nil {
		return nil, err
	}
	t.scale = learnScale(l.data.features, other.first)
	other.limit(limit)
	return other, t.declareParams()
}

func (l *learner) dtype() tensor.Dtype { return l.params.Dtype() }

// Batches implements train.Task.
func (l *learner) Batches(epoch, size int, seed uint64) [][]int {
	return l.draws.Shuffled(len(l.train), size, epoch, seed)
}

// Step implements train.Task.
func (l *learner) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(l.train)); err != nil {
		return train.Step{}, errors.WithMessage(err, "trade")
	}
	p, err := l.program(l.lane, shape{len(examples), true})
	if err != nil {
		return train.Step{}, err
	}
	if err := l.set(p, examples); err != nil {
		return train.Step{}, err
	}
	return train.Step{Program: p, Tokens: len(examples) * l.opts.Window}, nil
}

// set sets the inputs and targets of a program to training examples.
func (l *learner) set(p *graph.Program, examples []int) error {
	chosen, target := make([]example, len(examples)), make([]float64, len(examples))
	for i, e := range examples {
		chosen[i] = l.train[e]
		target[i] = l.data.target(chosen[i], l.opts.Learn)
	}
	if err := l.setWindows(p, l.data.features, chosen); err != nil {
		return err
	}
	return p.Set("target", target)
}

// Validate implements train.Task: the loss is what is learnt from, the metrics are those of trading on the days that
// validate.
func (l *learner) Validate() (train.Evaluation, error) {
	out, err := l.predict(context.Background(), l.lane, l.data.features, l.tested)
	if err != nil {
		return train.Evaluation{}, err
	}
	b := l.follow(l.edges(l.parts.valid, l.tested, out), l.parts.valid)
	loss, n := 0.0, 0
	for i, e := range l.tested { // l.valid are some of them, in the same order
		if n < len(l.valid) && l.valid[n] == e {
			loss += l.lossOf(out[i], l.data.target(e, l.opts.Learn))
			n++
		}
	}
	return train.Evaluation{Loss: loss / float64(n), Metrics: b.metrics(l.data.perYear)}, nil
}

// lossOf returns the loss of an output.
func (l *learner) lossOf(out, target float64) float64 {
	if l.opts.Learn == learnDirection {
		return max(out, 0) - out*target + math.Log1p(math.Exp(-math.Abs(out)))
	}
	return (out - target) * (out - target)
}

// edges returns the predicted returns [D][S] of the days of a range, NaN where nothing is predicted.
func (l *learner) edges(days datasets.Range, examples []example, out []float64) [][]float64 {
	edges := blank(days.Len(), len(l.data.shares))
	for i, e := range examples {
		day := l.data.shares[e.share].days[e.bar]
		edges[day-days.From][e.share] = l.edge(out[i], l.data.volatility[e.share][e.bar])
	}
	return edges
}

// blank returns [n][width] numbers that are NaN.
func blank(n, width int) [][]float64 {
	block := make([]float64, n*width)
	for i := range block {
		block[i] = math.NaN()
	}
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = block[i*width : (i+1)*width : (i+1)*width]
	}
	return rows
}

// follow trades by predicted returns on the days of a range, from no position at all.
func (l *learner) follow(edges [][]float64, days datasets.Range) *book {
	rule := rule{top: l.opts.top(len(l.data.shares)), short: l.opts.Short, bonus: l.opts.Margin * l.opts.costs()}
	return l.data.trade(days, l.opts.costs(), func(day int, held, to []float64) {
		rule.choose(edges[day-days.From], held, to, l.data.tradable(day))
	}, edges)
}
