package classify

import (
	"fmt"
	"maps"
	"math"
	"math/rand"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// networkOf returns the network of a name.
func networkOf(name string, opts ...graph.NetworkOption) *graph.Network {
	if one, both := strings.CutPrefix(name, "bi"); both {
		return birnn.New(networkOf(one, opts...))
	}
	return map[string]func(...graph.NetworkOption) *graph.Network{"rnn": rnn.New, "lstm": lstm.New, "gru": gru.New}[name](opts...)
}

// TestClassifyGoldens runs the whole task, from tokens to the gradients of all weights, against PyTorch's packed
// sequences: the batch as it is, and padded by more steps and more texts.
func TestClassifyGoldens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.safetensors"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%d goldens, %v; want at least 6", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".safetensors"), func(t *testing.T) {
			f, err := safetensors.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, padding := range []struct{ steps, batch int }{{6, 4}, {11, 7}} {
				checkClassifyGolden(t, f, padding.steps, padding.batch)
			}
		})
	}
}

func checkClassifyGolden(t *testing.T, f *safetensors.File, steps, batch int) {
	t.Helper()
	numbers := func(name string) []float64 {
		x, err := f.Tensors[name].Float64s()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return x
	}
	integers := func(name string) []int64 {
		x, err := f.Tensors[name].Int64s()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
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
	layers, _ := strconv.Atoi(f.Metadata["layers"])
	encoder := &text.Encoder{Tokenizer: text.Words{}, Vocabulary: text.NewVocabulary(strings.Fields("a b c d e"))}
	c, err := NewClassifier(networkOf(f.Metadata["model"], graph.Hidden(4), graph.Layers(layers)), params, encoder, []string{"x", "y", "z"},
		Options{Embedding: 3, Pooling: f.Metadata["pooling"]})
	if err != nil {
		t.Fatal(err)
	}
	data := &datasets.Labelled{Classes: c.classes}
	if c.weights, err = classWeights(data, f.Metadata["class_weights"]); err != nil {
		t.Fatal(err)
	}
	learnt := newClassification(c, data)
	all, tokens, target := new(encodedPart), integers("tokens"), integers("target")
	for b, n := range integers("lengths") {
		ids := make([]int32, n)
		for i := range ids {
			ids[i] = int32(tokens[i*len(target)+b])
		}
		all.tokens, all.labels = append(all.tokens, ids), append(all.labels, int(target[b]))
	}
	learnt.parts[task.TrainPart] = all
	learnt.Limit(0)
	learnt.bounds, learnt.batch = []int{steps}, batch
	step, err := learnt.Step(0, []int{0, 1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	p := step.Program
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if want := 6 + 1 + 4 + 5; step.Tokens != want {
		t.Errorf("%d tokens; want %d", step.Tokens, want)
	}
	near := func(what string, got, want []float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s has %d elements; want %d", what, len(got), len(want))
		}
		for i := range want {
			if !(math.Abs(got[i]-want[i]) < 1e-12) {
				t.Errorf("%d steps of %d: element %d of %s is %v; PyTorch has %v", steps, batch, i, what, got[i], want[i])
			}
		}
	}
	near("the loss", []float64{p.Loss()}, numbers("loss"))
	for name := range weights.Tensors {
		near("the gradient of "+name, program.Floats(p.Grad(name)), numbers("grad."+name))
	}
	logits, err := c.logits(t.Context(), learnt.lane, all.tokens, learnt.bounds)
	if err != nil {
		t.Fatal(err)
	}
	near("the logits", slices.Concat(logits...), numbers("logits"))
}

// labelled makes texts of words w0, w1, …, of very different lengths, whose class is that of their first word.
func labelled(n int) *datasets.Labelled {
	rng := rand.New(rand.NewSource(4))
	make := func(n int) []datasets.Example {
		var all []datasets.Example
		for range n {
			first := rng.Intn(12)
			words := []string{fmt.Sprint("w", first)}
			for range rng.Intn(30) {
				words = append(words, fmt.Sprint("x", rng.Intn(40)))
			}
			all = append(all, datasets.Example{Text: strings.Join(words, " "), Label: first % 3})
		}
		return all
	}
	return &datasets.Labelled{Meta: datasets.Info{Name: "made", Task: "classify"}, Classes: []string{"zero", "one", "two"},
		Train: make(n), Valid: make(n / 4), Test: make(n / 2)}
}

func small() *graph.Network { return rnn.New(graph.Hidden(3)) }

func newTask(t *testing.T, network *graph.Network, data *datasets.Labelled, opts Options) *Classification {
	t.Helper()
	c, err := New(network, data, graph.NewParams(tensor.Float32, graph.InitSeed(1)), opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestClassifyPadding compares texts that are read one by one, in programs of just their length, with the same in
// batches of all lengths.
func TestClassifyPadding(t *testing.T) {
	for _, model := range []string{"rnn", "lstm", "gru", "bilstm"} {
		for _, pool := range pooling.Names() {
			c := newTask(t, networkOf(model, graph.Hidden(8), graph.Layers(2)), labelled(60), Options{Pooling: pool, Embedding: 5})
			all, err := c.part(task.TrainPart)
			if err != nil {
				t.Fatal(err)
			}
			together, err := c.logits(t.Context(), c.lane, all.tokens, c.bounds)
			if err != nil {
				t.Fatal(err)
			}
			for i, ids := range all.tokens {
				alone, err := c.logits(t.Context(), c.lane, [][]int32{ids}, []int{len(ids)})
				if err != nil {
					t.Fatal(err)
				}
				for k, x := range alone[0] {
					if !(math.Abs(x-together[i][k]) < 1e-6) {
						t.Fatalf("%s, %s: text %d of %d words has the logits %v alone and %v in a batch", model, pool, i, len(ids), alone[0], together[i])
					}
				}
			}
		}
	}
}

// TestClassifyBuckets checks that an epoch is each example once, whatever the batches, and that a smaller last batch
// counts as what it holds.
func TestClassifyBuckets(t *testing.T) {
	c := newTask(t, small(), labelled(70), Options{})
	batches := c.Batches(1, 16, 1)
	var seen []int
	sizes := make(map[int]int)
	for _, b := range batches {
		seen = append(seen, b...)
		sizes[len(b)]++
		step, err := c.Step(0, b)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, e := range b {
			want += c.lengths[e]
		}
		if step.Tokens != want {
			t.Errorf("%d tokens; want %d", step.Tokens, want)
		}
	}
	slices.Sort(seen)
	if len(seen) != 70 || !slices.Equal(slices.Compact(seen), seen) || sizes[16] != 4 || sizes[6] != 1 {
		t.Errorf("batches of the sizes %v with the examples %v", sizes, seen)
	}
	again := c.Batches(1, 16, 1)
	if other := c.Batches(1, 16, 2); !reflect.DeepEqual(batches, again) || reflect.DeepEqual(batches, other) {
		t.Error("the batches do not follow the seed")
	}
	if one := c.Batches(1, 0, 1); len(one) != 1 || len(one[0]) != 70 {
		t.Errorf("batch 0 gives %d batches; want one of all", len(one))
	}
	c.Limit(10)
	if n, valid, test := c.Examples(); n != 10 || valid != 17 || test != 35 {
		t.Errorf("limited: %d, %d and %d examples", n, valid, test)
	}
	if batches := c.Batches(1, 16, 1); len(batches) != 1 || slices.Max(batches[0]) > 9 {
		t.Errorf("limited: the batches are %v", batches)
	}
}

func TestClassifyLearns(t *testing.T) {
	for _, model := range []string{"lstm", "bigru"} {
		c := newTask(t, networkOf(model, graph.Hidden(16)), labelled(600), Options{Embedding: 16, WordDropout: 0.05, EmbeddingDropout: 0.1, OutputDropout: 0.1})
		if _, err := train.Run(t.Context(), c, train.Epochs(12), train.Maximize("accuracy"), train.Optimize(&train.Adam{LR: 0.01})); err != nil {
			t.Fatal(err)
		}
		s, err := c.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		if names := slices.Sorted(maps.Keys(s.Metrics)); !slices.Equal(names, []string{"accuracy", "f1", "loss"}) {
			t.Errorf("metrics %v", names)
		}
		if !(s.Metrics["accuracy"] > 0.95) || math.Abs(s.Metrics["accuracy"]-confusionOf(t, s).Accuracy()) > 1e-12 {
			t.Errorf("%s: metrics %v", model, s.Metrics)
		}
		rivals, err := c.Baselines(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		accuracies := make(map[string]float64)
		for _, r := range rivals {
			accuracies[r.Name] = r.Metrics["accuracy"]
		}
		if bag := accuracies["bag-of-words"]; !(bag > 0.9) { // the first words occur nowhere else
			t.Errorf("the bag of words has the accuracy %v", bag)
		}
		if most := accuracies["majority"]; !(most > 0.2 && most < 0.5) {
			t.Errorf("the majority has the accuracy %v", most)
		}
		for _, wrong := range []string{"", " \n", "w\xff"} {
			if _, err := c.Classify("w4", wrong); err == nil || !strings.Contains(err.Error(), "text 2") {
				t.Errorf("%q is classified: %v", wrong, err)
			}
		}
		classes, err := c.Classify("w4 x1 x2", "w3")
		if err != nil {
			t.Fatal(err)
		}
		if classes[0].Label != "one" || classes[1].Label != "zero" || len(classes) != 2 {
			t.Errorf("classes %+v", classes)
		}
		for _, c := range classes {
			if sum := c.Probabilities[0] + c.Probabilities[1] + c.Probabilities[2]; math.Abs(sum-1) > 1e-12 || len(c.Probabilities) != 3 {
				t.Errorf("probabilities %v", c.Probabilities)
			}
		}
	}
}

// confusionOf returns the confusion matrix of scores.
func confusionOf(t *testing.T, s task.Scores) *metric.Confusion {
	t.Helper()
	for _, e := range s.Exhibits {
		if c, ok := e.Data.(*metric.Confusion); ok && e.Name == "confusion" {
			return c
		}
	}
	t.Fatalf("the exhibits %+v have no confusion matrix", s.Exhibits)
	return nil
}

func TestClassifyTruncates(t *testing.T) {
	c := newTask(t, small(), labelled(40), Options{MaxTokens: 3, WordDropout: 0.5})
	ids := c.encode("x1 x2 w1 x3 x4")
	if got := c.last(ids); !slices.Equal(got, ids[2:]) || slices.Max(c.lengths) != 3 {
		t.Errorf("%v of %v is read", got, ids)
	}
	a, b := c.logitsOf(t, "x9 x9 w1 x3 x4"), c.logitsOf(t, "w1 x3 x4")
	if !slices.Equal(a, b) {
		t.Errorf("what is cut off changes the logits: %v and %v", a, b)
	}
	if none := c.encode("  "); !slices.Equal(none, []int32{text.Unknown}) {
		t.Errorf("an empty text is %v", none)
	}
	// Word dropout differs from epoch to epoch, and follows the seed.
	drop := func(epoch int, seed uint64) (dropped [][]int32) {
		c.Batches(epoch, 8, seed)
		for e := range 40 {
			dropped = append(dropped, c.dropWords(e, c.last(c.train.tokens[e])))
		}
		return dropped
	}
	one, again, other, second := drop(1, 1), drop(1, 1), drop(1, 2), drop(2, 1)
	unknown, all := 0, 0
	for _, ids := range one {
		for _, id := range ids {
			if all++; id == text.Unknown {
				unknown++
			}
		}
	}
	if !reflect.DeepEqual(one, again) || reflect.DeepEqual(one, other) || reflect.DeepEqual(one, second) || unknown < all/4 || unknown > 3*all/4 {
		t.Errorf("%d of %d words are dropped, the same again %v, with another seed %v", unknown, all, reflect.DeepEqual(one, again), reflect.DeepEqual(one, other))
	}
}

func (c *Classification) logitsOf(t *testing.T, s string) []float64 {
	t.Helper()
	logits, err := c.logits(t.Context(), c.lane, [][]int32{c.encode(s)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return logits[0]
}

// TestClassifierSaves keeps a classifier in a folder and opens it.
func TestClassifierSaves(t *testing.T) {
	c := newTask(t, networkOf("bigru", graph.Hidden(4)), labelled(40), Options{Embedding: 3, Pooling: "attention", Vocabulary: 20})
	files := train.Folder(t.TempDir())
	if err := c.Save(files); err != nil {
		t.Fatal(err)
	}
	params := graph.NewParams(tensor.Float32)
	if err := params.Restore(c.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	back, err := Open(networkOf("bigru", graph.Hidden(4)), params, c.Options(), files)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := c.Classify("w1 x2 x3", "nothing that it knows")
	if got, err := back.Classify("w1 x2 x3", "nothing that it knows"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("opened it says %v, %v; want %v", got, err, want)
	}
	if _, err := Open(networkOf("lstm", graph.Hidden(4)), params, c.Options(), files); err == nil || !strings.Contains(err.Error(), "weight_ih_l0") {
		t.Errorf("with another network: error %v", err)
	}
	on, err := back.On(labelled(40), nil)
	if err != nil {
		t.Fatal(err)
	}
	was, _ := c.Evaluate(t.Context(), task.TestPart)
	if got, err := on.Evaluate(t.Context(), task.TestPart); err != nil || !reflect.DeepEqual(got, was) {
		t.Errorf("opened it scores %v, %v; want %v", got, err, was)
	}
	if b, err := on.Baselines(t.Context(), task.TestPart); err != nil || len(b) != 2 {
		t.Errorf("opened, its rivals are %v, %v", b, err)
	}
	other := labelled(40)
	other.Classes = []string{"zero", "one", "three"}
	if _, err := back.On(other, nil); err == nil || !strings.Contains(err.Error(), `the dataset has the classes ["zero" "one" "three"]`) {
		t.Errorf("error %v", err)
	}
	if _, err := back.On(datasets.Airline(), nil); err == nil || !strings.Contains(err.Error(), "no labelled texts") {
		t.Errorf("error %v", err)
	}
}

func TestClassifyRefuses(t *testing.T) {
	for _, c := range []struct {
		want string
		opts Options
	}{
		{`classify: pooling "median": not found; did you mean mean? Choose one of last, mean, max, attention`, Options{Pooling: "median"}},
		{"classify: embedding-dropout 1: want less than 1", Options{EmbeddingDropout: 1}},
		{"classify: word-dropout -1: want at least 0", Options{WordDropout: -1}},
		{"classify: output-dropout NaN: want at least 0", Options{OutputDropout: math.NaN()}},
		{"classify: max-tokens -1: want at least 0", Options{MaxTokens: -1}},
		{"classify: vocabulary -2: want at least 0", Options{Vocabulary: -2}},
		{"classify made: 2 class weights", Options{ClassWeights: "1,2"}},
		{`classify: class-weights "1,2,x": want balanced, or a number above 0 for each class`, Options{ClassWeights: "1,2,x"}},
		{`classify: class-weights "1,2,-1": want balanced, or a number above 0 for each class`, Options{ClassWeights: "1,2,-1"}},
	} {
		if _, err := New(small(), labelled(40), graph.NewParams(tensor.Float32), c.opts); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
	wrong := labelled(40)
	wrong.Test[3].Label = 3
	if _, err := New(small(), wrong, graph.NewParams(tensor.Float32), Options{}); err == nil || err.Error() != "classify made: example 4 has the label 3; want 0 to 2, one of the 3 classes" {
		t.Errorf("error %v", err)
	}
	one := &datasets.Labelled{Classes: []string{"all"}, Train: []datasets.Example{{Text: "w"}}}
	if _, err := New(small(), one, graph.NewParams(tensor.Float32), Options{}); err == nil || !strings.Contains(err.Error(), "there are 1 classes") {
		t.Errorf("error %v", err)
	}
	c := newTask(t, small(), labelled(40), Options{})
	if _, err := c.Evaluate(t.Context(), "tset"); err == nil || err.Error() != `part "tset" not found; did you mean "test"? (choose train, valid or test)` {
		t.Errorf("error %v", err)
	}
	if _, err := c.Baselines(t.Context(), "tset"); err == nil {
		t.Error("baselines of an unknown part")
	}
}

func TestClassWeights(t *testing.T) {
	data := &datasets.Labelled{Classes: []string{"a", "b"}, Train: []datasets.Example{{Label: 0}, {Label: 0}, {Label: 0}, {Label: 1}}}
	for spec, want := range map[string][]float64{"": nil, "balanced": {4.0 / 6, 2}, "1, 2.5": {1, 2.5}} {
		if got, err := classWeights(data, spec); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %v, %v; want %v", spec, got, err, want)
		}
	}
}
