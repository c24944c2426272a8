package command

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunProbesGradients(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model, dataset string
		flags          []string
		layers         int
		least          int // time steps
	}{
		{"rnn", "airline", []string{"--layers", "2", "--window", "12", "--members", "1"}, 2, 12},
		{"bigru", "phrases", []string{"--limit", "100", "--pooling", "last"}, 2, 3},
		{"bigru", "dates", []string{"--limit", "100"}, 3, 10},
	} {
		dir := t.TempDir()
		args := append([]string{"run", c.model, c.dataset, "--epochs", "2", "--quiet", "--probe", "gradients"}, c.flags...)
		var probes []map[string]any
		for _, e := range events(t, command(t, dir, append(args, "--json")...).done(t).out) {
			if e["event"] == "probe" {
				hasFields(t, e, "event", "probe", "epoch", "layers")
				probes = append(probes, e)
			}
		}
		if len(probes) != 3 {
			t.Fatalf("%s: %d probe events; want 3, one before training and one after each epoch", c.model, len(probes))
		}
		for epoch, e := range probes {
			layers := e["layers"].([]any)
			if e["epoch"] != float64(epoch) || len(layers) != c.layers {
				t.Errorf("%s: event %d is of epoch %v with %d layers; want %d", c.model, epoch, e["epoch"], len(layers), c.layers)
			}
			for _, l := range layers {
				norms := l.(map[string]any)["norms"].([]any)
				if len(norms) < c.least {
					t.Errorf("%s: %d norms; want at least %d, one for each time step", c.model, len(norms), c.least)
				}
				for step, v := range norms {
					if n, ok := v.(float64); !ok || !(n > 0) {
						t.Errorf("%s: the norm at step %d is %v; want a positive number", c.model, step, v)
					}
				}
			}
		}
		picture, err := os.ReadFile(filepath.Join(dir, "runs", c.model+"-"+c.dataset+"-1", "gradients.svg"))
		if err != nil {
			t.Fatal(err)
		}
		for dec := xml.NewDecoder(strings.NewReader(string(picture))); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: the picture is no XML: %v", c.model, err)
			}
		}
		contains(t, string(picture), "<svg", "epoch 0", "epoch 2", "norm of ∂loss/∂h", "time step")
		contains(t, command(t, dir, args...).done(t).out, "first step", "layer 0", "epoch 2", "gradients.svg")
	}
}
