package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

type datasetEvent struct {
	Event   string `json:"event"`
	Name    string `json:"name"`
	Title   string `json:"title"`
	Task    string `json:"task"` // the default
	Kind    string `json:"kind"` // of data: series, texts, pairs or corpus
	Size    string `json:"size"`
	Licence string `json:"licence"`
	Source  string `json:"source"`
	Where   string `json:"where"`
}

func newDatasets() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "datasets",
		Short: "List the datasets",
		Long:  "List the datasets that have a name, with the task that is their default. Data of your own is csv:FILE, a series or with\n--text and --label texts in classes, or tsv:FILE, pairs of texts, or text:FILE, running text, wherever a command takes a dataset.",
		Args:  arguments(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := show.Table{Header: []string{"DATASET", "TASK", "SIZE", "WHERE", "WHAT IT IS", "LICENCE"}}
			for _, d := range datasets.List(datasets.DataDir(dir)) {
				t.Rows = append(t.Rows, []any{d.Name, d.Task, d.Size, d.Where, d.Title, d.Licence})
				if asJSON {
					if err := writeJSON(cmd.OutOrStdout(), datasetEvent{"dataset", d.Name, d.Title, d.Task, d.Kind, d.Size, d.Licence, d.Source, d.Where}); err != nil {
						return err
					}
				}
			}
			if !asJSON {
				fmt.Fprint(cmd.OutOrStdout(), t)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}
