package text

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/pkg/errors"
	"golang.org/x/text/unicode/norm"
)

// parseNormalizer returns what a normalizer of a tokenizer.json does to a text.
func parseNormalizer(data json.RawMessage) (func(string) string, error) {
	c, err := parseComponent(data)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(s string) string { return s }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.Normalizers, parseNormalizer)
	case "NFC":
		return norm.NFC.String, nil
	case "NFD":
		return norm.NFD.String, nil
	case "NFKC":
		return norm.NFKC.String, nil
	case "NFKD":
		return norm.NFKD.String, nil
	case "Lowercase":
		return strings.ToLower, nil
	case "StripAccents":
		return stripMarks, nil
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
		}, nil
	case "Replace":
		return c.replacer()
	case "BertNormalizer":
		return c.bert, nil
	case "ByteLevel":
		return bytesToSymbols, nil
	}
	return nil, unknownPart(c.Type)
}

// replacer returns what Replace does, as a normalizer or a decoder.
func (c *component) replacer() (func(string) string, error) {
	switch {
	case c.Pattern.String != nil && *c.Pattern.String != "":
		return func(s string) string { return strings.ReplaceAll(s, *c.Pattern.String, c.Content) }, nil
	case c.Pattern.Regex != nil:
		re, err := compile(*c.Pattern.Regex)
		if err != nil {
			return nil, err
		}
		return func(s string) string { return re.replace(s, c.Content) }, nil
	}
	return nil, errors.New("Replace without a pattern")
}

func stripMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
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
			case unicode.IsSpace(r):
				return ' '
			case r == 0, r == unicode.ReplacementChar, unicode.In(r, unicode.Cc, unicode.Cf):
				return -1
			}
			return r
		}, s)
	}
	if or(c.ChineseCh, true) {
		var b strings.Builder
		for _, r := range s {
			if unicode.Is(unicode.Han, r) {
				b.WriteString(" " + string(r) + " ")
			} else {
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	if or(c.StripAccent, or(c.Lowercase, true)) {
		s = stripMarks(norm.NFD.String(s))
	}
	if or(c.Lowercase, true) {
		s = strings.ToLower(s)
	}
	return s
}
