package calendar

import (
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

func linear() []lineartest.Case {
	labels := func(n int) []string {
		all := make([]string, n)
		for i := range all {
			// Read with the month first or the day, which takes a look at all of them.
			all[i] = time.Date(1900, time.Month(1+i%12), 1+i/12%12, 0, i/144, 0, 0, time.UTC).Format("01/02/2006 15:04")
		}
		return all
	}
	return []lineartest.Case{
		{Name: "Read", Make: func(n int) (func() error, int) {
			all := labels(n)
			return func() error { _, _, err := Read(all); return err }, len(all[0]) * n
		}},
		{Name: "Next", Make: func(n int) (func() error, int) {
			all := make([]string, n)
			for i := range all {
				all[i] = time.Date(1900, 1, 1, i, 0, 0, 0, time.UTC).Format("2006-01-02 15:04")
			}
			return func() error { Next(all, 24); return nil }, len(all[0]) * n
		}},
	}
}

func BenchmarkLabels(b *testing.B) { lineartest.Benchmark(b, linear()) }

func TestLabelsAreLinear(t *testing.T) { lineartest.Check(t, linear()) }
