package ir

import "fmt"

// Sources: values that no instruction computes.
type (
	// Input is a tensor of numbers that the caller sets before a run.
	Input struct {
		noArguments
		Name string
	}
	// IndexInput is a tensor of integers that the caller sets: indices, targets, lengths.
	IndexInput struct {
		noArguments
		Name string
	}
	// Param is the parameter of a name in the store.
	Param struct {
		noArguments
		Name string
	}
	// Data is a constant tensor.
	Data struct {
		noArguments
		Values *[]float64
	}
	// Fill is a constant tensor with one number everywhere.
	Fill struct {
		noArguments
		Value float64
	}
)

// noArguments is what sources share.
type noArguments struct{}

func (noArguments) isSource() {}

func (noArguments) Check(_ []int, args [][]int) error { return count(args, 0) }

// Check implements Op.
func (o Data) Check(out []int, args [][]int) error {
	if len(*o.Values) != Size(out) {
		return fmt.Errorf("%d numbers for %v", len(*o.Values), out)
	}
	return count(args, 0)
}

func (o Input) String() string      { return "input " + o.Name }
func (o IndexInput) String() string { return "index input " + o.Name }
func (o Param) String() string      { return "param " + o.Name }
func (o Data) String() string       { return "data" }
func (o Fill) String() string       { return fmt.Sprintf("fill %g", o.Value) }
