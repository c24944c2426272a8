package program

import "slices"

// ProbeBatch is how many examples a probe of the gradients reads: enough that none of them decides the picture.
const ProbeBatch = 32

// AroundMedian returns those of n examples that are in the middle of an order, ProbeBatch at most.
func AroundMedian(n int, compare func(i, j int) int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, compare)
	size := min(ProbeBatch, n)
	from := (n - size) / 2
	return order[from : from+size]
}
