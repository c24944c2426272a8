package trade

import (
	"cmp"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Options say what is learnt from prices and how it is traded by. The zero value of a field means what its comment says.
type Options struct {
	Window  int     `json:"window"`  // days that the network sees; 0 means 20
	Learn   string  `json:"learn"`   // see Targets; "" means return
	Top     int     `json:"top"`     // positions at a time, at most; 0 means half of the shares, rounded up
	Short   bool    `json:"short"`   // whether a position may be short
	Costs   float64 `json:"costs"`   // of buying and of selling each, in basis points of what is traded
	Margin  float64 `json:"margin"`  // a position changes where more than so many times its costs are predicted
	Folds   int     `json:"folds"`   // blocks of the test part, each with a training of its own; 0 means 8
	Embargo int     `json:"embargo"` // days between what is learnt from and what is tested
	Valid   float64 `json:"valid"`   // part of the days before the test that validates; 0 means 1/8
	Test    float64 `json:"test"`    // part of the days that tests; 0 means 1/3
}

// What a network learns to say of the next day.
const (
	learnReturn    = "return"
	learnDirection = "direction"
)

// Targets returns the names of what can be learnt: the logarithmic return of the next day in units of the volatility so
// far (return), or the probability that it is above 0 (direction).
func Targets() []string { return []string{learnReturn, learnDirection} }

// mostFolds is how many trainings an evaluation has at most.
const mostFolds = 256

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	s.Int(&o.Window, "window", "days of prices that the model sees").AtLeast(1).AtMost(1 << 12)
	s.Text(&o.Learn, "learn", "what is learnt of the next day: its return in units of volatility, or its direction").OneOf(Targets()...)
	s.Int(&o.Top, "top", "shares to hold at a time, at most, with equal weights; 0 is half of them").AtLeast(0).AtMost(mostShares)
	s.Bool(&o.Short, "short", "sell short what is predicted to fall")
	s.Float(&o.Costs, "costs", "of buying and of selling each, in basis points of what is traded").AtLeast(0).AtMost(1000)
	s.Float(&o.Margin, "margin", "change a position where more than so many times its costs are predicted; 0 is always").AtLeast(0).AtMost(1000)
	s.Int(&o.Folds, "folds", "blocks of the test part, of which each is traded by a network that has learnt from all before it").AtLeast(1).AtMost(mostFolds)
	s.Int(&o.Embargo, "embargo", "days between what a network learns from and what it is tested on").AtLeast(0).AtMost(1 << 12)
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Window = cmp.Or(o.Window, 20)
	o.Learn = cmp.Or(o.Learn, learnReturn)
	o.Folds = cmp.Or(o.Folds, 8)
	o.Valid = cmp.Or(o.Valid, 1.0/8)
	o.Test = cmp.Or(o.Test, 1.0/3)
	for _, part := range []struct {
		name string
		part float64
	}{{"valid", o.Valid}, {"test", o.Test}} {
		if !(part.part > 0 && part.part < 1) {
			return o, option.Wrong(part.name, part.part, "want a part of the days, above 0 and below 1")
		}
	}
	var s option.Set
	o.Declare(&s)
	return o, errors.WithMessage(s.Check(), "trade")
}

// costs returns what buying or selling costs, as a part of what is traded.
func (o Options) costs() float64 { return o.Costs * 1e-4 }

// top returns how many of so many shares are held at a time at most.
func (o Options) top(shares int) int {
	if o.Top == 0 {
		return (shares + 1) / 2
	}
	return min(o.Top, shares)
}

// Kind is the task of trading.
type Kind struct{}

var (
	_ task.Kind    = Kind{}
	_ task.Checker = Kind{}
)

// Name returns "trade".
func (Kind) Name() string { return "trade" }

// Title implements task.Kind.
func (Kind) Title() string {
	return "the next day of shares, and what trading by it would have earned"
}

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindSeries} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: sharpeName, Title: "mean of the daily returns over their standard deviation, times the root of the days in a year; costs are taken off", HigherIsBetter: true},
		{Name: returnName, Title: "growth in a year, costs taken off", HigherIsBetter: true, Percent: true},
		{Name: volatilityName, Title: "standard deviation of the daily returns, times the root of the days in a year", Percent: true},
		{Name: drawdownName, Title: "largest loss from a peak", Percent: true},
		{Name: turnoverName, Title: "how many times the capital is bought and sold in a year"},
		{Name: accuracyName, Title: "part of the days and shares whose direction is predicted right", HigherIsBetter: true, Percent: true},
	}
}

// The names of the metrics.
const (
	sharpeName     = "sharpe"
	returnName     = "return"
	volatilityName = "volatility"
	drawdownName   = "drawdown"
	turnoverName   = "turnover"
	accuracyName   = "accuracy"
)

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind: a small network and few epochs, since there is next to nothing to learn and much to learn
// by heart.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	r.Hidden, r.Batch, r.Epochs, r.LR, r.Clip, r.Patience, r.WeightDecay, r.Dropout = 16, 128, 12, 1e-3, 1, 4, 1e-3, 0
	o := &Options{Window: 20, Learn: learnReturn, Costs: 5, Margin: 1, Folds: 8, Embargo: 5}
	switch s.Dataset() {
	case "stocks-apple", "stocks-tesla": // some hundreds of days
		r.Batch = 32
	case "stocks-monthly": // some 100 months
		r.Batch, o.Window, o.Folds, o.Embargo = 32, 6, 4, 1
	}
	return o
}

// Decoding implements task.Kind: there is nothing to choose.
func (Kind) Decoding() task.Options { return nil }

// Query implements task.Kind.
func (Kind) Query() task.Query { return &query{} }

// Check implements task.Checker: a window that takes too much memory is refused before a dataset is fetched.
func (Kind) Check(s task.Setting) error {
	o, ok := s.Options.(*Options)
	if !ok || o == nil {
		return nil
	}
	return program.CheckMemory(s.Network, "window", o.Window, 1) // New knows how many there are at once
}

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	p, err := panelOf(d)
	if err != nil {
		return nil, err
	}
	o := optionsOf(s)
	t, err := New(s.Network, p, s.Params, *o)
	if err != nil {
		return nil, err
	}
	if err := program.CheckMemory(s.Network, "window", t.opts.Window, program.BatchOf(s.Recipe.Batch, len(t.train))); err != nil {
		return nil, err
	}
	*o, t.recipe, t.settings = t.opts, s.Recipe.Recipe, s.Data
	return t, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	t, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	t.recipe, t.settings = s.Recipe.Recipe, s.Data
	return t, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}

// panelOf returns a dataset of series as a panel.
func panelOf(d datasets.Dataset) (*datasets.Panel, error) {
	if s, ok := d.(*datasets.Series); ok && s != nil {
		return s.Panel(), nil
	}
	return program.DatasetOf[*datasets.Panel](d, "trade", "has no series of prices")
}
