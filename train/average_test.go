package train

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// bowl is a task of one batch an epoch, whose loss is Σ a·(w − b)² + Σ tanh(w).
type bowl struct {
	params  *graph.Params
	program *graph.Program
	losses  []float64   // of the validations, one after the other; nil means 1 of each
	seen    [][]float64 // the parameters that were validated
}

func newBowl(t *testing.T, dtype tensor.Dtype, start, a, b []float64) *bowl {
	t.Helper()
	task := &bowl{params: graph.NewParams(dtype)}
	g := graph.NewBuilder(task.params, graph.Training())
	w := g.Param("w", graph.Constant(0), len(start))
	off := g.Sub(w, g.ConstTensor(b, len(b)))
	loss := g.Add(g.Sum(g.Mul(g.ConstTensor(a, len(a)), g.Mul(off, off))), g.Sum(g.Tanh(w)))
	var err error
	if task.program, err = graph.Compile(g, graph.Loss(loss)); err != nil {
		t.Fatal(err)
	}
	setFloats(task.params.Get("w").Value(), start)
	return task
}

func (b *bowl) Params() *graph.Params            { return b.params }
func (b *bowl) Batches(int, int, uint64) [][]int { return [][]int{{0}} }
func (b *bowl) Step(int, []int) (Step, error)    { return Step{Program: b.program}, nil }
func (b *bowl) weights() []float64               { return floatsOf(b.params.Get("w").Value()) }
func (b *bowl) Validate() (e Evaluation, err error) {
	b.seen = append(b.seen, b.weights())
	if e.Loss = 1; b.losses != nil {
		e.Loss = b.losses[len(b.seen)-1]
	}
	return e, nil
}

func floatsOf(d *tensor.Dense) (x []float64) {
	if d.Dtype() == tensor.Float64 {
		return slices.Clone(d.Float64s())
	}
	for _, v := range d.Float32s() {
		x = append(x, float64(v))
	}
	return x
}

func setFloats(d *tensor.Dense, x []float64) {
	for i, v := range x {
		if d.Dtype() == tensor.Float64 {
			d.Float64s()[i] = v
		} else {
			d.Float32s()[i] = float32(v)
		}
	}
}

// readGolden reads a file that testdata/make_goldens.py has written.
func readGolden(t *testing.T, name string, to any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// near fails the test unless numbers are as they should be, to a share of the largest.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	largest := 0.0
	for _, x := range want {
		largest = max(largest, math.Abs(x))
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers; want %d", what, len(got), len(want))
	}
	for i, x := range want {
		if !(math.Abs(got[i]-x) <= tolerance*largest) {
			t.Errorf("%s: number %d is %v; want %v", what, i, got[i], x)
		}
	}
}

// TestAveragesOfPyTorch has an exponential moving average, and the mean of ASGD from its trigger on, validated in place
// of the weights.
func TestAveragesOfPyTorch(t *testing.T) {
	var golden struct {
		Start, A, B           []float64
		LR, Decay             float64
		WeightDecay           float64 `json:"weight_decay"`
		First                 int
		Adam, EMA, ASGD, Mean [][]float64
	}
	readGolden(t, "averages.json", &golden)
	// Of the first six losses the last is the first that is no lower than the lowest before the last two.
	losses := []float64{5, 4, 4.5, 3.9, 3.8, 4.25, 3, 2, 1.5, 1.25, 1.125, 1}
	if golden.First != 7 || len(losses) != len(golden.Mean) {
		t.Fatalf("the losses are not for step %d of %d", golden.First, len(golden.Mean))
	}
	for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float64: 1e-12, tensor.Float32: 2e-5} {
		for _, c := range []struct {
			name             string
			opts             []Option
			weights, average [][]float64
			from             int
		}{
			{"ema", []Option{Optimize(&Adam{LR: golden.LR}), EMA(golden.Decay)}, golden.Adam, golden.EMA, 1},
			{"asgd", []Option{Optimize(&ASGD{LR: golden.LR, WeightDecay: golden.WeightDecay, Patience: 2})}, golden.ASGD, golden.Mean, golden.First},
		} {
			t.Run(fmt.Sprintf("%s %v", c.name, dtype), func(t *testing.T) {
				task := newBowl(t, dtype, golden.Start, golden.A, golden.B)
				task.losses = losses
				n := 0
				result, err := Run(context.Background(), task, append(c.opts, Clip(0), Epochs(len(losses)), Watch(Callbacks{
					Step: func(StepEvent) error {
						near(t, fmt.Sprintf("the weights after step %d", n+1), task.weights(), c.weights[n], tolerance)
						n++
						return nil
					},
					Epoch: func(e EpochEvent) error {
						near(t, fmt.Sprintf("the weights in the callback of epoch %d", e.Epoch), task.weights(), c.weights[n-1], tolerance)
						return nil
					},
				}))...)
				if err != nil || len(task.seen) != len(losses) {
					t.Fatalf("%d validations, %v; want %d", len(task.seen), err, len(losses))
				}
				for i, seen := range task.seen {
					want := c.average[i]
					if i+1 < c.from {
						want = c.weights[i]
					}
					near(t, fmt.Sprintf("what is validated after step %d", i+1), seen, want, tolerance)
				}
				if best := result.BestEpoch; !slices.Equal(task.weights(), task.seen[best-1]) {
					t.Errorf("the run leaves %v; want what was validated after epoch %d, %v", task.weights(), best, task.seen[best-1])
				}
			})
		}
	}
}

// TestNonMonotone compares the trigger with the formula of Merity's program, val_loss > min(best_val_loss[:-n]) or
// equal to it, and with sequences that were thought out.
func TestNonMonotone(t *testing.T) {
	met := func(patience int, losses []float64) int {
		trigger := nonMonotone{patience: patience}
		for i := range losses {
			if trigger.observe(losses[:i+1]); trigger.met {
				return i + 1
			}
		}
		return 0
	}
	nan := math.NaN()
	for _, c := range []struct {
		patience int
		losses   []float64
		epoch    int // 0 for never
	}{
		{5, nil, 0},
		{1, []float64{3, 2, 1, 0, -1, -2}, 0},
		{1, []float64{3, 4, 5}, 3},               // 5 is compared with 3 alone
		{1, []float64{3, 3.5, 2.9, 2.8, 3.1}, 5}, // the rise to 3.5 is forgiven
		{1, []float64{3, 2, 3}, 3},
		{2, []float64{3, 2, 3, 2.5, 1}, 0},
		{2, []float64{3, 2, 3, 2.5, 2}, 5}, // equal is not better
		{5, []float64{1, 2, 3, 4, 5, 6}, 0},
		{5, []float64{1, 2, 3, 4, 5, 6, 7}, 7},
		{5, []float64{9, 8, 7, 6, 5, 4, 3, 9}, 8},
		{5, []float64{9, 1, 7, 6, 5, 4, 3, 2}, 8},
		{5, []float64{2, 2, 2, 2, 2, 2, 1, 1, 1}, 0},
		{1, []float64{2, 1, nan}, 3},
		{math.MaxInt, []float64{1, 2, 3}, 0},
	} {
		if got := met(c.patience, c.losses); got != c.epoch {
			t.Errorf("patience %d: averages from epoch %d on; want %d: %v", c.patience, got, c.epoch, c.losses)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		patience := 1 + rng.IntN(6)
		losses := make([]float64, 20)
		want := 0
		for i := range losses {
			losses[i] = float64(20-i) + 10*rng.Float64()
			if before := losses[:i]; want == 0 && i > patience && losses[i] >= slices.Min(before[:i-patience]) {
				want = i + 1
			}
		}
		if got := met(patience, losses); got != want {
			t.Fatalf("patience %d: averages from epoch %d on; want %d: %v", patience, got, want, losses)
		}
	}
}

// TestAverageGoesWith has training, and a run that keeps one epoch, be the same with an average and without.
func TestAverageGoesWith(t *testing.T) {
	run := func(opts ...Option) (kept []float32, steps []StepEvent) {
		t.Helper()
		task := newLine(20)
		_, err := Run(context.Background(), task, append([]Option{Epochs(4), Batch(6), sgd(0.05),
			Watch(Callbacks{Step: func(e StepEvent) error { steps = append(steps, e); return nil }})}, opts...)...)
		if err != nil {
			t.Fatal(err)
		}
		return task.weights(), steps
	}
	plain, want := run()
	averaged, got := run(EMA(0.9))
	if !reflect.DeepEqual(got, want) || slices.Equal(plain, averaged) {
		t.Errorf("with an average the steps are\n%+v\nand the weights %v; want\n%+v\nand others than %v", got, averaged, want, plain)
	}
	never, got := run(Optimize(&ASGD{LR: 0.05})) // whose losses fall all along
	if !reflect.DeepEqual(got, want) || !slices.Equal(plain, never) {
		t.Errorf("before the trigger the steps are\n%+v\nand the weights %v; want\n%+v\nand %v", got, never, want, plain)
	}
}

// averagingOptions are runs of resumable that average.
func averagingOptions() map[string]func() []Option {
	with := func(o Optimizer, more ...Option) []Option { return append(resumableOptions(o), more...) }
	return map[string]func() []Option{
		"ema":                func() []Option { return with(&Adam{LR: 0.05}, EMA(0.7)) },
		"ema, accumulated":   func() []Option { return with(&SGD{LR: 0.05, Momentum: 0.5}, EMA(0.5), Accumulate(3)) },
		"asgd":               func() []Option { return with(&ASGD{LR: 1.5, Patience: 1}, Patience(0)) },
		"accumulated":        func() []Option { return with(&Adam{LR: 0.05}, Accumulate(3)) },
		"accumulated of all": func() []Option { return with(&Adam{LR: 0.05}, Accumulate(100)) },
	}
}

// TestResumeAverages is TestResume with weights that are averaged and batches that are accumulated.
func TestResumeAverages(t *testing.T) {
	for name, options := range averagingOptions() {
		t.Run(name, func(t *testing.T) {
			var want outcome
			task := resumable()
			loop, err := New(task, append(options(), want.watch())...)
			if err != nil {
				t.Fatal(err)
			}
			result, err := loop.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			want.finish(task, result)
			if s := loop.State(); s.Recipe.EMA > 0 && s.Averaged != s.Number || name == "asgd" && (s.Averaged == 0 || s.Averaged == s.Number) {
				t.Errorf("%d of %d steps are averaged", s.Averaged, s.Number)
			}
			for stop := 1; stop <= len(want.steps); stop++ {
				for _, how := range []string{"cancelled", "failed", "checkpoint"} {
					var got outcome
					files := memory{}
					stopped(t, stop, how, files, options(), &got)
					task := resumable()
					loop, err := Resume(task, files, got.watch())
					if err != nil {
						t.Fatal(err)
					}
					result, err := loop.Run(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					if got.finish(task, result); !reflect.DeepEqual(got, want) {
						t.Fatalf("%s after step %d of %d:\n%+v\nwant\n%+v", how, stop, len(want.steps), got, want)
					}
				}
			}
		})
	}
}

// TestInterruptedAverage cancels before and after an epoch has been validated: the average is what is left, of the best
// epoch or as it is, and the run goes on with the weights.
func TestInterruptedAverage(t *testing.T) {
	whole := resumable()
	all, err := Run(context.Background(), whole, append(resumableOptions(&SGD{LR: 0.05}), EMA(0.6))...)
	if err != nil {
		t.Fatal(err)
	}
	for _, stop := range []int{1, 3, 6, 7} { // of 4 an epoch
		means := map[int][]float64{} // after each step
		task := resumable()
		var cancel context.CancelFunc
		n := 0
		var loop *Loop
		loop, err := New(task, append(resumableOptions(&SGD{LR: 0.05}), EMA(0.6), Watch(Callbacks{Step: func(StepEvent) error {
			if n++; n == stop {
				cancel()
			}
			means[n] = nil
			for _, m := range loop.mean.means.List() {
				means[n] = append(means[n], floatsOf(m.Value())...)
			}
			return nil
		}}))...)
		if err != nil {
			t.Fatal(err)
		}
		ctx, c := context.WithCancel(context.Background())
		cancel = c
		result, err := loop.Run(ctx)
		if err != nil || !result.Interrupted {
			t.Fatalf("%+v, %v; want an interrupted run", result, err)
		}
		want := means[stop]
		if stop >= 4 {
			want = means[4*result.BestEpoch]
		}
		var got []float64
		for _, w := range task.weights() {
			got = append(got, float64(w))
		}
		if !slices.Equal(got, want) {
			t.Errorf("interrupted after step %d: the weights are %v; want the average %v", stop, got, want)
		}
		rest, err := loop.Run(context.Background())
		if rest.Seconds = all.Seconds; err != nil || rest != all || !slices.Equal(task.weights(), whole.weights()) {
			t.Errorf("interrupted after step %d it ends with %+v, %v; want %+v", stop, rest, err, all)
		}
	}
}

// TestResumeRefusesAnother has another average, and other groups of batches, than the run was begun with.
func TestResumeRefusesAnother(t *testing.T) {
	files := memory{}
	var seen outcome
	stopped(t, 2, "cancelled", files, append(resumableOptions(&Adam{}), EMA(0.5)), &seen)
	for want, option := range map[string]Option{
		"train: cannot go on from checkpoint.safetensors: the run was begun with ema 0.5, not 0.25; give what it was begun with, or train anew":   EMA(0.25),
		"train: cannot go on from checkpoint.safetensors: the run was begun with accumulate 1, not 2; give what it was begun with, or train anew": Accumulate(2),
	} {
		if _, err := Resume(resumable(), files, option); err == nil || err.Error() != want {
			t.Errorf("error %v; want %s", err, want)
		}
	}
}

// TestAverageDoesNotAllocate counts the allocations of an update of the average, of small parameters and of large ones.
func TestAverageDoesNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(dtype)
		for name, n := range map[string]int{"small": 3, "large": largeParam + 5} {
			if err := params.Declare(name, graph.Constant(2), n); err != nil {
				t.Fatal(err)
			}
		}
		a, err := newAverage(params, params.Snapshot())
		if err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(10, func() {
			if err := a.update(0.25); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v: %v allocations an update; want none", dtype, n)
		}
	}
}
