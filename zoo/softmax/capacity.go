package softmax

import "math/bits"

// MaxTails is how many tails an adaptive softmax has at most.
const MaxTails = 8

// Capacity is how many targets of each tail of an adaptive softmax a program has room for; 0, as in the zero value and
// of tails that are not there, means all. It can be the key of a map of programs. The other kinds need none, and theirs
// is the zero value.
type Capacity [MaxTails]int

// Capacity returns the capacity of the program that is to have targets, a function of these alone: for each tail the
// number of its targets, rounded up to a multiple of an eighth of the next power of two, and at least 8. So batches of
// one kind of text need a handful of programs, which compute for at most a quarter of the rows in vain. A capacity that
// Covers it does as well.
func (s *Softmax) Capacity(targets []int) (Capacity, error) {
	if err := s.unmade(); err != nil {
		return Capacity{}, err
	}
	if err := s.check(targets); err != nil {
		return Capacity{}, err
	}
	return s.kind.capacity(targets), nil
}

// Covers reports whether a program of this capacity has room for what one of another has.
func (c Capacity) Covers(other Capacity) bool {
	for i, n := range c {
		if n != 0 && (other[i] == 0 || other[i] > n) {
			return false
		}
	}
	return true
}

// roundUp returns the capacity for n of so many targets.
func roundUp(n, targets int) int {
	const fewest = 8 // so that a program has the parameters of each tail, also for a batch without it
	if n <= fewest {
		return max(1, min(fewest, targets))
	}
	unit := 1 << bits.Len(uint(n-1)) / 8
	return min((n+unit-1)/unit*unit, targets)
}
