package audit

import (
	"reflect"

	"github.com/rnnzoo/rnnzoo/datasets/calendar"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/detect"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/generate"
	"github.com/rnnzoo/rnnzoo/zoo/task/recognise"
	"github.com/rnnzoo/rnnzoo/zoo/task/trade"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// packageExceptions are public packages that are not audited, with the reason.
var packageExceptions = map[string]string{
	"bench":             "it measures, and is no part of what a program is made of",
	"zoo/task/tasktest": "it is for tests, which fail where it does",
}

// exceptions are functions and methods that are not called, with the reason.
var exceptions = map[string]string{}

// made are types with exported fields that are made by a constructor all the same.
var made = map[reflect.Type]bool{
	reflect.TypeFor[graph.ParamGrad]():         true,
	reflect.TypeFor[graph.Probe]():             true,
	reflect.TypeFor[zoo.Experiment]():          true,
	reflect.TypeFor[zoo.Run]():                 true,
	reflect.TypeFor[option.Field]():            true,
	reflect.TypeFor[forecast.Forecast]():       true,
	reflect.TypeFor[classify.Classification](): true,
	reflect.TypeFor[recognise.Recognition]():   true,
	reflect.TypeFor[translate.Translation]():   true,
	reflect.TypeFor[generate.Generation]():     true,
}

// zeroWorks are types without exported fields whose documentation says that the zero value works.
var zeroWorks = map[reflect.Type]bool{
	reflect.TypeFor[train.Draws]():       true,
	reflect.TypeFor[option.Set]():        true,
	reflect.TypeFor[seq2seq.Sampler]():   true,
	reflect.TypeFor[calendar.Form]():     true,
	reflect.TypeFor[calendar.Holidays](): true,
}

// nilWorks are types of which a nil pointer is a receiver that does no harm.
var nilWorks = map[reflect.Type]bool{
	reflect.TypeFor[graph.Network](): true,
	reflect.TypeFor[graph.Builder](): true,

	reflect.TypeFor[calendar.Holidays]():   true,
	reflect.TypeFor[calendar.LabelError](): true,
}

// trainedOnes are types whose valid value is too much for a nasty one.
var trainedOnes = map[reflect.Type]bool{}

// formats are functions with a format of fmt, which a program's text has and vet checks.
var formats = map[string]bool{"zoo/option.Usagef": true, "zoo/option.Wrong": true}

// arguments are valid ones of functions for which those of the types will not do; nil leaves an argument to its type, and a
// function makes one in the world.
var arguments = map[string][]any{
	"command.Run":              {[]string{"models"}},
	"datasets.Open":            {"airline"},
	"datasets.OpenContext":     {nil, "airline"},
	"datasets.Get":             {nil, "airline"},
	"datasets.Path":            {"airline"},
	"datasets.Describe":        {"airline"},
	"datasets.Corpus.Part":     {"train"},
	"datasets.Labelled.Part":   {"train"},
	"datasets.Pairs.Part":      {"train"},
	"datasets.Sequences.Part":  {"train"},
	"datasets.Chronological":   {100, 0.1, 0.2},
	"train.NewOptimizer":       {"adam", 0.1},
	"train.NewSchedule":        {"cosine", 0.1, 2, 3},
	"zoo.Configure":            {"gru", "airline", map[string]string{"hidden": "4"}},
	"zoo.Defaults":             {"gru", "airline"},
	"zoo.Draw":                 {"gru"},
	"zoo.ModelByName":          {"gru"},
	"zoo.TaskByName":           {"forecast"},
	"zoo.Run.Evaluate":         {nil, "test", func(*world) any { return []zoo.Option{zoo.WithDataset(tinySeries())} }},
	"zoo.Train":                {nil, nil, nil, []train.Option{train.Epochs(1)}},
	"zoo.New":                  {nil, []zoo.Option{zoo.WithDataset(tinySeries())}},
	"train.Run":                {nil, nil, []train.Option{train.Epochs(1)}},
	"train.Resume":             {nil, func(w *world) any { must(of[*train.Loop](w).Save(train.Folder("loop"))); return train.Folder("loop") }},
	"zoo/pooling.Pool":         {nil, "max"},
	"zoo/softmax.New":          {"sampled:3", 8, 2},
	"datasets/text.NewEncoder": {nil, []string{"a b", "c"}},
}

// own are nasty arguments of a function in the place of those of the type.
var own = map[string]map[int]func(w *world) []any{
	"command.Run": {0: func(*world) []any {
		all := []any{[]string(nil), []string{""}, []string{"no"}, []string{"--help"}, []string{"\xff"}}
		for _, c := range []string{"run", "predict", "eval", "data", "datasets", "models", "tasks", "graph", "probe", "help", "completion"} {
			for _, rest := range [][]string{nil, {""}, {"-1"}, {"\xff\xfe", "\x00"}, {"--no-such"}, {"gru", "csv:none.csv"}, {"gru", "nothing"}, {"a", "b", "c", "d"},
				{"gru", "airline", "--hidden", "NaN"}, {"gru", "airline", "--hidden", "1099511627776"}, {"gru", "airline", "--threads", "-1"}, {"gru", "airline", "--epochs="},
				{"gru", "airline", "--lr", "Inf"}, {"gru", "airline", "--window", "9223372036854775807"}, {"gru", "airline", "--out", ""}, {"gru", "--steps", "1000000000"}} {
				all = append(all, append([]string{c}, rest...))
			}
		}
		return all
	}},
}

// queries are questions, which the interface hides: those of predictors, and of kinds to nobody.
var queries = map[string]func(w *world) any{
	"forecast":         func(*world) any { return result(forecast.Of(trained().series)).Query() },
	"classify":         func(*world) any { return result(classify.Of(trained().texts)).Query() },
	"generate":         func(*world) any { return result(generate.Of(trained().corpus)).Query() },
	"translate":        func(*world) any { return result(translate.Of(trained().pairs)).Query() },
	"forecast.nobody":  func(*world) any { return forecast.Kind{}.Query() },
	"classify.nobody":  func(*world) any { return classify.Kind{}.Query() },
	"generate.nobody":  func(*world) any { return generate.Kind{}.Query() },
	"translate.nobody": func(*world) any { return translate.Kind{}.Query() },
	"recognise":        func(*world) any { return result(recognise.Of(trained().sequences)).Query() },
	"trade":            func(*world) any { return result(trade.Of(trained().prices)).Query() },
	"trade.nobody":     func(*world) any { return trade.Kind{}.Query() },
	"detect":           func(*world) any { return result(detect.Of(trained().anomalies)).Query() },
	"detect.nobody":    func(*world) any { return detect.Kind{}.Query() },
	"recognise.nobody": func(*world) any { return recognise.Kind{}.Query() },
	"files":            func(*world) any { return train.Folder("folder") },
}
