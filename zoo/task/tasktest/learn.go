package tasktest

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// learnsByHeart learns one example until next to nothing is wrong with it.
func (s *suite) learnsByHeart(t *testing.T) {
	learns, _ := s.make(t, 1)
	learns.Limit(1)
	if n, _, _ := learns.Examples(); n != 1 {
		t.Fatalf("%d examples; want 1", n)
	}
	adam := &train.Adam{LR: 0.03}
	batch := learns.Batches(1, 1, 1)[0]
	const most = 500    // steps; small networks take some 50
	const part = 0.01   // of the first loss, which even a linear network gets below
	const little = 1e-4 // which is little of any loss
	var first, last float64
	for i := range most {
		step, err := learns.Step(i, batch)
		if err == nil {
			err = step.Program.Run()
		}
		if err != nil {
			t.Fatal(err)
		}
		if last = step.Program.Loss(); i == 0 {
			first = last
		}
		if last < part*first || last < little {
			break
		}
		if _, err := train.ClipNorm(step.Program.Grads(), 1); err != nil {
			t.Fatal(err)
		}
		if err := adam.Step(step.Program.Grads()); err != nil {
			t.Fatal(err)
		}
	}
	if !(last < part*first || last < little) {
		t.Errorf("the loss of one example falls from %v to %v in %d steps", first, last, most)
	}
	learns.Params().Changed()
	if s.knows != "" {
		if got := s.ask(t, learns.Predictor(), s.known); len(got) != 1 || !strings.HasPrefix(got[0].text, s.knows) {
			t.Errorf("%q gives %+v; want %q by heart", s.known, got, s.knows)
		}
	}
}

// limits leaves some examples to train on, and checks that an epoch is each of them once.
func (s *suite) limits(t *testing.T) {
	learns, _ := s.make(t, 1)
	all, valid, test := learns.Examples()
	if all < 6 || valid < 1 || test < 1 {
		t.Fatalf("%d, %d and %d examples are too few for this test", all, valid, test)
	}
	for _, c := range []struct{ limit, want int }{{0, all}, {5, 5}, {all + 3, all}, {1, 1}, {-1, all}, {all, all}} {
		learns.Limit(c.limit)
		if n, v, w := learns.Examples(); n != c.want || v != valid || w != test {
			t.Errorf("limited to %d: %d, %d and %d examples; want %d, %d and %d", c.limit, n, v, w, c.want, valid, test)
		}
		for _, size := range []int{1, 3, 0, all + 1} {
			batches := learns.Batches(2, size, 7)
			for i, b := range batches {
				if size > 0 && (len(b) > size || len(b) == 0) {
					t.Errorf("batch %d of at most %d examples has %d", i+1, size, len(b))
				}
			}
			examples := slices.Sorted(slices.Values(slices.Concat(batches...)))
			if len(examples) != c.want || examples[0] != 0 || len(slices.Compact(examples)) != c.want || examples[c.want-1] != c.want-1 {
				t.Errorf("limited to %d, in batches of %d: the examples %v", c.limit, size, examples)
			}
			if size == 0 && len(batches) != 1 {
				t.Errorf("%d batches of all examples", len(batches))
			}
			if again := learns.Batches(2, size, 7); !reflect.DeepEqual(again, batches) {
				t.Errorf("the batches are %v, and again %v", batches, again)
			}
		}
	}
}

// small trains on batches of one, and on sequences of one step.
func (s *suite) small(t *testing.T) {
	for name, more := range map[string][]setting{"a batch of one": nil, "one step": s.oneStep, "both": s.oneStep} {
		if name != "a batch of one" && more == nil {
			continue
		}
		learns, setting := s.make(t, 1, more...)
		r := setting.Recipe.Recipe
		if r.Epochs = 1; name != "one step" {
			r.Batch = 1
		}
		learns.Limit(4)
		if _, err := train.Run(t.Context(), learns, train.Use(r)); err != nil {
			t.Fatal(err)
		}
		scores, err := learns.Evaluate(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range scores.Metrics {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%s: %s is %v", name, name, x)
			}
		}
		probed, err := learns.Probe()
		if err != nil || len(probed) == 0 {
			t.Errorf("%d layers are probed, %v", len(probed), err)
		}
		for _, p := range probed {
			if len(p.Norms) == 0 || slices.ContainsFunc(p.Norms, math.IsNaN) {
				t.Errorf("%s has gradients of the norms %v", p.Layer, p.Norms)
			}
		}
	}
}

// accumulates compares the loss and the gradient of some examples at once with the means over parts of them, each with
// its weight: that must be what its loss has been divided by.
func (s *suite) accumulates(t *testing.T) {
	learns, _ := s.make(t, 1)
	learns.Limit(6)
	all := learns.Batches(1, 6, 1)[0]
	// numbers returns the gradient, and the loss behind it.
	numbers := func(examples []int) (x []float64, weight float64) {
		step, err := learns.Step(0, examples)
		if err == nil {
			err = step.Program.Run()
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range step.Program.Gradient().Float32s() {
			x = append(x, float64(g))
		}
		if weight = step.Weight; weight == 0 {
			weight = float64(len(examples))
		}
		return append(x, step.Program.Loss()), weight
	}
	want, whole := numbers(all)
	mean, sum := make([]float64, len(want)), 0.0
	for _, part := range [][]int{all[:1], all[1:3], all[3:]} {
		x, weight := numbers(part)
		sum += weight
		for i := range mean {
			mean[i] += weight / whole * x[i]
		}
	}
	if math.Abs(sum-whole) > 1e-9*whole {
		t.Errorf("the weights of the parts are %v in all; want %v, that of the whole", sum, whole)
	}
	largest := math.Max(slices.Max(want), -slices.Min(want))
	for i, x := range want {
		if math.Abs(mean[i]-x) > 1e-5*largest {
			t.Errorf("number %d of %d is %v of the parts; want %v", i, len(want), mean[i], x)
			return
		}
	}
}

// noise returns the settings with which training is as random as it can be.
func (s *suite) noise() []setting {
	return append([]setting{{"dropout", "0.3"}, {"recurrent-dropout", "0.2"}, {"weight-drop", "0.2"}, {"layers", "2"}}, s.random...)
}

// seeds trains with one seed twice and with another.
func (s *suite) seeds(t *testing.T) {
	learn := func(seed uint64) ([]float32, task.Scores) {
		learns, _ := s.trained(t, seed, s.noise()...)
		scores, err := learns.Evaluate(t.Context(), task.ValidPart)
		if err != nil {
			t.Fatal(err)
		}
		return weights(learns.Params()), scores
	}
	one, scores := learn(1)
	again, same := learn(1)
	other, _ := learn(2)
	if !slices.Equal(one, again) || !reflect.DeepEqual(scores, same) {
		t.Errorf("with the same seed the scores are %v and %v, and the same weights %v", scores, same, slices.Equal(one, again))
	}
	if slices.Equal(one, other) {
		t.Error("with another seed the weights are the same")
	}
}

// resumes stops a run within its second epoch and goes on, into the third, with a task that is made anew: the weights are those of a run
// without a stop, bit for bit, whatever is dropped or sampled.
func (s *suite) resumes(t *testing.T) {
	random := append(s.noise(), setting{"epochs", "3"})
	whole, setting := s.make(t, 1, random...)
	recipe := train.Use(setting.Recipe.Recipe)
	want, err := train.Run(t.Context(), whole, recipe)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stopped, _ := s.make(t, 1, random...)
	loop, err := train.New(stopped, recipe, train.Watch(train.Callbacks{
		Step: func(e train.StepEvent) error {
			if e.Epoch == 2 && e.Step == 2 {
				cancel()
			}
			return nil
		}}))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := loop.Run(ctx); err != nil || !r.Interrupted {
		t.Fatalf("%+v, %v; want an interrupted run", r, err)
	}
	files := train.Folder(t.TempDir())
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	resumed, _ := s.make(t, 1, random...)
	if loop, err = train.Resume(resumed, files); err != nil {
		t.Fatal(err)
	}
	got, err := loop.Run(t.Context())
	if got.Seconds = want.Seconds; err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, p := range whole.Params().List() {
		if other := resumed.Params().Get(p.Name()); other == nil || !slices.Equal(p.Value().Float32s(), other.Value().Float32s()) {
			t.Errorf("%s differs from that of a run without a stop", p.Name())
		}
	}
}

// learnsOn trains a task whose predictor has answered already: it answers with the new weights.
func (s *suite) learnsOn(t *testing.T, learnt task.Task, setting task.Setting) {
	before := s.ask(t, learnt.Predictor(), s.inputs...)
	r := setting.Recipe.Recipe
	r.Seed, r.LR = 9, 0.1
	if _, err := train.Run(t.Context(), learnt, train.Use(r)); err != nil {
		t.Fatal(err)
	}
	after := s.ask(t, learnt.Predictor(), s.inputs...)
	if want := s.ask(t, s.kept(t, learnt.Predictor(), setting), s.inputs...); !reflect.DeepEqual(after, want) {
		t.Errorf("trained on, it says %v; opened %v", after, want)
	}
	if reflect.DeepEqual(before, after) {
		t.Errorf("trained on, it still says %v", after)
	}
}
