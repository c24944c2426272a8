package metric

// Report is how well each class is told from the others, and the means over the classes: what scikit-learn calls a
// classification report. With TP the examples of a class that were taken for it, FP those of others that were, and FN its
// own that were taken for others:
//
//	precision  TP/(TP + FP), 0 if nothing was taken for the class
//	recall     TP/(TP + FN), 0 if there are no examples of the class
//	F1         2·TP/(2·TP + FP + FN), the harmonic mean of the two
type Report struct {
	Classes  []ClassScores `json:"classes"`  // in the order of the confusion matrix
	Macro    Average       `json:"macro"`    // every class weighs the same
	Weighted Average       `json:"weighted"` // every class weighs as much as it has examples
}

// ClassScores is how well one class is told from the others.
type ClassScores struct {
	Class     string  `json:"class"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"`   // examples of the class: TP + FN
	Predicted int     `json:"predicted"` // examples that were taken for it: TP + FP
}

// Average is a mean over classes. A class that neither occurs nor is predicted does not count.
type Average struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Report returns the scores of each class and their means.
func (c *Confusion) Report() Report {
	r := Report{Classes: make([]ClassScores, len(c.Counts))}
	all, n := 0, 0
	for k := range r.Classes {
		s := &r.Classes[k]
		if k < len(c.Classes) {
			s.Class = c.Classes[k]
		}
		for j := range c.Counts {
			s.Support += c.at(k, j)
			s.Predicted += c.at(j, k)
		}
		right := c.at(k, k)
		s.Precision, s.Recall, s.F1 = part(right, s.Predicted), part(right, s.Support), part(2*right, s.Support+s.Predicted)
		if s.Support+s.Predicted > 0 {
			n++
		}
		all += s.Support
	}
	for _, s := range r.Classes { // those that do not count are 0
		r.Macro.add(s, 1, n)
		r.Weighted.add(s, s.Support, all)
	}
	return r
}

// add adds the share that a class has of a mean.
func (a *Average) add(s ClassScores, weight, all int) {
	w := part(weight, all)
	a.Precision += w * s.Precision
	a.Recall += w * s.Recall
	a.F1 += w * s.F1
}

// part returns n of all as a part of 1; of nothing it is 0.
func part(n, all int) float64 { return float64(n) / float64(max(1, all)) }
