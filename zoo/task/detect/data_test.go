package detect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// pulses returns sequences of 6 rows of a number or of two, of which every third, in each part, has its pulse at the wrong place.
func pulses(n, width int) *datasets.Sequences {
	rng := rand.New(rand.NewPCG(3, 3))
	s := &datasets.Sequences{Meta: datasets.Info{Name: "pulses"}, Width: width, Classes: []string{"odd", "normal"}}
	for _, part := range []*datasets.SequenceList{&s.Train, &s.Valid, &s.Test} {
		var all []datasets.Sequence
		for i := range n {
			q := datasets.Sequence{Values: make([]float32, 6*width), Label: 1}
			for t := range q.Values {
				q.Values[t] = float32(10 + 0.1*rng.NormFloat64())
			}
			at := 1
			if i%3 == 2 {
				q.Label, at = 0, 4
			}
			q.Values[at*width] += 5
			all = append(all, q)
		}
		*part = datasets.NewSequenceList(width, all...)
	}
	return s
}

// sensors returns series of waves, with a jump in each part. The first has no times and one value that is missing.
func sensors(n, series, width int) *datasets.Panel {
	p := &datasets.Panel{Meta: datasets.Info{Name: "sensors"}, Period: 8}
	for v := range width {
		p.Targets = append(p.Targets, fmt.Sprintf("v%d", v+1))
	}
	for k := range series {
		rng := rand.New(rand.NewPCG(uint64(k), 5))
		s := &datasets.Series{ID: fmt.Sprintf("s%d", k+1), Variables: p.Targets}
		for i := range n {
			row := make([]float64, width)
			for v := range row {
				row[v] = 100*float64(k+1) + 10*math.Sin(float64(i+v)*math.Pi/4) + rng.NormFloat64()
			}
			s.Values = append(s.Values, row)
			if k > 0 {
				s.Times = append(s.Times, fmt.Sprint(2000+i))
			}
		}
		for _, at := range []int{n / 4, n/2 - 4, n - 20} {
			for i := at; i < at+3; i++ {
				s.Values[i][0] += 80
			}
			s.Anomalies = append(s.Anomalies, datasets.Range{From: at, To: at + 3})
		}
		p.Series = append(p.Series, s)
	}
	p.Series[0].Values[n/3][0] = math.NaN()
	return p
}

// other makes small networks by the names of their models.
func other(model string) (*graph.Network, error) {
	all := map[string]func(...graph.NetworkOption) *graph.Network{"rnn": rnn.New, "lstm": lstm.New, "gru": gru.New}
	if all[model] == nil {
		return nil, fmt.Errorf("model %q not found", model)
	}
	return all[model](graph.Hidden(4)), nil
}

// small are options for what sensors returns.
func small() Options {
	return Options{Window: 12, Ahead: 3, Memory: 40, Level: true, Recent: 3, Long: 60, Rank: 0.95, Rest: 5, Threshold: "1.5"}
}

// watchOf returns a task on series with a GRU of 4 units, which has learnt for some epochs.
func watchOf(t testing.TB, data datasets.Dataset, o Options, epochs int) *watch {
	t.Helper()
	learns, err := New(gru.New(graph.Hidden(4)), other, data, graph.NewParams(tensor.Float32, graph.InitSeed(1)), o)
	if err != nil {
		t.Fatal(err)
	}
	if epochs > 0 {
		if _, err := train.Run(t.Context(), learns, train.Epochs(epochs), train.Batch(8)); err != nil {
			t.Fatal(err)
		}
	}
	return learns.(*watch)
}

// asked returns the predictions for inputs.
func asked(t testing.TB, q *query, body string, inputs ...string) ([]Prediction, error) {
	t.Helper()
	var all []Prediction
	err := q.Run(t.Context(), inputs, strings.NewReader(body), func(p task.Prediction) error {
		all = append(all, p.(Prediction))
		return nil
	})
	return all, err
}
