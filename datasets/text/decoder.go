package text

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder returns what a decoder of a tokenizer.json does to tokens.
func (p *partParser) decoder(data json.RawMessage, depth int) (func([]string) []string, error) {
	c, err := p.component(data, depth)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(tokens []string) []string { return []string{strings.Join(tokens, " ")} }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.Decoders, depth, p.decoder)
	case "ByteLevel":
		return func(tokens []string) []string {
			var b []byte
			for _, t := range tokens {
				b = appendSymbolBytes(b, t)
			}
			return []string{validText(b)}
		}, nil
	case "BPEDecoder":
		suffix := endOfWord
		if c.Suffix != nil {
			suffix = *c.Suffix
		}
		return func(tokens []string) []string {
			for i, t := range tokens {
				by := " "
				if i == len(tokens)-1 {
					by = ""
				}
				if suffix != "" {
					tokens[i] = strings.ReplaceAll(t, suffix, by)
				}
			}
			return tokens
		}, nil
	case "WordPiece":
		prefix := "##"
		if c.Prefix != nil {
			prefix = *c.Prefix
		}
		return func(tokens []string) []string {
			for i, t := range tokens {
				if rest, ok := strings.CutPrefix(t, prefix); ok && i > 0 {
					tokens[i] = rest
				} else if i > 0 {
					tokens[i] = " " + t
				}
				if or(c.Cleanup, true) {
					tokens[i] = cleanUp(tokens[i])
				}
			}
			return tokens
		}, nil
	case "Metaspace":
		mark := cmp.Or(c.Replacement, metaspace)
		leading := c.prependScheme() != "never"
		return func(tokens []string) []string {
			for i, t := range tokens {
				by := " "
				if i == 0 && leading {
					by = ""
				}
				tokens[i] = strings.ReplaceAll(t, mark, by)
			}
			return tokens
		}, p.grows(c.Type, 1)
	case "Replace":
		replace, err := p.replacer(c)
		if err != nil {
			return nil, err
		}
		return func(tokens []string) []string {
			for i, t := range tokens {
				tokens[i] = replace(t)
			}
			return tokens
		}, nil
	case "Fuse":
		return func(tokens []string) []string { return []string{strings.Join(tokens, "")} }, nil
	case "Strip":
		return func(tokens []string) []string {
			for i, t := range tokens {
				for range c.Start {
					rest, ok := strings.CutPrefix(t, c.Content)
					if !ok || c.Content == "" {
						break
					}
					t = rest
				}
				for range c.Stop {
					rest, ok := strings.CutSuffix(t, c.Content)
					if !ok || c.Content == "" {
						break
					}
					t = rest
				}
				tokens[i] = t
			}
			return tokens
		}, nil
	case "ByteFallback":
		return joinBytes, nil
	case "CTC":
		return c.ctc, nil
	}
	return nil, unknownPart(c.Type)
}

// cleanUps are how WordPiece takes back the spaces before punctuation, one after the other.
var cleanUps = [][2]string{
	{" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"},
	{" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
}

func cleanUp(s string) string {
	for _, c := range cleanUps {
		s = strings.ReplaceAll(s, c[0], c[1])
	}
	return s
}

// ctc joins equal neighbours and takes away what stands for nothing, as for speech.
func (c *component) ctc(tokens []string) []string {
	pad, delimiter := "<pad>", "|"
	if c.PadToken != nil {
		pad = *c.PadToken
	}
	if c.WordDelim != nil {
		delimiter = *c.WordDelim
	}
	kept := tokens[:0]
	for _, t := range slices.Compact(tokens) {
		if pad != "" {
			t = strings.ReplaceAll(t, pad, "")
		}
		if or(c.Cleanup, true) {
			if t = cleanUp(t); delimiter != "" {
				t = strings.ReplaceAll(t, delimiter, " ")
			}
		}
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

// joinBytes makes text of tokens of bytes, such as <0xC3> <0xA9>. Bytes that make no text show as U+FFFD, one each.
func joinBytes(tokens []string) []string {
	var joined []string
	var run []byte
	flush := func() {
		switch {
		case len(run) == 0:
		case utf8.Valid(run):
			joined = append(joined, string(run))
		default:
			for range run {
				joined = append(joined, string(utf8.RuneError))
			}
		}
		run = nil
	}
	for _, t := range tokens {
		if len(t) == len("<0x00>") && strings.HasPrefix(t, "<0x") && t[5] == '>' {
			if b, err := strconv.ParseUint(t[3:5], 16, 8); err == nil {
				run = append(run, byte(b))
				continue
			}
		}
		flush()
		joined = append(joined, t)
	}
	flush()
	return joined
}

// appendSymbolBytes appends the bytes that a token spells, or the token itself if it is none of bytes.
func appendSymbolBytes(b []byte, token string) []byte {
	from := len(b)
	for _, r := range token {
		c, ok := symbolBytes[r]
		if !ok {
			return append(b[:from], token...)
		}
		b = append(b, c)
	}
	return b
}

// validText returns text of bytes, in which each longest beginning of a character that does not go on, and each byte
// that begins none, is U+FFFD.
func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = cutShort(b)
		}
		s.WriteRune(r)
		b = b[n:]
	}
	return s.String()
}

// cutShort returns how many bytes of an invalid text could begin a character, at least one.
func cutShort(b []byte) int {
	size, low, high := 1, byte(0x80), byte(0xbf)
	switch c := b[0]; {
	case 0xc2 <= c && c <= 0xdf:
		size = 2
	case 0xe0 <= c && c <= 0xef:
		size = 3
		if c == 0xe0 {
			low = 0xa0
		} else if c == 0xed {
			high = 0x9f
		}
	case 0xf0 <= c && c <= 0xf4:
		size = 4
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for n < min(size, len(b)) && low <= b[n] && b[n] <= high {
		n++
		low, high = 0x80, 0xbf
	}
	return n
}
