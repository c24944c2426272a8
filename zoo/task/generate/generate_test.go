package generate

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/seq2seq"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// networkOf returns the network of a name.
func networkOf(name string, opts ...graph.NetworkOption) *graph.Network {
	return map[string]func(...graph.NetworkOption) *graph.Network{"rnn": rnn.New, "lstm": lstm.New, "gru": gru.New}[name](opts...)
}

// inMemoryPart returns tokens as a part of running text.
func inMemoryPart(t *testing.T, ids []int32, vocabulary int) *part {
	t.Helper()
	w := newTokenWriter(vocabulary)
	if err := w.add(ids); err != nil {
		t.Fatal(err)
	}
	tokens, err := w.finish()
	if err != nil {
		t.Fatal(err)
	}
	return &part{tokens: tokens}
}

// near compares numbers to a tolerance.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements; want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) < tolerance) {
			t.Errorf("element %d of %s is %v; want %v", i, what, got[i], want[i])
			return
		}
	}
}

// TestGoldens trains over windows that hand their states on as PyTorch does: the losses of all, and the gradients of all weights
// in the last.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.safetensors"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d goldens, %v; want at least 5", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".safetensors"), func(t *testing.T) {
			f, err := safetensors.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			checkGolden(t, f)
		})
	}
}

func checkGolden(t *testing.T, f *safetensors.File) {
	numbers := func(name string) []float64 {
		x, err := f.Tensors[name].Float64s()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return x
	}
	number := func(name string) float64 {
		x, err := strconv.ParseFloat(f.Metadata[name], 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	params := graph.NewParams(tensor.Float64)
	weights := &safetensors.File{Tensors: make(map[string]safetensors.Tensor)}
	for name, x := range f.Tensors {
		if name, ok := strings.CutPrefix(name, "param."); ok {
			weights.Tensors[name] = x
		}
	}
	if err := params.Restore(weights); err != nil {
		t.Fatal(err)
	}
	encoder := &text.Encoder{Tokenizer: text.Fields{}, Vocabulary: text.NewVocabulary(strings.Fields("a b c d e"))}
	w, err := NewWriter(networkOf(f.Metadata["model"], graph.Hidden(4), graph.Layers(int(number("layers")))), params, encoder, false, nil,
		Options{Embedding: 3, Window: 5, Tied: f.Metadata["tied"] == "true", Activation: number("activation"), Temporal: number("temporal")})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := f.Tensors["tokens"].Int64s()
	if err != nil {
		t.Fatal(err)
	}
	var ids []int32
	for _, id := range tokens {
		ids = append(ids, int32(id))
	}
	g := newGeneration(w, &source{name: "golden"})
	g.parts[task.TrainPart] = inMemoryPart(t, ids, 9)
	g.Limit(0)
	var losses []float64
	var last *graph.Program
	for i, batch := range g.Batches(1, 2, 1) {
		step, err := g.Step(i, batch)
		if err == nil {
			err = step.Program.Run()
		}
		if err != nil {
			t.Fatal(err)
		}
		if step.Tokens != 10 || last != nil && step.Program != last {
			t.Errorf("batch %d has %d tokens and the program %p; want 10 and %p", i, step.Tokens, step.Program, last)
		}
		losses, last = append(losses, step.Program.Loss()), step.Program
	}
	near(t, "losses", losses, numbers("losses"), 1e-12)
	for _, p := range params.List() {
		near(t, p.Name(), program.Floats(last.Grad(p.Name())), numbers("grad."+p.Name()), 1e-12)
	}
}

// carried makes a task in float64 on running text of characters.
func carried(t *testing.T, window int, opts ...graph.NetworkOption) *Generation {
	t.Helper()
	d := corpus(false)
	d.Train = datasets.NewPassage(rows(40, 0)) // longer than a window of which not all states are kept
	g, err := New(lstm.New(append([]graph.NetworkOption{graph.Hidden(5), graph.Layers(2)}, opts...)...), d, graph.NewParams(tensor.Float64, graph.InitSeed(3)),
		Options{Window: window, Embedding: 4, Cased: true})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestWindowsAreOneSequence reads a text in windows and as one sequence: the mean loss is the same to 1e-10, and so are the
// gradients of the weights behind the network, which flow through no time step and are not truncated.
func TestWindowsAreOneSequence(t *testing.T) {
	run := func(window int) (loss float64, grads map[string][]float64) {
		g := carried(t, window)
		grads, tokens := make(map[string][]float64), 0.0
		for i, batch := range g.Batches(1, 1, 1) {
			step, err := g.Step(i, batch)
			if err == nil {
				err = step.Program.Run()
			}
			if err != nil {
				t.Fatal(err)
			}
			tokens += step.Weight
			loss += step.Weight * step.Program.Loss()
			for _, name := range []string{"output.weight", "output.bias"} {
				x := program.Floats(step.Program.Grad(name))
				if grads[name] == nil {
					grads[name] = make([]float64, len(x))
				}
				for k, v := range x {
					grads[name][k] += step.Weight * v
				}
			}
		}
		if n := float64(g.train.n); tokens != n {
			t.Errorf("windows of %d tell %v tokens of %v", window, tokens, n)
		}
		for _, x := range grads {
			for k := range x {
				x[k] /= tokens
			}
		}
		return loss / tokens, grads
	}
	whole := int(carried(t, 64).train.n)
	if whole <= longWindow {
		t.Fatalf("%d tokens are no long window", whole)
	}
	loss, grads := run(whole)
	for _, window := range []int{1, 7, 64} {
		got, some := run(window)
		near(t, fmt.Sprintf("the loss in windows of %d", window), []float64{got}, []float64{loss}, 1e-10)
		for name := range grads {
			near(t, fmt.Sprintf("%s in windows of %d", name, window), some[name], grads[name], 1e-10)
		}
	}
}

// TestStreams reads streams side by side: each row goes on where it was, and each stream is told as if it were alone.
func TestStreams(t *testing.T) {
	for _, size := range []int{2, 3, 7} {
		g := carried(t, 6)
		told := 0
		for i, batch := range g.Batches(1, size, 1) {
			step, err := g.Step(i, batch)
			if err != nil {
				t.Fatal(err)
			}
			target := step.Program.Input("softmax.targets").Ints()
			for row, e := range batch {
				if i > 0 && e != g.at[row] || g.at[row]%g.stride != i {
					t.Errorf("in batches of %d row %d of batch %d is window %d", size, row, i, e)
				}
				ids := make([]int32, 6)
				n := min(6, int(g.train.n)-6*e)
				if err := g.train.read(ids[:n], int64(6*e)); err != nil {
					t.Fatal(err)
				}
				for k := range 6 {
					want := ignored
					if k < n {
						want = int(ids[k])
						told++
					}
					if got := target[k*g.batch+row]; got != want {
						t.Fatalf("in batches of %d target %d of window %d is %d; want %d", size, k, e, got, want)
					}
				}
			}
			if err := step.Program.Run(); err != nil {
				t.Fatal(err)
			}
		}
		if told != int(g.train.n) {
			t.Errorf("in batches of %d %d of %d tokens are told", size, told, g.train.n)
		}
	}
}

// TestRandomWindows has windows begin and end elsewhere in each epoch, and the streams of an epoch tell each token once but for
// those before the first window.
func TestRandomWindows(t *testing.T) {
	g := carried(t, 16)
	g.opts.RandomWindows = true
	lengths, starts := make(map[int64]bool), make(map[int64]bool)
	for epoch := range 12 {
		batches := g.Batches(epoch+1, 3, 5)
		next := int64(-1)
		for e := range g.n {
			s, begins := g.stretch(e)
			if begins != (e%g.stride == 0) {
				t.Errorf("window %d begins a row: %v", e, begins)
			}
			if next >= 0 && s.from != next || s.length() < 0 || s.length() > 2*16 {
				t.Fatalf("epoch %d: window %d is %d to %d; the one before ends at %d", epoch, e, s.from, s.to, next)
			}
			if e == 0 {
				starts[s.from] = true
			}
			next = s.to
			lengths[s.length()] = true
		}
		if next != g.train.n || len(batches) != g.stride {
			t.Errorf("epoch %d ends at %d of %d", epoch, next, g.train.n)
		}
		again := g.shift
		if g.Batches(epoch+1, 3, 5); g.shift != again {
			t.Error("the windows of an epoch are not always the same")
		}
	}
	if len(lengths) < 8 || len(starts) < 3 {
		t.Errorf("windows of %d lengths begin at %d places", len(lengths), len(starts))
	}
}

// TestEvaluationIsTheText tells every token of a part once: one stream as the sum over its steps one by one.
func TestEvaluationIsTheText(t *testing.T) {
	for name, d := range map[string]datasets.Dataset{"running": corpus(false), "lines": corpus(true), "classes": labelled()} {
		for _, tokenizer := range []string{"characters", "words", "bytes:5"} {
			g, err := New(gru.New(graph.Hidden(5)), d, graph.NewParams(tensor.Float64, graph.InitSeed(3)), Options{Tokenizer: tokenizer, Window: 9, Embedding: 4})
			if err != nil {
				t.Fatal(err)
			}
			scores, err := g.Evaluate(t.Context(), task.TestPart)
			if err != nil {
				t.Fatal(err)
			}
			p := g.parts[task.TestPart]
			sum := 0.0
			for _, s := range p.sequences() {
				l := program.NewLane[shape]()
				r, err := g.reader(l, s.label)
				if err != nil {
					t.Fatal(err)
				}
				ids := make([]int32, s.length())
				if err := p.read(ids, s.from); err != nil {
					t.Fatal(err)
				}
				before := g.firstToken()
				for _, id := range ids {
					next, err := r.next(before)
					if err != nil {
						t.Fatal(err)
					}
					sum -= float64(next[id])
					before = id
				}
			}
			if got, want := scores.Metrics[lossName], sum/float64(p.n); math.Abs(got-want) > 1e-5 {
				t.Errorf("%s, %s: the loss is %v; token by token %v", name, tokenizer, got, want)
			}
			var all strings.Builder
			if err := g.source.each(t.Context(), "test", func(s string, _ int) error {
				all.WriteString(s)
				if g.ends {
					all.WriteByte('\n')
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			characters := utf8.RuneCountInString(all.String())
			words := len(strings.Fields(all.String())) + strings.Count(all.String(), "\n")
			if math.Abs(scores.Metrics[natsName]*float64(characters)-sum) > 1e-3 || math.Abs(math.Log(scores.Metrics[wordPerplexityName])*float64(words)-sum) > 1e-3 {
				t.Errorf("%s, %s: %v over %d characters and %d words; want a sum of %v", name, tokenizer, scores.Metrics, characters, words, sum)
			}
		}
	}
}

// learnt returns a writer that knows its text.
func learnt(t *testing.T, d datasets.Dataset, network *graph.Network, o Options) *Writer {
	t.Helper()
	g, err := New(network, d, graph.NewParams(tensor.Float32, graph.InitSeed(1)), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), g, train.Epochs(60), train.Batch(4), train.Optimize(&train.Adam{LR: 0.02})); err != nil {
		t.Fatal(err)
	}
	return g.Writer
}

// TestWrite writes: greedily what Next says is the likeliest, with a seed always the same, piece by piece what it returns.
func TestWrite(t *testing.T) {
	for name, tokenizer := range map[string]string{"characters": "characters", "words": "words", "bytes": "bytes:10"} {
		w := learnt(t, corpus(false), lstm.New(graph.Hidden(16)), Options{Tokenizer: tokenizer, Window: 16, Embedding: 8})
		greedy := Writing{Tokens: 12}
		got, err := w.Write(t.Context(), "one two", greedy)
		if err != nil {
			t.Fatal(err)
		}
		want, known := "", "one two"
		for range 12 {
			next, err := w.Next(t.Context(), known, 1, "")
			if err != nil {
				t.Fatal(err)
			}
			token := next[0].Token
			if tokenizer == "words" && token != "\n" && !strings.HasSuffix(known, "\n") {
				token = " " + token
			}
			want, known = want+token, known+token
		}
		if tokenizer != "bytes:10" && got != want { // whose tokens may be cut otherwise with what follows
			t.Errorf("%s: greedily it writes %q; want %q", name, got, want)
		}
		pieces := ""
		o := DefaultWriting()
		o.Each = func(piece string) error { pieces += piece; return nil }
		one, err := w.Write(t.Context(), "one", o)
		if err != nil || one != pieces || one == "" {
			t.Errorf("%s: %q in pieces is %q, %v", name, one, pieces, err)
		}
		again, err := w.Write(t.Context(), "one", o)
		if err != nil || again != one {
			t.Errorf("%s: by the same seed it writes %q and %q, %v", name, one, again, err)
		}
		o.Seed = 2
		if other, err := w.Write(t.Context(), "one", o); err != nil || other == one {
			t.Errorf("%s: by another seed it writes the same, %v", name, err)
		}
		full := errors.New("the disk is full")
		o.Each = func(string) error { return full }
		if _, err := w.Write(t.Context(), "one", o); !errors.Is(err, full) {
			t.Errorf("%s: error %v; want that of who reads along", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		o = Writing{Tokens: 1000, Each: func(string) error { cancel(); return nil }}
		if some, err := w.Write(ctx, "one", o); !errors.Is(err, context.Canceled) || some == "" {
			t.Errorf("%s: cancelled it has written %q, %v", name, some, err)
		}
		if s, err := w.Write(t.Context(), "", Writing{}); s != "" || err != nil {
			t.Errorf("%s: no token is %q, %v", name, s, err)
		}
	}
}

// TestStream shows what is written while it is, the prompt first, and nothing of a prompt that is refused.
func TestStream(t *testing.T) {
	w := learnt(t, corpus(false), lstm.New(graph.Hidden(8)), Options{Window: 16, Embedding: 8})
	ask := func(prompt string) (shown, left string, err error) {
		q := newQuery(w)
		q.samples, q.Tokens = 2, 9
		q.Stream(func(piece string) error { shown += piece; return nil })
		err = q.Run(t.Context(), []string{prompt}, nil, func(p task.Prediction) error {
			shown += p.Text()
			left += p.Text()
			return nil
		})
		return shown, left, err
	}
	q, want := newQuery(w), ""
	q.samples, q.Tokens = 2, 9
	if err := q.Run(t.Context(), []string{"one"}, nil, func(p task.Prediction) error { want += p.Text(); return nil }); err != nil {
		t.Fatal(err)
	}
	if shown, left, err := ask("one"); err != nil || shown != want || left != "\n\n" || strings.Count(shown, "one") < 2 {
		t.Errorf("it shows %q, of which %q in the end, %v; want %q", shown, left, err, want)
	}
	if shown, _, err := ask("é"); err == nil || shown != "" {
		t.Errorf("a prompt that is refused shows %q, %v", shown, err)
	}
}

// TestBehind gives what is new of a text, and loses nothing where the tokenizer has joined words anew.
func TestBehind(t *testing.T) {
	for _, c := range [][3]string{{"one two", "one", " two"}, {"one", "", "one"}, {"one", "one", ""}, {"don't", "do n", "n't"}, {"aß", "aé", "ß"}, {"", "a", ""}} {
		if got := behind(c[0], c[1]); got != c[2] {
			t.Errorf("behind %q %q has %q; want %q", c[1], c[0], got, c[2])
		}
	}
}

// TestStop ends a text before what is to end it, however that is cut into tokens.
func TestStop(t *testing.T) {
	w := learnt(t, corpus(false), lstm.New(graph.Hidden(16)), Options{Window: 16, Embedding: 8})
	o := Writing{Tokens: 60, Seed: 4, Sampling: seq2seq.Sampling{Temperature: 1}}
	whole, err := w.Write(t.Context(), "one", o)
	if err != nil || strings.Count(whole, "\n") < 2 {
		t.Fatalf("%q, %v", whole, err)
	}
	for _, stop := range []string{`\n`, "\n", whole[3:6], whole[20:21], "never", whole} {
		want, _, _ := strings.Cut(whole, strings.ReplaceAll(stop, `\n`, "\n"))
		pieces := ""
		o.Stop, o.Each = stop, func(s string) error { pieces += s; return nil }
		got, err := w.Write(t.Context(), "one", o)
		if err != nil || got != want || pieces != want {
			t.Errorf("up to %q it is %q, in pieces %q, %v; want %q", stop, got, pieces, err, want)
		}
	}
}

// TestClasses writes texts of the class that is asked for, and names the classes where none or another is.
func TestClasses(t *testing.T) {
	w := learnt(t, labelled(), gru.New(graph.Hidden(16)), Options{Tokenizer: "fields", Window: 8, Embedding: 8})
	for label, want := range map[string]string{"one": "a b c", "two": "a c e"} {
		if got, err := w.Write(t.Context(), "a", Writing{Tokens: 10, Label: label}); err != nil || "a"+got != want {
			t.Errorf("%s: a goes on %q, %v; want %q", label, got, err, want)
		}
		one, err := w.Score(t.Context(), want, label)
		if err != nil {
			t.Fatal(err)
		}
		other, err := w.Score(t.Context(), want, map[string]string{"one": "two", "two": "one"}[label])
		if err != nil || other.LogProbability >= one.LogProbability || one.Tokens != 4 {
			t.Errorf("%q is as likely of another class: %+v, %+v, %v", want, one, other, err)
		}
	}
	for label, want := range map[string]string{"": "one of one, two", "tow": "did you mean two?", "three and more": "choose one of one, two"} {
		if _, err := w.Write(t.Context(), "a", Writing{Label: label}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("label %q: error %v; want %q", label, err, want)
		}
	}
}

// TestPrompt refuses what the network has never read where that means nothing.
func TestPrompt(t *testing.T) {
	w := learnt(t, corpus(false), lstm.New(graph.Hidden(4)), Options{Window: 16, Embedding: 4, Cased: true})
	for _, c := range []struct{ prompt, want string }{{"oné Z", `has "é", "Z", which the training text has not`}, {"a\xff", "not UTF-8"}} {
		if _, err := w.Write(t.Context(), c.prompt, Writing{Tokens: 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v; want %q", c.prompt, err, c.want)
		}
		if _, err := w.Next(t.Context(), c.prompt, 1, ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("next of %q: error %v; want %q", c.prompt, err, c.want)
		}
	}
	if s, err := w.Score(t.Context(), "onZ", ""); err != nil || s.Unknown != 1 || s.Tokens != 3 {
		t.Errorf("a character that is not known is scored %+v, %v", s, err)
	}
	if _, err := w.Score(t.Context(), "", ""); err == nil {
		t.Error("nothing has a score")
	}
	words := learnt(t, corpus(false), lstm.New(graph.Hidden(4)), Options{Tokenizer: "words", Window: 16, Embedding: 4})
	if _, err := words.Write(t.Context(), "one unheard", Writing{Tokens: 1}); err != nil {
		t.Errorf("a rare word is refused: %v", err)
	}
	for name, o := range map[string]Writing{"temperature": {Sampling: seq2seq.Sampling{Temperature: -1}}, "tokens": {Tokens: -1}, "top-p": {Sampling: seq2seq.Sampling{TopP: 2}}} {
		if _, err := w.Write(t.Context(), "one", o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: error %v; want one that names %s", o, err, name)
		}
	}
}

// TestFillIn names a hidden word from both sides: where those before it alone would not do.
func TestFillIn(t *testing.T) {
	s := strings.Repeat("see the cat purr\nsee the dog bark\n", 30)
	d := &datasets.Corpus{Meta: datasets.Info{Name: "animals"}, Train: datasets.NewPassage(s), Valid: datasets.NewPassage(s), Test: datasets.NewPassage(s)}
	network := birnn.New(gru.New(graph.Hidden(16)))
	w := learnt(t, d, network, Options{Tokenizer: "words", Window: 10, Embedding: 8, FillIn: true})
	for text, want := range map[string]string{"see the ___ purr": "cat", "see the ___ bark": "dog", "see ___ cat purr": "the"} {
		found, err := w.FillIn(t.Context(), text, 2, "")
		if err != nil || len(found) != 1 || found[0][0].Token != want || found[0][0].Probability < 0.6 {
			t.Errorf("%q: %v, %v; want %s", text, found, err, want)
		}
	}
	if found, err := w.FillIn(t.Context(), "see ___ ___ purr", 1, ""); err != nil || len(found) != 2 {
		t.Errorf("two gaps have %v, %v", found, err)
	}
	if _, err := w.FillIn(t.Context(), "see the cat", 1, ""); err == nil || !strings.Contains(err.Error(), "no gap") {
		t.Errorf("error %v of a text without a gap", err)
	}
	for _, err := range []error{
		func() error { _, err := w.Write(t.Context(), "see", Writing{}); return err }(),
		func() error { _, err := w.Next(t.Context(), "see", 1, ""); return err }(),
		func() error { _, err := w.Score(t.Context(), "see", ""); return err }(),
	} {
		if err == nil || !strings.Contains(err.Error(), "from both sides") {
			t.Errorf("error %v", err)
		}
	}
	// Which directions can do what is said before anything is read.
	for _, c := range []struct {
		network *graph.Network
		fillIn  bool
		want    string
	}{{network, false, "would read the words after"}, {gru.New(), true, "takes birnn, bilstm or bigru"}} {
		if _, err := New(c.network, d, graph.NewParams(tensor.Float32), Options{FillIn: c.fillIn}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
		if err := (Kind{}).Check(task.Setting{Network: c.network, Options: &Options{FillIn: c.fillIn}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
	if _, err := learnt(t, d, gru.New(graph.Hidden(4)), Options{Window: 8, Embedding: 4}).FillIn(t.Context(), "___", 1, ""); err == nil || !strings.Contains(err.Error(), "both directions") {
		t.Errorf("error %v", err)
	}
}

// TestTokensInFile keeps many tokens in a file, which nobody sees, and reads what was written.
func TestTokensInFile(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, vocabulary := range []int{200, 60_000, 100_000} {
		w := newTokenWriter(vocabulary)
		w.most = 1000
		var want []int32
		for i := range 5000 {
			some := []int32{int32(i * 7919 % vocabulary), int32(vocabulary - 1)}
			want = append(want, some...)
			if err := w.add(some); err != nil {
				t.Fatal(err)
			}
		}
		tokens, err := w.finish()
		if err != nil || tokens.file == nil || tokens.n != int64(len(want)) {
			t.Fatalf("%+v, %v", tokens, err)
		}
		got := make([]int32, len(want))
		if err := tokens.read(got, 0); err != nil || !slices.Equal(got, want) {
			t.Errorf("of %d other tokens are read, %v", vocabulary, err)
		}
		if err := tokens.read(got[:10], 777); err != nil || !slices.Equal(got[:10], want[777:787]) {
			t.Errorf("from 777 on %v is read, %v", got[:10], err)
		}
		if err := tokens.read(got[:10], int64(len(want))-5); err == nil {
			t.Error("tokens behind the end are read")
		}
	}
}

// TestBlocks cuts running text into blocks that join to all of it, behind lines, words or characters.
func TestBlocks(t *testing.T) {
	for name, s := range map[string]string{
		"lines":      strings.Repeat("some words on a line\n", 120_000),
		"words":      strings.Repeat("word ", 500_000),
		"characters": strings.Repeat("ä字", 600_000),
		"short":      "a",
		"bytes":      strings.Repeat("\x80", 3<<20),
	} {
		var b strings.Builder
		blocks := 0
		if err := eachBlock(t.Context(), strings.NewReader(s), func(block string) error {
			if utf8.ValidString(s) && !utf8.ValidString(block) {
				t.Errorf("%s: a block ends within a character", name)
			}
			blocks++
			b.WriteString(block)
			return nil
		}); err != nil || b.String() != s {
			t.Errorf("%s: %d bytes of %d, %v", name, b.Len(), len(s), err)
		}
		if want := len(s) / blockSize; blocks < want {
			t.Errorf("%s: %d blocks", name, blocks)
		}
	}
	long := strings.NewReader("short\n\n  \n" + strings.Repeat("x", mostLine+2) + "\n")
	lines := 0
	if err := eachLine(t.Context(), long, func(string) error { lines++; return nil }); err == nil || lines != 1 || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("%d lines, error %v", lines, err)
	}
}
