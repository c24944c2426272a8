package trade

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// coins is how many are thrown, and coinSeed what they are drawn from: the same for every network.
const (
	coins    = 100
	coinSeed = 1
)

// Baselines implements task.Task: rivals that learn nothing, on the same days as Evaluate and with the same costs.
//
//	buy-and-hold  equal parts of all shares that have a price on the first day, held to the end
//	coin          each day and share by a coin, the mean of a hundred
//	momentum      by the sign of the return over the year before the last month (Jegadeesh and Titman 1993), or over 20 days
//	              where there is less than a year before the first day
//	persistence   by the sign of the last day's return
//
// The last three hold as many shares as the network may, those of the largest sign first.
func (t *Trade) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	days, err := t.days(p)
	if err != nil {
		return nil, err
	}
	var rivals []task.Rival
	add := func(name string, metrics map[string]float64) {
		rivals = append(rivals, task.Rival{Name: name, Metrics: metrics})
	}
	m := t.data.market
	add("buy-and-hold", m.hold(days, t.opts.costs()).metrics(m.perYear))
	sum := make(map[string]float64)
	rng := rand.New(rand.NewPCG(coinSeed, 0))
	for range coins {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		for name, v := range t.byEdges(days, func(int, int) float64 { return rng.Float64() - 0.5 }).metrics(m.perYear) {
			sum[name] += v / coins
		}
	}
	add("coin", sum)
	far, near := t.momentum(days.From)
	add("momentum", t.byEdges(days, func(s, bar int) float64 { return m.shares[s].over(bar-far, bar-near) }).metrics(m.perYear))
	add("persistence", t.byEdges(days, func(s, bar int) float64 { return m.shares[s].over(bar-1, bar) }).metrics(m.perYear))
	return rivals, nil
}

// byEdges trades by signs that a function gives of a share on one of its days, NaN for none.
func (t *Trade) byEdges(days datasets.Range, edge func(share, bar int) float64) *book {
	m := t.data.market
	edges := blank(days.Len(), len(m.shares))
	for d := range edges {
		for s := range m.shares {
			if bar := m.bar[s][days.From+d]; bar >= 0 {
				edges[d][s] = edge(s, int(bar))
			}
		}
	}
	r := rule{top: t.opts.top(len(m.shares)), short: t.opts.Short}
	return m.trade(days, t.opts.costs(), func(day int, held, to []float64) {
		r.choose(edges[day-days.From], held, to, m.tradable(day))
	}, edges)
}

// momentum returns the days back between which momentum looks at a return, where it begins to trade on a day.
func (t *Trade) momentum(from int) (far, near int) {
	year := max(1, int(math.Round(t.data.perYear)))
	for s := range t.data.shares {
		if bar := t.data.bar[s][from]; bar >= 0 && int(bar) < year {
			return month, 0
		}
	}
	return year, year / 12
}

// over returns the return of a share between two of its days, NaN where there is no such day.
func (s *share) over(from, to int) float64 {
	if from < 0 || to >= len(s.close) {
		return math.NaN()
	}
	return s.close[to]/s.close[from] - 1
}

// hold buys equal parts of all shares that have a price on the first day and never sells.
func (m *market) hold(days datasets.Range, costs float64) *book {
	there := 0
	up := blank(days.Len(), len(m.shares))
	for s := range m.shares {
		if m.bar[s][days.From] >= 0 {
			there++
		}
		for d := range up {
			up[d][s] = 1
		}
	}
	return m.trade(days, costs, func(day int, held, to []float64) {
		copy(to, held)
		for s := range to {
			if day == days.From && m.bar[s][day] >= 0 {
				to[s] = 1 / float64(there)
			}
		}
	}, up)
}
