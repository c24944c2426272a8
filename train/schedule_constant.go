package train

// Constant is the schedule of one learning rate all along.
type Constant float64

var _ Schedule = Constant(0)

// At implements Schedule.
func (c Constant) At(int) float64 { return float64(c) }
