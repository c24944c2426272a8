package classify

import (
	"fmt"
	"testing"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// linear are the scores of texts in few and in many classes.
func linear() []lineartest.Case {
	var cases []lineartest.Case
	for _, k := range []int{2, 100} {
		cases = append(cases, lineartest.Case{Name: fmt.Sprintf("score of %d classes", k), Make: func(n int) (func() error, int) {
			classes, some := make([]string, k), make([][]float64, k)
			for i := range classes {
				classes[i], some[i] = fmt.Sprint("class ", i), make([]float64, k)
				some[i][i*i%k] = 1
			}
			logits, labels := make([][]float64, n), make([]int, n)
			for i := range logits {
				logits[i], labels[i] = some[i%k], i%k
			}
			return func() error {
				if s := score(classes, logits, labels); len(s.Metrics) != len(Kind{}.Metrics()) {
					return fmt.Errorf("metrics %v", s.Metrics)
				}
				return nil
			}, 0
		}})
	}
	return cases
}

func BenchmarkMetrics(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestMetricsAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
