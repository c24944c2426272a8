package exec

import (
	"runtime"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// In the pinned version of package tensor, Dense.Data holds the address of the elements as a number until it has made
// a slice of it. If the tensor is not used any more and nothing else points to the elements, a garbage collection in
// between frees them, and the caller reads and writes memory that is somebody else's: the loss of a program, say, that
// is asked for its loss last of all. The tensors of programs and parameters therefore come from Dense, and what others
// have made is read by Data.

// Dense returns a tensor that shows a slice. The memory stays for one garbage collection longer than the last pointer
// to the tensor, so that whoever calls Data on it holds a slice by then.
func Dense(backing any, shape ...int) *tensor.Dense {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(backing))
	runtime.SetFinalizer(t, nil) // package tensor takes it out of a pool
	runtime.SetFinalizer(t, func(*tensor.Dense) {})
	return t
}

// Data returns the elements of a value as its method does, and holds the value until there is a slice of them.
func Data(v gorgonia.Value) any {
	data := v.Data()
	runtime.KeepAlive(v)
	return data
}
