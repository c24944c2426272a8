package train

import "github.com/rnnzoo/rnnzoo/graph"

// Task is what a run learns: examples, and compiled programs that compute the loss over batches of them.
type Task interface {
	// Params returns the parameters that are learnt.
	Params() *graph.Params
	// Batches divides the training examples into the batches of an epoch, counted from 1: a function of its arguments
	// alone, so that a run can go on in the middle. It is called before the epoch's first step.
	Batches(epoch, size int, seed uint64) [][]int
	// Step returns a program whose inputs are set to the examples of a batch. number counts the batches of the run from
	// 0: what is random in one comes from it and the seed of Batches, so that it can be done again.
	Step(number int, examples []int) (Step, error)
	// Validate evaluates the parameters as they are on the validation part.
	Validate() (Evaluation, error)
}

// Step is a batch: what one update of the weights is made of, or with Accumulate a part of one.
type Step struct {
	Program *graph.Program // with a loss
	Tokens  int            // the steps of the sequences in it
	// Weight is that of this batch in the mean loss of an epoch, and of its gradient among those that are accumulated:
	// what its loss has been divided by, as the number of targets that are not padding. 0 means the number of examples.
	Weight float64
}

// Evaluation is how well the parameters do on examples that they have not learnt from.
type Evaluation struct {
	Loss    float64
	Metrics map[string]float64
}
