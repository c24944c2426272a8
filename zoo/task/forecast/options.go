package forecast

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Options say how series are forecast. The zero value of a field means what its comment says.
type Options struct {
	Window     int     `json:"window"`                   // how many rows the network sees; 0 means 12
	Horizon    int     `json:"horizon"`                  // how many rows it forecasts at once; 0 means 1
	Lag        int     `json:"lag"`                      // seasonal difference y[t] − y[t−Lag]; 0 means none
	Difference int     `json:"difference"`               // 1 means first differences y[t] − y[t−1]; 0 means none
	Log        bool    `json:"log"`                      // logarithms first: what is learnt is growth
	EveryStep  bool    `json:"every_step"`               // learn a forecast at every step of the window, not at its end alone
	Loss       string  `json:"loss"`                     // see Losses; "" means mse
	Valid      Share   `json:"valid"`                    // the part of the rows before the test part that validates; "" means 1/8, or as the dataset says
	Test       Share   `json:"test"`                     // the part of the rows that tests; "" means 1/3, or as the dataset says
	Scale      string  `json:"scale,omitempty"`          // of each series, see Scales; "" means deviation
	Normalize  string  `json:"normalize,omitempty"`      // of each window, see Normalizations; "" means none
	Residual   int     `json:"residual,omitempty"`       // the network forecasts the difference from the row so many before; 0 means none
	Patch      int     `json:"patch,omitempty"`          // rows that the network reads in one step; 0 means 1
	Separate   bool    `json:"separate,omitempty"`       // forecast each variable by itself, all by one network
	Embedding  int     `json:"embedding,omitempty"`      // width of what is learnt of each series, by its id; 0 means none
	Dropout    float64 `json:"output_dropout,omitempty"` // rate, before the last layer
	Members    int     `json:"members,omitempty"`        // networks whose mean forecasts; 0 means 1
	Calendar   bool    `json:"calendar,omitempty"`       // tell the network what the calendar says of each row
	Holidays   string  `json:"holidays,omitempty"`       // a file of holidays, for the calendar
	Decoder    string  `json:"decoder,omitempty"`        // see Decoders; "" means direct
	Intervals  string  `json:"intervals,omitempty"`      // the shares of values that intervals cover, in percent; "" means 80,95
	Conformal  bool    `json:"conformal,omitempty"`      // widen the intervals that a network says, so that they cover their share of the validation part
	Refit      bool    `json:"refit,omitempty"`          // learn again from all rows before the run is kept
	Draw       int     `json:"draw,omitempty"`           // windows an epoch, drawn at random; 0 means each once
	ByScale    bool    `json:"by_scale,omitempty"`       // draw windows in proportion to the scales of their series
}

// Losses returns the names of what a forecast can learn from: the mean squared error, the mean absolute error, and Huber's
// loss, which is the first near zero and the second far from it; the symmetric percentage error; quantiles, which are the bounds
// of the intervals and the median, by their pinball loss; or a distribution by its likelihood: normal (gaussian), Student's t
// with its heavier tails (student), or of counts the negative binomial one (counts).
func Losses() []string {
	return []string{"mse", "mae", "huber", "smape", lossQuantile, lossGaussian, lossStudent, lossCounts}
}

// The ways to scale a series.
const (
	scaleDeviation = "deviation"
	scaleMagnitude = "magnitude"
	scaleNone      = "none"
)

// Scales returns the names of how a series is scaled by its training part: to mean 0 and deviation 1 (deviation), by the mean
// of the absolute values (magnitude), or not (none).
func Scales() []string { return []string{scaleDeviation, scaleMagnitude, scaleNone} }

// The ways to normalise a window.
const (
	normalizeNone      = "none"
	normalizeLast      = "last"
	normalizeMean      = "mean"
	normalizeDeviation = "deviation"
	normalizeMagnitude = "magnitude"
	normalizeChange    = "change"
)

// Normalizations returns the names of what is made of a window by itself, before the network sees it, and undone in its
// forecast: nothing (none), less the last row (last) or the mean (mean), less the mean and divided by the deviation
// (deviation), divided by the mean of the absolute values (magnitude), or less the last row and divided by the mean distance
// from row to row (change).
func Normalizations() []string {
	return []string{normalizeNone, normalizeLast, normalizeMean, normalizeDeviation, normalizeMagnitude, normalizeChange}
}

// The ways to make the rows of a forecast.
const (
	decoderDirect    = "direct"
	decoderRecurrent = "recurrent"
)

// Decoders returns the names of what makes the rows of a forecast from what the network has made of the window: one layer, of
// all rows at once (direct), or a recurrent network that begins with its states and reads what is known ahead of each row
// (recurrent).
func Decoders() []string { return []string{decoderDirect, decoderRecurrent} }

// Declare implements task.Options.
func (o *Options) Declare(s *option.Set) {
	s.Int(&o.Window, "window", "rows of the series that the model sees").AtLeast(1).AtMost(1 << 20)
	s.Int(&o.Horizon, "horizon", "rows that it forecasts at once").AtLeast(1).AtMost(1 << 20)
	s.Int(&o.Lag, "lag", "learn the difference from the row so many before, such as last year's month; 0 is none").AtLeast(0).AtMost(1 << 20)
	s.Int(&o.Difference, "difference", "1 to learn the difference from the row before; 0 for none").AtLeast(0).Below(2)
	s.Bool(&o.Log, "log", "learn from logarithms: growth instead of change")
	s.Bool(&o.EveryStep, "every-step", "learn a forecast at every step of the window, not at its end alone")
	s.Text(&o.Loss, "loss", "what is made small").OneOf(Losses()...)
	s.Text((*string)(&o.Valid), "valid", "part of the rows before the test part that validates: a fraction, a number of rows or a date; none is what the dataset says")
	s.Text((*string)(&o.Test), "test", "part of the rows that tests: a fraction, a number of rows or a date; none is what the dataset says")
	s.Text(&o.Scale, "scale", "what a series is divided by, of its training part").OneOf(Scales()...)
	s.Text(&o.Normalize, "normalize", "what is made of each window by itself, and undone in its forecast: nothing, less the last row or the mean, divided by its deviation, its magnitude or its mean change").OneOf(Normalizations()...)
	s.Int(&o.Residual, "residual", "let the network forecast the difference from the row so many before, such as a season; 0 is none").AtLeast(0).AtMost(1 << 20)
	s.Int(&o.Patch, "patch", "rows that the network reads in one step").AtLeast(1).AtMost(1 << 16)
	s.Bool(&o.Separate, "separate", "forecast each variable by itself, all by one network")
	s.Int(&o.Embedding, "embedding", "width of what is learnt of each series of several; 0 is none").AtLeast(0).AtMost(1 << 10)
	s.Float(&o.Dropout, "output-dropout", "rate of dropout before the last layer; 0 is none").AtLeast(0).Below(1)
	s.Int(&o.Members, "members", "networks that are trained together and whose mean forecasts").AtLeast(1).AtMost(64)
	s.Bool(&o.Calendar, "calendar", "tell the network the hour, the day of the week and of the year and the month of each row, as far as its times say them")
	s.Text(&o.Holidays, "holidays", "file of holidays, a date a line, which the network is told with the calendar")
	s.Text(&o.Decoder, "decoder", "what makes the rows of a forecast: one layer all at once, or a network of its own that reads what is known ahead row by row").OneOf(Decoders()...)
	s.Text(&o.Intervals, "intervals", "shares of values that intervals cover, in percent with commas between them, or none")
	s.Bool(&o.Conformal, "conformal", "widen the intervals that a network says itself, so that they cover their share of the validation part; those of a point forecast are made of it")
	s.Bool(&o.Refit, "refit", "learn again from all rows, for as many epochs as the validation part has chosen, before the run is kept: a forecast of tomorrow then knows yesterday")
	s.Int(&o.Draw, "draw", "windows an epoch, drawn at random; 0 is each window once").AtLeast(0).AtMost(1 << 30)
	s.Bool(&o.ByScale, "by-scale", "draw windows in proportion to the scales of their series, not all alike")
}

// withDefaults returns the options with zero values replaced, or what is wrong with them.
func (o Options) withDefaults() (Options, error) {
	o.Window = cmp.Or(o.Window, 12)
	o.Horizon = cmp.Or(o.Horizon, 1)
	o.Loss = cmp.Or(o.Loss, "mse")
	o = o.completed()
	return o, o.check()
}

// completed replaces the zero values of what runs of long ago did not keep.
func (o Options) completed() Options {
	o.Scale = cmp.Or(o.Scale, scaleDeviation)
	o.Normalize = cmp.Or(o.Normalize, normalizeNone)
	o.Patch = cmp.Or(o.Patch, 1)
	o.Members = cmp.Or(o.Members, 1)
	o.Decoder = cmp.Or(o.Decoder, decoderDirect)
	o.Intervals = cmp.Or(o.Intervals, "80,95")
	return o
}

// check returns what is wrong with options whose zero values have been replaced.
func (o Options) check() error {
	var s option.Set
	o.Declare(&s)
	if err := s.Check(); err != nil {
		return errors.WithMessage(err, "forecast")
	}
	wrong := func(setting string, value any, format string, args ...any) error {
		return errors.WithMessage(option.Wrong(setting, value, format, args...), "forecast")
	}
	if _, err := parseIntervals(o.Intervals); err != nil {
		return errors.WithMessage(err, "forecast")
	}
	switch {
	case o.saysSpread() && o.Horizon > 1 && (o.Difference > 0 || o.Lag > 0 && o.Lag < o.Horizon):
		return wrong("loss", o.Loss, "the spread of a row is not the sum of those of the differences up to it; learn no differences (difference: 0, lag: 0) or one row (horizon: 1)")
	case o.Loss == lossCounts && (o.Log || o.Difference > 0 || o.Lag > 0 || o.Residual > 0):
		return wrong("loss", o.Loss, "counts have no logarithms and no differences (log: false, difference: 0, lag: 0, residual: 0)")
	case o.Loss == lossCounts && (o.Scale == scaleDeviation || o.Normalize != normalizeNone && o.Normalize != normalizeMagnitude):
		return wrong("loss", o.Loss, "counts can be divided, but nothing can be taken from them (scale: magnitude or none, normalize: magnitude or none)")
	case o.Loss == "smape" && (o.Log || o.Difference > 0 || o.Lag > 0 || o.Residual > 0 || o.Scale == scaleDeviation || o.Normalize != normalizeNone && o.Normalize != normalizeMagnitude):
		return wrong("loss", o.Loss, "it is of the values themselves, from which nothing is taken (log: false, difference: 0, lag: 0, residual: 0, scale: magnitude or none, normalize: magnitude or none)")
	case o.Window%o.Patch != 0:
		return wrong("patch", o.Patch, "the window of %d rows is no multiple of it", o.Window)
	case o.EveryStep && o.Patch > 1:
		return wrong("every-step", o.EveryStep, "a step is %d rows; read one a step (patch: 1)", o.Patch)
	case o.EveryStep && o.Normalize != normalizeNone:
		return wrong("every-step", o.EveryStep, "a window that is normalised by itself shows its early steps what comes (normalize: none)")
	case o.Holidays != "" && !o.Calendar:
		return wrong("holidays", o.Holidays, "holidays are told with the calendar (calendar: true)")
	case o.Decoder == decoderRecurrent && o.EveryStep:
		return wrong("decoder", o.Decoder, "it begins behind the window (every-step: false)")
	case o.ByScale && o.Draw == 0:
		return wrong("by-scale", o.ByScale, "each window is learnt from once; say how many are drawn (draw: 10000)")
	case o.Residual > o.Window:
		return wrong("residual", o.Residual, "the window of %d rows does not reach back so far", o.Window)
	case o.EveryStep && o.Residual > 0:
		return wrong("every-step", o.EveryStep, "a residual is of the rows behind the window (residual: 0)")
	}
	return nil
}

// Adjust implements task.Adjuster: without the seasonal difference that a dataset's defaults take, the network itself has to
// learn the season from its window. What was a season ago must be kept in the state: LSTMs keep it from the start, thanks to
// the bias of their forget gates; the others take a larger network and a higher rate that falls, with decay against learning
// the few examples by heart.
func (o *Options) Adjust(r *task.Recipe, s task.Subject, given func(string) (string, bool)) {
	if r == nil || given == nil {
		return
	}
	if name := s.Dataset(); name == "etth1" || name == "etth2" {
		// Far ahead the last row says less than the mean of the window.
		if text, ok := given("horizon"); ok {
			if h, err := strconv.Atoi(text); err == nil && h > 48 {
				o.Normalize = normalizeMean
			}
		}
		return
	}
	if text, ok := given("every-step"); ok && text == "true" {
		o.Calendar = false // which cannot be told at every step
	}
	text, ok := given("lag")
	if lag, err := strconv.Atoi(text); !ok || err != nil || lag != 0 || o.Lag == 0 {
		return
	}
	r.Batch, r.Epochs, o.Members = 0, 150, 1
	switch s.Model {
	case "lstm", "bilstm":
		r.LR = 0.01
	default:
		r.Hidden, r.LR, r.Schedule, r.WeightDecay, r.TorchInit = 48, 0.02, "cosine", 1e-2, true
	}
}

// saysSpread reports whether the network itself says how far a value may be from its forecast.
func (o Options) saysSpread() bool {
	return slices.Contains([]string{lossQuantile, lossGaussian, lossStudent, lossCounts}, o.Loss)
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
		{Name: "owa", Title: "mean of smape and mase, each over that of Naive2 (M4 competition)", AtEnd: true, Optional: true},
		{Name: "rmse", Title: "root of the mean squared error, in the series' units", Optional: true},
		{Name: "mae", Title: "mean absolute error, in the series' units", Optional: true},
		{Name: "mse", Title: "mean squared error over the variance in the training part", Optional: true},
		{Name: "smape", Title: "mean of 200·|y − ŷ|/(|y| + |ŷ|), in percent"},
		{Name: "mase", Title: "mae over that of the seasonal naive forecast on the training part (Hyndman and Koehler 2006)", Optional: true},
		{Name: "crps", Title: "continuous ranked probability score of what is forecast beside the value, in the series' units", AtEnd: true, Optional: true},
		{Name: "coverage80", Title: "part of the values in the intervals that are to cover 80 %", HigherIsBetter: true, Percent: true, AtEnd: true, Optional: true},
		{Name: "coverage95", Title: "part of the values in the intervals that are to cover 95 %", HigherIsBetter: true, Percent: true, AtEnd: true, Optional: true},
	}
}

// Options implements task.Kind.
func (Kind) Options() task.Options {
	o := Options{}.completed() // what runs of long ago did not keep
	return &o
}

// Defaults implements task.Kind. A person's own series gets first differences, which make a network at its worst about as
// good as the last value, and no logarithm or season: settings say what is known of it.
func (Kind) Defaults(r *task.Recipe, s task.Subject) task.Options {
	if r == nil {
		r = new(task.Recipe)
	}
	o := &Options{Window: 24, Horizon: 1, Difference: 1, Loss: "mse"}
	switch name := s.Dataset(); name {
	case "": // a person's own
		o.Calendar = true
	case "airline": // a year of growth rates, season taken out: 71 examples, so little network and some decay
		r.Hidden, r.Batch, r.Patience, r.WeightDecay = 16, 16, 0, 1e-3
		o.Log, o.Lag, o.Window, o.Members = true, 12, 12, 5
	case "temperatures": // noise around a level that comes back: differences would amplify it
		o.Difference = 0
	case "sunspots":
		o.Difference, o.Normalize, o.Members = 0, normalizeLast, 5
	case "etth1", "etth2": // two weeks in steps of days, each variable by itself
		r.Hidden, r.Batch, r.Epochs, r.LR, r.Schedule, r.Patience = 128, 256, 4, 1e-3, "warmup:30,cosine", 0
		r.Optimizer, r.WeightDecay = "adamw", 1e-3
		o.Window, o.Patch, o.Horizon, o.Difference = 336, 24, 24, 0
		o.Separate, o.Normalize, o.Loss, o.Dropout, o.Members = true, normalizeLast, "huber", 0.3, 3
	case "m4-hourly", "m4-daily", "m4-weekly": // of any scale, and multiplied rather than added to
		r.Hidden, r.Batch, r.Epochs, r.LR, r.Schedule, r.Patience = 128, 256, 30, 2e-3, "warmup:30,cosine", 0
		r.Minimize = "smape"
		o.Difference, o.Log, o.Loss, o.Scale, o.Draw = 0, true, "mae", scaleNone, 25600
		switch name {
		case "m4-hourly": // two weeks in steps of days
			o.Window, o.Patch, o.Horizon, o.Normalize, o.Members = 336, 24, 48, normalizeDeviation, 3
		case "m4-daily": // eight weeks
			r.Hidden, r.Epochs = 64, 15
			o.Window, o.Patch, o.Horizon, o.Normalize = 56, 7, 14, normalizeChange
		case "m4-weekly": // a year in steps of four weeks
			r.Hidden, r.Epochs, o.Members = 64, 15, 3
			o.Window, o.Patch, o.Horizon, o.Normalize = 52, 4, 13, normalizeChange
		}
	}
	*o = o.completed()
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
	return program.CheckMemory(s.Network, "window", o.Window/max(1, o.Patch), 1) // New knows how many there are at once
}

// New implements task.Kind.
func (Kind) New(s task.Setting, d datasets.Dataset) (task.Task, error) {
	panel, err := panelOf(d)
	if err != nil {
		return nil, err
	}
	o := optionsOf(s)
	if o.EveryStep && s.Network.IsBidirectional() {
		return nil, option.Usagef("model %q cannot forecast at every step of a window: it sees the future; choose rnn, lstm or gru", s.Network.Name())
	}
	f, err := NewPanel(s.Network, panel, s.Params, *o)
	if err != nil {
		return nil, err
	}
	if err := program.CheckMemory(s.Network, "window", f.opts.Window/f.opts.Patch, f.opts.Members*program.BatchOf(s.Recipe.Batch, len(f.train))); err != nil {
		return nil, err
	}
	*o, f.reading = f.opts, s.Data
	return f, nil
}

// Open implements task.Kind.
func (Kind) Open(s task.Setting, kept task.Files) (task.Predictor, error) {
	f, err := Open(s.Network, s.Params, *optionsOf(s), kept)
	if err != nil {
		return nil, err
	}
	f.reading = s.Data
	return f, nil
}

func optionsOf(s task.Setting) *Options {
	return program.OptionsOf(s, new(Options))
}
