package train

import "math"

// CosineAnnealing lowers the rate from Base to Min along half a cosine, Min + (Base−Min)·(1 + cos(π·step/Steps))/2.
// After Steps it goes up again the same way, as torch.optim.lr_scheduler.CosineAnnealingLR does.
//
// Loshchilov, Hutter: SGDR: Stochastic Gradient Descent with Warm Restarts, https://arxiv.org/abs/1608.03983.
type CosineAnnealing struct {
	// Base is the rate at the start.
	Base float64
	// Steps is the number of steps from Base to Min; zero means that the rate stays at Base.
	Steps int
	// Min is the rate at the end.
	Min float64
}

var _ Schedule = CosineAnnealing{}

// At implements Schedule.
func (s CosineAnnealing) At(step int) float64 {
	if s.Steps <= 0 {
		return s.Base
	}
	return cosineBetween(s.Base, s.Min, float64(max(0, step))/float64(s.Steps))
}

// cosineBetween goes from a at 0 to b at 1 along half a cosine.
func cosineBetween(a, b, at float64) float64 { return b + (a-b)*(1+math.Cos(math.Pi*at))/2 }
