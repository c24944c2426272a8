package bench

import (
	"math"
	"strings"
	"testing"
)

// TestFLOPs compares with the figures that were worked out by hand for the comparison with other frameworks.
func TestFLOPs(t *testing.T) {
	want := map[string]float64{"W1": 1.26, "W2": 20.1, "W3": 28.4, "W4": 0.94, "W5": 4.48, "W6": 0.0006, "W7": 1.26, "W8": 0.026,
		"W9": 2 * 256 * 512 / 1e9, "W10": 55.7, "W11": 0.42, "W12": 6.7,
		"W13": 16.54, "W14": 6.34, "W15": 14.9, "W16": 2 * (640*2048 + 1024*2048 + 512*69) / 1e9}
	list := Workloads()
	if len(list) != len(want) {
		t.Errorf("%d workloads; want %d", len(list), len(want))
	}
	for _, w := range list {
		if got := w.FLOPs() / 1e9; math.Abs(got-want[w.Name]) > 0.03*want[w.Name] {
			t.Errorf("%s: %.4g GFLOP; want %.4g", w.Name, got, want[w.Name])
		}
		if err := w.Check(); err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
	}
	// A second layer reads both directions of the first.
	w := Workload{Cell: "rnn", T: 2, B: 3, I: 5, H: 7, Layers: 2, Bidirectional: true, Mode: Forward}
	if got, want := w.FLOPs(), 2.*2*3*(2*(5+7)*7+2*(14+7)*7); got != want {
		t.Errorf("2 layers in both directions: %v FLOP; want %v", got, want)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		change func(*Workload)
		want   string
	}{
		{func(w *Workload) { w.Cell = "lsmt" }, `cell "lsmt": want one of rnn, lstm, gru, custom`},
		{func(w *Workload) { w.Mode = "trian" }, `mode "trian"`},
		{func(w *Workload) { w.T = 0 }, "T 0: want 1"},
		{func(w *Workload) { w.B = -1 }, "B -1: want 1"},
		{func(w *Workload) { w.I = 0 }, "I 0: want 1"},
		{func(w *Workload) { w.H = 100000 }, "H 100000: want 1"},
		{func(w *Workload) { w.Layers = 0 }, "layers 0: want 1"},
		{func(w *Workload) { w.Vocabulary = -1 }, "vocabulary -1"},
		{func(w *Workload) { w.Mode = Stream }, "T 50: a run in mode stream is one step"},
		{func(w *Workload) { w.Mode, w.T, w.Bidirectional = Stream, 1, true }, "mode stream: a bidirectional"},
		{func(w *Workload) { w.Classes = -1 }, "classes -1: want 0"},
		{func(w *Workload) { w.Classes, w.Vocabulary = 2, 10 }, "classes 2: a language model (vocabulary 10) has none"},
		{func(w *Workload) { w.Mode, w.T, w.Classes = Stream, 1, 2 }, "mode stream: a classifier"},
		{func(w *Workload) { w.Classes, w.Bidirectional = 2, true }, "classes 2: a bidirectional network"},
		{func(w *Workload) { w.Dropout = math.NaN() }, "dropout NaN: want 0"},
		{func(w *Workload) { w.Dropout = 0.5 }, "dropout 0.5: only a language model"},
		{func(w *Workload) { w.Carried = true }, "carried: only a language model"},
		{func(w *Workload) { w.T, w.B, w.H = 8192, 8192, 8192 }, "GB of memory"},
	} {
		w := Workloads()[0]
		c.change(&w)
		err := w.Check()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v; want %q", err, c.want)
			continue
		}
		if _, buildErr := w.Build(); buildErr == nil || buildErr.Error() != "workload W1: "+err.Error() {
			t.Errorf("Build: the error is %v; want that of Check, with the workload's name", buildErr)
		}
	}
}
