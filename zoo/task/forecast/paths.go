package forecast

import (
	"context"
	"math/rand"
	"slices"

	"github.com/pkg/errors"
)

// Beyond what the network forecasts at once, the bounds of a forecast are those of paths: each goes on from values that were
// drawn from what the network says of them (Salinas et al.: DeepAR, 2020), so that what is unsure of a row makes those after it
// unsure. The values that are drawn together are as high or low within what each may be.

// pathsOf is how many paths a strand has: the bounds of 95 % are then the 5th values from either end.
const pathsOf = 200

// tail is the end of what is known of a strand, to which forecasts are added.
type tail struct{ recent, scaled, level [][]float64 }

func (f *Forecaster) newTail(s *strand) tail {
	recent := slices.Clone(s.filled[len(s.filled)-f.Needs():])
	return tail{recent, like(recent), like(recent)}
}

// add moves the tail on.
func (t *tail) add(rows [][]float64) {
	n := len(t.recent)
	t.recent = append(t.recent, rows...)
	t.recent = append(t.recent[:0], t.recent[len(t.recent)-n:]...)
}

// bounds returns the bounds of shares [len(shares)][steps][V] around the forecast of a strand, whose first rows are those of what
// the network forecasts at once.
func (f *Forecaster) bounds(ctx context.Context, l *lane, s *strand, first outlook, steps int, shares []float64) (lower, upper [][][]float64, err error) {
	lower, upper = make([][][]float64, len(shares)), make([][][]float64, len(shares))
	for k, share := range shares {
		for h := range min(steps, f.opts.Horizon) {
			lo, up := make([]float64, f.width), make([]float64, f.width)
			for v := range f.width {
				lo[v], up[v] = f.at(first, h, v, -share), f.at(first, h, v, share)
			}
			lower[k], upper[k] = append(lower[k], lo), append(upper[k], up)
		}
	}
	if steps <= f.opts.Horizon {
		return lower, upper, nil
	}
	paths, err := f.paths(ctx, l, s, steps)
	if err != nil {
		return nil, nil, err
	}
	values := make([]float64, len(paths))
	for h := f.opts.Horizon; h < steps; h++ {
		lows, highs := make([][]float64, len(shares)), make([][]float64, len(shares))
		for v := range f.width {
			for i, path := range paths {
				values[i] = path[h][v]
			}
			slices.Sort(values)
			for k, share := range shares {
				cut := int(float64(len(values)) * (1 - share) / 2)
				lows[k], highs[k] = append(lows[k], values[cut]), append(highs[k], values[len(values)-1-cut])
			}
		}
		for k := range shares {
			lower[k], upper[k] = append(lower[k], lows[k]), append(upper[k], highs[k])
		}
	}
	return lower, upper, nil
}

// at returns the bound of a share, the lower one of a share below 0: between those that are known, in proportion.
func (f *Forecaster) at(y outlook, h, v int, share float64) float64 {
	bounds, size := y.upper, share
	if share < 0 {
		bounds, size = y.lower, -share
	}
	below, x := 0.0, y.point[h][v]
	for k, s := range f.shares {
		if size <= s {
			return x + (bounds[k][h][v]-x)*(size-below)/(s-below)
		}
		below, x = s, bounds[k][h][v]
	}
	return x
}

// paths draws how a strand may go on, [pathsOf][steps][V].
func (f *Forecaster) paths(ctx context.Context, l *lane, s *strand, steps int) ([][][]float64, error) {
	rng := rand.New(rand.NewSource(1))
	all := make([][][]float64, pathsOf)
	tails, sites := make([]tail, pathsOf), make([]site, pathsOf)
	for i := range tails {
		tails[i] = f.newTail(s)
		sites[i] = site{strand: s, scaled: tails[i].scaled, row: f.Needs()}
	}
	for made := 0; made < steps; made += f.opts.Horizon {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		for i := range tails {
			sites[i].when = len(s.values) + made
			if err := s.transform.applyTo(tails[i].scaled, tails[i].level, tails[i].recent); err != nil {
				return nil, err
			}
		}
		err := f.forecast(l, sites, func(i int, o outcome) error {
			y := f.outlook(s, tails[i].recent, o, true)
			drawn := like(y.point)
			for v := range f.width {
				share := 2*rng.Float64() - 1
				for h := range drawn {
					drawn[h][v] = f.at(y, h, v, share)
				}
			}
			all[i] = append(all[i], drawn...)
			tails[i].add(drawn)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
