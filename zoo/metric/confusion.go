package metric

// Confusion counts the examples of each true class by the class that they were taken for.
type Confusion struct {
	Classes []string `json:"classes"` // their names
	Counts  [][]int  `json:"counts"`  // [true][predicted]
}

// NewConfusion returns a matrix of zeros.
func NewConfusion(classes []string) *Confusion {
	c := &Confusion{Classes: classes, Counts: make([][]int, len(classes))}
	for i := range c.Counts {
		c.Counts[i] = make([]int, len(classes))
	}
	return c
}

// Accuracy returns the part of the examples whose class is right.
func (c *Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i, row := range c.Counts {
		right += row[i]
		for _, n := range row {
			all += n
		}
	}
	return float64(right) / float64(max(1, all))
}

// F1 returns the macro F1 score: the mean over the classes of 2·TP/(2·TP + FP + FN). A class that neither occurs nor is
// predicted does not count.
func (c *Confusion) F1() float64 {
	sum, n := 0.0, 0
	for k := range c.Counts {
		occurs, predicted := 0, 0
		for j := range c.Counts {
			occurs += c.Counts[k][j]
			predicted += c.Counts[j][k]
		}
		if occurs+predicted > 0 {
			sum += 2 * float64(c.Counts[k][k]) / float64(occurs+predicted)
			n++
		}
	}
	return sum / float64(max(1, n))
}
