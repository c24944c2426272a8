package datasets

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus skips the test unless the files of a dataset are in ZOO_DATA.
func corpus(t *testing.T, s *source) {
	t.Helper()
	data := os.Getenv(dataVariable)
	if data == "" || !s.in(data) {
		t.Skipf("%s is not in the folder of %s", s.folder, dataVariable)
	}
	if !filepath.IsAbs(data) {
		t.Fatalf("%s=%s must be absolute: tests run in their own folder", dataVariable, data)
	}
}

func TestCorpora(t *testing.T) {
	for _, c := range []struct {
		name               string
		source             *source
		opts               []Option
		train, valid, test int
		positive           [3]int // examples of the last class
	}{
		{"imdb", imdbSource(), nil, 22500, 2500, 25000, [3]int{11250, 1250, 12500}},
		{"names", namesSource(), nil, 14410, 1801, 1801, [3]int{55, 8, 8}},
		{"sst2", sstSource(), nil, 77201, 872, 1821, [3]int{42410, 444, 909}},
		{"sst2", sstSource(), []Option{SentencesOnly()}, 6920, 872, 1821, [3]int{3610, 444, 909}},
		{"sst5", sstSource(), []Option{SentencesOnly()}, 8544, 1101, 2210, [3]int{1288, 165, 399}},
		{"uci-sentiment", uciSource(), nil, 2100, 300, 600, [3]int{1050, 150, 300}},
	} {
		t.Run(c.name, func(t *testing.T) {
			corpus(t, c.source)
			d, err := Open(c.name, c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			l := d.(*Labelled)
			if len(l.Train) != c.train || len(l.Valid) != c.valid || len(l.Test) != c.test {
				t.Errorf("%d, %d and %d examples; want %d, %d and %d", len(l.Train), len(l.Valid), len(l.Test), c.train, c.valid, c.test)
			}
			var positive [3]int
			for i, part := range [][]Example{l.Train, l.Valid, l.Test} {
				for _, e := range part {
					if e.Label == len(l.Classes)-1 {
						positive[i]++
					}
				}
			}
			if positive != c.positive {
				t.Errorf("%v examples of the last class; want %v", positive, c.positive)
			}
		})
	}
}
