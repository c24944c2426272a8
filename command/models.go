package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/show"
)

// usualDataset is the dataset at whose default size models are described.
const usualDataset = "airline"

type modelEvent struct {
	Event      string `json:"event"`
	Name       string `json:"name"`
	Title      string `json:"title"`
	Parameters int    `json:"parameters"`
	Cannot     string `json:"cannot"`
}

func newModels() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List the architectures",
		Long:  "List the architectures, with the number of their parameters at the default size for " + usualDataset + ".",
		Args:  arguments(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := show.Table{Header: []string{"MODEL", "PARAMETERS", "WHAT IT IS", "WHAT IT CANNOT DO"}}
			for _, m := range zoo.Models() {
				e, err := zoo.New(zoo.Defaults(m.Name, usualDataset))
				if err != nil {
					return err
				}
				t.Rows = append(t.Rows, []any{m.Name, show.Count(e.Parameters()), m.Title, m.Cannot})
				if asJSON {
					if err := writeJSON(cmd.OutOrStdout(), modelEvent{"model", m.Name, m.Title, e.Parameters(), m.Cannot}); err != nil {
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}
