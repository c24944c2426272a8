package recognise

import (
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

func TestConforms(t *testing.T) {
	bilstm := func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(lstm.New(opts...)) }
	lines := func(s *datasets.Sequences) tasktest.Option {
		return tasktest.Ask(line(s.Test.At(0).Values), line(s.Test.At(1).Values), line(s.Train.At(2).Values))
	}
	short := func(s *datasets.Sequences, length int) *datasets.Sequences {
		s, err := s.Resized(length)
		if err != nil {
			t.Fatal(err)
		}
		s.Train, s.Valid, s.Test = s.Train.First(16), s.Valid.First(8), s.Test.First(8)
		return s
	}
	waves, levels, steps := waves(12), levels(12), tagged(12)
	for name, c := range map[string]struct {
		data *datasets.Sequences
		opts []tasktest.Option
	}{
		"class":                {waves, []tasktest.Option{tasktest.Knows(line(waves.Train.At(1).Values), "quick\t")}}, // the last class, which Limit(1) leaves
		"class, both ways":     {waves, []tasktest.Option{tasktest.Network(bilstm), tasktest.Set("pooling", "max"), tasktest.Set("chrono", "9")}},
		"number, attention":    {levels, []tasktest.Option{tasktest.Set("pooling", "attention"), tasktest.Set("scale", "all")}},
		"number, delay line":   {levels, []tasktest.Option{tasktest.Set("pooling", "mean"), tasktest.Network(tasktest.DelayLine)}},
		"each step, both ways": {steps, []tasktest.Option{tasktest.Network(bilstm)}},
		"adding, curriculum":   {short(datasets.Adding(), 8), []tasktest.Option{tasktest.Set("curriculum", "3")}},
		"copy":                 {short(datasets.Copy(), 2), []tasktest.Option{tasktest.Set("hidden", "16")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tasktest.Check(t, Kind{}, c.data, append([]tasktest.Option{
				tasktest.Set("output-dropout", "0"), tasktest.Random("output-dropout", "0.2"), lines(c.data),
			}, c.opts...)...)
		})
	}
}
