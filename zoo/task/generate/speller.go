package generate

import (
	"strings"
	"unicode/utf8"

	"github.com/rnnzoo/rnnzoo/datasets/text"
)

// speller makes text of tokens one by one. What a token looks like may depend on those before it in its line, and is known
// when the bytes of a character are all there.
type speller struct {
	w       *Writer
	line    []string // tokens of the line, those of the prompt too
	spelt   string   // of the line, as far as it was given
	all     strings.Builder
	pending string // not given yet, since it may become what ends the text
	stop    string
	each    func(string) error
}

// newSpeller returns a speller behind a prompt.
func newSpeller(w *Writer, prompt []int32, o Writing) *speller {
	s := &speller{w: w, stop: strings.ReplaceAll(o.Stop, `\n`, "\n"), each: o.Each}
	for _, id := range prompt {
		s.append(int(id))
	}
	s.spelt = s.spell()
	return s
}

// mostInLine is how many tokens of a line decide what the next looks like.
const mostInLine = 512

// append adds a token to the line.
func (s *speller) append(id int) {
	if id == text.End {
		s.line, s.spelt = s.line[:0], ""
		return
	}
	if len(s.line) == mostInLine {
		s.line = append(s.line[:0], s.line[len(s.line)-1])
		s.spelt = s.spell()
	}
	s.line = append(s.line, s.w.encoder.Vocabulary.Token(id))
}

// spell returns the text of the line but for a character at its end whose bytes are not all there.
func (s *speller) spell() string {
	whole := s.w.encoder.Tokenizer.Detokenize(s.line)
	for i := 1; i < utf8.UTFMax && i <= len(whole); i++ {
		if c := whole[len(whole)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRuneInString(whole[len(whole)-i:]) {
				return whole[:len(whole)-i]
			}
			break
		}
	}
	return strings.TrimRight(whole, string(utf8.RuneError)) // as byte-level tokenizers write half a character
}

// add adds a token, and reports whether the text is done.
func (s *speller) add(id int) (done bool, err error) {
	piece := "\n"
	if s.append(id); id != text.End {
		if _, ok := s.w.encoder.Tokenizer.(text.Characters); ok {
			piece = s.line[len(s.line)-1]
		} else {
			now := s.spell()
			piece, s.spelt = behind(now, s.spelt), now
		}
	}
	return s.say(piece)
}

// behind returns what a text has behind what was given of it. Some tokenizers join words anew when more of them is there, as do and
// n't: of such a word what differs is given once more, since nothing can be taken back.
func behind(now, given string) string {
	n := 0
	for n < len(now) && n < len(given) && now[n] == given[n] {
		n++
	}
	for n > 0 && n < len(now) && !utf8.RuneStart(now[n]) {
		n--
	}
	return now[n:]
}

// say gives a piece, but for an end of it that may become what ends the text.
func (s *speller) say(piece string) (done bool, err error) {
	s.pending += piece
	keep := 0
	if s.stop != "" {
		if i := strings.Index(s.pending, s.stop); i >= 0 {
			s.pending = s.pending[:i]
			return true, s.flush()
		}
		for keep = min(len(s.stop)-1, len(s.pending)); keep > 0 && !strings.HasPrefix(s.stop, s.pending[len(s.pending)-keep:]); keep-- {
		}
	}
	give := s.pending[:len(s.pending)-keep]
	s.pending = s.pending[len(give):]
	return false, s.give(give)
}

// flush gives what is pending.
func (s *speller) flush() error {
	give := s.pending
	s.pending = ""
	return s.give(give)
}

func (s *speller) give(piece string) error {
	if piece == "" {
		return nil
	}
	s.all.WriteString(piece)
	if s.each == nil {
		return nil
	}
	return s.each(piece)
}

// String returns what was given.
func (s *speller) String() string { return s.all.String() }
