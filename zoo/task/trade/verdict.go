package trade

import (
	"fmt"
	"strings"

	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// NoAdvice is what goes with every figure and every recommendation.
const NoAdvice = "This is no investment advice: what prices did says little of what they will do."

// scores returns what is to be said of a walk.
func (t *Trade) scores(w *walk) task.Scores {
	return task.Scores{
		Metrics:  w.book.metrics(t.data.perYear),
		Exhibits: []task.Exhibit{t.foldTable(w), intervalTable(w, t.data.perYear), t.equity(w)},
		Notes:    t.notes(w),
		Verdict:  verdict(w.sure.Difference),
	}
}

// verdict says whether trading was better than holding, as far as that is sure.
func verdict(difference interval) string {
	said := "No better than buy-and-hold: "
	tail := "which includes 0."
	switch {
	case difference.Low > 0:
		said, tail = "Better than buy-and-hold on these days: ", "above 0."
	case difference.High < 0:
		said, tail = "Worse than buy-and-hold: ", "below 0."
	}
	return fmt.Sprintf("%sthe difference of the Sharpe ratios lies between %.2f and %.2f with 95 %%, %s", said, difference.Low, difference.High, tail)
}

// notes says what one has to know to read the metrics.
func (t *Trade) notes(w *walk) []string {
	prices := "closes"
	if t.data.adjusted {
		prices = "adjusted closes, of shares that have them"
	}
	label := t.data.labels
	lines := []string{fmt.Sprintf("Prices are %s. The test part is %d days from %s to %s in %d blocks, each traded by a network that has learnt from the days before it but %d; the kept network has seen them and is not tested.",
		prices, w.days.Len(), label[w.days.From], label[w.days.To], len(w.folds), t.opts.Embargo)}
	if len(t.data.unused) > 0 {
		lines = append(lines, fmt.Sprintf("Not looked at: %s.", shortList(t.data.unused)))
	}
	far, near := t.momentum(w.days.From)
	lines = append(lines,
		fmt.Sprintf("Decisions are made and traded at a day's close, at %v basis points a side, with at most %d of %d shares; a year has %.4g days. Momentum is the return from %d to %d days ago.",
			t.opts.Costs, t.opts.top(len(t.data.shares)), len(t.data.shares), t.data.perYear, far, near),
		NoAdvice)
	return lines
}

// shortList returns the first names of a list.
func shortList(names []string) string {
	const most = 8 // so that they fit a line
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// foldRow is a row of the table of folds, for a program.
type foldRow struct {
	From     string         `json:"from"`
	To       string         `json:"to"`
	Days     int            `json:"days"`
	Examples int            `json:"examples"` // that its network has learnt from
	LearntBy string         `json:"learnt_by"`
	Epochs   int            `json:"epochs"`
	Sharpe   show.JSONFloat `json:"sharpe"`
	Return   show.JSONFloat `json:"return"`
	Holding  show.JSONFloat `json:"holding"` // the return of buy-and-hold
}

// foldTable shows what each block has come to.
func (t *Trade) foldTable(w *walk) task.Exhibit {
	table := &show.Table{Header: []string{"from", "to", "examples", "epochs", "sharpe", "return", "holding"},
		Note: "The return and that of holding are those of the block, not of a year."}
	var rows []foldRow
	for _, f := range w.folds {
		from, to := f.days.From-w.days.From, f.days.To-w.days.From
		own, held := w.book.returns[from:to], w.holding.returns[from:to]
		r := foldRow{t.data.labels[f.days.From], t.data.labels[f.days.To], f.days.Len(), f.learnt, t.data.labels[max(0, f.parts.validBy)], f.trained.Epochs,
			show.JSONFloat(sharpe(own, t.data.perYear)), show.JSONFloat(total(own)), show.JSONFloat(total(held))}
		rows = append(rows, r)
		table.Rows = append(table.Rows, []any{r.From, r.To, r.Examples, r.Epochs, show.Fixed(float64(r.Sharpe), 2), show.Percent(float64(r.Return)), show.Percent(float64(r.Holding))})
	}
	return task.Exhibit{Name: "folds", Table: table, Data: rows}
}

func total(returns []float64) float64 { return annual(returns, float64(len(returns))) }

// intervalTable shows how sure the figures are.
func intervalTable(w *walk, perYear float64) task.Exhibit {
	s := sharpe(w.book.returns, perYear)
	table := &show.Table{Header: []string{"", "value", "from", "to"}, Note: "From and to are the ends of 95 % of a stationary bootstrap of the days."}
	add := func(name string, v float64, i interval, shown func(float64) show.Number) {
		table.Rows = append(table.Rows, []any{name, shown(v), shown(i.Low), shown(i.High)})
	}
	two := func(v float64) show.Number { return show.Fixed(v, 2) }
	add("sharpe", s, w.sure.Sharpe, two)
	add("drawdown", drawdown(w.book.returns), w.sure.Drawdown, show.Percent)
	add("sharpe above that of buy-and-hold", s-sharpe(w.holding.returns, perYear), w.sure.Difference, two)
	return task.Exhibit{Name: "intervals", Table: table, Data: w.sure}
}

// equity draws the capital over time.
func (t *Trade) equity(w *walk) task.Exhibit {
	own, held := w.book.curve(), w.holding.curve()
	labels := t.data.labels[w.days.From : w.days.To+1]
	chart := &show.Chart{Title: "Capital, costs taken off", X: "day", Y: "times that of the first day", Times: labels,
		Lines: []show.Line{{Name: t.network.Name(), Y: own}, {Name: "buy-and-hold", Y: held, Dashed: true}}}
	data := struct {
		Days    []string         `json:"days"`
		Own     []show.JSONFloat `json:"strategy"`
		Holding []show.JSONFloat `json:"buy_and_hold"`
	}{Days: labels}
	for i := range own {
		data.Own, data.Holding = append(data.Own, show.JSONFloat(own[i])), append(data.Holding, show.JSONFloat(held[i]))
	}
	return task.Exhibit{Name: "equity", Chart: chart, Data: data}
}
