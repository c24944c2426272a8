package recognise

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Of returns the recogniser of a run.
func Of(run task.Holder) (*Recogniser, error) {
	return program.PredictorOf[*Recogniser](run, "recognise")
}

// query asks what sequences are.
type query struct {
	recogniser *Recogniser
	files      bool
	say        func(string)
}

var _ task.FileReader = (*query)(nil)

// Query implements task.Predictor.
func (r *Recogniser) Query() task.Query { return &query{recogniser: r} }

// Declare implements task.Options: there is nothing to choose.
func (q *query) Declare(*option.Set) {}

// ReadFiles implements task.FileReader: inputs may name files, and sequences of the data that the run was trained on.
func (q *query) ReadFiles(notice func(string)) { q.files, q.say = true, notice }

// shownNumbers is how many numbers an example has at most, so that it fits a line.
const shownNumbers = 12

// shortExample returns a short sequence of the data, one that is not learnt if there is any; "" if none is short.
func shortExample(data *datasets.Sequences) string {
	for _, part := range []datasets.SequenceList{data.Test, data.Valid, data.Train} {
		for i := range min(part.Len(), shownNumbers) {
			if part.Steps(i)*data.Width <= shownNumbers {
				return line(part.At(i).Values)
			}
		}
	}
	return ""
}

// line returns numbers as an input has them.
func line(values []float32) string {
	fields := make([]string, len(values))
	for i, v := range values {
		fields[i] = strconv.FormatFloat(float64(v), 'g', -1, 32)
	}
	return strings.Join(fields, " ")
}

// Example implements task.Query: a short sequence, or one of the test part by its number.
func (q *query) Example() string {
	switch r := q.recogniser; {
	case r == nil:
		return `"0.3 1 0.9 0 0.4 1"`
	case r.about.Example != "":
		return `"` + r.about.Example + `"`
	case r.about.Spec != "":
		return string(task.TestPart) + ":1"
	}
	return "sequences.csv"
}

// asked is a sequence with what it is called, and what it is if that is known.
type asked struct {
	name string
	datasets.Sequence
	truth *Answer
}

// mostAtOnce is how many sequences are recognised at once.
const mostAtOnce = 512

// Run implements task.Query. An input is a sequence: its numbers row by row, with blanks or commas between them; -
// stands for the sequences on the lines of the body. Where files may be read it may name one of such lines, or be
// test:17, the 17th sequence of that part of the data that the run was trained on.
func (q *query) Run(ctx context.Context, inputs []string, body io.Reader, emit func(task.Prediction) error) error {
	r := q.recogniser
	if err := program.CheckQuestion(r, emit); err != nil {
		return err
	}
	if len(inputs) == 0 {
		return option.Usagef("want a sequence of numbers, such as %s, a file with one on each line, or - for those on standard input", q.Example())
	}
	var some []asked
	flush := func() error {
		all := some
		some = nil
		return r.say(ctx, all, emit)
	}
	add := func(a asked) error {
		if some = append(some, a); len(some) == mostAtOnce {
			return flush()
		}
		return nil
	}
	var data *datasets.Sequences // of the training, opened for the first input that names one of it
	for i, input := range inputs {
		values, err := r.numbers("input", i+1, input)
		switch {
		case input == "-":
			if slices.Contains(inputs[:i], "-") {
				return option.Usagef("standard input is there once; give - once")
			}
			if body == nil {
				return option.Usagef("there is no input to read sequences from; give some")
			}
			err = q.lines("standard input", body, add, flush)
		case err == nil:
			err = add(asked{name: strconv.Itoa(i + 1), Sequence: datasets.Sequence{Values: values}})
		case q.files:
			if part, number, ok := ofPart(input); ok {
				var a asked
				if data == nil {
					data, err = r.open(ctx)
				} else {
					err = nil
				}
				if err == nil {
					if a, err = r.ofData(data, part, number); err == nil {
						err = add(a)
					}
				}
			} else {
				err = q.file(input, err, add, flush)
			}
		}
		if err != nil {
			return err
		}
	}
	return flush()
}

// ofPart reads the name of a sequence of the data: a part and a number, counted from 1.
func ofPart(input string) (part string, number int, ok bool) {
	part, text, ok := strings.Cut(input, ":")
	number, err := strconv.Atoi(text)
	return part, number, ok && err == nil && slices.Contains(task.Parts(), task.Part(part))
}

// open opens the data that the run was trained on.
func (r *Recogniser) open(ctx context.Context) (*datasets.Sequences, error) {
	if r.about.Spec == "" {
		return nil, option.Usagef("the data that the run was trained on were in memory; give the numbers of a sequence, or a file")
	}
	d, err := datasets.OpenContext(ctx, r.about.Spec, datasets.Use(r.settings))
	if err != nil {
		return nil, err
	}
	data, err := program.DatasetOf[*datasets.Sequences](d, "recognise", "has no sequences of numbers")
	if err == nil && data.Width != r.Width() {
		err = errors.Errorf("recognise %s: its rows have %d numbers; the model reads %d", data.Meta.Name, data.Width, r.Width())
	}
	return data, err
}

// ofData returns a sequence of a part of the data, with what it is.
func (r *Recogniser) ofData(data *datasets.Sequences, part string, number int) (asked, error) {
	list, err := data.Part(part)
	if err != nil {
		return asked{}, err
	}
	if number < 1 || number > list.Len() {
		return asked{}, option.Usagef("%s:%d: the %s part of %s has the sequences 1 to %d", part, number, part, data.Meta.Name, list.Len())
	}
	q, err := data.Get(list, number-1)
	if err != nil {
		return asked{}, err
	}
	truth := &Answer{Number: q.Target}
	switch {
	case data.EachStep:
		for _, label := range q.Labels {
			name := ""
			if label >= 0 {
				name = data.Classes[label]
			}
			truth.Labels = append(truth.Labels, name)
		}
	case data.Classes != nil:
		truth.Label = data.Classes[q.Label]
	}
	return asked{fmt.Sprintf("%s:%d", part, number), q, truth}, nil
}

// file reads the sequences on the lines of a file. An input that names none was meant to be numbers: why it is not is
// numbers' error.
func (q *query) file(name string, notNumbers error, add func(asked) error, flush func() error) error {
	f, err := os.Open(name)
	if os.IsNotExist(err) && !datasets.LooksLikeFile(name) {
		return notNumbers
	}
	if err != nil {
		return errors.Wrap(err, "sequences")
	}
	defer f.Close()
	return q.lines(name, f, add, flush)
}

// lines reads the sequences on the lines of a reader, as many at once as have arrived. Empty lines hold none, and a
// first line without a number holds names.
func (q *query) lines(name string, in io.Reader, add func(asked) error, flush func() error) error {
	n, told := 0, false
	return texts.EachLineOf(name, "the numbers of a sequence", in, mostAtOnce, func(lines []string) error {
		for _, text := range lines {
			n++
			if strings.TrimSpace(text) == "" {
				continue
			}
			values, err := q.recogniser.numbers(name+": line", n, text)
			if err != nil && n == 1 && !texts.HasNumber(text) {
				if q.say != nil {
					q.say(name + ": the first line is taken for names")
				}
				continue
			}
			if err != nil {
				return err
			}
			if r := q.recogniser; r.Width() == 1 && r.about.Steps > 0 && len(values) == r.about.Steps+1 && q.say != nil && !told {
				told = true // as a file of the data has it, whose classes are numbers
				q.say(fmt.Sprintf("%s: line %d has %d numbers, and the sequences in training %d: is its class among them? Leave that out", name, n, len(values), r.about.Steps))
			}
			if err := add(asked{name: strconv.Itoa(n), Sequence: datasets.Sequence{Values: values}}); err != nil {
				return err
			}
		}
		return flush()
	})
}

// numbers reads the numbers of a sequence. What holds them is called where, and has a number.
func (r *Recogniser) numbers(where string, n int, text string) ([]float32, error) {
	values, err := texts.Numbers(where, n, text)
	if err != nil {
		return nil, err
	}
	if len(values) == 0 || len(values)%r.Width() != 0 || len(values)/r.Width() > mostRows {
		return nil, errors.Errorf("%s %d: it has %d numbers; want rows of %d, at least one and at most %d", where, n, len(values), r.Width(), mostRows)
	}
	return values, nil
}

// say emits what some sequences are.
func (r *Recogniser) say(ctx context.Context, all []asked, emit func(task.Prediction) error) error {
	sequences := make([]datasets.Sequence, len(all))
	for i, a := range all {
		sequences[i] = a.Sequence
	}
	answers, err := r.recognise(ctx, sequences)
	if err != nil {
		return err
	}
	for i, a := range all {
		if err := emit(Prediction{Sequence: a.name, Answer: answers[i], Truth: a.truth, classes: r.about.Classes}); err != nil {
			return err
		}
	}
	return nil
}

// Prediction is what a sequence was taken for.
type Prediction struct {
	Sequence string // the number of the input or of its line, or the name of a sequence of the data
	Answer
	Truth   *Answer // what it is, if that is known: its Label, Labels or Number
	classes []string
}

// said returns an answer on one line.
func (a Answer) said() string {
	switch {
	case a.Labels != nil:
		return strings.Join(a.Labels, " ")
	case a.Label != "":
		return a.Label
	}
	return strconv.FormatFloat(a.Number, 'g', 6, 64)
}

// Text implements task.Prediction: what is said, behind it the probabilities of classes, the largest first, and what is
// true.
func (p Prediction) Text() string {
	text := p.said()
	if p.Probabilities != nil {
		order := make([]int, min(len(p.classes), len(p.Probabilities)))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p.Probabilities[j], p.Probabilities[i]) })
		const shown = 5 // of many classes the last are all near 0
		var parts []string
		for _, i := range order[:min(shown, len(order))] {
			parts = append(parts, fmt.Sprintf("%s %.1f %%", p.classes[i], 100*p.Probabilities[i]))
		}
		text += "\t" + strings.Join(parts, ", ")
	}
	if p.Truth != nil {
		text += "\tin truth " + p.Truth.said()
	}
	return text + "\n"
}

// Row implements task.Tabular: the sequence, and behind it the label and the probability of each class, p(CLASS), the
// labels of all steps with blanks between them, or the number.
func (p Prediction) Row() (task.Row, error) {
	row := task.Row{Columns: []string{"sequence"}, Fields: []string{p.Sequence}}
	switch {
	case p.Labels != nil:
		row.Names, row.Predicted = []string{"labels"}, []string{p.said()}
	case p.classes != nil:
		row.Names, row.Predicted = []string{"label"}, []string{p.Label}
		for i, name := range p.classes[:min(len(p.classes), len(p.Probabilities))] {
			row.Names, row.Predicted = append(row.Names, "p("+name+")"), append(row.Predicted, strconv.FormatFloat(p.Probabilities[i], 'f', 6, 64))
		}
	default:
		row.Names, row.Predicted = []string{"number"}, []string{strconv.FormatFloat(p.Number, 'g', -1, 64)}
	}
	return row, nil
}

// event is an answer for a program.
type event struct {
	Label         string                    `json:"label,omitempty"`
	Probabilities map[string]show.JSONFloat `json:"probabilities,omitempty"`
	Labels        []string                  `json:"labels,omitempty"`
	Number        *show.JSONFloat           `json:"number,omitempty"`
}

func (a Answer) event(classes []string) event {
	e := event{Label: a.Label, Labels: a.Labels}
	for i, name := range classes[:min(len(classes), len(a.Probabilities))] {
		if e.Probabilities == nil {
			e.Probabilities = make(map[string]show.JSONFloat)
		}
		e.Probabilities[name] = show.JSONFloat(a.Probabilities[i])
	}
	if classes == nil {
		number := show.JSONFloat(a.Number)
		e.Number = &number
	}
	return e
}

// Event implements task.Prediction.
func (p Prediction) Event() any {
	out := struct {
		Event    string `json:"event"`
		Sequence string `json:"sequence,omitempty"` // of the data; others stand in the order of the inputs
		event
		Truth *event `json:"truth,omitempty"`
	}{Event: "prediction", event: p.Answer.event(p.classes)}
	if p.Truth != nil {
		out.Sequence = p.Sequence
		truth := p.Truth.event(p.classes)
		out.Truth = &truth
	}
	return out
}
