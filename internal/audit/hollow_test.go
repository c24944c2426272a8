package audit

import (
	"context"
	"errors"
	"io"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The hollow types implement the interfaces of the public packages with zero values, as a caller's own may.
type (
	hollowCell      struct{}
	hollowTask      struct{ hollowTrainTask }
	hollowTrainTask struct{}
	hollowPredictor struct{}
	hollowHolder    struct{}
	hollowDataset   struct{}
	hollowFiles     struct{}
	hollowOptimizer struct{}
	hollowSchedule  struct{}
	hollowTokenizer struct{}
	hollowOptions   struct{}
	badReader       struct{}
	badWriter       struct{}
	stepTask        struct{ hollowTrainTask }
)

func (hollowCell) State() []int                                                 { return nil }
func (hollowCell) Step(*graph.Builder, *gorgonia.Node, graph.State) graph.State { return nil }

func (hollowTrainTask) Params() *graph.Params               { return nil }
func (hollowTrainTask) Batches(int, int, uint64) [][]int    { return nil }
func (hollowTrainTask) Step(int, []int) (train.Step, error) { return train.Step{}, nil }
func (hollowTrainTask) Validate() (train.Evaluation, error) { return train.Evaluation{}, nil }
func (stepTask) Batches(int, int, uint64) [][]int           { return [][]int{{0}, nil} }
func (hollowTask) Examples() (train, valid, test int)       { return 0, 0, 0 }
func (hollowTask) Limit(int)                                {}
func (hollowTask) Probe() ([]graph.GradientNorms, error)    { return nil, nil }
func (hollowTask) Predictor() task.Predictor                { return nil }
func (hollowTask) Evaluate(context.Context, task.Part) (task.Scores, error) {
	return task.Scores{}, nil
}
func (hollowTask) Baselines(context.Context, task.Part) ([]task.Rival, error) { return nil, nil }

func (hollowPredictor) Params() *graph.Params                                { return nil }
func (hollowPredictor) Save(task.Files) error                                { return nil }
func (hollowPredictor) On(datasets.Dataset, task.Options) (task.Task, error) { return nil, nil }
func (hollowPredictor) Decoding() task.Options                               { return nil }
func (hollowPredictor) Query() task.Query                                    { return nil }
func (hollowPredictor) Warm(context.Context, ...string) error                { return nil }
func (hollowHolder) Predictor() task.Predictor                               { return nil }
func (hollowDataset) Info() datasets.Info                                    { return datasets.Info{} }
func (hollowFiles) Read(string, any) error                                   { return nil }
func (hollowFiles) Write(string, any) error                                  { return errors.New("read only") }
func (hollowOptimizer) Name() string                                         { return "" }
func (hollowOptimizer) LearningRate() float64                                { return 0 }
func (hollowOptimizer) SetLearningRate(float64)                              {}
func (hollowOptimizer) Declare(*option.Set)                                  {}
func (hollowOptimizer) Snapshot() *safetensors.File                          { return nil }
func (hollowOptimizer) Restore(*safetensors.File) error                      { return nil }
func (hollowOptimizer) Step([]gorgonia.ValueGrad) error                      { return nil }
func (hollowSchedule) At(int) float64                                        { return 0 }
func (hollowSchedule) Observe(float64)                                       {}
func (hollowTokenizer) Tokenize(string) []string                             { return nil }
func (hollowTokenizer) Detokenize([]string) string                           { return "" }
func (hollowOptions) Declare(*option.Set)                                    {}
func (badReader) Read([]byte) (int, error)                                   { return 0, io.ErrClosedPipe }
func (badWriter) Write([]byte) (int, error)                                  { return 0, io.ErrClosedPipe }

// hollow are values of them, to be taken for any interface that they implement.
var hollow = []any{hollowCell{}, hollowTask{}, stepTask{}, hollowPredictor{}, hollowHolder{}, hollowDataset{}, hollowFiles{},
	hollowOptimizer{}, hollowSchedule{}, hollowTokenizer{}, hollowOptions{}, badReader{}, badWriter{}}
