package ir

import "fmt"

// Transpose permutes the axes: axis i of the result is axis Perm[i] of the argument.
type Transpose struct{ Perm Perm }

// Perm is a permutation of up to MaxRank axes.
type Perm struct {
	Axis [MaxRank]uint8
	Rank uint8
}

// MaxRank is the largest number of axes of a tensor.
const MaxRank = 8

// NewPerm makes a Perm of axes.
func NewPerm(axes ...int) Perm {
	p := Perm{Rank: uint8(len(axes))}
	for i, a := range axes {
		p.Axis[i] = uint8(a)
	}
	return p
}

// String implements Op.
func (o Transpose) String() string { return fmt.Sprintf("transpose %v", o.Perm.Axis[:o.Perm.Rank]) }

// Check implements Op.
func (o Transpose) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	if len(out) != int(o.Perm.Rank) || len(args[0]) != len(out) {
		return fmt.Errorf("%v to %v by a permutation of %d axes", args[0], out, o.Perm.Rank)
	}
	var seen [MaxRank]bool
	for i, d := range out {
		from := o.Perm.Axis[i]
		if int(from) >= len(out) || seen[from] || args[0][from] != d {
			return fmt.Errorf("%v to %v", args[0], out)
		}
		seen[from] = true
	}
	return nil
}

// View implements Viewer.
func (o Transpose) View(out, _, strides []int) (int, []int, bool) {
	s := make([]int, len(out))
	for i := range s {
		s[i] = strides[o.Perm.Axis[i]]
	}
	return 0, s, true
}

// Batch implements Batcher.
func (o Transpose) Batch([]int, []bool) (Op, bool) {
	if o.Perm.Rank == MaxRank {
		return nil, false
	}
	axes := []int{0}
	for _, a := range o.Perm.Axis[:o.Perm.Rank] {
		axes = append(axes, int(a)+1)
	}
	return Transpose{NewPerm(axes...)}, true
}
