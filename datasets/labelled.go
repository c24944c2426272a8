package datasets

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// Labelled is text in classes, such as sentences and what they think of a film.
type Labelled struct {
	Meta               Info
	Classes            []string // [C] their names
	Train, Valid, Test []Example
}

// Example is a text and its class.
type Example struct {
	Text  string // UTF-8, with something to read in it
	Label int    // the class, between 0 and C-1
}

var _ Dataset = (*Labelled)(nil)

// Info returns l.Meta, of the kind [KindTexts] unless it names one.
func (l *Labelled) Info() Info { return l.Meta.or(KindTexts) }

// Texts returns the texts of examples.
func Texts(examples []Example) []string {
	texts := make([]string, len(examples))
	for i, e := range examples {
		texts[i] = e.Text
	}
	return texts
}

// divide cuts all examples into parts by the seed: the fraction test of them for the test, and the fraction valid of
// them for validation.
func (l *Labelled) divide(name string, all []Example, test, valid float64, seed uint64) error {
	n := float64(len(all))
	rest, held, err := holdOut(all, int(math.Round(n*test)), seed)
	if err == nil {
		l.Test = held
		l.Train, l.Valid, err = holdOut(rest, int(math.Round(n*valid)), seed)
	}
	return errors.WithMessage(err, name)
}

// holdOut takes n of the examples out, chosen by the seed, with each class in its share. Examples of the same text stay
// together, so that none is on both sides, and both parts keep the order of the examples.
func holdOut(examples []Example, n int, seed uint64) (kept, held []Example, err error) {
	if n < 1 || n >= len(examples) {
		return nil, nil, errors.Errorf("%s are too few for training, validation and test; use 10 or more", fault.Count(len(examples), "example"))
	}
	classes := 0
	for _, e := range examples {
		classes = max(classes, e.Label+1)
	}
	// Distinct texts, by the numbers that textNumbers gives them, by the class of their first example, in order.
	numbers, different := textNumbers(examples)
	copies := make([]int, different)
	texts := make([][]int32, classes)
	sizes := make([]int, classes)
	for i, e := range examples {
		if copies[numbers[i]]++; copies[numbers[i]] == 1 {
			texts[e.Label] = append(texts[e.Label], numbers[i])
		}
	}
	for c := range texts {
		for _, t := range texts[c] {
			sizes[c] += copies[t]
		}
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	out := make([]bool, different)
	seen, given := 0, 0 // examples and places of the classes so far
	for c := range texts {
		// Cumulative rounding, so that the shares add up to n.
		seen += sizes[c]
		want := (2*n*seen+len(examples))/(2*len(examples)) - given
		rng.Shuffle(len(texts[c]), func(i, j int) { texts[c][i], texts[c][j] = texts[c][j], texts[c][i] })
		for _, t := range texts[c] {
			if copies[t] <= want {
				want -= copies[t]
				given += copies[t]
				out[t] = true
			}
		}
	}
	held, kept = make([]Example, 0, given), make([]Example, 0, len(examples)-given)
	for i, e := range examples {
		if out[numbers[i]] {
			held = append(held, e)
		} else {
			kept = append(kept, e)
		}
	}
	if len(held) == 0 || len(kept) == 0 {
		return nil, nil, errors.Errorf("%s with %s are too few for training, validation and test; use more that differ", fault.Count(len(examples), "example"), fault.Count(different, "different text"))
	}
	return kept, held, nil
}

// textNumbers numbers the different texts of examples in their order. They are told apart by a hash of 64 bits, whose map
// is a fraction of one of texts; two that shared one would be in the same part, and nothing else.
func textNumbers(examples []Example) (numbers []int32, different int) {
	numbers = make([]int32, len(examples))
	known := make(map[uint64]int32, len(examples))
	for i, e := range examples {
		hash := hashOf(e.Text)
		n, ok := known[hash]
		if !ok {
			n = int32(len(known))
			known[hash] = n
		}
		numbers[i] = n
	}
	return numbers, len(known)
}

// hashOf returns the FNV-1a of a text, as package hash/fnv, which would copy it.
func hashOf(text string) uint64 {
	hash := uint64(14695981039346656037)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 1099511628211
	}
	return hash
}

// ClassSizes returns the [C] numbers of examples of each class in all parts together. A label that is none of the classes
// counts for nothing.
func (l *Labelled) ClassSizes() []int {
	sizes := make([]int, len(l.Classes))
	for _, part := range [][]Example{l.Train, l.Valid, l.Test} {
		for _, e := range part {
			if e.Label >= 0 && e.Label < len(sizes) {
				sizes[e.Label]++
			}
		}
	}
	return sizes
}

// size says how many texts there are in each class, of many classes in the largest and the smallest.
func (l *Labelled) size() string {
	const shown = 8
	sizes := l.ClassSizes()
	order := make([]int, len(sizes))
	for i := range order {
		order[i] = i
	}
	last := len(order) - 1
	if len(order) > shown {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[b], sizes[a]) })
		order = append(order[:shown-1:shown-1], order[last])
	}
	var parts []string
	for i, c := range order {
		part := fmt.Sprintf("%s %d", fault.Quote(l.Classes[c]), sizes[c])
		if i == shown-1 && last >= shown {
			part = "… " + part
		}
		parts = append(parts, part)
	}
	n := len(l.Train) + len(l.Valid) + len(l.Test)
	return fault.Count(n, "text") + ", " + strconv.Itoa(len(sizes)) + " classes" + ": " + strings.Join(parts, ", ")
}
