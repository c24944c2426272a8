package text

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// ReadMerges reads a file of merges, two tokens with a space between them a line, the earliest learnt first: merges.txt
// as of GPT-2, whose tokens are bytes, or a file of codes as of subword-nmt, whose words end with "</w>". Which of them
// it is shows in the tokens. A first line "#version: …" is skipped. The name stands for the file in errors; the option
// [Base] says how words are cut for the second kind.
func ReadMerges(name string, r io.Reader, opts ...BPEOption) (*BPE, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	o := bpeOptions{words: Words{Hyphens: true}}
	args.Apply(&o, opts)
	const longest = 1 << 16 // bytes of a line
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	var merges [][2]string
	ends := false
	number := 0
	for lines.Scan() {
		number++
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" || number == 1 && strings.HasPrefix(line, "#version") {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") || !utf8.ValidString(line) {
			return nil, errors.Errorf("%s: line %d: %q is not two tokens with a space between them", name, number, shorten(line))
		}
		merges = append(merges, [2]string{left, right})
		ends = ends || strings.HasSuffix(right, endOfWord)
	}
	if err := lines.Err(); err == bufio.ErrTooLong {
		return nil, errors.Errorf("%s: line %d has more than %d bytes; is it a file of merges?", name, number+1, longest)
	} else if err != nil {
		return nil, errors.Wrapf(err, "%s: cannot be read", name)
	}
	if len(merges) == 0 {
		return nil, errors.Errorf("%s: no merges; want two tokens with a space between them a line", name)
	}
	if !ends {
		b, err := newBPE(bytePipeline{}, byteAlphabet(), merges)
		return b, errors.WithMessage(err, name)
	}
	characters := map[string]int{}
	for _, m := range merges {
		characters[strings.TrimSuffix(m[0]+m[1], endOfWord)]++
	}
	b, err := newBPE(nil, o.words.alphabet(characters), merges)
	if err != nil {
		return nil, errors.WithMessage(err, name)
	}
	b.aroundWords(o.words)
	return b, nil
}
