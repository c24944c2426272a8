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

// mostJSON is how large a tokenizer.json may be. Those of vocabularies with a quarter of a million tokens have about 30
// MB.
const mostJSON = 256 << 20

// ReadTokenizerJSON reads a tokenizer.json of Hugging Face whose model is BPE. The name stands for the file in errors.
// What happens to the text around the merges is read too: normalizer, added tokens, pre_tokenizer and decoder; a part
// that is not known here is an error. The post_processor, which adds special tokens around a text, is left to the task.
func ReadTokenizerJSON(name string, r io.Reader) (*BPE, error) {
	if r == nil {
		return nil, errors.Errorf("%s: there is nothing to read from: the reader is nil", name)
	}
	data, err := io.ReadAll(io.LimitReader(r, mostJSON+1))
	if err != nil {
		return nil, errors.Wrapf(err, "%s: cannot be read", name)
	}
	if len(data) > mostJSON {
		return nil, errors.Errorf("%s: more than %d bytes; is it a tokenizer.json?", name, mostJSON)
	}
	b, err := parseTokenizerJSON(data)
	return b, errors.WithMessage(err, name)
}

// tokenizerJSON is the form of the file.
type tokenizerJSON struct {
	AddedTokens  []addedToken    `json:"added_tokens"`
	Normalizer   json.RawMessage `json:"normalizer"`
	PreTokenizer json.RawMessage `json:"pre_tokenizer"`
	Decoder      json.RawMessage `json:"decoder"`
	Model        struct {
		Type         string          `json:"type"`
		Vocab        json.RawMessage `json:"vocab"`
		Merges       []mergeJSON     `json:"merges"`
		Unknown      *string         `json:"unk_token"`
		Prefix       *string         `json:"continuing_subword_prefix"`
		Suffix       *string         `json:"end_of_word_suffix"`
		FuseUnknown  bool            `json:"fuse_unk"`
		ByteFallback bool            `json:"byte_fallback"`
		IgnoreMerges bool            `json:"ignore_merges"`
	} `json:"model"`
}

type addedToken struct {
	ID      int64  `json:"id"`
	Content string `json:"content"`
	LStrip  bool   `json:"lstrip"`
	RStrip  bool   `json:"rstrip"`
}

// mergeJSON is a merge: ["a", "b"], or "a b" in older files.
type mergeJSON [2]string

// UnmarshalJSON implements json.Unmarshaler.
func (m *mergeJSON) UnmarshalJSON(data []byte) error {
	var list []string
	if bytes.HasPrefix(data, []byte(`"`)) {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		list = strings.Split(s, " ")
	} else if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	if len(list) != 2 {
		return errors.Errorf("merge %.60q does not join two tokens", data)
	}
	*m = mergeJSON(list)
	return nil
}

// parseTokenizerJSON returns the tokenizer of a file.
func parseTokenizerJSON(data []byte) (*BPE, error) {
	var j tokenizerJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, errors.Wrap(err, "not a tokenizer.json")
	}
	var vocab map[string]int64
	if t := j.Model.Type; t != "BPE" && (t != "" || len(j.Model.Merges) == 0) {
		return nil, errors.Errorf("the model is %.40q where only BPE is read", t)
	}
	if err := json.Unmarshal(j.Model.Vocab, &vocab); err != nil {
		return nil, errors.Wrap(err, "model.vocab is not an object of tokens and their numbers")
	}
	symbols := make([]string, 0, len(vocab))
	for s := range vocab {
		if s == "" {
			return nil, errors.New("model.vocab holds an empty token")
		}
		symbols = append(symbols, s)
	}
	// Two tokens of one number are a mistake, but no reason for chance.
	slices.SortFunc(symbols, func(a, b string) int {
		return cmp.Or(cmp.Compare(vocab[a], vocab[b]), cmp.Compare(a, b))
	})
	around := &hugging{}
	b, err := newBPE(around, symbols, nil)
	if err != nil {
		return nil, err
	}
	b.prefix, b.suffix, b.unknown = value(j.Model.Prefix), value(j.Model.Suffix), value(j.Model.Unknown)
	b.fuse, b.bytes, b.whole = j.Model.FuseUnknown, j.Model.ByteFallback, j.Model.IgnoreMerges
	for i, m := range j.Model.Merges {
		if err := b.addMerge(i, m[0], m[1], m[0]+strings.TrimPrefix(m[1], b.prefix)); err != nil {
			return nil, err
		}
	}
	for _, t := range j.AddedTokens {
		if t.Content == "" {
			return nil, errors.New("added_tokens holds an empty token")
		}
		b.symbol(t.Content)
		b.added = append(b.added, t)
	}
	slices.SortStableFunc(b.added, func(a, b addedToken) int { return cmp.Compare(len(b.Content), len(a.Content)) })
	if around.normalize, err = parseNormalizer(j.Normalizer); err != nil {
		return nil, errors.WithMessage(err, "normalizer")
	}
	if around.cut, err = parsePreTokenizer(j.PreTokenizer); err != nil {
		return nil, errors.WithMessage(err, "pre_tokenizer")
	}
	if around.decode, err = parseDecoder(j.Decoder); err != nil {
		return nil, errors.WithMessage(err, "decoder")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return nil, errors.WithStack(err)
	}
	b.file = compact.Bytes()
	return b, nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// hugging is the pipeline of a tokenizer.json.
type hugging struct {
	normalize func(string) string
	cut       func([]string) []string
	decode    func([]string) []string
}

func (h *hugging) split(s string) []string {
	if s = h.normalize(s); s == "" {
		return nil
	}
	return h.cut([]string{s})
}

func (h *hugging) join(tokens []string) string {
	return strings.Join(h.decode(slices.Clone(tokens)), "")
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

	Prepend     string `json:"prepend"`
	StripLeft   bool   `json:"strip_left"`
	StripRight  bool   `json:"strip_right"`
	CleanText   *bool  `json:"clean_text"`
	ChineseCh   *bool  `json:"handle_chinese_chars"`
	StripAccent *bool  `json:"strip_accents"`
	Lowercase   *bool  `json:"lowercase"`

	Replacement    string `json:"replacement"`
	PrependScheme  string `json:"prepend_scheme"`
	AddPrefixSpace *bool  `json:"add_prefix_space"`
	UseRegex       *bool  `json:"use_regex"`
	Split          *bool  `json:"split"`

	Suffix  *string `json:"suffix"`
	Prefix  *string `json:"prefix"`
	Cleanup *bool   `json:"cleanup"`
	Start   int     `json:"start"`
	Stop    int     `json:"stop"`
}

// parseComponent returns the component, or nil if there is none.
func parseComponent(data json.RawMessage) (*component, error) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	var c component
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, errors.WithStack(err)
	}
	return &c, nil
}

// sequence returns the steps of a Sequence, one after the other.
func sequence[T any](parts []json.RawMessage, parse func(json.RawMessage) (func(T) T, error)) (func(T) T, error) {
	var steps []func(T) T
	for _, p := range parts {
		step, err := parse(p)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
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
