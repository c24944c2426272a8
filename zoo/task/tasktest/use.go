package tasktest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// answer is a prediction as it is shown.
type answer struct{ text, event string }

// ask returns the predictions for inputs.
func (s *suite) ask(t *testing.T, p task.Predictor, inputs ...string) []answer {
	t.Helper()
	answers, err := s.try(t.Context(), p, "", inputs...)
	if err != nil {
		t.Error(err)
	}
	return answers
}

// try is ask with a context, a body and an error.
func (s *suite) try(ctx context.Context, p task.Predictor, body string, inputs ...string) (answers []answer, err error) {
	q, err := s.query(p)
	if err != nil {
		return nil, err
	}
	err = q.Run(ctx, inputs, strings.NewReader(body), func(p task.Prediction) error {
		event, err := json.Marshal(p.Event())
		answers = append(answers, answer{p.Text(), string(event)})
		return err
	})
	return answers, err
}

// query returns a question with its settings.
func (s *suite) query(p task.Predictor) (task.Query, error) {
	q := p.Query()
	var set option.Set
	q.Declare(&set)
	for _, x := range s.question {
		if err := set.Set(x.name, x.value); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// near reports whether two answers differ by rounding alone.
func near(a, b answer) bool {
	var x, y any
	if json.Unmarshal([]byte(a.event), &x) != nil || json.Unmarshal([]byte(b.event), &y) != nil {
		return false
	}
	return nearJSON(x, y)
}

func nearJSON(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && math.Abs(x-y) <= 1e-5*max(1, math.Abs(x))
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, nearJSON)
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, v := range x {
			if w, ok := y[name]; !ok || !nearJSON(v, w) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// evaluates checks scores and those of the rivals: there are the metrics that the kind says.
func (s *suite) evaluates(t *testing.T, learnt task.Task) {
	known, always := make(map[string]bool), make(map[string]bool)
	for _, m := range s.kind.Metrics() {
		known[m.Name], always[m.Name] = true, !m.Optional
	}
	check := func(what string, metrics map[string]float64) {
		for name, x := range metrics {
			if !known[name] || math.IsNaN(x) || math.IsInf(x, 0) {
				t.Errorf("%s: %s is %v; the kind's metrics are %v", what, name, x, s.kind.Metrics())
			}
		}
	}
	before := weights(learnt.Params())
	fresh, _ := s.make(t, 2)
	on, err := learnt.Predictor().On(s.data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range task.Parts() {
		scores, err := learnt.Evaluate(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		check(string(part), scores.Metrics)
		for name := range always {
			if _, ok := scores.Metrics[name]; always[name] && !ok {
				t.Errorf("%s has the metrics %v; it lacks %s", part, scores.Metrics, name)
			}
		}
		ranks, ok := task.Ranks(s.kind.Metrics(), scores.Metrics)
		if !ok {
			t.Errorf("%s has the metrics %v; none ranks", part, scores.Metrics)
		}
		for _, e := range scores.Exhibits {
			if _, err := json.Marshal(e.Data); e.Name == "" || err != nil {
				t.Errorf("exhibit %q, %v", e.Name, err)
			}
		}
		rivals, err := learnt.Baselines(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		names := make(map[string]bool)
		for _, r := range rivals {
			if r.Name == "" || names[r.Name] {
				t.Errorf("a rival is called %q", r.Name)
			}
			names[r.Name] = true
			check(string(part)+": "+r.Name, r.Metrics)
			if _, ok := r.Metrics[ranks.Name]; !ok {
				t.Errorf("%s: %s has no %s, which ranks", part, r.Name, ranks.Name)
			}
		}
		if len(rivals) == 0 {
			t.Errorf("%s: there are no rivals", part)
		}
		// Rivals have nothing to do with the network, and nothing changes it.
		for what, other := range map[string]task.Task{"untrained": fresh, "opened": on} {
			if r, err := other.Baselines(t.Context(), part); err != nil || !reflect.DeepEqual(r, rivals) {
				t.Errorf("%s: the rivals of the %s network are %v, %v; want %v", part, what, r, err, rivals)
			}
		}
		if again, err := learnt.Evaluate(t.Context(), part); err != nil || !reflect.DeepEqual(again, scores) {
			t.Errorf("%s: evaluated again %v, %v; want %v", part, again, err, scores)
		}
	}
	valid, err := learnt.Validate()
	if err != nil || math.IsNaN(valid.Loss) {
		t.Errorf("%+v, %v", valid, err)
	}
	for name := range valid.Metrics {
		if !known[name] {
			t.Errorf("%s of the validation is no metric of the kind", name)
		}
	}
	r := task.DefaultRecipe()
	s.kind.Defaults(&r, task.Subject{Model: "gru", Data: s.data.Info()})
	if _, ok := valid.Metrics[r.Maximize]; r.Maximize != "" && !ok {
		t.Errorf("the validation has the metrics %v; want %s, which decides", valid.Metrics, r.Maximize)
	}
	if _, err := learnt.Evaluate(t.Context(), "tset"); err == nil {
		t.Error("an unknown part is evaluated")
	}
	if _, err := learnt.Baselines(t.Context(), "tset"); err == nil {
		t.Error("baselines of an unknown part")
	}
	if !slices.Equal(weights(learnt.Params()), before) {
		t.Error("the weights have changed")
	}
}

// predicts asks in several ways.
func (s *suite) predicts(t *testing.T, p task.Predictor) {
	declared(t, p.Query())
	if p.Query().Example() == "" {
		t.Error("the question has no example")
	}
	answers := s.ask(t, p, s.inputs...)
	if len(answers) == 0 || len(s.inputs) > 0 && len(answers) != len(s.inputs) {
		t.Fatalf("%d predictions for %d inputs", len(answers), len(s.inputs))
	}
	for _, a := range answers {
		var event map[string]any
		if err := json.Unmarshal([]byte(a.event), &event); err != nil {
			t.Fatal(err)
		}
		if name, ok := event["event"].(string); !ok || name == "" {
			t.Errorf("%s is no event", a.event)
		}
		if !strings.HasSuffix(a.text, "\n") {
			t.Errorf("the text %q does not end its line", a.text)
		}
	}
	// By itself, beside others that are longer, and from a body: the same.
	for i, input := range s.inputs {
		if alone := s.ask(t, p, input); len(alone) != 1 || !near(alone[0], answers[i]) {
			t.Errorf("%q gives %v alone; among others %v", input, alone, answers[i])
		}
	}
	if len(s.inputs) > 0 {
		lines, err := s.try(t.Context(), p, strings.Join(s.inputs, "\n")+"\n", "-")
		if err != nil || !slices.EqualFunc(lines, answers, near) {
			t.Errorf("lines give %v, %v; want %v", lines, err, answers)
		}
	}
	full, emitted := errors.New("the disk is full"), 0
	q, err := s.query(p)
	if err != nil {
		t.Fatal(err)
	}
	err = q.Run(t.Context(), s.inputs, nil, func(p task.Prediction) error {
		emitted++
		if picture, ok := p.(task.Pictured); ok {
			if file, _ := picture.Picture(); file != "" {
				t.Errorf("nobody asked for the picture %q", file)
			}
		}
		return full
	})
	if !errors.Is(err, full) || emitted != 1 {
		t.Errorf("%d predictions are emitted after an error, %v", emitted-1, err)
	}
}

// saves keeps a predictor in a folder and opens it.
func (s *suite) saves(t *testing.T, learnt task.Task, setting task.Setting) {
	opened := s.kept(t, learnt.Predictor(), setting)
	want := s.ask(t, learnt.Predictor(), s.inputs...)
	if got := s.ask(t, opened, s.inputs...); !reflect.DeepEqual(got, want) {
		t.Errorf("opened it says %v; want %v", got, want)
	}
	if was, is := learnt.Predictor().Query().Example(), opened.Query().Example(); len(s.inputs) > 0 && is != was {
		t.Errorf("opened it says %s for an example; want %s", is, was)
	}
	on, err := opened.On(s.data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sized, ok := on.(task.Sized); ok {
		for _, size := range sized.Sizes() {
			if size.Name == "" || size.N < 1 {
				t.Errorf("opened it has %d %q", size.N, size.Name)
			}
		}
	}
	on.Limit(0) // as the evaluation of a run does
	on.Examples()
	for _, part := range task.Parts() {
		want, err := learnt.Evaluate(t.Context(), part)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := on.Evaluate(t.Context(), part); err != nil || !reflect.DeepEqual(got.Metrics, want.Metrics) {
			t.Errorf("opened it scores %v, %v on the %s part; want %v", got.Metrics, err, part, want.Metrics)
		}
	}
	again := s.kept(t, opened, setting) // what is opened can be saved
	if got := s.ask(t, again, s.inputs...); !reflect.DeepEqual(got, want) {
		t.Errorf("opened twice it says %v; want %v", got, want)
	}
	if _, err := opened.On(unknown{}, nil); err == nil || !strings.Contains(err.Error(), "riddles") {
		t.Errorf("error %v of a dataset of another kind", err)
	}
	// Each file is needed, and an error names it.
	dir := t.TempDir()
	if err := learnt.Predictor().Save(train.Folder(dir)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || !slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == task.StateFile }) {
		t.Errorf("files %v, %v; want %s among them", files, err, task.StateFile)
	}
	for _, f := range files {
		name := filepath.Join(dir, f.Name())
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data[:len(data)/2], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := s.kind.Open(setting, train.Folder(dir)); err == nil || !strings.Contains(err.Error(), f.Name()) {
			t.Errorf("half of %s: error %v", f.Name(), err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// decodes evaluates with settings of how answers are looked for.
func (s *suite) decodes(t *testing.T, learnt task.Task) {
	p := learnt.Predictor()
	d := p.Decoding()
	if (d == nil) != (s.kind.Decoding() == nil) {
		t.Fatalf("the predictor has the settings %v, the kind %v", d, s.kind.Decoding())
	}
	if d == nil {
		return
	}
	declared(t, d)
	want, err := learnt.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	same, err := p.On(s.data, d)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := same.Evaluate(t.Context(), task.TestPart); err != nil || !reflect.DeepEqual(got.Metrics, want.Metrics) {
		t.Errorf("as it was trained it scores %v, %v; want %v", got.Metrics, err, want.Metrics)
	}
	before, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var set option.Set
	d.Declare(&set)
	for _, f := range set.Fields() { // other settings: they are a copy
		if f.Type() == "int" {
			if err := f.Set(f.String() + "0"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if other, err := p.On(s.data, d); err != nil {
		t.Error(err)
	} else if _, err := other.Evaluate(t.Context(), task.TestPart); err != nil {
		t.Error(err)
	}
	if after, err := json.Marshal(p.Decoding()); err != nil || string(after) != string(before) {
		t.Errorf("the settings are %s, %v; want %s as before", after, err, before)
	}
	if again, err := learnt.Evaluate(t.Context(), task.TestPart); err != nil || !reflect.DeepEqual(again.Metrics, want.Metrics) {
		t.Errorf("it scores %v, %v; want %v as before", again.Metrics, err, want.Metrics)
	}
}

// countdown is a context that ends after it has been looked at so many times.
type countdown struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int32
}

func after(ctx context.Context, looks int) *countdown {
	c := new(countdown)
	c.Context, c.end = context.WithCancel(ctx)
	if c.left.Store(int32(looks)); looks == 0 { // nobody need look at it for it to end
		c.end()
	}
	return c
}

// Err implements context.Context.
func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		c.end()
	}
	return c.Context.Err()
}

// ends ends contexts before something is begun and in the middle of it: there is an error, or all of the result.
func (s *suite) ends(t *testing.T, learnt task.Task) {
	p := learnt.Predictor()
	for name, do := range map[string]func(ctx context.Context, on task.Task) (any, error){
		"evaluate": func(ctx context.Context, on task.Task) (any, error) {
			scores, err := on.Evaluate(ctx, task.TestPart)
			return scores.Metrics, err
		},
		"baselines": func(ctx context.Context, on task.Task) (any, error) { return on.Baselines(ctx, task.TestPart) },
		"ask":       func(ctx context.Context, _ task.Task) (any, error) { return s.try(ctx, p, "", s.inputs...) },
		"warm":      func(ctx context.Context, _ task.Task) (any, error) { return nil, p.Warm(ctx, s.inputs...) },
	} {
		on, err := p.On(s.data, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := do(t.Context(), learnt)
		if err != nil {
			t.Fatal(err)
		}
		for looks := 0; ; looks = 2*looks + 1 {
			ctx := after(t.Context(), looks)
			got, err := do(ctx, on)
			ctx.end()
			if errors.Is(err, context.Canceled) {
				continue
			}
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %v, %v when the context ends after %d looks; want %v", name, got, err, looks, want)
			}
			if looks == 0 {
				t.Errorf("%s: the context has ended, and there is no error", name)
			}
			break
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := do(ended, learnt); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v of a context that has ended, when there is a result already", name, err)
		}
	}
}

// serves asks from several goroutines at once, while another warms: the answers are those of one after the other.
func (s *suite) serves(t *testing.T, learnt task.Task, setting task.Setting) {
	questions := [][]string{s.inputs}
	for i := range s.inputs {
		questions = append(questions, s.inputs[i:i+1])
	}
	var want [][]answer
	for _, q := range questions {
		want = append(want, s.ask(t, learnt.Predictor(), q...))
	}
	p := s.kept(t, learnt.Predictor(), setting)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2 * len(questions) {
				at := (i + g) % len(questions)
				if got := s.ask(t, p, questions[at]...); !reflect.DeepEqual(got, want[at]) {
					t.Errorf("%q gives %v; want %v", questions[at], got, want[at])
				}
			}
		})
	}
	for range 2 {
		all.Go(func() {
			if err := p.Warm(t.Context(), s.inputs...); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := p.Warm(t.Context()); err != nil {
		t.Error(err)
	}
}
