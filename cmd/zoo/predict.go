package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// predictOptions are the flags of zoo predict.
type predictOptions struct {
	steps     int
	out, fill string
	json      bool
}

func newPredict() *cobra.Command {
	var o predictOptions
	cmd := &cobra.Command{
		Use:   "predict <run> [INPUT|-]",
		Short: "Use a kept run: continue a series, name the class of a text",
		Long: `Use a kept run, which is a folder or its name under --out.

A forecast continues the series that it was trained on, or another one: a CSV file, or - for CSV on standard input. A
classifier names the class of a text, or with - of each line of standard input.`,
		Example: `  zoo predict lstm-airline-1 --steps 12
  zoo predict runs/gru-sales-1 this-year.csv --json
  tail -n 100 sales.csv | zoo predict gru-sales-1 -
  zoo predict bilstm-imdb-1 "not bad at all"
  zoo predict bilstm-imdb-1 - < reviews.txt`,
		Args: arguments("<run> [INPUT|-]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := zoo.FindRun(args[0], o.out)
			if err != nil {
				return err
			}
			r, err := zoo.Open(dir)
			if err != nil {
				return err
			}
			for _, flag := range []struct{ name, task string }{{"steps", "forecast"}, {"fill", "forecast"}} {
				if cmd.Flags().Changed(flag.name) && r.Config.Task != flag.task {
					return linef("--%s is for the task %s; the task of %s is %s", flag.name, flag.task, dir, r.Config.Task)
				}
			}
			return uses[r.Config.Task].predict(cmd, r, args[1:], o)
		},
	}
	cmd.Flags().IntVar(&o.steps, "steps", 1, "rows to forecast")
	cmd.Flags().StringVar(&o.fill, "fill", "", "what stands in for missing values: previous, linear, mean or zero (default as in training)")
	cmd.Flags().StringVar(&o.out, "out", defaultOut, "folder that runs are kept in")
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object a line")
	return cmd
}
