package translate

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// letters are pairs of which the target is the source backwards.
func letters(n, longest int) *datasets.Pairs {
	rng := rand.New(rand.NewSource(3))
	var pairs []datasets.Pair
	for range n {
		s := make([]byte, 1+rng.Intn(longest))
		for i := range s {
			s[i] = "abc"[rng.Intn(3)]
		}
		r := slices.Clone(s)
		slices.Reverse(r)
		pairs = append(pairs, datasets.Pair{Source: string(s), Target: string(r)})
	}
	return &datasets.Pairs{Meta: datasets.Info{Name: "letters", Task: "translate"}, Train: pairs[:n/2], Valid: pairs[n/2 : 3*n/4], Test: pairs[3*n/4:]}
}

// smallOptions are those of networks that are quick to compile.
func smallOptions() Options {
	return Options{Tokenizer: "characters", Embedding: 5, Attention: "scaled", Feed: "context", Decoding: Decoding{Penalty: 1}}
}

// newLetters returns a task with random weights, larger than initial ones, so that distributions are not flat.
func newLetters(t *testing.T, encoder, decoder *graph.Network, opts Options) *Translation {
	t.Helper()
	tr, err := New(encoder, decoder, letters(60, 7), graph.NewParams(tensor.Float64, graph.InitSeed(5)), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range tr.Params().List() {
		d := p.Value().Float64s()
		for i := range d {
			d[i] *= 3
		}
	}
	return tr
}

func gruLetters(t *testing.T, opts Options) *Translation {
	t.Helper()
	return newLetters(t, birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), opts)
}

// variants are networks and options that take different ways through the code.
var variants = []struct {
	name             string
	encoder, decoder *graph.Network
	set              func(*Options)
}{
	{"rnn", rnn.New(graph.Hidden(6)), rnn.New(graph.Hidden(6)), func(o *Options) { o.Attention = "dot" }},
	{"lstm of two layers", lstm.New(graph.Hidden(6), graph.Layers(2)), lstm.New(graph.Hidden(6), graph.Layers(2)), func(o *Options) { o.Attention, o.Feed = "additive", "output" }},
	{"bigru", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), func(o *Options) { o.Tied = true }},
	{"nothing fed", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), func(o *Options) { o.Attention, o.Feed = "general", "none" }},
	{"additive, nothing fed", gru.New(graph.Hidden(6)), gru.New(graph.Hidden(6)), func(o *Options) { o.Attention, o.Feed = "additive", "none" }},
	{"gru to lstm, shared", birnn.New(gru.New(graph.Hidden(4))), lstm.New(graph.Hidden(6), graph.Layers(2)), func(o *Options) { o.Shared, o.Tied = true, true }},
	{"lstm to rnn", lstm.New(graph.Hidden(4), graph.Layers(2)), rnn.New(graph.Hidden(6)), func(o *Options) { o.Smoothing = 0.1 }},
}

func eachVariant(t *testing.T, test func(t *testing.T, tr *Translation)) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			opts := smallOptions()
			v.set(&opts)
			test(t, newLetters(t, v.encoder, v.decoder, opts))
		})
	}
}

// run runs a program on pairs and returns its loss.
func (t *Translation) run(tb testing.TB, s shape, pairs []tokenPair) *graph.Program {
	tb.Helper()
	p, err := t.program(t.lane, s)
	if err != nil {
		tb.Fatal(err)
	}
	s.set(p, pairs)
	if err := p.Run(); err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestTranslationPadding wants the same loss and gradients whatever pairs and steps are added that count for nothing.
func TestTranslationPadding(t *testing.T) {
	eachVariant(t, func(t *testing.T, tr *Translation) {
		pairs := tr.train[:4]
		tight := shape{use: toTrain, batch: 4}
		for _, p := range pairs {
			tight.source, tight.target = max(tight.source, len(p.source)), max(tight.target, len(p.target))
		}
		wide := tight
		wide.source, wide.target, wide.batch = tight.source+3, tight.target+2, 6
		want, got := tr.run(t, tight, pairs), tr.run(t, wide, pairs)
		if d := math.Abs(got.Loss() - want.Loss()); !(d < 1e-12) {
			t.Errorf("loss %v; want %v", got.Loss(), want.Loss())
		}
		for _, p := range tr.Params().List() {
			g, w := program.Floats(got.Grad(p.Name())), program.Floats(want.Grad(p.Name()))
			for i := range w {
				if !(math.Abs(g[i]-w[i]) < 1e-10) {
					t.Fatalf("gradient %d of %s is %v; want %v", i, p.Name(), g[i], w[i])
				}
			}
		}
		// Each pair by itself, and all of them: the same likelihood.
		all, tokens, err := tr.score(t.Context(), slices.Clone(tr.train))
		if err != nil {
			t.Fatal(err)
		}
		sum, n := 0.0, 0
		for _, p := range tr.train {
			one, k, err := tr.score(t.Context(), []tokenPair{p})
			if err != nil {
				t.Fatal(err)
			}
			sum, n = sum+one, n+k
		}
		if n != tokens || !(math.Abs(all-sum) < 1e-6) {
			t.Errorf("%v nats of %d tokens; one by one %v of %d", all, tokens, sum, n)
		}
	})
}

// TestBatchedSearch translates texts together, one by one, and with the programs that evaluate: the same is found.
func TestBatchedSearch(t *testing.T) {
	eachVariant(t, func(t *testing.T, tr *Translation) {
		var texts []string
		for _, p := range tr.data.Valid {
			texts = append(texts, p.Source)
		}
		texts = append(texts, "", strings.Repeat("abc", 9), strings.Repeat("cab", 16))
		for _, opts := range []Decoding{{Beam: 1}, {Beam: 3, Penalty: 1}, {Beam: 40}} {
			all, err := tr.TranslateContext(t.Context(), opts, texts...)
			if err != nil {
				t.Fatal(err)
			}
			sources := make([][]int, len(texts))
			for i, s := range texts {
				sources[i] = tr.encodeSource(s)
			}
			evaluated := make([]Translated, len(texts))
			for _, chunk := range chunksOf(sources, opts, len(texts)) {
				if err := tr.find(t.Context(), tr.lane, false, opts, sources, chunk, evaluated); err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range texts {
				one, err := tr.TranslateContext(t.Context(), opts, s)
				if err != nil {
					t.Fatal(err)
				}
				if e := evaluated[i]; e.Text != one[0].Text || !(math.Abs(e.Score-one[0].Score) < 1e-9) {
					t.Errorf("beam %d: %q is %q with %v; evaluated %q with %v", opts.Beam, s, one[0].Text, one[0].Score, e.Text, e.Score)
				}
				if all[i].Text != one[0].Text || !(math.Abs(all[i].Score-one[0].Score) < 1e-9) {
					t.Errorf("beam %d: %q is %q with %v; alone %q with %v", opts.Beam, s, all[i].Text, all[i].Score, one[0].Text, one[0].Score)
				}
			}
		}
	})
}

func TestAttentionWeights(t *testing.T) {
	eachVariant(t, func(t *testing.T, tr *Translation) {
		found, err := tr.TranslateContext(t.Context(), Decoding{Beam: 3, Penalty: 1}, "abcab", "c", "")
		if err != nil {
			t.Fatal(err)
		}
		for i, source := range [][]string{{"a", "b", "c", "a", "b", "<eos>"}, {"c", "<eos>"}} {
			f := found[i]
			if !slices.Equal(f.Source, source) || len(f.Weights) != len(f.Target) || len(f.Target) == 0 {
				t.Fatalf("source %q, %d targets, %d rows of weights", f.Source, len(f.Target), len(f.Weights))
			}
			for _, row := range f.Weights {
				sum := 0.0
				for _, w := range row {
					sum += w
				}
				if len(row) != len(source) || !(math.Abs(sum-1) < 1e-9) {
					t.Errorf("weights %v; want %d that add up to 1", row, len(source))
				}
			}
		}
		if f := found[2]; f.Text != "" || f.Weights != nil {
			t.Errorf("nothing is %+v", f)
		}
	})
}

// TestTranslationLearns trains the networks to read letters backwards.
func TestTranslationLearns(t *testing.T) {
	opts := smallOptions()
	opts.Embedding = 16
	tr, err := New(birnn.New(gru.New(graph.Hidden(32))), gru.New(graph.Hidden(32)), letters(4000, 6), graph.NewParams(tensor.Float32), opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), tr, train.Epochs(5), train.Batch(32), train.Optimize(&train.Adam{LR: 0.01})); err != nil {
		t.Fatal(err)
	}
	s, err := tr.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	if !(s.Metrics["exact"] > 0.97) || !(s.Metrics["perplexity"] < 1.1) || !(s.Metrics["chrf"] > 97) {
		t.Errorf("metrics %v", s.Metrics)
	}
}

func TestScheduledSampling(t *testing.T) {
	opts := smallOptions()
	opts.Teacher, opts.Epochs = "step:1:0.5", 3
	tr := gruLetters(t, opts)
	number := 0
	for epoch, truth := range []float64{1, 0.5, 0.25} {
		own, all := 0, 0
		for _, batch := range tr.Batches(epoch+1, 10, 1) {
			s, err := tr.Step(number, batch)
			if err != nil {
				t.Fatal(err)
			}
			number++
			p := s.Program
			target, previous := p.Input("target").Ints(), p.Input("previous").Ints()
			width := p.Input("target").Shape()[1]
			for i := width; i < len(previous); i++ {
				if target[i] == text.Pad {
					continue
				}
				all++
				if previous[i] != target[i-width] {
					own++
				}
			}
		}
		// Some of the network's own tokens are the true ones.
		if got := float64(own) / float64(all); got > 1-truth+0.05 || got < (1-truth)/2 {
			t.Errorf("epoch %d: %.2f of the tokens are not the true ones; %.2f may be the network's", epoch+1, got, 1-truth)
		}
	}
}

// TestScheduledSamplingAgain does a step again, on a task that has done no other.
func TestScheduledSamplingAgain(t *testing.T) {
	opts := smallOptions()
	opts.Teacher, opts.Epochs = "step:1:0.5", 3
	read := func(numbers ...int) (previous []int) {
		tr := gruLetters(t, opts)
		batches := tr.Batches(2, 10, 1)
		for _, n := range numbers {
			s, err := tr.Step(n, batches[0])
			if err != nil {
				t.Fatal(err)
			}
			previous = slices.Clone(s.Program.Input("previous").Ints())
		}
		return previous
	}
	a, again, other := read(3, 4, 5), read(5), read(4)
	if !slices.Equal(a, again) || slices.Equal(a, other) {
		t.Errorf("step 5 reads %v, and the same again %v; step 4 %v", a, again, other)
	}
}

func TestTranslatorIsKept(t *testing.T) {
	for _, shared := range []bool{false, true} {
		opts := smallOptions()
		opts.Shared, opts.Tokenizer = shared, "bytes:4"
		tr := gruLetters(t, opts)
		dir := t.TempDir()
		files := train.Folder(dir)
		if err := tr.Predictor().Save(files); err != nil {
			t.Fatal(err)
		}
		opened, err := Open(tr.network.Encoder, tr.network.Decoder, tr.Params(), tr.Options(), files)
		if err != nil {
			t.Fatal(err)
		}
		texts := []string{"abc", "cccab", "x é"}
		want, err := tr.Translate(texts...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := opened.Translate(texts...)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the opened one says %v; want %v", got, want)
		}
		on, err := opened.On(tr.data, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := on.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		b, err := tr.Evaluate(t.Context(), task.TestPart)
		if err != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("the opened one scores %v; want %v (%v)", a, b, err)
		}
		var source json.RawMessage
		if err := files.Read(sourceVocabularyFile, &source); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, targetVocabularyFile)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(tr.network.Encoder, tr.network.Decoder, tr.Params(), tr.Options(), files); err == nil || !strings.Contains(err.Error(), "target.json is damaged") {
			t.Errorf("error %v", err)
		}
		if err := files.Write(targetVocabularyFile, source); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(tr.network.Encoder, lstm.New(graph.Hidden(6)), tr.Params(), tr.Options(), files); err == nil {
			t.Error("weights of another network are taken")
		}
	}
}

func TestTranslationRefuses(t *testing.T) {
	for _, c := range []struct {
		want             string
		encoder, decoder *graph.Network
		set              func(*Options)
	}{
		{"translate: bigru cannot decode: it would read words that are not yet there", nil, birnn.New(gru.New()), nil},
		{"translate: attention: dot compares queries of width 64 with values of width 128; they must be equal, or choose general", birnn.New(gru.New()), nil, func(o *Options) { o.Attention = "dot" }},
		{`translate: attention "dto": not found; did you mean dot? Choose one of additive, dot, general, scaled`, nil, nil, func(o *Options) { o.Attention = "dto" }},
		{`translate: feed "x": not found; choose one of context, output, none`, nil, nil, func(o *Options) { o.Feed = "x" }},
		{"translate: smoothing 1: want less than 1", nil, nil, func(o *Options) { o.Smoothing = 1 }},
		{"translate: penalty NaN: want at least 0", nil, nil, func(o *Options) { o.Penalty = math.NaN() }},
		{"translate: beam -1: want at least 1", nil, nil, func(o *Options) { o.Beam = -1 }},
		{`translate: teacher "linaer": not found; choose one of constant`, nil, nil, func(o *Options) { o.Teacher = "linaer" }},
		{`translate: tokenizer "bpe:x": want a number of merges`, nil, nil, func(o *Options) { o.Tokenizer = "bpe:x" }},
		{`translate: tokenizer "wrods": not found; did you mean words?`, nil, nil, func(o *Options) { o.Tokenizer = "wrods" }},
		{"translate letters: tokenizer; choose words, treebank, fields, characters, bpe, bytes, bpe:MERGES, bytes:MERGES or a file: open ./wrods", nil, nil, func(o *Options) { o.Tokenizer = "./wrods" }},
		{"translate letters: every pair has a side of more than 1 tokens; raise that limit", nil, nil, func(o *Options) { o.MaxTokens = 1 }},
		{"gru: the hidden width is 0; want at least 1", gru.New(graph.Hidden(0)), nil, nil},
	} {
		opts := smallOptions()
		if c.set != nil {
			c.set(&opts)
		}
		if c.encoder == nil {
			c.encoder = gru.New()
		}
		if c.decoder == nil {
			c.decoder = gru.New()
		}
		_, err := New(c.encoder, c.decoder, letters(20, 3), graph.NewParams(tensor.Float32), opts)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
	tr := gruLetters(t, smallOptions())
	if _, err := tr.Evaluate(t.Context(), "tset"); err == nil || err.Error() != `part "tset" not found; did you mean "test"? (choose train, valid or test)` {
		t.Errorf("error %v", err)
	}
	tr.data.Test = nil
	if _, err := tr.Evaluate(t.Context(), task.TestPart); err == nil || err.Error() != "translate letters: the test part has no pairs" {
		t.Errorf("error %v", err)
	}
	if _, err := tr.On(datasets.Airline(), nil); err == nil || err.Error() != "translate airline: the dataset has no pairs of texts" {
		t.Errorf("error %v", err)
	}
	for _, p := range tr.Params().List() {
		p.Value().Memset(math.NaN())
	}
	if _, err := tr.TranslateContext(t.Context(), Decoding{Beam: 1}, "a"); err == nil || !strings.Contains(err.Error(), "the weights are damaged") {
		t.Errorf("error %v", err)
	}
}

func TestTranslationLimits(t *testing.T) {
	opts := smallOptions()
	opts.MaxTokens = 5
	tr := gruLetters(t, opts)
	n, valid, test := tr.Examples()
	short := 0
	for _, p := range tr.data.Train {
		if len(p.Source) < 5 {
			short++
		}
	}
	if n != short || n == 30 || valid != 15 || test != 15 {
		t.Errorf("%d, %d and %d examples; want %d, 15 and 15", n, valid, test, short)
	}
	tr.Limit(7)
	if n, _, _ := tr.Examples(); n != 7 {
		t.Errorf("%d examples; want 7", n)
	}
	seen := make(map[int]bool)
	for _, batch := range tr.Batches(1, 3, 1) {
		for _, e := range batch {
			seen[e] = true
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d examples in batches; want 7", len(seen))
	}
}

func TestTranslationCase(t *testing.T) {
	data := letters(20, 3)
	data.Train = append(data.Train, datasets.Pair{Source: "ABC", Target: "CBA"})
	for _, cased := range []bool{false, true} {
		opts := smallOptions()
		opts.Cased = cased
		tr, err := New(gru.New(), gru.New(), data, graph.NewParams(tensor.Float32), opts)
		if err != nil {
			t.Fatal(err)
		}
		if has := tr.sourceEncoder.Vocabulary.Has("A"); has != cased {
			t.Errorf("cased %v: the vocabulary has A: %v", cased, has)
		}
		if _, references := tr.sides([]datasets.Pair{{Target: "ÄB"}}); references[0][0] != map[bool]string{false: "äb", true: "ÄB"}[cased] {
			t.Errorf("cased %v: references %q", cased, references)
		}
	}
}

func TestTranslationBaselines(t *testing.T) {
	data := &datasets.Pairs{
		Train: []datasets.Pair{
			{Source: "the cat sleeps.", Target: "le chat dort."}, {Source: "the dog sleeps.", Target: "le chien dort."},
			{Source: "dogs eat.", Target: "chiens mangent."},
			{Source: "the cat eats.", Target: "le chat mange."}, {Source: "the dog eats.", Target: "le chien mange."},
		},
		Valid: []datasets.Pair{{Source: "a", Target: "b"}},
		Test:  []datasets.Pair{{Source: "The cat eats 7 mice.", Target: "le chat mange 7 mice."}},
	}
	opts := smallOptions()
	tr, err := New(gru.New(), gru.New(), data, graph.NewParams(tensor.Float32), opts)
	if err != nil {
		t.Fatal(err)
	}
	rivals, err := tr.Baselines(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	b := make(map[string]map[string]float64)
	for _, r := range rivals {
		b[r.Name] = r.Metrics
	}
	if got := b["words"]["exact"]; got != 1 {
		t.Errorf("word by word %v", b["words"])
	}
	if got := b["copy"]["bleu"]; !(got > 0 && got < 50) || b["copy"]["exact"] != 0 {
		t.Errorf("copied %v", b["copy"])
	}
}
