package train

import "math"

// StepDecay multiplies the rate by Gamma once every so many steps: Base·Gamma^⌊step/Every⌋, as
// torch.optim.lr_scheduler.StepLR.
type StepDecay struct {
	// Base is the rate at the start.
	Base float64
	// Every is the number of steps of one rate; zero means all of them.
	Every int
	// Gamma is the factor; zero means 0.1.
	Gamma float64
}

var _ Schedule = StepDecay{}

// At implements Schedule.
func (s StepDecay) At(step int) float64 {
	if s.Every <= 0 {
		return s.Base
	}
	return s.Base * math.Pow(orDefault(s.Gamma, 0.1), float64(max(0, step)/s.Every))
}
