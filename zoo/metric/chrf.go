package metric

import "strings"

// chrF's longest n-gram and how many times more recall weighs than precision.
const (
	chrfOrder = 6
	chrfBeta  = 2
)

// ChrF is the corpus score chrF2 of Popović (2015) in percent, one reference a hypothesis: the F-score of the mean
// precision and the mean recall of the n-grams of 1 to 6 characters, white space left out. It equals sacreBLEU's with
// its defaults.
func ChrF(hypotheses, references []string) float64 {
	var matches, inHypotheses, inReferences [chrfOrder]int
	for i, h := range hypotheses {
		hyp, ref := characters(h), characters(reference(references, i))
		for n := range chrfOrder {
			counts := ngrams(ref, n+1)
			for gram, k := range ngrams(hyp, n+1) {
				if len(counts) > 0 { // there is nothing to hit in a shorter reference
					inHypotheses[n] += k
				}
				matches[n] += min(k, counts[gram])
			}
			inReferences[n] += max(0, len(ref)-n)
		}
	}
	precision, recall, orders := 0.0, 0.0, 0.0
	for n, k := range matches {
		if inHypotheses[n] > 0 && inReferences[n] > 0 {
			precision += float64(k) / float64(inHypotheses[n])
			recall += float64(k) / float64(inReferences[n])
			orders++
		}
	}
	if precision+recall == 0 {
		return 0
	}
	precision, recall = precision/orders, recall/orders
	const weight = chrfBeta * chrfBeta
	return 100 * (1 + weight) * precision * recall / (weight*precision + recall)
}

// characters returns the characters of a text but for white space.
func characters(text string) []string {
	return strings.Split(strings.Join(strings.Fields(text), ""), "")
}
