package train

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// written are optimizers with their specs.
func written() map[string]Optimizer {
	return map[string]Optimizer{
		"sgd":                                 &SGD{LR: 0.05},
		"sgd:weight-decay=0.001":              &SGD{LR: 0.05, WeightDecay: 1e-3},
		"momentum":                            &SGD{LR: 0.05, Momentum: 0.9},
		"momentum:momentum=0.5":               &SGD{LR: 0.05, Momentum: 0.5},
		"nesterov":                            &SGD{LR: 0.05, Momentum: 0.9, Nesterov: true},
		"nesterov:momentum=0.5":               &SGD{LR: 0.05, Momentum: 0.5, Nesterov: true},
		"asgd":                                &ASGD{LR: 0.05},
		"asgd:patience=1,weight-decay=0.01":   &ASGD{LR: 0.05, Patience: 1, WeightDecay: 0.01},
		"adam":                                &Adam{LR: 0.05},
		"adam:beta1=0.8,beta2=0.9,eps=0.0001": &Adam{LR: 0.05, Beta1: 0.8, Beta2: 0.9, Eps: 1e-4},
		"adam:weight-decay=0.25":              &Adam{LR: 0.05, WeightDecay: 0.25},
		"adamw":                               &AdamW{LR: 0.05},
		"adamw:beta2=0.98,weight-decay=0.5":   &AdamW{LR: 0.05, Beta2: 0.98, WeightDecay: 0.5},
		"rmsprop":                             &RMSProp{LR: 0.05},
		"rmsprop:alpha=0.9,momentum=0.5,centered=true": &RMSProp{LR: 0.05, Alpha: 0.9, Momentum: 0.5, Centered: true},
		"adagrad": &Adagrad{LR: 0.5},
		"adagrad:lr-decay=0.1,eps=0.001,initial-accumulator=0.5": &Adagrad{LR: 0.5, LRDecay: 0.1, Eps: 1e-3, InitialAccumulator: 0.5},
		"adadelta": &Adadelta{LR: 10},
		"adadelta:rho=0.8,eps=0.01,weight-decay=0.125": &Adadelta{LR: 10, Rho: 0.8, Eps: 0.01, WeightDecay: 0.125},
	}
}

// TestOptimizerSpec writes optimizers down and makes them again.
func TestOptimizerSpec(t *testing.T) {
	for spec, o := range written() {
		if got := OptimizerSpec(o); got != spec {
			t.Errorf("%s is written as %s", spec, got)
		}
		again, err := NewOptimizer(spec, o.LearningRate())
		if err != nil {
			t.Error(err)
			continue
		}
		var a, b option.Set
		o.Declare(&a)
		again.Declare(&b)
		for i, f := range a.Fields() {
			if g := b.Fields()[i]; g.String() != f.String() || g.Name != f.Name {
				t.Errorf("%s: %s is %s; want %s", spec, f.Name, g, f)
			}
		}
		if again.Name() != o.Name() || again.LearningRate() != o.LearningRate() {
			t.Errorf("%s: %s at %v; want %s at %v", spec, again.Name(), again.LearningRate(), o.Name(), o.LearningRate())
		}
	}
	for spec, want := range map[string]string{ // other ways to say the same
		"sgd:momentum=0.9,nesterov=true": "nesterov",
		"momentum:momentum=0":            "sgd",
		"adamw:beta2=.98":                "adamw:beta2=0.98",
	} {
		if o, err := NewOptimizer(spec, 0); err != nil || OptimizerSpec(o) != want {
			t.Errorf("%s: %v, %v; want %s", spec, o, err, want)
		}
	}
}

func TestOptimizerSpecErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"":                       "not found; choose one of sgd",
		"adam:":                  `"" is no setting; write NAME=VALUE with one of beta1, beta2, eps, weight-decay`,
		"adam:beta1":             `"beta1" is no setting`,
		"adam:beta3=0.9":         `beta3 "0.9": there is no such setting; did you mean beta1?`,
		"adam:beta1=1":           "beta1 1: want less than 1",
		"adam:beta1=0":           "beta1 0: want a number above 0",
		"adam:beta1=x":           `beta1 "x": want a number`,
		"adam:eps=NaN":           "eps NaN: want",
		"adam:beta1=.1,beta1=.2": "has beta1 twice",
		"adamw:weight-decay=0":   "weight-decay 0: want a number above 0",
		"sgd:nesterov=true":      "Nesterov needs a Momentum",
		"sgd:nesterov=maybe":     `nesterov "maybe": want true or false`,
		"adma:beta1=0.9":         "did you mean adam?",
	} {
		o, err := NewOptimizer(spec, 0.1)
		if err == nil || o != nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), `optimizer "`+spec+`": `) {
			t.Errorf("%q: %v, error %v; want %q", spec, o, err, want)
		}
	}
}

// TestWritten trains with optimizers and with the recipes that they are written down as, by way of JSON: the weights are
// the same, bit for bit.
func TestWritten(t *testing.T) {
	for spec, o := range written() {
		run := func(o Option, opts ...Option) []float32 {
			t.Helper()
			task := newLine(20)
			if _, err := Run(context.Background(), task, append([]Option{o}, opts...)...); err != nil {
				t.Fatal(err)
			}
			return task.weights()
		}
		opts := []Option{Optimize(o), Epochs(4), Batch(6), ClipEach(0.5), Clip(2), Seed(3), Scheduled("cosine"), Patience(2)}
		var s Settings
		for _, set := range opts {
			set(&s)
		}
		data, err := json.Marshal(s.Written())
		if err != nil {
			t.Fatal(err)
		}
		var r Recipe
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.Optimizer, "weight-decay") || r.LR != o.LearningRate() {
			t.Errorf("%s is written as %s", spec, data)
		}
		if got, want := run(Use(r)), run(opts[0], opts[1:]...); !slices.Equal(got, want) {
			t.Errorf("%s: the recipe %s gives %v; want %v", spec, data, got, want)
		}
	}
	if r := (Settings{Recipe: Recipe{Optimizer: "adamw", LR: 2}}).Written(); r != (Recipe{Optimizer: "adamw", LR: 2}) {
		t.Errorf("a recipe is written as %+v", r)
	}
}

// TestRecipeWeightDecay has the recipe's decay in every optimizer, unless its spec says one.
func TestRecipeWeightDecay(t *testing.T) {
	for _, name := range OptimizerNames() {
		for spec, want := range map[string]string{name: "0.125", name + ":weight-decay=0.25": "0.25"} {
			o, err := newOptimizer(spec, 0.5, 0.125)
			if err != nil {
				t.Fatal(err)
			}
			var s option.Set
			o.Declare(&s)
			if got := s.Lookup("weight-decay").String(); got != want || o.LearningRate() != 0.5 {
				t.Errorf("%s: a decay of %s at %v; want %s at 0.5", spec, got, o.LearningRate(), want)
			}
		}
	}
	if o, err := newOptimizer("adamw", 0, 0); err != nil || o.(*AdamW).WeightDecay != 0.01 {
		t.Errorf("%+v, %v; want its own decay of 0.01", o, err)
	}
}

func TestRecipeDeclares(t *testing.T) {
	r := Recipe{Epochs: 60, Batch: 32, Accumulate: 1, LR: 0.003, Optimizer: "adam", Clip: 1, Schedule: "constant", Patience: 10, Seed: 1}
	var s option.Set
	r.Declare(&s)
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"epochs": "5", "batch": "0", "accumulate": "4", "ema": "0.999", "lr": "0.1", "optimizer": "sgd:momentum=0.9", "weight-decay": "0.1", "clip": "0",
		"clip-each": "2", "schedule": "warmup:10,cosine", "patience": "0", "maximize": "accuracy", "minimize": "", "seed": "7"} {
		if err := s.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	want := Recipe{5, 0, 4, 0.1, "sgd:momentum=0.9", 0.1, 0, 2, "warmup:10,cosine", 0.999, 0, "accuracy", "", 7}
	if r != want {
		t.Errorf("%+v; want %+v", r, want)
	}
	for _, c := range []struct{ name, value, want string }{
		{"epochs", "0", "epochs 0: want at least 1"},
		{"batch", "-1", "batch -1: want at least 0"},
		{"accumulate", "0", "accumulate 0: want at least 1"},
		{"accumulate", "-1", "accumulate -1: want at least 1"},
		{"accumulate", "2147483647", "accumulate 2147483647: want less than 2147483647"},
		{"ema", "-1", "ema -1: want at least 0"},
		{"ema", "1", "ema 1: want less than 1"},
		{"ema", "1e9", "ema 1e+09: want less than 1"},
		{"ema", "NaN", "ema NaN: want at least 0"},
		{"optimizer", "asgd:patience=0", `optimizer "asgd:patience=0": patience 0: want at least 1`},
		{"lr", "0", "lr 0: want a number above 0"},
		{"optimizer", "adma", `optimizer "adma": not found; did you mean adam?`},
		{"optimizer", "adam:beta1=2", `optimizer "adam:beta1=2": beta1 2: want less than 1`},
		{"weight-decay", "-1", "weight-decay -1: want at least 0"},
		{"clip", "NaN", "clip NaN: want at least 0"},
		{"clip-each", "-1", "clip-each -1: want at least 0"},
		{"schedule", "stp:1", `schedule "stp:1": not found; choose one of constant`},
		{"patience", "-1", "patience -1: want at least 0"},
	} {
		r := want
		var s option.Set
		r.Declare(&s)
		if err := s.Set(c.name, c.value); err != nil {
			t.Fatal(err)
		}
		var usage *option.UsageError
		if err := s.Check(); !errors.As(err, &usage) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
		if r.LR == 0 || r.Accumulate == 0 { // which mean the default in Go
			continue
		}
		if _, err := New(newLine(4), Use(r)); !errors.As(err, &usage) && c.name != "optimizer" || !strings.HasPrefix(err.Error(), "train: ") || !strings.Contains(err.Error(), c.name) {
			t.Errorf("New with %s %s: error %v", c.name, c.value, err)
		}
	}
}

// TestUse has what is said last count.
func TestUse(t *testing.T) {
	var s Settings
	for _, o := range []Option{Optimize(&SGD{}), Use(Recipe{Epochs: 3, Seed: 9}), Epochs(4)} {
		o(&s)
	}
	if s.Optimizer != nil || s.Epochs != 4 || s.Seed != 9 {
		t.Errorf("%+v", s)
	}
}

func TestNewRefusesOptimizer(t *testing.T) {
	for want, o := range map[string]Optimizer{
		"train: optimizer adam: beta1 -1: want a number above 0":  &Adam{Beta1: -1},
		"train: optimizer asgd: patience -1: want at least 1":     &ASGD{Patience: -1},
		"train: optimizer adamw: eps NaN: want":                   &AdamW{Eps: math.NaN()},
		"train: optimizer sgd: nesterov \"true\": Nesterov needs": &SGD{Nesterov: true},
	} {
		if _, err := New(newLine(4), Optimize(o)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}
