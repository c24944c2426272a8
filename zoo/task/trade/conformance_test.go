package trade

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
	for name, c := range map[string]struct {
		data datasets.Dataset
		opts []tasktest.Option
	}{
		"returns":              {walks(70, 2, 0, 1), nil},
		"directions, short":    {withRanges(walks(70, 3, 0, 2), 1), []tasktest.Option{tasktest.Set("learn", "direction"), tasktest.Set("short", "true"), tasktest.Set("top", "1")}},
		"one share, both ways": {walks(80, 1, 0, 3).Series[0], []tasktest.Option{tasktest.Network(bilstm), tasktest.Set("margin", "0")}},
		"delay line":           {walks(70, 2, 0, 4), []tasktest.Option{tasktest.Network(tasktest.DelayLine)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tasktest.Check(t, Kind{}, c.data, append([]tasktest.Option{
				tasktest.Set("window", "4"), tasktest.Set("folds", "2"), tasktest.Set("embargo", "1"), tasktest.OneStep("window", "1"),
			}, c.opts...)...)
		})
	}
}
