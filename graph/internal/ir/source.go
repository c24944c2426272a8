package ir

import "fmt"

// Sources: values that no instruction computes.
type (
	// Input is a tensor of numbers that the caller sets before a run.
	Input struct {
		source
		Name string
	}
	// IndexInput is a tensor of integers that the caller sets: indices, targets, lengths.
	IndexInput struct {
		source
		Name string
	}
	// Param is the parameter of a name in the store.
	Param struct {
		source
		Name string
	}
	// Data is a constant tensor.
	Data struct {
		source
		Values *[]float64
	}
	// Fill is a constant tensor with one number everywhere.
	Fill struct {
		source
		Value float64
	}
)

// source is what sources share.
type source struct{}

func (source) isSource() {}

func (source) Check(_ []int, args [][]int) error { return count(args, 0) }

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
