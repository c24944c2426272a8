package metric

import (
	"regexp"
	"strings"
	"unicode"
)

// BLEUTokenizer says what BLEU takes for words, as the tokenizer of sacreBLEU that has the name.
type BLEUTokenizer string

// The tokenizers.
const (
	BLEU13a  BLEUTokenizer = "13a"  // words and punctuation, as mteval-v13a: for languages of Europe
	BLEUZh   BLEUTokenizer = "zh"   // each Chinese character, and 13a's words of the rest
	BLEUChar BLEUTokenizer = "char" // each character: for Japanese and Thai, which have no spaces between words
	BLEUIntl BLEUTokenizer = "intl" // words and punctuation of all Unicode, as mteval-v14
)

// BLEUTokenizers returns them all.
func BLEUTokenizers() []BLEUTokenizer {
	return []BLEUTokenizer{BLEU13a, BLEUZh, BLEUChar, BLEUIntl}
}

// ChooseBLEUTokenizer returns the tokenizer for the script of references: 13a unless they have more characters of scripts
// without spaces between words than words of others, and then zh if most of these are Chinese, or else char.
func ChooseBLEUTokenizer(references [][]string) BLEUTokenizer {
	words, chinese, others := 0, 0, 0
	for _, all := range references {
		for _, s := range all {
			within := false // a word
			for _, r := range s {
				letter := unicode.IsLetter(r)
				switch {
				case unicode.Is(unicode.Han, r):
					chinese++
					letter = false
				case letter && unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
					others++
					letter = false
				case letter && !within:
					words++
				}
				within = letter
			}
		}
	}
	switch {
	case chinese+others <= words:
		return BLEU13a
	case others > chinese/kanaOfJapanese:
		return BLEUChar
	}
	return BLEUZh
}

// kanaOfJapanese: a text with more than one kana to so many Chinese characters is Japanese, which has about as many of
// both; Chinese has none but in names.
const kanaOfJapanese = 10

// words cuts a text.
func (t BLEUTokenizer) words(text string) []string {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	switch t {
	case BLEUZh:
		return wordsZh(text)
	case BLEUChar:
		return characters(text)
	case BLEUIntl:
		return strings.Fields(rulesIntl.apply(text))
	}
	return words13a(text)
}

// Reachable reports whether translations that are right have a BLEU above 0: one of the references has as many words as the
// longest n-grams that are counted.
func (t BLEUTokenizer) Reachable(references [][]string) bool {
	for _, all := range references {
		for _, s := range all {
			if len(t.words(s)) >= bleuOrder {
				return true
			}
		}
	}
	return false
}

// rules replace patterns in their order.
type rules []struct {
	pattern     *regexp.Regexp
	replacement string
}

func (r rules) apply(text string) string {
	for _, rule := range r {
		text = rule.pattern.ReplaceAllString(text, rule.replacement)
	}
	return text
}

// rules13a are the rules of NIST's mteval-v13a for languages of Europe.
var rules13a = rules{
	{regexp.MustCompile("[{-~\\[-` -&(-+:-@/]"), " $0 "}, // punctuation, but for the apostrophe, comma, dash and full stop
	{regexp.MustCompile(`([^0-9])([.,])`), "$1 $2 "},     // not those inside numbers
	{regexp.MustCompile(`([.,])([^0-9])`), " $1 $2"},
	{regexp.MustCompile(`([0-9])(-)`), "$1 $2 "},
}

// entities13a are what mteval-v13a replaces before the rules, in order.
var entities13a = [][2]string{
	{"<skipped>", ""}, {"-\n", ""}, {"\n", " "}, {"&quot;", `"`}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"},
}

// words13a divides a text into words as mteval-v13a does.
func words13a(text string) []string {
	for _, e := range entities13a {
		text = strings.ReplaceAll(text, e[0], e[1])
	}
	return strings.Fields(rules13a.apply(" " + text + " "))
}

// rulesIntl are the rules of mteval-v14: punctuation but inside numbers, and symbols.
var rulesIntl = rules{
	{regexp.MustCompile(`(\PN)(\pP)`), "$1 $2 "},
	{regexp.MustCompile(`(\pP)(\PN)`), " $1 $2"},
	{regexp.MustCompile(`\pS`), " $0 "},
}

// wordsZh divides a text into Chinese characters, as sacreBLEU knows them, and 13a's words of the rest.
func wordsZh(text string) []string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(text) {
		if unicode.Is(chineseZh, r) {
			b.WriteString(" " + string(r) + " ")
		} else {
			b.WriteRune(r)
		}
	}
	return strings.Fields(rules13a.apply(b.String()))
}

// chineseZh are the characters that stand alone. The first range, which holds quotation marks and arrows, is what
// sacreBLEU's comparison of strings makes of that of rare characters, U+20000 to U+2A6D6, which it leaves out.
var chineseZh = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x2001, Hi: 0x2a6d, Stride: 1},
	{Lo: 0x2e80, Hi: 0x2fdf, Stride: 1},
	{Lo: 0x2ff0, Hi: 0x303f, Stride: 1},
	{Lo: 0x3100, Hi: 0x312f, Stride: 1},
	{Lo: 0x31a0, Hi: 0x31bf, Stride: 1},
	{Lo: 0x31c0, Hi: 0x31ef, Stride: 1},
	{Lo: 0x3200, Hi: 0x4db5, Stride: 1},
	{Lo: 0x4e00, Hi: 0x9fbb, Stride: 1},
	{Lo: 0xf900, Hi: 0xfa2d, Stride: 1},
	{Lo: 0xfa30, Hi: 0xfa6a, Stride: 1},
	{Lo: 0xfa70, Hi: 0xfad9, Stride: 1},
	{Lo: 0xfe10, Hi: 0xfe1f, Stride: 1},
	{Lo: 0xfe30, Hi: 0xfe4f, Stride: 1},
	{Lo: 0xff00, Hi: 0xffef, Stride: 1},
}}
