package train

// EarlyStopping ends a run whose validation loss falls no more. The zero value never ends one, and keeps track of the
// best epoch.
//
// Prechelt: Early Stopping – But When?, 1998.
type EarlyStopping struct {
	// Patience is the number of evaluations without progress after which to stop; zero means never.
	Patience int
	// MinDelta is the amount by which a better loss must be below the best one.
	MinDelta float64

	bestEpoch int
	bestLoss  float64
	found     bool
	bad       int
}

// Observe takes the loss after an epoch. best says that it is the lowest so far, so that its weights are the ones to
// keep; stop says that patience has run out. A loss of NaN is never the best.
func (e *EarlyStopping) Observe(epoch int, loss float64) (best, stop bool) {
	if loss == loss && (!e.found || loss < e.bestLoss-e.MinDelta) {
		e.bestEpoch, e.bestLoss, e.found, e.bad = epoch, loss, true, 0
		return true, false
	}
	e.bad++
	return false, e.Patience > 0 && e.bad >= e.Patience
}

// Best returns the best epoch and its loss; ok is false as long as no loss was a number.
func (e *EarlyStopping) Best() (epoch int, loss float64, ok bool) {
	return e.bestEpoch, e.bestLoss, e.found
}
