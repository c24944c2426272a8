package ir

import "fmt"

type (
	// Normalize is layer normalisation over the last axis without scale and shift.
	Normalize struct {
		rowwise
		Eps float64
	}
	// NormalizeGrad takes (x, dy).
	NormalizeGrad struct {
		rowwise
		Eps float64
	}
)

func (o Normalize) String() string     { return fmt.Sprintf("normalize %g", o.Eps) }
func (o NormalizeGrad) String() string { return fmt.Sprintf("normalizeGrad %g", o.Eps) }

func (Normalize) Check(out []int, args [][]int) error     { return same(out, args, 1) }
func (NormalizeGrad) Check(out []int, args [][]int) error { return same(out, args, 2) }

func (o Normalize) Batch(_ []int, stacked []bool) (Op, bool)     { return o, all(stacked) }
func (o NormalizeGrad) Batch(_ []int, stacked []bool) (Op, bool) { return o, all(stacked) }
