package text

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// Vectors are word vectors that were learnt elsewhere.
type Vectors struct {
	Width  int                  // E, the length of each
	Values map[string][]float32 // [E] by token
}

// mostWidth and mostLine bound the lines of a file of vectors: those in use have a few hundred numbers.
const (
	mostWidth = 1 << 14
	mostLine  = 1 << 20
)

// OpenVectors reads word vectors as [ReadVectors] does from the file at path.
func OpenVectors(path string, wanted *Vocabulary) (*Vectors, error) {
	f, err := os.Open(path)
	if err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, errors.Wrapf(err, "cannot open %q; check the path", path)
	}
	defer f.Close()
	return ReadVectors(path, f, wanted)
}

// ReadVectors reads the text format of GloVe, a token and its numbers a line, or of word2vec, which has a first line
// with how many there are and how long. Only the tokens of the wanted vocabulary are kept, or all if it is nil. A token
// may hold spaces, as some of GloVe's do. Of a token that is there twice, the first counts.
//
// Errors are one line with the name, which stands for the file, and the line at fault. It is an error if no wanted
// token is there.
func ReadVectors(name string, r io.Reader, wanted *Vocabulary) (*Vectors, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	v := &Vectors{Values: map[string][]float32{}}
	lines := bufio.NewReaderSize(r, mostLine)
	read := 0
	for number := 1; ; number++ {
		line, err := lines.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return nil, errors.Errorf("%s: line %d has more than %d bytes; want a token and its numbers a line", name, number, mostLine)
		}
		if err != nil && err != io.EOF {
			return nil, errors.Wrapf(err, "%s: cannot be read", name)
		}
		text := bytes.Trim(line, " \r\n\t")
		if width := headerWidth(text); number == 1 && width > 0 {
			v.Width = width
		} else if len(text) > 0 {
			read++
			if problem := v.add(text, wanted); problem != "" {
				return nil, errors.Errorf("%s: line %d: %s", name, number, problem)
			}
		}
		if err == io.EOF {
			break
		}
	}
	switch {
	case read == 0:
		return nil, errors.Errorf("%s: no vectors; want a token and its numbers a line", name)
	case len(v.Values) == 0 && wanted == nil:
		return nil, errors.Errorf("%s: none of its %d tokens is valid UTF-8; is it a file of text?", name, read)
	case len(v.Values) == 0:
		return nil, errors.Errorf("%s: none of the %d tokens of the vocabulary is among its %d; is it of the same language and case?", name, wanted.Size(), read)
	}
	return v, nil
}

// headerWidth returns the second of two whole numbers, which are the first line of word2vec, or 0.
func headerWidth(line []byte) int {
	fields := bytes.Fields(line)
	if len(fields) != 2 {
		return 0
	}
	_, err := strconv.ParseUint(string(fields[0]), 10, 31)
	width, err2 := strconv.ParseUint(string(fields[1]), 10, 31)
	if err != nil || err2 != nil {
		return 0
	}
	return int(width)
}

// add adds the vector of a line, or returns what is wrong with it.
func (v *Vectors) add(line []byte, wanted *Vocabulary) (problem string) {
	if v.Width == 0 {
		// The first token is taken to be without spaces.
		v.Width = bytes.Count(line, []byte{' '}) + bytes.Count(line, []byte{'\t'})
	}
	if v.Width == 0 || v.Width > mostWidth {
		return strconv.Itoa(v.Width) + " numbers behind the token; want between 1 and " + strconv.Itoa(mostWidth)
	}
	// Back from the end of the line: what is before the numbers is the token.
	rest := line
	from := len(line)
	for range v.Width {
		from = bytes.LastIndexAny(rest, " \t")
		if from < 0 {
			return "fewer than " + strconv.Itoa(v.Width) + " numbers behind the token, as the lines before it have"
		}
		rest = rest[:from]
	}
	token := string(bytes.Trim(rest, " \t"))
	if token == "" || !utf8.ValidString(token) {
		// Broken tokens are in many of these files, and can be wanted by nobody.
		return ""
	}
	if wanted != nil && !wanted.Has(token) || v.Values[token] != nil {
		return ""
	}
	vector := make([]float32, 0, v.Width)
	for f := range strings.SplitSeq(string(line[from+1:]), " ") {
		for f := range strings.SplitSeq(f, "\t") {
			x, err := strconv.ParseFloat(f, 32)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return strconv.Quote(shorten(f)) + " is not a finite number"
			}
			vector = append(vector, float32(x))
		}
	}
	v.Values[token] = vector
	return ""
}

func shorten(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Matrix returns the vectors of a vocabulary as rows of one matrix [V, E], and how many tokens have one. A token
// without one keeps the row that init gives, or zeros if init is nil, and so does [Pad], whose row is zeros. There is no
// matrix of a width that no vectors have.
func (v *Vectors) Matrix(vocabulary *Vocabulary, init func(row []float32)) (matrix []float32, found int) {
	if vocabulary == nil || v.Width < 1 || v.Width > mostWidth {
		return nil, 0
	}
	matrix = make([]float32, vocabulary.Size()*v.Width)
	for id, token := range vocabulary.tokens {
		row := matrix[id*v.Width : (id+1)*v.Width]
		switch vector := v.Values[token]; {
		case id == Pad:
		case vector != nil:
			found++
			copy(row, vector)
		case init != nil:
			init(row)
		}
	}
	return matrix, found
}
