package train

// OneCycle raises the rate from Max/DivFactor to Max and then lowers it to Max/DivFactor/FinalDivFactor, both along
// half a cosine, as torch.optim.lr_scheduler.OneCycleLR. After Steps it stays at the end.
//
// Smith, Topin: Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates,
// https://arxiv.org/abs/1708.07120.
type OneCycle struct {
	// Max is the highest rate.
	Max float64
	// Steps is the number of steps of the whole cycle; up to one means that the rate is Max.
	Steps int
	// Rise is the share of the cycle in which the rate rises, up to 1; zero means 0.3.
	Rise float64
	// DivFactor is Max over the rate at the start; zero means 25.
	DivFactor float64
	// FinalDivFactor is the rate at the start over that at the end; zero means 1e4.
	FinalDivFactor float64
}

var _ Schedule = OneCycle{}

// At implements Schedule.
func (s OneCycle) At(step int) float64 {
	if s.Steps <= 1 {
		return s.Max
	}
	first := s.Max / orDefault(s.DivFactor, 25)
	last := first / orDefault(s.FinalDivFactor, 1e4)
	// The top is at step Rise·Steps − 1, which for a short cycle is before its first step.
	at := float64(min(max(0, step), s.Steps-1))
	top, end := orDefault(s.Rise, 0.3)*float64(s.Steps)-1, float64(s.Steps-1)
	if at < top {
		return cosineBetween(first, s.Max, at/top)
	}
	if top >= end {
		return s.Max
	}
	return cosineBetween(s.Max, last, (at-top)/(end-top))
}
