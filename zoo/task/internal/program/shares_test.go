package program

import (
	"slices"
	"testing"
)

// TestShares keeps the first examples of each class, in order, and of each its share of them.
func TestShares(t *testing.T) {
	labels := []int{2, 2, 2, 2, 0, 0, 1, 1, 1, 1, 1, 1} // 4 of 2, 2 of 0, 6 of 1
	for n, want := range map[int][]int{
		6: {0, 1, 4, 6, 7, 8}, 1: {0}, 12: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
		0: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 40: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
	} {
		if got := Shares(labels, 3, n); !slices.Equal(got, want) {
			t.Errorf("%d of them are %v; want %v", n, got, want)
		}
	}
	for n := range 13 {
		if got := len(Shares(labels, 3, n)); n > 0 && got != n {
			t.Errorf("%d examples; want %d", got, n)
		}
	}
	if got := Shares(nil, 3, 5); len(got) != 0 {
		t.Errorf("of none there are %v", got)
	}
}
