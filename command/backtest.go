package command

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// How often a backtest trains.
const (
	refitNever = "never"
	refitEach  = "each"
)

type originEvent struct {
	Event     string                       `json:"event"`
	Origin    string                       `json:"origin"`
	Metrics   map[string]metric            `json:"metrics"`
	Baselines map[string]map[string]metric `json:"baselines"`
}

type backtestEvent struct {
	Event     string                       `json:"event"`
	Model     string                       `json:"model"`
	Dataset   string                       `json:"dataset"`
	Origins   int                          `json:"origins"`
	Refit     string                       `json:"refit"`
	Metrics   map[string]metric            `json:"metrics"`
	Baselines map[string]map[string]metric `json:"baselines"`
}

func newBacktest() *cobra.Command {
	var o runOptions
	var origins int
	var refit, plot string
	cmd := &cobra.Command{
		Use:   "backtest <run|model> [dataset]",
		Short: "See how a model would have done, as of several moments",
		Long: `Forecast a series as of several moments, the origins, one after the other, and compare with what came.

With --refit never the weights are those of a run, and the origins lie in its test part. With --refit each the model is trained
anew at each origin, on what was known there; a model in place of a run does so with its defaults and the settings of zoo run.`,
		Example: `  zoo backtest gru-sales-1
  zoo backtest gru-sales-1 --origins 6 --refit each
  zoo backtest lstm airline --origins 6 --plot airline.svg`,
		Args:              arguments("<run|model> [dataset]"),
		ValidArgsFunction: completing(runNames, datasetSpecs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if refit != "" && refit != refitNever && refit != refitEach {
				return option.Wrong("refit", refit, "choose never or each")
			}
			if len(args) > 1 {
				if _, err := zoo.ModelByName(args[0]); err == nil {
					if refit == refitNever {
						return option.Wrong("refit", refit, "a model without a run has no weights; name a run, or train at each origin (refit: each)")
					}
					c, err := zoo.Configure(args[0], args[1], o.given(cmd))
					if err != nil {
						return err
					}
					return backtestAnew(cmd, c, o, origins, plot)
				}
			}
			r, dir, err := openRun(args[0], o.out)
			if err != nil {
				return err
			}
			given := o.given(cmd)
			for _, name := range slices.Sorted(maps.Keys(given)) {
				return option.Wrong(name, given[name], "%s has the settings that it was trained with; name a model in its place", dir)
			}
			c := r.Config
			other := ""
			if len(args) > 1 {
				c.Dataset, c.Folder, other = args[1], "", args[1]
			}
			if refit == refitEach {
				return backtestAnew(cmd, c, o, origins, plot)
			}
			download := &downloadBar{w: cmd.ErrOrStderr()}
			b, err := r.Backtest(cmd.Context(), origins, zoo.OnDataset(other), zoo.Reading(datasets.DataDir(o.data), datasets.OnProgress(download.show)))
			download.done()
			if err != nil {
				return err
			}
			if o.json {
				for _, at := range b.Origins {
					if err := writeJSON(cmd.OutOrStdout(), originEvent{"origin", at.Label, metrics(at.Metrics), baselines(at.Rivals)}); err != nil {
						return err
					}
				}
			}
			return showBacktest(cmd.OutOrStdout(), c, dir, r.Task(), b, refitNever, plot, o.json)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&origins, "origins", 12, "moments as of which it is forecast")
	flags.StringVar(&refit, "refit", "", "when the model is trained: never, or each time (default never of a run, each time of a model)")
	flags.StringVar(&plot, "plot", "", "file for a picture of the errors at each origin: .svg or .png")
	addSettings(flags, allSettings())
	flags.StringVar(&o.task, "task", "", "what to learn, of a dataset that serves several tasks")
	flags.StringVar(&o.data, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	flags.StringVar(&o.out, "out", defaultOut, "folder that runs are kept in")
	flags.BoolVar(&o.json, "json", false, "print events on standard output, one JSON object a line, and nothing else")
	_ = cmd.RegisterFlagCompletionFunc("refit", choices(refitNever, refitEach))
	return cmd
}

// backtestAnew trains at each origin.
func backtestAnew(cmd *cobra.Command, c zoo.Config, o runOptions, origins int, plot string) error {
	download := &downloadBar{w: cmd.ErrOrStderr()}
	e, err := zoo.New(c, zoo.Reading(datasets.DataDir(o.data), datasets.OnProgress(download.show)))
	download.done()
	if err != nil {
		return err
	}
	b, err := e.Backtest(cmd.Context(), origins, func(i int, at task.Origin) error {
		if o.json {
			return writeJSON(cmd.OutOrStdout(), originEvent{"origin", at.Label, metrics(at.Metrics), baselines(at.Rivals)})
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "origin %d/%d, %s\n", i+1, origins, at.Label)
		return nil
	})
	if err != nil {
		return err
	}
	return showBacktest(cmd.OutOrStdout(), e.Config, c.Model, e.Task(), b, refitEach, plot, o.json)
}

// showBacktest shows what came out of a backtest: a line for each origin, the means beside those of the rivals, and a picture if one
// is asked for.
func showBacktest(w io.Writer, c zoo.Config, name string, kind task.Kind, b *zoo.Backtest, refit, plot string, asJSON bool) error {
	ranks, _ := task.Ranks(kind.Metrics(), b.Metrics)
	if plot != "" {
		if err := draw(plot, errorsByOrigin(c, ranks.Name, b)); err != nil {
			return err
		}
	}
	if asJSON {
		return writeJSON(w, backtestEvent{"backtest", c.Model, c.Dataset, len(b.Origins), refit, metrics(b.Metrics), baselines(b.Baselines)})
	}
	s := scores{c.Model, kind.Metrics(), &zoo.Evaluation{Scores: task.Scores{Metrics: b.Metrics}, Baselines: b.Baselines}}
	t := show.Table{Header: []string{"as of", ranks.Name}}
	for _, r := range b.Baselines {
		t.Header = append(t.Header, r.Name)
	}
	t.Header[1] = c.Model
	for _, at := range b.Origins {
		row := []any{at.Label, shownMetric(ranks, at.Metrics[ranks.Name], b.Metrics[ranks.Name])}
		byName := make(map[string]float64)
		for _, r := range at.Rivals {
			byName[r.Name] = r.Metrics[ranks.Name]
		}
		for _, r := range b.Baselines {
			row = append(row, shownMetric(ranks, byName[r.Name], b.Metrics[ranks.Name]))
		}
		t.Rows = append(t.Rows, row)
	}
	trained := "trained once"
	if refit == refitEach {
		trained = "trained anew at each"
	}
	fmt.Fprintf(w, "%s on %s as of %d moments, %s; the %s of what came next:\n\n%s\nThe means, the best first:\n\n%s\n", name, c.Dataset, len(b.Origins), trained, ranks.Name, t, s.table())
	if verdict := s.verdict(); verdict != "" {
		fmt.Fprintln(w, verdict)
	}
	return nil
}

// errorsByOrigin draws the errors of the model and of its rivals at each origin.
func errorsByOrigin(c zoo.Config, metric string, b *zoo.Backtest) task.Exhibit {
	chart := &show.Chart{Title: c.Model + " on " + c.Dataset, Y: metric}
	own := show.Line{Name: c.Model}
	rivals := make([]show.Line, len(b.Baselines))
	for _, at := range b.Origins {
		chart.Times = append(chart.Times, at.Label)
		own.Y = append(own.Y, at.Metrics[metric])
		byName := make(map[string]float64)
		for _, r := range at.Rivals {
			byName[r.Name] = r.Metrics[metric]
		}
		for i, r := range b.Baselines {
			rivals[i].Name, rivals[i].Dashed = r.Name, true
			rivals[i].Y = append(rivals[i].Y, byName[r.Name])
		}
	}
	chart.Lines = append([]show.Line{own}, rivals...)
	return task.Exhibit{Name: "backtest", Chart: chart}
}
