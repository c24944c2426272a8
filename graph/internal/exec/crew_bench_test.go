package exec

import (
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkBarrier is what workers that arrive together pay to meet.
func BenchmarkBarrier(b *testing.B) {
	for n := 2; n <= runtime.GOMAXPROCS(0); n *= 2 {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCrew(n)
			defer c.stop()
			job := func(int) {
				var count uint64
				for range b.N {
					c.barrier(&count)
				}
			}
			c.start(job)
			job(0)
		})
	}
}
