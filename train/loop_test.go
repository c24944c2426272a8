package train

import (
	"context"
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// lineTask learns y = 2·x₀ − 3·x₁ + 1 from examples of its own, with the parameters weight and bias, and −√(poison·extra)
// as part of the loss: a poison other than 1 spoils a step, and of the gradients that of extra alone.
type lineTask struct {
	draws    Draws
	params   *graph.Params
	programs map[int]*graph.Program
	x, y     []float64 // [n, 2], [n]

	dropout  float64
	weight   func(number int) float64      // of a step in the mean loss; nil means the examples
	reorder  bool                          // whether the batches come in another order
	fixed    bool                          // whether a step gets its examples in their own order
	poison   func(step int) float64        // of the step so many, from 1; nil means 1
	before   func(step int)                // called in each step, before its program is run
	valid    []float64                     // the validation loss after each epoch; nil means the mean squared error
	batches  [][]int                       // all that were asked for
	steps    int                           // so many were asked for
	numbers  []int                         // under these numbers
	observed int                           // so many validations were asked for
	fail     map[string]error              // errors of "step" and "validate"
	metrics  func() (m map[string]float64) // nil means none
}

// newLine returns a task of n examples.
func newLine(n int) *lineTask {
	task := &lineTask{params: graph.NewParams(tensor.Float32, graph.InitSeed(7)), programs: make(map[int]*graph.Program)}
	rng := rand.New(rand.NewSource(3))
	for range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		task.x, task.y = append(task.x, a, b), append(task.y, 2*a-3*b+1)
	}
	return task
}

func (l *lineTask) Params() *graph.Params { return l.params }

func (l *lineTask) Batches(epoch, size int, seed uint64) [][]int {
	if epoch == 1 { // which New asks for, too
		l.batches = nil
	}
	batches := l.draws.Shuffled(len(l.y), size, epoch, seed)
	if l.reorder {
		slices.Reverse(batches)
	}
	l.batches = append(l.batches, batches...)
	return batches
}

func (l *lineTask) program(batch int) (*graph.Program, error) {
	if p := l.programs[batch]; p != nil {
		return p, nil
	}
	b := graph.NewBuilder(l.params, graph.Training())
	out := b.Linear("", 1, b.Dropout(b.Input("x", batch, 2), l.dropout))
	root := b.Pow(b.Mul(b.Input("poison", 1), b.Param("extra", graph.Constant(9), 1)), 0.5)
	p, err := graph.Compile(b, graph.Loss(b.Sub(b.MSE(out, b.Input("y", batch, 1)), b.Sum(root))))
	l.programs[batch] = p
	return p, err
}

func (l *lineTask) set(examples []int) (*graph.Program, error) {
	p, err := l.program(len(examples))
	if err != nil {
		return nil, err
	}
	var x, y []float64
	for _, e := range examples {
		x, y = append(x, l.x[2*e:2*e+2]...), append(y, l.y[e])
	}
	if err := p.Set("x", x); err != nil {
		return nil, err
	}
	return p, p.Set("y", y)
}

func (l *lineTask) Step(number int, examples []int) (Step, error) {
	l.numbers = append(l.numbers, number)
	if l.fixed {
		examples = slices.Sorted(slices.Values(examples))
	}
	p, err := l.set(examples)
	if err != nil {
		return Step{}, err
	}
	l.steps++
	poison := 1.0
	if l.poison != nil {
		poison = l.poison(l.steps)
	}
	if l.before != nil {
		l.before(l.steps)
	}
	if err := p.Set("poison", poison); err != nil {
		return Step{}, err
	}
	s := Step{Program: p, Tokens: 5 * len(examples)}
	if l.weight != nil {
		s.Weight = l.weight(number)
	}
	return s, l.fail["step"]
}

func (l *lineTask) Validate() (Evaluation, error) {
	l.observed++
	var e Evaluation
	if l.metrics != nil {
		e.Metrics = l.metrics()
	}
	if l.valid != nil {
		e.Loss = l.valid[l.observed-1]
	} else {
		weight, bias := l.params.Get("weight").Value().Float32s(), l.params.Get("bias").Value().Float32s()
		for i, y := range l.y {
			d := l.x[2*i]*float64(weight[0]) + l.x[2*i+1]*float64(weight[1]) + float64(bias[0]) - y
			e.Loss += d * d / float64(len(l.y))
		}
	}
	return e, l.fail["validate"]
}

// weights returns a copy of all parameters.
func (l *lineTask) weights() []float32 {
	var w []float32
	for _, p := range l.params.List() {
		w = append(w, p.Value().Float32s()...)
	}
	return w
}

// declared returns the task with its parameters declared, so that a test can see them before the first step.
func (l *lineTask) declared(t *testing.T) *lineTask {
	t.Helper()
	if _, err := l.program(1); err != nil {
		t.Fatal(err)
	}
	return l
}

func sgd(rate float64) Option { return Optimize(&SGD{LR: rate}) }

// distance is the L2 norm of the difference.
func distance(a, b []float32) float64 {
	sum := 0.0
	for i, x := range a {
		sum += (float64(x) - float64(b[i])) * (float64(x) - float64(b[i]))
	}
	return math.Sqrt(sum)
}

func TestRunLearnsWithEveryOptimizer(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, make func() Optimizer) {
		task := newLine(32)
		var losses []float64
		result, err := Run(context.Background(), task, Optimize(make()), Epochs(60), Batch(8), Clip(0),
			Watch(Callbacks{Epoch: func(e EpochEvent) error { losses = append(losses, e.Valid.Loss); return nil }}))
		if err != nil {
			t.Fatal(err)
		}
		if first := losses[0]; !(result.ValidLoss < first/10) {
			t.Errorf("the validation loss goes from %v to %v; want a tenth", first, result.ValidLoss)
		}
		if result.ValidLoss != slices.Min(losses) || losses[result.BestEpoch-1] != result.ValidLoss || result.Epochs != 60 || result.Interrupted {
			t.Errorf("%+v; want 60 epochs and the lowest of the losses %v", result, losses)
		}
	})
}

func TestRunSeed(t *testing.T) {
	run := func(opts ...Option) *lineTask {
		t.Helper()
		task := newLine(20)
		if _, err := Run(context.Background(), task, append([]Option{Epochs(3), Batch(6), sgd(0.05)}, opts...)...); err != nil {
			t.Fatal(err)
		}
		return task
	}
	a, b, other, standard := run(Seed(1)), run(Seed(1)), run(Seed(2)), run()
	if !slices.Equal(a.weights(), b.weights()) || !reflect.DeepEqual(a.batches, b.batches) {
		t.Errorf("two runs of one seed give %v and %v", a.weights(), b.weights())
	}
	if !slices.Equal(a.weights(), standard.weights()) {
		t.Errorf("without a seed %v; want those of seed 1, %v", standard.weights(), a.weights())
	}
	if reflect.DeepEqual(a.batches, other.batches) || slices.Equal(a.weights(), other.weights()) {
		t.Errorf("seeds 1 and 2 give the same batches or weights: %v", other.batches)
	}
	if reflect.DeepEqual(a.batches[:4], a.batches[4:8]) {
		t.Errorf("the second epoch has the batches of the first, %v", a.batches[:4])
	}
}

// TestRunDropout sees the masks through the losses of steps that change nothing else.
func TestRunDropout(t *testing.T) {
	losses := func(seed uint64) (losses []float64) {
		task := newLine(24)
		task.dropout, task.fixed = 0.5, true
		_, err := Run(context.Background(), task, Seed(seed), Epochs(6), Batch(0), sgd(1e-30),
			Watch(Callbacks{Step: func(e StepEvent) error { losses = append(losses, e.Loss); return nil }}))
		if err != nil {
			t.Fatal(err)
		}
		return losses
	}
	one := losses(1)
	for i, l := range one {
		if slices.Contains(one[:i], l) {
			t.Errorf("step %d drops what an earlier one does: losses %v", i+1, one)
		}
	}
	if again := losses(1); !slices.Equal(one, again) {
		t.Errorf("two runs of one seed have the losses %v and %v", one, again)
	}
	for i, l := range losses(2) {
		if slices.Contains(one, l) {
			t.Errorf("step %d of seed 2 drops what a step of seed 1 does", i+1)
		}
	}
}

// TestRunKeepsBest prescribes the validation loss of each epoch.
func TestRunKeepsBest(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name         string
		losses       []float64
		patience     int
		epochs, best int
	}{
		{"rises after epoch 3", []float64{5, 4, 2, 3, 4, 5}, 0, 6, 3},
		{"falls to the end", []float64{6, 5, 4, 3, 2, 1}, 1, 6, 6},
		{"equal is not better", []float64{2, 2, 2}, 0, 3, 1},
		{"patience 1", []float64{5, 4, 4.5, 1}, 1, 3, 2},
		{"patience 2", []float64{5, 4, 6, 6, 1}, 2, 4, 2},
		{"patience starts anew", []float64{5, 6, 4, 5, 3, 4, 4, 1}, 2, 7, 5},
		{"patience not used up", []float64{5, 4, 6, 6, 1}, 3, 5, 5},
		{"negative losses", []float64{-1, -3, -2}, 0, 3, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			task := newLine(8)
			task.valid = c.losses
			var after [][]float32
			var events []EpochEvent
			result, err := Run(context.Background(), task, sgd(0.01), Epochs(len(c.losses)), Patience(c.patience),
				Watch(Callbacks{Epoch: func(e EpochEvent) error { after, events = append(after, task.weights()), append(events, e); return nil }}))
			if err != nil {
				t.Fatal(err)
			}
			if result.Epochs != c.epochs || result.BestEpoch != c.best || result.ValidLoss != c.losses[c.best-1] || result.Interrupted {
				t.Errorf("%+v; want %d epochs and the best %d", result, c.epochs, c.best)
			}
			for i, w := range after {
				if same := slices.Equal(w, task.weights()); same != (i+1 == c.best) {
					t.Errorf("the weights are those of epoch %d: %v; the best is epoch %d", i+1, same, c.best)
				}
				if best := events[i].Best; best != (c.losses[i] < slices.Min(append([]float64{inf}, c.losses[:i]...))) {
					t.Errorf("epoch %d is called the best so far: %v; losses %v", i+1, best, c.losses)
				}
				if last := events[i].Last; last != (i+1 == c.epochs) {
					t.Errorf("epoch %d is called the last: %v; there are %d", i+1, last, c.epochs)
				}
			}
		})
	}

	// A validation loss that is not finite ends the run with the best weights before it.
	for _, bad := range []float64{nan, inf} {
		task := newLine(8)
		task.valid = []float64{5, 4, bad, 1}
		var after [][]float32
		result, err := Run(context.Background(), task, sgd(0.01), Epochs(4),
			Watch(Callbacks{Epoch: func(EpochEvent) error { after = append(after, task.weights()); return nil }}))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("the validation loss is %v after epoch 3", bad)) {
			t.Errorf("error %v; want one of the loss %v after epoch 3", err, bad)
		}
		if result.BestEpoch != 2 || !slices.Equal(task.weights(), after[1]) {
			t.Errorf("%+v; want the weights of epoch 2", result)
		}
	}
}

// TestRunMaximize has a metric decide, whatever the loss does.
func TestRunMaximize(t *testing.T) {
	task := newLine(8)
	task.valid = []float64{1, 2, 3, 4, 5}
	accuracy := []float64{0.5, 0.8, 0.8, 0.7, 0.9}
	task.metrics = func() map[string]float64 { return map[string]float64{"accuracy": accuracy[task.observed-1]} }
	result, err := Run(context.Background(), task, sgd(0.01), Epochs(5), Maximize("accuracy"), Patience(2))
	if err != nil || result.Epochs != 4 || result.BestEpoch != 2 || result.ValidLoss != 2 {
		t.Errorf("%+v, %v; want 4 epochs and the best 2 with its loss of 2", result, err)
	}
	_, err = Run(context.Background(), newLine(8), Maximize("accurcy"))
	if err == nil || !strings.Contains(err.Error(), `no metric "accurcy"`) {
		t.Errorf("error %v", err)
	}
}

// TestRunMinimize has a metric of which less is better decide, whatever the loss does, and the loss by its name.
func TestRunMinimize(t *testing.T) {
	for metric, best := range map[string]int{"mae": 4, "loss": 1, "": 1} {
		task := newLine(8)
		task.valid = []float64{1, 2, 3, 4, 5}
		mae := []float64{3, 2, 2.5, 1, 7}
		task.metrics = func() map[string]float64 { return map[string]float64{"mae": mae[task.observed-1]} }
		result, err := Run(context.Background(), task, sgd(0.01), Epochs(5), Maximize("accuracy"), Minimize(metric)) // the last option counts
		if err != nil || result.Epochs != 5 || result.BestEpoch != best {
			t.Errorf("%q: %+v, %v; want the best epoch %d", metric, result, err, best)
		}
	}
	_, err := Run(context.Background(), newLine(8), Minimize("mea"))
	if err == nil || !strings.Contains(err.Error(), `no metric "mea" to minimize`) {
		t.Errorf("error %v", err)
	}
	_, err = Run(context.Background(), newLine(8), Use(Recipe{Epochs: 1, LR: 0.1, Maximize: "accuracy", Minimize: "mae"}))
	if err == nil || !strings.Contains(err.Error(), `minimize "mae": maximize is accuracy; leave one or the other out`) {
		t.Errorf("error %v", err)
	}
}

// TestRunCancelled cancels within the step so many, of 3 an epoch and 4 epochs.
func TestRunCancelled(t *testing.T) {
	for _, c := range []struct {
		step, epochs int
	}{
		{0, 0}, // before the run
		{1, 0},
		{2, 0},
		{3, 1}, // the epoch has no other step: it ends
		{4, 1},
		{9, 3},
		{11, 3},
	} {
		t.Run(fmt.Sprintf("step %d", c.step), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			task := newLine(6).declared(t)
			task.before = func(step int) {
				if step == c.step {
					cancel()
				}
			}
			if c.step == 0 {
				cancel()
			}
			last := task.weights() // after the last step
			var best []float32     // after the last epoch
			steps := 0
			result, err := Run(ctx, task, sgd(0.01), Epochs(4), Batch(2), Watch(Callbacks{
				Step: func(StepEvent) error {
					steps++
					now := task.weights()
					if slices.Equal(now, last) {
						t.Errorf("step %d leaves the weights as they were", steps)
					}
					last = now
					return nil
				},
				Epoch: func(EpochEvent) error { best = task.weights(); return nil },
			}))
			if err != nil {
				t.Fatal(err)
			}
			if steps != c.step || task.steps != c.step || !result.Interrupted || result.Epochs != c.epochs || result.BestEpoch != c.epochs {
				t.Errorf("%d steps finished of %d begun, %+v; want %d steps, %d epochs and interrupted", steps, task.steps, result, c.step, c.epochs)
			}
			if c.epochs == 0 {
				best = last
			}
			if !slices.Equal(task.weights(), best) {
				t.Errorf("the weights are %v; want %v", task.weights(), best)
			}
		})
	}
}

func TestRunNotFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name   string
		poison float64 // 0 makes the root 0 and its gradient NaN: the loss stays finite
		step   int     // of 3 an epoch
		spoil  string
		want   []string
	}{
		{"loss NaN", nan, 2, "", []string{"the loss is NaN", "norm NaN", "epoch 1, step 2 of 3", "the gradient of parameter extra went first"}},
		{"loss Inf", inf, 1, "", []string{"the loss is -Inf", "epoch 1, step 1 of 3", "the gradient of parameter extra went first"}},
		{"the gradient alone", 0, 3, "", []string{"norm NaN", "epoch 1, step 3 of 3", "the gradient of parameter extra went first"}},
		{"in the second epoch", nan, 5, "", []string{"epoch 2, step 2 of 3", "the gradient of parameter extra went first"}},
		{"first step of the second epoch", nan, 4, "", []string{"epoch 2, step 1 of 3"}},
		{"a value", 1, 2, "bias", []string{"the loss is NaN", "epoch 1, step 2 of 3", "the value of parameter bias went first"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			task := newLine(12)
			task.poison = func(step int) float64 {
				if step == c.step {
					return c.poison
				}
				return 1
			}
			var before []float32
			task.before = func(step int) {
				if step == c.step && c.spoil != "" {
					task.params.Get(c.spoil).Value().Float32s()[0] = float32(nan)
				}
				if step == c.step {
					before = task.weights()
				}
			}
			var best []float32
			steps := 0
			result, err := Run(context.Background(), task, Optimize(&Adam{LR: 0.25}), Batch(4), Epochs(3), Watch(Callbacks{
				Step:  func(StepEvent) error { steps++; return nil },
				Epoch: func(EpochEvent) error { best = task.weights(); return nil },
			}))
			if err == nil {
				t.Fatal("no error")
			}
			advice := "lower the learning rate (0.25)"
			if c.step == 1 { // no weight has changed yet
				advice = "look at the data"
			}
			for _, want := range append(c.want, "train: ", advice) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q; want %q", err, want)
				}
			}
			if c.poison == 0 && strings.Contains(err.Error(), "loss is NaN") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q; want one line, and of a loss that is finite with a poison of 0", err)
			}
			if steps != c.step-1 || task.steps != c.step || result.Epochs != (c.step-1)/3 {
				t.Errorf("%d steps of %d begun, %+v; want %d and no other after it", steps, task.steps, result, c.step-1)
			}
			if result.Epochs > 0 {
				before = best
			}
			if got := task.weights(); !sameBits(got, before) {
				t.Errorf("the weights are %v; want %v", got, before)
			}
		})
	}
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// TestRunDiverges needs no poison: at this rate the weights overflow in the last step, whose loss is still finite.
func TestRunDiverges(t *testing.T) {
	_, err := Run(context.Background(), newLine(8), sgd(1e39), Epochs(1), Batch(0), Clip(0))
	if err == nil || !strings.Contains(err.Error(), "after epoch 1: the value of parameter ") {
		t.Errorf("error %v; want one that names the epoch and a parameter", err)
	}
}

// TestRunOverflows has the loss overflow before anything else: the error names the parameter with the largest gradient.
func TestRunOverflows(t *testing.T) {
	task := newLine(8)
	task.before = func(int) { task.params.Get("weight").Value().Float32s()[0] = 1e25 } // its square is beyond a float32
	_, err := Run(context.Background(), task, sgd(0.1), Epochs(1), Batch(0), Clip(0))
	if err == nil || !strings.Contains(err.Error(), "the loss is +Inf") || !strings.Contains(err.Error(), "epoch 1, step 1 of 1: the parameters are finite, the largest gradient is that of weight") {
		t.Errorf("error %v; want one that names the step and the parameter", err)
	}
}

func TestRunClips(t *testing.T) {
	const rate, limit = 0.125, 1.0 / 64
	// step takes one step of all examples and returns what the gradient was for it.
	step := func(opts ...Option) (gradient []float32, event StepEvent) {
		t.Helper()
		task := newLine(16).declared(t)
		before := task.weights()
		_, err := Run(context.Background(), task, append([]Option{sgd(rate), Epochs(1), Batch(0),
			Watch(Callbacks{Step: func(e StepEvent) error { event = e; return nil }})}, opts...)...)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range task.weights() {
			gradient = append(gradient, (before[i]-w)/rate)
		}
		return gradient, event
	}
	const tolerance = 1e-4 // what is left of float32 in a difference of weights
	zero := make([]float32, 4)
	free, event := step(Clip(0))
	norm := distance(free, zero)
	if math.Abs(norm-event.GradNorm) > tolerance*norm || !(norm > 2) {
		t.Fatalf("without a limit the step is that of a gradient of norm %v; want %v, above 2", norm, event.GradNorm)
	}
	for _, c := range []struct {
		name   string
		opts   []Option
		factor float64 // of the free gradient
	}{
		{"default", nil, 1 / norm},
		{"norm", []Option{Clip(limit)}, limit / norm},
		{"norm above the gradient's", []Option{Clip(2 * norm)}, 1},
	} {
		g, e := step(c.opts...)
		if e.GradNorm != event.GradNorm {
			t.Errorf("%s: the norm before clipping is %v; want %v", c.name, e.GradNorm, event.GradNorm)
		}
		for i, x := range g {
			if want := float64(free[i]) * c.factor; math.Abs(float64(x)-want) > tolerance {
				t.Errorf("%s: element %d of the gradient is %v; want %v", c.name, i, x, want)
			}
		}
	}
	g, e := step(Clip(0), ClipEach(limit))
	clipped := 0
	for i, x := range g {
		want := max(-limit, min(limit, float64(free[i])))
		if math.Abs(float64(x)-want) > tolerance {
			t.Errorf("each: element %d of the gradient is %v; want %v", i, x, want)
		}
		if math.Abs(float64(free[i])) > limit {
			clipped++
		}
	}
	if clipped < 2 || e.GradNorm != event.GradNorm {
		t.Errorf("%d elements above the limit and a norm of %v; want at least 2 and %v", clipped, e.GradNorm, event.GradNorm)
	}
}

// TestRunFollowsSchedule compares the rate of each step, told and taken, with a schedule of its own.
func TestRunFollowsSchedule(t *testing.T) {
	const base, epochs, steps = 0.01, 6, 3
	losses := []float64{4, 4, 3, 3, 3, 3}
	for _, spec := range []string{"", "constant", "step:2:0.5", "exponential:0.5", "cosine:0.001", "onecycle", "warmup:4,cosine",
		"plateau:0.5:0", "warmup:2,plateau:0.5:0"} {
		t.Run(spec, func(t *testing.T) {
			want, err := NewSchedule(spec, base, epochs, steps)
			if err != nil {
				t.Fatal(err)
			}
			task := newLine(4 * steps).declared(t)
			task.valid = losses
			before := task.weights()
			n := 0
			rates := make(map[float64]bool)
			_, err = Run(context.Background(), task, sgd(base), Scheduled(spec), Epochs(epochs), Batch(4), Clip(0), Watch(Callbacks{
				Step: func(e StepEvent) error {
					if e.LearningRate != want.At(n) {
						t.Errorf("step %d: rate %v; want %v", n, e.LearningRate, want.At(n))
					}
					after := task.weights()
					// One unit of float32 in each of four weights of at most 9.
					if d := distance(before, after); math.Abs(d-e.LearningRate*e.GradNorm) > 2e-6 {
						t.Errorf("step %d moves the weights by %v; want the rate %v times the norm %v", n, d, e.LearningRate, e.GradNorm)
					}
					rates[e.LearningRate], before = true, after
					n++
					return nil
				},
				Epoch: func(e EpochEvent) error {
					if m, ok := want.(MetricSchedule); ok {
						m.Observe(e.Valid.Loss)
					}
					return nil
				},
			}))
			if err != nil || n != epochs*steps {
				t.Fatalf("%d steps, %v; want %d", n, err, epochs*steps)
			}
			if constant := spec == "" || spec == "constant"; constant != (len(rates) == 1) {
				t.Errorf("%d different rates", len(rates))
			}
		})
	}
}

func TestRunTellsCallbacks(t *testing.T) {
	task := newLine(10)
	k := 0.0
	task.metrics = func() map[string]float64 { k++; return map[string]float64{"k": k} }
	var steps []StepEvent
	var epochs []EpochEvent
	calls := 0
	result, err := Run(context.Background(), task, sgd(0.01), Epochs(3), Batch(4),
		Watch(Callbacks{Step: func(e StepEvent) error { steps = append(steps, e); return nil }, Epoch: func(e EpochEvent) error { epochs = append(epochs, e); return nil }}),
		Watch(Callbacks{}), Watch(Callbacks{Step: func(StepEvent) error { calls++; return nil }}))
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 9 || calls != 9 || len(epochs) != 3 {
		t.Fatalf("%d, %d and %d calls; want 9 steps for each and 3 epochs", len(steps), calls, len(epochs))
	}
	seconds := 0.0
	for i, e := range epochs {
		sum := 0.0
		for j, size := range []float64{4, 4, 2} {
			s := steps[3*i+j]
			if s.Epoch != i+1 || s.Step != j+1 || s.Steps != 3 || s.LearningRate != 0.01 || !(s.GradNorm > 0) {
				t.Errorf("step %d of epoch %d: %+v", j+1, i+1, s)
			}
			sum += size * s.Loss
		}
		if math.Abs(e.TrainLoss-sum/10) > 1e-12 {
			t.Errorf("epoch %d: the training loss is %v; want %v, the mean over the examples", i+1, e.TrainLoss, sum/10)
		}
		if e.Epoch != i+1 || e.Epochs != 3 || e.Tokens != 5*10 || e.Valid.Metrics["k"] != float64(i+1) || !e.Best {
			t.Errorf("epoch %d: %+v", i+1, e)
		}
		seconds += e.Seconds
	}
	if !(seconds > 0 && seconds <= result.Seconds) {
		t.Errorf("the epochs take %v seconds, the run %v", seconds, result.Seconds)
	}
	// The loss of the first step is that of the initial weights on its batch.
	fresh := newLine(10)
	p, err := fresh.set(task.batches[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("poison", 1.0); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if p.Loss() != steps[0].Loss {
		t.Errorf("the loss of the first step is %v; want %v", steps[0].Loss, p.Loss())
	}
}

// TestRunCallbackEndsRun has a callback return an error: it comes back as it is, with the best weights so far.
func TestRunCallbackEndsRun(t *testing.T) {
	enough := errors.New("enough")
	for _, inStep := range []bool{false, true} {
		task := newLine(6)
		task.valid = []float64{2, 1, 3, 4}
		var best []float32
		later := 0
		result, err := Run(context.Background(), task, sgd(0.01), Epochs(4), Batch(2), Watch(Callbacks{
			Step: func(e StepEvent) error {
				if inStep && e.Epoch == 4 && e.Step == 2 {
					return enough
				}
				return nil
			},
			Epoch: func(e EpochEvent) error {
				if e.Epoch == 2 {
					best = task.weights()
				}
				if !inStep && e.Epoch == 3 {
					return enough
				}
				return nil
			},
		}), Watch(Callbacks{Step: func(e StepEvent) error { later = e.Step; return nil }}))
		if err != enough || result.Epochs != 3 || result.BestEpoch != 2 || !slices.Equal(task.weights(), best) {
			t.Errorf("in a step %v: %v, %+v, weights %v; want the callback's error and the weights of epoch 2, %v", inStep, err, result, task.weights(), best)
		}
		if inStep && later != 1 {
			t.Errorf("a callback behind the one with the error is told of step %d", later)
		}
	}
}

// TestRunNumbersAndWeighs checks the numbers of steps, and the mean of their losses by the task's own weights.
func TestRunNumbersAndWeighs(t *testing.T) {
	task := newLine(10)
	task.weight = func(number int) float64 { return float64(1 + number%3) }
	var losses []float64
	_, err := Run(context.Background(), task, sgd(0.01), Epochs(2), Batch(4), Watch(Callbacks{
		Step: func(e StepEvent) error { losses = append(losses, e.Loss); return nil },
		Epoch: func(e EpochEvent) error {
			l := losses[len(losses)-3:]
			if want := (l[0] + 2*l[1] + 3*l[2]) / 6; math.Abs(e.TrainLoss-want) > 1e-12 {
				t.Errorf("epoch %d: the training loss is %v; want %v", e.Epoch, e.TrainLoss, want)
			}
			return nil
		},
	}))
	if err != nil || !slices.Equal(task.numbers, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("steps %v, %v; want 0 to 5", task.numbers, err)
	}
}

func TestRunErrors(t *testing.T) {
	lost := errors.New("the disk is gone")
	for _, c := range []struct {
		name string
		task *lineTask
		opt  Option
		want string
	}{
		{"no epochs", newLine(4), Epochs(0), "train: epochs 0: want at least 1"},
		{"batch", newLine(4), Batch(-1), "train: batch -1: want at least 0"},
		{"accumulate", newLine(4), Accumulate(-1), "train: accumulate -1: want at least 1"},
		{"ema", newLine(4), EMA(math.NaN()), "train: ema NaN: want at least 0"},
		{"ema and asgd", newLine(4), func(s *Settings) { s.Optimizer, s.EMA = &ASGD{}, 0.5 }, "train: ema 0.5: the optimizer asgd averages the weights itself"},
		{"weight", &lineTask{params: newLine(0).params, programs: map[int]*graph.Program{}, x: []float64{1, 2}, y: []float64{3},
			weight: func(int) float64 { return -1 }}, Epochs(1), "has the weight -1; want a number above 0"},
		{"patience", newLine(4), Patience(-1), "train: patience -1: want at least 0"},
		{"clip", newLine(4), Clip(-1), "train: clip -1: want at least 0"},
		{"clip NaN", newLine(4), Clip(math.NaN()), "train: clip NaN: want at least 0"},
		{"clip each", newLine(4), ClipEach(-2), "train: clip-each -2: want at least 0"},
		{"schedule", newLine(4), Scheduled("stp:3"), `schedule "stp:3": not found`},
		{"rate", newLine(4), sgd(-1), "train: lr -1: want a number above 0"},
		{"momentum", newLine(4), Optimize(&SGD{LR: 0.1, Momentum: 2}), "train: optimizer momentum: momentum 2: want less than 1"},
		{"no examples", newLine(0), Epochs(1), "train: there are no training examples"},
		{"step", &lineTask{params: newLine(0).params, programs: map[int]*graph.Program{}, x: []float64{1, 2}, y: []float64{3},
			fail: map[string]error{"step": lost}}, Epochs(1), "the disk is gone"},
		{"validate", &lineTask{params: newLine(0).params, programs: map[int]*graph.Program{}, x: []float64{1, 2}, y: []float64{3},
			fail: map[string]error{"validate": lost}}, Epochs(1), "the disk is gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := Run(context.Background(), c.task, c.opt)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want %q", err, c.want)
			}
			if result.Epochs != 0 || result.BestEpoch != 0 {
				t.Errorf("%+v; want no epoch", result)
			}
		})
	}
}

func TestShuffled(t *testing.T) {
	for _, c := range []struct{ n, size, batches int }{
		{10, 3, 4}, {10, 5, 2}, {10, 1, 10}, {10, 10, 1}, {10, 11, 1}, {10, 0, 1}, {10, -1, 1}, {1, 32, 1}, {0, 4, 0}, {0, 0, 0},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			batches := new(Draws).Shuffled(c.n, c.size, 1, 1)
			if len(batches) != c.batches {
				t.Fatalf("%d batches; want %d", len(batches), c.batches)
			}
			var all []int
			for i, b := range batches {
				if full := len(b) == c.size || c.batches == 1; !full && (i+1 < len(batches) || len(b) == 0) {
					t.Errorf("batch %d has %d examples; want %d", i+1, len(b), c.size)
				}
				all = append(all, b...)
				_ = append(b, -1) // must not reach into the next batch
			}
			slices.Sort(all)
			for i := range c.n {
				if len(all) != c.n || all[i] != i {
					t.Fatalf("the examples are %v; want each of %d once", all, c.n)
				}
			}
		})
	}
	// The order is a function of the arguments, whatever was asked for before.
	type epoch struct {
		number int
		seed   uint64
		n      int
	}
	want := make(map[epoch][][]int)
	for _, e := range []epoch{{1, 1, 20}, {2, 1, 20}, {3, 1, 20}, {1, 2, 20}, {2, 1, 19}} {
		want[e] = new(Draws).Shuffled(e.n, 5, e.number, e.seed)
		for other, batches := range want {
			if other != e && reflect.DeepEqual(batches, want[e]) {
				t.Errorf("%v and %v have the same order %v", e, other, batches)
			}
		}
	}
	var d Draws
	for _, e := range []epoch{{1, 1, 20}, {2, 1, 20}, {3, 1, 20}, {3, 1, 20}, {1, 1, 20}, {3, 1, 20}, {1, 2, 20}, {2, 1, 20}, {2, 1, 19}, {3, 1, 20}} {
		if got := d.Shuffled(e.n, 5, e.number, e.seed); !reflect.DeepEqual(got, want[e]) {
			t.Errorf("%v has the order %v behind others; want %v", e, got, want[e])
		}
	}
}
