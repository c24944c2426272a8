package task

import (
	"context"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// TestTasksResume stops a run of each task within its second epoch and goes on with a task that is made anew: the weights
// are those of a run without a stop, bit for bit, whatever is dropped or sampled.
func TestTasksResume(t *testing.T) {
	for name, newTask := range map[string]func(params *graph.Params) (Task, error){
		"forecast": func(params *graph.Params) (Task, error) {
			return NewForecast(gru.New(graph.Hidden(4), graph.Layers(2), graph.Dropout(0.3)), seriesOf(rows(60, 2)), params, ForecastOptions{Window: 4})
		},
		"classify": func(params *graph.Params) (Task, error) {
			return NewClassification(gru.New(graph.Hidden(4), graph.RecurrentDropout(0.3)), labelled(70), params, ClassifyOptions{WordDropout: 0.3, Embedding: 5})
		},
		"translate": func(params *graph.Params) (Task, error) {
			opts := smallOptions()
			opts.Teacher, opts.Epochs = "step:1:0.5", 3
			network := func() *graph.Network { return gru.New(graph.Hidden(4), graph.Dropout(0.3)) }
			return NewTranslation(network(), network(), letters(30, 6), params, opts)
		},
	} {
		t.Run(name, func(t *testing.T) {
			newTask := func() Task {
				task, err := newTask(graph.NewParams(tensor.Float32, graph.InitSeed(1)))
				if err != nil {
					t.Fatal(err)
				}
				return task
			}
			recipe := train.Use(train.Recipe{Epochs: 3, Batch: 8, Optimizer: "adam", LR: 0.01, Clip: 1, Seed: 1})
			whole := newTask()
			want, err := train.Run(t.Context(), whole, recipe)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			loop, err := train.New(newTask(), recipe, train.Watch(train.Callbacks{
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
			resumed := newTask()
			if loop, err = train.Resume(resumed, files); err != nil {
				t.Fatal(err)
			}
			got, err := loop.Run(t.Context())
			if got.Seconds = want.Seconds; err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
			for _, p := range whole.Params().List() {
				a, b := p.Value().Float32s(), resumed.Params().Get(p.Name()).Value().Float32s()
				for i := range a {
					if a[i] != b[i] {
						t.Fatalf("element %d of %s is %v; want %v", i, p.Name(), b[i], a[i])
					}
				}
			}
		})
	}
}
