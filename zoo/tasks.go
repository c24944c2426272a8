package zoo

import (
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/detect"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/generate"
	"github.com/rnnzoo/rnnzoo/zoo/task/recognise"
	"github.com/rnnzoo/rnnzoo/zoo/task/trade"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// Tasks returns what the zoo can learn. A task is its folder and its line here.
func Tasks() []task.Kind {
	return []task.Kind{
		forecast.Kind{},
		classify.Kind{},
		recognise.Kind{},
		translate.Kind{},
		generate.Kind{},
		detect.Kind{},
		trade.Kind{},
	}
}

// TaskByName returns the task of a name, or a UsageError that suggests the nearest.
func TaskByName(name string) (task.Kind, error) {
	var names []string
	for _, k := range Tasks() {
		if k.Name() == name {
			return k, nil
		}
		names = append(names, k.Name())
	}
	hint := "choose one of " + strings.Join(names, ", ")
	if near := suggest.Nearest(name, names); near != "" {
		hint = "did you mean " + near + "? (zoo tasks lists them)"
	}
	return nil, option.Wrong("task", name, "not found; %s", hint)
}

// taskFor returns the task of a name on a dataset, or without a name the dataset's own, or the first that can learn from it.
func taskFor(name string, d datasets.Info) (task.Kind, error) {
	if name != "" {
		k, err := TaskByName(name)
		if err == nil && !accepts(k, d) {
			err = option.Wrong("task", name, "it learns from %s; %s is %s%s", strings.Join(k.Accepts(), " or "), d.Name, article(d.Kind), alternatives(d))
		}
		return k, err
	}
	var first task.Kind
	for _, k := range Tasks() {
		switch {
		case !accepts(k, d):
		case k.Name() == d.Task:
			return k, nil
		case first == nil:
			first = k
		}
	}
	if first == nil {
		return nil, option.Usagef("dataset %q: no task learns from %s", d.Name, d.Kind)
	}
	return first, nil
}

func accepts(k task.Kind, d datasets.Info) bool { return slices.Contains(k.Accepts(), d.Kind) }

// alternatives names the tasks that can learn from a dataset.
func alternatives(d datasets.Info) string {
	var names []string
	for _, k := range Tasks() {
		if accepts(k, d) {
			names = append(names, k.Name())
		}
	}
	if names == nil {
		return ""
	}
	return "; choose " + strings.Join(names, " or ")
}

// article says what a dataset of a kind is: a series or a corpus, but texts.
func article(kind string) string {
	if kind == datasets.KindSeries || kind == datasets.KindCorpus {
		return "a " + kind
	}
	return kind
}
