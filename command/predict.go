package command

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

func newPredict() *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "predict <run> [INPUT…|-]",
		Short: "Use a kept run: continue a series or a text, name the class of a text, translate",
		Long: `Use a kept run, which is a folder or its name under --out.

What an input is depends on what the run has learnt: a series in a file; the numbers of a sequence, or a file with one on each line;
a text, or a file of texts. - stands for standard input. Texts are read from the column of a table (.csv, .tsv), the field of a JSON
object on each line (.jsonl) or else from the lines of a file; csv:FILE, tsv:FILE, jsonl:FILE and lines:FILE say it whatever the
name, and FILE may be -. Standard input is a table if its first line names the column. What was guessed is said on standard error.

--out FILE.csv writes a table: all columns of what was read, and behind them what is predicted. A file is written whole or, where
there is an error, not at all. Without a run this help shows the settings of all tasks, with one those of its own.`,
		Example: `  zoo predict lstm-airline-1 --steps 12
  zoo predict runs/gru-sales-1 this-year.csv --json
  tail -n 100 sales.csv | zoo predict gru-sales-1 -
  zoo predict gru-adding-1 "0.5 1 0.25 1" test:17
  zoo predict bilstm-imdb-1 "not bad at all"
  zoo predict bilstm-imdb-1 - < reviews.txt
  zoo predict bilstm-tickets-1 tickets.csv --text body --out labelled.csv
  zoo predict bigru-multi30k-de-en-1 "Zwei Hunde spielen im Schnee." --beam 10 --attention
  zoo predict gru-dates-1 "the third of May 1984" --attention=alignment.svg
  zoo predict lstm-shakespeare-1 "To be" --tokens 500 --temperature 0.8 --top-k 40 --seed 1
  zoo predict lstm-ptb-1 "i am feeling under the" --next 5`,
		Args:              arguments("<run> [INPUT…|-]"),
		ValidArgsFunction: completing(runNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkPredictOut(cmd, out, asJSON); err != nil {
				return err
			}
			r, dir, err := openRun(args[0], runsFolder(out))
			if err != nil {
				return err
			}
			q := r.Predictor().Query()
			if err := layOver(q, cmd, r, dir); err != nil {
				return err
			}
			notice := func(text string) { fmt.Fprintln(cmd.ErrOrStderr(), inFlags(cmd, text)) }
			if reader, ok := q.(task.FileReader); ok {
				reader.ReadFiles(notice)
			}
			answer := func(emit func(task.Prediction) error) error {
				return q.Run(cmd.Context(), args[1:], cmd.InOrStdin(), func(p task.Prediction) error {
					if err := drawPicture(p); err != nil {
						return err
					}
					return emit(p)
				})
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			if streamer, ok := q.(task.Streamer); ok && !asJSON && !isRowsFile(out) { // a signal ends the process, and what is written stands
				streamer.Stream(func(piece string) error {
					if _, err := w.WriteString(piece); err != nil {
						return errors.WithStack(err)
					}
					return errors.WithStack(w.Flush())
				})
			}
			if isRowsFile(out) {
				var f *rowsFile
				if f, err = writeRows(out, notice, answer); err == nil {
					_, err = w.WriteString(f.summary())
				}
			} else {
				err = answer(func(p task.Prediction) error {
					if err := emit(w, p, asJSON); err != nil {
						return err
					}
					return errors.WithStack(w.Flush())
				})
			}
			var usage *option.UsageError
			if errors.As(err, &usage) && usage.Setting == "" {
				return linef("predict %s: %s", args[0], usage.Want)
			}
			if err != nil {
				return err
			}
			return errors.WithStack(w.Flush())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	runSettings(cmd, func(k task.Kind) task.Options { return k.Query() }, func(r *zoo.Run) task.Options { return r.Predictor().Query() })
	flags.StringVar(&out, "out", defaultOut, "file that ends in .csv or .tsv to write the predictions to, with all columns of what was read; or the folder that runs are kept in")
	flags.BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}

// checkPredictOut returns an error if --out is neither a file for predictions nor a folder. A file of another ending
// would be taken for a folder, and nothing written to it.
func checkPredictOut(cmd *cobra.Command, out string, asJSON bool) error {
	if isRowsFile(out) {
		if asJSON {
			return linef("--json prints the predictions that --out %s writes; leave one of them out", out)
		}
		return nil
	}
	if info, err := os.Stat(out); cmd.Flags().Changed("out") && (err != nil || !info.IsDir()) {
		return linef("--out %q: want a file that ends in .csv or .tsv for the predictions, or the folder that runs are kept in", out)
	}
	return nil
}

// runSettings gives a command that uses kept runs the settings of all tasks as flags. Its help shows those of the run
// that its arguments name.
func runSettings(cmd *cobra.Command, ofTask func(task.Kind) task.Options, ofRun func(*zoo.Run) task.Options) {
	declare := func(s *option.Set, k task.Kind, o task.Options) {
		if o != nil {
			s.Group(taskGroup(k))
			o.Declare(s)
		}
	}
	union := new(option.Set)
	for _, k := range zoo.Tasks() {
		declare(union, k, ofTask(k))
	}
	addSettings(cmd.Flags(), union)
	completeSettings(cmd)
	helpWithSettings(cmd, func(args []string, _ map[string]string) *option.Set {
		out, _ := cmd.Flags().GetString("out") // which such a command has
		r := runOf(args, runsFolder(out))
		if r == nil {
			return asInTraining(union)
		}
		s := new(option.Set)
		declare(s, r.Task(), ofRun(r))
		return s
	})
}

// drawPicture draws the picture of a prediction where one is asked for.
func drawPicture(p task.Prediction) error {
	if d, ok := p.(task.Pictured); ok {
		if file, picture := d.Picture(); file != "" {
			return draw(file, picture)
		}
	}
	return nil
}

// emit prints a prediction.
func emit(w *bufio.Writer, p task.Prediction, asJSON bool) error {
	if asJSON {
		return writeJSON(w, p.Event())
	}
	_, err := w.WriteString(p.Text())
	return errors.WithStack(err)
}

// picture is what an exhibit can be drawn as.
type picture interface {
	SVG() string
	PNG() []byte
}

// draw writes an exhibit to a file that ends in .svg or .png.
func draw(file string, e task.Exhibit) error {
	var p picture
	switch {
	case e.Map != nil:
		p = e.Map
	case e.Chart != nil:
		p = e.Chart
	default:
		return errors.Errorf("%s: there is nothing to draw", file)
	}
	data := []byte(p.SVG())
	if strings.EqualFold(filepath.Ext(file), ".png") {
		data = p.PNG()
	}
	return atomicfile.WriteData(file, data)
}

// openRun opens a run by its folder, or its name under out.
func openRun(name, out string) (r *zoo.Run, dir string, err error) {
	if dir, err = zoo.FindRun(name, out); err != nil {
		return nil, "", err
	}
	r, err = zoo.Open(dir)
	return r, dir, err
}

// runOf returns the run that the arguments of a help name, or nil.
func runOf(args []string, out string) *zoo.Run {
	if len(args) == 0 {
		return nil
	}
	r, _, err := openRun(args[0], out)
	if err != nil {
		return nil
	}
	return r
}

// layOver sets the settings of a run's question, or of how its answers are looked for, that flags have given.
func layOver(o task.Options, cmd *cobra.Command, r *zoo.Run, dir string) error {
	var s option.Set
	if o != nil {
		o.Declare(&s)
	}
	given := givenSettings(cmd.Flags())
	for _, name := range sortedKeys(given) {
		if f := s.Lookup(name); f == nil {
			return linef("--%s is for the task %s; the task of %s is %s", name, strings.Join(tasksWith(name), " or "), dir, r.Task().Name())
		} else if err := f.Set(given[name]); err != nil {
			return err
		}
	}
	return s.Check()
}

// tasksWith returns the tasks whose questions have a setting.
func tasksWith(name string) []string {
	var names []string
	for _, k := range zoo.Tasks() {
		if querySettings(k).Lookup(name) != nil {
			names = append(names, k.Name())
		}
	}
	return names
}

// asInTraining shows of settings whose defaults only a run knows, those of how answers are looked for, what they are.
func asInTraining(s *option.Set) *option.Set {
	for _, k := range zoo.Tasks() {
		var known option.Set
		if d := k.Decoding(); d != nil {
			d.Declare(&known)
		}
		for _, f := range s.Fields() {
			if f.Group == taskGroup(k) && known.Lookup(f.Name) != nil {
				f.Default = "as in training"
			}
		}
	}
	return s
}
