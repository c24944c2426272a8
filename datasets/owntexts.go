package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

const (
	// mostClasses is more than anybody tells apart by hand: a column with more different values is not one of labels.
	mostClasses = 1000
	// mostExamples are as many as a year of training sees here.
	mostExamples = 1 << 23
)

// ownTexts gathers the texts and labels of a person's own file.
type ownTexts struct {
	name        string
	fold, skip  bool
	field       string // what a text or a label stands in: "column"
	label       string // the name of the labels' field; "" if it has none
	texts       []string
	labels      []int32          // of the texts: places in spellings
	spellings   []string         // the different labels, in the order of the file
	sizes       []int            // of each spelling
	places      map[string]int32 // of the spellings
	skipped     int
	skippedLine int // the first
}

func newOwnTexts(name, field, label string, o options) *ownTexts {
	return &ownTexts{name: name, fold: o.FoldLabels, skip: o.SkipEmpty, field: field, label: label, places: map[string]int32{}}
}

// add takes an example, of which field is the name of the text's field. Its text may share its memory with more.
func (l *ownTexts) add(line int, field, text, label string) error {
	text = strings.TrimSpace(text)
	empty := ""
	switch {
	case text == "":
		empty = field
	case strings.TrimSpace(label) == "":
		empty = l.label
	}
	if text == "" || strings.TrimSpace(label) == "" {
		if !l.skip {
			return emptyField(l.name, line, l.field, empty)
		}
		if l.skipped++; l.skipped == 1 {
			l.skippedLine = line
		}
		return nil
	}
	if len(l.texts) == mostExamples {
		return errors.Errorf("%s: line %d: more than %d texts, the most that are read; cut it into smaller files", l.name, line, mostExamples)
	}
	place, ok := l.places[label]
	if !ok {
		place = int32(len(l.spellings))
		label = strings.Clone(label)
		l.places[label] = place
		l.spellings = append(l.spellings, label)
		l.sizes = append(l.sizes, 0)
	}
	l.texts = append(l.texts, strings.Clone(text))
	l.labels = append(l.labels, place)
	l.sizes[place]++
	return nil
}

// emptyField says that there is nothing where something has to be, in a field of a name or in one that needs none.
func emptyField(name string, line int, noun, field string) error {
	at := noun
	if field != "" {
		at += " " + fault.Quote(field)
	}
	return errors.Errorf("%s: line %d, %s: it is empty; fill it in, or leave such rows out (skip-empty: true)", name, line, at)
}

// leftOut says how many rows were left out for having nothing in a field.
func leftOut(count, first int, lack string) string {
	return fmt.Sprintf("%s without %s left out, the first on line %d", fault.Count(count, "row"), lack, first)
}

// dataset divides the examples into parts.
func (l *ownTexts) dataset(meta Info, seed uint64) (*Labelled, error) {
	if l.skipped > 0 {
		meta.Notices = append(meta.Notices, leftOut(l.skipped, l.skippedLine, "a text or a label"))
	}
	if len(l.texts) == 0 {
		return nil, errors.Errorf("%s: no row has both a text and a label; choose other columns or fill them in", l.name)
	}
	folds := l.folds()
	if l.fold {
		for _, group := range folds {
			l.merge(group)
		}
	} else if len(folds) > 0 {
		meta.Notices = append(meta.Notices, fmt.Sprintf("labels that differ in case or blanks alone are classes of their own: %s (fold-labels: true makes one of them)", l.say(folds)))
	}
	classes := make([]string, 0, len(l.spellings))
	for i, s := range l.spellings {
		if l.sizes[i] > 0 {
			classes = append(classes, s)
		}
	}
	sortClasses(classes)
	switch n := len(classes); {
	case n < 2:
		return nil, errors.Errorf("%s: all %d texts are labelled %s; there must be two classes or more", l.name, len(l.texts), fault.Quote(classes[0]))
	case n > mostClasses:
		if l.label == "" {
			return nil, errors.Errorf("%s: there are %d different labels where at most %d make sense; are they labels?", l.name, n, mostClasses)
		}
		return nil, errors.Errorf("%s: %s %s has %d different labels where at most %d make sense; is it the %[2]s of labels?", l.name, l.field, fault.Quote(l.label), n, mostClasses)
	}
	number := make([]int, len(l.spellings)) // of the class of each spelling
	for i, s := range l.spellings {
		number[i] = slices.Index(classes, s)
	}
	if l.fold {
		for _, group := range folds {
			for _, i := range group {
				number[i] = number[group[0]]
			}
		}
	}
	all := make([]Example, len(l.texts))
	for i, text := range l.texts {
		all[i] = Example{text, number[l.labels[i]]}
	}
	l.texts, l.labels = nil, nil
	labelled := &Labelled{Meta: meta, Classes: classes}
	if err := labelled.divide(l.name, all, 0.2, 0.1, seed); err != nil {
		return nil, err
	}
	labelled.Meta.Size = labelled.size()
	return labelled, nil
}

// folds returns the groups of spellings that differ in case or the blanks around them alone, of each the most frequent
// first.
func (l *ownTexts) folds() [][]int32 {
	groups := map[string][]int32{}
	var keys []string
	for i, s := range l.spellings {
		key := strings.ToLower(strings.TrimSpace(s))
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], int32(i))
	}
	var several [][]int32
	for _, key := range keys {
		if g := groups[key]; len(g) > 1 {
			slices.SortStableFunc(g, func(a, b int32) int { return cmp.Compare(l.sizes[b], l.sizes[a]) })
			several = append(several, g)
		}
	}
	return several
}

// merge counts the labels of a group under the first.
func (l *ownTexts) merge(group []int32) {
	for _, i := range group[1:] {
		l.sizes[group[0]] += l.sizes[i]
		l.sizes[i] = 0
	}
}

// say names some groups of spellings.
func (l *ownTexts) say(groups [][]int32) string {
	const most = 3
	var said []string
	for _, g := range groups[:min(most, len(groups))] {
		var names []string
		for _, i := range g[:min(most, len(g))] {
			names = append(names, fault.Quote(l.spellings[i]))
		}
		if len(g) > most {
			names = append(names, "…")
		}
		said = append(said, strings.Join(names, ", "))
	}
	if len(groups) > most {
		said = append(said, "…")
	}
	return strings.Join(said, "; ")
}

// sortClasses sorts labels by their numbers if all are whole numbers, and else by their bytes.
func sortClasses(classes []string) {
	slices.Sort(classes)
	numbers := make(map[string]int, len(classes))
	for _, c := range classes {
		n, err := strconv.Atoi(c)
		if err != nil {
			return
		}
		numbers[c] = n
	}
	slices.SortStableFunc(classes, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
}
