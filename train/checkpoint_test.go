package train

import (
	"context"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
)

// memory is files in memory, as they would be on a disk.
type memory map[string][]byte

func (m memory) Read(name string, value any) error {
	data, ok := m[name]
	if !ok {
		return errors.WithMessage(fs.ErrNotExist, name)
	}
	if f, ok := value.(*safetensors.File); ok {
		read, err := safetensors.Read(strings.NewReader(string(data)))
		if err == nil {
			*f = *read
		}
		return err
	}
	return json.Unmarshal(data, value)
}

func (m memory) Write(name string, value any) error {
	var b strings.Builder
	if f, ok := value.(*safetensors.File); ok {
		if err := f.Write(&b); err != nil {
			return err
		}
	} else if err := json.NewEncoder(&b).Encode(value); err != nil {
		return err
	}
	m[name] = []byte(b.String())
	return nil
}

// outcome is all that a run leaves but the time that it took.
type outcome struct {
	weights []float32
	result  Result
	steps   []StepEvent
	epochs  []EpochEvent
}

func (o *outcome) watch() Option {
	return Watch(Callbacks{
		Step:  func(e StepEvent) error { o.steps = append(o.steps, e); return nil },
		Epoch: func(e EpochEvent) error { e.Seconds = 0; o.epochs = append(o.epochs, e); return nil },
	})
}

func (o *outcome) finish(task *lineTask, r Result) {
	r.Seconds = 0
	o.weights, o.result = task.weights(), r
}

// resumable returns a task whose metric of an epoch depends on its weights alone, and has dropout.
func resumable() *lineTask {
	task := newLine(14)
	task.dropout = 0.25
	task.weight = func(number int) float64 { return float64(1 + number%2) }
	task.metrics = func() map[string]float64 {
		w := task.weights()
		return map[string]float64{"sharpness": math.Sin(40 * float64(w[0]+w[1]))} // up and down from epoch to epoch
	}
	return task
}

// resumableOptions have a schedule that follows the losses, a metric that decides, and patience that may run out.
func resumableOptions(o Optimizer) []Option {
	return []Option{Optimize(o), Epochs(5), Batch(4), Scheduled("warmup:3,plateau:0.5:0"), Maximize("sharpness"), Patience(3), ClipEach(0.7), Seed(5)}
}

// uninterrupted returns the outcome of a run of the resumable task that nothing interrupts.
func uninterrupted(t *testing.T, opts []Option) outcome {
	t.Helper()
	var seen outcome
	task := resumable()
	result, err := Run(context.Background(), task, append(opts, seen.watch())...)
	if err != nil {
		t.Fatal(err)
	}
	seen.finish(task, result)
	return seen
}

// stopAt returns an option that ends the run by an error after so many steps.
var errStop = errors.New("stop")

func stopAt(number int) Option {
	n := 0
	return Watch(Callbacks{Step: func(StepEvent) error {
		if n++; n == number {
			return errStop
		}
		return nil
	}})
}

// TestResume stops runs of every optimizer after each of their steps and goes on from what was saved, with a task and an
// optimizer made anew: the end is the same, bit for bit, as without a stop.
func TestResume(t *testing.T) {
	for spec, first := range written() {
		t.Run(spec, func(t *testing.T) {
			make := func() Optimizer {
				o, err := NewOptimizer(spec, first.LearningRate())
				if err != nil {
					t.Fatal(err)
				}
				return o
			}
			want := uninterrupted(t, resumableOptions(make()))
			for stop := 1; stop <= len(want.steps); stop++ {
				for _, how := range []string{"cancelled", "failed", "checkpoint"} {
					var got outcome
					files := memory{}
					stopped(t, stop, how, files, resumableOptions(make()), &got)
					task := resumable()
					opts := []Option{got.watch()}
					if stop%2 == 0 { // the same settings may be given again
						opts = append(resumableOptions(make()), got.watch())
					}
					loop, err := Resume(task, files, opts...)
					if err != nil {
						t.Fatal(err)
					}
					if s := loop.State(); s.Number != stop {
						t.Errorf("%d steps are done; want %d", s.Number, stop)
					}
					result, err := loop.Run(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					got.finish(task, result)
					if !reflect.DeepEqual(got, want) {
						t.Fatalf("%s after step %d of %d:\n%+v\nwant\n%+v", how, stop, len(want.steps), got, want)
					}
				}
			}
		})
	}
}

// stopped runs until a step and saves; the outcome is what was seen until then.
func stopped(t *testing.T, number int, how string, files Files, opts []Option, seen *outcome) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	opts = append(opts, seen.watch())
	if how == "checkpoint" { // as if the process died at the next step
		opts = append(opts, CheckpointEvery(number), Watch(Callbacks{Checkpoint: func(l *Loop) error {
			cancel()
			if err := l.Save(files); err != nil {
				return err
			}
			return errStop
		}}))
	} else {
		opts = append(opts, Watch(Callbacks{Step: func(StepEvent) error {
			if len(seen.steps) < number {
				return nil
			}
			if how == "failed" {
				return errStop
			}
			cancel()
			return nil
		}}))
	}
	loop, err := New(resumable(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = loop.Run(ctx)
	if how == "cancelled" {
		if err != nil {
			t.Fatal(err)
		}
	} else if err != errStop {
		t.Fatal(err)
	}
	if how == "checkpoint" {
		return
	}
	// A cancelled run still ends an epoch that has no other step; the checkpoint is then of its end.
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
}

// TestRunGoesOn runs one loop step by step.
func TestRunGoesOn(t *testing.T) {
	var got outcome
	want := uninterrupted(t, resumableOptions(&Adam{LR: 0.05}))

	task := resumable()
	var cancel context.CancelFunc
	loop, err := New(task, append(resumableOptions(&Adam{LR: 0.05}), got.watch(), Watch(Callbacks{Step: func(StepEvent) error { cancel(); return nil }}))...)
	if err != nil {
		t.Fatal(err)
	}
	for runs := 0; ; runs++ {
		ctx, c := context.WithCancel(context.Background())
		cancel = c
		result, err := loop.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !result.Interrupted {
			got.finish(task, result)
			if runs != len(want.steps) && runs != len(want.steps)-1 {
				t.Errorf("%d runs of a step each; want %d", runs, len(want.steps))
			}
			break
		}
		if result.BestEpoch > 0 { // between runs the parameters hold the best weights
			best := got.epochs[result.BestEpoch-1].Valid.Metrics["sharpness"]
			if is := task.metrics()["sharpness"]; is != best {
				t.Fatalf("after an interruption the parameters have the metric %v; want %v, that of epoch %d", is, best, result.BestEpoch)
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("step by step\n%+v\nwant\n%+v", got, want)
	}
	// A run that is over stays so.
	again, err := loop.Run(context.Background())
	if again.Seconds = 0; err != nil || again != want.result || !slices.Equal(task.weights(), want.weights) {
		t.Errorf("again: %+v, %v; want %+v", again, err, want.result)
	}
}

// TestResumeLonger gives more epochs and patience to a run that is over: it goes on from the last weights, not the best.
func TestResumeLonger(t *testing.T) {
	opts := func(epochs int) []Option {
		return append(resumableOptions(&SGD{LR: 0.05, Momentum: 0.5}), Patience(0), Epochs(epochs))
	}
	var got outcome
	want := uninterrupted(t, opts(7))

	files := memory{}
	loop, err := New(resumable(), append(opts(4), got.watch())...)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := loop.Run(context.Background()); err != nil || r.BestEpoch == 4 {
		t.Fatalf("%+v, %v; want a best epoch before the last", r, err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	task := resumable()
	if loop, err = Resume(task, files, Epochs(7), got.watch()); err != nil {
		t.Fatal(err)
	}
	result, err := loop.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got.finish(task, result)
	for i := range got.epochs {
		got.epochs[i].Epochs, got.epochs[i].Last = 7, i == 6
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("4 epochs and 3 more:\n%+v\nwant\n%+v", got, want)
	}
}

// TestResumeAtTheStart saves before the first step, of a task that declares its parameters in it.
func TestResumeAtTheStart(t *testing.T) {
	var want, got outcome
	files := memory{}
	first := resumable()
	loop, err := New(first, append(resumableOptions(&Adam{}), want.watch())...)
	if err != nil {
		t.Fatal(err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	result, err := loop.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want.finish(first, result)
	for _, declared := range []bool{false, true} {
		got = outcome{}
		task := resumable()
		if declared {
			task.declared(t)
		}
		loop, err := Resume(task, files, got.watch())
		if err != nil {
			t.Fatal(err)
		}
		if result, err = loop.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got.finish(task, result); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant\n%+v", got, want)
		}
	}
}

func TestResumePatience(t *testing.T) {
	losses := []float64{3, 1, 2, 2, 2, 2}
	files := memory{}
	task := newLine(4)
	task.valid = losses
	loop, err := New(task, Patience(2), Epochs(6))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := loop.Run(context.Background()); err != nil || r.Epochs != 4 {
		t.Fatalf("%+v, %v; want 4 epochs", r, err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	for patience, epochs := range map[int]int{1: 4, 2: 4, 3: 5, 0: 6} {
		task := newLine(4)
		task.valid, task.observed = losses, 4
		loop, err := Resume(task, files, Patience(patience))
		if err != nil {
			t.Fatal(err)
		}
		if r, err := loop.Run(context.Background()); err != nil || r.Epochs != epochs || r.BestEpoch != 2 || r.ValidLoss != 1 {
			t.Errorf("a patience of %d: %+v, %v; want %d epochs and the best 2", patience, r, err, epochs)
		}
	}
}

// TestResumeNotANumber has a metric that is not a number in the state.
func TestResumeNotANumber(t *testing.T) {
	files := memory{}
	task := newLine(4)
	task.metrics = func() map[string]float64 { return map[string]float64{"m": math.NaN()} }
	loop, err := New(task, Epochs(2), Maximize("m"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	loop, err = Resume(newLine(4), files)
	if err != nil {
		t.Fatal(err)
	}
	if s := loop.State(); s.Epoch != 2 || s.BestEpoch != 0 || !math.IsNaN(s.Decisive[1]) || math.IsNaN(s.Losses[1]) {
		t.Errorf("%+v", s)
	}
}

// saved returns the checkpoint of a run in the middle of its second epoch.
func saved(t *testing.T) memory {
	t.Helper()
	files := memory{}
	loop, err := New(resumable(), append(resumableOptions(&Adam{LR: 0.05}), stopAt(6))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Run(context.Background()); err != errStop {
		t.Fatal(err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	return files
}

// otherNetwork is a task with another network.
func otherNetwork(t *testing.T, name string, dtype tensor.Dtype, shape ...int) *lineTask {
	t.Helper()
	task := resumable()
	task.params = graph.NewParams(dtype)
	if name != "" {
		if err := task.params.Declare(name, graph.Zeros(), shape...); err != nil {
			t.Fatal(err)
		}
	}
	return task
}

func TestResumeRefuses(t *testing.T) {
	files := saved(t)
	reversed := resumable()
	reversed.reorder = true
	for _, c := range []struct {
		name string
		task *lineTask
		opts []Option
		want string
	}{
		{"optimizer", resumable(), []Option{Optimize(&SGD{LR: 0.05})}, "begun with optimizer adam, not sgd"},
		{"settings of the optimizer", resumable(), []Option{Optimize(&Adam{LR: 0.05, Beta2: 0.9})}, "begun with optimizer adam, not adam:beta2=0.9"},
		{"rate", resumable(), []Option{Optimize(&Adam{LR: 0.5})}, "begun with lr 0.05, not 0.5"},
		{"decay", resumable(), []Option{Optimize(&Adam{LR: 0.05, WeightDecay: 1})}, "begun with weight-decay 0, not 1"},
		{"batch", resumable(), []Option{Batch(5)}, "begun with batch 4, not 5"},
		{"seed", resumable(), []Option{Seed(6)}, "begun with seed 5, not 6"},
		{"schedule", resumable(), []Option{Scheduled("cosine")}, "begun with schedule warmup:3,plateau:0.5:0, not cosine"},
		{"metric", resumable(), []Option{Maximize("")}, "begun with maximize sharpness, not none"},
		{"fewer examples", newLine(13), nil, "begun on 14 training examples, not 13"},
		{"no examples", newLine(0), nil, "there are no training examples"},
		{"other order", reversed, nil, "14 training examples were divided into other batches"},
		{"another parameter", otherNetwork(t, "more", tensor.Float32, 2), nil, "it has no parameter more; give the same network"},
		{"another shape", otherNetwork(t, "extra", tensor.Float32, 2), nil, "shape"},
		{"another type", otherNetwork(t, "", tensor.Float64), nil, "has the type F32, not F64"},
		{"settings", resumable(), []Option{Epochs(0)}, "epochs 0: want at least 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loop, err := Resume(c.task, files, c.opts...)
			if err == nil || loop != nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "train: cannot go on from checkpoint.safetensors: ") {
				t.Errorf("error %v; want %q", err, c.want)
			}
		})
	}
	if _, err := Resume(resumable(), memory{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v; want fs.ErrNotExist", err)
	}
}

// TestResumeRefusesDamage cuts a checkpoint off at, and changes, each of its bytes.
func TestResumeRefusesDamage(t *testing.T) {
	data := saved(t)[CheckpointFile]
	whole := resumable()
	if _, err := Resume(whole, memory{CheckpointFile: data}); err != nil {
		t.Fatal(err)
	}
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(data); i += step {
		bad := slices.Clone(data)
		bad[i] ^= 1 << (i % 8)
		for what, content := range map[string][]byte{"cut off": data[:i], "changed": bad} {
			task := resumable().declared(t)
			before := task.weights()
			if loop, err := Resume(task, memory{CheckpointFile: content}); err == nil || loop != nil {
				t.Fatalf("%s at byte %d of %d: no error", what, i, len(data))
			}
			if !slices.Equal(task.weights(), before) {
				t.Fatalf("%s at byte %d: the weights changed", what, i)
			}
		}
	}
}

// TestResumeRefusesForgery changes what a checkpoint says and gives it a checksum that fits.
func TestResumeRefusesForgery(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(f *safetensors.File, s map[string]any)
		want   string
	}{
		{"no state", func(f *safetensors.File, s map[string]any) { f.Metadata[stateKey] = "{" }, "its state cannot be read"},
		{"epoch", func(f *safetensors.File, s map[string]any) { s["epoch"] = -1 }, "damaged"},
		{"more epochs", func(f *safetensors.File, s map[string]any) { s["epoch"] = 2 }, "its tensor epochs has 2 numbers, not 4"},
		{"steps", func(f *safetensors.File, s map[string]any) { s["step"] = 5 }, "5 steps of epoch 2 are done, which has 4"},
		{"batches", func(f *safetensors.File, s map[string]any) { s["batches"] = 1 }, "steps of 1 batches, 0 averaged"},
		{"averaged", func(f *safetensors.File, s map[string]any) { s["averaged"] = 100 }, "100 averaged"},
		{"averages", func(f *safetensors.File, s map[string]any) { s["averaged"] = 1 }, "it has no parameter"},
		{"best", func(f *safetensors.File, s map[string]any) { s["best_epoch"] = 0 }, "its best epoch is 1 and not 0"},
		{"sums", func(f *safetensors.File, s map[string]any) {
			f.Set(sumsTensor, safetensors.FromFloat64s([]int{1}, []float64{1}))
		}, "its tensor sums has 1 numbers, not 2"},
		{"best weights", func(f *safetensors.File, s map[string]any) { remove(f, bestPrefix+"bias") }, "it has no parameter bias"},
		{"a weight", func(f *safetensors.File, s map[string]any) { remove(f, weightsPrefix+"bias") }, "it has no parameter bias"},
		{"a parameter more", func(f *safetensors.File, s map[string]any) {
			f.Set(weightsPrefix+"x", safetensors.FromFloat32s([]int{1}, []float32{1}))
		}, "it has a parameter \"x\""},
		{"a moment", func(f *safetensors.File, s map[string]any) { remove(f, optimizerPrefix+"0.1") }, "parameter 0: safetensors: no tensor"},
		{"a moment more", func(f *safetensors.File, s map[string]any) {
			f.Set(optimizerPrefix+"9", safetensors.FromInt64s([]int{3}, []int64{32, 1, 1}))
		}, "the state cannot be restored: it has"},
		{"a moment's size", func(f *safetensors.File, s map[string]any) {
			f.Set(optimizerPrefix+"0.1", safetensors.FromFloat32s([]int{1}, []float32{1}))
		}, "tensor 0.1 is of shape [1]"},
		{"counts", func(f *safetensors.File, s map[string]any) {
			f.Set(optimizerPrefix+"0", safetensors.FromInt64s([]int{3}, []int64{32, -1, 1}))
		}, "its counts are [32 -1 1]"},
		{"bits", func(f *safetensors.File, s map[string]any) {
			f.Set(optimizerPrefix+"0", safetensors.FromInt64s([]int{3}, []int64{31, 2, 1}))
		}, "31 bits"},
		{"optimizer", func(f *safetensors.File, s map[string]any) { f.Metadata[optimizerPrefix+"optimizer"] = "sgd" }, `that of the optimizer "sgd", not of "adam"`},
		{"rate", func(f *safetensors.File, s map[string]any) { f.Metadata[optimizerPrefix+"lr"] = "fast" }, `the learning rate "fast"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := saved(t)
			forge(t, files, c.change)
			if loop, err := Resume(resumable(), files); err == nil || loop != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want %q", err, c.want)
			}
		})
	}
}

// forge changes a checkpoint and its state.
func forge(t *testing.T, files Files, change func(f *safetensors.File, s map[string]any)) {
	t.Helper()
	f := new(safetensors.File)
	if err := files.Read(CheckpointFile, f); err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	decoder := json.NewDecoder(strings.NewReader(f.Metadata[stateKey]))
	decoder.UseNumber() // a checksum has more digits than a float64
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	state, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata[stateKey] = string(state)
	change(f, s)
	if f.Metadata[stateKey] == string(state) {
		state, _ := json.Marshal(s)
		f.Metadata[stateKey] = string(state)
	}
	f.Metadata[checksumKey] = checksum(f)
	if err := files.Write(CheckpointFile, f); err != nil {
		t.Fatal(err)
	}
}

// TestResumeOlder goes on from a checkpoint of before batches were accumulated and weights averaged.
func TestResumeOlder(t *testing.T) {
	var got outcome
	want := uninterrupted(t, resumableOptions(&Adam{LR: 0.05}))
	files := memory{}
	stopped(t, 6, "cancelled", files, resumableOptions(&Adam{LR: 0.05}), &got)
	forge(t, files, func(_ *safetensors.File, s map[string]any) {
		for _, name := range []string{"batches", "averaged"} {
			if _, ok := s[name]; !ok {
				t.Errorf("the state has no %s", name)
			}
			delete(s, name)
		}
		delete(s["recipe"].(map[string]any), "accumulate")
	})
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
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

func remove(f *safetensors.File, name string) {
	delete(f.Tensors, name)
	f.Names = slices.DeleteFunc(f.Names, func(n string) bool { return n == name })
}

// foreign is an optimizer that NewOptimizer does not know.
type foreign struct{ SGD }

func (*foreign) Name() string { return "foreign" }

func TestResumeForeignOptimizer(t *testing.T) {
	opts := []Option{Epochs(2), Batch(4)}
	want := uninterrupted(t, append(opts, Optimize(&foreign{SGD{LR: 0.05, Momentum: 0.5}})))
	var got outcome
	files := memory{}
	loop, err := New(resumable(), append(opts, Optimize(&foreign{SGD{LR: 0.05, Momentum: 0.5}}), got.watch(), stopAt(3))...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loop.Run(context.Background()); err != errStop {
		t.Fatal(err)
	}
	if err := loop.Save(files); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(resumable(), files); err == nil || !strings.Contains(err.Error(), `optimizer "foreign:momentum=0.5`) {
		t.Errorf("error %v", err)
	}
	task := resumable()
	if loop, err = Resume(task, files, Optimize(&foreign{SGD{LR: 0.05, Momentum: 0.5}}), got.watch()); err != nil {
		t.Fatal(err)
	}
	result, err := loop.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got.finish(task, result); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// TestOptimizersSnapshot goes on from a snapshot with parameters of both types, one of which has had no gradient yet.
func TestOptimizersSnapshot(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		run := func(breakAt int) [][]float64 {
			a, b, c := dense64(1, -2, 3), dense32(1, 2), dense64(5)
			o := makeOptimizer()
			for step := range 6 {
				if step == breakAt {
					s := o.Snapshot()
					o = makeOptimizer()
					if err := o.Restore(s); err != nil {
						t.Fatal(err)
					}
				}
				var late gorgonia.Value
				if step > 3 {
					late = dense64(0.5)
				}
				x := float64(step)
				o.SetLearningRate(0.1 / (1 + x))
				err := o.Step([]gorgonia.ValueGrad{pair{value: a, gradient: dense64(0.5, x, -1)}, pair{value: b, gradient: dense32(float32(x), -2)}, pair{value: c, gradient: late}})
				if err != nil {
					t.Fatal(err)
				}
			}
			return [][]float64{a.Float64s(), {float64(b.Float32s()[0]), float64(b.Float32s()[1])}, c.Float64s()}
		}
		want := run(-1)
		for at := range 6 {
			if got := run(at); !reflect.DeepEqual(got, want) {
				t.Errorf("with a break before step %d %v; want %v", at, got, want)
			}
		}
		// A failure leaves the state as it was.
		o := makeOptimizer()
		o.SetLearningRate(0.25)
		before := o.Snapshot()
		s := makeOptimizer().Snapshot()
		s.Metadata["optimizer"] = "another"
		if err := o.Restore(s); err == nil || !strings.HasPrefix(err.Error(), o.Name()+": the state cannot be restored") || !reflect.DeepEqual(o.Snapshot(), before) {
			t.Errorf("error %v, state %v; want %v", err, o.Snapshot(), before)
		}
		// The parameters of the next step must be those of the state.
		fresh := makeOptimizer()
		if err := o.Step([]gorgonia.ValueGrad{pair{value: dense64(1, 2), gradient: dense64(1, 2)}}); err != nil {
			t.Fatal(err)
		}
		if err := fresh.Restore(o.Snapshot()); err != nil {
			t.Fatal(err)
		}
		if err := fresh.Step([]gorgonia.ValueGrad{pair{value: dense64(1, 2, 3), gradient: dense64(1, 2, 3)}}); err == nil || !strings.Contains(err.Error(), "is not the one the state is of") {
			t.Errorf("error %v", err)
		}
	})
}

// TestCheckpointEvery counts the checkpoints and has a fault of one end the run.
func TestCheckpointEvery(t *testing.T) {
	var at []int
	watch := Watch(Callbacks{Checkpoint: func(l *Loop) error { at = append(at, l.State().Number); return nil }})
	if _, err := Run(context.Background(), newLine(6), Epochs(3), Batch(2), CheckpointEvery(4), watch); err != nil || !slices.Equal(at, []int{4, 8}) {
		t.Errorf("checkpoints after %v, %v; want 4 and 8", at, err)
	}
	at = nil
	if _, err := Run(context.Background(), newLine(6), Epochs(1), watch); err != nil || at != nil {
		t.Errorf("checkpoints after %v, %v; want none", at, err)
	}
	full := errors.New("the disk is full")
	r, err := Run(context.Background(), newLine(6), Epochs(3), Batch(2), CheckpointEvery(4), Watch(Callbacks{Checkpoint: func(*Loop) error { return full }}))
	if err != full || r.Epochs != 1 {
		t.Errorf("%+v, %v; want the callback's error after an epoch", r, err)
	}
	if _, err := New(newLine(6), CheckpointEvery(-1)); err == nil || !strings.Contains(err.Error(), "train: checkpoints every -1 steps") {
		t.Errorf("error %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	files := Folder(dir)
	want := map[string]int{"x": 3}
	if err := files.Write("x.json", want); err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := files.Read("x.json", &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	f := new(safetensors.File)
	f.Set("w", safetensors.FromFloat32s([]int{1}, []float32{2}))
	if err := files.Write("w.safetensors", f); err != nil {
		t.Fatal(err)
	}
	back := new(safetensors.File)
	if err := files.Read("w.safetensors", back); err != nil || !reflect.DeepEqual(back.Tensors, f.Tensors) {
		t.Errorf("%v, %v; want %v", back, err, f)
	}
	if err := files.Read("y.json", &got); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v; want fs.ErrNotExist", err)
	}
	if err := files.Read("y.safetensors", back); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v; want fs.ErrNotExist", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bad.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := files.Read("bad.json", &got); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "bad.json")) {
		t.Errorf("error %v; want one that names the file", err)
	}
	if err := files.Write("f.json", func() {}); err == nil || !strings.Contains(err.Error(), "f.json") {
		t.Errorf("error %v; want one that names the file", err)
	}
	for _, name := range []string{"", ".", "..", "../x", "a/b", "/x"} {
		if err := files.Write(name, 1); err == nil || files.Read(name, &got) == nil {
			t.Errorf("%q is taken for a file's name", name)
		}
	}
	// Resume names the file.
	if err := os.WriteFile(filepath.Join(dir, CheckpointFile), []byte("short"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(newLine(4), files); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, CheckpointFile)) {
		t.Errorf("error %v; want one that names the file", err)
	}
}
