package audit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	randv2 "math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/classify"
	"github.com/rnnzoo/rnnzoo/zoo/task/detect"
	"github.com/rnnzoo/rnnzoo/zoo/task/forecast"
	"github.com/rnnzoo/rnnzoo/zoo/task/generate"
	"github.com/rnnzoo/rnnzoo/zoo/task/recognise"
	"github.com/rnnzoo/rnnzoo/zoo/task/trade"
	"github.com/rnnzoo/rnnzoo/zoo/task/translate"
)

// world is where one call is made: valid values of each type, of which there is one in a world, so that its nodes are of
// its builder.
type world struct {
	made map[reflect.Type]reflect.Value
}

func newWorld() *world { return &world{make(map[reflect.Type]reflect.Value)} }

func of[T any](w *world) T { return w.valid(reflect.TypeFor[T]()).Interface().(T) }

// makers make a valid, small value of each type whose zero value, or fields with valid values, are none.
var makers map[reflect.Type]func(w *world) any

func maker[T any](make func(w *world) T) {
	makers[reflect.TypeFor[T]()] = func(w *world) any { return make(w) }
}

func network(opts ...graph.NetworkOption) *graph.Network {
	return gru.New(append([]graph.NetworkOption{graph.Hidden(2)}, opts...)...)
}

func init() {
	makers = make(map[reflect.Type]func(w *world) any)
	// graph
	maker(func(*world) *graph.Params { return graph.NewParams(tensor.Float32) })
	maker(func(w *world) *graph.Builder { return graph.NewBuilder(of[*graph.Params](w), graph.Training()) })
	maker(func(w *world) *gorgonia.Node { return of[*graph.Builder](w).Input("node", 2, 2) })
	maker(func(*world) *graph.Network { return network() })
	maker(func(w *world) *graph.Program {
		b := of[*graph.Builder](w)
		y := b.Linear("program", 2, b.Input("x", 2, 2))
		p, err := graph.Compile(b, graph.OutputAs("y", y), graph.Loss(b.MSE(y, b.Input("target", 2, 2))))
		must(err)
		return p
	})
	maker(func(w *world) *graph.Stepper {
		s, err := of[*graph.Network](w).NewStepper(of[*graph.Params](w), 1, 2)
		must(err)
		return s
	})
	maker(func(w *world) *graph.Probe {
		b := of[*graph.Builder](w)
		y, _ := network().Unroll(b, b.Input("x", 2, 1, 2))
		p, err := graph.NewProbe(b, b.Mean(y))
		must(err)
		return p
	})
	maker(func(w *world) *graph.Param {
		p := of[*graph.Params](w)
		must(p.Declare("param", graph.Ones(), 2, 2))
		return p.Get("param")
	})
	maker(func(w *world) *graph.ParamGrad { return of[*graph.Program](w).Grads()[0].(*graph.ParamGrad) })
	maker(func(w *world) []gorgonia.ValueGrad { return of[*graph.Program](w).Grads() })
	maker(func(*world) *graph.Workspace { return graph.NewWorkspace() })
	maker(func(*world) graph.Init { return graph.Ones() })
	maker(func(*world) gorgonia.InitWFn { return gorgonia.GlorotN(1) })
	maker(func(*world) graph.Cell { return gru.Cell{CellConfig: graph.CellConfig{Input: 2, Hidden: 2}} })
	maker(func(*world) graph.CellConfig { return graph.CellConfig{Input: 2, Hidden: 2} })
	maker(func(*world) func(graph.CellConfig) graph.Cell {
		return func(c graph.CellConfig) graph.Cell { return gru.Cell{CellConfig: c} }
	})
	maker(func(w *world) graph.State {
		return graph.State{of[*gorgonia.Node](w)}
	})
	maker(func(*world) tensor.Dtype { return tensor.Float32 })
	maker(func(*world) *tensor.Dense {
		return tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float32{1, 2, 3, 4}))
	})
	// safetensors
	maker(func(w *world) *safetensors.File {
		of[*graph.Param](w)
		return of[*graph.Params](w).Snapshot()
	})
	maker(func(*world) safetensors.Tensor { return safetensors.FromFloat32s([]int{2}, []float32{1, 2}) })
	// train
	maker(func(w *world) train.Task { return of[*forecast.Forecast](w) })
	maker(func(w *world) *train.Loop {
		l, err := train.New(of[train.Task](w), train.Epochs(1))
		must(err)
		return l
	})
	maker(func(*world) train.Optimizer { return &train.Adam{LR: 0.01} })
	maker(func(*world) train.Schedule { return train.Constant(0.1) })
	maker(func(*world) train.MetricSchedule { return &train.ReduceOnPlateau{Base: 1} })
	maker(func(*world) train.Recipe { return zooRecipe().Recipe })
	maker(func(*world) task.Recipe { return zooRecipe() })
	maker(func(*world) train.Files { return train.Folder("files") })
	// datasets
	maker(func(*world) *datasets.Series { return tinySeries() })
	maker(func(*world) *datasets.Labelled { return tinyLabelled() })
	maker(func(*world) *datasets.Pairs { return tinyPairs() })
	maker(func(*world) *datasets.Corpus { return tinyCorpus() })
	maker(func(*world) datasets.Series { return *tinySeries() })
	maker(func(*world) datasets.Labelled { return *tinyLabelled() })
	maker(func(*world) datasets.Pairs { return *tinyPairs() })
	maker(func(*world) datasets.Corpus { return *tinyCorpus() })
	maker(func(*world) *datasets.Sequences { return tinySequences() })
	maker(func(*world) datasets.Sequences { return *tinySequences() })
	maker(func(*world) datasets.SequenceList { return tinySequences().Train })
	maker(func(*world) *datasets.Panel { return tinySeries().Panel() })
	maker(func(*world) datasets.Panel { return *tinySeries().Panel() })
	maker(func(*world) datasets.Dataset { return tinySeries() })
	// text
	maker(func(*world) text.Tokenizer { return text.Words{Lower: true} })
	maker(func(*world) *text.Vocabulary { return text.NewVocabulary([]string{"a", "b"}) })
	maker(func(*world) *text.BPE {
		b, err := text.LearnBPE([]string{"low lower lowest", "new newer newest"}, 5)
		must(err)
		return b
	})
	maker(func(*world) *text.TokenizerJSON {
		t, err := text.ReadTokenizerJSON("tiny", strings.NewReader(`{"model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1, "?": 2}, "unk_token": "?"}, "pre_tokenizer": {"type": "Whitespace"}}`))
		must(err)
		return t
	})
	maker(func(*world) *text.Encoder {
		e, err := text.NewEncoder(text.Words{}, []string{"a b", "b c"})
		must(err)
		return e
	})
	// zoo
	maker(func(*world) zoo.Config {
		c := zoo.Defaults("gru", "airline")
		c.Hidden, c.Epochs = 2, 1
		return c
	})
	maker(func(w *world) *zoo.Experiment {
		e, err := zoo.New(of[zoo.Config](w), zoo.WithDataset(tinySeries()))
		must(err)
		return e
	})
	maker(func(*world) *zoo.Run { return trained().series })
	maker(func(*world) zoo.Drawing { return zoo.Drawing{Steps: 2, Batch: 1, Input: 2, Hidden: 2, Layers: 1} })
	maker(func(*world) zoo.Model { return zoo.Model{Name: "own", Title: "own", New: gru.New} })
	maker(func(*world) task.Holder { return trained().series })
	maker(func(*world) task.Part { return task.TestPart })
	maker(func(*world) task.Predictor { return trained().series.Predictor() })
	maker(func(w *world) task.Task { return of[*forecast.Forecast](w) })
	maker(func(*world) task.Options { return &forecast.Options{} })
	maker(func(w *world) task.Setting {
		return task.Setting{Network: network(), Params: graph.NewParams(tensor.Float32), Recipe: zooRecipe(),
			Other: func(string) (*graph.Network, error) { return network(), nil }}
	})
	maker(func(*world) *forecast.Forecaster { return result(forecast.Of(trained().series)) })
	maker(func(*world) *classify.Classifier { return result(classify.Of(trained().texts)) })
	maker(func(*world) *generate.Writer { return result(generate.Of(trained().corpus)) })
	maker(func(*world) *translate.Translator { return result(translate.Of(trained().pairs)) })
	maker(func(w *world) *forecast.Forecast {
		return result(forecast.New(network(), tinySeries(), graph.NewParams(tensor.Float32), forecast.Options{Window: 2}))
	})
	maker(func(w *world) *classify.Classification {
		return result(classify.New(network(), tinyLabelled(), graph.NewParams(tensor.Float32), classify.Options{Embedding: 2}))
	})
	maker(func(w *world) *generate.Generation {
		return result(generate.New(network(), tinyCorpus(), graph.NewParams(tensor.Float32), generate.Options{Embedding: 2, Window: 4}))
	})
	maker(func(*world) generate.Options { return generate.Options{Embedding: 2, Window: 4} })
	maker(func(*world) generate.Decoding { return generate.Decoding{Cache: 2, CacheTheta: 0.1, CacheLambda: 0.1} })
	maker(func(*world) generate.Writing { return generate.Writing{Tokens: 2} })
	maker(func(*world) *detect.Detector { return result(detect.Of(trained().anomalies)) })
	maker(func(*world) *detect.Stream { return result(result(detect.Of(trained().anomalies)).Stream()) })
	maker(func(*world) detect.Options { return detect.Options{Window: 2, Ahead: 1, Threshold: "2"} })
	maker(func(*world) *recognise.Recogniser { return result(recognise.Of(trained().sequences)) })
	maker(func(w *world) *recognise.Recognition {
		return result(recognise.New(network(), tinySequences(), graph.NewParams(tensor.Float32), recognise.Options{}))
	})
	maker(func(*world) *trade.Trader { return result(trade.Of(trained().prices)) })
	maker(func(w *world) *trade.Trade {
		return result(trade.New(network(), tinyPrices(), graph.NewParams(tensor.Float32), trade.Options{Window: 2, Folds: 2}))
	})
	maker(func(*world) trade.Options { return trade.Options{Window: 2, Folds: 2} })
	maker(func(w *world) *translate.Translation {
		return result(translate.New(network(), network(), tinyPairs(), graph.NewParams(tensor.Float32), translate.Options{Embedding: 2, Tokenizer: "words"}))
	})
	maker(func(w *world) forecast.State { return of[*forecast.Forecaster](w).State() })
	maker(func(*world) forecast.Options { return forecast.Options{Window: 2} })
	maker(func(*world) classify.Options { return classify.Options{Embedding: 2} })
	maker(func(*world) translate.Options { return translate.Options{Embedding: 2, Tokenizer: "words"} })
	maker(func(*world) translate.Decoding { return translate.Decoding{Beam: 2, Penalty: 1} })
	// seq2seq, attention, softmax, metric, show, option
	maker(func(*world) *seq2seq.Network {
		return &seq2seq.Network{Encoder: network(), Decoder: network(), Source: 6, Target: 6,
			Options: seq2seq.Options{Embedding: 2, Attention: attention.Scaled, Feed: seq2seq.FeedContext}}
	})
	maker(func(w *world) seq2seq.Network { return *of[*seq2seq.Network](w) })
	maker(func(w *world) seq2seq.Encoded { return of[*seq2seq.Network](w).Sources(of[*graph.Builder](w), 2, 1) })
	maker(func(*world) seq2seq.Search {
		return seq2seq.Search{Beam: 2, Penalty: 1, Limit: func(n int) int { return n + 1 }}
	})
	maker(func(*world) seq2seq.Sampling { return seq2seq.Sampling{Temperature: 1, TopK: 2} })
	maker(func(w *world) *seq2seq.Sampler { return result(seq2seq.NewSampler(of[seq2seq.Sampling](w), 1)) })
	maker(func(*world) attention.Score { return attention.Scaled })
	maker(func(w *world) attention.Memory {
		b := of[*graph.Builder](w)
		return attention.NewMemory(b, attention.Scaled, 2, b.Input("values", 1, 2, 2), nil)
	})
	maker(func(*world) *softmax.Softmax { return result(softmax.New("adaptive:3,5", 8, 2)) })
	maker(func(*world) softmax.Option { return softmax.InputName("output") })
	maker(func(*world) *metric.Confusion {
		c := metric.NewConfusion([]string{"a", "b"})
		c.Counts[0][1] = 2
		return c
	})
	maker(func(*world) metric.Confusion { return metric.Confusion{Classes: []string{"a"}, Counts: [][]int{{1}}} })
	maker(func(*world) *show.Graph {
		return result(show.NewGraph(result(zoo.Draw("rnn", zoo.Drawing{Steps: 1, Batch: 1, Input: 1, Hidden: 1, Layers: 1}))))
	})
	maker(func(*world) show.Line { return show.Line{Name: "line", Y: []float64{1, 3, 2}} })
	maker(func(*world) show.Chart {
		return show.Chart{Title: "chart", Lines: []show.Line{{Y: []float64{1, 3, 2}}}}
	})
	maker(func(*world) show.HeatMap { return show.HeatMap{Values: [][]float64{{1, 2}, {3, 4}}} })
	maker(func(*world) show.Table { return show.Table{Header: []string{"a", "b"}, Rows: [][]any{{"x", 1.5}}} })
	maker(func(w *world) *option.Set {
		s := new(option.Set)
		s.Int(new(int), "x", "a number").AtLeast(1)
		s.Text(new(string), "text", "a text").OneOf("a", "b")
		return s
	})
	maker(func(w *world) *option.Field { return of[*option.Set](w).Fields()[0] })
	// of others
	maker(func(*world) context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		time.AfterFunc(200*time.Millisecond, cancel)
		return ctx
	})
	maker(func(*world) io.Reader { return bytes.NewReader([]byte("text,label\na,b\n")) })
	maker(func(*world) io.Writer { return io.Discard })
	maker(func(*world) time.Time { return time.Date(2024, time.January, 31, 15, 4, 5, 6, time.UTC) })
	maker(func(*world) error { return errors.New("an error") })
	maker(func(*world) any { return 1.5 })
	maker(func(*world) *rand.Rand { return rand.New(rand.NewSource(1)) })
	maker(func(*world) *randv2.Rand { return randv2.New(randv2.NewPCG(1, 2)) })
	maker(func(*world) *http.Client { return &http.Client{Timeout: time.Second} })
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func result[T any](v T, err error) T {
	must(err)
	return v
}

func zooRecipe() task.Recipe {
	r := task.DefaultRecipe()
	r.Hidden, r.Epochs = 2, 1
	return r
}

func tinySeries() *datasets.Series {
	s := &datasets.Series{Meta: datasets.Info{Name: "tiny"}, Variables: []string{"y"}, Period: 2}
	for i := range 60 { // as many as the default window asks for
		s.Values = append(s.Values, []float64{float64(1 + i%5)})
	}
	return s
}

// tinyPrices are those of two shares.
func tinyPrices() *datasets.Panel {
	p := &datasets.Panel{Meta: datasets.Info{Name: "tiny"}, Targets: []string{"close"}}
	for share := range 2 {
		s := &datasets.Series{ID: string(rune('a' + share)), Variables: []string{"close"}}
		for i := range 70 {
			s.Values = append(s.Values, []float64{float64(20 + i*(share+3)%7)})
		}
		p.Series = append(p.Series, s)
	}
	return p
}

func tinyLabelled() *datasets.Labelled {
	l := &datasets.Labelled{Meta: datasets.Info{Name: "tiny"}, Classes: []string{"bad", "good"}}
	for _, p := range []*[]datasets.Example{&l.Train, &l.Valid, &l.Test} {
		*p = []datasets.Example{{Text: "a good film", Label: 1}, {Text: "a bad film", Label: 0}, {Text: "good", Label: 1}, {Text: "bad", Label: 0}}
	}
	return l
}

func tinyPairs() *datasets.Pairs {
	p := &datasets.Pairs{Meta: datasets.Info{Name: "tiny"}}
	for _, part := range []*[]datasets.Pair{&p.Train, &p.Valid, &p.Test} {
		*part = []datasets.Pair{{Source: "one two", Target: "eins zwei"}, {Source: "two", Target: "zwei"}}
	}
	return p
}

func tinyCorpus() *datasets.Corpus {
	text := datasets.NewPassage("one two\nthree\n")
	return &datasets.Corpus{Meta: datasets.Info{Name: "tiny"}, Train: text, Valid: text, Test: text}
}

func tinySequences() *datasets.Sequences {
	s := &datasets.Sequences{Meta: datasets.Info{Name: "tiny"}, Width: 2, Classes: []string{"low", "high"}}
	for _, l := range []*datasets.SequenceList{&s.Train, &s.Valid, &s.Test} {
		*l = datasets.NewSequenceList(2, datasets.Sequence{Values: []float32{1, 2, 3, 4}}, datasets.Sequence{Values: []float32{5, 6}, Label: 1})
	}
	return s
}

// runs are what is trained once and used by all.
type runs struct{ series, texts, pairs, corpus, sequences, prices, anomalies *zoo.Run }

var trained = sync.OnceValue(func() runs {
	one := func(d datasets.Dataset) *zoo.Run {
		run, err := zoo.Train(context.Background(), network(), d, train.Epochs(1))
		must(err)
		return run
	}
	// The defaults' widths would be what the audit's time is spent on.
	own := func(kind string, d datasets.Dataset) *zoo.Run {
		c := zoo.DefaultsFor(result(zoo.TaskByName(kind)), "gru")
		c.Hidden, c.Epochs, c.Dataset = 2, 1, "tiny"
		switch o := c.Options.(type) {
		case *classify.Options:
			o.Embedding = 2
		case *generate.Options:
			o.Embedding, o.Window = 2, 4
		case *trade.Options:
			o.Window, o.Folds = 2, 2
		case *translate.Options:
			o.Embedding, o.Tokenizer = 2, "words"
		case *detect.Options:
			o.Window, o.Ahead, o.Threshold = 2, 1, "2"
		}
		e := result(zoo.New(c, zoo.WithDataset(d)))
		return e.Kept(result(e.Run(context.Background())))
	}
	return runs{one(tinySeries()), own("classify", tinyLabelled()), own("translate", tinyPairs()), own("generate", tinyCorpus()), own("recognise", tinySequences()),
		own("trade", tinyPrices()), own("detect", tinySeries())}
})

// valid returns the valid value of a type in a world.
func (w *world) valid(t reflect.Type) reflect.Value {
	if v, ok := w.made[t]; ok {
		return v
	}
	v := w.make(t)
	w.made[t] = v
	return v
}

func (w *world) make(t reflect.Type) reflect.Value {
	if m := makers[t]; m != nil {
		v := reflect.New(t).Elem()
		v.Set(reflect.ValueOf(m(w)))
		return v
	}
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(2)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(0.5)
	case reflect.String:
		v.SetString("x")
	case reflect.Slice:
		v = reflect.Append(v, w.valid(t.Elem()), w.valid(t.Elem()))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(w.valid(t.Key()), w.valid(t.Elem()))
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(w.valid(t.Elem()))
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !f.Anonymous {
				if k := f.Type.Kind(); k != reflect.Interface && k != reflect.Func && k != reflect.Pointer {
					v.Field(i).Set(w.valid(f.Type))
				}
			}
		}
	case reflect.Func:
		v.Set(zeros(t))
	}
	return v
}

// zeros is a function that returns zero values.
func zeros(t reflect.Type) reflect.Value {
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		out := make([]reflect.Value, t.NumOut())
		for i := range out {
			out[i] = reflect.Zero(t.Out(i))
		}
		return out
	})
}
