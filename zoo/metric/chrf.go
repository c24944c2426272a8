package metric

import "strings"

// chrF's longest n-gram and how many times more recall weighs than precision.
const (
	chrfOrder = 6
	chrfBeta  = 2
)

// ChrF is the corpus score chrF2 of Popović (2015) in percent: the F-score of the mean precision and the mean recall of
// the n-grams of 1 to 6 characters, white space left out, each hypothesis against that of its references which gives it
// the highest score. It equals sacreBLEU's with its defaults. Each hypothesis has at least one reference.
func ChrF(hypotheses []string, references [][]string) float64 {
	var all chrfCounts
	for i, h := range hypotheses {
		hyp := characters(h)
		var best chrfCounts
		for j, r := range of(references, i) {
			if c := countChrF(hyp, characters(r)); j == 0 || c.score() > best.score() {
				best = c
			}
		}
		for n := range chrfOrder {
			all.matches[n] += best.matches[n]
			all.inHypothesis[n] += best.inHypothesis[n]
			all.inReference[n] += best.inReference[n]
		}
	}
	return all.score()
}

// chrfCounts are the n-grams by their length.
type chrfCounts struct{ matches, inHypothesis, inReference [chrfOrder]int }

// countChrF compares the characters of a hypothesis with those of a reference.
func countChrF(hyp, ref []string) (c chrfCounts) {
	for n := range chrfOrder {
		counts := ngrams(ref, n+1)
		for gram, k := range ngrams(hyp, n+1) {
			if len(counts) > 0 { // there is nothing to hit in a shorter reference
				c.inHypothesis[n] += k
			}
			c.matches[n] += min(k, counts[gram])
		}
		c.inReference[n] += max(0, len(ref)-n)
	}
	return c
}

// score returns the F-score in percent.
func (c chrfCounts) score() float64 {
	precision, recall, orders := 0.0, 0.0, 0.0
	for n, k := range c.matches {
		if c.inHypothesis[n] > 0 && c.inReference[n] > 0 {
			precision += float64(k) / float64(c.inHypothesis[n])
			recall += float64(k) / float64(c.inReference[n])
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
