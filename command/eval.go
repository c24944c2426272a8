package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

type evaluationEvent struct {
	Event     string                       `json:"event"`
	Model     string                       `json:"model"`
	Dataset   string                       `json:"dataset"`
	Split     string                       `json:"split"`
	Metrics   map[string]metric            `json:"metrics"`
	Baselines map[string]map[string]metric `json:"baselines"`
}

// endOfEvaluation is behind the exhibits.
type endOfEvaluation struct {
	Run     string   `json:"run"`
	Notes   []string `json:"notes,omitempty"`
	Verdict string   `json:"verdict,omitempty"`
}

func newEval() *cobra.Command {
	var split, out, dataDir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval <run> [dataset]",
		Short: "Evaluate a kept run on its dataset, or on another",
		Long:  "Evaluate a kept run on a part of the dataset that it was trained on, or of another. The run is a folder, or its name under\n--out; a dataset is as of zoo run, and a file is read as that of the training was.",
		Example: `  zoo eval lstm-airline-1
  zoo eval runs/lstm-airline-1 --split valid
  zoo eval gru-sales-1 csv:next-year.csv`,
		Args:              arguments("<run> [dataset]"),
		ValidArgsFunction: completing(runNames, datasetSpecs),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, dir, err := openRun(args[0], out)
			if err != nil {
				return err
			}
			decoding := r.Predictor().Decoding()
			if err := layOver(decoding, cmd, r, dir); err != nil {
				return err
			}
			download := &downloadBar{w: cmd.ErrOrStderr()}
			data, other := r.Config.Dataset, ""
			if len(args) > 1 {
				data, other = args[1], args[1]
			}
			v, err := r.Evaluate(cmd.Context(), split, zoo.OnDataset(other), zoo.Decoding(decoding), zoo.Reading(datasets.DataDir(dataDir), datasets.OnProgress(download.show)))
			download.done()
			if err != nil {
				return err
			}
			c, w := r.Config, cmd.OutOrStdout()
			if asJSON {
				event := evaluationEvent{"evaluation", c.Model, data, split, metrics(v.Metrics), baselines(v.Baselines)}
				return writeJSON(w, joined{event, exhibitFields(v.Exhibits), endOfEvaluation{dir, v.Notes, v.Verdict}})
			}
			s := scores{c.Model, r.Task().Metrics(), v}
			fmt.Fprintf(w, "%s on the %s part of %s, the best first:\n\n%s\n%s", dir, split, data, s.table(), s.notes())
			if verdict := s.verdict(); verdict != "" {
				fmt.Fprintln(w, verdict)
			}
			fmt.Fprint(w, exhibitText(v.Exhibits))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	runSettings(cmd, task.Kind.Decoding, func(r *zoo.Run) task.Options { return r.Predictor().Decoding() })
	flags.StringVar(&split, "split", string(task.TestPart), "part of the dataset: train, valid or test")
	flags.StringVar(&dataDir, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	flags.StringVar(&out, "out", defaultOut, "folder that runs are kept in")
	flags.BoolVar(&asJSON, "json", false, "print a JSON object")
	_ = cmd.RegisterFlagCompletionFunc("split", choices("train", "valid", "test"))
	return cmd
}
