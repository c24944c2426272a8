package generate

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
)

// Writing says how text is written.
type Writing struct {
	Tokens int    `json:"tokens"` // at most so many
	Label  string `json:"label"`  // the class that the text is to be of, where texts have one
	Seed   uint64 `json:"seed"`
	Stop   string `json:"stop"` // ends the text, and is not written; "" is nothing
	seq2seq.Sampling

	// Each is called with every piece of the text as soon as it is there: that of a token, which may be a part of a word, or
	// several words whose spaces are sure at once. An error of it ends the text. Nil is not called.
	Each func(piece string) error `json:"-"`
}

// DefaultWriting returns the settings that zoo predict has: 200 tokens, drawn at the temperature 0.8.
func DefaultWriting() Writing {
	return Writing{Tokens: 200, Seed: 1, Sampling: seq2seq.Sampling{Temperature: 0.8, TopP: 1, Repetition: 1}}
}

// mostRepeated is among how many of the last tokens repetition looks for those that were there.
const mostRepeated = 1 << 12

// mostWritten is how many tokens are written at most.
const mostWritten = 1 << 20

// Declare implements task.Options.
func (o *Writing) Declare(s *option.Set) {
	s.Int(&o.Tokens, "tokens", "tokens that are written at most").AtLeast(0).AtMost(mostWritten)
	o.Sampling.Declare(s)
	s.Uint(&o.Seed, "seed", "seed of what is drawn; the same seed writes the same text")
	s.Text(&o.Stop, "stop", `text that ends what is written, with \n for the end of a line; it is not written`)
	s.Text(&o.Label, "label", "class that the text is to be of, where the training texts have classes")
}

// errNoClasses, errWhichClass and errOtherClass say what is wrong with the name of a class.
func errNoClasses(name string) error {
	return option.Wrong("label", name, "the texts that the network has learnt have no classes; leave it out")
}

func errWhichClass(classes []string) error {
	return option.Usagef("of which class should the text be? give one of %s (label: %s)", strings.Join(classes, ", "), classes[0])
}

func errOtherClass(name string, classes []string) error {
	if near := suggest.Nearest(name, classes); near != "" {
		return option.Wrong("label", name, "not found; did you mean %s?", near)
	}
	return option.Wrong("label", name, "not found; choose one of %s", strings.Join(classes, ", "))
}

// asked returns the class of a question of what a network that names hidden tokens cannot do.
func (w *Writer) asked(ctx context.Context, what, label string) (class int, err error) {
	if w.opts.FillIn {
		return 0, option.Usagef("the network names hidden words from both sides (fill-in: true), and cannot %s; FillIn is its question", what)
	}
	if err := args.Context(ctx); err != nil {
		return 0, err
	}
	return w.class(label)
}

// prompt returns the tokens of a text that somebody gives. One with tokens that the network has never read is an error, since
// what it would say of them means nothing.
func (w *Writer) prompt(s string) ([]int32, error) {
	if !utf8.ValidString(s) {
		return nil, errors.Errorf("generate: the text %q is not UTF-8", s)
	}
	var unknown []string
	note := func(token string) {
		if !slices.Contains(unknown, token) {
			unknown = append(unknown, token)
		}
	}
	var ids []int32
	if !w.lineEnds {
		ids = w.encoder.Append(nil, s, note)
	} else {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				ids = append(ids, text.End)
			}
			ids = w.encoder.Append(ids, line, note)
		}
	}
	unknown = slices.DeleteFunc(unknown, func(token string) bool { return token == unknownToken })
	if len(unknown) > 0 && w.spells() {
		return nil, errors.Errorf("generate: the text %.60q has %s, which the training text has not; write it without", s, quotedList(unknown))
	}
	return ids, nil
}

// spells reports whether tokens are so small that any text of the language has known ones alone. Of words, rare ones are
// expected to be unknown, and the network has learnt what to make of them.
func (w *Writer) spells() bool {
	_, words := w.encoder.Tokenizer.(text.Words)
	_, fields := w.encoder.Tokenizer.(text.Fields)
	return !words && !fields
}

// quotedList quotes a few of some tokens.
func quotedList(tokens []string) string {
	const shown = 5
	var parts []string
	for _, t := range tokens[:min(len(tokens), shown)] {
		parts = append(parts, strings.ToValidUTF8(strings.TrimSpace(quote(t)), "?"))
	}
	if len(tokens) > shown {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// reader reads a text token by token.
type reader struct {
	w       *Writer
	program *graph.Program
	in      []int
	scores  []float32
	first   bool
}

// read returns a reader at the beginning of a text of a class.
func (w *Writer) reader(l *lane, class int) (*reader, error) {
	p, err := w.program(l, shape{steps: 1, batch: 1, use: stepping})
	if err != nil {
		return nil, err
	}
	w.begin(p, 1, 0)
	setLabel(p, 0, class)
	return &reader{w: w, program: p, in: p.Input(tokensName).Ints(), scores: floats32(p.Output(scoresName))}, nil
}

// next reads a token and returns the scores of the one behind it, log p, in the memory of the reader.
func (r *reader) next(id int32) ([]float32, error) {
	r.in[0] = int(id)
	err := r.program.Run()
	if out := r.program.Output(scoresName); err == nil && out.Dtype().Size() > 4 {
		r.scores = floats32(out)
	}
	if !r.first {
		r.first = true
		r.w.goOn(r.program, 0)
	}
	return r.scores, err
}

// all reads the beginning of a text, and returns the scores behind it.
func (r *reader) all(ctx context.Context, ids []int32) ([]float32, error) {
	scores, err := r.next(r.w.firstToken())
	for _, id := range ids {
		if err == nil {
			err = args.Context(ctx)
		}
		if err != nil {
			return nil, err
		}
		scores, err = r.next(id)
	}
	return scores, err
}

// Write goes on with a prompt, which may be empty, and returns what it has written, without the prompt. Texts with an end end
// by themselves. What was written before an error, such as the end of the context, is returned beside it.
func (w *Writer) Write(ctx context.Context, prompt string, o Writing) (string, error) {
	class, err := w.asked(ctx, "write", o.Label)
	if err != nil {
		return "", err
	}
	sampler, err := seq2seq.NewSampler(o.Sampling, o.Seed)
	if err != nil {
		return "", errors.WithMessage(err, "generate")
	}
	if o.Tokens < 0 || o.Tokens > mostWritten {
		return "", option.Wrong("tokens", o.Tokens, "want between 0 and %d", mostWritten)
	}
	ids, err := w.prompt(prompt)
	if err != nil {
		return "", err
	}
	out := newSpeller(w, ids, o)
	err = w.pool.Do(ctx, func(l *lane) error {
		r, err := w.reader(l, class)
		if err != nil {
			return err
		}
		scores, err := r.all(ctx, ids)
		if err != nil {
			return err
		}
		before := make([]int, len(ids), len(ids)+min(o.Tokens, 1<<12))
		for i, id := range ids {
			before[i] = int(id)
		}
		own := make([]float32, len(scores))
		for range o.Tokens {
			if err := args.Context(ctx); err != nil {
				return err
			}
			copy(own, scores)
			for id := range min(len(own), 4) {
				if isSpecial(id) || id == text.End && !w.ends && !w.lineEnds {
					own[id] = float32(math.Inf(-1))
				}
			}
			id := sampler.Next(own, before[max(0, len(before)-mostRepeated):])
			if id < 0 {
				return errors.New("generate: a score is not a number; the weights are damaged")
			}
			if id == text.End && w.ends {
				break
			}
			before = append(before, id)
			if done, err := out.add(id); done || err != nil {
				return err
			}
			if scores, err = r.next(int32(id)); err != nil {
				return err
			}
		}
		return out.flush()
	})
	return out.String(), err
}

// Candidate is a token that may come next.
type Candidate struct {
	Token       string // as it is written; "\n" is the end of a line, and "" that of a text
	Probability float64
}

// Next returns the n most likely tokens behind a text, the likeliest first.
func (w *Writer) Next(ctx context.Context, prompt string, n int, label string) ([]Candidate, error) {
	class, err := w.asked(ctx, "go on with a text", label)
	if err != nil {
		return nil, err
	}
	ids, err := w.prompt(prompt)
	if err != nil {
		return nil, err
	}
	var found []Candidate
	err = w.pool.Do(ctx, func(l *lane) error {
		r, err := w.reader(l, class)
		if err != nil {
			return err
		}
		scores, err := r.all(ctx, ids)
		if err == nil {
			found = w.candidates(scores, n)
		}
		return err
	})
	return found, err
}

// candidates returns the n likeliest tokens by the logarithms of their probabilities.
func (w *Writer) candidates(log []float32, n int) []Candidate {
	order := make([]int, 0, len(log))
	for id := range log {
		if id != text.Pad && id != text.Begin {
			order = append(order, id)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return log[order[i]] > log[order[j]] })
	var found []Candidate
	for _, id := range order[:max(0, min(n, len(order)))] {
		found = append(found, Candidate{w.tokenText(id), math.Exp(float64(log[id]))})
	}
	return found
}

// tokenText returns a token as it is written.
func (w *Writer) tokenText(id int) string {
	switch {
	case id == text.End && w.ends:
		return ""
	case id == text.End:
		return "\n"
	}
	return w.encoder.Tokenizer.Detokenize([]string{w.encoder.Vocabulary.Token(id)})
}

// Scored is how likely a text is.
type Scored struct {
	LogProbability float64 // Σ log p of its tokens, in nats; that of a text with an end counts that
	Tokens         int
	Unknown        int // tokens that the vocabulary does not know
}

// Score returns how likely a text is, of a class where texts have some.
func (w *Writer) Score(ctx context.Context, s, label string) (Scored, error) {
	class, err := w.asked(ctx, "say how likely a text is", label)
	if err != nil {
		return Scored{}, err
	}
	if !utf8.ValidString(s) {
		return Scored{}, errors.Errorf("generate: the text %q is not UTF-8", s)
	}
	var p part
	ids := w.tokensOf(nil, s, &p)
	if len(ids) == 0 {
		return Scored{}, errors.New("generate: the text holds no token; give one with something in it")
	}
	out := newTokenWriter(w.size())
	if err := out.add(ids); err != nil {
		return Scored{}, err
	}
	if p.tokens, err = out.finish(); err != nil {
		return Scored{}, err
	}
	scored := Scored{Tokens: len(ids), Unknown: int(p.unknown)}
	err = w.pool.Do(ctx, func(l *lane) error {
		all := []sequence{{to: p.n, fresh: true, label: class}}
		return w.walk(ctx, l, &p, all, func(x told) { scored.LogProbability += float64(x.log[x.id]) })
	})
	return scored, err
}

// quote quotes a token.
func quote(s string) string { return strings.ReplaceAll(`"`+s+`"`, "\n", `\n`) }
