package plan

import (
	"slices"
	"sort"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// align is what buffers are aligned to, in elements: 64 bytes of float32, a vector and a cache line.
const align = 16

// lives numbers the instructions, notes of each buffer which of them use it, and returns them in order.
func (p *planner) lives() []nested {
	number(p.plan.Instructions, 0)
	for _, b := range p.plan.Buffers {
		b.first, b.last, b.looped = -1, -1, false
	}
	all := flatten(p.plan.Instructions, nil)
	for _, in := range all {
		if in.Loop == nil {
			in.Dst.Buffer.use(in.At, in.loops)
			for _, l := range in.Also {
				l.Buffer.use(in.At, in.loops)
			}
			for _, a := range in.Args {
				a.Buffer.use(in.At, in.loops)
			}
		}
	}
	return all
}

// memory gives the buffers of the arena their offsets: a buffer has memory from the instruction that first writes it to
// the one that last uses it, and others may have it before and after.
func (p *planner) memory(all []nested) {
	var free freeList
	ends := make([][]*Buffer, len(all)+1)
	starts := make([][]*Buffer, len(all)+1)
	for _, b := range p.plan.Buffers {
		switch {
		case b.Space == Index:
			b.Offset = p.plan.IndexSize
			p.plan.IndexSize += b.Size
		case b.Space != Arena:
		case b.first < 0 && !b.Persistent: // it stays within a fused instruction
		case b.Persistent || p.opts.NoReuse:
			b.Offset = free.grow(b.Size)
		default:
			starts[b.first] = append(starts[b.first], b)
			ends[b.last] = append(ends[b.last], b)
		}
	}
	p.plan.PersistentSize = free.end
	for i, in := range all {
		for _, b := range starts[i] {
			if over := p.overwrites(&in.Instruction, b, i); over != nil {
				b.Offset = over.Offset
				over.given = true
				continue
			}
			b.Offset = free.take(b.Size)
		}
		for _, b := range ends[i] {
			if !b.given {
				free.give(b.Offset, b.Size)
			}
		}
	}
	p.plan.ArenaSize = free.end
}

// nested is an instruction with the loops that it stands in, the outermost first.
type nested struct {
	Instruction
	loops []*Loop
}

// flatten returns instructions in order, a loop before those of its body.
func flatten(list []Instruction, loops []*Loop) (all []nested) {
	for _, in := range list {
		all = append(all, nested{in, loops})
		if in.Loop != nil {
			all = append(all, flatten(in.Loop.Body, append(loops[:len(loops):len(loops)], in.Loop))...)
		}
	}
	return all
}

// use notes that an instruction uses the buffer. If it stands in a loop that the buffer outlives, it does so in each
// iteration, and the buffer must be there for the whole loop.
func (b *Buffer) use(at int, loops []*Loop) {
	first, last := at, at
	outlives := b.loop == nil
	for _, l := range loops {
		if outlives {
			first, last = l.first, l.last
			b.looped = true
			break
		}
		outlives = l == b.loop
	}
	if b.first < 0 {
		b.first = first
	}
	b.last = max(b.last, last)
}

// overwrites returns the buffer of an argument of an elementwise instruction that ends there and whose memory a result, the
// buffer dst, can take: element by element it is read before that is written.
func (p *planner) overwrites(in *Instruction, dst *Buffer, at int) *Buffer {
	results := in.Results()
	k := slices.IndexFunc(results, func(l Layout) bool { return l.Buffer == dst })
	if k < 0 || results[k].Offset != 0 || !results[k].Contiguous() || p.opts.NoReuse {
		return nil
	}
	to := results[k]
	// fits reports whether an argument stands where the result is to, and is read before it is written.
	fits := func(i int) bool {
		a := in.Args[i]
		return a.Offset == 0 && a.Step == to.Step && sameLayout(a, to) && readFirst(in, i, k)
	}
	for i, a := range in.Args {
		b := a.Buffer
		if b.Space != Arena || b.Persistent || b.last != at || b.first == at || b.given || b.Size != dst.Size || !fits(i) {
			continue
		}
		clean := !slices.ContainsFunc(results, func(l Layout) bool { return l.Buffer == b })
		for j, other := range in.Args {
			clean = clean && (other.Buffer != b || fits(j))
		}
		if clean {
			return b
		}
	}
	return nil
}

// readFirst reports whether an instruction reads each element of an argument before it writes that of a result.
func readFirst(in *Instruction, arg, result int) bool {
	if f, ok := in.Op.(*ir.Fused); ok {
		return f.Program.CanShare(arg, result)
	}
	first, last := ir.Overwrites(in.Op, len(in.Args))
	return first <= arg && arg < last
}

func sameLayout(a, b Layout) bool {
	if len(a.Shape) != len(b.Shape) {
		return false
	}
	for i := range a.Shape {
		if a.Shape[i] != b.Shape[i] || a.Shape[i] > 1 && a.Strides[i] != b.Strides[i] {
			return false
		}
	}
	return true
}

// freeList is the unused ranges of the arena, in order of their offsets, none next to another.
type freeList struct {
	ranges []freeRange
	end    int
}

type freeRange struct{ offset, size int }

func roundUp(n int) int { return (n + align - 1) / align * align }

// grow returns new memory at the arena's end.
func (f *freeList) grow(size int) int {
	at := f.end
	f.end += roundUp(size)
	return at
}

// take returns the smallest range that is large enough, or new memory.
func (f *freeList) take(size int) int {
	size = roundUp(size)
	best := -1
	for i, r := range f.ranges {
		if r.size >= size && (best < 0 || r.size < f.ranges[best].size) {
			best = i
		}
	}
	if best < 0 {
		return f.grow(size)
	}
	r := &f.ranges[best]
	at := r.offset
	if r.offset, r.size = r.offset+size, r.size-size; r.size == 0 {
		f.ranges = append(f.ranges[:best], f.ranges[best+1:]...)
	}
	return at
}

// give returns memory.
func (f *freeList) give(offset, size int) {
	size = roundUp(size)
	i := sort.Search(len(f.ranges), func(i int) bool { return f.ranges[i].offset > offset })
	f.ranges = append(f.ranges, freeRange{})
	copy(f.ranges[i+1:], f.ranges[i:])
	f.ranges[i] = freeRange{offset, size}
	if i+1 < len(f.ranges) && offset+size == f.ranges[i+1].offset {
		f.ranges[i].size += f.ranges[i+1].size
		f.ranges = append(f.ranges[:i+1], f.ranges[i+2:]...)
	}
	if i > 0 && f.ranges[i-1].offset+f.ranges[i-1].size == offset {
		f.ranges[i-1].size += f.ranges[i].size
		f.ranges = append(f.ranges[:i], f.ranges[i+1:]...)
	}
}
