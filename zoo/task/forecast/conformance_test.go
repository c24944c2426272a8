package forecast

import (
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

func TestConforms(t *testing.T) {
	for name, opts := range map[string][]tasktest.Option{
		"defaults":       nil,
		"every step":     {tasktest.Set("every-step", "true"), tasktest.Set("horizon", "2"), tasktest.Set("loss", "huber")},
		"season and log": {tasktest.Set("lag", "4"), tasktest.Set("log", "true"), tasktest.Network(lstm.New)},
		"both ways": {tasktest.Set("horizon", "3"), tasktest.Set("difference", "0"),
			tasktest.Network(func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(lstm.New(opts...)) })},
		"delay line": {tasktest.Set("every-step", "true"), tasktest.Network(tasktest.DelayLine)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			series := seriesOf(rows(60, 2))
			series.Period = 4
			tasktest.Check(t, Kind{}, series, append([]tasktest.Option{
				tasktest.Set("window", "5"), tasktest.OneStep("window", "1"), tasktest.Question("steps", "4"),
			}, opts...)...)
		})
	}
}
