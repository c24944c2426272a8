package translate

import (
	"context"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Baselines implements task.Task:
//
//	copy   the source as it is
//	words  each word of the source replaced by its most frequent partner in the training pairs
func (t *Translation) Baselines(ctx context.Context, p task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	part, err := t.data.Part(string(p))
	if err != nil {
		return nil, err
	}
	sources, references := t.sides(part)
	words := t.decoding.words(references)
	copied, replaced := make([]string, len(sources)), make([]string, len(sources))
	learnt := t.data.Train
	if t.limited > 0 {
		learnt = learnt[:min(t.limited, len(learnt))]
	}
	partners := t.partners(learnt)
	for i, s := range sources {
		copied[i] = t.fold(s)
		replaced[i] = partners.translate(copied[i])
	}
	return []task.Rival{
		{Name: "copy", Metrics: scoreTexts(copied, references, words)},
		{Name: "words", Learns: true, Metrics: scoreTexts(replaced, references, words)},
	}, nil
}

// partners is for each word of the source language the word of the other that it is found with.
type partners map[string]string

// partners learns the partner of each word: that with the largest Dice coefficient, twice the pairs that hold both over
// the sum of the pairs that hold each. The mere number of pairs would make the most frequent words everybody's partner.
func (t *Translator) partners(pairs []datasets.Pair) partners {
	type both struct{ source, target string }
	together := make(map[both]int)
	sources, targets := make(map[string]int), make(map[string]int)
	for _, p := range pairs {
		s, u := distinctWords(t.fold(p.Source)), distinctWords(t.fold(p.Target))
		for _, b := range u {
			targets[b]++
		}
		for _, a := range s {
			sources[a]++
			for _, b := range u {
				together[both{a, b}]++
			}
		}
	}
	found, best := make(partners), make(map[string]float64)
	for w, n := range together {
		dice := 2 * float64(n) / float64(sources[w.source]+targets[w.target])
		if b, ok := best[w.source]; !ok || dice > b || dice == b && w.target < found[w.source] {
			best[w.source], found[w.source] = dice, w.target
		}
	}
	return found
}

// distinctWords returns the words of a text, each once.
func distinctWords(s string) []string {
	seen := make(map[string]bool)
	var words []string
	for _, w := range (text.Words{}).Tokenize(s) {
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// translate replaces each word of a text by its partner; words that have none stay.
func (p partners) translate(s string) string {
	words := text.Words{}.Tokenize(s)
	for i, w := range words {
		if partner, ok := p[w]; ok {
			words[i] = strings.Clone(partner)
		}
	}
	return text.Words{}.Detokenize(words)
}
