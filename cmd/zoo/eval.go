package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
)

type evaluationEvent struct {
	Event     string                       `json:"event"`
	Model     string                       `json:"model"`
	Dataset   string                       `json:"dataset"`
	Split     string                       `json:"split"`
	Metrics   map[string]metric            `json:"metrics"`
	Baselines map[string]map[string]metric `json:"baselines"`
	Confusion *confusion                   `json:"confusion,omitempty"`
	Run       string                       `json:"run"`
}

func newEval() *cobra.Command {
	var split, out, data string
	var beam int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval <run>",
		Short: "Evaluate a kept run on its dataset",
		Long:  "Evaluate a kept run on a part of the dataset that it was trained on. The run is a folder, or its name under --out.",
		Example: `  zoo eval lstm-airline-1
  zoo eval runs/lstm-airline-1 --split valid`,
		Args: arguments("<run>"),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := zoo.FindRun(args[0], out)
			if err != nil {
				return err
			}
			r, err := zoo.Open(dir)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("beam") {
				if r.Config.Task != "translate" {
					return linef("--beam is for the task translate; the task of %s is %s", dir, r.Config.Task)
				}
				if err := r.SetBeam(beam); err != nil {
					return err
				}
			}
			download := &downloadBar{w: cmd.ErrOrStderr()}
			v, err := r.Evaluate(split, datasets.DataDir(data), datasets.OnProgress(download.show))
			download.done()
			if err != nil {
				return err
			}
			c := r.Config
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), evaluationEvent{"evaluation", c.Model, c.Dataset, split, metrics(v.Metrics), baselines(v.Baselines), confusionOf(v.Confusion), dir})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s on the %s part of %s, the best first:\n\n%s\n", dir, split, c.Dataset, scoreTable(c.Model, v.Metrics, v.Baselines))
			if verdict := verdict(c.Model, v.Metrics, v.Baselines); verdict != "" {
				fmt.Fprintln(cmd.OutOrStdout(), verdict)
			}
			fmt.Fprint(cmd.OutOrStdout(), confusionTable(v.Confusion))
			return nil
		},
	}
	cmd.Flags().StringVar(&split, "split", "test", "part of the dataset: train, valid or test")
	cmd.Flags().StringVar(&data, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	cmd.Flags().IntVar(&beam, "beam", 0, "hypotheses that the search for a translation keeps; 1 is greedy (default as in training)")
	cmd.Flags().StringVar(&out, "out", defaultOut, "folder that runs are kept in")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}
