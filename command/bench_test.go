package command

import (
	"strings"
	"testing"
)

// quickly runs zoo bench for no longer than needed.
func quickly(t *testing.T, args string) outcome {
	t.Helper()
	return command(t, t.TempDir(), strings.Fields("bench --threads 1 --seconds 0.01 "+args)...).done(t)
}

func TestBenchJSON(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"--workload W6,w9", []string{"W6", "W9"}},
		{"--cell gru --T 3 --B 2 --I 4 --H 5 --layers 2 --bidirectional", []string{"custom"}},
		{"--cell custom --H 8 --T 2 --mode forward", []string{"custom"}},
		{"--cell rnn --mode stream", []string{"custom"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := quickly(t, c.args+" --json")
			if o.err != "" {
				t.Errorf("standard error is not empty:\n%s", o.err)
			}
			list := events(t, o.out)
			if len(list) != len(c.want) {
				t.Fatalf("%d lines; want %d", len(list), len(c.want))
			}
			for i, e := range list {
				hasFields(t, e, "event", "workload", "title", "milliseconds", "fastest_milliseconds", "gflops", "peak_gflops", "peak_share", "threads", "allocs",
					"compile_milliseconds", "kernel")
				if e["event"] != "bench" || e["workload"] != c.want[i] || e["threads"] != 1. || e["allocs"] != 0. || e["kernel"] == "" {
					t.Errorf("%v; want an event bench of %s with 1 thread and no allocations", e, c.want[i])
				}
				for _, name := range []string{"milliseconds", "fastest_milliseconds", "gflops", "peak_gflops", "peak_share", "compile_milliseconds"} {
					if v, ok := e[name].(float64); !ok || v <= 0 {
						t.Errorf("%s is %v; want a number above 0", name, e[name])
					}
				}
			}
		})
	}
	contains(t, quickly(t, "--cell gru --T 3 --B 2 --I 4 --H 5 --layers 2 --bidirectional --json").out, `"title":"2-layer bidirectional GRU T3 B2 I4 H5, train step"`)
}

func TestBenchTable(t *testing.T) {
	o := quickly(t, "--workload W6,W9")
	contains(t, o.out, "Kernels: ", "WORKLOAD", "MS", "GFLOP/S", "OF PEAK", "LSTM T50 B1 I16 H16, train step", "LSTM B1 I128 H128, one streaming step")
	lines := strings.Split(strings.TrimSpace(o.out), "\n")
	if len(lines) != 5 { // one of explanation, an empty one, the head, two results
		t.Errorf("%d lines:\n%s", len(lines), o.out)
	}
	for _, line := range lines[3:] {
		if len(line) != len(lines[2]) {
			t.Errorf("the columns are not aligned:\n%s", o.out)
		}
	}
}

func TestBenchWrongFlags(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"more", []string{`"more"`}},
		{"--workload W17", []string{`--workload "W17"`, "zoo bench --help"}},
		{"--workload=", []string{"--workload", "W1"}},
		{"--workload W1 --T 5", []string{"--T", "--workload"}},
		{"--cell lsmt", []string{`--cell "lsmt"`, "lstm"}},
		{"--mode trian", []string{`--mode "trian"`, "train"}},
		{"--T 0", []string{"--T 0", "1 to"}},
		{"--B 0", []string{"--B 0"}},
		{"--I 0", []string{"--I 0"}},
		{"--H 0", []string{"--H 0"}},
		{"--H many", []string{"--H", `"many"`, "whole number"}},
		{"--layers 0", []string{"--layers 0"}},
		{"--mode stream --T 5", []string{"--T 5", "one step"}},
		{"--mode stream --bidirectional", []string{"--mode stream", "bidirectional"}},
		{"--T 8000 --B 8000", []string{"GB"}},
		{"--threads 0", []string{"--threads 0", "want 1 to"}},
		{"--threads 4096", []string{"--threads 4096"}},
		{"--seconds 0", []string{"--seconds 0", "above 0"}},
		{"--seconds NaN", []string{"--seconds NaN"}},
		{"--secnds 1", []string{"did you mean --seconds?"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := command(t, t.TempDir(), append([]string{"bench"}, strings.Fields(c.args)...)...)
			o.failed(t, statusUsage, c.want...)
			if o.out != "" {
				t.Errorf("standard output is not empty:\n%s", o.out)
			}
		})
	}
}
