package text

import (
	"cmp"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// metaspace is the character that stands for a space in SentencePiece.
const metaspace = "▁"

// piece is a part of a text.
type piece struct {
	text  string
	first bool // whether it begins where the text does
}

// preTokenizer returns what a pre_tokenizer of a tokenizer.json does to the pieces of a text.
func (p *partParser) preTokenizer(data json.RawMessage, depth int) (func([]piece) []piece, error) {
	c, err := p.component(data, depth)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(pieces []piece) []piece { return pieces }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.PreTokenizers, depth, p.preTokenizer)
	case "ByteLevel":
		return c.byteLevel, p.grows(c.Type, 2)
	case "Whitespace":
		return splitter(matchRuns(wordClass), "Removed", true)
	case "WhitespaceSplit":
		return splitter(matchRunes(unicode.IsSpace), "Removed", false)
	case "BertPreTokenizer":
		spaces, err := splitter(matchRunes(unicode.IsSpace), "Removed", false)
		if err != nil {
			return nil, err
		}
		marks, err := splitter(matchRunes(isPunctuation), "Isolated", false)
		return func(pieces []piece) []piece { return marks(spaces(pieces)) }, err
	case "Punctuation":
		return splitter(matchRunes(isPunctuation), cmp.Or(c.Behavior, "Isolated"), false)
	case "Digits":
		behavior := "Contiguous"
		if c.IndividualDigits {
			behavior = "Isolated"
		}
		return splitter(matchRunes(unicode.IsNumber), behavior, false)
	case "CharDelimiterSplit":
		if c.Delimiter == "" {
			return nil, errors.New("CharDelimiterSplit without a delimiter")
		}
		return splitter(matchString(c.Delimiter), "Removed", false)
	case "Split":
		match, err := c.matcher()
		if err != nil {
			return nil, err
		}
		return splitter(match, c.Behavior, c.Invert)
	case "Metaspace":
		return p.metaspace(c)
	case "UnicodeScripts":
		return each(cutScripts), nil
	case "FixedLength":
		n := 5
		if c.Length != nil {
			n = *c.Length
		}
		if n < 1 {
			return nil, errors.Errorf("FixedLength with length %d; want 1 or more", n)
		}
		return each(func(s string, add func(from, to int)) {
			from, count := 0, 0
			for i := range s {
				if count == n {
					add(from, i)
					from, count = i, 0
				}
				count++
			}
			add(from, len(s))
		}), nil
	}
	return nil, unknownPart(c.Type)
}

// each makes a step of pieces of a step of one piece, which adds parts of it.
func each(cut func(s string, add func(from, to int))) func([]piece) []piece {
	return func(pieces []piece) []piece {
		all := make([]piece, 0, 2*len(pieces)+8)
		var p piece
		add := func(from, to int) {
			if from < to {
				all = append(all, piece{p.text[from:to], p.first && from == 0})
			}
		}
		for _, p = range pieces {
			cut(p.text, add)
		}
		return all
	}
}

// byteLevel cuts pieces as GPT-2 does, unless they are cut already, and spells them in bytes.
func (c *component) byteLevel(pieces []piece) []piece {
	var all []piece
	if !or(c.UseRegex, true) {
		all = pieces
	}
	for i, p := range pieces {
		if or(c.AddPrefixSpace, true) && !strings.HasPrefix(p.text, " ") {
			p.text = " " + p.text
		}
		if !or(c.UseRegex, true) {
			all[i] = piece{bytesToSymbols(p.text), p.first}
			continue
		}
		words := splitGPT2(p.text)
		all = slices.Grow(all, len(words))
		for j, w := range words {
			all = append(all, piece{bytesToSymbols(w), p.first && j == 0})
		}
	}
	return all
}

// metaspace marks spaces and cuts before them.
func (p *partParser) metaspace(c *component) (func([]piece) []piece, error) {
	mark := cmp.Or(c.Replacement, metaspace)
	scheme := c.prependScheme()
	p.first = p.first || scheme == "first"
	cut, err := splitter(matchString(mark), "MergedWithNext", false)
	if err != nil {
		return nil, err
	}
	return func(pieces []piece) []piece {
		for i, p := range pieces {
			text := strings.ReplaceAll(p.text, " ", mark)
			if (scheme == "always" || scheme == "first" && p.first) && !strings.HasPrefix(text, mark) {
				text = mark + text
			}
			pieces[i].text = text
		}
		if or(c.Split, true) {
			return cut(pieces)
		}
		return pieces
	}, p.grows(c.Type, float64(len(mark)))
}

// prependScheme is when Metaspace puts its mark before a text: always, first or never.
func (c *component) prependScheme() string {
	if c.PrependScheme != "" {
		return c.PrependScheme
	}
	if or(c.AddPrefixSpace, true) {
		return "always"
	}
	return "never"
}

// wordClass tells words, other visible characters and white space apart: \w+|[^\w\s]+.
func wordClass(r rune) class {
	switch {
	case unicode.IsSpace(r):
		return space
	case isWordRune(r):
		return letter
	}
	return other
}

// isPunctuation is BERT's notion: all of ASCII that is neither letter nor digit, and Unicode's.
func isPunctuation(r rune) bool {
	return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~' || r >= utf8.RuneSelf && punctuationSet.has(r)
}

// scriptRange is a range of characters of one script. Those of Japanese count as Chinese.
type scriptRange struct {
	from, to rune
	script   string
}

var scriptRanges = sync.OnceValue(func() []scriptRange {
	var all []scriptRange
	for script, table := range unicode.Scripts {
		if script == "Hiragana" || script == "Katakana" {
			script = "Han"
		}
		set := setOfTables(table)
		for i := 0; i < len(set.ranges); i += 2 {
			all = append(all, scriptRange{set.ranges[i], set.ranges[i+1], script})
		}
	}
	slices.SortFunc(all, func(a, b scriptRange) int { return int(a.from - b.from) })
	return all
})

// scriptOf returns the script of a character; "" goes with any.
func scriptOf(r rune) string {
	switch {
	case r == ' ' || laterRunes.has(r):
		return ""
	case r == 'ー':
		return "Han"
	}
	all := scriptRanges()
	i := sort.Search(len(all), func(i int) bool { return all[i].to >= r })
	if i < len(all) && all[i].from <= r {
		return all[i].script
	}
	return ""
}

// cutScripts cuts where the script changes. What goes with any script and comes first is lost, as in the library.
func cutScripts(s string, add func(from, to int)) {
	before, from := "", -1
	for i, r := range s {
		script := scriptOf(r)
		if script == "" {
			continue
		}
		if script != before {
			if from >= 0 {
				add(from, i)
			}
			from, before = i, script
		}
	}
	if from >= 0 {
		add(from, len(s))
	}
}

// matcher calls found with each match in s in order.
type matcher func(s string, found func(from, to int))

func matchRunes(is func(rune) bool) matcher {
	return func(s string, found func(from, to int)) {
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if is(r) {
				found(i, i+n)
			}
			i += n
		}
	}
}

// matchRuns matches runs of one class, but not of white space.
func matchRuns(classOf func(rune) class) matcher {
	return func(s string, found func(from, to int)) {
		from, before := 0, space
		for i, r := range s {
			if c := classOf(r); c != before {
				if before != space {
					found(from, i)
				}
				from, before = i, c
			}
		}
		if before != space {
			found(from, len(s))
		}
	}
}

func matchString(part string) matcher {
	return func(s string, found func(from, to int)) {
		for at := 0; ; {
			i := strings.Index(s[at:], part)
			if i < 0 {
				return
			}
			found(at+i, at+i+len(part))
			at += i + len(part)
		}
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
		return re.all, nil
	}
	return nil, errors.New("Split without a pattern")
}

// part is a match or what is between two; parts are all of a text.
type part struct {
	from, to int
	match    bool
}

// splitter returns the step that cuts pieces at the matches, or at what is no match if they are inverted. The behavior
// says what becomes of the places where it cuts.
func splitter(match matcher, behavior string, inverted bool) (func([]piece) []piece, error) {
	switch behavior {
	case "Isolated":
		return each(func(s string, add func(from, to int)) {
			done := 0
			match(s, func(from, to int) {
				add(done, from)
				add(from, to)
				done = to
			})
			add(done, len(s))
		}), nil
	case "Removed":
		return each(func(s string, add func(from, to int)) {
			done := 0
			match(s, func(from, to int) {
				if inverted {
					add(from, to)
					return
				}
				add(done, from)
				done = to
			})
			if !inverted {
				add(done, len(s))
			}
		}), nil
	case "MergedWithPrevious", "MergedWithNext", "Contiguous":
		return func(pieces []piece) []piece {
			var parts []part // of a piece; the memory serves all
			return each(func(s string, add func(from, to int)) {
				parts = parts[:0]
				done := 0
				match(s, func(from, to int) {
					if done < from {
						parts = append(parts, part{done, from, inverted})
					}
					parts = append(parts, part{from, to, !inverted})
					done = to
				})
				if done < len(s) {
					parts = append(parts, part{done, len(s), inverted})
				}
				for _, p := range merged(parts, behavior) {
					add(p.from, p.to)
				}
			})(pieces)
		}, nil
	}
	return nil, errors.Errorf("behavior %.40q is not known", behavior)
}

// merged joins matches with what is before or behind them, or equal neighbours.
func merged(parts []part, behavior string) []part {
	if behavior == "MergedWithNext" {
		slices.Reverse(parts)
	}
	kept := parts[:0]
	before := false
	for _, p := range parts {
		joins := p.match && !before
		if behavior == "Contiguous" {
			joins = p.match == before
		}
		before = p.match
		if last := len(kept) - 1; joins && last >= 0 {
			kept[last] = part{min(kept[last].from, p.from), max(kept[last].to, p.to), p.match}
		} else {
			kept = append(kept, p)
		}
	}
	if behavior == "MergedWithNext" {
		slices.Reverse(kept)
	}
	return kept
}
