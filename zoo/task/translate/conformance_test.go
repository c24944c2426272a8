package translate

import (
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

func TestConforms(t *testing.T) {
	bigru := func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(gru.New(opts...)) }
	for name, opts := range map[string][]tasktest.Option{
		"greedy, context fed":     {tasktest.Set("beam", "1"), tasktest.Random("teacher", "step:1:0.5")},
		"beam, output fed":        {tasktest.Set("beam", "3"), tasktest.Set("feed", "output"), tasktest.Network(lstm.New)},
		"beam, nothing fed":       {tasktest.Set("beam", "3"), tasktest.Set("feed", "none"), tasktest.Set("attention", "additive"), tasktest.Network(bigru), tasktest.Set("decoder", "lstm")},
		"delay line, context fed": {tasktest.Set("beam", "1"), tasktest.Network(tasktest.DelayLine)},
		"delay line, output fed":  {tasktest.Set("beam", "3"), tasktest.Set("feed", "output"), tasktest.Network(tasktest.DelayLine)},
		"delay line, nothing fed": {tasktest.Set("beam", "1"), tasktest.Set("feed", "none"), tasktest.Set("tied", "false"), tasktest.Network(tasktest.DelayLine)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := letters(32, 6)
			for _, part := range [][]datasets.Pair{data.Train, data.Valid, data.Test} { // whose sides have other letters
				for i := range part {
					part[i].Target = strings.NewReplacer("a", "x", "b", "y", "c", "z").Replace(part[i].Target)
				}
			}
			first := data.Train[0]
			tasktest.Check(t, Kind{}, data, append([]tasktest.Option{
				tasktest.Set("hidden", "12"), tasktest.Set("embedding", "8"), tasktest.Set("tokenizer", "characters"), tasktest.Set("smoothing", "0"),
				tasktest.Ask("b", "abcabc", "", "ac", "abcabcabc"), tasktest.Knows(first.Source, first.Target+"\n"),
			}, opts...)...)
		})
	}
}
