package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// configFlags defines the flags that set the fields of a configuration, with its values as their defaults.
func configFlags(flags *pflag.FlagSet, c *zoo.Config) {
	flags.IntVar(&c.Hidden, "hidden", c.Hidden, "width of the hidden state")
	flags.IntVar(&c.Layers, "layers", c.Layers, "number of layers")
	flags.Float64Var(&c.Dropout, "dropout", c.Dropout, "rate of dropout between layers; 0 is none")
	flags.Float64Var(&c.RecurrentDropout, "recurrent-dropout", c.RecurrentDropout, "rate of dropout on the hidden state, one mask for all time steps; 0 is none")
	flags.BoolVar(&c.LayerNorm, "layer-norm", c.LayerNorm, "normalise the products within the cell")
	flags.BoolVar(&c.TorchInit, "torch-init", c.TorchInit, "initial weights as PyTorch's, uniform; else orthogonal and Glorot's")

	flags.IntVar(&c.Epochs, "epochs", c.Epochs, "passes over the training examples")
	flags.IntVar(&c.Batch, "batch", c.Batch, "examples a step; 0 is all of them")
	flags.Float64Var(&c.LR, "lr", c.LR, "learning rate")
	flags.StringVar(&c.Optimizer, "optimizer", c.Optimizer, "one of "+strings.Join(train.OptimizerNames(), ", "))
	flags.Float64Var(&c.WeightDecay, "weight-decay", c.WeightDecay, "decay of the weights; 0 is none")
	flags.Float64Var(&c.Clip, "clip", c.Clip, "largest norm of the gradient; 0 is no limit")
	flags.StringVar(&c.Schedule, "schedule", c.Schedule, "learning rate over time: one of "+strings.Join(train.ScheduleSpecs(), ", "))
	flags.IntVar(&c.Patience, "patience", c.Patience, "stop after so many epochs that are not the best so far, by the validation loss or accuracy; 0 is never")
	flags.Uint64Var(&c.Seed, "seed", c.Seed, "seed of all that is random")
	flags.IntVar(&c.Limit, "limit", c.Limit, "train on the first so many examples; 0 is all of them")

	forTasks(flags, []string{"forecast"}, func(flags *pflag.FlagSet) {
		f := &c.Forecast
		flags.IntVar(&f.Window, "window", f.Window, "rows of the series that the model sees")
		flags.IntVar(&f.Horizon, "horizon", f.Horizon, "rows that it forecasts at once")
		flags.IntVar(&f.Lag, "lag", f.Lag, "learn the difference from the row so many before, such as last year's month; 0 is none")
		flags.IntVar(&f.Difference, "difference", f.Difference, "1 to learn the difference from the row before; 0 for none")
		flags.BoolVar(&f.Log, "log", f.Log, "learn from logarithms: growth instead of change")
		flags.BoolVar(&f.EveryStep, "every-step", f.EveryStep, "learn a forecast at every step of the window, not at its end alone")
		flags.StringVar(&f.Loss, "loss", f.Loss, "one of "+strings.Join(task.Losses(), ", "))
		flags.StringSliceVar(&c.Columns, "columns", c.Columns, "names of the variables, with commas between them; none is all columns of numbers")
		flags.IntVar(&c.Period, "period", c.Period, "rows in a season, for the baselines; 0 is what the dataset says")
		flags.StringVar(&c.Fill, "fill", c.Fill, "what stands in for missing values: previous, linear, mean or zero; none is an error")
	})
	// What tasks on texts have in common is set in the section of the task at hand.
	tokenizer, cased, maxTokens, embedding := &c.Classify.Tokenizer, &c.Classify.Cased, &c.Classify.MaxTokens, &c.Classify.Embedding
	if c.Task == "translate" {
		tokenizer, cased, maxTokens, embedding = &c.Translate.Tokenizer, &c.Translate.Cased, &c.Translate.MaxTokens, &c.Translate.Embedding
	}
	forTasks(flags, []string{"classify", "translate"}, func(flags *pflag.FlagSet) {
		flags.StringVar(&c.Encoding, "encoding", c.Encoding, "encoding of a file of your own: utf-8 or latin1")
		flags.StringVar(tokenizer, "tokenizer", *tokenizer, "what texts are cut into: one of "+strings.Join(task.Tokenizers(), ", ")+", bpe:MERGES, bytes:MERGES, or a file: tokenizer.json or merges")
		flags.BoolVar(cased, "cased", *cased, "keep capital letters")
		flags.IntVar(maxTokens, "max-tokens", *maxTokens, "of a text to classify, read the last so many tokens, 0 is all; of pairs, train on those with no more on either side")
		flags.IntVar(embedding, "embedding", *embedding, "width of the embedding; 0 is that of the vectors")
	})
	forTasks(flags, []string{"classify"}, func(flags *pflag.FlagSet) {
		k := &c.Classify
		flags.StringVar(&c.Text, "text", c.Text, "name of the column of texts in a file of your own")
		flags.StringVar(&c.Label, "label", c.Label, "name of the column of classes in a file of your own")
		flags.BoolVar(&c.SentencesOnly, "sentences-only", c.SentencesOnly, "train on the sentences of a treebank alone, not on their phrases")
		flags.IntVar(&k.Vocabulary, "vocabulary", k.Vocabulary, "most different tokens; 0 is no limit")
		flags.IntVar(&k.MinCount, "min-count", k.MinCount, "leave out tokens that the training texts have less often")
		flags.StringVar(&k.Vectors, "vectors", k.Vectors, "file of word vectors to start from, in the text format of GloVe or word2vec")
		flags.Float64Var(&k.EmbeddingDropout, "embedding-dropout", k.EmbeddingDropout, "rate of dropout on the embeddings; 0 is none")
		flags.Float64Var(&k.WordDropout, "word-dropout", k.WordDropout, "rate of words that are replaced by the unknown one in training; 0 is none")
		flags.Float64Var(&k.OutputDropout, "output-dropout", k.OutputDropout, "rate of dropout before the last layer; 0 is none")
		flags.StringVar(&k.Pooling, "pooling", k.Pooling, "what is made of the outputs of all steps: one of "+strings.Join(task.Poolings(), ", "))
		flags.StringVar(&k.ClassWeights, "class-weights", k.ClassWeights, "balanced, or a number for each class with commas between; none is 1")
	})
	forTasks(flags, []string{"translate"}, func(flags *pflag.FlagSet) {
		t := &c.Translate
		flags.StringVar(&c.Decoder, "decoder", c.Decoder, "model that decodes: rnn, lstm or gru; none is the cell of the model, in one direction")
		flags.BoolVar(&t.Shared, "shared", t.Shared, "one vocabulary for both languages")
		flags.StringVar(&t.Attention, "attention", t.Attention, "how states are compared: one of "+strings.Join(attention.Scores(), ", "))
		flags.StringVar(&t.Feed, "feed", t.Feed, "what the decoder reads beside the last token, its last view of the source or what it made of that: one of "+strings.Join(task.Feeds(), ", "))
		flags.BoolVar(&t.Tied, "tied", t.Tied, "the embedding of the target is the weight of the output too")
		flags.Float64Var(&t.Smoothing, "smoothing", t.Smoothing, "smoothing of the labels; 0 is none")
		flags.StringVar(&t.Teacher, "teacher", t.Teacher, "part of the tokens read in training that are true and not the model's own, over time: a schedule as of --schedule, from 1 on; none is all")
		flags.IntVar(&t.Beam, "beam", t.Beam, "hypotheses that the search keeps; 1 is greedy")
		flags.Float64Var(&t.Penalty, "penalty", t.Penalty, "hypotheses are compared by log p / length^PENALTY")
	})
}

// taskAnnotation names the tasks that a flag is for.
const taskAnnotation = "task"

// forTasks marks the flags that define adds as those of tasks.
func forTasks(flags *pflag.FlagSet, names []string, define func(*pflag.FlagSet)) {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	own.SortFlags = false
	define(own)
	own.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{taskAnnotation: names}
		flags.AddFlag(f)
	})
}

// shownDefaults returns the defaults of a model and dataset for a help text: the sections of other tasks have theirs, too.
func shownDefaults(model, dataset string) zoo.Config {
	c := zoo.Defaults(model, dataset)
	c.Forecast = cmp.Or(c.Forecast, zoo.DefaultsFor("forecast", model, "").Forecast)
	c.Classify = cmp.Or(c.Classify, zoo.DefaultsFor("classify", model, "").Classify)
	c.Translate = cmp.Or(c.Translate, zoo.DefaultsFor("translate", model, "").Translate)
	return c
}

// configOf returns the defaults of a model and dataset with the flags that were given, which also tell what a file is for.
// Without the season that the
// dataset's defaults take out, --lag 0, they are those of a network that must learn it.
func configOf(given *pflag.FlagSet, model, dataset string) (zoo.Config, error) {
	c := zoo.Defaults(model, dataset)
	if given.Changed("text") || given.Changed("label") {
		c = zoo.DefaultsFor("classify", model, dataset)
	}
	if lag := given.Lookup("lag"); lag != nil && lag.Changed && lag.Value.String() == "0" && c.Forecast.Lag > 0 {
		c = c.WithoutSeason()
	}
	if given.Changed("vectors") {
		c.Classify.Embedding = 0 // whatever their width
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	configFlags(own, &c)
	var err error
	given.Visit(func(f *pflag.Flag) {
		to := own.Lookup(f.Name)
		if to == nil || err != nil {
			return
		}
		if only := to.Annotations[taskAnnotation]; only != nil && !slices.Contains(only, c.Task) {
			err = linef("--%s is for the task %s; the task of %s is %s", f.Name, strings.Join(only, " or "), dataset, c.Task)
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			err = to.Value.(pflag.SliceValue).Replace(list.GetSlice())
			return
		}
		err = own.Set(f.Name, f.Value.String())
	})
	return c, err
}

// helpWithDefaults makes the help of a command with the arguments <model> <dataset> show the defaults of those that are
// given with it: zoo run lstm airline --help.
func helpWithDefaults(cmd *cobra.Command) {
	help := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		names := append(cmd.Flags().Args(), "", "")
		c := shownDefaults(names[0], names[1])
		own := pflag.NewFlagSet("", pflag.ContinueOnError)
		configFlags(own, &c)
		own.VisitAll(func(f *pflag.Flag) {
			shown := cmd.Flags().Lookup(f.Name)
			shown.DefValue = f.DefValue
			if f.DefValue == "0" { // which cobra does not show
				shown.Usage += " (default 0)"
			}
		})
		help(cmd, args)
	})
}
