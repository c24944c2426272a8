package train

import "github.com/rnnzoo/rnnzoo/graph/safetensors"

// Carrier is a Task whose batches begin with what the one before has left, such as the states of a network that reads a long
// text in windows. A checkpoint keeps that.
type Carrier interface {
	Task
	// Carried returns what the next batch begins with; one that has no tensors and no metadata if that is nothing.
	Carried() *safetensors.File
	// Carry has the next batch begin with what Carried returned of a task that was made in the same way. What does not fit
	// is an error, which changes nothing.
	Carry(*safetensors.File) error
}

const carriedPrefix = "carried/" // what the next batch begins with
