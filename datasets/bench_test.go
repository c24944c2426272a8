package datasets

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"testing"
	"time"
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
		{"trees", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "(3 (2 It) (4 (2 's) (4 (3 good%d) (2 .))))", i) }), func(r io.Reader) error {
			trees, err := readTrees("f", r)
			treeExamples(trees, true, sst5Label)
			return err
		}},
		{"uci", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d\t%d", i, i%2) }), func(r io.Reader) error { _, err := readUCI("f", r); return err }},
		{"tatoeba", rows("", func(b []byte, i int) []byte { return fmt.Appendf(b, "some words of text %d\tquelques mots %d", i, i) }), func(r io.Reader) error { _, err := readTatoeba("f", r); return err }},
	}
}

// BenchmarkReaders reads files of 10⁴ to 10⁶ rows: time and memory grow as the rows do, so that those of a row stay.
func BenchmarkReaders(b *testing.B) {
	for _, c := range ownReaders() {
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			if c.name == "trees" || c.name == "uci" {
				n = min(n, mostSentences)
			}
			b.Run(c.name+"/"+strconv.Itoa(n), func(b *testing.B) {
				file := c.file(n)
				b.SetBytes(int64(len(file)))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for b.Loop() {
					if err := c.read(bytes.NewReader(file)); err != nil {
						b.Fatal(err)
					}
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
				b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N*n), "B/row")
			})
		}
	}
}

// A row takes as much memory in a long file as in a short one.
func TestReadersAreLinear(t *testing.T) {
	allocated := func(read func(io.Reader) error, file []byte) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := read(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	for _, c := range ownReaders() {
		const n, times = 5_000, 8
		short, long := allocated(c.read, c.file(n)), allocated(c.read, c.file(n*times))
		if long > 1.5*times*short {
			t.Errorf("%s: %.0f B/row of %d rows, %.0f of %d", c.name, short/n, n, long/n/times, n*times)
		}
	}
}
