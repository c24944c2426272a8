package generate

import (
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

// rows returns running text: rows of numbers that count on, in words.
func rows(n, from int) string {
	words := strings.Fields("one two three four five six seven eight nine ten")
	var b strings.Builder
	for i := range n {
		for k := range 4 {
			b.WriteString(words[(from+i+k*(1+i%3))%len(words)])
			if b.WriteByte(' '); k == 3 {
				b.WriteByte('\n')
			}
		}
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// corpus returns running text, or lines, in three parts.
func corpus(lines bool) *datasets.Corpus {
	return &datasets.Corpus{Meta: datasets.Info{Name: "numbers"}, Lines: lines,
		Train: datasets.NewPassage(rows(24, 0)), Valid: datasets.NewPassage(rows(5, 3)), Test: datasets.NewPassage(rows(7, 5))}
}

// labelled returns texts of two classes.
func labelled() *datasets.Labelled {
	l := &datasets.Labelled{Meta: datasets.Info{Name: "steps"}, Classes: []string{"one", "two"}}
	for i, s := range []string{"a b c", "b c d", "c d e", "d e f", "a c e", "b d f", "c e g", "d f a"} {
		e := datasets.Example{Text: s, Label: i / 4}
		l.Train = append(l.Train, e)
		if i%4 == 1 {
			l.Valid = append(l.Valid, e)
		} else if i%4 == 2 {
			l.Test = append(l.Test, e)
		}
	}
	return l
}

func TestConforms(t *testing.T) {
	bigru := func(opts ...graph.NetworkOption) *graph.Network { return birnn.New(gru.New(opts...)) }
	words := []tasktest.Option{tasktest.Set("tokenizer", "words"), tasktest.Set("window", "5"), tasktest.Knows("one", "one two")}
	classes := []tasktest.Option{tasktest.Set("tokenizer", "fields"), tasktest.Set("window", "4"), tasktest.Question("label", "one"), tasktest.Knows("a", "a b c"), tasktest.Ask("a", "", "c d")}
	for name, c := range map[string]struct {
		data datasets.Dataset
		opts []tasktest.Option
	}{
		"words": {corpus(false), words},
		"random windows, tied": {corpus(false), append([]tasktest.Option{tasktest.Set("random-windows", "true"), tasktest.Set("tied", "true"),
			tasktest.Set("locked-dropout", "true"), tasktest.Set("layers", "2")}, append(words, tasktest.Set("window", "9"), tasktest.Knows("one", "one"))...)},
		"characters, delay line": {corpus(false), []tasktest.Option{tasktest.Set("window", "7"), tasktest.Network(tasktest.DelayLine), tasktest.Knows("o", "one")}},
		"lines in windows":       {corpus(true), append(words, tasktest.Set("window", "3"), tasktest.Knows("one", "one"))},
		"lines":                  {corpus(true), append(words, tasktest.Question("samples", "1"), tasktest.Question("temperature", "0.5"), tasktest.Knows("one", "one"))},
		"classes":                {labelled(), classes},
		"next":                   {labelled(), append(classes, tasktest.Question("next", "3"), tasktest.Knows("a", "b"))},
		"score":                  {corpus(false), append(words, tasktest.Question("score", "true"), tasktest.Knows("", ""))},
		"adaptive":               {corpus(false), append(words, tasktest.Set("softmax", "adaptive:7,11"))},
		"sampled":                {corpus(false), append(words, tasktest.Set("softmax", "sampled:6"), tasktest.Set("tied", "true"))},
		"cache":                  {corpus(false), append(words, tasktest.Set("cache", "5"))},
		"sub-words":              {corpus(true), append(words, tasktest.Set("tokenizer", "bytes:20"), tasktest.Set("window", "3"), tasktest.Knows("", ""))},
		"fill in": {corpus(false), append(words, tasktest.Network(bigru), tasktest.Set("fill-in", "true"),
			tasktest.Ask("one ___ three", "___ two", "five ___ ___ nine"), tasktest.Knows("", ""))},
		"fill in, classes": {labelled(), append(classes, tasktest.Network(bigru), tasktest.Set("fill-in", "true"), tasktest.Ask("a ___ c", "___"), tasktest.Knows("", ""))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tasktest.Check(t, Kind{}, c.data, append([]tasktest.Option{
				tasktest.Set("embedding", "6"), tasktest.Set("embedding-dropout", "0"), tasktest.Set("word-dropout", "0"), tasktest.Set("output-dropout", "0"),
				tasktest.Random("word-dropout", "0.3"), tasktest.Random("embedding-dropout", "0.2"), tasktest.Random("output-dropout", "0.2"),
				tasktest.OneStep("window", "1"), tasktest.Question("temperature", "0"), tasktest.Question("tokens", "6"),
				tasktest.Ask("one", "two three", "ten", "one two three four"),
			}, c.opts...)...)
		})
	}
}
