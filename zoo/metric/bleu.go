// Package metric scores generated text against references. Its functions serve any number of goroutines; a Confusion
// that is being counted serves one.
//
// A hypothesis without a reference is compared with an empty one; a reference without a hypothesis does not count.
package metric

import (
	"math"
	"regexp"
	"strings"
)

// reference returns the reference of a hypothesis.
func reference(references []string, i int) string {
	if i < len(references) {
		return references[i]
	}
	return ""
}

// bleuOrder is the longest n-gram that BLEU counts.
const bleuOrder = 4

// BLEU is the corpus score of Papineni, Roukos, Ward and Zhu (2002) in percent, one reference a hypothesis: the brevity
// penalty times the geometric mean of the precisions of the n-grams up to 4. It equals sacreBLEU's with its defaults:
// words by mteval-v13a, case kept, and exponential smoothing, where each order without a match counts as half a match
// of the one before (Chen and Cherry 2014, method 3). The text is to be as people write it, not cut into tokens.
func BLEU(hypotheses, references []string) float64 {
	var matches, total [bleuOrder]int
	hypothesisWords, referenceWords := 0, 0
	for i, h := range hypotheses {
		hyp, ref := words13a(h), words13a(reference(references, i))
		hypothesisWords += len(hyp)
		referenceWords += len(ref)
		for n := range bleuOrder {
			counts := ngrams(ref, n+1)
			for gram, k := range ngrams(hyp, n+1) {
				total[n] += k
				matches[n] += min(k, counts[gram])
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

// ngrams counts the sequences of n words.
func ngrams(words []string, n int) map[string]int {
	counts := make(map[string]int)
	for i := 0; i+n <= len(words); i++ {
		counts[strings.Join(words[i:i+n], " ")]++
	}
	return counts
}

// rules13a are the rules of NIST's mteval-v13a for languages of Europe, in order.
var rules13a = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile("[{-~\\[-` -&(-+:-@/]"), " $0 "}, // punctuation, but for the apostrophe, comma, dash and full stop
	{regexp.MustCompile(`([^0-9])([.,])`), "$1 $2 "},     // not those inside numbers
	{regexp.MustCompile(`([.,])([^0-9])`), " $1 $2"},
	{regexp.MustCompile(`([0-9])(-)`), "$1 $2 "},
}

// entities13a are what mteval-v13a replaces before the rules, in order.
var entities13a = [][2]string{
	{"<skipped>", ""}, {"-\n", ""}, {"&quot;", `"`}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},
}

// words13a divides a text into words as mteval-v13a does.
func words13a(text string) []string {
	for _, e := range entities13a {
		text = strings.ReplaceAll(text, e[0], e[1])
	}
	text = " " + text + " "
	for _, r := range rules13a {
		text = r.pattern.ReplaceAllString(text, r.replacement)
	}
	return strings.Fields(text)
}
