package train

// EarlyStopping ends a run whose validation loss, or another value, becomes no better. The zero value never ends one, and
// keeps track of the best epoch.
//
// Prechelt: Early Stopping – But When?, 1998.
type EarlyStopping struct {
	// Patience is the number of evaluations without progress after which to stop; zero means never.
	Patience int
	// MinDelta is the amount by which a better value must differ from the best one.
	MinDelta float64
	// Maximize says that the higher value is the better, as of an accuracy; without it the lower is, as of a loss.
	Maximize bool

	bestEpoch int
	bestValue float64
	found     bool
	bad       int
}

// Observe takes the value after an epoch. best says that it is the best so far, so that its weights are the ones to
// keep; stop says that patience has run out. A value of NaN is never the best.
func (e *EarlyStopping) Observe(epoch int, value float64) (best, stop bool) {
	if value == value && (!e.found || e.better(value)) {
		e.bestEpoch, e.bestValue, e.found, e.bad = epoch, value, true, 0
		return true, false
	}
	e.bad++
	return false, e.Patience > 0 && e.bad >= e.Patience
}

func (e *EarlyStopping) better(value float64) bool {
	if e.Maximize {
		return value > e.bestValue+e.MinDelta
	}
	return value < e.bestValue-e.MinDelta
}

// Best returns the best epoch and its value; ok is false as long as no value was a number.
func (e *EarlyStopping) Best() (epoch int, value float64, ok bool) {
	return e.bestEpoch, e.bestValue, e.found
}
