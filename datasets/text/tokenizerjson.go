package text

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// TokenizerJSON is a tokenizer of Hugging Face's library tokenizers, read from a tokenizer.json by [ReadTokenizerJSON].
// It cuts texts into the tokens that the library cuts them into, and joins tokens as it does. It does not change and
// may be used from several goroutines at once.
type TokenizerJSON struct {
	model     model
	symbols   []string // every token in the order of the file's numbers
	literal   *addedTokens
	normal    *addedTokens // those that are searched for in the normalized text
	normalize func(string) string
	cut       func([]piece) []piece
	decode    func([]string) []string
	first     bool // whether the beginning of a text is cut in another way than the rest
	file      json.RawMessage
}

var _ Tokenizer = (*TokenizerJSON)(nil)

// The limits of a tokenizer.json. The largest in use, of vocabularies with a quarter of a million tokens, have 35 MB
// and 2 million values; their parts are a few, one or two deep.
const (
	mostJSON     = 128 << 20
	mostValues   = 8_000_000
	mostParts    = 100
	deepestPart  = 16
	longestToken = 1 << 14 // bytes
	longestText  = 1 << 12 // bytes that a part puts into a text
	mostGrowth   = 64      // how many times longer the parts may make a text, without Unicode's normal forms
)

// ReadTokenizerJSON reads a tokenizer.json of Hugging Face. The name stands for the file in errors. The model may be
// BPE, WordPiece, Unigram or WordLevel. What happens to the text around it is read too: normalizer, added tokens,
// pre_tokenizer and decoder; a part that is not known here is an error that names it. The post_processor, which adds
// special tokens around a text, truncation and padding are left to the task, and so is dropout, which training alone
// has a use for.
//
// No file takes much memory or makes much of a text: one is refused that has more than 128 MB or 8 million values, more
// than 100 parts or parts more than 16 deep, a token of more than 16 kB, a text of more than 4 kB that a part puts into
// others, or replacements that can make a text more than 64 times as long.
func ReadTokenizerJSON(name string, r io.Reader) (*TokenizerJSON, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	data, err := io.ReadAll(io.LimitReader(r, mostJSON+1))
	if err != nil {
		return nil, errors.Wrapf(err, "%s: cannot be read", name)
	}
	if len(data) > mostJSON {
		return nil, errors.Errorf("%s: more than %d MB; is it a tokenizer.json?", name, mostJSON>>20)
	}
	t, err := parseTokenizerJSON(data)
	return t, errors.WithMessage(err, name)
}

// modelJSON is the form of a model of any kind.
type modelJSON struct {
	Type         string          `json:"type"`
	Vocab        json.RawMessage `json:"vocab"`
	Merges       json.RawMessage `json:"merges"`
	Unknown      *string         `json:"unk_token"`
	UnknownID    *int            `json:"unk_id"`
	Prefix       *string         `json:"continuing_subword_prefix"`
	Suffix       *string         `json:"end_of_word_suffix"`
	FuseUnknown  bool            `json:"fuse_unk"`
	ByteFallback bool            `json:"byte_fallback"`
	IgnoreMerges bool            `json:"ignore_merges"`
	LongestWord  *int            `json:"max_input_chars_per_word"`
}

// model cuts a word into tokens.
type model interface{ word(w string) []string }

// parseMerges reads merges: ["a", "b"], or "a b" in older files.
func parseMerges(data json.RawMessage) ([][2]string, error) {
	var pairs [][]string
	list, _ := bytes.CutPrefix(bytes.TrimSpace(data), []byte("["))
	if bytes.HasPrefix(bytes.TrimSpace(list), []byte(`"`)) {
		var lines []string
		if err := json.Unmarshal(data, &lines); err != nil {
			return nil, errors.Wrap(err, "model.merges")
		}
		for _, l := range lines {
			pairs = append(pairs, strings.Split(l, " "))
		}
	} else if len(data) > 0 {
		if err := json.Unmarshal(data, &pairs); err != nil {
			return nil, errors.Wrap(err, "model.merges")
		}
	}
	merges := make([][2]string, len(pairs))
	for i, p := range pairs {
		if len(p) != 2 {
			return nil, errors.Errorf("merge %d, %.60q, does not join two tokens", i+1, p)
		}
		merges[i] = [2]string(p)
	}
	return merges, nil
}

// parseTokenizerJSON returns the tokenizer of a file.
func parseTokenizerJSON(data []byte) (*TokenizerJSON, error) {
	fields, err := fieldsOfTokenizerJSON(data)
	if err != nil {
		return nil, err
	}
	t := &TokenizerJSON{file: data}
	if t.model, t.symbols, err = parseModel(fields["model"]); err != nil {
		return nil, err
	}
	p := &partParser{growth: 1}
	if t.normalize, err = p.normalizer(fields["normalizer"], 0); err != nil {
		return nil, errors.WithMessage(err, "normalizer")
	}
	if t.cut, err = p.preTokenizer(fields["pre_tokenizer"], 0); err != nil {
		return nil, errors.WithMessage(err, "pre_tokenizer")
	}
	t.first = p.first
	p = &partParser{growth: 1}
	if t.decode, err = p.decoder(fields["decoder"], 0); err != nil {
		return nil, errors.WithMessage(err, "decoder")
	}
	var added []addedToken
	if list := fields["added_tokens"]; list != nil {
		if err := json.Unmarshal(list, &added); err != nil {
			return nil, errors.Wrap(err, "added_tokens")
		}
	}
	if err := t.addTokens(added); err != nil {
		return nil, errors.WithMessage(err, "added_tokens")
	}
	return t, nil
}

// fieldsOfTokenizerJSON returns the parts of a file, or says what it is if it is no tokenizer.json.
func fieldsOfTokenizerJSON(data []byte) (map[string]json.RawMessage, error) {
	data = bytes.TrimSpace(data)
	starts := func(s string) bool { return bytes.HasPrefix(data, []byte(s)) }
	switch {
	case len(data) == 0:
		return nil, errors.New("the file is empty; give the tokenizer.json of a model")
	case starts("<"):
		return nil, errors.New("this is a web page (HTML or XML), no tokenizer.json; download the file itself, not the page that shows it")
	case starts("version https://git-lfs"):
		return nil, errors.New("this is a pointer of Git LFS, no tokenizer.json; fetch the file itself (git lfs pull)")
	case starts("\x1f\x8b"), starts("PK\x03\x04"):
		return nil, errors.New("this is a compressed file, no tokenizer.json; unpack it first")
	case starts("#version"):
		return nil, errors.New("these are merges, no tokenizer.json; name the file merges.txt")
	case bytes.Contains(data[:min(len(data), 512)], []byte{0}), starts("\x0a\x0e\x0a"):
		return nil, errors.New("this is a binary file, no tokenizer.json; a model of SentencePiece has to be converted by the library that it is used with")
	}
	if n := bytes.Count(data, []byte(",")); n > mostValues {
		return nil, errors.Errorf("more than %d values; is it a tokenizer.json?", mostValues)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		if _, ok := err.(*json.SyntaxError); ok {
			return nil, errors.Wrap(err, "not a tokenizer.json")
		}
		return nil, errors.New("this is JSON, but no tokenizer.json, which is an object with a model; give the tokenizer.json of a model")
	}
	if m, ok := fields["model"]; ok && bytes.HasPrefix(bytes.TrimSpace(m), []byte("{")) {
		return fields, nil
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return fields[n] != nil })
	}
	const way = "give the tokenizer.json that is beside it"
	switch {
	case has("class_name") && has("config"), has("word_index"), has("word_counts"):
		return nil, errors.New("this is a tokenizer of Keras, no tokenizer.json of Hugging Face; cut the texts into words here instead (tokenizer words)")
	case has("tokenizer_class", "added_tokens_decoder"):
		return nil, errors.New("this is a tokenizer_config.json, no tokenizer.json; " + way)
	case has("architectures", "model_type"):
		return nil, errors.New("this is the config.json of a model, no tokenizer.json; " + way)
	case has("tokenizer") && has("vocabulary"):
		return nil, errors.New("this is an encoder of this program, no tokenizer.json; it belongs to the run that it was saved with")
	case has("unk_token", "bos_token", "eos_token", "cls_token"):
		return nil, errors.New("this is a special_tokens_map.json, no tokenizer.json; " + way)
	}
	var vocab map[string]int64
	if json.Unmarshal(data, &vocab) == nil && len(vocab) > 0 {
		return nil, errors.New("this is a vocabulary (vocab.json), which does not say how texts are cut; give the tokenizer.json or merges.txt that is beside it")
	}
	return nil, errors.New("this is JSON without a model, no tokenizer.json; give the tokenizer.json of a model")
}

// parseModel returns the model of a file and its tokens in the order of their numbers.
func parseModel(data json.RawMessage) (model, []string, error) {
	j := &modelJSON{}
	if err := json.Unmarshal(data, j); err != nil {
		return nil, nil, errors.Wrap(err, "model")
	}
	kind := j.Type
	if kind == "" { // in old files
		switch {
		case len(j.Merges) > 0:
			kind = "BPE"
		case j.UnknownID != nil || bytes.HasPrefix(bytes.TrimSpace(j.Vocab), []byte("[")):
			kind = "Unigram"
		case j.LongestWord != nil:
			kind = "WordPiece"
		case j.Unknown != nil:
			kind = "WordLevel"
		}
	}
	for _, s := range []*string{j.Unknown, j.Prefix, j.Suffix} {
		if len(value(s)) > longestText {
			return nil, nil, errors.Errorf("model: unk_token, continuing_subword_prefix or end_of_word_suffix has %d bytes; no more than %d are read", len(*s), longestText)
		}
	}
	if kind == "Unigram" {
		return parseUnigram(j)
	}
	if kind != "BPE" && kind != "WordPiece" && kind != "WordLevel" {
		return nil, nil, errors.Errorf("the model is %.40q where BPE, WordPiece, Unigram and WordLevel are read", kind)
	}
	var vocab map[string]int64
	if err := json.Unmarshal(j.Vocab, &vocab); err != nil {
		return nil, nil, errors.Wrap(err, "model.vocab is not an object of tokens and their numbers")
	}
	symbols := make([]string, 0, len(vocab))
	for s := range vocab {
		if s == "" {
			continue // no word has it
		}
		if len(s) > longestToken {
			return nil, nil, errors.Errorf("model.vocab: token %.40q… has %d bytes; no more than %d are read", s, len(s), longestToken)
		}
		symbols = append(symbols, s)
	}
	// Two tokens of one number are a mistake, but no reason for chance.
	slices.SortFunc(symbols, func(a, b string) int {
		return cmp.Or(cmp.Compare(vocab[a], vocab[b]), cmp.Compare(a, b))
	})
	switch kind {
	case "WordPiece":
		return newWordPiece(j, symbols), symbols, nil
	case "WordLevel":
		return newWordLevel(j, symbols), symbols, nil
	}
	b, err := newBPE(nil, symbols, nil)
	if err != nil {
		return nil, nil, err
	}
	b.prefix, b.suffix, b.unknown = value(j.Prefix), value(j.Suffix), -1
	if j.Unknown != nil {
		if id, ok := b.ids[*j.Unknown]; ok {
			b.unknown = id
		}
	}
	b.drop, b.fuse, b.bytes, b.whole = true, j.FuseUnknown, j.ByteFallback, j.IgnoreMerges
	merges, err := parseMerges(j.Merges)
	if err != nil {
		return nil, nil, err
	}
	for i, m := range merges {
		// The library takes as many bytes off the second token as the prefix has characters.
		rest := m[1]
		if n := len([]rune(b.prefix)); n <= len(rest) {
			rest = rest[n:]
		}
		for _, s := range []string{m[0], m[1], m[0] + rest} {
			if _, ok := b.ids[s]; !ok {
				return nil, nil, errors.Errorf("merge %d, of %.40q and %.40q: %.40q is not in model.vocab", i+1, m[0], m[1], s)
			}
		}
		if err := b.addMerge(i, m[0], m[1], m[0]+rest); err != nil {
			return nil, nil, err
		}
	}
	return b, symbols, nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Vocabulary returns every token in the order of the file's numbers, and the added tokens that are not among them.
func (t *TokenizerJSON) Vocabulary() []string { return slices.Clone(t.symbols) }

// Tokenize implements [Tokenizer]. Added tokens are found in the text first; special tokens are not put around it.
func (t *TokenizerJSON) Tokenize(s string) []string {
	var tokens []string
	t.literal.split(s, func(from, to int, token string) {
		if token != "" {
			tokens = append(tokens, token)
			return
		}
		raw := s[from:to]
		normal := t.normalize(raw)
		// A text whose first character is gone does not begin here.
		first := t.first && from == 0 && (normal == raw || t.normalize(skipRune(raw)) != normal)
		t.normal.split(normal, func(from, to int, token string) {
			if token != "" {
				tokens = append(tokens, token)
				return
			}
			pieces := t.cut([]piece{{normal[from:to], first && from == 0}})
			tokens = slices.Grow(tokens, len(pieces))
			for _, p := range pieces {
				tokens = append(tokens, t.model.word(p.text)...)
			}
		})
	})
	return tokens
}

// Detokenize implements [Tokenizer]. Special tokens are part of the text.
func (t *TokenizerJSON) Detokenize(tokens []string) string {
	return strings.Join(t.decode(slices.Clone(tokens)), "")
}

// MarshalJSON writes the file.
func (t *TokenizerJSON) MarshalJSON() ([]byte, error) { return t.file, nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (t *TokenizerJSON) UnmarshalJSON(data []byte) error {
	read, err := parseTokenizerJSON(slices.Clone(data)) // which is the decoder's
	if err != nil {
		return err
	}
	*t = *read
	return nil
}

// component is the part that all parts of the file have, and those fields of the different kinds that matter.
type component struct {
	Type          string            `json:"type"`
	Normalizers   []json.RawMessage `json:"normalizers"`
	PreTokenizers []json.RawMessage `json:"pretokenizers"`
	Decoders      []json.RawMessage `json:"decoders"`

	Pattern struct {
		String *string `json:"String"`
		Regex  *string `json:"Regex"`
	} `json:"pattern"`
	Content          string `json:"content"`
	Behavior         string `json:"behavior"`
	Invert           bool   `json:"invert"`
	Delimiter        string `json:"delimiter"`
	IndividualDigits bool   `json:"individual_digits"`
	Length           *int   `json:"length"`

	Prepend     string `json:"prepend"`
	StripLeft   bool   `json:"strip_left"`
	StripRight  bool   `json:"strip_right"`
	CleanText   *bool  `json:"clean_text"`
	ChineseCh   *bool  `json:"handle_chinese_chars"`
	StripAccent *bool  `json:"strip_accents"`
	Lowercase   *bool  `json:"lowercase"`
	CharsMap    []byte `json:"precompiled_charsmap"`

	Replacement    string `json:"replacement"`
	PrependScheme  string `json:"prepend_scheme"`
	AddPrefixSpace *bool  `json:"add_prefix_space"`
	UseRegex       *bool  `json:"use_regex"`
	Split          *bool  `json:"split"`

	Suffix    *string `json:"suffix"`
	Prefix    *string `json:"prefix"`
	Cleanup   *bool   `json:"cleanup"`
	Start     int     `json:"start"`
	Stop      int     `json:"stop"`
	PadToken  *string `json:"pad_token"`
	WordDelim *string `json:"word_delimiter_token"`
}

// partParser reads the parts of a file and counts what they are allowed together.
type partParser struct {
	parts  int
	growth float64
	first  bool // whether a part treats the beginning of a text in its own way
}

// component returns the component, or nil if there is none.
func (p *partParser) component(data json.RawMessage, depth int) (*component, error) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	if depth > deepestPart {
		return nil, errors.Errorf("more than %d parts within parts", deepestPart)
	}
	if p.parts++; p.parts > mostParts {
		return nil, errors.Errorf("more than %d parts", mostParts)
	}
	var c component
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, errors.WithStack(err)
	}
	for _, s := range []string{c.Content, c.Delimiter, c.Prepend, c.Replacement, value(c.Suffix), value(c.Prefix), value(c.PadToken), value(c.WordDelim), value(c.Pattern.String)} {
		if len(s) > longestText {
			return nil, errors.Errorf("%.40s has a text of %d bytes; no more than %d are read", c.Type, len(s), longestText)
		}
	}
	return &c, nil
}

// grows notes that a part can make a text so many times longer.
func (p *partParser) grows(kind string, times float64) error {
	p.growth *= max(times, 1)
	if p.growth > mostGrowth {
		return errors.Errorf("up to %s the parts can make a text more than %d times as long, which is refused", kind, mostGrowth)
	}
	return nil
}

// sequence returns the steps of a Sequence, one after the other.
func sequence[T any](parts []json.RawMessage, depth int, parse func(json.RawMessage, int) (func(T) T, error)) (func(T) T, error) {
	var steps []func(T) T
	for _, p := range parts {
		step, err := parse(p, depth+1)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	if len(steps) == 1 {
		return steps[0], nil
	}
	return func(t T) T {
		for _, step := range steps {
			t = step(t)
		}
		return t
	}, nil
}

// or returns what a flag says, or its default.
func or(flag *bool, otherwise bool) bool {
	if flag == nil {
		return otherwise
	}
	return *flag
}

func unknownPart(kind string) error {
	return errors.Errorf("type %.40q is not known here; save the tokenizer without it or learn one", kind)
}
