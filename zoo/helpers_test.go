package zoo

import (
	"slices"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// The tasks' own settings of a configuration.
func forecastOf(c Config) *forecast.Options   { return c.Options.(*forecast.Options) }
func classifyOf(c Config) *classify.Options   { return c.Options.(*classify.Options) }
func translateOf(c Config) *translate.Options { return c.Options.(*translate.Options) }

func forecasterOf(t *testing.T, r *Run) *forecast.Forecaster {
	t.Helper()
	f, err := forecast.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func translatorOf(t *testing.T, r *Run) *translate.Translator {
	t.Helper()
	f, err := translate.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// predicted continues the run's own series.
func predicted(t *testing.T, r *Run, steps int) [][]float64 {
	t.Helper()
	f := forecasterOf(t, r)
	next, err := f.Predict(f.History().Values, steps)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// classified returns the class of a text and the probabilities of all classes.
func classified(r *Run, text string) (string, map[string]float64, error) {
	c, err := classify.Of(r)
	if err != nil {
		return "", nil, err
	}
	found, err := c.Classify(text)
	if err != nil {
		return "", nil, err
	}
	p := make(map[string]float64)
	for i, name := range c.Classes() {
		p[name] = found[0].Probabilities[i]
	}
	return found[0].Label, p, nil
}

// rivals returns their names in order.
func rivals(all []task.Rival) []string {
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	return slices.Sorted(slices.Values(names))
}

// settings are all settings of a configuration.
func settings(c *Config) *option.Set {
	s := new(option.Set)
	c.Declare(s)
	return s
}
