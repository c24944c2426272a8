package ir

import "fmt"

type (
	// CrossEntropy gives a loss for each row of (logits [N, V], target [N], class weights [V] if Weighted).
	CrossEntropy struct{ CrossEntropyAttr }
	// CrossEntropyGrad takes the loss's gradient [N] as a last argument.
	CrossEntropyGrad struct{ CrossEntropyAttr }
	// TargetWeight takes (target, weights), and gives each target's weight.
	TargetWeight struct {
		CrossEntropyAttr
		Classes int
	}
)

// CrossEntropyAttr are the options that the cross-entropy ops share.
type CrossEntropyAttr struct {
	Ignore    int
	Smoothing float64
	Weighted  bool
}

func (CrossEntropy) String() string     { return "crossEntropy" }
func (CrossEntropyGrad) String() string { return "crossEntropyGrad" }
func (TargetWeight) String() string     { return "targetWeight" }

// arguments returns how many arguments there are beside n.
func (a CrossEntropyAttr) arguments(n int) int {
	if a.Weighted {
		n++
	}
	return n
}

// Check implements Op.
func (o CrossEntropy) Check(out []int, args [][]int) error {
	if err := count(args, o.arguments(2)); err != nil {
		return err
	}
	return checkLogits(o.CrossEntropyAttr, out, args)
}

// Check implements Op.
func (o CrossEntropyGrad) Check(out []int, args [][]int) error {
	if err := count(args, o.arguments(3)); err != nil {
		return err
	}
	if !SameShape(out, args[0]) {
		return fmt.Errorf("the gradient %v of logits %v", out, args[0])
	}
	return checkLogits(o.CrossEntropyAttr, args[len(args)-1], args)
}

// Check implements Op.
func (o TargetWeight) Check(out []int, args [][]int) error {
	if err := count(args, o.arguments(1)); err != nil {
		return err
	}
	if !SameShape(out, args[0]) || o.Weighted && !SameShape(args[1], []int{o.Classes}) {
		return fmt.Errorf("%v of %v", out, args)
	}
	return nil
}

func checkLogits(a CrossEntropyAttr, loss []int, args [][]int) error {
	logits := args[0]
	if len(logits) != 2 || !SameShape(args[1], logits[:1]) || !SameShape(loss, logits[:1]) || a.Weighted && !SameShape(args[2], logits[1:]) {
		return fmt.Errorf("losses %v of %v", loss, args)
	}
	return nil
}

func (CrossEntropy) ReadsIndex(arg int) bool     { return arg == 1 }
func (CrossEntropyGrad) ReadsIndex(arg int) bool { return arg == 1 }
func (TargetWeight) ReadsIndex(arg int) bool     { return arg == 0 }

func (CrossEntropy) Reads(arg int) Form     { return rowsButIndices(arg) }
func (CrossEntropyGrad) Reads(arg int) Form { return rowsButIndices(arg) }
func (CrossEntropyGrad) Writes() Form       { return Rows }

// Overwrites implements Overwriter: a row's gradient may stand where the row was.
func (CrossEntropyGrad) Overwrites(int) (first, last int) { return 0, 1 }

func (CrossEntropy) Divide(out []int) (axis, unit int)     { return firstAxis(out), 1 }
func (CrossEntropyGrad) Divide(out []int) (axis, unit int) { return 0, 1 }

// Part implements Divider: class weights stay whole.
func (CrossEntropy) Part(arg, _ int, _ []int, _ [][]int) int {
	if arg < 2 {
		return 0
	}
	return -1
}

// Part implements Divider: class weights stay whole, the gradient of the losses, the last argument, does not.
func (CrossEntropyGrad) Part(arg, _ int, _ []int, args [][]int) int {
	if arg < 2 || arg == len(args)-1 {
		return 0
	}
	return -1
}
