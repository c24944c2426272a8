package program

import (
	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// DatasetOf returns a dataset as what a task learns from; lacks says what is missing in any other.
func DatasetOf[D datasets.Dataset](d datasets.Dataset, task, lacks string) (of D, err error) {
	if args.Nil(d) {
		return of, errors.Errorf("%s: the dataset is nil; datasets.Open opens one", task)
	}
	of, ok := d.(D)
	if !ok {
		return of, errors.Errorf("%s %s: the dataset %s", task, d.Info().Name, lacks)
	}
	return of, nil
}

// OptionsOf returns the options of a setting, or others if it has none of the type.
func OptionsOf[O any](s task.Setting, otherwise *O) *O {
	if o, ok := any(s.Options).(*O); ok && o != nil {
		return o
	}
	return otherwise
}

// PredictorOf returns the predictor of a run as that of a task; does says what others do not.
func PredictorOf[P task.Predictor](run task.Holder, does string) (p P, err error) {
	if args.Nil(run) {
		return p, errors.New("the run is nil; zoo.Train and zoo.Open give one")
	}
	predictor := run.Predictor()
	if p, ok := predictor.(P); ok && !args.Nil(p) {
		return p, nil
	}
	return p, option.Usagef("the run does not %s; its predictor is a %T", does, predictor)
}

// CheckQuestion returns an error if a question is to nobody, or nobody takes the answer.
func CheckQuestion(to task.Predictor, emit func(task.Prediction) error) error {
	if args.Nil(to) {
		return option.Usagef("the question is to nobody; that of a run's predictor has an answer")
	}
	if emit == nil {
		return errors.New("nothing takes the predictions: emit is nil")
	}
	return nil
}

// CheckFiles returns an error if there are no files to keep something in.
func CheckFiles(f task.Files) error {
	if args.Nil(f) {
		return errors.New("there are no files: they are nil; train.Folder gives those of a folder")
	}
	return nil
}

// CheckEncoder returns an error if an encoder lacks something.
func CheckEncoder(e *text.Encoder) error {
	if e == nil || args.Nil(e.Tokenizer) || e.Vocabulary == nil {
		return errors.New("the encoder is nil, or lacks its tokenizer or its vocabulary; text.NewEncoder makes one")
	}
	return nil
}

// CheckExamples returns an error unless examples are some of n.
func CheckExamples(examples []int, n int) error {
	if len(examples) == 0 {
		return errors.New("a step of no examples; want at least one")
	}
	for _, e := range examples {
		if e < 0 || e >= n {
			return errors.Errorf("there is no training example %d; there are %d, counted from 0", e, n)
		}
	}
	return nil
}

// CheckParams returns an error if there is nowhere to declare parameters.
func CheckParams(p interface{ Count() int }) error {
	if args.Nil(p) {
		return errors.New("the store of parameters is nil; graph.NewParams makes one")
	}
	return nil
}
