package datasets

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"
)

// bagOfWords returns the accuracy on test examples of a logistic regression that sees which words a sentence holds,
// trained by gradient descent until it stands.
func bagOfWords(train, test []Example) float64 {
	place := map[string]int{}
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '.' || r == ',' })
	}
	features := func(s string) []int {
		var on []int
		for _, w := range split(s) {
			if i, ok := place[w]; ok {
				on = append(on, i)
			}
		}
		return on
	}
	for _, e := range train {
		for _, w := range split(e.Text) {
			if _, ok := place[w]; !ok {
				place[w] = len(place)
			}
		}
	}
	weights := make([]float64, len(place)+1)
	score := func(on []int) float64 {
		z := weights[len(place)]
		for _, i := range on {
			z += weights[i]
		}
		return z
	}
	inputs := make([][]int, len(train))
	for i, e := range train {
		inputs[i] = features(e.Text)
	}
	for epoch := range 60 {
		rate := 0.1 / (1 + float64(epoch)/5)
		for i, e := range train {
			step := rate * (float64(e.Label) - 1/(1+math.Exp(-score(inputs[i]))))
			weights[len(place)] += step
			for _, f := range inputs[i] {
				weights[f] += step
			}
		}
	}
	right := 0
	for _, e := range test {
		if (score(features(e.Text)) > 0) == (e.Label == 1) {
			right++
		}
	}
	return float64(right) / float64(len(test))
}

func TestPhrasesBagOfWords(t *testing.T) {
	l := Phrases()
	train, test := bagOfWords(l.Train, l.Train), bagOfWords(l.Train, l.Test)
	t.Logf("a bag of words is right on %.1f %% of the training and %.1f %% of the test sentences", 100*train, 100*test)
	if test >= 0.8 || train >= 0.8 {
		t.Errorf("a bag of words must stay below 80 %%")
	}
}

// TestPhrasesStay compares with a checksum: results would not be comparable if the sentences changed.
func TestPhrasesStay(t *testing.T) {
	h := fnv.New64a()
	l := Phrases()
	for _, part := range [][]Example{l.Train, l.Valid, l.Test} {
		for _, e := range part {
			fmt.Fprintln(h, e.Text, e.Label)
		}
	}
	if got := h.Sum64(); got != 0xcf4306ee6a7eecbd {
		t.Errorf("the checksum is %#x", got)
	}
}

func TestPhrases(t *testing.T) {
	l := Phrases()
	if len(l.Train) != 8000 || len(l.Valid) != 1000 || len(l.Test) != 2000 {
		t.Fatalf("%d, %d and %d sentences", len(l.Train), len(l.Valid), len(l.Test))
	}
	texts := map[string]bool{}
	pairs := map[part]map[string]bool{}
	for p, examples := range map[part][]Example{trainPart: l.Train, validPart: l.Valid, testPart: l.Test} {
		pairs[p] = map[string]bool{}
		positive := 0
		for _, e := range examples {
			if texts[e.Text] {
				t.Errorf("%q is there twice", e.Text)
			}
			texts[e.Text] = true
			positive += e.Label
			got, found := judge(e.Text)
			if got != e.Label {
				t.Errorf("%q is labelled %d", e.Text, e.Label)
			}
			for _, pair := range found {
				pairs[p][pair] = true
			}
		}
		if positive*2 != len(examples) {
			t.Errorf("%d of %d are positive", positive, len(examples))
		}
	}
	for p, examples := range map[part][]Example{validPart: l.Valid, testPart: l.Test} {
		for _, e := range examples {
			_, found := judge(e.Text)
			if !slices.ContainsFunc(found, func(pair string) bool { return !pairs[trainPart][pair] && !pairs[validPart+testPart-p][pair] }) {
				t.Errorf("%q holds no pair that is new", e.Text)
			}
		}
	}
}

// judge reads a sentence from left to right, as a recurrent network would, with a few numbers for a memory, and returns
// its label and the pairs of a modifier and an adjective in it.
func judge(text string) (label int, pairs []string) {
	const none = 0 // and -1 and 1 are opinions
	first, now := none, none
	denied, conceded, weakly := false, false, false // the clause that is read
	firstConceded := false
	joined, modifier := "", ""
	for word := range strings.FieldsSeq(strings.NewReplacer(",", "", ".", "").Replace(text)) {
		sign := none
		switch {
		case word == "not" && modifier == "" && strings.HasPrefix(text, "it is not true") && !denied:
			denied = true
			continue
		case word == "nobody", word == "not" && strings.HasPrefix(text, "i do not") && !denied:
			denied = true
		case word == "although", word == "even":
			conceded = true
			joined = word
		case word == "but", word == "yet", word == "and":
			joined = word
		case slices.Contains(negators, word), slices.Contains(strong, word), slices.Contains(weak, word):
			modifier = word
			weakly = slices.Contains(weak, word)
		case slices.Contains(adjectives[0], word):
			sign = -1
		case slices.Contains(adjectives[1], word):
			sign = 1
		}
		if sign == none {
			continue
		}
		pairs = append(pairs, modifier+" "+word)
		if slices.Contains(negators, modifier) {
			sign = -sign
		}
		if first == none && len(pairs) == 1 {
			first, firstConceded, conceded = sign, conceded, false
			now = sign
		} else {
			switch {
			case firstConceded, joined == "but", joined == "yet", joined == "and" && !weakly:
				now = sign
			default:
				now = first
			}
		}
		modifier = ""
	}
	if denied {
		now = -now
	}
	return (now + 1) / 2, pairs
}
