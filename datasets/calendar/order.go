package calendar

import "time"

// Direction is the order of times.
type Direction int

// The orders of times.
const (
	Unordered Direction = iota
	OldestFirst
	NewestFirst
)

// String returns "oldest first", "newest first" or "in no order".
func (d Direction) String() string {
	switch d {
	case OldestFirst:
		return "oldest first"
	case NewestFirst:
		return "newest first"
	}
	return "in no order"
}

// Order returns the order of times. Equal ones may follow each other, as clocks put back in autumn write them; where
// all are equal, or there are fewer than two, the oldest is first.
func Order(times []time.Time) Direction {
	rises, falls := true, true
	for i := 1; i < len(times); i++ {
		switch times[i].Compare(times[i-1]) {
		case 1:
			falls = false
		case -1:
			rises = false
		}
	}
	switch {
	case rises:
		return OldestFirst
	case falls:
		return NewestFirst
	}
	return Unordered
}
