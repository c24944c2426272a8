package train

import "math"

// ExponentialDecay multiplies the rate by Gamma at every step: Base·Gamma^step, as
// torch.optim.lr_scheduler.ExponentialLR.
type ExponentialDecay struct {
	// Base is the rate at the start.
	Base float64
	// Gamma is the factor; zero means 1, no decay.
	Gamma float64
}

var _ Schedule = ExponentialDecay{}

// At implements Schedule.
func (s ExponentialDecay) At(step int) float64 {
	return s.Base * math.Pow(orDefault(s.Gamma, 1), float64(max(0, step)))
}
