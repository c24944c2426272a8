package forecast

import (
	"math"
	"slices"
	"strconv"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

const outputName = "forecast"

// declare declares the output of each member for a batch of windows: [B, Horizon·V·P], or of each step
// [Window, B, Horizon·V·P], P numbers for each value.
//
//	x[t]  the Patch·V numbers of the rows t·Patch … (t+1)·Patch−1 of the window, which of them are missing if some are in
//	      training, what is told of them and learnt of the series
//	h     what the recurrent network has made of x
//	a     relu(k·U + c) of what is known ahead of all rows that are forecast, k, if there is something
//	y     (h, a)·W + b
//
// or with a recurrent decoder, which begins with the states of the first network,
//
//	x'[i] what is known ahead of row i, and i/Horizon
//	y[i]  h'[i]·W + b
func (f *Forecaster) declare(b *graph.Builder, batch int) []*gorgonia.Node {
	steps, told := f.opts.Window/f.opts.Patch, f.told()
	x := b.Input("x", steps, batch, f.inputs())
	var ids, ahead *gorgonia.Node
	if f.opts.Embedding > 0 {
		ids = b.IndexInput("id", batch)
	}
	recurrent := f.opts.Decoder == decoderRecurrent
	switch {
	case recurrent:
		ahead = b.Input("ahead", f.opts.Horizon, batch, told.ahead()+1)
	case told.ahead() > 0:
		ahead = b.Input("ahead", batch, f.opts.Horizon*told.ahead())
	}
	members := make([]*gorgonia.Node, f.opts.Members)
	each := f.width * f.head.params()
	for i := range members {
		b, in := b, x
		if i > 0 {
			b = b.Prefix("member" + strconv.Itoa(i+1) + ".")
		}
		if ids != nil { // of a series that is not known it is zeros
			series := b.Embedding("series", len(f.ids), f.opts.Embedding, ids, graph.NoPadding)
			in = b.Concat(2, x, b.Broadcast(series, steps, batch, f.opts.Embedding))
		}
		h, final := f.network.Unroll(b, in)
		if recurrent {
			y, _ := f.network.Unroll(b.Prefix("decoder."), ahead, graph.InitialStates(final...))
			y = b.Prefix("head.").Linear("", each, f.dropped(b, y))
			members[i] = b.Reshape(b.Transpose(y, 1, 0, 2), batch, f.opts.Horizon*each)
			continue
		}
		if !f.opts.EveryStep {
			h = f.network.Summary(b, final)
		}
		h = f.dropped(b, h)
		if ahead != nil {
			known := b.Relu(b.Linear("ahead", f.network.Width(), ahead))
			if f.opts.EveryStep { // what is known ahead is that of the rows behind the window
				b.Fail(errors.New("forecast: what is known ahead is not told at every step"))
			}
			h = b.Concat(1, h, known)
		}
		members[i] = b.Prefix("head.").Linear("", f.opts.Horizon*each, h)
	}
	return members
}

// dropped declares the dropout before the last layer.
func (f *Forecaster) dropped(b *graph.Builder, h *gorgonia.Node) *gorgonia.Node {
	if f.opts.Dropout > 0 {
		return b.Dropout(h, f.opts.Dropout)
	}
	return h
}

// inputs returns how many numbers the network reads in one step, without what is learnt of a series.
func (f *Forecaster) inputs() int { return f.opts.Patch * (f.width + f.masks() + f.told().width()) }

// masks returns how many numbers say of a row which of its values are missing.
func (f *Forecaster) masks() int {
	if f.state.Masked {
		return f.width
	}
	return 0
}

// told returns the covariates, those of none if there are none.
func (f *Forecaster) told() *Covariates {
	if f.state.Covariates != nil {
		return f.state.Covariates
	}
	return &Covariates{}
}

// mean declares the forecast of all members.
func (f *Forecaster) mean(b *graph.Builder, members []*gorgonia.Node) *gorgonia.Node {
	if len(members) == 1 {
		return members[0]
	}
	return b.Scale(b.Add(members...), 1/float64(len(members)))
}

// loss declares what is learnt from: the sum of the members' losses, each of which learns by itself. With gaps targets have weights.
func (f *Forecaster) loss(b *graph.Builder, members []*gorgonia.Node, gaps bool) *gorgonia.Node {
	shape := slices.Clone(members[0].Shape())
	shape[len(shape)-1] /= f.head.params()
	target := b.Input("target", shape...)
	var opts []graph.LossOption
	if gaps {
		opts = append(opts, graph.Weights(b.Input("weight", shape...)))
	}
	var unit *gorgonia.Node
	if f.opts.Loss == lossCounts {
		unit = b.Input("unit", shape...)
	}
	losses := make([]*gorgonia.Node, len(members))
	for i, y := range members {
		losses[i] = f.head.loss(b, y, target, unit, opts...)
	}
	if len(losses) == 1 {
		return losses[0]
	}
	return b.Add(losses...)
}

// setWindows sets the input [Window/Patch, B, Patch·(V+M+C)] to the rows before each site, which values of them are missing, and what
// is told of them.
func (f *Forecaster) setWindows(p *graph.Program, sites []site) error {
	told := f.told()
	m, c := f.masks(), told.width()
	steps, wide := f.opts.Window/f.opts.Patch, f.inputs()
	x := make([]float64, steps*len(sites)*wide)
	var l lens
	for i, at := range sites {
		f.look(&l, at.scaled, at.row)
		window := at.scaled[at.row-f.opts.Window : at.row]
		for t := range steps {
			into := x[(t*len(sites)+i)*wide:][:wide]
			for r := range f.opts.Patch {
				for v, z := range window[t*f.opts.Patch+r] {
					into[r*f.width+v] = (z - l.center[v]) / l.spread[v]
				}
				row := at.when - f.opts.Window + t*f.opts.Patch + r
				for v := range m { // rows that are forecast have all values
					if row < len(at.strand.values) && math.IsNaN(at.strand.values[row][v]) {
						into[f.opts.Patch*f.width+r*m+v] = 1
					}
				}
				if c > 0 {
					if err := at.strand.told.all(into[f.opts.Patch*(f.width+m)+r*c:][:c], row, told.ahead()); err != nil {
						return err
					}
				}
			}
		}
	}
	if err := f.setAhead(p, sites); err != nil {
		return err
	}
	if f.opts.Embedding > 0 {
		ids := make([]int, len(sites))
		for i, at := range sites {
			ids[i] = f.place(at.strand.series.ID)
		}
		if err := p.Set("id", ids); err != nil {
			return err
		}
	}
	return p.Set("x", x)
}

// setAhead sets what is known of the rows that are forecast.
func (f *Forecaster) setAhead(p *graph.Program, sites []site) error {
	told, recurrent := f.told(), f.opts.Decoder == decoderRecurrent
	n := told.ahead()
	if n == 0 && !recurrent {
		return nil
	}
	wide := n
	if recurrent {
		wide++
	}
	ahead := make([]float64, f.opts.Horizon*len(sites)*wide)
	for i, at := range sites {
		for h := range f.opts.Horizon {
			into := ahead[(i*f.opts.Horizon+h)*wide:][:wide]
			if recurrent {
				into = ahead[(h*len(sites)+i)*wide:][:wide]
				into[n] = float64(h+1) / float64(f.opts.Horizon)
			}
			if n > 0 {
				if err := at.strand.told.ahead(into[:n], at.when+h); err != nil {
					return err
				}
			}
		}
	}
	return p.Set("ahead", ahead)
}

// place returns the place of a series among those that the network has learnt from, or −1.
func (f *Forecaster) place(id string) int {
	if place, ok := f.ids[id]; ok {
		return place
	}
	return -1
}
