package metric

// Confusion counts the examples of each true class by the class that they were taken for. What is missing in a row counts
// nothing, and neither does what is beyond the last class.
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

// at returns a count.
func (c *Confusion) at(class, predicted int) int {
	if row := c.Counts[class]; predicted < len(row) {
		return row[predicted]
	}
	return 0
}

// Accuracy returns the part of the examples whose class is right.
func (c *Confusion) Accuracy() float64 {
	right, all := 0, 0
	for i := range c.Counts {
		right += c.at(i, i)
		for j := range c.Counts {
			all += c.at(i, j)
		}
	}
	return part(right, all)
}

// F1 returns the macro F1 score: the mean over the classes of 2·TP/(2·TP + FP + FN). A class that neither occurs nor is
// predicted does not count.
func (c *Confusion) F1() float64 { return c.Report().Macro.F1 }
