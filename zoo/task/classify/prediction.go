package classify

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Of returns the classifier of a run.
func Of(run task.Holder) (*Classifier, error) {
	return program.PredictorOf[*Classifier](run, "classify")
}

// query asks for the classes of texts.
type query struct {
	classifier *Classifier
	reading    texts.Reading
}

// newQuery returns the question to a classifier, or to nobody.
func newQuery(c *Classifier) *query {
	q := &query{classifier: c, reading: texts.Reading{Column: "text", Lack: "no label"}}
	if c != nil {
		q.reading.Training = c.data
	}
	return q
}

var _ task.FileReader = (*query)(nil)

// Query implements task.Predictor.
func (c *Classifier) Query() task.Query { return newQuery(c) }

// Declare implements task.Options.
func (q *query) Declare(s *option.Set) { q.reading.Declare(s) }

// ReadFiles implements task.FileReader.
func (q *query) ReadFiles(notice func(string)) { q.reading.ReadFiles(notice) }

// Example implements task.Query.
func (q *query) Example() string {
	if q.classifier == nil {
		return texts.Quoted("")
	}
	return texts.Quoted(q.classifier.example)
}

// Run implements task.Query: it names the class of each input, of each text of a file, or of each line or row of the
// body. An empty text that is not an input itself has an empty label, so that what is read and what is predicted go
// side by side.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	c := q.classifier
	if err := program.CheckQuestion(c, emit); err != nil {
		return err
	}
	if len(inputs) == 0 {
		return option.Usagef("want a text, such as %s, a file of texts, or - for those on standard input", q.Example())
	}
	return q.reading.Each(inputs, body, mostTexts, func(all []texts.Input) error {
		var some []string
		for _, in := range all {
			if strings.TrimSpace(in.Text) != "" {
				some = append(some, in.Text)
			}
		}
		found, err := c.ClassifyContext(ctx, some...)
		if err != nil {
			return err
		}
		for _, in := range all {
			p := Prediction{Input: in.Text, classes: c.classes, read: in}
			if strings.TrimSpace(in.Text) != "" {
				p.Class, found = found[0], found[1:]
			}
			if err := emit(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// mostTexts is how many texts are classified at once: enough for several processors, each with batches of texts that
// are about equally long.
const mostTexts = 512

// Prediction is a text with its class.
type Prediction struct {
	Input string
	Class
	classes []string
	read    texts.Input // with the row that the text stands in
}

// named returns the names of the classes whose probabilities there are: none of a prediction that no classifier has
// made.
func (p Prediction) named() []string { return p.classes[:min(len(p.classes), len(p.Probabilities))] }

// Text implements task.Prediction: the class, and behind it the probabilities, the largest first.
func (p Prediction) Text() string {
	order := make([]int, len(p.named()))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p.Probabilities[j], p.Probabilities[i]) })
	const shown = 5 // of many classes the last are all near 0
	var parts []string
	for _, i := range order[:min(shown, len(order))] {
		parts = append(parts, fmt.Sprintf("%s %.1f %%", p.classes[i], 100*p.Probabilities[i]))
	}
	return p.Label + "\t" + strings.Join(parts, ", ") + "\n"
}

// Row implements task.Tabular: behind what was read stand the label and the probability of each class, p(CLASS). They
// are empty for an empty text.
func (p Prediction) Row() (task.Row, error) {
	row := task.Row{Columns: p.read.Columns, Fields: p.read.Fields, Names: []string{"label"}, Predicted: []string{p.Label}}
	if row.Columns == nil { // of a prediction that no classifier has made
		row.Columns, row.Fields = []string{"text"}, []string{p.Input}
	}
	for i, name := range p.classes {
		value := ""
		if i < len(p.Probabilities) {
			value = strconv.FormatFloat(p.Probabilities[i], 'f', 6, 64)
		}
		row.Names, row.Predicted = append(row.Names, "p("+name+")"), append(row.Predicted, value)
	}
	return row, nil
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	probabilities := make(map[string]show.JSONFloat, len(p.classes))
	for i, name := range p.named() {
		probabilities[name] = show.JSONFloat(p.Probabilities[i])
	}
	return struct {
		Event         string                    `json:"event"`
		Text          string                    `json:"text"`
		Label         string                    `json:"label"`
		Probabilities map[string]show.JSONFloat `json:"probabilities"`
	}{"prediction", p.Input, p.Label, probabilities}
}
