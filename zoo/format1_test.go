package zoo

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// answered asks a run as zoo predict does and returns the events, as JSON.
func answered(t *testing.T, r *Run, given map[string]string, input string) []any {
	t.Helper()
	q := r.Predictor().Query()
	var s option.Set
	q.Declare(&s)
	for name, value := range given {
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var events []any
	err := q.Run(t.Context(), []string{"-"}, strings.NewReader(input), func(p task.Prediction) error {
		data, err := json.Marshal(p.Event())
		if err != nil {
			return err
		}
		var event any
		events = append(events, event)
		return json.Unmarshal(data, &events[len(events)-1])
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// near reports whether two JSON values are the same, numbers to five digits: the last ones depend on the processor.
func near(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Abs(a-b) <= 1e-5*max(math.Abs(a), math.Abs(b), 1e-3)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, near)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !near(v, w) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// TestFormat2 opens runs of tasks that are younger than format 1, with what their zoo predict --json said.
func TestFormat2(t *testing.T) {
	for name, given := range map[string]map[string]string{"lstm-rows": {"tokens": "12", "temperature": "0"}, "gru-adding": nil, "gru-prices": {"held": "Two"}, "gru-watched": nil, "gru-beats": nil} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", "format2", name)
			run, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			var want []any
			for dec := json.NewDecoder(strings.NewReader(read(t, dir, "predicted.jsonl"))); dec.More(); {
				want = append(want, nil)
				if err := dec.Decode(&want[len(want)-1]); err != nil {
					t.Fatal(err)
				}
			}
			if got := answered(t, run, given, read(t, dir, "input.txt")); len(want) < 3 || !near(any(got), any(want)) {
				t.Errorf("it answers %v; want %v", got, want)
			}
		})
	}
}

// TestFormat1 opens runs that the version before the format's number has kept, with what its zoo predict --json said then.
func TestFormat1(t *testing.T) {
	for name, c := range map[string]struct {
		given map[string]string
		check func(Config) bool
	}{
		"rnn-airline": {map[string]string{"steps": "5"}, func(c Config) bool {
			o := forecastOf(c)
			return c.Task == "forecast" && c.Hidden == 4 && c.WeightDecay == 0.01 && c.Maximize == "" && o.Window == 12 && o.Lag == 0 && o.Log && o.Test == "0.3333333333333333"
		}},
		"gru-phrases": {nil, func(c Config) bool {
			o := classifyOf(c)
			return c.Task == "classify" && c.Hidden == 8 && c.Limit == 100 && c.Maximize == "accuracy" && o.Pooling == "max" && o.Embedding == 32
		}},
		"lstm-dates": {map[string]string{"attention": "table"}, func(c Config) bool {
			o := translateOf(c)
			return c.Task == "translate" && c.Hidden == 16 && c.Maximize == "chrf" && o.Decoder == "gru" && o.Beam == 2 && o.Penalty == 1 && o.Tied
		}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", "format1", name)
			run, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if run.Config.Format != 2 || run.Config.WeightDrop != 0 || !c.check(run.Config) || run.Config.Check() != nil {
				t.Errorf("the configuration is %+v with %+v; %v", run.Config, run.Config.Options, run.Config.Check())
			}
			var want []any
			for dec := json.NewDecoder(strings.NewReader(read(t, dir, "predicted.jsonl"))); dec.More(); {
				want = append(want, nil)
				if err := dec.Decode(&want[len(want)-1]); err != nil {
					t.Fatal(err)
				}
			}
			got := answered(t, run, c.given, read(t, dir, "input.txt"))
			if len(want) < 3 || !near(any(got), any(want)) {
				t.Errorf("it answers %v; want %v", got, want)
			}

			// Kept again it has the format of today, and says the same.
			to := t.TempDir()
			if err := run.SaveTo(to); err != nil {
				t.Fatal(err)
			}
			config := read(t, to, "config.json")
			if !strings.Contains(config, `"format": 2`) || strings.Contains(config, `"`+run.Config.Task+`": {`) || strings.Contains(config, `"state"`) {
				t.Errorf("kept again it is configured\n%s", config)
			}
			if _, err := os.Stat(filepath.Join(to, task.StateFile)); err != nil {
				t.Error(err)
			}
			if a, b := []byte(read(t, dir, "weights.safetensors")), []byte(read(t, to, "weights.safetensors")); !bytes.Equal(a, b) {
				t.Error("the weights have changed")
			}
			back, err := Open(to)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back.Config, run.Config) {
				t.Errorf("opened again it is configured %+v; want %+v", back.Config, run.Config)
			}
			if again := answered(t, back, c.given, read(t, dir, "input.txt")); !reflect.DeepEqual(again, got) {
				t.Errorf("opened again it answers %v; want %v", again, got)
			}
		})
	}
}
