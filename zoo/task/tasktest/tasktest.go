// Package tasktest is what every task has to pass.
//
//	func TestConforms(t *testing.T) {
//		tasktest.Check(t, Kind{}, tinyTexts(), tasktest.Set("embedding", "4"), tasktest.Ask("w1 x2", "w3"))
//	}
//
// The checks are one function each, in the files declare.go, learn.go and use.go. Checks of different goroutines share nothing.
package tasktest

import (
	"encoding/json"
	"fmt"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// An Option of Check.
type Option func(*suite)

// Network gives the model; without it that is a GRU.
func Network(network func(...graph.NetworkOption) *graph.Network) Option {
	return func(s *suite) { s.network = network }
}

// Set sets a setting of the task, or of the recipe, from a text, on top of the defaults. Dropout and smoothing of whatever
// kind must be 0, or no example can be learnt by heart.
func Set(name, value string) Option {
	return func(s *suite) { s.settings = append(s.settings, setting{name, value}) }
}

// Random sets a setting where what is random in training is compared: a dropout of the task's own, or sampling.
func Random(name, value string) Option {
	return func(s *suite) { s.random = append(s.random, setting{name, value}) }
}

// OneStep sets a setting with which sequences have one step.
func OneStep(name, value string) Option {
	return func(s *suite) { s.oneStep = append(s.oneStep, setting{name, value}) }
}

// Ask gives inputs of questions, which are lines, too; without it a question has no input.
func Ask(inputs ...string) Option { return func(s *suite) { s.inputs = inputs } }

// Question sets a setting of every question.
func Question(name, value string) Option {
	return func(s *suite) { s.question = append(s.question, setting{name, value}) }
}

// Knows gives an input and what the text of its prediction begins with when the first example is known by heart: that which
// Limit(1) leaves.
func Knows(input, beginning string) Option {
	return func(s *suite) { s.known, s.knows = input, beginning }
}

// suite is what Check was called with.
type suite struct {
	kind     task.Kind
	data     datasets.Dataset
	network  func(...graph.NetworkOption) *graph.Network
	settings []setting
	random   []setting
	oneStep  []setting
	question []setting
	inputs   []string
	known    string
	knows    string
}

type setting struct{ name, value string }

// Check tests a kind of task on a dataset that is small enough to be trained on in no time: at least six examples to train
// on, and some to validate and to test.
func Check(t *testing.T, kind task.Kind, d datasets.Dataset, opts ...Option) {
	s := &suite{kind: kind, data: d, network: gru.New}
	for _, o := range opts {
		o(s)
	}
	t.Run("declares", s.declares)
	t.Run("learns by heart", s.learnsByHeart)
	t.Run("limits", s.limits)
	t.Run("one example, one step", s.small)
	t.Run("accumulates", s.accumulates)
	t.Run("seeds", s.seeds)
	t.Run("resumes", s.resumes)

	learnt, setting := s.trained(t, 1)
	t.Run("evaluates", func(t *testing.T) { s.evaluates(t, learnt) })
	t.Run("predicts", func(t *testing.T) { s.predicts(t, learnt.Predictor()) })
	t.Run("saves", func(t *testing.T) { s.saves(t, learnt, setting) })
	t.Run("decodes", func(t *testing.T) { s.decodes(t, learnt) })
	t.Run("ends", func(t *testing.T) { s.ends(t, learnt) })
	t.Run("serves", func(t *testing.T) { s.serves(t, learnt, setting) })
	t.Run("learns on", func(t *testing.T) { s.learnsOn(t, learnt, setting) }) // the last, since it changes the weights
}

// setting returns what the zoo would hand to the task, with the recipe's size, a seed and settings on top of the others.
func (s *suite) setting(t *testing.T, seed uint64, more ...setting) task.Setting {
	t.Helper()
	r := task.DefaultRecipe()
	o := s.kind.Defaults(&r, task.Subject{Model: "gru", Data: s.data.Info()})
	r.Hidden, r.Layers, r.Dropout, r.RecurrentDropout, r.WeightDrop = 4, 1, 0, 0, 0
	r.Epochs, r.Batch, r.LR, r.Schedule, r.Patience, r.WeightDecay, r.Seed = 2, 4, 0.01, "constant", 0, 0, seed
	var own, recipe option.Set
	o.Declare(&own)
	r.Declare(&recipe)
	for _, x := range append(s.settings[:len(s.settings):len(s.settings)], more...) {
		set := &own
		if own.Lookup(x.name) == nil {
			set = &recipe
		}
		if err := set.Set(x.name, x.value); err != nil {
			t.Fatal(err)
		}
	}
	for _, set := range []*option.Set{&own, &recipe} {
		if err := set.Check(); err != nil {
			t.Fatal(err)
		}
	}
	return task.Setting{
		Network: s.network(r.Network()...),
		Other: func(model string) (*graph.Network, error) {
			others := map[string]func(...graph.NetworkOption) *graph.Network{"rnn": rnn.New, "lstm": lstm.New, "gru": gru.New}
			if others[model] == nil {
				return nil, fmt.Errorf("model %q not found", model)
			}
			return others[model](r.Network()...), nil
		},
		Params:  graph.NewParams(tensor.Float32, graph.InitSeed(seed)),
		Options: o,
		Recipe:  r,
	}
}

// make returns a task that has learnt nothing.
func (s *suite) make(t *testing.T, seed uint64, more ...setting) (task.Task, task.Setting) {
	t.Helper()
	setting := s.setting(t, seed, more...)
	learns, err := s.kind.New(setting, s.data)
	if err != nil {
		t.Fatal(err)
	}
	return learns, setting
}

// trained returns a task that has been trained by the recipe.
func (s *suite) trained(t *testing.T, seed uint64, more ...setting) (task.Task, task.Setting) {
	t.Helper()
	learns, setting := s.make(t, seed, more...)
	if _, err := train.Run(t.Context(), learns, train.Use(setting.Recipe.Recipe)); err != nil {
		t.Fatal(err)
	}
	return learns, setting
}

// kept returns what Open makes of a task's weights and of what its predictor saves in a folder.
func (s *suite) kept(t *testing.T, p task.Predictor, setting task.Setting) task.Predictor {
	t.Helper()
	files := train.Folder(t.TempDir())
	if err := p.Save(files); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(setting.Options)
	if err != nil {
		t.Fatal(err)
	}
	options := s.kind.Options()
	if err := json.Unmarshal(written, options); err != nil {
		t.Fatal(err)
	}
	setting.Options, setting.Params = options, graph.NewParams(tensor.Float32)
	if err := setting.Params.Restore(p.Params().Snapshot()); err != nil {
		t.Fatal(err)
	}
	opened, err := s.kind.Open(setting, files)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// weights returns a copy of all parameters.
func weights(p *graph.Params) []float32 {
	var all []float32
	for _, x := range p.List() {
		all = append(all, x.Value().Float32s()...)
	}
	return all
}

// delayLine adds what it gave two steps before.
type delayLine struct{ graph.CellConfig }

// DelayLine returns a network whose cell has a new state of which one tensor is an old one, in another place:
// h_t = W·x_t + h_{t−2}. Where a task decodes step by step, a program that carries its state must not mix them up.
func DelayLine(opts ...graph.NetworkOption) *graph.Network {
	return graph.NewNetwork("delay", func(c graph.CellConfig) graph.Cell { return delayLine{c} }, opts...)
}

// State implements graph.Cell.
func (c delayLine) State() []int { return []int{c.Hidden, c.Hidden} }

// Step implements graph.Cell.
func (c delayLine) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	return graph.State{b.Add(b.Linear("in", c.Hidden, x), s[1]), s[0]}
}
