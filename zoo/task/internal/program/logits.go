package program

import (
	"math"
	"slices"
)

// Softmax returns exp(x)/Σ exp(x).
func Softmax(x []float64) []float64 {
	most, sum := slices.Max(x), 0.0
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(v - most)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Largest returns the index of the first largest element.
func Largest(x []float64) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// CrossEntropy returns −log softmax(logits)[label].
func CrossEntropy(logits []float64, label int) float64 {
	most, sum := math.Inf(-1), 0.0
	for _, v := range logits {
		most = max(most, v)
	}
	for _, v := range logits {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum) - logits[label]
}
