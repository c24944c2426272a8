package calendar

import (
	"testing"
	"time"
)

func BenchmarkRead(b *testing.B) {
	for _, pattern := range []string{"%Y-%m-%d %H:%M:%S", "%-m/%-d/%Y %-I:%M %pA", "%d-%baT-%Y", "%Y-%m-%dT%H:%M:%S%z:+"} {
		b.Run(pattern, func(b *testing.B) {
			form, err := ParseForm(pattern)
			if err != nil {
				b.Fatal(err)
			}
			labels := make([]string, 10_000)
			for i := range labels {
				labels[i] = form.Write(time.Date(2000, 1, 1, i, 0, 0, 0, time.FixedZone("", 3600)))
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Read(labels); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(labels)), "ns/label")
		})
	}
}

func BenchmarkIsTime(b *testing.B) {
	for _, label := range []string{"112.5", "a word or two", "2024-01-31 15:04", "1/2/2024", "12-34-56-78-90"} {
		b.Run(label, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				IsTime(label)
			}
		})
	}
}
