package command

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// newRoot returns the command with all its subcommands.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "zoo",
		Short: "Recurrent neural networks as symbolic graphs: train, evaluate, predict, draw",
		Example: `  zoo run lstm airline                      train and keep the run
  zoo predict lstm-airline-1 --steps 12     forecast the next year
  zoo run gru csv:sales.csv --window 30     a series of your own
  zoo graph lstm --out lstm.svg             see the model`,
		Version:       version(),
		SilenceErrors: true, // run prints them, as one line
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().Bool("debug", false, "print errors with their stack")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.SetVersionTemplate("zoo {{.Version}}\n")
	root.AddCommand(newModels(), newDatasets(), newTasks(), newRun(), newEval(), newBacktest(), newPredict(), newGraph(), newBench(), newData())
	return root
}

// newHelp is cobra's help command with an error for what is no command.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), args[0])
			}
			return target.Help()
		},
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return linef("unknown command %q%s (zoo --help lists them)", name, didYouMean("", suggest.Nearest(name, names)))
}

func didYouMean(prefix, name string) string {
	if name == "" {
		return ""
	}
	return "; did you mean " + prefix + name + "?"
}

// flagError explains what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	// The flags of an unknown command are unknown too, but not what is wrong.
	if args := cmd.Flags().Args(); !cmd.HasParent() && len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	help := fmt.Sprintf("(%s --help lists them)", cmd.CommandPath())
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return linef("unknown flag -%s %s", unknown.GetSpecifiedName(), help)
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		name := unknown.GetSpecifiedName()
		return linef("unknown flag --%s%s %s", name, didYouMean("--", suggest.Nearest(name, names)), help)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return linef("--%s %q: want %s", f.Name, invalid.GetValue(), wanted(f.Value.Type()))
	case errors.As(err, &missing):
		return linef("--%s: want a value behind it %s", missing.GetSpecifiedName(), help)
	}
	return linef("%v %s", err, help)
}

// wanted names the values of a flag's type.
func wanted(kind string) string {
	switch kind {
	case "int":
		return "a whole number"
	case "uint64":
		return "a whole number of at least 0"
	case "float64":
		return "a number"
	case "strings":
		return "names with commas between them"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// arguments checks the number of arguments by their names, such as "<model> <dataset>"; those in brackets are optional.
func arguments(names string) cobra.PositionalArgs {
	fields := strings.Fields(names)
	least := 0
	for _, f := range fields {
		if !strings.HasPrefix(f, "[") {
			least++
		}
	}
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return linef("%s: want %s; the %s is missing (%s --help explains them)", cmd.Name(), names, strings.Trim(fields[len(args)], "<>"), cmd.CommandPath())
		case len(args) > len(fields) && len(fields) == 0:
			return linef("%s: want no arguments; %q is one too many", cmd.Name(), args[0])
		case len(args) > len(fields) && !strings.Contains(names, "…"):
			return linef("%s: want %s; %q is one too many", cmd.Name(), names, args[len(fields)])
		}
		return nil
	}
}

// version describes the build: the module's version and the commit, as far as the go command has recorded them.
func version() string {
	v := "(unknown version)"
	if info, ok := debug.ReadBuildInfo(); ok {
		v = info.Main.Version
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && !strings.Contains(v, s.Value[:min(len(s.Value), 12)]):
				v += " " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true" && !strings.HasSuffix(v, "+dirty"):
				v += " (modified)"
			}
		}
	}
	return fmt.Sprintf("%s, %s %s/%s", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
