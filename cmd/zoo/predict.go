package main

import (
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// predictOptions are the flags of zoo predict.
type predictOptions struct {
	steps     int
	beam      int
	attention string // attentionTable, the name of a picture, or nothing
	out, fill string
	json      bool
}

// attentionTable is the value of --attention without one.
const attentionTable = "table"

func newPredict() *cobra.Command {
	var o predictOptions
	cmd := &cobra.Command{
		Use:   "predict <run> [INPUT…|-]",
		Short: "Use a kept run: continue a series, name the class of a text, translate",
		Long: `Use a kept run, which is a folder or its name under --out.

A forecast continues the series that it was trained on, or another one: a CSV file, or - for CSV on standard input. A
classifier names the class of a text, and a translator translates it, or with - each line of standard input.`,
		Example: `  zoo predict lstm-airline-1 --steps 12
  zoo predict runs/gru-sales-1 this-year.csv --json
  tail -n 100 sales.csv | zoo predict gru-sales-1 -
  zoo predict bilstm-imdb-1 "not bad at all"
  zoo predict bilstm-imdb-1 - < reviews.txt
  zoo predict bigru-multi30k-de-en-1 "Zwei Hunde spielen im Schnee." --beam 10 --attention
  zoo predict gru-dates-1 "the third of May 1984" --attention=alignment.svg`,
		Args: arguments("<run> [INPUT…|-]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := zoo.FindRun(args[0], o.out)
			if err != nil {
				return err
			}
			r, err := zoo.Open(dir)
			if err != nil {
				return err
			}
			for _, flag := range []struct{ name, task string }{{"steps", "forecast"}, {"fill", "forecast"}, {"beam", "translate"}, {"attention", "translate"}} {
				if cmd.Flags().Changed(flag.name) && r.Config.Task != flag.task {
					return linef("--%s is for the task %s; the task of %s is %s", flag.name, flag.task, dir, r.Config.Task)
				}
			}
			return uses[r.Config.Task].predict(cmd, r, args[1:], o)
		},
	}
	cmd.Flags().IntVar(&o.steps, "steps", 1, "rows to forecast")
	cmd.Flags().StringVar(&o.fill, "fill", "", "what stands in for missing values: previous, linear, mean or zero (default as in training)")
	cmd.Flags().IntVar(&o.beam, "beam", 0, "hypotheses that the search for a translation keeps; 1 is greedy (default as in training)")
	cmd.Flags().StringVar(&o.attention, "attention", "", "print what each token of a translation looked at, or with =FILE.svg or =FILE.png draw it")
	cmd.Flags().Lookup("attention").NoOptDefVal = attentionTable
	cmd.Flags().StringVar(&o.out, "out", defaultOut, "folder that runs are kept in")
	cmd.Flags().BoolVar(&o.json, "json", false, "print one JSON object a line")
	return cmd
}
