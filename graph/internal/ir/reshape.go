package ir

import "fmt"

// Reshape keeps the elements in row-major order.
type Reshape struct{}

// String implements Op.
func (Reshape) String() string { return "reshape" }

// Check implements Op.
func (Reshape) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	if Size(out) != Size(args[0]) {
		return fmt.Errorf("%v has %d elements, %v has %d", args[0], Size(args[0]), out, Size(out))
	}
	return nil
}

// View implements Viewer.
func (Reshape) View(out, shape, strides []int) (int, []int, bool) {
	s, ok := ReshapeStrides(shape, strides, out)
	return 0, s, ok
}

// ReshapeStrides returns the strides under which a layout shows another shape of as many elements, if it can.
func ReshapeStrides(shape, strides, to []int) ([]int, bool) {
	out := make([]int, len(to))
	i, j := 0, 0
	for j < len(to) || i < len(shape) {
		// Take the smallest groups of axes with the same number of elements on both sides.
		i0, j0 := i, j
		n, m := 1, 1
		if i < len(shape) {
			n = shape[i]
			i++
		}
		if j < len(to) {
			m = to[j]
			j++
		}
		for n != m {
			if n < m {
				n *= shape[i]
				i++
			} else {
				m *= to[j]
				j++
			}
		}
		// Axes of the group must be one run, size-1 axes aside.
		step, have := 1, 1
		first := true
		for k := i - 1; k >= i0; k-- {
			if shape[k] == 1 {
				continue
			}
			if first {
				step, first = strides[k], false
			} else if strides[k] != step*have {
				return nil, false
			}
			have *= shape[k]
		}
		for k := j - 1; k >= j0; k-- {
			out[k] = step
			step *= to[k]
		}
	}
	return out, true
}

// Batch implements Batcher.
func (o Reshape) Batch([]int, []bool) (Op, bool) { return o, true }
