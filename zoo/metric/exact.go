package metric

// Exact is the part of the hypotheses, between 0 and 1, that are their reference, character by character.
func Exact(hypotheses, references []string) float64 {
	n := 0
	for i, h := range hypotheses {
		if i < len(references) && h == references[i] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(hypotheses)))
}
