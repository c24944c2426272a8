package train

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// tagger learns the classes of tokens, of which 0 is padding, from sequences [n][T][2] of different lengths; or with
// numbers, the mean of each sequence's squares.
type tagger struct {
	params   *graph.Params
	programs map[int]*graph.Program
	steps    int
	x        [][]float64 // [n][T·2]
	target   [][]int     // [n][T]
	numbers  bool
	inOrder  bool // of the examples, whatever the epoch
	draws    Draws
}

func newTagger(n, steps int) *tagger {
	t := &tagger{params: graph.NewParams(tensor.Float64, graph.InitSeed(3)), programs: make(map[int]*graph.Program), steps: steps}
	for i := range n {
		x, target := make([]float64, 2*steps), make([]int, steps)
		for s := range steps {
			x[2*s], x[2*s+1] = float64((7*i+3*s)%11)/5-1, float64((5*i+2*s)%7)/3-1
			if s <= (i*i+i/3)%steps { // its length
				target[s] = 1 + (i+s)%2
			}
		}
		t.x, t.target = append(t.x, x), append(t.target, target)
	}
	return t
}

func (t *tagger) Params() *graph.Params         { return t.params }
func (t *tagger) Validate() (Evaluation, error) { return Evaluation{Loss: 1}, nil }

func (t *tagger) Batches(epoch, size int, seed uint64) (batches [][]int) {
	if !t.inOrder {
		return t.draws.Shuffled(len(t.x), size, epoch, seed)
	}
	all := make([]int, len(t.x))
	for i := range all {
		all[i] = i
	}
	return slices.Collect(slices.Chunk(all, size))
}

func (t *tagger) program(batch int) (*graph.Program, error) {
	if p := t.programs[batch]; p != nil {
		return p, nil
	}
	b := graph.NewBuilder(t.params, graph.Training())
	y := b.Linear("", 3, b.Input("x", batch, t.steps, 2))
	loss := b.CrossEntropy(y, b.IndexInput("target", batch, t.steps), graph.IgnoreIndex(0))
	if t.numbers {
		loss = b.Mean(b.Mul(y, y))
	}
	p, err := graph.Compile(b, graph.Loss(loss))
	t.programs[batch] = p
	return p, err
}

func (t *tagger) Step(_ int, examples []int) (Step, error) {
	p, err := t.program(len(examples))
	if err != nil {
		return Step{}, err
	}
	var x []float64
	var target []int
	tokens := 0
	for _, e := range examples {
		x, target = append(x, t.x[e]...), append(target, t.target[e]...)
		for _, y := range t.target[e] {
			if y != 0 {
				tokens++
			}
		}
	}
	if err := p.Set("x", x); err != nil {
		return Step{}, err
	}
	if t.numbers {
		return Step{Program: p}, nil
	}
	return Step{Program: p, Tokens: tokens, Weight: float64(tokens)}, p.Set("target", target)
}

func (t *tagger) weights() (w []float64) {
	for _, p := range t.params.List() {
		w = append(w, p.Value().Float64s()...)
	}
	return w
}

// TestAccumulateIsOneBatch trains with one large batch and with several small ones that hold the same examples, in
// groups that do not come out even: a loss that is a mean over tokens with a mask, and one that is a mean over
// examples.
func TestAccumulateIsOneBatch(t *testing.T) {
	type seen struct {
		weights, numbers []float64
		steps, tokens    int
		losses           []float64
	}
	for _, numbers := range []bool{false, true} {
		run := func(batch, accumulate int) (s seen) {
			t.Helper()
			task := newTagger(23, 5)
			task.numbers = numbers
			_, err := Run(context.Background(), task, Optimize(&Adam{LR: 0.05}), Epochs(4), Batch(batch), Accumulate(accumulate), Clip(0.4),
				Scheduled("onecycle"), EMA(0.5), Watch(Callbacks{
					Step: func(e StepEvent) error {
						s.steps++
						s.numbers = append(s.numbers, float64(e.Epoch), float64(e.Step), float64(e.Steps), e.Loss, e.GradNorm, e.LearningRate)
						s.weights = append(s.weights, task.weights()...)
						return nil
					},
					Epoch: func(e EpochEvent) error { s.losses = append(s.losses, e.TrainLoss); s.tokens += e.Tokens; return nil },
				}))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		for _, c := range [][2]int{{8, 8}, {8, 4}, {8, 2}, {8, 1}, {23, 4}, {23, 1}, {6, 3}} {
			large, batch := c[0], c[1]
			one, several := run(large, 1), run(batch, (large+batch-1)/batch)
			what := fmt.Sprintf("numbers %v, batches of %d in place of %d", numbers, batch, large)
			if want := 4 * updatesOf(23, large); several.steps != want || one.steps != want || several.tokens != one.tokens {
				t.Errorf("%s: %d and %d updates of %d and %d tokens; want %d", what, several.steps, one.steps, several.tokens, one.tokens, want)
				continue
			}
			near(t, what+": what the steps say", several.numbers, one.numbers, 1e-10)
			near(t, what+": the weights", several.weights, one.weights, 1e-10)
			near(t, what+": the training losses", several.losses, one.losses, 1e-10)
		}
	}
}

// TestAccumulateOfPyTorch has sequences of different lengths accumulate, two at a time and one at a time.
func TestAccumulateOfPyTorch(t *testing.T) {
	var golden struct {
		X       [][][]float64
		Target  [][]int
		Start   []float64
		LR      float64
		Weights [][]float64
		Losses  []float64
	}
	readGolden(t, "accumulated.json", &golden)
	for _, batch := range []int{1, 2, 4} {
		task := newTagger(0, 4)
		task.inOrder, task.target = true, golden.Target
		for _, x := range golden.X {
			task.x = append(task.x, slices.Concat(x...))
		}
		if _, err := task.program(batch); err != nil {
			t.Fatal(err)
		}
		setFloats(task.params.Get("weight").Value(), golden.Start[:6])
		setFloats(task.params.Get("bias").Value(), golden.Start[6:])
		n := 0
		_, err := Run(context.Background(), task, sgd(golden.LR), Epochs(3), Batch(batch), Accumulate(4/batch), Clip(0), Watch(Callbacks{
			Step: func(e StepEvent) error {
				near(t, "the loss", []float64{e.Loss}, golden.Losses[n:n+1], 1e-12)
				near(t, "the weights", slices.Concat(floatsOf(task.params.Get("weight").Value()), floatsOf(task.params.Get("bias").Value())), golden.Weights[n], 1e-12)
				n++
				return nil
			}}))
		if err != nil || n != len(golden.Weights) {
			t.Errorf("%d updates, %v; want %d", n, err, len(golden.Weights))
		}
	}
}

// TestAccumulateCountsBatches checks the numbers of batches, and that one update follows the batches of a group.
func TestAccumulateCountsBatches(t *testing.T) {
	task := newLine(10).declared(t)
	last := task.weights()
	changed := 0
	task.before = func(int) {
		if now := task.weights(); !slices.Equal(now, last) {
			last = now
			changed++
		}
	}
	loop, err := New(task, sgd(0.01), Epochs(2), Batch(2), Accumulate(3))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = loop.Run(context.Background()); err != nil || !slices.Equal(task.numbers, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) || changed != 3 {
		t.Errorf("batches %v, %d updates between them, %v; want 0 to 9 and 3", task.numbers, changed, err)
	}
	if s := loop.State(); s.Number != 4 || s.Batches != 10 || s.Averaged != 0 {
		t.Errorf("%d steps of %d batches, %d averaged; want 4 of 10", s.Number, s.Batches, s.Averaged)
	}
}

// TestAccumulateInterrupted cancels within a group of batches: it makes no update, and the run goes on with its first
// batch.
func TestAccumulateInterrupted(t *testing.T) {
	whole := newLine(12)
	opts := []Option{sgd(0.05), Epochs(3), Batch(2), Accumulate(3)}
	want, err := Run(context.Background(), whole, opts...)
	if err != nil {
		t.Fatal(err)
	}
	task := newLine(12).declared(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	task.before = func(step int) {
		if step == 8 { // the second of the third update
			cancel()
		}
	}
	loop, err := New(task, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := loop.Run(ctx); err != nil || !r.Interrupted || task.steps != 8 || loop.State().Number != 2 || loop.State().Batches != 6 {
		t.Fatalf("%+v, %v, %d batches begun, %+v; want 8, and 2 steps", r, err, task.steps, loop.State())
	}
	got, err := loop.Run(context.Background())
	if got.Seconds = want.Seconds; err != nil || got != want || !slices.Equal(task.weights(), whole.weights()) {
		t.Errorf("%+v, %v, weights %v; want %+v and %v", got, err, task.weights(), want, whole.weights())
	}
}

// TestAccumulateDoesNotAllocate counts the allocations of a group of batches after the first.
func TestAccumulateDoesNotAllocate(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		task := newBowl(t, dtype, []float64{1, 2, 3}, []float64{1, 1, 1}, []float64{0, 0, 1})
		if err := task.program.Run(); err != nil {
			t.Fatal(err)
		}
		var a accumulation
		n := testing.AllocsPerRun(10, func() {
			a.begin()
			for range 3 {
				if err := a.add(Step{Program: task.program}, 1, 2, false); err != nil {
					t.Fatal(err)
				}
			}
			a.store(task.program)
		})
		if n != 0 {
			t.Errorf("%v: %v allocations; want none", dtype, n)
		}
	}
}
