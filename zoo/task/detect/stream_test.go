package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// BenchmarkStream measures a value of the network and settings of nab, when the past is full.
func BenchmarkStream(b *testing.B) {
	s := &datasets.Series{Variables: []string{"v"}}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 2000 {
		s.Values = append(s.Values, []float64{math.Sin(float64(i)) + rng.NormFloat64()})
	}
	learns, err := New(gru.New(graph.Hidden(24)), other, s, graph.NewParams(tensor.Float32, graph.InitSeed(1)), Options{Window: 128, Ahead: 200, Recent: 30, Level: true, Rest: 100, Threshold: "1"})
	if err != nil {
		b.Fatal(err)
	}
	stream, err := learns.(*watch).Stream()
	if err != nil {
		b.Fatal(err)
	}
	row := make([]float64, 1)
	next := func() {
		row[0] = rng.NormFloat64()
		if _, err := stream.Next(row); err != nil {
			b.Fatal(err)
		}
	}
	for range 8000 {
		next()
	}
	for b.Loop() {
		next()
	}
}

// TestStreamIsWhatIsLearnt holds the inputs and targets of the training against what a stream sees and is wrong by: the loss
// of a series' rows as they are watched is that of the program that trains, on the same rows from the start.
func TestStreamIsWhatIsLearnt(t *testing.T) {
	o := small()
	o.Window = 70
	data := sensors(200, 1, 2)
	data.Series[0].Values[66][0] = 100 // what is missing counts otherwise
	w := watchOf(t, data, o, 1)        // whose training part has 80 rows, 77 with a target
	stream, err := w.Stream()
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0
	for i, row := range w.series[0].values[:o.Window+o.Ahead] {
		if _, err := stream.Next(row); err != nil {
			t.Fatal(err)
		}
		if i >= o.Ahead {
			sum += stream.loss
			n++
		}
	}
	step, err := w.Step(0, []int{0})
	if err == nil {
		err = step.Program.Run()
	}
	if err != nil || n != o.Window {
		t.Fatal(n, err)
	}
	if got, want := step.Program.Loss(), sum/float64(n); math.Abs(got-want) > 1e-5*math.Abs(want) {
		t.Errorf("the loss is %v; as a stream sees it %v", got, want)
	}
}
