package main

import (
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/bench"
)

// track is a race with times that are given, by peer and setting, one for each round.
type track struct {
	times map[string]map[Setting][]float64
	runs  map[string]int
}

func (tr *track) run(p Program, s Setting) (Measurement, error) {
	tr.runs[p.Name]++
	list := tr.times[p.Name][s]
	if len(list) == 0 {
		return Measurement{}, errors.New("crashed")
	}
	tr.times[p.Name][s] = list[1:]
	return Measurement{Milliseconds: list[0], Version: "1.0", PeakShare: list[0] / 100, Megabytes: list[0]}, nil
}

func TestMeasure(t *testing.T) {
	one, two, passive := Setting{Threads: 1}, Setting{2, "active"}, Setting{2, "passive"}
	unwaiting := Setting{Threads: 2}
	const none = -1
	for _, c := range []struct {
		name string
		ours map[Setting][]float64
		peer map[Setting][]float64
		slow bool
		best Setting
		// what is said of the peer
		milliseconds, ratio float64
		runs                int
		complaints          int
	}{
		{"the slow settings run once", map[Setting][]float64{one: {20}, unwaiting: {10, 10, 10}},
			map[Setting][]float64{one: {50}, two: {30, 31, 32}, passive: {90}}, false, two, 31, 3.1, 5, 0},
		{"close settings run to the end, the median decides", map[Setting][]float64{one: {20}, unwaiting: {10, 10, 10}},
			map[Setting][]float64{one: {30, 40, 40}, two: {31, 31, 31}, passive: {90}}, false, two, 31, 3.1, 7, 0},
		{"a ratio is of the same round", map[Setting][]float64{one: {90}, unwaiting: {10, 20, 30}},
			map[Setting][]float64{one: {20, 40, 60}, two: {99}, passive: {99}}, false, one, 40, 2, 5, 0},
		{"who is far behind runs once", map[Setting][]float64{one: {9}, unwaiting: {10, 10, 10}},
			map[Setting][]float64{one: {180}, two: {181}, passive: {190}}, false, one, 180, 20, 3, 0},
		{"a slow peer runs once", map[Setting][]float64{one: {90}, unwaiting: {10, 10, 10}},
			map[Setting][]float64{one: {30}, two: {31}, passive: {32}}, true, one, 30, 3, 3, 0},
		{"a setting that fails is left out", map[Setting][]float64{one: {90}, unwaiting: {10, 10, 10}},
			map[Setting][]float64{one: {30, 30, 30}, passive: {32, 32}}, false, one, 30, 3, 7, 2},
		{"a peer that fails is left out", map[Setting][]float64{one: {90}, unwaiting: {10, 10, 10}}, nil, false, Setting{}, none, none, 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ours[one][0] == 9 { // both of ours are close there
				c.ours[one] = []float64{9, 9, 9}
			}
			tr := &track{times: map[string]map[Setting][]float64{"rnnzoo": c.ours, "peer": c.peer}, runs: make(map[string]int)}
			complaints := 0
			programs := []Program{{Peer: Peer{Name: "rnnzoo", Kind: Ours}}, {Peer: Peer{Name: "peer", Kind: Python, Waits: true, Slow: c.slow}}}
			results := measure(bench.Workloads()[0], programs, 2, 3, tr.run, func(Program, error) { complaints++ })
			if tr.runs["peer"] != c.runs || complaints != c.complaints {
				t.Errorf("the peer ran %d times with %d complaints; want %d with %d", tr.runs["peer"], complaints, c.runs, c.complaints)
			}
			i := slices.IndexFunc(results, func(r Result) bool { return r.Peer == "peer" })
			if c.ratio == none {
				if i >= 0 || len(results) != 1 {
					t.Errorf("the results are %v; want ours alone", results)
				}
				return
			}
			if i < 0 {
				t.Fatalf("there is no result of the peer in %v", results)
			}
			if r := results[i]; r.Setting != c.best || r.Milliseconds != c.milliseconds || r.Ratio != c.ratio || r.Version != "1.0" {
				t.Errorf("%+v; want %v, %v ms, ratio %v", r, c.best, c.milliseconds, c.ratio)
			}
		})
	}
}

func TestOursFails(t *testing.T) {
	tr := &track{runs: make(map[string]int)}
	if r := measure(bench.Workloads()[0], []Program{{Peer: peers[0]}}, 2, 2, tr.run, func(Program, error) {}); r != nil {
		t.Errorf("%v; want nothing", r)
	}
}
