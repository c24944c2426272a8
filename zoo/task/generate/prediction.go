package generate

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Of returns the writer of a run.
func Of(run task.Holder) (*Writer, error) {
	return program.PredictorOf[*Writer](run, "write")
}

// query asks how texts go on, which token is next, or how likely they are.
type query struct {
	writer *Writer
	Writing
	samples int
	next    int // so many likely tokens in place of a text
	score   bool
	reading texts.Reading
	show    func(string) error // nil if nobody reads along
}

// newQuery returns the question to a writer, or to nobody.
func newQuery(w *Writer) *query {
	q := &query{writer: w, Writing: DefaultWriting(), samples: 1, reading: texts.Reading{Column: "text"}}
	if w != nil {
		q.reading.Training = w.data
	}
	return q
}

var (
	_ task.FileReader = (*query)(nil)
	_ task.Streamer   = (*query)(nil)
)

// Query implements task.Predictor.
func (w *Writer) Query() task.Query { return newQuery(w) }

// mostSamples is how many texts are written for a prompt at most.
const mostSamples = 1 << 16

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	q.Writing.Declare(s)
	s.Int(&q.samples, "samples", "texts that are written for each prompt, by seeds one after the other").AtLeast(1).AtMost(mostSamples)
	s.Int(&q.next, "next", "print so many of the likeliest next words, or of those for each ___, in place of a text; 0 is a text, or five for ___").AtLeast(0).AtMost(1 << 16)
	s.Bool(&q.score, "score", "print how likely the text is, in place of writing on")
	q.reading.Declare(s)
}

// ReadFiles implements task.FileReader.
func (q *query) ReadFiles(notice func(string)) { q.reading.ReadFiles(notice) }

// Stream implements task.Streamer.
func (q *query) Stream(show func(piece string) error) { q.show = show }

// Example implements task.Query.
func (q *query) Example() string {
	switch w := q.writer; {
	case w == nil:
		return texts.Quoted("")
	case len(w.classes) > 0:
		return "--label " + texts.Quoted(w.classes[0])
	case w.opts.FillIn:
		return texts.Quoted(w.example + " " + gap)
	default:
		return texts.Quoted(w.example)
	}
}

// Run implements task.Query: without an input a text is written from nothing.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	if err := program.CheckQuestion(q.writer, emit); err != nil {
		return err
	}
	if q.next > 0 && q.score {
		return option.Wrong("score", q.score, "it says how likely a text is, and next which word is; leave one of them out")
	}
	if len(inputs) == 0 {
		if q.score || q.writer.opts.FillIn {
			return option.Usagef("want a text, such as %s, a file of texts, or - for those on standard input", q.Example())
		}
		return q.answer(ctx, texts.Input{Columns: []string{"text"}, Fields: []string{""}}, emit)
	}
	return q.reading.Each(inputs, body, 1, func(all []texts.Input) error {
		for _, in := range all {
			if err := q.answer(ctx, in, emit); err != nil {
				return err
			}
		}
		return nil
	})
}

// usualGuesses is how many words are named for a gap.
const usualGuesses = 5

// answer answers for one text.
func (q *query) answer(ctx context.Context, in texts.Input, emit func(task.Prediction) error) (err error) {
	w := q.writer
	p := Prediction{Input: in.Text, read: in}
	switch {
	case w.opts.FillIn:
		n := q.next
		if n == 0 {
			n = usualGuesses
		}
		if p.Gaps, err = w.FillIn(ctx, in.Text, n, q.Label); err != nil {
			return err
		}
		return emit(p)
	case q.score:
		s, err := w.Score(ctx, in.Text, q.Label)
		if err != nil {
			return err
		}
		p.Score = &s
		return emit(p)
	case q.next > 0:
		if p.Next, err = w.Next(ctx, in.Text, q.next, q.Label); err != nil {
			return err
		}
		return emit(p)
	}
	for i := range q.samples {
		o := q.Writing
		o.Seed += uint64(i)
		if q.show != nil {
			p.shown = false // until there is something to show, and so no error of the question
			o.Each = func(piece string) error {
				if !p.shown {
					p.shown, piece = true, in.Text+piece
				}
				return q.show(piece)
			}
		}
		p.Sample, p.Seed = i+1, o.Seed
		if p.Written, err = w.Write(ctx, in.Text, o); err != nil {
			return err
		}
		if err := emit(p); err != nil {
			return err
		}
	}
	return nil
}

// Prediction is a text with what was written behind it, or with one of the others.
type Prediction struct {
	Input   string
	Written string
	Sample  int // from 1
	Seed    uint64
	Next    []Candidate   // the likeliest next tokens
	Gaps    [][]Candidate // of each gap
	Score   *Scored
	shown   bool // the text, as it was written
	read    texts.Input
}

// Text implements task.Prediction: the prompt with what was written, or candidates with their probabilities, or how likely the
// text is.
func (p Prediction) Text() string {
	switch {
	case p.Score != nil:
		s := p.Score
		return fmt.Sprintf("%.4f nats, %d tokens, perplexity %.2f\n", -s.LogProbability, s.Tokens, s.perplexity())
	case p.Next != nil:
		return candidatesText(p.Next) + "\n"
	case p.Gaps != nil:
		var lines []string
		for _, g := range p.Gaps {
			lines = append(lines, candidatesText(g))
		}
		return strings.Join(lines, "\n") + "\n"
	case p.shown:
		return "\n"
	}
	return p.Input + p.Written + "\n"
}

// perplexity returns that of a token.
func (s Scored) perplexity() float64 {
	return math.Exp(-s.LogProbability / float64(max(1, s.Tokens)))
}

// candidatesText returns candidates on a line.
func candidatesText(all []Candidate) string {
	var parts []string
	for _, c := range all {
		parts = append(parts, fmt.Sprintf("%s %.1f %%", visible(c.Token), 100*c.Probability))
	}
	return strings.Join(parts, ", ")
}

// visible shows a token that nobody would see.
func visible(token string) string {
	switch token {
	case "":
		return "(end)"
	case "\n":
		return `\n`
	case " ":
		return "␣"
	}
	return token
}

// Row implements task.Tabular: behind what was read stand what was written, or the candidates and their probabilities, or how
// likely the text is.
func (p Prediction) Row() (task.Row, error) {
	row := task.Row{Columns: p.read.Columns, Fields: p.read.Fields}
	if row.Columns == nil { // of a prediction that no writer has made
		row.Columns, row.Fields = []string{"text"}, []string{p.Input}
	}
	add := func(name, value string) {
		row.Names, row.Predicted = append(row.Names, name), append(row.Predicted, value)
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
	candidates := func(suffix string, all []Candidate) {
		for i, c := range all {
			add(fmt.Sprintf("token %d%s", i+1, suffix), c.Token)
			add(fmt.Sprintf("p %d%s", i+1, suffix), number(c.Probability))
		}
	}
	switch {
	case p.Score != nil:
		add("log p", number(p.Score.LogProbability))
		add("tokens", strconv.Itoa(p.Score.Tokens))
	case p.Next != nil:
		candidates("", p.Next)
	case p.Gaps != nil: // a table has as many columns in each row
		candidates("", p.Gaps[0])
	default:
		add("written", p.Written)
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	type candidate struct {
		Token       string         `json:"token"`
		Probability show.JSONFloat `json:"probability"`
	}
	events := func(all []Candidate) []candidate {
		var out []candidate
		for _, c := range all {
			out = append(out, candidate{c.Token, show.JSONFloat(c.Probability)})
		}
		return out
	}
	event := struct {
		Event      string          `json:"event"`
		Input      string          `json:"input"`
		Text       *string         `json:"text,omitempty"`
		Sample     int             `json:"sample,omitempty"`
		Seed       uint64          `json:"seed,omitempty"`
		Next       []candidate     `json:"next,omitempty"`
		Gaps       [][]candidate   `json:"gaps,omitempty"`
		Log        *show.JSONFloat `json:"log_probability,omitempty"`
		Tokens     int             `json:"tokens,omitempty"`
		Unknown    int             `json:"unknown,omitempty"`
		Perplexity *show.JSONFloat `json:"perplexity,omitempty"`
	}{Event: "prediction", Input: p.Input, Next: events(p.Next)}
	for _, g := range p.Gaps {
		event.Gaps = append(event.Gaps, events(g))
	}
	switch {
	case p.Score != nil:
		log, perplexity := show.JSONFloat(p.Score.LogProbability), show.JSONFloat(p.Score.perplexity())
		event.Log, event.Tokens, event.Unknown, event.Perplexity = &log, p.Score.Tokens, p.Score.Unknown, &perplexity
	case p.Next == nil && p.Gaps == nil:
		event.Text, event.Sample, event.Seed = &p.Written, p.Sample, p.Seed
	}
	return event
}

// Warm implements task.Predictor: it compiles the program that reads a token, or those of texts with gaps.
func (w *Writer) Warm(ctx context.Context, inputs ...string) error {
	return w.pool.Warm(ctx, func(l *lane) error {
		if !w.opts.FillIn {
			_, err := w.program(l, shape{steps: 1, batch: 1, use: stepping})
			return err
		}
		for _, s := range inputs {
			if ids, err := w.prompt(strings.ReplaceAll(s, gap, "")); err == nil {
				if n := len(ids) + strings.Count(s, gap); n > 0 && n <= mostFilled {
					if _, err := w.program(l, shape{steps: n, batch: 1, use: evaluating}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}
