package program

// Shares returns the places of the first examples of each class, n of all in order, each class in its share: a dataset may
// have one class after the other. Without a limit, at 0, and with one that is not below their number they are all.
func Shares(labels []int, classes, n int) []int {
	total := len(labels)
	if n < 1 || n > total {
		n = total
	}
	seen, size := make([]int, classes), make([]int, classes)
	for _, label := range labels {
		size[label]++
	}
	want, before := make([]int, classes), 0
	for label, k := range size { // cumulative, so that the shares add up to n
		want[label] = (before+k)*n/max(1, total) - before*n/max(1, total)
		before += k
	}
	kept := make([]int, 0, n)
	for i, label := range labels {
		if seen[label]++; seen[label] <= want[label] {
			kept = append(kept, i)
		}
	}
	return kept
}
