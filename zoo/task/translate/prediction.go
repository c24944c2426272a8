package translate

import (
	"context"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Of returns the translator of a run.
func Of(run task.Holder) (*Translator, error) {
	return program.PredictorOf[*Translator](run, "translate")
}

// query asks for the translations of texts.
type query struct {
	translator *Translator
	Decoding
	attention string // attentionTable, the name of a picture, or nothing
	reading   texts.Reading
}

// newQuery returns the question to a translator, or to nobody. An empty text is translated by an empty one.
func newQuery(t *Translator) *query {
	q := &query{translator: t, reading: texts.Reading{Column: "source"}}
	if t != nil {
		q.Decoding, q.reading.Training = t.opts.Decoding, t.data
	}
	return q
}

var _ task.FileReader = (*query)(nil)

// attentionTable is the attention that is printed.
const attentionTable = "table"

// Query implements task.Predictor.
func (t *Translator) Query() task.Query { return newQuery(t) }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) {
	q.declareSearch(s)
	s.Text(&q.attention, "attention", "print what each token of a translation looked at, or with =FILE.svg or =FILE.png draw it").
		Without(attentionTable).
		Checked(func() error {
			if q.picture() && !strings.EqualFold(filepath.Ext(q.attention), ".svg") && !strings.EqualFold(filepath.Ext(q.attention), ".png") {
				return errors.New("a picture is written to a file that ends in .svg or .png")
			}
			return nil
		})
	q.reading.Declare(s)
}

func (q *query) picture() bool { return q.attention != "" && q.attention != attentionTable }

// ReadFiles implements task.FileReader.
func (q *query) ReadFiles(notice func(string)) { q.reading.ReadFiles(notice) }

// Example implements task.Query.
func (q *query) Example() string {
	if q.translator == nil {
		return texts.Quoted("")
	}
	return texts.Quoted(q.translator.example)
}

// Run implements task.Query: it translates each input, each text of a file, or each line or row of the body; an empty
// line stays one.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	if err := program.CheckQuestion(q.translator, emit); err != nil {
		return err
	}
	onePicture := option.Wrong("attention", q.attention, "a picture shows one text; give one")
	switch {
	case len(inputs) == 0:
		return option.Usagef("want a text, such as %s, a file of texts, or - for those on standard input", q.Example())
	case q.picture() && (len(inputs) > 1 || inputs[0] == "-"):
		return onePicture
	}
	return q.reading.Each(inputs, body, mostLines, func(all []texts.Input) error {
		if q.picture() && len(all) > 1 { // of a file
			return onePicture
		}
		sources := make([]string, len(all))
		for i, in := range all {
			sources[i] = in.Text
		}
		found, err := q.translator.TranslateContext(ctx, q.Decoding, sources...)
		if err != nil {
			return err
		}
		for i, t := range found {
			if err := emit(Prediction{t, sources[i], q.attention, all[i]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// mostLines is how many lines are translated at once: enough for several processors.
const mostLines = 512

// Prediction is a text with its translation.
type Prediction struct {
	Translated
	Input     string
	attention string      // as of the question
	read      texts.Input // with the row that the text stands in
}

// Text implements task.Prediction: the translation, and below it the alignment where it is asked for.
func (p Prediction) Text() string {
	text := p.Translated.Text + "\n"
	if p.attention == attentionTable {
		text += "\n" + p.table().String() + "\n"
	}
	return text
}

// Row implements task.Tabular: behind what was read stand the translation and its score. An alignment has no place
// there.
func (p Prediction) Row() (task.Row, error) {
	if p.attention == attentionTable {
		return task.Row{}, option.Wrong("attention", p.attention, "there is no place for it in a table of predictions; leave it out")
	}
	score := ""
	if strings.TrimSpace(p.Input) != "" {
		score = strconv.FormatFloat(p.Score, 'f', 6, 64)
	}
	row := task.Row{Columns: p.read.Columns, Fields: p.read.Fields, Names: []string{"translation", "score"}, Predicted: []string{p.Translated.Text, score}}
	if row.Columns == nil { // of a prediction that no translator has made
		row.Columns, row.Fields = []string{"source"}, []string{p.Input}
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	type alignment struct {
		Source  []string    `json:"source"`
		Target  []string    `json:"target"`
		Weights [][]float64 `json:"weights"` // [target][source]
	}
	e := struct {
		Event     string         `json:"event"`
		Text      string         `json:"text"`
		Target    string         `json:"translation"`
		Score     show.JSONFloat `json:"score"`
		Alignment *alignment     `json:"alignment,omitempty"`
	}{"prediction", p.Input, p.Translated.Text, show.JSONFloat(p.Score), nil}
	if p.attention == attentionTable {
		e.Alignment = &alignment{p.Source, p.Target, p.Weights}
	}
	return e
}

// Picture implements task.Pictured: the alignment, a row for each token of the translation, a column for each of the
// source, the darker the more it was looked at.
func (p Prediction) Picture() (file string, picture task.Exhibit) {
	if p.attention == "" || p.attention == attentionTable {
		return "", task.Exhibit{}
	}
	return p.attention, task.Exhibit{Name: "alignment", Map: &show.HeatMap{Rows: shown(p.Target), Columns: shown(p.Source), Values: p.Weights, Max: 1}}
}

// table shows for each token of the translation how much each of the source was looked at, in percent; less than half a
// percent is left out.
func (p Prediction) table() *show.Table {
	t := &show.Table{Header: append([]string{""}, shown(p.Source)...)}
	target := shown(p.Target)
	for i, row := range p.Weights {
		cells := []any{target[i]}
		for _, w := range row {
			cell := show.Number("")
			if w >= 0.005 {
				cell = show.Fixed(100*w, 0)
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// shown returns tokens with the marks of their tokenizers as a person reads them: a space is ␣, and that there is none
// is nothing.
func shown(tokens []string) []string {
	marks := strings.NewReplacer("</w>", "", "Ġ", "␣", "▁", "␣", " ", "␣", "￭", "")
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = marks.Replace(t)
	}
	return out
}
