package detect

import (
	"fmt"
	"math"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Stream watches a series whose rows come one by one. It keeps all that it needs of the past, some 100 bytes a variable
// for each of the Long errors. It serves one goroutine; any number of streams of a detector may run in parallel, as long as
// nobody changes its parameters.
type Stream struct {
	opts      Options
	threshold float64
	program   *graph.Program
	x         memory
	mean, dev memory
	carried   []memory
	variables []variable
	quiet     *quiet
	row       int
	loss      float64 // of the forecasts of the last row; NaN if there are none
}

// Point is what a stream says of a row.
type Point struct {
	Score float64 // 0 as long as little is known; what is above the threshold is an anomaly
	Alarm bool    // whether the score is above the threshold, and that of none of the Rest rows before as high
}

// variable is what is known of one of the series.
type variable struct {
	scale     scaler
	level     *mean // of the past
	forecasts []forecastAt
	off, far  *likelihood // of the forecast, and of the distance from the level
}

// forecastAt is a forecast, and the scale in which it was made.
type forecastAt struct {
	there                             bool
	center, unit, mean, logarithmOfSD float64
}

// memory is the elements of a tensor, of one of two types.
type memory struct {
	f32 []float32
	f64 []float64
}

func (m memory) set(i int, v float64) {
	if m.f32 != nil {
		m.f32[i] = float32(v)
	} else {
		m.f64[i] = v
	}
}

func (m memory) at(i int) float64 {
	if m.f32 != nil {
		return float64(m.f32[i])
	}
	return m.f64[i]
}

func memoryOf(data any) memory {
	switch d := data.(type) {
	case []float32:
		return memory{f32: d}
	case []float64:
		return memory{f64: d}
	}
	return memory{}
}

// Stream returns a stream that knows nothing yet.
func (d *Detector) Stream() (*Stream, error) {
	if d.opts.Method != methodForecaster {
		return nil, option.Usagef("the detector reads whole sequences, as Score does; it watches no series")
	}
	threshold, err := d.Threshold()
	if err != nil {
		return nil, err
	}
	return d.stream(threshold)
}

// stream compiles a step of the network with its head, which carries its states.
func (d *Detector) stream(threshold float64) (*Stream, error) {
	b := graph.NewBuilder(d.params)
	x := b.Input("x", 1, 1, inputs*d.about.Width)
	var initial []graph.State
	var names []string
	for l := range d.network.Config().Layers {
		var s graph.State
		for k, width := range d.network.StateWidths() {
			name := fmt.Sprintf("state_l%d_%d", l, k)
			names = append(names, name)
			s = append(s, b.Input(name, 1, width))
		}
		initial = append(initial, s)
	}
	y, final := d.network.Unroll(b, x, graph.InitialStates(initial...))
	mean, deviation := d.head(b, x, y)
	opts := []graph.CompileOption{graph.OutputAs("mean", mean), graph.OutputAs("deviation", deviation), graph.FixedParams(), graph.Threads(1)}
	k := 0
	for _, s := range final {
		for _, n := range s {
			opts = append(opts, graph.Carry(names[k], n))
			k++
		}
	}
	p, err := graph.Compile(b, opts...)
	if err != nil {
		return nil, errors.WithMessage(err, "detect")
	}
	s := &Stream{opts: d.opts, threshold: threshold, program: p, x: memoryOf(p.Input("x").Data()),
		mean: memoryOf(p.Output("mean").Data()), dev: memoryOf(p.Output("deviation").Data()), variables: make([]variable, d.about.Width)}
	for _, name := range names {
		s.carried = append(s.carried, memoryOf(p.Input(name).Data()))
	}
	s.Reset()
	return s, nil
}

// Reset forgets all.
func (s *Stream) Reset() {
	for _, m := range s.carried {
		clear(m.f32)
		clear(m.f64)
	}
	for v := range s.variables {
		s.variables[v] = variable{scale: scaler{memory: float64(s.opts.Memory)}, level: newMean(s.opts.Long),
			forecasts: make([]forecastAt, s.opts.Ahead), off: newLikelihood(s.opts), far: newLikelihood(s.opts)}
	}
	s.quiet, s.row, s.loss = newQuiet(s.opts.Rest), 0, math.NaN()
}

// Threshold returns the score from which on there is an anomaly.
func (s *Stream) Threshold() float64 { return s.threshold }

// largest is the largest value that is watched: the squares of such values are still numbers.
const largest = 1e150

// Next takes the next row, a value of each variable, and returns how surprising it is. NaN stands for a value that is
// missing, which says nothing.
func (s *Stream) Next(values []float64) (Point, error) {
	if len(values) != len(s.variables) {
		return Point{}, errors.Errorf("detect: row %d has %d values; want %d", s.row+1, len(values), len(s.variables))
	}
	for i, x := range values {
		if math.Abs(x) > largest {
			return Point{}, errors.Errorf("detect: value %d in row %d is %v; want a number of at most %v", i+1, s.row+1, x, largest)
		}
	}
	var p Point
	loss, forecasts := 0.0, 0
	for i := range s.variables {
		v, x := &s.variables[i], values[i]
		place, moved := 0.0, 0.0
		f := v.forecasts[s.row%len(v.forecasts)]
		switch {
		case !math.IsNaN(x):
			least := leastError * v.scale.deviation()
			if f.there {
				p.Score = max(p.Score, v.off.score(math.Abs(x-(f.center+f.unit*f.mean)), least))
				z := (bounded((x-f.center)/f.unit) - f.mean) * math.Exp(-f.logarithmOfSD)
				loss += z*z/2 + f.logarithmOfSD
				forecasts++
			}
			if s.opts.Level && v.scale.n > 0 {
				p.Score = max(p.Score, v.far.score(math.Abs(x-v.level.value()), least))
			}
			v.level.add(x)
			place, moved = v.scale.take(x)
		case v.scale.n > 0: // as if it had stayed
			place = bounded((v.scale.last - v.scale.mean) / v.scale.deviation())
		}
		s.x.set(i, place)
		s.x.set(len(s.variables)+i, moved)
	}
	if s.loss = math.NaN(); forecasts > 0 {
		s.loss = loss / float64(forecasts)
	}
	if err := s.program.Run(); err != nil {
		return Point{}, err
	}
	for i := range s.variables {
		v := &s.variables[i]
		f := forecastAt{v.scale.n > 0, v.scale.mean, v.scale.deviation(), s.mean.at(i), s.dev.at(i)}
		if math.IsNaN(f.mean) || math.IsNaN(f.logarithmOfSD) {
			return Point{}, errors.New("detect: a forecast is not a number; the weights are damaged")
		}
		v.forecasts[s.row%len(v.forecasts)] = f
	}
	s.row++
	p.Alarm = s.quiet.loudest(p.Score) && p.Score >= s.threshold && p.Score > 0
	return p, nil
}

// leastError is how large an error is at least to be one, in deviations of the series.
const leastError = 1e-6
