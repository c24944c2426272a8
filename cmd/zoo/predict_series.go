package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
)

type predictionEvent struct {
	Event  string            `json:"event"`
	Step   int               `json:"step"`
	Time   string            `json:"time,omitempty"` // if it is known how the history's times go on
	Values map[string]metric `json:"values"`
}

// predictSeries continues the run's series, or that of a file.
func predictSeries(cmd *cobra.Command, r *zoo.Run, inputs []string, o predictOptions) error {
	history := r.History()
	if len(inputs) > 1 {
		return linef("predict: a forecast continues one series; %q is one too many", inputs[1])
	}
	if len(inputs) > 0 {
		var err error
		if history, err = readHistory(r, inputs[0], cmd.InOrStdin(), o.fill); err != nil {
			return err
		}
	}
	rows, err := r.Predict(o.steps, history)
	if err != nil {
		return err
	}
	times := zoo.NextTimes(history.Times, o.steps)
	if o.json {
		return writePredictions(cmd.OutOrStdout(), r.Variables(), times, rows)
	}
	fmt.Fprint(cmd.OutOrStdout(), predictionTable(r.Variables(), times, rows))
	return nil
}

// readHistory reads the history from a file, or from standard input where its name is -.
func readHistory(r *zoo.Run, name string, in io.Reader, fill string) (*datasets.Series, error) {
	if name == "-" {
		return r.ReadHistory("standard input", in, fill)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Wrap(err, "history")
	}
	defer f.Close()
	return r.ReadHistory(name, f, fill)
}

func writePredictions(w io.Writer, variables, times []string, rows [][]float64) error {
	for i, row := range rows {
		v := predictionEvent{Event: "prediction", Step: i + 1, Values: make(map[string]metric, len(row))}
		if times != nil {
			v.Time = times[i]
		}
		for j, x := range row {
			v.Values[variables[j]] = metric(x)
		}
		if err := writeJSON(w, v); err != nil {
			return err
		}
	}
	return nil
}

// predictionTable shows the forecasts with a column for each variable.
func predictionTable(variables, times []string, rows [][]float64) *table {
	t := &table{right: func(column int) bool { return column > 0 || times == nil }}
	first := "time"
	if times == nil {
		first = "step"
	}
	t.add(append([]string{first}, variables...)...)
	for i, row := range rows {
		cells := []string{strconv.Itoa(i + 1)}
		if times != nil {
			cells[0] = times[i]
		}
		for j, x := range row {
			column := make([]float64, len(rows))
			for k := range rows {
				column[k] = rows[k][j]
			}
			cells = append(cells, fixed(x, decimals(5, column...)))
		}
		t.add(cells...)
	}
	return t
}
