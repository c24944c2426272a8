package audit

import (
	"reflect"

	"github.com/rnnzoo/rnnzoo/command"
	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// exported is what a package exports: the functions by their names, and the types, whose methods reflection finds.
type exported struct {
	funcs map[string]any
	types []reflect.Type
}

// table is all that the public packages export. TestComplete says what is missing.
var table = map[string]exported{
	"graph": {
		funcs: map[string]any{
			"Bidirectional":    graph.Bidirectional,
			"Blocks":           graph.Blocks,
			"Carry":            graph.Carry,
			"ClassWeights":     graph.ClassWeights,
			"Compile":          graph.Compile,
			"Constant":         graph.Constant,
			"DOT":              graph.DOT,
			"Dropout":          graph.Dropout,
			"FixedParams":      graph.FixedParams,
			"FromGorgonia":     graph.FromGorgonia,
			"Glorot":           graph.Glorot,
			"GlorotBlocks":     graph.GlorotBlocks,
			"Hidden":           graph.Hidden,
			"IgnoreIndex":      graph.IgnoreIndex,
			"InWorkspace":      graph.InWorkspace,
			"InitSeed":         graph.InitSeed,
			"InitialStates":    graph.InitialStates,
			"LabelSmoothing":   graph.LabelSmoothing,
			"LayerNorm":        graph.LayerNorm,
			"Layers":           graph.Layers,
			"Lengths":          graph.Lengths,
			"Loss":             graph.Loss,
			"Named":            graph.Named,
			"NewBuilder":       graph.NewBuilder,
			"NewNetwork":       graph.NewNetwork,
			"NewParams":        graph.NewParams,
			"NewProbe":         graph.NewProbe,
			"NewWorkspace":     graph.NewWorkspace,
			"Normal":           graph.Normal,
			"OneDirection":     graph.OneDirection,
			"Ones":             graph.Ones,
			"Orthogonal":       graph.Orthogonal,
			"Output":           graph.Output,
			"OutputAs":         graph.OutputAs,
			"Passes":           graph.Passes,
			"RecurrentDropout": graph.RecurrentDropout,
			"Seed":             graph.Seed,
			"Threads":          graph.Threads,
			"TorchInit":        graph.TorchInit,
			"Training":         graph.Training,
			"Uniform":          graph.Uniform,
			"Without":          graph.Without,
			"Zeros":            graph.Zeros,
		},
		types: []reflect.Type{
			reflect.TypeFor[graph.Builder](),
			reflect.TypeFor[graph.Cell](),
			reflect.TypeFor[graph.CellConfig](),
			reflect.TypeFor[graph.CompileOption](),
			reflect.TypeFor[graph.CrossEntropyOption](),
			reflect.TypeFor[graph.GradientNorms](),
			reflect.TypeFor[graph.HiddenStates](),
			reflect.TypeFor[graph.Init](),
			reflect.TypeFor[graph.Merge](),
			reflect.TypeFor[graph.Network](),
			reflect.TypeFor[graph.NetworkConfig](),
			reflect.TypeFor[graph.NetworkOption](),
			reflect.TypeFor[graph.Option](),
			reflect.TypeFor[graph.Param](),
			reflect.TypeFor[graph.ParamGrad](),
			reflect.TypeFor[graph.Params](),
			reflect.TypeFor[graph.ParamsOption](),
			reflect.TypeFor[graph.Probe](),
			reflect.TypeFor[graph.Program](),
			reflect.TypeFor[graph.State](),
			reflect.TypeFor[graph.Stepper](),
			reflect.TypeFor[graph.UnrollOption](),
			reflect.TypeFor[graph.Workspace](),
		},
	},
	"graph/safetensors": {
		funcs: map[string]any{
			"FromFloat32s": safetensors.FromFloat32s,
			"FromFloat64s": safetensors.FromFloat64s,
			"FromInt64s":   safetensors.FromInt64s,
			"Read":         safetensors.Read,
			"ReadFile":     safetensors.ReadFile,
		},
		types: []reflect.Type{
			reflect.TypeFor[safetensors.File](),
			reflect.TypeFor[safetensors.Tensor](),
		},
	},
	"train": {
		funcs: map[string]any{
			"Batch":           train.Batch,
			"CheckpointEvery": train.CheckpointEvery,
			"Clip":            train.Clip,
			"ClipEach":        train.ClipEach,
			"ClipNorm":        train.ClipNorm,
			"ClipValue":       train.ClipValue,
			"DecodeJSON":      train.DecodeJSON,
			"Epochs":          train.Epochs,
			"Folder":          train.Folder,
			"Maximize":        train.Maximize,
			"New":             train.New,
			"NewOptimizer":    train.NewOptimizer,
			"NewSchedule":     train.NewSchedule,
			"Optimize":        train.Optimize,
			"OptimizerNames":  train.OptimizerNames,
			"OptimizerSpec":   train.OptimizerSpec,
			"Patience":        train.Patience,
			"Resume":          train.Resume,
			"Run":             train.Run,
			"ScheduleSpecs":   train.ScheduleSpecs,
			"Scheduled":       train.Scheduled,
			"Seed":            train.Seed,
			"Use":             train.Use,
			"Watch":           train.Watch,
			"ZeroGrad":        train.ZeroGrad,
		},
		types: []reflect.Type{
			reflect.TypeFor[train.Adadelta](),
			reflect.TypeFor[train.Adagrad](),
			reflect.TypeFor[train.Adam](),
			reflect.TypeFor[train.AdamW](),
			reflect.TypeFor[train.Callbacks](),
			reflect.TypeFor[train.Constant](),
			reflect.TypeFor[train.CosineAnnealing](),
			reflect.TypeFor[train.Division](),
			reflect.TypeFor[train.Draws](),
			reflect.TypeFor[train.EarlyStopping](),
			reflect.TypeFor[train.EpochEvent](),
			reflect.TypeFor[train.Evaluation](),
			reflect.TypeFor[train.ExponentialDecay](),
			reflect.TypeFor[train.Files](),
			reflect.TypeFor[train.Loop](),
			reflect.TypeFor[train.MetricSchedule](),
			reflect.TypeFor[train.OneCycle](),
			reflect.TypeFor[train.Optimizer](),
			reflect.TypeFor[train.Option](),
			reflect.TypeFor[train.RMSProp](),
			reflect.TypeFor[train.Recipe](),
			reflect.TypeFor[train.ReduceOnPlateau](),
			reflect.TypeFor[train.Result](),
			reflect.TypeFor[train.SGD](),
			reflect.TypeFor[train.Schedule](),
			reflect.TypeFor[train.Settings](),
			reflect.TypeFor[train.State](),
			reflect.TypeFor[train.Step](),
			reflect.TypeFor[train.StepDecay](),
			reflect.TypeFor[train.StepEvent](),
			reflect.TypeFor[train.Task](),
			reflect.TypeFor[train.Warmup](),
		},
	},
	"datasets": {
		funcs: map[string]any{
			"Airline":         datasets.Airline,
			"Buckets":         datasets.Buckets,
			"CO2":             datasets.CO2,
			"CSV":             datasets.CSV,
			"CacheDir":        datasets.CacheDir,
			"Chronological":   datasets.Chronological,
			"Columns":         datasets.Columns,
			"DataDir":         datasets.DataDir,
			"Dates":           datasets.Dates,
			"Describe":        datasets.Describe,
			"Encoding":        datasets.Encoding,
			"EnglishNumber":   datasets.EnglishNumber,
			"Fill":            datasets.Fill,
			"Forms":           datasets.Forms,
			"FrenchNumber":    datasets.FrenchNumber,
			"GermanNumber":    datasets.GermanNumber,
			"Get":             datasets.Get,
			"Label":           datasets.Label,
			"LabelledCSV":     datasets.LabelledCSV,
			"List":            datasets.List,
			"NumbersEnDe":     datasets.NumbersEnDe,
			"NumbersEnFr":     datasets.NumbersEnFr,
			"OnProgress":      datasets.OnProgress,
			"Open":            datasets.Open,
			"OpenContext":     datasets.OpenContext,
			"Padded":          datasets.Padded,
			"Path":            datasets.Path,
			"Period":          datasets.Period,
			"Phrases":         datasets.Phrases,
			"ReadCSV":         datasets.ReadCSV,
			"ReadLabelledCSV": datasets.ReadLabelledCSV,
			"ReadTSV":         datasets.ReadTSV,
			"SentencesOnly":   datasets.SentencesOnly,
			"SplitSeed":       datasets.SplitSeed,
			"Sunspots":        datasets.Sunspots,
			"TSV":             datasets.TSV,
			"Temperatures":    datasets.Temperatures,
			"Text":            datasets.Text,
			"Texts":           datasets.Texts,
			"Use":             datasets.Use,
		},
		types: []reflect.Type{
			reflect.TypeFor[datasets.Dataset](),
			reflect.TypeFor[datasets.Example](),
			reflect.TypeFor[datasets.Form](),
			reflect.TypeFor[datasets.Info](),
			reflect.TypeFor[datasets.Labelled](),
			reflect.TypeFor[datasets.Option](),
			reflect.TypeFor[datasets.Pair](),
			reflect.TypeFor[datasets.Pairs](),
			reflect.TypeFor[datasets.Range](),
			reflect.TypeFor[datasets.Series](),
			reflect.TypeFor[datasets.Settings](),
			reflect.TypeFor[datasets.Split](),
			reflect.TypeFor[datasets.UnknownError](),
		},
	},
	"datasets/text": {
		funcs: map[string]any{
			"Base":              text.Base,
			"ByteLevel":         text.ByteLevel,
			"LearnBPE":          text.LearnBPE,
			"LeastPair":         text.LeastPair,
			"MaxSize":           text.MaxSize,
			"MinCount":          text.MinCount,
			"NewEncoder":        text.NewEncoder,
			"NewVocabulary":     text.NewVocabulary,
			"OpenVectors":       text.OpenVectors,
			"ReadMerges":        text.ReadMerges,
			"ReadTokenizerJSON": text.ReadTokenizerJSON,
			"ReadVectors":       text.ReadVectors,
		},
		types: []reflect.Type{
			reflect.TypeFor[text.BPE](),
			reflect.TypeFor[text.BPEOption](),
			reflect.TypeFor[text.Characters](),
			reflect.TypeFor[text.Encoder](),
			reflect.TypeFor[text.Option](),
			reflect.TypeFor[text.Tokenizer](),
			reflect.TypeFor[text.Vectors](),
			reflect.TypeFor[text.Vocabulary](),
			reflect.TypeFor[text.Words](),
		},
	},
	"datasets/download": {
		funcs: map[string]any{
			"Unpack": download.Unpack,
		},
		types: []reflect.Type{
			reflect.TypeFor[download.Client](),
			reflect.TypeFor[download.File](),
			reflect.TypeFor[download.Progress](),
		},
	},
	"zoo": {
		funcs: map[string]any{
			"Configure":   zoo.Configure,
			"Decoding":    zoo.Decoding,
			"Defaults":    zoo.Defaults,
			"DefaultsFor": zoo.DefaultsFor,
			"Draw":        zoo.Draw,
			"FindRun":     zoo.FindRun,
			"ModelByName": zoo.ModelByName,
			"Models":      zoo.Models,
			"New":         zoo.New,
			"NewFolder":   zoo.NewFolder,
			"Open":        zoo.Open,
			"Reading":     zoo.Reading,
			"Register":    zoo.Register,
			"TaskByName":  zoo.TaskByName,
			"Tasks":       zoo.Tasks,
			"Train":       zoo.Train,
			"WithDataset": zoo.WithDataset,
			"WithNetwork": zoo.WithNetwork,
		},
		types: []reflect.Type{
			reflect.TypeFor[zoo.Config](),
			reflect.TypeFor[zoo.Drawing](),
			reflect.TypeFor[zoo.Evaluation](),
			reflect.TypeFor[zoo.Experiment](),
			reflect.TypeFor[zoo.Model](),
			reflect.TypeFor[zoo.Option](),
			reflect.TypeFor[zoo.Result](),
			reflect.TypeFor[zoo.Run](),
		},
	},
	"zoo/option": {
		funcs: map[string]any{
			"Usagef": option.Usagef,
			"Wrong":  option.Wrong,
		},
		types: []reflect.Type{
			reflect.TypeFor[option.Field](),
			reflect.TypeFor[option.Set](),
			reflect.TypeFor[option.UsageError](),
		},
	},
	"zoo/task": {
		funcs: map[string]any{
			"DefaultRecipe": task.DefaultRecipe,
			"Parts":         task.Parts,
		},
		types: []reflect.Type{
			reflect.TypeFor[task.Adjuster](),
			reflect.TypeFor[task.Checker](),
			reflect.TypeFor[task.Exhibit](),
			reflect.TypeFor[task.Files](),
			reflect.TypeFor[task.Holder](),
			reflect.TypeFor[task.Kind](),
			reflect.TypeFor[task.Metric](),
			reflect.TypeFor[task.Options](),
			reflect.TypeFor[task.Part](),
			reflect.TypeFor[task.Pictured](),
			reflect.TypeFor[task.Prediction](),
			reflect.TypeFor[task.Predictor](),
			reflect.TypeFor[task.Query](),
			reflect.TypeFor[task.Recipe](),
			reflect.TypeFor[task.Rival](),
			reflect.TypeFor[task.Scores](),
			reflect.TypeFor[task.Setting](),
			reflect.TypeFor[task.Subject](),
			reflect.TypeFor[task.Task](),
		},
	},
	"zoo/task/classify": {
		funcs: map[string]any{
			"New":           classify.New,
			"NewClassifier": classify.NewClassifier,
			"Of":            classify.Of,
			"Open":          classify.Open,
		},
		types: []reflect.Type{
			reflect.TypeFor[classify.Class](),
			reflect.TypeFor[classify.Classification](),
			reflect.TypeFor[classify.Classifier](),
			reflect.TypeFor[classify.Kind](),
			reflect.TypeFor[classify.Options](),
			reflect.TypeFor[classify.Prediction](),
		},
	},
	"zoo/task/forecast": {
		funcs: map[string]any{
			"Losses":        forecast.Losses,
			"New":           forecast.New,
			"NewForecaster": forecast.NewForecaster,
			"NextTimes":     forecast.NextTimes,
			"Of":            forecast.Of,
			"Open":          forecast.Open,
		},
		types: []reflect.Type{
			reflect.TypeFor[forecast.Forecast](),
			reflect.TypeFor[forecast.Forecaster](),
			reflect.TypeFor[forecast.Kind](),
			reflect.TypeFor[forecast.Options](),
			reflect.TypeFor[forecast.Prediction](),
			reflect.TypeFor[forecast.State](),
		},
	},
	"zoo/task/translate": {
		funcs: map[string]any{
			"New":           translate.New,
			"NewTranslator": translate.NewTranslator,
			"Of":            translate.Of,
			"Open":          translate.Open,
		},
		types: []reflect.Type{
			reflect.TypeFor[translate.Decoding](),
			reflect.TypeFor[translate.Kind](),
			reflect.TypeFor[translate.Options](),
			reflect.TypeFor[translate.Prediction](),
			reflect.TypeFor[translate.Translated](),
			reflect.TypeFor[translate.Translation](),
			reflect.TypeFor[translate.Translator](),
		},
	},
	"zoo/seq2seq": {
		funcs: map[string]any{
			"Feeds":      seq2seq.Feeds,
			"SetSources": seq2seq.SetSources,
		},
		types: []reflect.Type{
			reflect.TypeFor[seq2seq.Encoded](),
			reflect.TypeFor[seq2seq.Hypothesis](),
			reflect.TypeFor[seq2seq.Network](),
			reflect.TypeFor[seq2seq.Options](),
			reflect.TypeFor[seq2seq.Search](),
		},
	},
	"zoo/attention": {
		funcs: map[string]any{
			"NewMemory": attention.NewMemory,
			"Scores":    attention.Scores,
		},
		types: []reflect.Type{
			reflect.TypeFor[attention.Memory](),
			reflect.TypeFor[attention.Score](),
		},
	},
	"zoo/pooling": {
		funcs: map[string]any{
			"Names": pooling.Names,
			"Pool":  pooling.Pool,
		},
	},
	"zoo/metric": {
		funcs: map[string]any{
			"BLEU":         metric.BLEU,
			"ChrF":         metric.ChrF,
			"Exact":        metric.Exact,
			"NewConfusion": metric.NewConfusion,
			"Perplexity":   metric.Perplexity,
		},
		types: []reflect.Type{
			reflect.TypeFor[metric.Confusion](),
		},
	},
	"zoo/show": {
		funcs: map[string]any{
			"Count":    show.Count,
			"Decimals": show.Decimals,
			"Fixed":    show.Fixed,
			"NewGraph": show.NewGraph,
			"Percent":  show.Percent,
			"Progress": show.Progress,
		},
		types: []reflect.Type{
			reflect.TypeFor[show.Chart](),
			reflect.TypeFor[show.Graph](),
			reflect.TypeFor[show.HeatMap](),
			reflect.TypeFor[show.JSONFloat](),
			reflect.TypeFor[show.Line](),
			reflect.TypeFor[show.Number](),
			reflect.TypeFor[show.Table](),
		},
	},
	"zoo/rnn": {
		funcs: map[string]any{
			"New":     rnn.New,
			"NewRelu": rnn.NewRelu,
		},
		types: []reflect.Type{
			reflect.TypeFor[rnn.Cell](),
		},
	},
	"zoo/lstm": {
		funcs: map[string]any{
			"New":         lstm.New,
			"NewPeephole": lstm.NewPeephole,
		},
		types: []reflect.Type{
			reflect.TypeFor[lstm.Cell](),
		},
	},
	"zoo/gru": {
		funcs: map[string]any{
			"New":            gru.New,
			"NewResetBefore": gru.NewResetBefore,
		},
		types: []reflect.Type{
			reflect.TypeFor[gru.Cell](),
		},
	},
	"zoo/birnn": {
		funcs: map[string]any{
			"New": birnn.New,
		},
	},
	"command": {
		funcs: map[string]any{
			"Run": command.Run,
		},
	},
}
