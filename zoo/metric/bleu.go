// Package metric scores generated text against references. Its functions serve any number of goroutines; a Confusion
// that is being counted serves one.
//
// A hypothesis without a reference is compared with an empty one; a reference without a hypothesis does not count.
package metric

import (
	"math"
	"strings"
)

// of returns the references of a hypothesis: without any there is nothing to hit.
func of(references [][]string, i int) []string {
	if i < len(references) && len(references[i]) > 0 {
		return references[i]
	}
	return []string{""}
}

// bleuOrder is the longest n-gram that BLEU counts.
const bleuOrder = 4

// BLEU is the corpus score of Papineni, Roukos, Ward and Zhu (2002) in percent: the brevity penalty times the geometric
// mean of the precisions of the n-grams up to 4, each against the reference of a hypothesis that has it most often. It
// equals sacreBLEU's with its defaults but for the tokenizer: case kept, and exponential smoothing, where each order
// without a match counts as half a match of the one before (Chen and Cherry 2014, method 3). The text is to be as people
// write it, not cut into tokens. Each hypothesis has at least one reference.
func BLEU(hypotheses []string, references [][]string, t BLEUTokenizer) float64 {
	var matches, total [bleuOrder]int
	hypothesisWords, referenceWords := 0, 0
	for i, h := range hypotheses {
		hyp := t.words(h)
		all := of(references, i)
		refs := make([][]string, len(all))
		for j, r := range all {
			refs[j] = t.words(r)
		}
		hypothesisWords += len(hyp)
		referenceWords += closest(len(hyp), refs)
		for n := range bleuOrder {
			most := map[string]int{}
			for _, ref := range refs {
				for gram, k := range ngrams(ref, n+1) {
					most[gram] = max(most[gram], k)
				}
			}
			for gram, k := range ngrams(hyp, n+1) {
				total[n] += k
				matches[n] += min(k, most[gram])
			}
		}
	}
	if matches == [bleuOrder]int{} {
		return 0
	}
	sum, smooth := 0.0, 1.0
	orders := 0
	for n, k := range total {
		if k == 0 { // no sentence is as long as that
			break
		}
		orders++
		precision := float64(matches[n])
		if matches[n] == 0 {
			smooth /= 2
			precision = smooth
		}
		sum += math.Log(precision / float64(k))
	}
	if orders < bleuOrder {
		return 0
	}
	brevity := math.Min(0, 1-float64(referenceWords)/float64(hypothesisWords))
	return 100 * math.Exp(brevity+sum/bleuOrder)
}

// closest returns the length of the reference that is closest to a length, the shorter of two.
func closest(length int, references [][]string) int {
	best := 0
	for i, ref := range references {
		by, least := abs(len(ref)-length), abs(best-length)
		if i == 0 || by < least || by == least && len(ref) < best {
			best = len(ref)
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// ngrams counts the sequences of n words.
func ngrams(words []string, n int) map[string]int {
	counts := make(map[string]int)
	for i := 0; i+n <= len(words); i++ {
		counts[strings.Join(words[i:i+n], " ")]++
	}
	return counts
}
