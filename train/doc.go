// Package train fits the parameters of a program to data: optimizers, gradient clipping, learning-rate schedules and
// early stopping, each usable alone, and the loop that joins them and can accumulate gradients and average weights.
//
// A Task divides its examples into batches and makes a program of each; Run trains it. What a run is trained with is a
// Recipe, which can be written down, and what cannot be, which only a Go program can give:
//
//	result, err := train.Run(ctx, task, train.Epochs(20), train.Optimize(&train.Adam{LR: 0.003}), train.Patience(5))
//
// # What is repeatable
//
// The same task, recipe and seed give the same weights, bit for bit, on one kind of processor and with one number of
// threads: others may round otherwise. Nothing random has a state. The batches come from the number of the epoch and
// the seed, the dropout of a batch from its number and the seed. So a Loop that was stopped between any two steps,
// saved and resumed ends with the bits of one that was never stopped.
//
// # What serves many goroutines
//
// The functions of this package and schedules, but for a MetricSchedule, serve any number, each call on values of its own.
// A Loop, an Optimizer and an EarlyStopping serve one at a time, and a Task the one that runs its loop: while it runs,
// nothing else may use the task's parameters. Callbacks are called by that goroutine, between two steps.
package train
