package datasets

import (
	"math"
	"strings"
	"testing"
)

// bagOfWords returns the accuracy on test examples of a logistic regression that
// sees which words a sentence holds, trained by gradient descent until it stands.
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
	for i := range 20 {
		t.Log(l.Test[i])
	}
}
