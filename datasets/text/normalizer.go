package text

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
	"golang.org/x/text/unicode/norm"
)

// normalizer returns what a normalizer of a tokenizer.json does to a text.
func (p *partParser) normalizer(data json.RawMessage, depth int) (func(string) string, error) {
	c, err := p.component(data, depth)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(s string) string { return s }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.Normalizers, depth, p.normalizer)
	case "NFC":
		return normalForm(norm.NFC), nil
	case "NFD":
		return normalForm(norm.NFD), nil
	case "NFKC":
		return normalForm(norm.NFKC), nil
	case "NFKD":
		return normalForm(norm.NFKD), nil
	case "Lowercase":
		return lower, nil
	case "StripAccents":
		return func(s string) string { return without(s, markSet) }, nil
	case "Strip":
		return func(s string) string {
			if c.StripLeft {
				s = strings.TrimLeftFunc(s, unicode.IsSpace)
			}
			if c.StripRight {
				s = strings.TrimRightFunc(s, unicode.IsSpace)
			}
			return s
		}, nil
	case "Prepend":
		return func(s string) string {
			if s == "" {
				return s
			}
			return c.Prepend + s
		}, p.grows(c.Type, float64(len(c.Prepend))/longestText+1)
	case "Replace":
		return p.replacer(c)
	case "BertNormalizer":
		return c.bert, nil
	case "ByteLevel":
		return bytesToSymbols, p.grows(c.Type, 2)
	case "Nmt":
		return nmt, nil
	case "Precompiled":
		m, err := newCharsMap(c.CharsMap)
		if err != nil {
			return nil, err
		}
		return m.normalize, p.grows(c.Type, m.growth)
	}
	return nil, unknownPart(c.Type)
}

// replacer returns what Replace does, as a normalizer or a decoder.
func (p *partParser) replacer(c *component) (func(string) string, error) {
	switch {
	case c.Pattern.String != nil && *c.Pattern.String != "":
		old := *c.Pattern.String
		return func(s string) string { return strings.ReplaceAll(s, old, c.Content) }, p.grows(c.Type, float64(len(c.Content))/float64(len(old)))
	case c.Pattern.Regex != nil:
		re, err := compile(*c.Pattern.Regex)
		if err != nil {
			return nil, err
		}
		// An expression may match each character, or between them.
		return func(s string) string { return re.replace(s, c.Content) }, p.grows(c.Type, float64(len(c.Content))/float64(max(re.least, 1))+re.between())
	}
	return nil, errors.New("Replace without a pattern")
}

// lower folds each character by itself: a sigma is no other at the end of a word.
func lower(s string) string {
	s = strings.ReplaceAll(s, "İ", "i̇")
	return strings.ToLower(s)
}

var (
	decomposed = normalForm(norm.NFD)
	// invisible is what BERT takes away: control, format, private and surrogate characters, but for white space.
	invisible = setOfTables(unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs).and(later8.not()).or(setOf(0, 0, unicode.ReplacementChar, unicode.ReplacementChar)).and(setOf('\t', '\t', '\n', '\n', '\r', '\r').not())
	// ideographs are what BERT sets off by spaces. The library begins the fifth range at 2B920 where 2B820 is meant.
	ideographs = setOf(0x4e00, 0x9fff, 0x3400, 0x4dbf, 0x20000, 0x2a6df, 0x2a700, 0x2b73f, 0x2b740, 0x2b81f, 0x2b920, 0x2ceaf, 0xf900, 0xfaff, 0x2f800, 0x2fa1f)
)

// without returns s without the characters of a set.
func without(s string, set *runeSet) string {
	return strings.Map(func(r rune) rune {
		if set.has(r) {
			return -1
		}
		return r
	}, s)
}

// bert cleans text as BERT does.
func (c *component) bert(s string) string {
	if or(c.CleanText, true) {
		s = strings.Map(func(r rune) rune {
			switch {
			case invisible.has(r):
				return -1
			case unicode.IsSpace(r):
				return ' '
			}
			return r
		}, s)
	}
	if or(c.ChineseCh, true) {
		s = spaced(s)
	}
	if or(c.StripAccent, or(c.Lowercase, true)) {
		s = without(decomposed(s), nonSpacing)
	}
	if or(c.Lowercase, true) {
		s = lower(s)
	}
	return s
}

// spaced puts spaces around ideographs.
func spaced(s string) string {
	var b strings.Builder
	done := 0
	for i, r := range s {
		if r >= 0x3400 && ideographs.has(r) {
			end := i + utf8.RuneLen(r)
			b.WriteString(s[done:i])
			b.WriteByte(' ')
			b.WriteString(s[i:end])
			b.WriteByte(' ')
			done = end
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// nmt cleans text as SentencePiece does before its normal form.
func nmt(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 1 <= r && r <= 8, r == 0xb, 0xe <= r && r <= 0x1f, r == 0x7f, r == 0x8f, r == 0x9f:
			return -1
		case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, 0x200b <= r && r <= 0x200f, r == 0x2028, r == 0x2029, r == 0x2581, r == 0xfeff, r == 0xfffd:
			return ' '
		}
		return r
	}, s)
}
