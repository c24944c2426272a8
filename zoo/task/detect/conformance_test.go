package detect

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

func TestConforms(t *testing.T) {
	bilstm := func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(lstm.New(opts...)) }
	line := func(values []float32) string {
		fields := make([]string, len(values))
		for i, v := range values {
			fields[i] = strconv.FormatFloat(float64(v), 'g', -1, 32)
		}
		return strings.Join(fields, " ")
	}
	beats, pairs := pulses(12, 1), pulses(12, 2)
	ask := func(s *datasets.Sequences) tasktest.Option {
		return tasktest.Ask(line(s.Test.At(0).Values), line(s.Test.At(2).Values), line(s.Train.At(1).Values))
	}
	series := []tasktest.Option{
		tasktest.Set("window", "12"), tasktest.Set("ahead", "3"), tasktest.Set("long", "60"), tasktest.Set("recent", "3"), tasktest.Set("rank", "0.95"),
		tasktest.Set("rest", "5"), tasktest.Set("memory", "40"), tasktest.OneStep("window", "1"),
	}
	for name, c := range map[string]struct {
		data datasets.Dataset
		opts []tasktest.Option
	}{
		"sequences":           {beats, []tasktest.Option{ask(beats), tasktest.Set("noise", "0"), tasktest.Random("noise", "0.3"), tasktest.OneStep("patch", "6")}},
		"two columns":         {pairs, []tasktest.Option{ask(pairs), tasktest.Set("noise", "0"), tasktest.Set("error", "l2"), tasktest.Set("threshold", "labels"), tasktest.Network(bilstm)}},
		"contaminated":        {beats, []tasktest.Option{ask(beats), tasktest.Set("noise", "0"), tasktest.Set("contaminated", "true"), tasktest.Set("decoder", "rnn"), tasktest.Network(tasktest.DelayLine)}},
		"series":              {sensors(160, 3, 1), series},
		"two variables":       {sensors(160, 2, 2), append(series[:len(series):len(series)], tasktest.Set("threshold", "labels"), tasktest.Network(lstm.New))},
		"gaussian likelihood": {sensors(160, 1, 1).Series[0], append(series[:len(series):len(series)], tasktest.Set("likelihood", "gaussian"), tasktest.Set("level", "false"), tasktest.Network(tasktest.DelayLine))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tasktest.Check(t, Kind{}, c.data, c.opts...)
		})
	}
}
