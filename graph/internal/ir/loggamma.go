package ir

import "fmt"

// LogGamma is a derivative of ln|Γ| at its argument, of order 0 to 2; with a second argument, by how much it is greater at
// the sum of both.
type LogGamma struct {
	rowwise
	Order int
}

// String implements Op.
func (o LogGamma) String() string {
	return [...]string{"logGamma", "digamma", "trigamma"}[o.Order]
}

// Check implements Op.
func (o LogGamma) Check(out []int, args [][]int) error {
	if n := len(args); n != 1 && n != 2 {
		return fmt.Errorf("%d arguments; want 1 or 2", n)
	}
	return same(out, args, len(args))
}

// Batch implements Batcher.
func (o LogGamma) Batch(_ []int, stacked []bool) (Op, bool) { return o, all(stacked) }

// Overwrites implements Overwriter.
func (LogGamma) Overwrites(args int) (first, last int) { return 0, args }

// MultiplyAdds implements Coster: an element takes some 50 ns, as long as 1,000 multiply-adds.
func (LogGamma) MultiplyAdds(out []int, args [][]int) float64 {
	return 1000 * float64(len(args)) * float64(Size(out))
}
