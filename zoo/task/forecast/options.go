package forecast

import (
	"cmp"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Options say how a series is forecast. The zero value of a field means what its comment says.
type Options struct {
	Window     int     `json:"window"`     // how many rows the network sees; 0 means 12
	Horizon    int     `json:"horizon"`    // how many rows it forecasts at once; 0 means 1
	Lag        int     `json:"lag"`        // seasonal difference y[t] − y[t−Lag]; 0 means none
	Difference int     `json:"difference"` // 1 means first differences y[t] − y[t−1]; 0 means none
	Log        bool    `json:"log"`        // logarithms first: what is learnt is growth
	EveryStep  bool    `json:"every_step"` // learn a forecast at every step of the window, not at its end alone
	Loss       string  `json:"loss"`       // see Losses; "" means mse
	Valid      float64 `json:"valid"`      // part of the rows before the test part that validates; 0 means 1/8
	Test       float64 `json:"test"`       // part of the rows that tests; 0 means 1/3
}

// Losses returns the names of what a forecast can learn from: the mean squared error, the mean absolute error, and Huber's
// loss, which is the first near zero and the second far from it.
func Losses() []string { return []string{"mse", "mae", "huber"} }

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	s.Int(&o.Window, "window", "rows of the series that the model sees").AtLeast(1).AtMost(1 << 20)
	s.Int(&o.Horizon, "horizon", "rows that it forecasts at once").AtLeast(1).AtMost(1 << 20)
	s.Int(&o.Lag, "lag", "learn the difference from the row so many before, such as last year's month; 0 is none").AtLeast(0).AtMost(1 << 20)
	s.Int(&o.Difference, "difference", "1 to learn the difference from the row before; 0 for none").AtLeast(0).Below(2)
	s.Bool(&o.Log, "log", "learn from logarithms: growth instead of change")
	s.Bool(&o.EveryStep, "every-step", "learn a forecast at every step of the window, not at its end alone")
	s.Text(&o.Loss, "loss", "what is made small").OneOf(Losses()...)
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Window = cmp.Or(o.Window, 12)
	o.Horizon = cmp.Or(o.Horizon, 1)
	o.Loss = cmp.Or(o.Loss, "mse")
	o.Valid = cmp.Or(o.Valid, 1.0/8)
	o.Test = cmp.Or(o.Test, 1.0/3)
	return o, o.check()
}

// check returns what is wrong with options whose zero values have been replaced.
func (o Options) check() error {
	var s option.Set
	o.Declare(&s)
	return errors.WithMessage(s.Check(), "forecast")
}

// Adjust implements task.Adjuster: without the seasonal difference that a dataset's defaults take, the network itself has to
// learn the season from its window. What was a season ago must be kept in the state: LSTMs keep it from the start, thanks to
// the bias of their forget gates; the others take a larger network and a higher rate that falls, with decay against learning
// the few examples by heart.
func (o *Options) Adjust(r *task.Recipe, s task.Subject, given func(string) (string, bool)) {
	if r == nil || given == nil {
		return
	}
	text, ok := given("lag")
	if lag, err := strconv.Atoi(text); !ok || err != nil || lag != 0 || o.Lag == 0 {
		return
	}
	r.Batch, r.Epochs = 0, 150
	switch s.Model {
	case "lstm", "bilstm":
		r.LR = 0.01
	default:
		r.Hidden, r.LR, r.Schedule, r.WeightDecay, r.TorchInit = 48, 0.02, "cosine", 1e-2, true
	}
}

// Kind is the task of forecasting.
type Kind struct{}

var (
	_ task.Kind    = Kind{}
	_ task.Checker = Kind{}
)

// Name returns "forecast".
func (Kind) Name() string { return "forecast" }

// Title implements task.Kind.
func (Kind) Title() string { return "the next rows of a series, from a window of rows" }

// Accepts implements task.Kind.
func (Kind) Accepts() []string { return []string{datasets.KindSeries} }

// Metrics implements task.Kind.
func (Kind) Metrics() []task.Metric {
	return []task.Metric{
		{Name: "rmse", Title: "root of the mean squared error, in the series' units"},
		{Name: "mae", Title: "mean absolute error, in the series' units"},
		{Name: "smape", Title: "mean of 200·|y − ŷ|/(|y| + |ŷ|), in percent"},
		{Name: "mase", Title: "mae over that of the seasonal naive forecast on the training part (Hyndman and Koehler 2006)"},
	}
}

// Options implements task.Kind.
func (Kind) Options() task.Options { return new(Options) }

// Defaults implements task.Kind. A person's own series gets first differences, which make a network at its worst about as
// good as the last value, and no logarithm or season: settings say what is known of it.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	o := &Options{Window: 24, Horizon: 1, Difference: 1, Loss: "mse"}
	switch s.Dataset() {
	case "airline": // a year of growth rates, season taken out: 71 examples, so little network and some decay
		r.Hidden, r.Batch, r.Patience, r.WeightDecay = 16, 16, 0, 1e-3
		o.Log, o.Lag, o.Window = true, 12, 12
	case "temperatures", "sunspots": // noise around a level that comes back: differences would amplify it
		o.Difference = 0
	}
	return o
}

// Decoding implements task.Kind: there is nothing to choose.
func (Kind) Decoding() task.Options { return nil }

// Query implements task.Kind.
func (Kind) Query() task.Query { return newQuery(nil) }

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
	series, err := program.DatasetOf[*datasets.Series](d, "forecast", "is no series")
	if err != nil {
		return nil, err
	}
	o := optionsOf(s)
	if o.EveryStep && s.Network.IsBidirectional() {
		return nil, option.Usagef("model %q cannot forecast at every step of a window: it sees the future; choose rnn, lstm or gru", s.Network.Name())
	}
	f, err := New(s.Network, series, s.Params, *o)
	if err != nil {
		return nil, err
	}
	if err := program.CheckMemory(s.Network, "window", f.opts.Window, program.BatchOf(s.Recipe.Batch, len(f.train))); err != nil {
		return nil, err
	}
	*o, f.fill = f.opts, s.Data.Fill
	return f, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	f, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	f.fill = s.Data.Fill
	return f, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}
