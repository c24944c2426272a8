package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

type taskEvent struct {
	Event    string         `json:"event"`
	Name     string         `json:"name"`
	Title    string         `json:"title"`
	Accepts  []string       `json:"accepts"`
	Datasets []string       `json:"datasets"` // whose default it is
	Metrics  []string       `json:"metrics"`
	Settings []settingEvent `json:"settings"`
}

type settingEvent struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default"`
	Bounds  string `json:"bounds,omitempty"`
	Help    string `json:"help"`
}

//go:generate sh -c "go run ../cmd/zoo tasks --markdown > ../docs/tasks.md"

func newTasks() *cobra.Command {
	var asJSON, markdown bool
	cmd := &cobra.Command{
		Use:   "tasks [task]",
		Short: "List what can be learnt, or the settings of a task",
		Long: `List what can be learnt from which data, or the settings of a task with their defaults for data of your own and their bounds.
The settings that all tasks have are those of zoo run --help.`,
		Example: `  zoo tasks
  zoo tasks ` + zoo.Tasks()[0].Name(),
		Args:              arguments("[task]"),
		ValidArgsFunction: completing(taskNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			kinds := zoo.Tasks()
			if len(args) > 0 {
				k, err := zoo.TaskByName(args[0])
				if err != nil {
					return err
				}
				kinds = []task.Kind{k}
			}
			out := cmd.OutOrStdout()
			switch {
			case markdown:
				_, err := fmt.Fprint(out, tasksMarkdown(kinds))
				return err
			case asJSON:
				for _, k := range kinds {
					if err := writeJSON(out, taskEventOf(k)); err != nil {
						return err
					}
				}
			case len(args) > 0:
				fmt.Fprint(out, taskText(kinds[0]))
			default:
				t := show.Table{Header: []string{"TASK", "WHAT IS LEARNT", "FROM", "DATASETS"}}
				for _, k := range kinds {
					t.Rows = append(t.Rows, []any{k.Name(), k.Title(), strings.Join(k.Accepts(), ", "), strings.Join(datasetsOf(k), ", ")})
				}
				fmt.Fprint(out, t)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the document docs/tasks.md")
	return cmd
}

// datasetsOf returns the datasets whose default task it is.
func datasetsOf(k task.Kind) []string {
	names := []string{}
	for _, d := range datasets.List() {
		if d.Task == k.Name() {
			names = append(names, d.Name)
		}
	}
	return names
}

// ownSettings returns the settings of a task with their defaults for data of one's own.
func ownSettings(k task.Kind) *option.Set {
	s := new(option.Set)
	zoo.DefaultsFor(k, "").Options.Declare(s)
	return s
}

func querySettings(k task.Kind) *option.Set {
	s := new(option.Set)
	s.Group(taskGroup(k))
	k.Query().Declare(s)
	return asInTraining(s)
}

func taskEventOf(k task.Kind) taskEvent {
	e := taskEvent{"task", k.Name(), k.Title(), k.Accepts(), datasetsOf(k), nil, nil}
	for _, m := range k.Metrics() {
		e.Metrics = append(e.Metrics, m.Name)
	}
	for _, f := range ownSettings(k).Fields() {
		e.Settings = append(e.Settings, settingEvent{f.Name, f.Type(), f.Default, f.Bounds(), f.Help})
	}
	return e
}

// settingsTable shows settings with their defaults and bounds.
func settingsTable(s *option.Set) show.Table {
	t := show.Table{Header: []string{"SETTING", "DEFAULT", "BOUNDS", "WHAT IT DOES"}}
	for _, f := range s.Fields() {
		t.Rows = append(t.Rows, []any{"--" + f.Name, f.Default, f.Bounds(), f.Help})
	}
	return t
}

func metricsTable(k task.Kind) show.Table {
	t := show.Table{Header: []string{"METRIC", "BETTER", "WHAT IT IS"}}
	for _, m := range k.Metrics() {
		better := "lower"
		if m.HigherIsBetter {
			better = "higher"
		}
		t.Rows = append(t.Rows, []any{m.Name, better, m.Title})
	}
	return t
}

// taskText describes a task on a terminal.
func taskText(k task.Kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nIt learns from %s: %s.\n", k.Name(), k.Title(), strings.Join(k.Accepts(), ", "), strings.Join(datasetsOf(k), ", "))
	fmt.Fprintf(&b, "\nSettings of zoo run:\n\n%s", settingsTable(ownSettings(k)))
	if q := querySettings(k); len(q.Fields()) > 0 {
		fmt.Fprintf(&b, "\nSettings of zoo predict:\n\n%s", settingsTable(q))
	}
	fmt.Fprintf(&b, "\nMetrics, the first ranks:\n\n%s", metricsTable(k))
	return b.String()
}

// tasksMarkdown is docs/tasks.md.
func tasksMarkdown(kinds []task.Kind) string {
	var b strings.Builder
	b.WriteString("# Tasks\n\nWhat can be learnt, with the settings of each task: their defaults for data of your own, and their bounds. A dataset that has\n" +
		"a name may have defaults of its own, which `zoo run MODEL DATASET --help` shows. Made by `go generate ./command`; do not edit.\n")
	for _, k := range kinds {
		title := k.Title()
		fmt.Fprintf(&b, "\n## %s\n\n%s. From %s: %s.\n", k.Name(), strings.ToUpper(title[:1])+title[1:], strings.Join(k.Accepts(), ", "), strings.Join(datasetsOf(k), ", "))
		fmt.Fprintf(&b, "\n%s", markdownTable(settingsTable(ownSettings(k)), "setting of `zoo run`"))
		if q := querySettings(k); len(q.Fields()) > 0 {
			fmt.Fprintf(&b, "\n%s", markdownTable(settingsTable(q), "setting of `zoo predict`"))
		}
		fmt.Fprintf(&b, "\n%s", markdownTable(metricsTable(k), "metric, the first ranks"))
	}
	common := zoo.DefaultsFor(kinds[0], "")
	var s option.Set
	common.Recipe.Declare(&s)
	common.Data.Declare(&s)
	fmt.Fprintf(&b, "\n## Settings of every task\n\n%s", markdownTable(settingsTable(&s), "setting of `zoo run`"))
	return b.String()
}

// markdownTable writes a table with another first title; names are set as code.
func markdownTable(t show.Table, first string) string {
	var b strings.Builder
	header := slices.Clone(t.Header)
	header[0] = first
	for i := range header[1:] {
		header[i+1] = strings.ToLower(header[i+1])
	}
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(header, " | "), strings.Repeat(" --- |", len(header)))
	for _, row := range t.Rows {
		var cells []string
		for i, c := range row {
			cell := strings.ReplaceAll(fmt.Sprint(c), "|", `\|`)
			if cell != "" && i == 0 {
				cell = "`" + cell + "`"
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.String()
}
