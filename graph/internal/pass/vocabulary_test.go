package pass

import "testing"

func TestChunkCount(t *testing.T) {
	for _, c := range []struct {
		rows, vocabulary, width int
		gradient                bool
		want                    int
	}{
		{700, 10000, 650, true, 1},  // W10: the weight's gradient is as large as the scores
		{700, 10000, 650, false, 2}, // of which an evaluation has none
		{1024, 5110, 256, true, 4},  // translation
		{4096, 5110, 256, true, 16},
		{1024, 100, 256, true, 1}, // a classification
		{1, 100000, 64, true, 1},
	} {
		if got := chunkCount(c.rows, c.vocabulary, c.width, c.gradient); got != c.want {
			t.Errorf("%d rows of %d scores, width %d, gradient %v: %d chunks; want %d", c.rows, c.vocabulary, c.width, c.gradient, got, c.want)
		}
	}
}
