package datasets

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/internal/lineartest"
)

// ownReaders are the readers of a person's own files and of corpora line by line, with a file of n rows for each.
func ownReaders() []struct {
	name string
	file func(n int) []byte
	read func(io.Reader) error
} {
	rows := func(header string, row func(b []byte, i int) []byte) func(n int) []byte {
		return func(n int) []byte {
			b := []byte(header)
			for i := range n {
				b = append(row(b, i), '\n')
			}
			return b
		}
	}
	labelled := func(read func(string, io.Reader, ...Option) (*Labelled, error)) func(io.Reader) error {
		return func(r io.Reader) error { _, err := read("f", r, Label("label")); return err }
	}
	pairs := func(opts ...Option) func(io.Reader) error {
		return func(r io.Reader) error { _, err := ReadTSV("f", r, opts...); return err }
	}
	return []struct {
		name string
		file func(n int) []byte
		read func(io.Reader) error
	}{
		{"series", rows("Date,a,b\n", func(b []byte, i int) []byte {
			b = time.Unix(60*int64(i), 0).UTC().AppendFormat(b, time.DateTime)
			return fmt.Appendf(b, ",%d.5,%d", i%977, i%31)
		}), func(r io.Reader) error { _, err := ReadCSV("f", r); return err }},
		{"panel by date", rows("date,shop,kind,y\n", func(b []byte, i int) []byte {
			b = time.Unix(86400*int64(i/10), 0).UTC().AppendFormat(b, time.DateOnly)
			return fmt.Appendf(b, ",s%d,%c,\"%d,100.5\"", i%10, 'a'+i%2, i%977+1)
		}), func(r io.Reader) error { _, err := ReadCSVPanel("f", r); return err }},
		{"panel, one series behind the other", func(n int) []byte {
			b := []byte("shop,date,y\n")
			for i := range n {
				b = fmt.Appendf(b, "%d,", i/100)
				b = time.Unix(86400*int64(i%100), 0).UTC().AppendFormat(b, time.DateOnly)
				b = fmt.Appendf(b, ",%d\n", i%977)
			}
			return b
		}, func(r io.Reader) error { _, err := ReadCSVPanel("f", r, ID("shop")); return err }},
		{"csv", rows("text,label\n", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d,%d", i, i%5) }), labelled(ReadLabelledCSV)},
		{"csv quoted", rows("text,label\n", func(b []byte, i int) []byte { return fmt.Appendf(b, "\"some, \"\"words\"\" of text %d\",%d", i, i%5) }), labelled(ReadLabelledCSV)},
		{"tsv with marks", rows("text\tlabel\n", func(b []byte, i int) []byte { return fmt.Appendf(b, "\"some words\" of text %d\t%d", i, i%5) }), labelled(ReadLabelledCSV)},
		{"jsonl", rows("", func(b []byte, i int) []byte {
			return fmt.Appendf(b, `{"text": "some words of text %d", "label": %d}`, i, i%5)
		}), labelled(ReadJSONL)},
		{"fasttext", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "__label__%d some words of text %d", i%5, i) }), labelled(ReadFastText)},
		{"pairs", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d\teinige Wörter %d", i, i) }), pairs()},
		{"pairs, one text", rows("", func(b []byte, i int) []byte {
			return fmt.Appendf(b, "some words of text %d\teinige Wörter %d", i%7, i)
		}), pairs()},
		{"parallel", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d", i) }), func(r io.Reader) error {
			all, err := io.ReadAll(r)
			if err == nil {
				_, err = readParallelLines("f", "g", bytes.NewReader(all), bytes.NewReader(all), options{})
			}
			return err
		}},
		{"names", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "Name%d", i) }), func(r io.Reader) error { _, err := readNames("f", r); return err }},
		{"names, one name", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "Name%d", i%7) }), func(r io.Reader) error { _, err := readNames("f", r); return err }},
		{"trees", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "(3 (2 It) (4 (2 's) (4 (3 good%d) (2 .))))", i) }), func(r io.Reader) error {
			trees, err := readTrees("f", r)
			treeExamples(trees, true, sst5Label)
			return err
		}},
		{"uci", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d\t%d", i, i%2) }), func(r io.Reader) error { _, err := readUCI("f", r); return err }},
		{"tatoeba", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d\tquelques mots %d", i, i) }), func(r io.Reader) error { _, err := readTatoeba("f", r); return err }},
	}
}

// linear are the readers, and what is done with the rows that they have read.
func linear() (readers, transforms []lineartest.Case) {
	for _, r := range ownReaders() {
		c := lineartest.Case{Name: r.name, Make: func(n int) (func() error, int) {
			file := r.file(n)
			return func() error { return r.read(bytes.NewReader(file)) }, len(file)
		}}
		if r.name == "trees" || r.name == "uci" || r.name == "names" {
			c.Most = mostSentences
		}
		readers = append(readers, c)
	}
	for _, method := range table.FillMethods() {
		transforms = append(transforms, lineartest.Case{Name: "fill " + method, Make: func(n int) (func() error, int) {
			file := []byte("t,a\n")
			for i := range n {
				if i > 0 && i < n-1 && (i%3 == 0 || i > n/3 && i < n/2) { // single gaps, and a long one
					file = fmt.Appendf(file, "%d,\n", i)
				} else {
					file = fmt.Appendf(file, "%d,%d\n", i, i%977)
				}
			}
			return func() error { _, err := ReadCSV("f", bytes.NewReader(file), Fill(method)); return err }, len(file)
		}})
	}
	for _, c := range []struct {
		name      string
		different func(n int) int
	}{{"of their own", func(n int) int { return n }}, {"few", func(int) int { return 50 }}} {
		transforms = append(transforms, lineartest.Case{Name: "division, texts " + c.name, Make: func(n int) (func() error, int) {
			l := &Labelled{Classes: make([]string, 100)}
			examples := make([]Example, n)
			for i := range examples {
				examples[i] = Example{Text: fmt.Sprintf("some words of text %d", i%c.different(n)), Label: i % len(l.Classes)}
			}
			return func() error {
				err := l.divide("f", examples, 0.2, 0.1, 1)
				l.ClassSizes()
				return err
			}, 0
		}})
	}
	transforms = append(transforms, lineartest.Case{Name: "buckets", Make: func(n int) (func() error, int) {
		lengths, sequences := make([]int, n), make([][]int, n)
		for i := range lengths {
			lengths[i] = i % 31
			sequences[i] = make([]int, lengths[i])
		}
		return func() error {
			for _, batch := range Buckets(lengths, 32, rand.New(rand.NewPCG(1, 0))) {
				var some [][]int
				for _, i := range batch {
					some = append(some, sequences[i])
				}
				Padded(some, 1, 0)
			}
			return nil
		}, 0
	}})
	return readers, transforms
}

// BenchmarkReaders reads files of 10⁴ to 10⁶ rows: time and memory grow as the rows do, so that those of a row stay.
func BenchmarkReaders(b *testing.B) {
	readers, _ := linear()
	lineartest.Benchmark(b, readers)
}

func BenchmarkTransforms(b *testing.B) {
	_, transforms := linear()
	lineartest.Benchmark(b, transforms)
}

// A row takes as much memory, and about as much time, in a long file as in a short one.
func TestReadersAndTransformsAreLinear(t *testing.T) {
	readers, transforms := linear()
	lineartest.Check(t, append(readers, transforms...))
}
