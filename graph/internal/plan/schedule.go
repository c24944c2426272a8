package plan

import (
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Schedule is the instructions of each worker. A nil instruction is a barrier, at which all wait for each other; every
// worker has the same number of them.
type Schedule [][]*Instruction

// NewSchedule divides a plan among workers. Workers meet only where one would otherwise touch memory that another has
// written, or write what another has read, since they met last: decided on the elements themselves, so nothing here
// knows what is a batch or a time step.
func NewSchedule(p *Plan, workers int) Schedule {
	s := make(Schedule, workers)
	since := make([]footprint, workers)
	meet := func() {
		for w := range s {
			s[w] = append(s[w], nil)
			since[w] = footprint{}
		}
	}
	for i, in := range p.Instructions {
		if in.Loop != nil {
			if workers > 1 && i > 0 {
				meet()
			}
			for w, parts := range scheduleLoop(in.Loop, workers) {
				s[w] = append(s[w], loopOf(in, parts))
			}
			if workers > 1 {
				meet()
			}
			continue
		}
		parts := Split(in, workers)
		if workers > 1 && (since[0].size() > mostIntervals || conflict(parts, since)) {
			meet()
		}
		for w, part := range parts {
			if part == nil {
				continue
			}
			s[w] = append(s[w], part)
			if workers > 1 {
				since[w].add(part)
			}
		}
	}
	return s
}

// scheduleLoop divides a loop's body among workers. Where they meet is the same in every iteration, and that a worker may
// be ahead of another by some is taken into account: without a barrier in the body by any number, with one by less than a
// whole.
func scheduleLoop(l *Loop, workers int) Schedule {
	s := make(Schedule, workers)
	split := make([][]*Instruction, len(l.Body))
	for i, in := range l.Body {
		if in.Loop == nil {
			split[i] = Split(in, workers)
			continue
		}
		for _, parts := range scheduleLoop(in.Loop, workers) {
			split[i] = append(split[i], loopOf(in, parts))
		}
	}
	touched := make([][][]access, len(l.Body)) // by the parts of an instruction
	for i, parts := range split {
		touched[i] = make([][]access, workers)
		for w, part := range parts {
			if part != nil {
				touched[i][w] = accesses(part)
			}
		}
	}
	barrier := make([]bool, len(l.Body)) // before an instruction
	for changed := workers > 1; changed; {
		changed = false
		since := make([][]access, workers)
		for range 2 { // the second time behind what the iteration before has left
			for i := range split {
				if !barrier[i] && meets(touched[i], since) {
					barrier[i], changed = true, true
				}
				if barrier[i] {
					clear(since)
				}
				for w := range since {
					since[w] = append(since[w], touched[i][w]...)
				}
			}
		}
	}
	for i, parts := range split {
		for w := range s {
			if barrier[i] {
				s[w] = append(s[w], nil)
			}
			if parts[w] != nil {
				s[w] = append(s[w], parts[w])
			}
		}
	}
	return s
}

// loopOf returns a loop with what one worker does in each step.
func loopOf(in Instruction, parts []*Instruction) *Instruction {
	l := *in.Loop
	l.Parts = parts
	in.Loop = &l
	return &in
}

// access is memory that an instruction reads or writes.
type access struct {
	Layout
	write bool
}

// accesses returns what an instruction reads and writes, in a loop within the one that is looked at all of its instructions.
func accesses(in *Instruction) (list []access) {
	if in.Loop != nil {
		for _, part := range in.Loop.Parts {
			if part != nil {
				list = append(list, accesses(part)...)
			}
		}
		return list
	}
	for _, l := range in.Results() {
		list = append(list, access{l, true})
	}
	for _, a := range in.Args {
		list = append(list, access{a, false})
	}
	return list
}

// meets reports whether a worker's part of an instruction touches, in any iteration, what another worker touches in any,
// other than both reading.
func meets(parts, since [][]access) bool {
	for w, part := range parts {
		for _, a := range part {
			for other, list := range since {
				if other == w {
					continue
				}
				for _, b := range list {
					if (a.write || b.write) && everOverlap(a.Layout, b.Layout) {
						return true
					}
				}
			}
		}
	}
	return false
}

// everOverlap reports whether two layouts may have an element in common, each at any time step. Where all steps are
// multiples of one size, in which both have their place, it is enough to compare the places.
func everOverlap(a, b Layout) bool {
	spaceA, x, okA := span(a)
	spaceB, y, okB := span(b)
	if !okA || !okB || spaceA != spaceB {
		return false
	}
	if all, other := allSteps(a, x), allSteps(b, y); all.from >= other.to || other.from >= all.to {
		return false
	}
	matrixA, gridA := grid(a)
	matrixB, gridB := grid(b)
	if size := gcd(gridA, gridB); size > 0 && matrixA <= size && matrixB <= size {
		ahead := ((y.from-x.from)%size + size) % size
		return ahead < matrixA || ahead+matrixB > size
	}
	return true
}

// grid returns the range that a layout spans, of a stack that of each matrix, and the greatest size of which the steps
// that it and its matrices make are multiples: 0 if it makes none.
func grid(l Layout) (span, size int) {
	if len(l.Shape) == 3 && l.Shape[0] > 1 {
		size = l.Strides[0]
		l.Shape, l.Strides = l.Shape[1:], l.Strides[1:]
	}
	span = 1
	for i, d := range l.Shape {
		span += (d - 1) * l.Strides[i]
	}
	for _, s := range l.Step {
		if s.Count > 1 {
			size = gcd(size, s.Size)
		}
	}
	return span, size
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// allSteps returns the range that a layout, which spans x at the first steps, spans in all of them.
func allSteps(l Layout, x interval) interval {
	for _, s := range l.Step {
		x.to += max(0, s.Count-1) * s.Size
	}
	return x
}

// Barriers returns how often the workers meet.
func (s Schedule) Barriers() int { return barriers(s[0]) }

func barriers(list []*Instruction) int {
	n := 0
	for _, in := range list {
		switch {
		case in == nil:
			n++
		case in.Loop != nil:
			n += in.Loop.Steps * barriers(in.Loop.Parts)
		}
	}
	return n
}

// conflict reports whether a part of an instruction touches what another worker has touched, other than both reading.
func conflict(parts []*Instruction, since []footprint) bool {
	for w, part := range parts {
		if part == nil {
			continue
		}
		results := part.Results()
		for other := range since {
			if other == w {
				continue
			}
			f := &since[other]
			for _, l := range results {
				if f.written.overlaps(l) || f.read.overlaps(l) {
					return true
				}
			}
			for _, a := range part.Args {
				if f.written.overlaps(a) {
					return true
				}
			}
		}
	}
	return false
}

// footprint is the memory that a worker has touched.
type footprint struct{ read, written intervals }

// mostIntervals is how many intervals a footprint may have: workers that meet a little more often than they need cost less
// than ever longer lists.
const mostIntervals = 512

func (f *footprint) size() int { return len(f.read[Arena]) + len(f.written[Arena]) }

func (f *footprint) add(in *Instruction) {
	for _, l := range in.Results() {
		f.written.add(l)
	}
	for _, a := range in.Args {
		f.read.add(a)
	}
}

// intervals are the ranges of addresses that layouts span, in each space that programs write to, in order and joined.
type intervals [numSpaces][]interval

type interval struct{ from, to int }

// span returns the range from a layout's first element to its last. Parameters and constants are never written.
func span(l Layout) (Space, interval, bool) {
	space := l.Buffer.Space
	if space == Param || space == Const {
		return space, interval{}, false
	}
	from := l.Buffer.Offset + l.Offset
	to := from + 1
	for i, d := range l.Shape {
		to += (d - 1) * l.Strides[i]
	}
	return space, interval{from, to}, true
}

// Overlap reports whether two layouts may have an element in common: the ranges that they span do, and they are not
// different columns of one matrix, such as the gates of a step. In a loop both are looked at in one step.
func Overlap(a, b Layout) bool {
	spaceA, x, okA := span(a)
	spaceB, y, okB := span(b)
	if okA && okB && a.Step != b.Step {
		x, y = allSteps(a, x), allSteps(b, y)
		return spaceA == spaceB && x.from < y.to && y.from < x.to
	}
	if !okA || !okB || spaceA != spaceB || x.from >= y.to || y.from >= x.to {
		return false
	}
	_, colsA, strideA, okA := a.Rows()
	_, colsB, strideB, okB := b.Rows()
	if !okA || !okB || strideA != strideB || strideA == 0 {
		return true
	}
	ahead := (y.from - x.from) % strideA // of b's columns before a's
	if ahead < 0 {
		ahead += strideA
	}
	return ahead < colsA || ahead+colsB > strideA
}

// ranges calls f with the range that a layout spans; of a stack whose matrices do not touch, such as a worker's rows of
// each step, with that of each matrix.
func ranges(l Layout, f func(Space, interval)) {
	space, x, ok := span(l)
	switch {
	case !ok:
	case len(l.Shape) == 3 && l.Strides[0] > (x.to-x.from)-(l.Shape[0]-1)*l.Strides[0]:
		one := l
		one.Shape, one.Strides = l.Shape[1:], l.Strides[1:]
		for range l.Shape[0] {
			_, x, _ := span(one)
			f(space, x)
			one.Offset += l.Strides[0]
		}
	default:
		f(space, x)
	}
}

func (s *intervals) overlaps(l Layout) (found bool) {
	ranges(l, func(space Space, x interval) {
		list := s[space]
		i := sort.Search(len(list), func(i int) bool { return list[i].to > x.from })
		found = found || i < len(list) && list[i].from < x.to
	})
	return found
}

func (s *intervals) add(l Layout) { ranges(l, s.addRange) }

func (s *intervals) addRange(space Space, x interval) {
	list := s[space]
	i := sort.Search(len(list), func(i int) bool { return list[i].to >= x.from })
	j := i
	for ; j < len(list) && list[j].from <= x.to; j++ {
		x.from, x.to = min(x.from, list[j].from), max(x.to, list[j].to)
	}
	if i == j {
		list = append(list, interval{})
		copy(list[i+1:], list[i:])
		list[i] = x
	} else {
		list[i] = x
		list = append(list[:i+1], list[j:]...)
	}
	s[space] = list
}

// cost estimates the nanoseconds that an instruction takes on one core; it need only tell work that is worth dividing
// from work that is not.
func cost(in *Instruction, k kernel.Cost) float64 {
	const call = 15 // of one instruction, whatever its size
	if c, ok := in.Op.(ir.Coster); ok {
		return call + k.MultiplyAdd*c.MultiplyAdds(in.Dst.Shape, in.argShapes())
	}
	n := ir.Size(in.Dst.Shape)
	if f, ok := in.Op.(*ir.Fused); ok {
		return call + k.Element*float64(n*len(f.Program.Ops()))
	}
	for _, a := range in.Args {
		n = max(n, ir.Size(a.Shape))
	}
	return call + k.Element*float64(n)
}

// Time estimates the nanoseconds that a schedule takes with kernels of a cost: between barriers as long as the
// busiest worker.
func (s Schedule) Time(k kernel.Cost) float64 {
	// Two caches exchanging a line, and the workers' uneven progress; then one line for each further worker.
	barrier := 400 + 60*float64(max(0, len(s)-2))
	total := 0.0
	next := make([]int, len(s))
	for more := true; more; {
		more = false
		var longest float64
		for w, list := range s {
			var t float64
			for ; next[w] < len(list) && list[next[w]] != nil && list[next[w]].Loop == nil; next[w]++ {
				t += cost(list[next[w]], k)
			}
			longest = max(longest, t)
		}
		total += longest
		if next[0] < len(s[0]) { // all stand before a barrier or a loop
			more = true
			if in := s[0][next[0]]; in == nil {
				total += barrier
			} else {
				bodies := make(Schedule, len(s))
				for w, list := range s {
					bodies[w] = list[next[w]].Loop.Parts
				}
				total += float64(in.Loop.Steps) * bodies.Time(k)
			}
			for w := range next {
				next[w]++
			}
		}
	}
	return total
}
