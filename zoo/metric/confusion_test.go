package metric

import (
	"math"
	"testing"
)

func TestConfusion(t *testing.T) {
	c := &Confusion{Classes: []string{"a", "b", "c"}, Counts: [][]int{{3, 1, 0}, {2, 4, 0}, {0, 0, 0}}}
	if got := c.Accuracy(); got != 0.7 {
		t.Errorf("accuracy %v; want 0.7", got)
	}
	// a: precision 3/5 and recall 3/4; b: 4/5 and 4/6; c does not count.
	if got, want := c.F1(), (6.0/9+8.0/11)/2; math.Abs(got-want) > 1e-15 {
		t.Errorf("F1 %v; want %v", got, want)
	}
}
