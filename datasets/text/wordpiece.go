package text

import "unicode/utf8"

// wordPiece cuts a word into the longest tokens from its beginning on, as BERT does. Those behind the first begin with
// a prefix.
type wordPiece struct {
	tokens  map[string]string // by themselves, so that tokens do not keep texts in memory
	longest int               // bytes of the longest token
	prefix  string
	unknown string
	most    int // characters of a word; a longer one is unknown
}

func newWordPiece(j *modelJSON, symbols []string) model {
	w := &wordPiece{tokens: make(map[string]string, len(symbols)), prefix: "##", unknown: "[UNK]", most: 100}
	for _, s := range symbols {
		w.tokens[s] = s
		w.longest = max(w.longest, len(s))
	}
	if j.Prefix != nil {
		w.prefix = *j.Prefix
	}
	if j.Unknown != nil {
		w.unknown = *j.Unknown
	}
	if j.LongestWord != nil {
		w.most = *j.LongestWord
	}
	return cached{w, newWordCache()}
}

func (w *wordPiece) word(s string) []string {
	if s == "" {
		return nil
	}
	unknown := []string{w.unknown}
	if w.unknown == "" {
		unknown = nil
	}
	if utf8.RuneCountInString(s) > w.most {
		return unknown
	}
	var tokens []string
	var name []byte
	for at := 0; at < len(s); {
		prefix := ""
		if at > 0 {
			prefix = w.prefix
		}
		end := min(len(s), at+max(0, w.longest-len(prefix)))
		found := ""
		for ; end > at; end-- {
			if end < len(s) && !utf8.RuneStart(s[end]) {
				continue
			}
			name = append(append(name[:0], prefix...), s[at:end]...)
			if token, ok := w.tokens[string(name)]; ok {
				found = token
				break
			}
		}
		if found == "" {
			return unknown
		}
		tokens = append(tokens, found)
		at = end
	}
	return tokens
}

// wordLevel knows whole words only.
type wordLevel struct {
	tokens  map[string]string
	unknown string
}

func newWordLevel(j *modelJSON, symbols []string) model {
	w := &wordLevel{tokens: make(map[string]string, len(symbols)), unknown: "<unk>"}
	for _, s := range symbols {
		w.tokens[s] = s
	}
	if j.Unknown != nil {
		w.unknown = *j.Unknown
	}
	return w
}

func (w *wordLevel) word(s string) []string {
	if token, ok := w.tokens[s]; ok {
		return []string{token}
	}
	if s == "" || w.unknown == "" {
		return nil
	}
	return []string{w.unknown}
}
