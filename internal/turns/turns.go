// Package turns has tests decide in which order the workers of a program come to its barriers, so that one that is missing
// shows every time.
package turns

import "sync/atomic"

// Order returns the order in which workers do their parts between two barriers, each once.
type Order func(round, workers int) []int

var current atomic.Pointer[Order]

// Take has the workers of all programs take turns in one goroutine from now on, each up to its next barrier; nil has them
// run side by side again.
func Take(o Order) {
	if o == nil {
		current.Store(nil)
		return
	}
	current.Store(&o)
}

// Current returns the order that has been set, or nil.
func Current() Order {
	if o := current.Load(); o != nil {
		return *o
	}
	return nil
}
