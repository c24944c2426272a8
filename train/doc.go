// Package train fits the parameters of a program to data: optimizers, gradient clipping, learning-rate schedules and
// early stopping, each usable alone, and the loop that joins them.
package train
