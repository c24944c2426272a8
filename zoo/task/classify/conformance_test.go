package classify

import (
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

func TestConforms(t *testing.T) {
	bilstm := func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(lstm.New(opts...)) }
	for name, opts := range map[string][]tasktest.Option{
		"max":             nil,
		"last, both ways": {tasktest.Set("pooling", "last"), tasktest.Network(bilstm), tasktest.Set("tokenizer", "bpe:5")},
		"mean, weights":   {tasktest.Set("pooling", "mean"), tasktest.Set("class-weights", "1,2,0.5"), tasktest.Set("max-tokens", "6")},
		"attention":       {tasktest.Set("pooling", "attention"), tasktest.Set("class-weights", "balanced"), tasktest.Set("vocabulary", "30")},
		"delay line":      {tasktest.Set("pooling", "last"), tasktest.Network(tasktest.DelayLine)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := labelled(12)
			first := "" // text of the last class, which Limit(1) leaves
			for _, e := range data.Train {
				if e.Label == 2 {
					first = e.Text
					break
				}
			}
			tasktest.Check(t, Kind{}, data, append([]tasktest.Option{
				tasktest.Set("embedding", "4"), tasktest.Set("embedding-dropout", "0"), tasktest.Set("word-dropout", "0"), tasktest.Set("output-dropout", "0"),
				tasktest.Random("word-dropout", "0.3"), tasktest.Random("embedding-dropout", "0.2"), tasktest.Random("output-dropout", "0.2"),
				tasktest.OneStep("max-tokens", "1"),
				tasktest.Ask("w1", data.Test[0].Text, "w2 x3 unheard", data.Test[1].Text), tasktest.Knows(first, "two\t"),
			}, opts...)...)
		})
	}
}
