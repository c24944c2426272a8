package train

// StepEvent is what a callback is told after each update of the weights.
type StepEvent struct {
	Epoch        int     // from 1
	Step, Steps  int     // within the epoch, from 1
	Loss         float64 // of the batch, or the mean of those that make the update
	GradNorm     float64 // global norm of the gradient before clipping
	LearningRate float64
}

// EpochEvent is what a callback is told after each epoch.
type EpochEvent struct {
	Epoch, Epochs int
	TrainLoss     float64 // mean over the steps, each with its Weight and the parameters that it found
	Valid         Evaluation
	Best          bool // the best so far, by validation loss or by the metric of Maximize or Minimize
	Last          bool // none follows: it is the last of Epochs, or patience has run out
	Seconds       float64
	Tokens        int
}

// Callbacks watch a run. A nil one is not called. An error ends the run, which returns it as it is and restores the
// best weights so far. All are called between steps, so that a Loop can be saved in them; the parameters then hold the
// weights that are trained, and not their average.
type Callbacks struct {
	Step  func(StepEvent) error
	Epoch func(EpochEvent) error
	// Checkpoint is called after every so many steps as the option CheckpointEvery says. The last weights are still in
	// the parameters.
	Checkpoint func(*Loop) error
}
