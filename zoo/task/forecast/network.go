package forecast

import (
	"slices"
	"strconv"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

const outputName = "forecast"

// declare declares the output of each member for a batch of windows: [B, Horizon·V·P], or of each step
// [Window, B, Horizon·V·P], P numbers for each value.
//
//	x[t]  the Patch·V numbers of the rows t·Patch … (t+1)·Patch−1 of the window, and what is learnt of the series
//	h     what the recurrent network has made of x
//	y     = h·W + b
func (f *Forecaster) declare(b *graph.Builder, batch int) []*gorgonia.Node {
	steps := f.opts.Window / f.opts.Patch
	x := b.Input("x", steps, batch, f.opts.Patch*f.width)
	var ids *gorgonia.Node
	if f.opts.Embedding > 0 {
		ids = b.IndexInput("id", batch)
	}
	members := make([]*gorgonia.Node, f.opts.Members)
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
		if !f.opts.EveryStep {
			h = f.network.Summary(b, final)
		}
		if f.opts.Dropout > 0 {
			h = b.Dropout(h, f.opts.Dropout)
		}
		members[i] = b.Prefix("head.").Linear("", f.opts.Horizon*f.width*f.head.params(), h)
	}
	return members
}

// mean declares the forecast of all members.
func (f *Forecaster) mean(b *graph.Builder, members []*gorgonia.Node) *gorgonia.Node {
	if len(members) == 1 {
		return members[0]
	}
	return b.Scale(b.Add(members...), 1/float64(len(members)))
}

// loss declares what is learnt from: the sum of the members' losses, each of which learns by itself.
func (f *Forecaster) loss(b *graph.Builder, members []*gorgonia.Node) *gorgonia.Node {
	shape := slices.Clone(members[0].Shape())
	shape[len(shape)-1] /= f.head.params()
	target := b.Input("target", shape...)
	var weight *gorgonia.Node
	if f.gaps {
		weight = b.Input("weight", shape...)
	}
	losses := make([]*gorgonia.Node, len(members))
	for i, y := range members {
		losses[i] = f.head.loss(b, y, target, weight)
	}
	if len(losses) == 1 {
		return losses[0]
	}
	return b.Add(losses...)
}

// setWindows sets the input [Window/Patch, B, Patch·V] to the rows before each site.
func (f *Forecaster) setWindows(p *graph.Program, sites []site) error {
	steps, wide := f.opts.Window/f.opts.Patch, f.opts.Patch*f.width
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
			}
		}
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

// place returns the place of a series among those that the network has learnt from, or −1.
func (f *Forecaster) place(id string) int {
	if place, ok := f.ids[id]; ok {
		return place
	}
	return -1
}
