package zoo

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

func forecastTask() taskEntry {
	return taskEntry{
		name:     "forecast",
		defaults: forecastDefaults,
		check:    checkForecast,
		prepare:  prepareForecast,
		open: func(c Config, network *graph.Network, params *graph.Params, read func(string, any) error) (task.Predictor, error) {
			return task.OpenForecaster(network, params, c.Forecast, read)
		},
	}
}

// forecastDefaults gives a person's own series first differences, which make a network at its worst about as good as the
// last value, and no logarithm or season: flags say what is known of it.
func forecastDefaults(c *Config) {
	c.Forecast = task.ForecastOptions{Window: 24, Horizon: 1, Difference: 1, Loss: "mse"}
	switch c.Dataset {
	case "airline": // a year of growth rates, season taken out: 71 examples, so little network and some decay
		c.Hidden, c.Batch, c.Patience, c.WeightDecay = 16, 16, 0, 1e-3
		c.Forecast.Log, c.Forecast.Lag, c.Forecast.Window = true, 12, 12
	case "temperatures", "sunspots": // noise around a level that comes back: differences would amplify it
		c.Forecast.Difference = 0
	}
}

// WithoutSeason returns the configuration with no seasonal difference, so that the network itself has to learn the
// season from its window. What was 12 steps ago must be kept in the state: LSTMs keep it from the start, thanks to the
// bias of their forget gates; the others take a larger network and a higher rate that falls, with decay against learning
// the few examples by heart.
func (c Config) WithoutSeason() Config {
	c.Forecast.Lag = 0
	c.Batch, c.Epochs = 0, 150
	switch c.Model {
	case "lstm", "bilstm":
		c.LR = 0.01
	default:
		c.Hidden, c.LR, c.Schedule, c.WeightDecay, c.TorchInit = 48, 0.02, "cosine", 1e-2, true
	}
	return c
}

func checkForecast(c Config) error {
	f := c.Forecast
	err := checkRanges([]bounded{
		{"window", float64(f.Window), 1, math.MaxInt32},
		{"horizon", float64(f.Horizon), 1, math.MaxInt32},
		{"lag", float64(f.Lag), 0, math.MaxInt32},
		{"difference", float64(f.Difference), 0, 2},
	})
	if err != nil {
		return err
	}
	return checkChoice("loss", f.Loss, task.Losses())
}

func prepareForecast(c *Config, network *graph.Network, d datasets.Dataset, params *graph.Params) (task.Task, error) {
	series, ok := d.(*datasets.Series)
	if !ok {
		return nil, errors.Errorf("dataset %q is no series", d.Info().Name)
	}
	if c.Forecast.EveryStep && network.IsBidirectional() {
		return nil, usagef("model %q cannot %s", c.Model, seesTheFuture)
	}
	f, err := task.NewForecast(network, series, params, c.Forecast)
	if err != nil {
		return nil, err
	}
	c.Forecast = f.Options()
	return f, nil
}

// forecaster returns the predictor of a run that forecasts.
func (r *Run) forecaster() (*task.Forecaster, error) {
	return predictor[*task.Forecaster](r, "forecast")
}

// Variables returns the names of the variables that a run forecasts; none if it does something else.
func (r *Run) Variables() []string {
	if h := r.History(); h != nil {
		return h.Variables
	}
	return nil
}

// History returns what Predict continues unless it is given another: the series that the run was trained on, or what is
// kept of it, its last rows. It is nil for a run that does not forecast.
func (r *Run) History() *datasets.Series {
	f, err := r.forecaster()
	if err != nil {
		return nil
	}
	return f.History()
}

// ReadHistory reads a history for Predict from a CSV file. It takes the run's variables by their names; where the file
// has no header, or the run has only one variable, as many columns of numbers as there are variables, in their order.
// The name stands for the file in errors. Without a fill method missing values are filled as in training.
func (r *Run) ReadHistory(name string, file io.Reader, fill string) (*datasets.Series, error) {
	if _, err := r.forecaster(); err != nil {
		return nil, err
	}
	if fill == "" {
		fill = r.Config.Fill
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read %s", name)
	}
	named, err := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill), datasets.Columns(r.Variables()...))
	if err == nil {
		return named, nil
	}
	s, allErr := datasets.ReadCSV(name, bytes.NewReader(data), datasets.Fill(fill))
	if allErr != nil {
		return nil, allErr
	}
	noHeader := !slices.ContainsFunc(s.Variables, func(v string) bool { return !strings.HasPrefix(v, "column ") })
	if s.Width() == len(r.Variables()) && (s.Width() == 1 || noHeader) {
		return s, nil
	}
	return nil, err
}

// Predict continues the run's history, or one of one's own, by a number of rows [steps][V]. It is for runs that forecast.
func (r *Run) Predict(steps int, history ...*datasets.Series) ([][]float64, error) {
	f, err := r.forecaster()
	if err != nil {
		return nil, err
	}
	if steps < 1 {
		return nil, usagef("--steps %d: want at least 1", steps)
	}
	if len(history) == 0 {
		return f.Predict(f.History().Values, steps)
	}
	next, err := f.Predict(history[0].Values, steps)
	if source := history[0].Meta.Source; source != "" {
		err = errors.WithMessage(err, source)
	}
	return next, err
}
