package pass

import "testing"

func TestChunkCount(t *testing.T) {
	for _, c := range []struct {
		rows, vocabulary, width, want int
	}{
		{700, 10000, 650, 1}, // W10: the weight is as large as the scores
		{1024, 5110, 256, 4}, // translation
		{4096, 5110, 256, 16},
		{1024, 100, 256, 1}, // a classification
		{1, 100000, 64, 1},
	} {
		if got := chunkCount(c.rows, c.vocabulary, c.width); got != c.want {
			t.Errorf("%d rows of %d scores, width %d: %d chunks; want %d", c.rows, c.vocabulary, c.width, got, c.want)
		}
	}
}
