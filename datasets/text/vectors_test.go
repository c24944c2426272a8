package text

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadVectors(t *testing.T) {
	v := NewVocabulary([]string{"good", "bad", "über", ". . ."})
	want := map[int][]float64{v.ID("good"): {0.5, -1}, v.ID("über"): {2, 0.25}}
	for name, in := range map[string]string{
		"GloVe":               "good 0.5 -1\nfilm 7 7\nüber 2 2.5e-1\n",
		"word2vec":            "3 2\ngood 0.5 -1 \nfilm 7 7 \r\nüber 2 0.25 \n",
		"twice":               "good 0.5 -1\ngood 3 3\nüber 2 0.25",
		"numbers of no words": "good 0.5 -1\nx y z\nüber 2 0.25\n",
	} {
		got, err := ReadVectors(name, strings.NewReader(in), v)
		if err != nil || got.Width != 2 || !reflect.DeepEqual(got.Rows, want) {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, want)
		}
	}
	got, err := ReadVectors("spaces", strings.NewReader("bad 1 2\n. . . 3 4\n"), v)
	if err != nil || !reflect.DeepEqual(got.Rows[v.ID(". . .")], []float64{3, 4}) {
		t.Errorf("a word with spaces: %+v, %v", got, err)
	}
	for _, c := range []struct{ in, want string }{
		{"", "v.txt: it has no vector of any word"},
		{"film 1 2\n", "v.txt: it has no vector of any word"},
		{"good\n", "v.txt: line 1: want a word and its numbers"},
		{"good 1 2\nbad 1\n", "v.txt: line 2: want a word and 2 numbers, as many as before"},
		{"good 1 x\n", `v.txt: line 1: "x" is no number`},
		{"good 1 NaN\n", `v.txt: line 1: "NaN" is no number`},
		{"good 1 " + strings.Repeat("1", 1<<18), "v.txt: line 1: bufio.Scanner: token too long"},
	} {
		if _, err := ReadVectors("v.txt", strings.NewReader(c.in), v); err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.20q: error %v; want %q", c.in, err, c.want)
		}
	}
}

func FuzzReadVectors(f *testing.F) {
	f.Add("2 2\ngood 1 2\nbad 1e3 -4\n")
	f.Add("good 0.1 0.2 0.3\n. . . 1 2 3")
	v := NewVocabulary([]string{"good", "bad"})
	f.Fuzz(func(t *testing.T, in string) {
		got, err := ReadVectors("fuzz", strings.NewReader(in), v)
		if err != nil {
			return
		}
		for id, row := range got.Rows {
			if len(row) != got.Width || id < specials || id >= v.Size() {
				t.Fatalf("token %d has %d numbers; the width is %d", id, len(row), got.Width)
			}
		}
	})
}
