package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
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
	flags.IntVar(&c.Patience, "patience", c.Patience, "stop after so many epochs without a lower validation loss; 0 is never")
	flags.Uint64Var(&c.Seed, "seed", c.Seed, "seed of all that is random")
	flags.IntVar(&c.Limit, "limit", c.Limit, "train on the first so many examples; 0 is all of them")

	flags.IntVar(&c.Forecast.Window, "window", c.Forecast.Window, "rows of the series that the model sees")
	flags.IntVar(&c.Forecast.Horizon, "horizon", c.Forecast.Horizon, "rows that it forecasts at once")
	flags.IntVar(&c.Forecast.Lag, "lag", c.Forecast.Lag, "learn the difference from the row so many before, such as last year's month; 0 is none")
	flags.IntVar(&c.Forecast.Difference, "difference", c.Forecast.Difference, "1 to learn the difference from the row before; 0 for none")
	flags.BoolVar(&c.Forecast.Log, "log", c.Forecast.Log, "learn from logarithms: growth instead of change")
	flags.BoolVar(&c.Forecast.EveryStep, "every-step", c.Forecast.EveryStep, "learn a forecast at every step of the window, not at its end alone")
	flags.StringVar(&c.Forecast.Loss, "loss", c.Forecast.Loss, "one of "+strings.Join(task.Losses(), ", "))
	flags.StringSliceVar(&c.Columns, "columns", c.Columns, "names of the variables, with commas between them; none is all columns of numbers")
	flags.IntVar(&c.Period, "period", c.Period, "rows in a season, for the baselines; 0 is what the dataset says")
	flags.StringVar(&c.Fill, "fill", c.Fill, "what stands in for missing values: previous, linear, mean or zero; none is an error")
}

// configOf returns the defaults of a model and dataset with the flags that were given. Without the season that the
// dataset's defaults take out, --lag 0, they are those of a network that must learn it.
func configOf(given *pflag.FlagSet, model, dataset string) (zoo.Config, error) {
	c := zoo.Defaults(model, dataset)
	if lag := given.Lookup("lag"); lag != nil && lag.Changed && lag.Value.String() == "0" && c.Forecast.Lag > 0 {
		c = c.WithoutSeason()
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	configFlags(own, &c)
	var err error
	given.Visit(func(f *pflag.Flag) {
		to := own.Lookup(f.Name)
		if to == nil || err != nil {
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
		c := zoo.Defaults(names[0], names[1])
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
