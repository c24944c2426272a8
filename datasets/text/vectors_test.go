package text

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
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

// TestVectorFormats reads the same four vectors in every form.
func TestVectorFormats(t *testing.T) {
	tokens := []string{"the", "good", "bad", "of"}
	const text = "the -0.5 0.25 0.45 7\ngood -0.5 0.25 0.45 7\nbad -0.5 0.25 0.45 7\nof -0.5 0.25 0.45 7\n"
	var words, plain bytes.Buffer // with the end of a line behind each vector, and without
	words.WriteString("4 4\n")
	plain.WriteString("4 4\n")
	for _, token := range tokens {
		for _, b := range []*bytes.Buffer{&words, &plain} {
			b.WriteString(token + " ")
			if err := binary.Write(b, binary.LittleEndian, []float32{-0.5, 0.25, 0.45, 7}); err != nil {
				t.Fatal(err)
			}
		}
		words.WriteString("\n")
	}
	zipped := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for name, file := range map[string]string{
		"text":                     text,
		"a header":                 "4 4\n" + text,
		"a byte order mark":        "\ufeff" + text,
		"both":                     "\ufeff4 4\n" + text,
		"a header and CR LF":       "4 4 \r\n" + strings.ReplaceAll(text, "\n", " \r\n"),
		"two blanks":               strings.ReplaceAll(text, " ", "  "),
		"two blanks and a header":  "4  4\n" + strings.ReplaceAll(text, " ", "  "),
		"tabs and blanks":          strings.ReplaceAll(text, " ", " \t"),
		"a broken token":           "5 4\ncaf\xe9 1 2 3 4\n" + text,
		"gzip":                     zipped(text),
		"gzip and a header":        zipped("\ufeff4 4\n" + text),
		"binary":                   words.String(),
		"binary without line ends": plain.String(),
		"binary by gzip":           zipped(words.String()),
	} {
		for _, wanted := range []*Vocabulary{nil, NewVocabulary(tokens)} {
			v, err := ReadVectors(name, strings.NewReader(file), wanted)
			if err != nil {
				t.Error(err)
				continue
			}
			if v.Width != 4 || len(v.Values) != 4 {
				t.Errorf("%s: read %+v", name, v)
			}
			for _, token := range tokens {
				if !slices.Equal(v.Values[token], []float32{-0.5, 0.25, 0.45, 7}) {
					t.Errorf("%s: %q is %v", name, token, v.Values[token])
				}
			}
		}
	}
	// Of the 840 billion tokens' GloVe, with blanks within.
	v, err := ReadVectors("glove", strings.NewReader("the 1 2\n. . . 3 4\nat name@domain.com  5 6\n"), nil)
	if err != nil || !slices.Equal(v.Values[". . ."], []float32{3, 4}) || !slices.Equal(v.Values["at name@domain.com"], []float32{5, 6}) {
		t.Errorf("read %+v, %v", v, err)
	}
	for _, c := range []struct{ file, want string }{
		{plain.String()[:40], "v: it ends within vector 2 of 4; is it complete?"},
		{"2 1\nx \x00\x00\x00\x00y \x00\x00\xc0\x7f", `v: vector 2, of "y": NaN is not a finite number`},
		{"PK\x03\x04....", "v: it is a zip archive; want a token and its numbers a line, or word2vec's binary format, as they are or by gzip"},
		{"\xff\xfet\x00", "v: it is text in UTF-16; want a token and its numbers a line, or word2vec's binary format, as they are or by gzip"},
		{zipped(text)[:30], "v: line 2 cannot be read: unexpected EOF"},
		{"\x1f\x8bxxxxxxxxxxxxxxxx", "v: cannot be unpacked: gzip: invalid header"},
	} {
		if _, err := ReadVectors("v", strings.NewReader(c.file), nil); err == nil || err.Error() != c.want {
			t.Errorf("%.20q:\n got %v\nwant %s", c.file, err, c.want)
		}
	}
}

// FuzzReadVectors checks that all vectors that are read have the same length.
func FuzzReadVectors(f *testing.F) {
	f.Add("the 0.5 -1\nfilm 1 2\n")
	f.Add("3 2\nfilm 1 2 \nthe 3 4 \n")
	f.Add("a\t1\t2\r\nb  1 2\n")
	f.Add("2 1\nx \x00\x00\x00\x00\ny \x00\x00\x80\x3f")
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
