package ir

import "fmt"

// LengthMask makes [T, B, 1] from lengths [B]: 1 before a sequence's end, 0 from there on.
type LengthMask struct{}

// String implements Op.
func (LengthMask) String() string { return "lengthMask" }

// Check implements Op.
func (LengthMask) Check(out []int, args [][]int) error {
	if err := count(args, 1); err != nil {
		return err
	}
	if len(out) != 3 || out[2] != 1 || !SameShape(args[0], out[1:2]) {
		return fmt.Errorf("%v of lengths %v", out, args[0])
	}
	return nil
}

// ReadsIndex implements IndexReader.
func (LengthMask) ReadsIndex(int) bool { return true }
