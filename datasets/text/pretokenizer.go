package text

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// metaspace is the character that stands for a space in SentencePiece.
const metaspace = "▁"

// parsePreTokenizer returns what a pre_tokenizer of a tokenizer.json does to the pieces of a text.
func parsePreTokenizer(data json.RawMessage) (func([]string) []string, error) {
	c, err := parseComponent(data)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(pieces []string) []string { return pieces }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.PreTokenizers, parsePreTokenizer)
	case "ByteLevel":
		return each(c.byteLevel), nil
	case "Whitespace":
		return each(func(s string) []string { return runs(s, whitespaceClass) }), nil
	case "WhitespaceSplit":
		return each(strings.Fields), nil
	case "BertPreTokenizer":
		return each(func(s string) []string {
			var pieces []string
			for _, f := range strings.Fields(s) {
				pieces = append(pieces, isolate(f, matchRunes(isPunctuation), "Isolated")...)
			}
			return pieces
		}), nil
	case "Punctuation":
		behavior := c.Behavior
		if behavior == "" {
			behavior = "Isolated"
		}
		return splitter(matchRunes(isPunctuation), behavior)
	case "Digits":
		behavior := "Contiguous"
		if c.IndividualDigits {
			behavior = "Isolated"
		}
		return splitter(matchRunes(unicode.IsNumber), behavior)
	case "CharDelimiterSplit":
		if c.Delimiter == "" {
			return nil, errors.New("CharDelimiterSplit without a delimiter")
		}
		return splitter(matchString(c.Delimiter), "Removed")
	case "Split":
		match, err := c.matcher()
		if err != nil {
			return nil, err
		}
		if c.Invert {
			match = inverse(match)
		}
		return splitter(match, c.Behavior)
	case "Metaspace":
		return c.metaspace, nil
	}
	return nil, unknownPart(c.Type)
}

// each makes a step of pieces of a step of one piece.
func each(cut func(string) []string) func([]string) []string {
	return func(pieces []string) []string {
		var all []string
		for _, p := range pieces {
			all = append(all, cut(p)...)
		}
		return all
	}
}

// byteLevel cuts a piece as GPT-2 does, unless it is cut already, and spells it in bytes.
func (c *component) byteLevel(s string) []string {
	if or(c.AddPrefixSpace, true) && !strings.HasPrefix(s, " ") {
		s = " " + s
	}
	pieces := []string{s}
	if or(c.UseRegex, true) {
		pieces = splitGPT2(s)
	}
	for i, p := range pieces {
		pieces[i] = bytesToSymbols(p)
	}
	return pieces
}

// metaspace marks spaces and cuts before them.
func (c *component) metaspace(pieces []string) []string {
	mark := c.Replacement
	if mark == "" {
		mark = metaspace
	}
	scheme := c.PrependScheme
	if scheme == "" {
		scheme = "never"
		if or(c.AddPrefixSpace, true) {
			scheme = "always"
		}
	}
	var all []string
	for i, p := range pieces {
		p = strings.ReplaceAll(p, " ", mark)
		if (scheme == "always" || scheme == "first" && i == 0) && !strings.HasPrefix(p, mark) {
			p = mark + p
		}
		if or(c.Split, true) {
			all = append(all, isolate(p, matchString(mark), "MergedWithNext")...)
		} else {
			all = append(all, p)
		}
	}
	return all
}

// whitespaceClass tells words, other visible characters and white space apart: \w+|[^\w\s]+.
func whitespaceClass(r rune) class {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic), r == '\u200c', r == '\u200d':
		return letter
	}
	return other
}

// runs returns the runs of one class, without white space.
func runs(s string, classOf func(rune) class) []string {
	var pieces []string
	from, before := 0, space
	for i, r := range s {
		c := classOf(r)
		if c != before {
			if before != space {
				pieces = append(pieces, s[from:i])
			}
			from, before = i, c
		}
	}
	if before != space {
		pieces = append(pieces, s[from:])
	}
	return pieces
}

// isPunctuation is BERT's notion: all of ASCII that is neither letter nor digit, and Unicode's.
func isPunctuation(r rune) bool {
	return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~' || unicode.IsPunct(r)
}

// matcher finds the first match in s: from and to are -1 if there is none.
type matcher func(s string) (from, to int)

func matchRunes(is func(rune) bool) matcher {
	return func(s string) (int, int) {
		i := strings.IndexFunc(s, is)
		if i < 0 {
			return -1, -1
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		return i, i + n
	}
}

func matchString(part string) matcher {
	return func(s string) (int, int) {
		i := strings.Index(s, part)
		if i < 0 {
			return -1, -1
		}
		return i, i + len(part)
	}
}

// matcher returns the one of a Split.
func (c *component) matcher() (matcher, error) {
	switch {
	case c.Pattern.String != nil && *c.Pattern.String != "":
		return matchString(*c.Pattern.String), nil
	case c.Pattern.Regex != nil:
		re, err := compile(*c.Pattern.Regex)
		if err != nil {
			return nil, err
		}
		return re.find, nil
	}
	return nil, errors.New("Split without a pattern")
}

// inverse matches what a matcher does not.
func inverse(match matcher) matcher {
	return func(s string) (int, int) {
		from := 0
		for from < len(s) {
			a, b := match(s[from:])
			switch {
			case a < 0:
				return from, len(s)
			case a > 0:
				return from, from + a
			}
			from += max(b, 1)
		}
		return -1, -1
	}
}

// splitter returns the step that cuts pieces at the matches.
func splitter(match matcher, behavior string) (func([]string) []string, error) {
	switch behavior {
	case "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous":
		return each(func(s string) []string { return isolate(s, match, behavior) }), nil
	}
	return nil, errors.Errorf("behavior %.40q is not known", behavior)
}

// isolate cuts s at the matches; the behavior says what becomes of these.
func isolate(s string, match matcher, behavior string) []string {
	var pieces []string
	add := func(p string) {
		if p != "" {
			pieces = append(pieces, p)
		}
	}
	held := ""      // a match that belongs to what follows it
	joined := false // whether the last piece is a match that goes on
	for s != "" {
		from, to := match(s)
		if from < 0 || to <= from {
			break
		}
		between, found := s[:from], s[from:to]
		s = s[to:]
		if between != "" {
			joined = false
		}
		switch behavior {
		case "Removed":
			add(between)
		case "Isolated":
			add(between)
			add(found)
		case "Contiguous":
			add(between)
			if joined {
				pieces[len(pieces)-1] += found
			} else {
				add(found)
			}
			joined = true
		case "MergedWithPrevious":
			if between == "" && len(pieces) > 0 && joined {
				add(found)
			} else {
				add(between + found)
			}
			joined = true
		case "MergedWithNext":
			add(held + between)
			held = found
		}
	}
	add(held + s)
	return pieces
}
