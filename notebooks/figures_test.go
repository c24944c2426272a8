package main

import (
	"strings"
	"testing"
)

func number(v float64) *float64 { return &v }

func TestFigureCheck(t *testing.T) {
	for _, c := range []struct {
		name    string
		figure  figure
		printed string
		want    string // part of the error; "" for none
	}{
		{"equal", figure{Name: "rmse", Value: number(14.5)}, "rmse: 14.5\n", ""},
		{"a unit behind it", figure{Name: "rmse", Value: number(14.5)}, "first\nrmse: 14.5 thousand\nlast", ""},
		{"within", figure{Name: "rmse", Value: number(14.5), Within: 0.5}, "rmse: 15", ""},
		{"too high", figure{Name: "rmse", Value: number(14.5), Within: 0.5}, "rmse: 15.01", "want 14.5 ± 0.5"},
		{"too low", figure{Name: "rmse", Value: number(14.5), Within: 0.5}, "rmse: 13.99", "want 14.5 ± 0.5"},
		{"at least", figure{Name: "speed", Least: number(3)}, "speed: 3 times", ""},
		{"not at least", figure{Name: "speed", Least: number(3)}, "speed: 2.9 times", "want at least 3"},
		{"at most", figure{Name: "difference", Most: number(1e-6)}, "difference: 1e-07", ""},
		{"not at most", figure{Name: "difference", Most: number(1e-6)}, "difference: 1.1e-06", "want at most"},
		{"not a number", figure{Name: "loss", Least: number(0)}, "loss: NaN", "not a number"},
		{"missing", figure{Name: "rmse", Value: number(1)}, "the rmse: 1", "printed 0 times"},
		{"twice", figure{Name: "rmse", Value: number(1)}, "rmse: 1\nrmse: 1", "printed 2 times"},
		{"text", figure{Name: "rmse", Value: number(1)}, "rmse: low", "invalid syntax"},
		{"nothing to compare with", figure{Name: "rmse"}, "rmse: 1", "neither a value nor bounds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.figure.check(c.printed)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want %q", err, c.want)
			}
		})
	}
}

func TestOverwritten(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb\n":                       "a\nb\n",
		"\repoch 1/2\repoch 2/2\nx":    "epoch 2/2\nx",
		"\rlonger line\rshort\n":       "shortr line\n",
		"\rlonger line\rshort      \n": "short\n",
		"":                             "",
	} {
		if got := overwritten(text); got != want {
			t.Errorf("%q is shown as %q; want %q", text, got, want)
		}
	}
}

// TestStoredNotebooks holds the outputs that are stored against the figures: what a reader sees without running anything.
func TestStoredNotebooks(t *testing.T) {
	figures, err := readFigures(".")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := notebooks(".", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != len(figures) {
		t.Errorf("%s has the figures of %d notebooks; there are %d", figuresFile, len(figures), len(paths))
	}
	for _, path := range paths {
		t.Run(nameOf(path), func(t *testing.T) {
			n, err := readNotebook(path)
			if err != nil {
				t.Fatal(err)
			}
			if f := n.failure(); f != "" {
				t.Errorf("a stored cell has failed: %s", f)
			}
			if err := compare(n, figures[nameOf(path)]); err != nil {
				t.Error(err)
			}
			if spec, _ := n.Metadata["kernelspec"].(map[string]any); spec["name"] != kernelName {
				t.Errorf("its kernel is %v; want %s", spec["name"], kernelName)
			}
			pictures := 0
			for i, c := range n.Cells {
				if c.Type != "code" {
					continue
				}
				if c.ExecutionCount == nil {
					t.Errorf("cell %d is stored without having been run", i)
				}
				for _, o := range *c.Outputs {
					if o.Data["image/svg+xml"] != nil || o.Data["text/html"] != nil {
						pictures++
					}
				}
			}
			if pictures < 3 {
				t.Errorf("it shows %d pictures and tables; want at least 3", pictures)
			}
		})
	}
}
