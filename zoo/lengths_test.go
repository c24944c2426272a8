package zoo_test

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// ofLength returns an input of a task with about so many tokens: words of a text, or characters of a date.
func ofLength(kind string, n int) string {
	if kind == "translate" {
		return strings.Repeat("3 may 1984, ", n/12+1)[:n]
	}
	words := strings.Fields("the film is not bad at all")
	text := make([]string, n)
	for i := range text {
		text[i] = words[i%len(words)]
	}
	return strings.Join(text, " ")
}

// BenchmarkServeLengths measures what a run just opened takes to answer 200 questions, each of a length of its own: all of
// them, and Warm, as the time of an operation, and of one the median, the 99th percentile and the most.
func BenchmarkServeLengths(b *testing.B) {
	for _, s := range servedRuns(b) {
		kind := s.run.Config.Task
		if kind == "forecast" { // whose window has one length
			continue
		}
		dir, err := s.run.Keep(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		timed := func(b *testing.B, run *zoo.Run, n int) time.Duration {
			start := time.Now()
			if _, err := ask(run, question{inputs: []string{ofLength(kind, n)}}); err != nil {
				b.Fatal(err)
			}
			return time.Since(start)
		}
		report := func(b *testing.B, times []time.Duration) {
			slices.Sort(times)
			n := len(times)
			b.ReportMetric(times[n/2].Seconds()*1e3, "ms-p50")
			b.ReportMetric(times[n*99/100].Seconds()*1e3, "ms-p99")
			b.ReportMetric(times[n-1].Seconds()*1e3, "ms-most")
		}
		for _, warm := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/new/warm=%v", kind, warm), func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					run, err := zoo.Open(dir)
					if err == nil && warm {
						err = run.Predictor().Warm(context.Background())
					}
					if err != nil {
						b.Fatal(err)
					}
					for _, i := range rand.New(rand.NewSource(1)).Perm(200) {
						times = append(times, timed(b, run, i+1))
					}
				}
				report(b, times)
			})
		}
		for _, n := range []int{5, 12, 30, 100} {
			b.Run(kind+fmt.Sprintf("/again=%d", n), func(b *testing.B) {
				run, err := zoo.Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				if err := run.Predictor().Warm(context.Background(), ofLength(kind, n)); err != nil {
					b.Fatal(err)
				}
				var times []time.Duration
				for b.Loop() {
					times = append(times, timed(b, run, n))
				}
				report(b, times)
			})
		}
	}
}
