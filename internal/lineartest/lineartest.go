// Package lineartest measures what works through rows, and tests that its time and memory grow as they do. The tests of
// readers, transforms and metrics share it.
package lineartest

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"
)

// begin is what time counts from where there is no processor time.
var begin = time.Now()

// Case is something that is done with rows.
type Case struct {
	Name string
	Most int // rows that it takes; 0 means any number
	// Make prepares so many rows, whose number of bytes may be 0, and returns what is measured.
	Make func(n int) (do func() error, bytes int)
}

// Benchmark does each case with 10⁴, 10⁵ and 10⁶ rows, or as many as it takes, and reports nanoseconds, those of the
// processors too, and bytes a row: of what is linear they stay the same.
func Benchmark(b *testing.B, cases []Case) {
	for _, c := range cases {
		for power := 4; power <= 6; power++ {
			n, name := int(math.Pow10(power)), fmt.Sprintf("%s/rows=1e%d", c.Name, power)
			if c.Most > 0 && n > c.Most {
				n, name = c.Most, fmt.Sprintf("%s/rows=%d", c.Name, c.Most)
			}
			b.Run(name, func(b *testing.B) {
				do, size := c.Make(n)
				b.SetBytes(int64(size))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := processorTime()
				for b.Loop() {
					if err := do(); err != nil {
						b.Fatal(err)
					}
				}
				used := processorTime() - start
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(used.Nanoseconds())/float64(b.N*n), "cpu-ns/row")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N*n), "B/row")
			})
		}
	}
}

// Check fails unless each case takes about as much memory and time a row for eight times as many rows. Memory is exact.
// Time is that of the processors where the system tells it, but not exact on a machine that does other things: of some
// attempts the least counts, and only what grows as the square of the rows, and so by 64, is found out.
func Check(t *testing.T, cases []Case) {
	t.Helper()
	const (
		n, times  = 1_000, 8
		spareTime = 500 * time.Microsecond // below it a clock says little
		spareSize = 1 << 16                // bytes that others allocate meanwhile
		attempts  = 8
	)
	for _, c := range cases {
		shortTime, shortSize := measure(t, c, n)
		longTime, longSize := measure(t, c, n*times)
		if longSize > 1.5*times*shortSize+spareSize {
			t.Errorf("%s: %.0f B/row of %d rows, %.0f of %d", c.Name, shortSize/n, n, longSize/n/times, n*times)
		}
		slow := func() bool { return longTime > 4*times*max(shortTime, spareTime) }
		for i := 1; i < attempts && slow(); i++ {
			again, _ := measure(t, c, n*times)
			longTime = min(longTime, again)
		}
		if slow() {
			t.Errorf("%s: %v for %d rows, %v for %d", c.Name, shortTime, n, longTime, n*times)
		}
	}
}

// measure returns the least time and memory of some runs.
func measure(t *testing.T, c Case, n int) (least time.Duration, size float64) {
	t.Helper()
	do, _ := c.Make(n)
	least, size = math.MaxInt64, math.Inf(1)
	const long = 100 * time.Millisecond // which one run measures well enough
	for run := 0; run < 2 && (run == 0 || least < long); run++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := processorTime()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		least = min(least, processorTime()-start)
		runtime.ReadMemStats(&after)
		size = min(size, float64(after.TotalAlloc-before.TotalAlloc))
	}
	return least, size
}
