package command

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/shell"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// runOptions are the flags of zoo run that are no part of the configuration.
type runOptions struct {
	threads     int
	out, data   string
	task        string
	probe       string
	quiet, json bool
}

func newRun() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run <model> <dataset>",
		Short: "Train a model, evaluate it and keep the run",
		Long: `Train a model on a dataset, evaluate it on the test part and keep the run in a folder of its own.

A dataset is one that zoo datasets lists, or a file of your own: csv:FILE is a series, or with --text and --label texts in
classes, or with --source and --target pairs of texts; tsv:FILE and parallel:FILE,FILE are pairs of texts, jsonl:FILE and
fasttext:FILE texts in classes, text:FILE is running text. What was guessed of a file is said on standard error.

What is learnt follows from the dataset, or from --task where it serves several. Without a dataset this help shows the
settings of all tasks with their defaults for data of your own, with one those of its task and its own defaults:
zoo run lstm airline --help.`,
		Example: `  zoo run lstm airline
  zoo run gru csv:sales.csv --window 30 --horizon 7
  zoo run bilstm phrases
  zoo run lstm csv:reviews.csv --text review --label stars
  zoo run rnn sunspots --probe gradients
  zoo run rnn temperatures --epochs 5 --json > events.jsonl`,
		Args:              arguments("<model> <dataset>"),
		ValidArgsFunction: completing(modelNames, datasetSpecs),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := zoo.Configure(args[0], args[1], o.given(cmd))
			if err != nil {
				return err
			}
			return runModel(cmd, config, o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	addSettings(flags, allSettings())
	flags.StringVar(&o.task, "task", "", "what to learn, of a dataset that serves several tasks (zoo tasks lists them; default what the dataset is for)")
	// GOMAXPROCS is the number of cores, or what a container is granted of them.
	flags.IntVar(&o.threads, "threads", runtime.GOMAXPROCS(0), "threads that compute")
	flags.StringVar(&o.data, "data", "", "folder that is searched before the one of ZOO_DATA and the cache")
	flags.StringVar(&o.out, "out", defaultOut, "folder to keep the run in")
	flags.StringVar(&o.probe, "probe", "", "gradients: before training and after each epoch, measure the norm of the gradient of the loss that reaches the hidden state of each time step, and keep a chart as "+gradientsFile+" (default none)")
	flags.BoolVar(&o.quiet, "quiet", false, "no progress on standard error")
	flags.BoolVar(&o.json, "json", false, "print events on standard output, one JSON object a line, and nothing else")
	completeSettings(cmd)
	_ = cmd.RegisterFlagCompletionFunc("probe", choices(probeGradients))
	_ = cmd.RegisterFlagCompletionFunc("task", func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return taskNames(cmd), cobra.ShellCompDirectiveNoFileComp
	})
	helpWithSettings(cmd, func(args []string, given map[string]string) *option.Set {
		var s option.Set
		if len(args) > 1 {
			if c, err := zoo.Configure(args[0], args[1], o.given(cmd)); err == nil {
				c.Declare(&s)
				return &s
			}
		}
		return allSettings()
	})
	return cmd
}

// allSettings returns the settings of all tasks, with the defaults for data of one's own.
func allSettings() *option.Set {
	s := new(option.Set)
	for i, k := range zoo.Tasks() {
		c := zoo.DefaultsFor(k, "")
		if i == 0 {
			c.Recipe.Declare(s)
			s.Group("The data")
			c.Data.Declare(s)
		}
		s.Group(taskGroup(k))
		c.Options.Declare(s)
		highest, lowest := task.Decisive(k)
		for setting, names := range map[string][]string{"maximize": highest, "minimize": lowest} {
			if names != nil {
				s.Lookup(setting).Help += "; of " + k.Name() + " " + strings.Join(names, ", ")
			}
		}
	}
	return s
}

// taskGroup is the title over the settings of a task.
func taskGroup(k task.Kind) string { return "The task " + k.Name() }

// given returns the settings that flags have set.
func (o runOptions) given(cmd *cobra.Command) map[string]string {
	given := givenSettings(cmd.Flags())
	if o.task != "" {
		given["task"] = o.task
	}
	return given
}

// defaultOut is the folder where runs are kept.
const defaultOut = "runs"

func runModel(cmd *cobra.Command, config zoo.Config, o runOptions) error {
	if most := 4 * runtime.NumCPU(); o.threads < 1 || o.threads > most {
		return linef("--threads %d: want at least 1, and at most %d, four for each processor", o.threads, most)
	}
	if o.probe != "" && o.probe != probeGradients {
		return linef("--probe %q: want %s", o.probe, probeGradients)
	}
	runtime.GOMAXPROCS(o.threads)
	download := &downloadBar{w: cmd.ErrOrStderr(), quiet: o.quiet}
	e, err := zoo.New(config, zoo.Reading(datasets.DataDir(o.data), datasets.OnProgress(download.show)))
	download.done()
	if err != nil {
		return err
	}
	if err := e.CheckFolder(o.out); err != nil {
		return errors.WithMessage(err, "--out")
	}
	// Until here there is nothing to keep, and a signal ends the process.
	// What is ignored, as the end of the terminal is below nohup, stays ignored.
	signals := slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
	ctx, stop := signal.NotifyContext(cmd.Context(), signals...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	// Nor does a reader that goes away, as in zoo run … --json | head -1, lose the training.
	ctx, unread := context.WithCancel(ctx)
	defer unread()
	signal.Ignore(syscall.SIGPIPE)

	steps, out := 0, cmd.OutOrStdout()
	print := func(event any) {
		if writeJSON(out, event) != nil {
			unread()
		}
	}
	watch := []train.Callbacks{{Step: func(train.StepEvent) error { steps++; return nil }}}
	notices := make([]string, len(e.Dataset.Notices))
	for i, n := range e.Dataset.Notices {
		notices[i] = inFlags(cmd, n)
		if !o.quiet {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", e.Dataset.Name, notices[i])
		}
	}
	if o.json {
		print(joined{startOf(e, notices), sizesOf(e)})
		watch = append(watch, train.Callbacks{Epoch: func(v train.EpochEvent) error { print(epochOf(v)); return nil }})
	} else {
		fmt.Fprintln(out, opening(e))
	}
	var probe *gradientProbe
	if o.probe != "" {
		probe, err = newProbe(e, func(v probeEvent) {
			if o.json {
				print(v)
			}
		})
		if err != nil {
			return err
		}
		watch = append(watch, probe.callbacks())
	}
	progress := newProgress(cmd.ErrOrStderr(), o.quiet, e.Config.Epochs, e.Task().Metrics())
	result, err := e.Run(ctx, append(watch, progress.callbacks())...)
	progress.done()
	if err != nil {
		return err
	}
	if steps == 0 && result.Interrupted {
		return &interruption{"interrupted before the first step; there is nothing to keep"}
	}
	kept := e.Kept(result)
	dir, err := kept.Keep(o.out)
	if err != nil {
		return err
	}
	probed := ""
	if probe != nil {
		path, err := probe.keep(dir)
		if err != nil {
			return err
		}
		probed = "\n" + probe.summary(path)
	}
	switch {
	case o.json:
		writeJSON(out, resultOf(result, dir))
	case !result.Interrupted:
		fmt.Fprint(out, closing(kept, dir)+probed)
	}
	if result.Interrupted {
		return &interruption{fmt.Sprintf("interrupted after epoch %d of %d; the best weights so far are kept: zoo predict %s", result.Epochs, e.Config.Epochs, shell.Quote(dir))}
	}
	return nil
}

// opening says what is about to be trained.
func opening(e *zoo.Experiment) string {
	trained, valid, tested := e.Examples()
	sizes := ""
	for _, s := range e.Sizes() {
		sizes += fmt.Sprintf("%s %s; ", show.Count(s.N), s.Name)
	}
	return fmt.Sprintf("%s on %s (%s): %s parameters; %s%s examples to train, %s to validate, %s to test",
		e.Config.Model, e.Config.Dataset, e.Config.Task, show.Count(e.Parameters()), sizes, show.Count(trained), show.Count(valid), show.Count(tested))
}

// closing says how it went and how to go on.
func closing(r *zoo.Run, dir string) string {
	result := r.Result
	s := scores{r.Config.Model, r.Task().Metrics(), &result.Evaluation}
	text := fmt.Sprintf("\nOn the test part, the best first:\n\n%s\n%s", s.table(), s.notes())
	if v := s.verdict(); v != "" {
		text += v + "\n"
	}
	if x := exhibitText(result.Exhibits); x != "" {
		text += x + "\n"
	}
	epochs := "epochs"
	if result.Epochs == 1 {
		epochs = "epoch"
	}
	return text + fmt.Sprintf("Trained %d %s in %.1f s; the weights of epoch %d are kept in %s\nGo on with: zoo predict %s %s\n",
		result.Epochs, epochs, result.Seconds, result.BestEpoch, dir, shell.Quote(dir), r.Predictor().Query().Example())
}
