package metric

import (
	"fmt"
	"math"
	"testing"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// keep has the compiler compute what is measured.
var keep float64

// linear are the metrics over so many rows: texts with a reference each, with references all of one text, and examples in
// classes.
func linear() []lineartest.Case {
	scored := func(name, text string, score func(hypotheses []string, references [][]string) float64) lineartest.Case {
		return lineartest.Case{Name: name, Make: func(n int) (func() error, int) {
			hypotheses, references := make([]string, n), make([][]string, n)
			for i := range hypotheses {
				hypotheses[i], references[i] = fmt.Sprintf(text, i%977), []string{fmt.Sprintf(text, i%31)}
			}
			return func() error { keep = score(hypotheses, references); return nil }, 0
		}}
	}
	const english, chinese = "Two dogs, of which %d play in the snow.", "两只狗在雪地里玩耍%d次。"
	var cases []lineartest.Case
	for _, t := range BLEUTokenizers() {
		text := english
		if t == BLEUZh || t == BLEUChar {
			text = chinese
		}
		cases = append(cases, scored("bleu "+string(t), text, func(h []string, r [][]string) float64 { return BLEU(h, r, t) }))
	}
	cases = append(cases, scored("chrf", english, ChrF), scored("exact", english, Exact),
		scored("bleu tokenizer", english, func(_ []string, r [][]string) float64 { return float64(len(ChooseBLEUTokenizer(r))) }),
		lineartest.Case{Name: "bleu, one source", Make: func(n int) (func() error, int) {
			references := make([]string, n)
			for i := range references {
				references[i] = fmt.Sprintf(english, i)
			}
			hypotheses := []string{fmt.Sprintf(english, 1)}
			return func() error {
				keep = BLEU(hypotheses, [][]string{references}, BLEU13a) + ChrF(hypotheses, [][]string{references}) + Exact(hypotheses, [][]string{references})
				return nil
			}, 0
		}},
		lineartest.Case{Name: "perplexity", Make: func(n int) (func() error, int) {
			return func() error {
				for i := range n {
					keep += Perplexity(float64(i), n)
				}
				return nil
			}, 0
		}})
	for _, classes := range []int{2, 100} {
		cases = append(cases, lineartest.Case{Name: fmt.Sprintf("confusion of %d", classes), Make: func(n int) (func() error, int) {
			names := make([]string, classes)
			return func() error {
				c := NewConfusion(names)
				for i := range n {
					c.Counts[i%classes][i*i%classes]++
				}
				keep = c.Accuracy() + c.F1()
				if math.IsNaN(keep) {
					return fmt.Errorf("%v", c.Report())
				}
				return nil
			}, 0
		}})
	}
	return cases
}

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestMetricsAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
