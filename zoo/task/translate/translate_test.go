package translate

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
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
func smallOptions() TranslateOptions {
	return TranslateOptions{Tokenizer: "characters", Embedding: 5, Attention: "scaled", Feed: "context", Penalty: 1}
}

// newLetters returns a task with random weights, larger than initial ones, so that distributions are not flat.
func newLetters(t *testing.T, encoder, decoder *graph.Network, opts TranslateOptions) *Translation {
	t.Helper()
	task, err := NewTranslation(encoder, decoder, letters(60, 7), graph.NewParams(tensor.Float64, graph.InitSeed(5)), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range task.Params().List() {
		d := p.Value().Float64s()
		for i := range d {
			d[i] *= 3
		}
	}
	return task
}

func gruLetters(t *testing.T, opts TranslateOptions) *Translation {
	t.Helper()
	return newLetters(t, birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), opts)
}

// variants are networks and options that take different ways through the code.
var variants = []struct {
	name             string
	encoder, decoder *graph.Network
	set              func(*TranslateOptions)
}{
	{"rnn", rnn.New(graph.Hidden(6)), rnn.New(graph.Hidden(6)), func(o *TranslateOptions) { o.Attention = "dot" }},
	{"lstm of two layers", lstm.New(graph.Hidden(6), graph.Layers(2)), lstm.New(graph.Hidden(6), graph.Layers(2)), func(o *TranslateOptions) { o.Attention, o.Feed = "additive", "output" }},
	{"bigru", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), func(o *TranslateOptions) { o.Tied = true }},
	{"nothing fed", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), func(o *TranslateOptions) { o.Attention, o.Feed = "general", "none" }},
	{"additive, nothing fed", gru.New(graph.Hidden(6)), gru.New(graph.Hidden(6)), func(o *TranslateOptions) { o.Attention, o.Feed = "additive", "none" }},
	{"gru to lstm, shared", birnn.New(gru.New(graph.Hidden(4))), lstm.New(graph.Hidden(6), graph.Layers(2)), func(o *TranslateOptions) { o.Shared, o.Tied = true, true }},
	{"lstm to rnn", lstm.New(graph.Hidden(4), graph.Layers(2)), rnn.New(graph.Hidden(6)), func(o *TranslateOptions) { o.Smoothing = 0.1 }},
}

func eachVariant(t *testing.T, test func(t *testing.T, task *Translation)) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			opts := smallOptions()
			v.set(&opts)
			test(t, newLetters(t, v.encoder, v.decoder, opts))
		})
	}
}

// run runs a program on pairs and returns its loss.
func (t *Translation) run(tb testing.TB, s translateShape, pairs []tokenPair) *compiled {
	tb.Helper()
	p, err := t.program(s)
	if err != nil {
		tb.Fatal(err)
	}
	s.set(p.Program, pairs)
	if err := p.Run(); err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestTranslationGradient compares the gradient along a random direction with finite differences.
func TestTranslationGradient(t *testing.T) {
	eachVariant(t, func(t *testing.T, task *Translation) {
		pairs := task.train[:3]
		s := task.shapeOf(toTrain, pairs, 3)
		program := task.run(t, s, pairs)
		rng := rand.New(rand.NewSource(1))
		along := 0.0
		directions := make(map[string][]float64)
		for _, p := range task.Params().List() {
			d := make([]float64, p.Value().Size())
			g := floats(program.Grad(p.Name()))
			sum := 0.0
			for i := range d {
				d[i] = rng.NormFloat64()
				along += d[i] * g[i]
				sum += math.Abs(g[i])
			}
			if sum == 0 {
				t.Errorf("%s has no gradient", p.Name())
			}
			directions[p.Name()] = d
		}
		const h = 1e-6
		move := func(by float64) {
			for _, p := range task.Params().List() {
				for i, v := range directions[p.Name()] {
					p.Value().Float64s()[i] += by * v
				}
			}
		}
		move(h)
		up := task.run(t, s, pairs).Loss()
		move(-2 * h)
		down := task.run(t, s, pairs).Loss()
		if got := (up - down) / (2 * h); !(math.Abs(got-along) < 1e-6*max(1, math.Abs(along))) {
			t.Errorf("finite differences %v; the gradient says %v", got, along)
		}
	})
}

// TestTranslationPadding wants the same loss and gradients whatever pairs and steps are added that count for nothing.
func TestTranslationPadding(t *testing.T) {
	eachVariant(t, func(t *testing.T, task *Translation) {
		pairs := task.train[:4]
		tight := translateShape{use: toTrain, batch: 4}
		for _, p := range pairs {
			tight.source, tight.target = max(tight.source, len(p.source)), max(tight.target, len(p.target))
		}
		wide := tight
		wide.source, wide.target, wide.batch = tight.source+3, tight.target+2, 6
		want, got := task.run(t, tight, pairs), task.run(t, wide, pairs)
		if d := math.Abs(got.Loss() - want.Loss()); !(d < 1e-12) {
			t.Errorf("loss %v; want %v", got.Loss(), want.Loss())
		}
		for _, p := range task.Params().List() {
			g, w := floats(got.Grad(p.Name())), floats(want.Grad(p.Name()))
			for i := range w {
				if !(math.Abs(g[i]-w[i]) < 1e-10) {
					t.Fatalf("gradient %d of %s is %v; want %v", i, p.Name(), g[i], w[i])
				}
			}
		}
		// Each pair by itself, and all of them: the same likelihood.
		all, tokens, err := task.score(slices.Clone(task.train))
		if err != nil {
			t.Fatal(err)
		}
		sum, n := 0.0, 0
		for _, p := range task.train {
			one, k, err := task.score([]tokenPair{p})
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

// greedy translates by the teacher-forced network: the likeliest token after all those before it, again and again.
func (t *Translation) greedy(tb testing.TB, source []int) (tokens []int, logp float64) {
	for range t.limit(len(source)) {
		pair := tokenPair{source, append(slices.Clone(tokens), text.End)}
		s := translateShape{use: toForce, source: len(source), target: len(pair.target), batch: 1}
		logits := floats(t.run(tb, s, []tokenPair{pair}).outputs[0])
		last := logits[len(logits)-t.target:]
		sum, best := 0.0, text.End
		for id, v := range last {
			sum += math.Exp(v)
			if id > text.End && v > last[best] {
				best = id
			}
		}
		tokens = append(tokens, best)
		logp += last[best] - math.Log(sum)
		if best == text.End {
			break
		}
	}
	return tokens, logp
}

func TestBeamOfOneIsGreedy(t *testing.T) {
	eachVariant(t, func(t *testing.T, task *Translation) {
		var texts []string
		for _, p := range task.data.Test[:5] {
			texts = append(texts, p.Source)
		}
		got, err := task.translate(texts, search{beam: 1})
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range texts {
			tokens, logp := task.greedy(t, task.encodeSource(s))
			if want := task.targetEncoder.Decode(tokens); got[i].Text != want || !(math.Abs(got[i].Score-logp) < 1e-9) {
				t.Errorf("%q is %q with %v; greedily %q with %v", s, got[i].Text, got[i].Score, want, logp)
			}
		}
	})
}

// TestBeamIsExhaustive compares a beam that holds every sequence of up to four letters with the best of them all.
func TestBeamIsExhaustive(t *testing.T) {
	const steps = 4
	for _, penalty := range []float64{0, 1} {
		eachVariant(t, func(t *testing.T, task *Translation) {
			for _, p := range task.data.Test[:3] {
				source := task.encodeSource(p.Source)
				task.lengths = pairLengths{len(source), steps - 10} // so that limit is steps
				best, bestScore := []int(nil), math.Inf(-1)
				for tokens := range sequences(text.End+1, task.target, steps-1) {
					nats, _, err := task.score([]tokenPair{{source, append(slices.Clone(tokens), text.End)}})
					if err != nil {
						t.Fatal(err)
					}
					if score := -nats / math.Pow(float64(len(tokens)+1), penalty); score > bestScore {
						best, bestScore = slices.Clone(tokens), score
					}
				}
				got, err := task.translate([]string{p.Source}, search{beam: 1 + 3 + 9 + 27 + 81, penalty: penalty})
				if err != nil {
					t.Fatal(err)
				}
				if want := task.targetEncoder.Decode(best); got[0].Text != want || !(math.Abs(got[0].Score-bestScore) < 1e-9) {
					t.Errorf("%q is %q with %v; the best of all is %q with %v", p.Source, got[0].Text, got[0].Score, want, bestScore)
				}
			}
		})
	}
}

// sequences returns all sequences of up to so many tokens from the first to below the second.
func sequences(from, to, longest int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var grow func(s []int) bool
		grow = func(s []int) bool {
			if !yield(s) {
				return false
			}
			for id := from; id < to && len(s) < longest; id++ {
				if !grow(append(s, id)) {
					return false
				}
			}
			return true
		}
		grow(nil)
	}
}

func TestBatchedSearch(t *testing.T) {
	eachVariant(t, func(t *testing.T, task *Translation) {
		var texts []string
		for _, p := range task.data.Valid {
			texts = append(texts, p.Source)
		}
		texts = append(texts, "", strings.Repeat("abc", 9))
		for _, opts := range []search{{1, 0}, {3, 1}, {40, 0}} {
			all, err := task.translate(texts, opts)
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range texts {
				one, err := task.translate([]string{s}, opts)
				if err != nil {
					t.Fatal(err)
				}
				if all[i].Text != one[0].Text || !(math.Abs(all[i].Score-one[0].Score) < 1e-9) {
					t.Errorf("beam %d: %q is %q with %v; alone %q with %v", opts.beam, s, all[i].Text, all[i].Score, one[0].Text, one[0].Score)
				}
			}
		}
	})
}

func TestWiderBeamIsNoWorse(t *testing.T) {
	task := gruLetters(t, smallOptions())
	texts, _ := task.sides(task.data.Valid)
	sum := make(map[int]float64)
	for _, beam := range []int{1, 300} {
		found, err := task.translate(texts, search{beam: beam})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			sum[beam] += f.Score
		}
	}
	if sum[300] < sum[1] {
		t.Errorf("a beam of 300 finds %v, greedy search %v", sum[300], sum[1])
	}
}

func TestAttentionWeights(t *testing.T) {
	eachVariant(t, func(t *testing.T, task *Translation) {
		found, err := task.translate([]string{"abcab", "c", ""}, search{beam: 3, penalty: 1})
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
	task, err := NewTranslation(birnn.New(gru.New(graph.Hidden(32))), gru.New(graph.Hidden(32)), letters(4000, 6), graph.NewParams(tensor.Float32), opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), task, train.Epochs(5), train.Batch(32), train.Optimize(&train.Adam{LR: 0.01})); err != nil {
		t.Fatal(err)
	}
	s, err := task.Evaluate(TestPart)
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
	task := gruLetters(t, opts)
	number := 0
	for epoch, truth := range []float64{1, 0.5, 0.25} {
		own, all := 0, 0
		for _, batch := range task.Batches(epoch+1, 10, 1) {
			s, err := task.Step(number, batch)
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
		task := gruLetters(t, opts)
		batches := task.Batches(2, 10, 1)
		for _, n := range numbers {
			s, err := task.Step(n, batches[0])
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
		task := gruLetters(t, opts)
		files := make(map[string][]byte)
		if err := task.Predictor().Save(func(file string, value any) error {
			data, err := json.Marshal(value)
			files[file] = data
			return err
		}); err != nil {
			t.Fatal(err)
		}
		read := func(file string, value any) error { return json.Unmarshal(files[file], value) }
		opened, err := OpenTranslator(task.encoder, task.decoder, task.Params(), task.Options(), read)
		if err != nil {
			t.Fatal(err)
		}
		texts := []string{"abc", "cccab", "x é"}
		want, err := task.Translate(texts...)
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
		on, err := opened.On(task.data)
		if err != nil {
			t.Fatal(err)
		}
		a, err := on.Evaluate(TestPart)
		if err != nil {
			t.Fatal(err)
		}
		b, err := task.Evaluate(TestPart)
		if err != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("the opened one scores %v; want %v (%v)", a, b, err)
		}
		delete(files, targetVocabularyFile)
		if _, err := OpenTranslator(task.encoder, task.decoder, task.Params(), task.Options(), read); err == nil || !strings.Contains(err.Error(), "target.json is damaged") {
			t.Errorf("error %v", err)
		}
		if _, err := OpenTranslator(task.encoder, lstm.New(graph.Hidden(6)), task.Params(), task.Options(), func(file string, value any) error {
			files[targetVocabularyFile] = files[sourceVocabularyFile]
			return read(file, value)
		}); err == nil {
			t.Error("weights of another network are taken")
		}
	}
}

func TestTranslationRefuses(t *testing.T) {
	for _, c := range []struct {
		want             string
		encoder, decoder *graph.Network
		set              func(*TranslateOptions)
	}{
		{"translate: bigru cannot decode: it would read words that are not yet there", nil, birnn.New(gru.New()), nil},
		{"attention: dot compares queries of width 64 with values of width 128; they must be equal, or choose general", birnn.New(gru.New()), nil, func(o *TranslateOptions) { o.Attention = "dot" }},
		{`translate: attention "dto" is not known; choose one of additive, dot, general, scaled`, nil, nil, func(o *TranslateOptions) { o.Attention = "dto" }},
		{`translate: feed "x" is not known; choose one of context, output, none`, nil, nil, func(o *TranslateOptions) { o.Feed = "x" }},
		{"translate: label smoothing is 1; want 0 ≤ smoothing < 1", nil, nil, func(o *TranslateOptions) { o.Smoothing = 1 }},
		{"translate: the length penalty is NaN; want at least 0", nil, nil, func(o *TranslateOptions) { o.Penalty = math.NaN() }},
		{"translate: the beam is -1; want at least 1", nil, nil, func(o *TranslateOptions) { o.Beam = -1 }},
		{`translate: teacher forcing: schedule "linaer": not found`, nil, nil, func(o *TranslateOptions) { o.Teacher = "linaer" }},
		{`translate letters: tokenizer "bpe:x": "x" is no number of merges`, nil, nil, func(o *TranslateOptions) { o.Tokenizer = "bpe:x" }},
		{"translate letters: tokenizer; choose words, treebank, characters, bpe, bytes, bpe:MERGES, bytes:MERGES or a file: open wrods", nil, nil, func(o *TranslateOptions) { o.Tokenizer = "wrods" }},
		{"translate letters: every pair has a side of more than 1 tokens; raise that limit", nil, nil, func(o *TranslateOptions) { o.MaxTokens = 1 }},
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
		_, err := NewTranslation(c.encoder, c.decoder, letters(20, 3), graph.NewParams(tensor.Float32), opts)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
	task := gruLetters(t, smallOptions())
	if _, err := task.Evaluate("tset"); err == nil || err.Error() != `split "tset" not found; want train, valid or test` {
		t.Errorf("error %v", err)
	}
	task.data.Test = nil
	if _, err := task.Evaluate(TestPart); err == nil || err.Error() != "translate letters: the test part has no pairs" {
		t.Errorf("error %v", err)
	}
	if _, err := task.On(datasets.Airline()); err == nil || err.Error() != "translate airline: the dataset has no pairs of texts" {
		t.Errorf("error %v", err)
	}
	for _, p := range task.Params().List() {
		p.Value().Memset(math.NaN())
	}
	if _, err := task.translate([]string{"a"}, search{beam: 1}); err == nil || !strings.Contains(err.Error(), "the weights are damaged") {
		t.Errorf("error %v", err)
	}
}

func TestTranslationLimits(t *testing.T) {
	opts := smallOptions()
	opts.MaxTokens = 5
	task := gruLetters(t, opts)
	n, valid, test := task.Examples()
	short := 0
	for _, p := range task.data.Train {
		if len(p.Source) < 5 {
			short++
		}
	}
	if n != short || n == 30 || valid != 15 || test != 15 {
		t.Errorf("%d, %d and %d examples; want %d, 15 and 15", n, valid, test, short)
	}
	task.Limit(7)
	if n, _, _ := task.Examples(); n != 7 {
		t.Errorf("%d examples; want 7", n)
	}
	seen := make(map[int]bool)
	for _, batch := range task.Batches(1, 3, 1) {
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
		task, err := NewTranslation(gru.New(), gru.New(), data, graph.NewParams(tensor.Float32), opts)
		if err != nil {
			t.Fatal(err)
		}
		if has := task.sourceEncoder.Vocabulary.Has("A"); has != cased {
			t.Errorf("cased %v: the vocabulary has A: %v", cased, has)
		}
		if _, references := task.sides([]datasets.Pair{{Target: "ÄB"}}); references[0] != map[bool]string{false: "äb", true: "ÄB"}[cased] {
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
	task, err := NewTranslation(gru.New(), gru.New(), data, graph.NewParams(tensor.Float32), opts)
	if err != nil {
		t.Fatal(err)
	}
	b, err := task.Baselines(TestPart)
	if err != nil {
		t.Fatal(err)
	}
	if got := b["words"]["exact"]; got != 1 {
		t.Errorf("word by word %v", b["words"])
	}
	if got := b["copy"]["bleu"]; !(got > 0 && got < 50) || b["copy"]["exact"] != 0 {
		t.Errorf("copied %v", b["copy"])
	}
}

func TestAttentionNamesAreScores(t *testing.T) {
	if got := attention.Scores(); !slices.Equal(got, []string{"additive", "dot", "general", "scaled"}) {
		t.Errorf("scores %q", got)
	}
}
