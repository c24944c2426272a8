package metric

import "slices"

// Exact is the part of the hypotheses, between 0 and 1, that are one of their references, character by character.
func Exact(hypotheses []string, references [][]string) float64 {
	n := 0
	for i, h := range hypotheses {
		if i < len(references) && slices.Contains(references[i], h) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(hypotheses)))
}
