package text

import (
	"bufio"
	"bytes"
	"compress/gzip"
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
// with how many there are and how long, or word2vec's binary format; each also compressed by gzip. Only the tokens of the
// wanted vocabulary are kept, or all if it is nil. A token may hold spaces, as some of GloVe's do, but not the first of a
// file without such a first line. Of a token that is there twice, the first counts.
//
// Errors are one line with the name, which stands for the file, and the line at fault. It is an error if no wanted
// token is there.
func ReadVectors(name string, r io.Reader, wanted *Vocabulary) (*Vectors, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	in := bufio.NewReaderSize(r, mostLine)
	if start, _ := in.Peek(2); string(start) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, errors.Wrapf(err, "%s: cannot be unpacked", name)
		}
		in = bufio.NewReaderSize(unpacked, mostLine)
	}
	if format := formatOf(in); format != "" {
		return nil, errors.Errorf("%s: it is %s; want a token and its numbers a line, or word2vec's binary format, as they are or by gzip", name, format)
	}
	if start, _ := in.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = in.Discard(len(byteOrderMark))
	}
	v := &Vectors{Values: map[string][]float32{}}
	read := 0
	var err error
	if count, width := binaryHeader(in); width > 0 {
		v.Width, read = width, count
		err = v.readBinary(in, count, wanted)
	} else {
		read, err = v.readLines(in, wanted)
	}
	switch {
	case err != nil:
		return nil, errors.WithMessage(err, name)
	case read == 0:
		return nil, errors.Errorf("%s: no vectors; want a token and its numbers a line", name)
	case len(v.Values) == 0 && wanted == nil:
		return nil, errors.Errorf("%s: none of its %d tokens is valid UTF-8; is it a file of text?", name, read)
	case len(v.Values) == 0:
		return nil, errors.Errorf("%s: none of the %d tokens of the vocabulary is among its %d; is it of the same language and case?", name, wanted.Size(), read)
	}
	return v, nil
}

const byteOrderMark = "\ufeff"

// formatOf names what a file is by its first bytes, if it is none of vectors that are read here.
func formatOf(in *bufio.Reader) string {
	for _, f := range []struct{ start, name string }{
		{"PK\x03\x04", "a zip archive"}, {"BZh", "compressed by bzip2"}, {"\xfd7zXZ", "compressed by xz"}, {"\x28\xb5\x2f\xfd", "compressed by zstd"},
		{"\xff\xfe", "text in UTF-16"}, {"\xfe\xff", "text in UTF-16"}, {"\xba\x16\x4f\x2f", "a model of fastText, which writes its vectors into a file .vec,"},
		{"\x80\x02", "a pickle of Python"}, {"\x80\x03", "a pickle of Python"}, {"\x80\x04", "a pickle of Python"}, {"\x80\x05", "a pickle of Python"},
		{"\x93NUMPY", "an array of NumPy"}, {"\x89HDF", "of HDF5"},
	} {
		if start, _ := in.Peek(len(f.start)); string(start) == f.start {
			return f.name
		}
	}
	return ""
}

// readLines reads vectors of text, and returns how many there are.
func (v *Vectors) readLines(in *bufio.Reader, wanted *Vocabulary) (read int, err error) {
	for number := 1; ; number++ {
		line, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			return 0, errors.Errorf("line %d has more than %d bytes; want a token and its numbers a line", number, mostLine)
		}
		if err != nil && err != io.EOF {
			return 0, errors.Wrapf(err, "line %d cannot be read", number)
		}
		text := bytes.Trim(line, " \r\n\t")
		if _, width := header(text); number == 1 && width > 0 {
			v.Width = width
		} else if len(text) > 0 {
			read++
			if problem := v.add(text, wanted); problem != "" {
				return 0, errors.Errorf("line %d: %s", number, problem)
			}
		}
		if err == io.EOF {
			return read, nil
		}
	}
}

// header returns two whole numbers, which are the first line of word2vec, how many vectors there are and how long; or 0.
func header(line []byte) (count, width int) {
	fields := bytes.Fields(line)
	if len(fields) != 2 {
		return 0, 0
	}
	n, err := strconv.ParseUint(string(fields[0]), 10, 31)
	w, err2 := strconv.ParseUint(string(fields[1]), 10, 31)
	if err != nil || err2 != nil {
		return 0, 0
	}
	return int(n), int(w)
}

// blanks stand between a token and its numbers, one or more.
const blanks = " \t"

// add adds the vector of a line, or returns what is wrong with it.
func (v *Vectors) add(line []byte, wanted *Vocabulary) (problem string) {
	if v.Width == 0 {
		// The first token is taken to be without spaces.
		v.Width = len(bytes.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(blanks, r) })) - 1
	}
	if problem := checkWidth(v.Width); problem != "" {
		return problem
	}
	// Back from the end of the line: what is before the numbers is the token.
	rest := line
	for range v.Width {
		from := bytes.LastIndexAny(rest, blanks)
		if from < 0 {
			return "fewer than " + strconv.Itoa(v.Width) + " numbers behind the token, as the lines before it have"
		}
		rest = bytes.TrimRight(rest[:from], blanks)
	}
	token, wants := v.wants(rest, wanted)
	if !wants {
		return ""
	}
	vector := make([]float32, 0, v.Width)
	for f := range strings.FieldsFuncSeq(string(line[len(rest):]), func(r rune) bool { return strings.ContainsRune(blanks, r) }) {
		x, err := strconv.ParseFloat(f, 32)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return strconv.Quote(shorten(f)) + " is not a finite number"
		}
		vector = append(vector, float32(x))
	}
	v.Values[token] = vector
	return ""
}

func checkWidth(width int) (problem string) {
	if width < 1 || width > mostWidth {
		return strconv.Itoa(width) + " numbers behind the token; want between 1 and " + strconv.Itoa(mostWidth)
	}
	return ""
}

// wants returns a token, and whether its vector is to be kept. Broken tokens are in many of these files, and can be wanted
// by nobody.
func (v *Vectors) wants(token []byte, wanted *Vocabulary) (string, bool) {
	if len(token) == 0 || !utf8.Valid(token) {
		return "", false
	}
	t := string(token)
	return t, (wanted == nil || wanted.Has(t)) && v.Values[t] == nil
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
