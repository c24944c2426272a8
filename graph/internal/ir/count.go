package ir

import "fmt"

// A scan that is counted ends with the longest sequence: its last argument is the lengths of the sequences, and steps behind
// the largest of them are not computed. These operations do at its end, and at its beginning, what depends on how many
// steps there were. The plan makes them; no graph has them. Their last argument is the lengths.
type (
	// TakeStep is the element of a stack behind so many as there were steps.
	TakeStep struct{ Count }
	// PutStep writes an element there: its result is the stack, of which the rest stays as it is.
	PutStep struct{ Count }
	// ClearTail sets to zero what stands in a stack behind that of the last step. With States the stack has one more
	// element than there are steps.
	ClearTail struct {
		Count
		States bool
	}
)

// Count says how many steps there are for given lengths.
type Count struct {
	Steps  int  // the most
	Strip  int  // if not 0 the steps are strips of so many of the sequence's
	Within bool // they are those of one strip, whose number is the time step of the loop around
}

// Of returns the number of steps for sequences of which the longest has so many, in a strip of a number.
func (c Count) Of(longest, strip int) int {
	switch {
	case c.Within:
		longest -= strip * c.Steps
	case c.Strip > 0:
		longest = (longest + c.Strip - 1) / c.Strip
	}
	return min(max(longest, 0), c.Steps)
}

// String implements Op.
func (TakeStep) String() string { return "takeStep" }

// String implements Op.
func (PutStep) String() string { return "putStep" }

// String implements Op.
func (ClearTail) String() string { return "clearTail" }

// Check implements Op.
func (TakeStep) Check(out []int, args [][]int) error { return checkStep(out, args) }

// Check implements Op.
func (PutStep) Check(out []int, args [][]int) error {
	return checkStep(args[0], [][]int{out, args[1]})
}

// Check implements Op.
func (ClearTail) Check(_ []int, args [][]int) error { return count(args, 1) }

func checkStep(element []int, args [][]int) error {
	if err := count(args, 2); err != nil {
		return err
	}
	if s := args[0]; len(s) == 0 || !SameShape(s[1:], element) {
		return fmt.Errorf("an element %v of a stack %v", element, s)
	}
	return nil
}

func (TakeStep) ReadsIndex(arg int) bool { return arg == 1 }
func (PutStep) ReadsIndex(arg int) bool  { return arg == 1 }
func (ClearTail) ReadsIndex(int) bool    { return true }

func (TakeStep) Reads(arg int) Form { return stridedButIndices(arg) }
func (PutStep) Reads(arg int) Form  { return stridedButIndices(arg) }
func (TakeStep) Writes() Form       { return Strided }
func (PutStep) Writes() Form        { return Strided }
func (ClearTail) Writes() Form      { return Strided }

func stridedButIndices(arg int) Form {
	if arg == 0 {
		return Strided
	}
	return Contiguous
}
