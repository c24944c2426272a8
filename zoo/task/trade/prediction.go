package trade

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Of returns the trader of a run.
func Of(run task.Holder) (*Trader, error) {
	return program.PredictorOf[*Trader](run, "trade")
}

// Recommendation is what is said of a share after the last day, the best first. It is no investment advice.
type Recommendation struct {
	Rank        int // from 1
	Share       string
	Day         string  // the last one, after whose close it is said
	Return      float64 // that is predicted of the next day, as a part of the price; of a direction what goes with its probability
	Probability float64 // that the price rises, where a direction is learnt; else 0
	Action      string  // buy, hold, sell, short, cover or stay out
}

// What there is to do.
const (
	buy     = "buy"
	hold    = "hold"
	sell    = "sell"
	short   = "short"
	cover   = "cover"
	stayOut = "stay out"
)

// Recommend says what the shares of a panel do on the day after its last, the best first; nil stands for the panel that
// the trader was trained on. Those without a price on the last day, or without enough days before it, are left out. held
// are the names of shares that one has, a minus sign before one that is sold short: what is had takes more to be sold
// than it would to be bought, since both cost.
func (t *Trader) Recommend(p *datasets.Panel, held ...string) ([]Recommendation, error) {
	return t.RecommendContext(context.Background(), p, held...)
}

// RecommendContext is Recommend with a context that may end before it is done.
func (t *Trader) RecommendContext(ctx context.Context, p *datasets.Panel, held ...string) ([]Recommendation, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	if p == nil {
		p = t.recent
	}
	m, err := newMarket(p)
	if err != nil {
		return nil, err
	}
	data, err := prepare(m, t.features, t.opts.Window)
	if err != nil {
		return nil, err
	}
	last := m.length() - 1
	examples := data.examples(datasets.Range{From: last, To: last + 1})
	if len(examples) == 0 {
		return nil, m.errorf("no share has the %d prices up to %s that a window of %d takes; give more days", warmUp+t.opts.Window, m.labels[last], t.opts.Window)
	}
	var out []float64
	err = t.pool.Do(ctx, func(l *lane) (err error) {
		out, err = t.predict(ctx, l, data.features, examples)
		return err
	})
	if err != nil {
		return nil, err
	}
	weights, err := m.held(held, t.opts.top(len(m.shares)))
	if err != nil {
		return nil, err
	}
	return t.ranked(data, examples, out, weights), nil
}

// held returns the weights of shares that are held, by their names.
func (m *market) held(names []string, top int) ([]float64, error) {
	weights := make([]float64, len(m.shares))
	for _, name := range names {
		side := 1.0
		at := slices.IndexFunc(m.shares, func(s share) bool { return s.name == name })
		if sold, ok := strings.CutPrefix(name, "-"); ok && at < 0 {
			side, at = -1, slices.IndexFunc(m.shares, func(s share) bool { return s.name == sold })
		}
		if at < 0 {
			return nil, option.Wrong("held", name, "there is no such share")
		}
		weights[at] = side / float64(top)
	}
	return weights, nil
}

// ranked returns what outputs say of the last day.
func (t *Trader) ranked(data *prepared, examples []example, out, held []float64) []Recommendation {
	last := data.length() - 1
	edges, to := blank(1, len(held))[0], make([]float64, len(held))
	var all []Recommendation
	place := make(map[string]int)
	for i, e := range examples {
		edges[e.share] = t.edge(out[i], data.volatility[e.share][e.bar])
		r := Recommendation{Share: data.shares[e.share].name, Day: data.labels[last], Return: edges[e.share]}
		if t.opts.Learn == learnDirection {
			r.Probability = sigmoid(out[i])
		}
		place[r.Share] = e.share
		all = append(all, r)
	}
	rule := rule{top: t.opts.top(len(held)), short: t.opts.Short, bonus: t.opts.Margin * t.opts.costs()}
	rule.choose(edges, held, to, data.tradable(last))
	slices.SortStableFunc(all, func(a, b Recommendation) int { return cmp.Compare(b.Return, a.Return) })
	for i := range all {
		s := place[all[i].Share]
		all[i].Rank, all[i].Action = i+1, action(held[s], to[s])
	}
	return all
}

// action says what to do with a share that is held and is to be held so much.
func action(held, to float64) string {
	switch {
	case to > 0 && held > 0, to < 0 && held < 0:
		return hold
	case to > 0:
		return buy
	case to < 0:
		return short
	case held > 0:
		return sell
	case held < 0:
		return cover
	}
	return stayOut
}

// query asks what to do after the last day.
type query struct {
	trader *Trader
	held   []string
	fill   string
}

// Query implements task.Predictor.
func (t *Trader) Query() task.Query { return &query{trader: t} }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	s.List(&q.held, "held", "shares that you have, with commas between them, a minus sign before one that is sold short")
	s.Text(&q.fill, "fill", "what stands in for missing values: previous, linear, mean or zero; none is what stood in for them in training")
}

// Example implements task.Query: a share that it knows, as if one had it.
func (q *query) Example() string {
	if q.trader != nil && q.trader.recent != nil && len(q.trader.recent.Series) > 0 {
		return "--held " + q.trader.recent.Series[0].ID
	}
	return "prices.csv"
}

// Run implements task.Query: it ranks the shares of the data that the run was trained on, or of a file of prices.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	t := q.trader
	if err := program.CheckQuestion(t, emit); err != nil {
		return err
	}
	if len(inputs) > 1 {
		return option.Usagef("the shares of one file are ranked; %q is one too many", inputs[1])
	}
	var p *datasets.Panel
	if len(inputs) > 0 {
		var err error
		if p, err = t.readFile(ctx, inputs[0], body, q.fill); err != nil {
			return err
		}
	}
	all, err := t.RecommendContext(ctx, p, q.held...)
	if err != nil {
		return err
	}
	shared := &table{all: all, direction: t.opts.Learn == learnDirection}
	for i, r := range all {
		if err := emit(Prediction{Recommendation: r, place: i, table: shared}); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads prices from a file as those of the training were read, or from the body where its name is -.
func (t *Trader) readFile(ctx context.Context, name string, body io.Reader, fill string) (*datasets.Panel, error) {
	settings := t.settings
	settings.Fill = cmp.Or(fill, settings.Fill)
	if name != "-" {
		d, err := datasets.OpenContext(ctx, "csv:"+name, datasets.Use(settings))
		if err != nil {
			return nil, err
		}
		return panelOf(d)
	}
	if args.Nil(body) {
		return nil, option.Usagef("there is no input to read prices from; name a file")
	}
	return datasets.ReadCSVPanel("standard input", body, datasets.Use(settings))
}

// Prediction is a row of the ranking.
type Prediction struct {
	Recommendation
	place int
	table *table
}

// Text implements task.Prediction: a line of a table of all shares, the first with the head, the last with what it is not. A
// prediction that no trader has made is in no table.
func (p Prediction) Text() string {
	if p.table == nil || p.place >= len(p.table.all) {
		return ""
	}
	return p.table.line(p.place)
}

// Row implements task.Tabular.
func (p Prediction) Row() (task.Row, error) {
	row := task.Row{Columns: []string{"day", "share"}, Fields: []string{p.Day, p.Share}, Names: []string{"rank", "return", "action"},
		Predicted: []string{strconv.Itoa(p.Rank), strconv.FormatFloat(p.Return, 'g', 6, 64), p.Action}}
	if p.table != nil && p.table.direction {
		row.Names = append(row.Names, "probability")
		row.Predicted = append(row.Predicted, strconv.FormatFloat(p.Probability, 'f', 6, 64))
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	e := struct {
		Event       string          `json:"event"`
		Rank        int             `json:"rank"`
		Share       string          `json:"share"`
		Day         string          `json:"day"`
		Return      show.JSONFloat  `json:"return"`
		Probability *show.JSONFloat `json:"probability,omitempty"`
		Action      string          `json:"action"`
	}{"prediction", p.Rank, p.Share, p.Day, show.JSONFloat(p.Return), nil, p.Action}
	if p.table != nil && p.table.direction {
		v := show.JSONFloat(p.Probability)
		e.Probability = &v
	}
	return e
}

// table is the ranking as a person reads it, laid out when it is asked for.
type table struct {
	all       []Recommendation
	direction bool
	once      sync.Once
	lines     []string
}

// line returns the line of a place, counted from 0.
func (t *table) line(place int) string {
	t.once.Do(func() {
		shown := show.Table{Header: []string{"rank", "share", "day", "return", "action"}}
		if t.direction {
			shown.Header[3] = "probability"
		}
		for _, r := range t.all {
			said := show.Fixed(100*r.Return, 3) + " %"
			if t.direction {
				said = show.Percent(r.Probability)
			}
			shown.Rows = append(shown.Rows, []any{r.Rank, r.Share, r.Day, said, r.Action})
		}
		t.lines = strings.SplitAfter(shown.String(), "\n")
	})
	text := t.lines[place+1]
	if place == 0 {
		text = t.lines[0] + text
	}
	if place == len(t.all)-1 {
		text += NoAdvice + "\n"
	}
	return text
}
