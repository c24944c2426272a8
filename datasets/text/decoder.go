package text

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseDecoder returns what a decoder of a tokenizer.json does to tokens.
func parseDecoder(data json.RawMessage) (func([]string) []string, error) {
	c, err := parseComponent(data)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return func(tokens []string) []string { return []string{strings.Join(tokens, " ")} }, nil
	}
	switch c.Type {
	case "Sequence":
		return sequence(c.Decoders, parseDecoder)
	case "ByteLevel":
		return func(tokens []string) []string { return []string{symbolsToBytes(strings.Join(tokens, ""))} }, nil
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
					tokens[i] = cleanup.Replace(tokens[i])
				}
			}
			return tokens
		}, nil
	case "Metaspace":
		mark := c.Replacement
		if mark == "" {
			mark = metaspace
		}
		leading := c.PrependScheme == "always" || c.PrependScheme == "first" || c.PrependScheme == "" && or(c.AddPrefixSpace, true)
		return func(tokens []string) []string {
			for i, t := range tokens {
				if i == 0 && leading {
					t = strings.TrimPrefix(t, mark)
				}
				tokens[i] = strings.ReplaceAll(t, mark, " ")
			}
			return tokens
		}, nil
	case "Replace":
		replace, err := c.replacer()
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
	}
	return nil, unknownPart(c.Type)
}

// cleanup is how WordPiece takes back the spaces before punctuation.
var cleanup = strings.NewReplacer(" .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m", " do not", " don't", " 's", "'s", " 've", "'ve", " 're", "'re")

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
