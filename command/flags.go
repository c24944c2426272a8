package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// setting is a flag that sets a setting.
type setting struct {
	*option.Field
	given bool
}

// Set implements pflag.Value. A list is given at once or one by one.
func (s *setting) Set(text string) error {
	if s.given && s.Type() == "strings" {
		text = s.String() + "," + text
	}
	s.given = true
	return s.Field.Set(text)
}

// addSettings defines a flag for each setting; of those that several tasks have the first is the flag, whose value is only a
// text until the task is known.
func addSettings(flags *pflag.FlagSet, s *option.Set) {
	for _, f := range s.Fields() {
		if flags.Lookup(f.Name) == nil {
			addSetting(flags, f)
		}
	}
}

func addSetting(flags *pflag.FlagSet, f *option.Field) *pflag.Flag {
	help := f.Help
	if choices := f.Choices(); choices != nil && !f.IsBoolFlag() {
		help += ": one of " + strings.Join(choices, ", ")
	}
	// Said here, since pflag takes a default of 0 for none.
	if f.Default != "" && !(f.IsBoolFlag() && f.Default == "false") {
		help += " (default " + f.Default + ")"
	}
	flag := flags.VarPF(&setting{Field: f}, f.Name, "", help)
	flag.DefValue, flag.NoOptDefVal = "", f.WithoutValue()
	return flag
}

// givenSettings returns the settings that flags have set, as texts by their names.
func givenSettings(flags *pflag.FlagSet) map[string]string {
	given := make(map[string]string)
	flags.Visit(func(f *pflag.Flag) {
		if s, ok := f.Value.(*setting); ok {
			given[f.Name] = s.String()
		}
	})
	return given
}

// completeSettings has the shell complete the values of settings that have choices.
func completeSettings(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if s, ok := f.Value.(*setting); ok && s.Choices() != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, choices(s.Choices()...)) // there is none yet
		}
	})
}

// choices completes to one of some words.
func choices(words ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// helpWithSettings makes the help of a command show the settings that its arguments call for, in groups, and then its other
// flags. settings returns those for the arguments.
func helpWithSettings(cmd *cobra.Command, settings func(args []string, given map[string]string) *option.Set) {
	cmd.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		out := cmd.OutOrStdout()
		s := settings(cmd.Flags().Args(), givenSettings(cmd.Flags()))
		fmt.Fprintf(out, "%s\n\nUsage:\n  %s\n", cmd.Long, cmd.UseLine())
		if cmd.HasExample() {
			fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
		}
		var titles []string
		groups := make(map[string]*pflag.FlagSet)
		group := func(title string) *pflag.FlagSet {
			if groups[title] == nil {
				titles = append(titles, title)
				groups[title] = pflag.NewFlagSet("", pflag.ContinueOnError)
				groups[title].SortFlags = false
			}
			return groups[title]
		}
		if s != nil {
			for _, f := range s.Fields() {
				addSetting(group(f.Group), f)
			}
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if _, ok := f.Value.(*setting); !ok {
				group(otherFlags).AddFlag(f)
			}
		})
		cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { group(otherFlags).AddFlag(f) })
		slices.SortStableFunc(titles, func(a, b string) int { // the others last
			switch {
			case a == otherFlags && b != a:
				return 1
			case b == otherFlags && b != a:
				return -1
			}
			return 0
		})
		for _, title := range titles {
			fmt.Fprintf(out, "\n%s:\n%s", title, groups[title].FlagUsages())
		}
	})
}

const otherFlags = "Flags"
