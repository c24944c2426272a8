package text

import (
	"bufio"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Vectors are word vectors for the tokens of a vocabulary.
type Vectors struct {
	Width int
	Rows  map[int][]float64 // [Width] by the number of the token; of some tokens there may be none
}

// OpenVectors reads a file of word vectors. See [ReadVectors].
func OpenVectors(path string, v *Vocabulary) (*Vectors, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrap(err, "word vectors")
	}
	defer f.Close()
	return ReadVectors(path, f, v)
}

// ReadVectors reads word vectors in the text format of GloVe, a word and its
// numbers with spaces between them on each line, or in that of word2vec, where a
// line with the number of words and the width comes first. Of a word that is there
// twice the first counts; words that the vocabulary does not hold are passed over.
// The name stands for the file in errors.
//
// J. Pennington, R. Socher, C. D. Manning: GloVe: Global vectors for word
// representation, EMNLP 2014. T. Mikolov et al.: Efficient estimation of word
// representations in vector space, 2013.
func ReadVectors(name string, r io.Reader, v *Vocabulary) (*Vectors, error) {
	// A word and 10,000 numbers, far above any width in use.
	const longestLine = 1 << 18
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<16), longestLine)
	out := &Vectors{Rows: make(map[int][]float64)}
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimRight(lines.Text(), " \t\r")
		if line == "" {
			continue
		}
		if n == 1 {
			if width, ok := word2vecHeader(line); ok {
				out.Width = width
				continue
			}
		}
		if out.Width == 0 {
			out.Width = strings.Count(line, " ")
			if out.Width == 0 {
				return nil, errors.Errorf("%s: line %d: want a word and its numbers with spaces between them", name, n)
			}
		}
		word, numbers, ok := cutFromEnd(line, out.Width)
		if !ok {
			return nil, errors.Errorf("%s: line %d: want a word and %d numbers, as many as before", name, n, out.Width)
		}
		id := v.ID(word)
		if out.Rows[id] != nil || id < specials {
			continue
		}
		row := make([]float64, 0, out.Width)
		for field := range strings.SplitSeq(numbers, " ") {
			x, err := strconv.ParseFloat(field, 32)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, errors.Errorf("%s: line %d: %.40q is no number; want a word and %d numbers", name, n, field, out.Width)
			}
			row = append(row, x)
		}
		out.Rows[id] = row
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Wrapf(err, "%s: line %d", name, n+1)
	}
	if len(out.Rows) == 0 {
		return nil, errors.Errorf("%s: it has no vector of any word of the training texts; want lines of a word and its numbers", name)
	}
	return out, nil
}

// word2vecHeader returns the width that a first line of two whole numbers states.
func word2vecHeader(line string) (width int, ok bool) {
	words, rest, ok := strings.Cut(line, " ")
	if !ok {
		return 0, false
	}
	if _, err := strconv.Atoi(words); err != nil {
		return 0, false
	}
	width, err := strconv.Atoi(rest)
	return width, err == nil && width > 0
}

// cutFromEnd cuts a line before its last n fields: a word may hold spaces itself.
func cutFromEnd(line string, n int) (word, fields string, ok bool) {
	at := len(line)
	for range n {
		if at = strings.LastIndexByte(line[:at], ' '); at <= 0 {
			return "", "", false
		}
	}
	return line[:at], line[at+1:], true
}
