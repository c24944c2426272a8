package train_test

import (
	"context"
	"fmt"
	"os"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// line is a task: y = 2x + 1, of which there are examples from 0 to 1.
type line struct {
	params   *graph.Params
	programs map[int]*graph.Program // by the size of the batch
	draws    train.Draws
}

func newLine() *line {
	return &line{params: graph.NewParams(tensor.Float32), programs: make(map[int]*graph.Program)}
}

func (l *line) Params() *graph.Params { return l.params }

func (l *line) Batches(epoch, size int, seed uint64) [][]int {
	const examples = 64
	return l.draws.Shuffled(examples, size, epoch, seed)
}

func (l *line) Step(_ int, examples []int) (train.Step, error) {
	n := len(examples)
	p := l.programs[n]
	if p == nil {
		b := graph.NewBuilder(l.params, graph.Training())
		out := b.Linear("", 1, b.Input("x", n, 1))
		var err error
		if p, err = graph.Compile(b, graph.Loss(b.MSE(out, b.Input("y", n, 1)))); err != nil {
			return train.Step{}, err
		}
		l.programs[n] = p
	}
	x, y := p.Input("x").Float32s(), p.Input("y").Float32s()
	for i, e := range examples {
		x[i] = float32(e) / 64
		y[i] = 2*x[i] + 1
	}
	return train.Step{Program: p, Tokens: n}, nil
}

func (l *line) Validate() (train.Evaluation, error) {
	slope, bias := l.weights()
	return train.Evaluation{Loss: (slope-2)*(slope-2) + (bias-1)*(bias-1)}, nil
}

func (l *line) weights() (slope, bias float64) {
	return float64(l.params.Get("weight").Value().Float32s()[0]), float64(l.params.Get("bias").Value().Float32s()[0])
}

// A task of one's own.
func ExampleRun() {
	task := newLine()
	result, err := train.Run(context.Background(), task, train.Epochs(60), train.Batch(16), train.Optimize(&train.Adam{LR: 0.05}))
	if err != nil {
		fmt.Println(err)
		return
	}
	slope, bias := task.weights()
	fmt.Printf("%d epochs: y = %.1fx + %.1f\n", result.Epochs, slope, bias)
	// Output: 60 epochs: y = 2.0x + 1.0
}

// A run is stopped within its third epoch and goes on, elsewhere perhaps, as if it had not been.
func ExampleResume() {
	dir, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	recipe := train.Use(train.Recipe{Epochs: 60, Batch: 16, Optimizer: "adam", LR: 0.05, Seed: 1})

	ctx, cancel := context.WithCancel(context.Background())
	loop, err := train.New(newLine(), recipe, train.Watch(train.Callbacks{Step: func(e train.StepEvent) error {
		if e.Epoch == 3 && e.Step == 2 {
			cancel() // as a signal would
		}
		return nil
	}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := loop.Run(ctx); err != nil {
		fmt.Println(err)
		return
	}
	if err := loop.Save(train.Folder(dir)); err != nil {
		fmt.Println(err)
		return
	}

	task := newLine()
	if loop, err = train.Resume(task, train.Folder(dir)); err != nil {
		fmt.Println(err)
		return
	}
	s := loop.State()
	fmt.Printf("%d epochs and %d steps are done\n", s.Epoch, s.Step)
	if _, err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	whole := newLine()
	if _, err := train.Run(context.Background(), whole, recipe); err != nil {
		fmt.Println(err)
		return
	}
	slope, bias := task.weights()
	wantSlope, wantBias := whole.weights()
	fmt.Println("as without a stop:", slope == wantSlope && bias == wantBias)
	// Output:
	// 2 epochs and 2 steps are done
	// as without a stop: true
}

// What an optimizer is can be written down.
func ExampleOptimizerSpec() {
	spec := train.OptimizerSpec(&train.AdamW{Beta2: 0.98, WeightDecay: 0.1})
	fmt.Println(spec)
	_, err := train.NewOptimizer("adamw:beta2=98", 0.001)
	fmt.Println(err)
	// Output:
	// adamw:beta2=0.98,weight-decay=0.1
	// optimizer "adamw:beta2=98": beta2 98: want less than 1
}
