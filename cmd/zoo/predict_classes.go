package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

type classEvent struct {
	Event         string            `json:"event"`
	Text          string            `json:"text"`
	Label         string            `json:"label"`
	Probabilities map[string]metric `json:"probabilities"`
}

// predictClasses names the class of a text, or of each line of standard input.
func predictClasses(cmd *cobra.Command, r *zoo.Run, inputs []string, o predictOptions) error {
	if len(inputs) == 0 {
		return linef(`predict: want a text, such as zoo predict %s "not bad at all", or - for lines on standard input`, cmd.Flags().Arg(0))
	}
	classifier, ok := r.Predictor().(*task.Classifier)
	if !ok {
		return errors.Errorf("the run is for the task %q", r.Config.Task)
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	classify := func(texts []string) error {
		for i, s := range texts {
			if strings.TrimSpace(s) == "" {
				return errors.Errorf("text %d is empty; give at least one word", i+1)
			}
		}
		classes, err := r.ClassifyAll(texts...)
		if err != nil {
			return err
		}
		for i, c := range classes {
			if err := writeClass(out, classifier.Classes(), texts[i], c, o.json); err != nil {
				return err
			}
		}
		return errors.WithStack(out.Flush())
	}
	if inputs[0] != "-" {
		return classify(inputs)
	}
	return eachLines(cmd.InOrStdin(), false, classify)
}

// eachLines gives the lines of a reader to a function, as many at once as have arrived. Unless empty ones are allowed they
// are errors.
func eachLines(in io.Reader, empty bool, do func(lines []string) error) error {
	const most = 128 // a batch
	r := bufio.NewReaderSize(in, 1<<16)
	var lines []string
	for n := 1; ; n++ {
		line, err := r.ReadString('\n')
		if err != nil && err != io.EOF {
			return errors.Wrap(err, "cannot read standard input")
		}
		if line != "" {
			if !empty && strings.TrimSpace(line) == "" {
				return errors.Errorf("standard input: line %d is empty; give a text on each", n)
			}
			lines = append(lines, strings.TrimRight(line, "\r\n"))
		}
		if len(lines) > 0 && (err == io.EOF || r.Buffered() == 0 || len(lines) == most) {
			if err := do(lines); err != nil {
				return err
			}
			lines = nil
		}
		if err == io.EOF {
			if n == 1 && line == "" {
				return errors.New("standard input is empty; give a text on each line")
			}
			return nil
		}
	}
}

// writeClass writes the class of a text, for a person with the probabilities behind it, the largest first.
func writeClass(w io.Writer, classes []string, text string, c task.Class, asJSON bool) error {
	if asJSON {
		e := classEvent{"prediction", text, c.Label, make(map[string]metric)}
		for i, p := range c.Probabilities {
			e.Probabilities[classes[i]] = metric(p)
		}
		return writeJSON(w, e)
	}
	order := make([]int, len(classes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(c.Probabilities[j], c.Probabilities[i]) })
	const shown = 5 // of many classes the last are all near 0
	var parts []string
	for _, i := range order[:min(shown, len(order))] {
		parts = append(parts, fmt.Sprintf("%s %.1f %%", classes[i], 100*c.Probabilities[i]))
	}
	_, err := fmt.Fprintf(w, "%s\t%s\n", c.Label, strings.Join(parts, ", "))
	return errors.WithStack(err)
}
