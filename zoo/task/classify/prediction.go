package classify

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"

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
type query struct{ classifier *Classifier }

// Query implements task.Predictor.
func (c *Classifier) Query() task.Query { return &query{c} }

// Declare implements task.Options: there is nothing to choose.
func (q *query) Declare(*option.Set) {}

// Example implements task.Query.
func (q *query) Example() string {
	if q.classifier == nil {
		return texts.Quoted("")
	}
	return texts.Quoted(q.classifier.example)
}

// Run implements task.Query: it names the class of each input, or of each line of the body.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	c := q.classifier
	if err := program.CheckQuestion(c, emit); err != nil {
		return err
	}
	answer := func(all []string) error {
		for i, s := range all {
			if strings.TrimSpace(s) == "" {
				return errors.Errorf("text %d is empty; give at least one word", i+1)
			}
		}
		found, err := c.ClassifyContext(ctx, all...)
		if err != nil {
			return err
		}
		for i, class := range found {
			if err := emit(Prediction{all[i], class, c.classes}); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case len(inputs) == 0:
		return option.Usagef("want a text, such as %s, or - for lines on standard input", q.Example())
	case inputs[0] != "-":
		return answer(inputs)
	case body == nil:
		return option.Usagef("there is no input to read texts from; give some")
	}
	return texts.EachLines(body, false, evaluationBatch, answer)
}

// Prediction is a text with its class.
type Prediction struct {
	Input string
	Class
	classes []string
}

// named returns the names of the classes whose probabilities there are: none of a prediction that no classifier has made.
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
