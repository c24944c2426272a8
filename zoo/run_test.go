package zoo

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
)

func TestRunRoundTrip(t *testing.T) {
	// A series of two variables, from a file.
	file := filepath.Join(t.TempDir(), "my waves.csv")
	var text strings.Builder
	text.WriteString("day,sine,cosine\n")
	for i := range 60 {
		fmt.Fprintf(&text, "2024-%02d-%02d,%g,%g\n", 1+i/28, 1+i%28, math.Sin(float64(i)/3), 100*math.Cos(float64(i)/3))
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var configs []Config
	for _, m := range Models() {
		configs = append(configs, quick(m.Name))
		c := quick(m.Name)
		c.Dataset, c.Layers, c.LayerNorm, c.Dropout, c.RecurrentDropout, c.WeightDrop = "csv:"+file, 2, true, 0.1, 0.1, 0.1
		forecastOf(c).Log, forecastOf(c).Lag, forecastOf(c).Difference, forecastOf(c).Horizon = false, 0, 1, 3
		configs = append(configs, c)
	}
	for _, c := range configs {
		t.Run(c.Model+" "+filepath.Base(c.Dataset), func(t *testing.T) {
			e, result := trained(t, c)
			run := e.Kept(result)
			if run.Result != result {
				t.Error("the run does not have the result")
			}
			out := filepath.Join(t.TempDir(), "new", "runs")
			dir, err := run.Keep(out)
			if err != nil {
				t.Fatal(err)
			}
			name := c.Model + "-airline-1"
			if c.Layers == 2 {
				name = c.Model + "-my waves-1"
			}
			if dir != filepath.Join(out, name) {
				t.Errorf("kept in %s; want %s", dir, filepath.Join(out, name))
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 3 || entries[0].Name() != "config.json" || entries[1].Name() != "state.json" || entries[2].Name() != "weights.safetensors" {
				t.Errorf("the folder holds %v, %v", entries, err)
			}
			// Elsewhere, where nothing else is.
			elsewhere := filepath.Join(t.TempDir(), "moved")
			if err := os.Rename(dir, elsewhere); err != nil {
				t.Fatal(err)
			}
			back, err := Open(elsewhere)
			if err != nil {
				t.Fatal(err)
			}
			variables := forecasterOf(t, run).Variables()
			if !reflect.DeepEqual(back.Config, run.Config) || back.Result != nil || !reflect.DeepEqual(forecasterOf(t, back).Variables(), variables) {
				t.Errorf("opened as %+v, %v; want %+v, %v", back.Config, forecasterOf(t, back).Variables(), run.Config, variables)
			}
			want := predicted(t, run, 8)
			if got := predicted(t, back, 8); !reflect.DeepEqual(got, want) {
				t.Errorf("opened it forecasts %v; want %v", got, want)
			}
			for _, row := range want {
				if len(row) != len(variables) {
					t.Errorf("a row %v for the variables %v", row, variables)
				}
			}
			// From a history of one's own.
			d, err := datasets.Open(c.Dataset)
			if err != nil {
				t.Fatal(err)
			}
			series := datasets.PanelOf(d).Series[0]
			a, err := forecasterOf(t, run).Predict(series.Values[:40], 2)
			if err != nil {
				t.Fatal(err)
			}
			b, err := forecasterOf(t, back).Predict(series.Values[:40], 2)
			if err != nil || !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, want[:2]) {
				t.Errorf("from another history %v, %v; want %v", b, err, a)
			}
			// Kept again it is the same.
			again, err := back.Keep(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range []string{"config.json", "state.json", "weights.safetensors"} {
				if x, y := read(t, elsewhere, f), read(t, again, f); x != y {
					t.Errorf("%s has changed", f)
				}
			}
		})
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRunFile pins the names in config.json and state.json, which other programs read.
func TestRunFile(t *testing.T) {
	c := quick("rnn")
	c.Data.Period = 6
	e, r := trained(t, c)
	dir, err := e.Kept(r).Keep(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Format               int
		Model, Dataset, Task string
		Hidden               int
		Seed                 uint64
		Data                 struct{ Period int }
		Options              struct{ Window, Horizon, Lag int }
	}
	var state struct {
		State struct {
			Transform struct {
				Log             bool
				Mean, Deviation []float64
			}
		}
		Variables, Times []string
		History          [][]float64
	}
	for name, to := range map[string]any{"config.json": &kept, "state.json": &state} {
		if err := json.Unmarshal([]byte(read(t, dir, name)), to); err != nil {
			t.Fatal(err)
		}
	}
	airline := datasets.Airline()
	if kept.Format != 2 || kept.Model != "rnn" || kept.Dataset != "airline" || kept.Task != "forecast" || kept.Data.Period != 6 || kept.Hidden != 4 || kept.Seed != 1 || kept.Options.Window != 3 || kept.Options.Horizon != 1 ||
		kept.Options.Lag != 12 || !state.State.Transform.Log || len(state.State.Transform.Mean) != 1 || !(state.State.Transform.Deviation[0] > 0) {
		t.Errorf("%+v, %+v", kept, state)
	}
	const needs = 12 + 3 // lag and window
	if !reflect.DeepEqual(state.History, airline.Values[144-needs:]) || !reflect.DeepEqual(state.Times, airline.Times[144-needs:]) || state.Variables[0] != "passengers" {
		t.Errorf("history %v at %v of %v; want the last %d months", state.History, state.Times, state.Variables, needs)
	}
}

func TestOpenDamaged(t *testing.T) {
	e, r := trained(t, quick("lstm"))
	run := e.Kept(r)
	kept := t.TempDir()
	if err := run.SaveTo(kept); err != nil {
		t.Fatal(err)
	}
	config, state, weights := read(t, kept, "config.json"), read(t, kept, "state.json"), read(t, kept, "weights.safetensors")
	replaceIn := func(text, old, new string) string {
		t.Helper()
		s := strings.Replace(text, old, new, 1)
		if s == text {
			t.Fatalf("%s is not in %s", old, text)
		}
		return s
	}
	replace := func(old, new string) string { t.Helper(); return replaceIn(config, old, new) }
	// changed returns the weights with changes.
	changed := func(change func(*safetensors.File)) string {
		f, err := safetensors.Read(strings.NewReader(weights))
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		var s strings.Builder
		if err := f.Write(&s); err != nil {
			t.Fatal(err)
		}
		return s.String()
	}
	for _, c := range []struct {
		name                   string
		config, state, weights string // "" means no such file
		want                   string
	}{
		{"no file", "", "", "", "it is not the folder of a run"},
		{"no config", "", state, weights, "it is not the folder of a run"},
		{"no weights", config, state, "", "weights.safetensors"},
		{"config cut off", config[:len(config)/2], state, weights, "config.json is damaged"},
		{"config of another kind", "[1, 2]", state, weights, "config.json is damaged"},
		{"empty config", "{}", state, weights, `its model "" is none of the zoo`},
		{"unknown model", replace(`"lstm"`, `"lsmt"`), state, weights, `its model "lsmt" is none of the zoo: give its network to zoo.Open, or tell the zoo of it by zoo.Register`},
		{"another model", replace(`"lstm"`, `"gru"`), state, weights, "weight_ih_l0"},
		{"another width", replace(`"hidden": 4`, `"hidden": 5`), state, weights, "weight_ih_l0"},
		{"a width of nothing", replace(`"hidden": 4`, `"hidden": 0`), state, weights, "hidden 0: want at least 1"},
		{"more layers", replace(`"layers": 1`, `"layers": 2`), state, weights, "weight_ih_l1"},
		{"both ways", replace(`"lstm"`, `"bilstm"`), state, weights, "head.weight"},
		{"a newer format", replace(`"format": 2`, `"format": 3`), state, weights, "its format is 3; this version reads up to 2: use a newer one"},
		{"no state", config, "", weights, "state.json is damaged"},
		{"state cut off", config, state[:len(state)/2], weights, "state.json is damaged"},
		{"state of another kind", config, "[1, 2]", weights, "state.json is damaged"},
		{"another window", replace(`"window": 3`, `"window": 4`), state, weights, "state.json is damaged: its state is that of another forecast"},
		{"no scale", config, replaceIn(state, `"mean": [`, `"mean": [], "deviation": [`), weights, "state.json is damaged: it names 1 variables and scales 0"},
		{"a setting of another name", replace(`"lag":`, `"legs":`), state, weights, "unknown field \"legs\""},
		{"a state of another name", config, replaceIn(state, `"mean": [`, `"mean": [], "x": [`), weights, "unknown field \"x\""},
		{"not UTF-8", replace(`"lstm"`, "\"lst\xff\""), state, weights, "config.json is damaged: it is not UTF-8"},
		{"weights cut off", config, state, weights[:len(weights)-5], "weights.safetensors"},
		{"empty weights", config, state, "\x00", "weights.safetensors"},
		{"a parameter missing", config, state, changed(func(f *safetensors.File) {
			f.Names = f.Names[1:]
			delete(f.Tensors, "weight_ih_l0")
		}), "weight_ih_l0"},
		{"a parameter too many", config, state, changed(func(f *safetensors.File) {
			f.Set("weight_ih_l0_reverse", f.Tensors["weight_ih_l0"])
		}), "weight_ih_l0_reverse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string]string{"config.json": c.config, "state.json": c.state, "weights.safetensors": c.weights} {
				if data != "" {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			r, err := Open(dir)
			if err == nil || r != nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v; want one line with %q and the folder", err, c.want)
			}
		})
	}
	if _, err := Open(filepath.Join(kept, "nothing")); err == nil || !strings.Contains(err.Error(), "it is not the folder of a run") {
		t.Errorf("a folder that is not there: error %v", err)
	}
	if back, err := Open(kept); err != nil {
		t.Error(err)
	} else if !reflect.DeepEqual(predicted(t, back, 3), predicted(t, run, 3)) {
		t.Error("the whole run forecasts something else")
	}
}

func TestNewFolder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a", "b")
	make := func(want string) {
		t.Helper()
		dir, err := NewFolder(out, "lstm-airline")
		if err != nil || dir != filepath.Join(out, want) {
			t.Fatalf("%s, %v; want %s", dir, err, want)
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			t.Fatal("no folder was made")
		}
	}
	make("lstm-airline-1")
	make("lstm-airline-2")
	make("lstm-airline-3")
	if err := os.Remove(filepath.Join(out, "lstm-airline-2")); err != nil {
		t.Fatal(err)
	}
	make("lstm-airline-2")
	make("lstm-airline-4")

	var group sync.WaitGroup
	var names sync.Map
	for range 16 {
		group.Go(func() {
			dir, err := NewFolder(out, "together")
			if _, twice := names.LoadOrStore(dir, true); err != nil || twice {
				t.Errorf("%s twice, or %v", dir, err)
			}
		})
	}
	group.Wait()

	file := filepath.Join(out, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewFolder(file, "x"); err == nil || !strings.Contains(err.Error(), "output folder "+file+": choose another") {
		t.Errorf("error %v", err)
	}
}

func TestDatasetSlug(t *testing.T) {
	for spec, want := range map[string]string{
		"airline":                 "airline",
		"csv:/data/sales.csv":     "sales",
		"csv:sales.csv":           "sales",
		"csv:../two.parts.csv":    "two.parts",
		"csv:data/no-ending":      "no-ending",
		"csv:data/with space.tsv": "with space",
	} {
		if got := datasetSlug(spec); got != want {
			t.Errorf("%s gives %q; want %q", spec, got, want)
		}
	}
}
