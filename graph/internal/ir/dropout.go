package ir

import "fmt"

// Dropout drops elements by the mask of the program's seed, the run's number and Key, and with EachStep by another one at
// each time step.
type Dropout struct {
	rowwise
	Rate float64
	Seed uint64
	Key  uint64

	EachStep bool
	Strip    int // if not 0, the steps of the loop around are strips of so many steps of one sequence
}

// String implements Op.
func (o Dropout) String() string { return fmt.Sprintf("dropout %g", o.Rate) }

// Check implements Op.
func (Dropout) Check(out []int, args [][]int) error { return same(out, args, 1) }
