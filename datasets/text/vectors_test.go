package text

import (
	"slices"
	"strings"
	"testing"
)

func TestReadVectors(t *testing.T) {
	const glove = "the 0.5 -1 2e-1\nfilm 1 2 3\n. . . 4 5 6\nfilm 9 9 9\n\xff 1 1 1\n"
	v, err := ReadVectors("glove", strings.NewReader(glove), nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.Width != 3 || len(v.Values) != 3 || !slices.Equal(v.Values[". . ."], []float32{4, 5, 6}) || v.Values["film"][0] != 1 {
		t.Errorf("read %+v", v)
	}
	vocabulary := NewVocabulary([]string{"film", "plot"})
	v, err = ReadVectors("word2vec", strings.NewReader("3 2\nfilm 1 2 \nthe 3 4 \n\n"), vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	matrix, found := v.Matrix(vocabulary, func(row []float32) { row[0] = 7 })
	if want := []float32{0, 0, 7, 0, 7, 0, 7, 0, 1, 2, 7, 0}; found != 1 || !slices.Equal(matrix, want) {
		t.Errorf("%d found, matrix %v; want 1, %v", found, matrix, want)
	}
	for _, c := range []struct{ file, want string }{
		{"", "v: no vectors; want a token and its numbers a line"},
		{"5 3\n", "v: no vectors; want a token and its numbers a line"},
		{"the\n", "v: line 1: 0 numbers behind the token; want between 1 and 16384"},
		{"1 99999999\na 1\n", "v: line 2: 99999999 numbers behind the token; want between 1 and 16384"},
		{"film 1 2\nplot 1\n", "v: line 2: fewer than 2 numbers behind the token, as the lines before it have"},
		{"film 1 x\n", `v: line 1: "x" is not a finite number`},
		{"film 1 NaN\n", `v: line 1: "NaN" is not a finite number`},
		{"Film 1 2\n", "v: none of the 6 tokens of the vocabulary is among its 1; is it of the same language and case?"},
		{strings.Repeat("x", 1<<21), "v: line 1 has more than 1048576 bytes; want a token and its numbers a line"},
	} {
		if _, err := ReadVectors("v", strings.NewReader(c.file), vocabulary); err == nil || err.Error() != c.want {
			t.Errorf("%.20q:\n got %v\nwant %s", c.file, err, c.want)
		}
	}
}

// FuzzReadVectors checks that all vectors that are read have the same length.
func FuzzReadVectors(f *testing.F) {
	f.Add("the 0.5 -1\nfilm 1 2\n")
	f.Add("3 2\nfilm 1 2 \nthe 3 4 \n")
	f.Add("a\t1\t2\r\nb  1 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ReadVectors("v", strings.NewReader(text), nil)
		if err != nil {
			if v != nil || !strings.HasPrefix(err.Error(), "v: ") {
				t.Fatalf("%v, %v", v, err)
			}
			return
		}
		for token, vector := range v.Values {
			if len(vector) != v.Width {
				t.Fatalf("%q has %d numbers of %d", token, len(vector), v.Width)
			}
		}
	})
}
