package forecast

import (
	"math"
	"math/rand"
	"sort"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// fits returns the rows of a part at which a forecast can begin, from one to before another.
func (f *Forecaster) fits(part datasets.Range) (from, to int) {
	from = max(part.From, f.Needs())
	return from, max(from, part.To-f.opts.Horizon+1)
}

// origins returns the rows of a part of each series at which forecasts can begin.
func (f *Forecast) origins(part func(datasets.Split) datasets.Range) []origin {
	n := 0
	for _, s := range f.strands {
		from, to := f.fits(part(s.split))
		n += to - from
	}
	all := make([]origin, 0, n)
	for i, s := range f.strands {
		from, to := f.fits(part(s.split))
		for t := from; t < to; t++ {
			all = append(all, origin{int32(i), int32(t)})
		}
	}
	return all
}

// in returns the part of a name of each split.
func in(p task.Part) (func(datasets.Split) datasets.Range, error) {
	if _, err := (datasets.Split{}).Part(string(p)); err != nil {
		return nil, err
	}
	return func(s datasets.Split) datasets.Range {
		r, _ := s.Part(string(p)) // which was asked for above
		return r
	}, nil
}

func inTrain(s datasets.Split) datasets.Range { return s.Train }
func inValid(s datasets.Split) datasets.Range { return s.Valid }
func inTest(s datasets.Split) datasets.Range  { return s.Test }

// Batches implements train.Task.
func (f *Forecast) Batches(epoch, size int, seed uint64) [][]int {
	if f.opts.Draw == 0 {
		return f.draws.Shuffled(len(f.train), size, epoch, seed)
	}
	if f.opts.ByScale {
		f.weigh()
	}
	var batches [][]int
	drawn := make([]int, f.opts.Draw)
	f.draws.Epoch(f.opts.Draw, size, epoch, seed, func(rng *rand.Rand) {
		for i := range drawn {
			if !f.opts.ByScale {
				drawn[i] = rng.Intn(len(f.train))
				continue
			}
			all := f.weights[len(f.weights)-1]
			drawn[i] = min(sort.SearchFloat64s(f.weights, rng.Float64()*all), len(f.train)-1)
		}
	})
	if size <= 0 || size > len(drawn) {
		size = len(drawn)
	}
	for from := 0; from < len(drawn); from += size {
		batches = append(batches, drawn[from:min(from+size, len(drawn))])
	}
	return batches
}

// weigh sums up the scales of the series of all training examples (Salinas et al. 2020).
func (f *Forecast) weigh() {
	if f.weights != nil {
		return
	}
	f.weights = make([]float64, len(f.train))
	sum := 0.0
	for i, at := range f.train {
		for _, d := range f.strands[at.strand].transform.Deviation {
			sum += d
		}
		f.weights[i] = sum
	}
}

// sites returns where the origins are.
func (f *Forecast) sites(origins []origin) []site {
	sites := make([]site, len(origins))
	for i, at := range origins {
		s := f.strands[at.strand]
		sites[i] = site{strand: s, scaled: s.scaled, row: int(at.row), when: int(at.row)}
	}
	return sites
}

// Step implements train.Task.
func (f *Forecast) Step(_ int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, len(f.train)); err != nil {
		return train.Step{}, errors.WithMessage(err, "forecast")
	}
	p, err := f.program(f.lane, shape{len(examples), true, f.gaps})
	if err != nil {
		return train.Step{}, err
	}
	origins := make([]origin, len(examples))
	for i, e := range examples {
		origins[i] = f.train[e]
	}
	if err := f.set(p, origins); err != nil {
		return train.Step{}, err
	}
	return train.Step{Program: p, Tokens: len(examples) * f.opts.Window}, nil
}

// set sets the inputs of a training program.
func (f *Forecast) set(p *graph.Program, origins []origin) error {
	if err := f.setWindows(p, f.sites(origins)); err != nil {
		return err
	}
	y, weights, units := f.targets(origins)
	if f.gaps {
		if err := p.Set("weight", weights); err != nil {
			return err
		}
	}
	if f.opts.Loss == lossCounts {
		if err := p.Set("unit", units); err != nil {
			return err
		}
	}
	return p.Set("target", y)
}

// targets returns what the output should be: the rows from each origin, or from each step of the window. A value that is
// missing is 0 with a weight of 0. Units are what targets are multiplied by to be counts.
func (f *Forecast) targets(origins []origin) (y, weights, units []float64) {
	from := 0
	if f.opts.EveryStep {
		from = 1 - f.opts.Window
	}
	n := (1 - from) * len(origins) * f.opts.Horizon * f.width
	y = make([]float64, 0, n)
	if f.gaps {
		weights = make([]float64, 0, n)
	}
	var window lens
	for w := from; w <= 0; w++ {
		for _, at := range origins {
			s, row := f.strands[at.strand], int(at.row)
			f.look(&window, s.scaled, row)
			for h := range f.opts.Horizon {
				for v, z := range s.scaled[row+w+h] {
					d := (z - f.base(window, s.scaled, row, h, v)) / window.spread[v]
					if f.gaps {
						weight := 1.0
						if math.IsNaN(s.values[row+w+h][v]) {
							d, weight = 0, 0
						}
						weights = append(weights, weight)
					}
					if f.opts.Loss == lossCounts {
						units = append(units, window.spread[v]*s.transform.Deviation[v])
					}
					y = append(y, d)
				}
			}
		}
	}
	return y, weights, units
}
