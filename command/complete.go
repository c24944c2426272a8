package command

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
)

// completing has the shell complete each argument in its own way; those behind the last are files.
func completing(ways ...func(cmd *cobra.Command) []cobra.Completion) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) >= len(ways) {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var fitting []cobra.Completion
		directive := cobra.ShellCompDirectiveNoFileComp
		for _, c := range ways[len(args)](cmd) {
			word, _, _ := strings.Cut(c, "\t")
			if strings.HasPrefix(word, toComplete) {
				fitting = append(fitting, c)
				if strings.HasSuffix(word, ":") { // a file follows
					directive |= cobra.ShellCompDirectiveNoSpace
				}
			}
		}
		return fitting, directive
	}
}

func modelNames(*cobra.Command) (names []cobra.Completion) {
	for _, m := range zoo.Models() {
		names = append(names, cobra.CompletionWithDesc(m.Name, m.Title))
	}
	return names
}

func datasetNames(*cobra.Command) (names []cobra.Completion) {
	for _, d := range datasets.List() {
		names = append(names, cobra.CompletionWithDesc(d.Name, d.Title))
	}
	return names
}

// datasetSpecs are the names, and the beginnings of files.
func datasetSpecs(cmd *cobra.Command) []cobra.Completion {
	names := datasetNames(cmd)
	for _, f := range datasets.Forms() {
		names = append(names, cobra.CompletionWithDesc(f.Prefix+":", f.Title))
	}
	return names
}

// runNames are the runs in the folder of --out.
func runNames(cmd *cobra.Command) (names []cobra.Completion) {
	out, err := cmd.Flags().GetString("out")
	if err != nil {
		return nil
	}
	out = runsFolder(out)
	entries, _ := os.ReadDir(out)
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(out, e.Name(), "config.json")); err == nil {
			names = append(names, e.Name())
		}
	}
	return names
}

func taskNames(*cobra.Command) (names []cobra.Completion) {
	for _, k := range zoo.Tasks() {
		names = append(names, cobra.CompletionWithDesc(k.Name(), k.Title()))
	}
	return names
}
