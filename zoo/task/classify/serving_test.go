package classify

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// TestAnswersAsItEvaluates asks for texts of many lengths, alone and together: the programs that answer say what those that
// evaluate do.
func TestAnswersAsItEvaluates(t *testing.T) {
	data := labelled(12)
	for _, network := range []*graph.Network{rnn.New(graph.Hidden(5)), birnn.New(lstm.New(graph.Hidden(4), graph.Layers(2)))} {
		for _, pool := range pooling.Names() {
			c, err := New(network, data, graph.NewParams(tensor.Float64), Options{Pooling: pool, MaxTokens: 35})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for n := 40; n > 0; n-- {
				words := make([]string, n)
				for i := range words {
					words[i] = fmt.Sprint("w", (n*7+i*i)%4)
				}
				all = append(all, strings.Join(words, " "))
			}
			encoded := make([][]int32, len(all))
			for i, s := range all {
				encoded[i] = c.encode(s)
			}
			logits, err := c.logits(t.Context(), c.lane, encoded, nil)
			if err != nil {
				t.Fatal(err)
			}
			check := func(texts []string, from int) {
				t.Helper()
				got, err := c.Classify(texts...)
				if err != nil {
					t.Fatal(err)
				}
				for i, class := range got {
					for k, p := range program.Softmax(logits[from+i]) {
						if !(math.Abs(p-class.Probabilities[k]) < 1e-12) {
							t.Errorf("%s, %s, text %d of %d: class %d has %v; evaluated it has %v", network.Name(), pool, from+i, len(texts), k, class.Probabilities[k], p)
						}
					}
				}
			}
			check(all, 0)
			for i := range all {
				check(all[i:i+1], i)
				check(all[i:min(len(all), i+5)], i)
			}
		}
	}
}
