package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Instruction computes a value from others, or is a loop. Copies between layouts that are not views are instructions with
// the operation Copy.
type Instruction struct {
	Op    ir.Op
	Dst   Layout
	Also  []Layout // the other results of a fused instruction
	Args  []Layout
	At    int   // its place in the plan
	First int   // the number of the result's first element, of an instruction that is a part of another
	Loop  *Loop // not nil for a loop, which has none of the above but its place
}

// String prints the instruction with the memory that it reads and writes: "arena+512 [32 128] = tanh(arena+0 [32 128])".
func (in Instruction) String() string {
	if in.Loop != nil {
		return in.Loop.String()
	}
	return fmt.Sprintf("%s = %v(%s)", listed(in.Results()), in.Op, listed(in.Args))
}

// listed prints layouts with commas between them.
func listed(layouts []Layout) string {
	texts := make([]string, len(layouts))
	for i, l := range layouts {
		texts[i] = l.String()
	}
	return strings.Join(texts, ", ")
}

// Results returns what the instruction writes.
func (in Instruction) Results() []Layout { return append([]Layout{in.Dst}, in.Also...) }

// argShapes returns the shapes of the arguments.
func (in Instruction) argShapes() [][]int {
	shapes := make([][]int, len(in.Args))
	for i, a := range in.Args {
		shapes[i] = a.Shape
	}
	return shapes
}

// Plan is the instructions of a program and the memory that they need.
type Plan struct {
	Instructions []Instruction
	Buffers      []*Buffer
	Inputs       map[string]Layout
	Outputs      []Layout
	Carries      []Carry
	ArenaSize    int
	// The arena begins with what lasts from run to run or is set before and read after one; the rest is worth nothing
	// between runs.
	PersistentSize int
	IndexSize      int
}

// Carry is an output that becomes an input of the next run: when a run is over, Dst is set to Src. No output stands in
// the memory of such an input, so that all can be copied in any order, and what they were copied from can be read.
type Carry struct{ Dst, Src Layout }

// String prints the carry as instructions are printed.
func (c Carry) String() string { return fmt.Sprintf("%v = carry(%v)", c.Dst, c.Src) }

// Options of Make.
type Options struct {
	GradOffset []int          // for each output its offset among the gradients, or −1
	Carry      map[string]int // for each input that is set to an output after a run the output
	NoViews    bool           // every slice, reshape and concatenation copies
	NoReuse    bool           // every buffer has memory of its own
	NoFusion   bool           // every elementwise operation is an instruction of its own
}

// planner holds the state of Make for one graph: that of the program, or the body of a loop.
type planner struct {
	opts   Options
	plan   *Plan
	list   *[]Instruction                      // where instructions go
	loop   *Loop                               // of a body
	around *planner                            // of the graph that a body's loop stands in
	fixed  []*ir.Value                         // there, what is the same at all steps
	parts  map[int]map[int]*ir.Value           // results of scans
	stacks map[*ir.Value]func() (Layout, bool) // where results of a body are to stand if they can, unless they stand in a stack already
	layout []Layout                            // by value
	done   []bool
	placed []*Layout // by value: where a value is to be computed instead of into a buffer of its own
	copies map[*ir.Value]Layout
	uses   []int  // by value: how often it is an argument or an output
	owned  []bool // by value: one instruction reads it, and nothing else looks at its memory
	alone  []bool // of a body, by sequence: nothing else looks at its memory

	products map[rightOperand]int
	packs    map[rightOperand]Layout // what has been packed
}

// Make plans a graph. The graph must be sorted and free of places.
func Make(g *ir.Graph, opts Options) *Plan {
	plan := &Plan{Inputs: make(map[string]Layout)}
	p := newPlanner(g, opts, plan, &plan.Instructions)
	if !opts.NoViews {
		p.place(g)
		p.own(g)
	}
	for _, v := range g.Values {
		p.value(v)
	}
	p.outputs(g)
	if !opts.NoFusion {
		p.lives()
		plan.Instructions = fuse(plan.Instructions)
	}
	p.memory(p.lives())
	return p.plan
}

func newPlanner(g *ir.Graph, opts Options, plan *Plan, list *[]Instruction) *planner {
	return &planner{
		opts:   opts,
		plan:   plan,
		list:   list,
		parts:  g.Parts(),
		stacks: make(map[*ir.Value]func() (Layout, bool)),
		layout: make([]Layout, g.Limit()),
		done:   make([]bool, g.Limit()),
		placed: make([]*Layout, g.Limit()),
		copies: make(map[*ir.Value]Layout),
		owned:  make([]bool, g.Limit()),
		uses:   g.Uses(),

		products: rightOperands(g),
		packs:    make(map[rightOperand]Layout),
	}
}

// number gives instructions their places, those of a loop's body behind the loop's own, and returns the next.
func number(list []Instruction, at int) int {
	for i := range list {
		list[i].At = at
		at++
		if l := list[i].Loop; l != nil {
			l.first = at - 1
			at = number(l.Body, at)
			l.last = at - 1
		}
	}
	return at
}

func (p *planner) buffer(b Buffer) *Buffer {
	b.first, b.last = -1, -1
	if !b.Persistent {
		b.loop = p.loop
	}
	p.plan.Buffers = append(p.plan.Buffers, &b)
	return &b
}

func contiguous(b *Buffer, shape []int) Layout {
	return Layout{Buffer: b, Shape: shape, Strides: ir.Strides(shape)}
}

// place decides which values are computed straight into a part of a concatenation or into the gradients. Outer
// concatenations come before the inner ones, which are their members.
func (p *planner) place(g *ir.Graph) {
	for i, v := range g.Outputs {
		if p.loop != nil {
			break // the body's outputs are placed by its loop
		}
		if off := p.opts.GradOffset[i]; off >= 0 {
			p.placeIn(v, contiguous(p.gradBuffer(off, v.Size()), v.Shape))
		}
	}
	for i := len(g.Values) - 1; i >= 0; i-- {
		v := g.Values[i]
		c, ok := v.Op.(ir.Concat)
		if !ok {
			continue
		}
		whole := p.placed[v.ID]
		if whole == nil {
			l := p.destination(v)
			whole = &l
			p.placed[v.ID] = whole
		}
		for _, m := range members(*whole, c.Axis, v.Args) {
			p.placeIn(m.value, m.part)
		}
	}
}

func (p *planner) gradBuffer(offset, size int) *Buffer {
	return p.buffer(Buffer{Space: Grad, Offset: offset, Size: size, Persistent: true})
}

type member struct {
	value *ir.Value
	part  Layout
}

// members returns each argument of a concatenation with its part of the whole.
func members(whole Layout, axis int, args []*ir.Value) []member {
	list := make([]member, len(args))
	at := 0
	for i, a := range args {
		part := whole
		part.Offset += at * whole.Strides[axis]
		part.Shape = a.Shape
		list[i] = member{a, part}
		at += a.Shape[axis]
	}
	return list
}

// placeIn has v computed in l if nothing stands against it; a reshape is looked through.
func (p *planner) placeIn(v *ir.Value, l Layout) {
	for {
		if _, ok := v.Op.(ir.Reshape); !ok {
			break
		}
		s, ok := ir.ReshapeStrides(v.Shape, l.Strides, v.Args[0].Shape)
		if !ok {
			return
		}
		v = v.Args[0]
		l.Shape, l.Strides = v.Shape, s
	}
	for p.placeOne(v, l) {
		// What a product starts from, and nothing else reads, is computed there, too: else it would be copied.
		op, ok := v.Op.(ir.MatMul)
		if !ok || !op.Add || p.uses[v.Args[2].ID] != 1 {
			return
		}
		v = v.Args[2]
	}
}

// placeOne has v itself computed in l if nothing stands against it, and reports whether it is.
func (p *planner) placeOne(v *ir.Value, l Layout) bool {
	if p.placed[v.ID] != nil || ir.IsSource(v.Op) || ir.IsView(v.Op) || !l.has(ir.WriteForm(v.Op)) {
		return false
	}
	p.placed[v.ID] = &l
	return true
}

// value gives v its layout and appends the instruction that computes it.
func (p *planner) value(v *ir.Value) {
	if p.done[v.ID] {
		return
	}
	p.done[v.ID] = true
	set := func(l Layout) { p.layout[v.ID] = l }
	switch op := v.Op.(type) {
	case ir.Input:
		set(contiguous(p.buffer(Buffer{Space: Arena, Size: v.Size(), Persistent: true}), v.Shape))
		p.plan.Inputs[op.Name] = p.layout[v.ID]
		return
	case ir.IndexInput:
		set(contiguous(p.buffer(Buffer{Space: Index, Size: v.Size(), Persistent: true}), v.Shape))
		p.plan.Inputs[op.Name] = p.layout[v.ID]
		return
	case ir.Param:
		set(contiguous(p.buffer(Buffer{Space: Param, Name: op.Name, Size: v.Size(), Persistent: true}), v.Shape))
		return
	case ir.Data:
		set(contiguous(p.buffer(Buffer{Space: Const, Data: op.Values, Size: v.Size(), Persistent: true}), v.Shape))
		return
	case ir.Scan:
		p.scan(v, op.Body)
		return
	case ir.Part, ir.Carry, ir.Step, ir.Fixed: // the scan has given them their layouts
		return
	case ir.Fill:
		b := p.buffer(Buffer{Space: Const, Fill: op.Value, Size: 1, Persistent: true})
		set(Layout{Buffer: b, Shape: v.Shape, Strides: make([]int, len(v.Shape))})
		return
	case ir.Viewer:
		arg := p.layout[v.Args[0].ID]
		l, ok := view(op, v.Shape, arg)
		if ok && (!p.opts.NoViews || arg.Buffer.Space == Index) {
			set(l)
			return
		}
		dst := p.destination(v)
		set(dst)
		if ok {
			p.copy(dst, l)
			return
		}
		dst.Shape, dst.Strides = arg.Shape, ir.Strides(arg.Shape) // a reshape that is no view: copy in the old shape
		p.copy(dst, arg)
		return
	case ir.Concat:
		dst := p.destination(v)
		set(dst)
		for _, m := range members(dst, op.Axis, v.Args) {
			if src := p.layout[m.value.ID]; !Same(src, m.part) {
				p.copy(m.part, src)
			}
		}
		return
	}
	in := Instruction{Op: v.Op, Args: make([]Layout, len(v.Args))}
	for i, a := range v.Args {
		in.Args[i] = p.readable(v.Op, i, a)
	}
	if op, ok := v.Op.(ir.MatMul); ok && len(v.Shape) == 2 {
		r := rightOperand{v.Args[1], op.TransB}
		if l, ok := p.packed(r, p.products[r]); ok {
			op.TransB, op.Packed = true, true
			in.Op, in.Args[1] = op, l
		}
	}
	in.Dst = p.inPlace(v, in)
	set(in.Dst)
	*p.list = append(*p.list, in)
}

// Same reports whether two layouts are the same elements of the same memory, at all time steps.
func Same(a, b Layout) bool {
	if a.Buffer != b.Buffer || a.Offset != b.Offset || a.Step != b.Step {
		return false
	}
	for i, d := range a.Shape {
		if d > 1 && a.Strides[i] != b.Strides[i] {
			return false
		}
	}
	return true
}

// own finds what has its memory to itself: the slices of a value of which all that looks at it are slices, no two of them
// overlap, and one instruction reads each. The instruction may write its result there. Over an unrolled sequence these are
// the steps of a product over all time steps, and the gates of a step. In a loop a step of a sequence that nothing else
// reads is such a value itself.
func (p *planner) own(g *ir.Graph) {
	uses := p.uses
	slices := make([][]*ir.Value, g.Limit())
	for _, v := range g.Values {
		if _, ok := v.Op.(ir.Slice); ok {
			a := v.Args[0]
			slices[a.ID] = append(slices[a.ID], v)
		}
	}
	for _, v := range g.Values {
		own := p.ownedStep(v)
		if own && uses[v.ID] == 1 && len(slices[v.ID]) == 0 {
			p.owned[v.ID] = true
		}
		parts := slices[v.ID]
		if len(parts) == 0 || len(parts) != uses[v.ID] || !own && ir.IsSource(v.Op) || ir.IsView(v.Op) || isState(v) || p.placed[v.ID] != nil {
			continue
		}
		axis := parts[0].Op.(ir.Slice).Axis
		taken := make([]bool, v.Shape[axis])
		alone := true
		for _, s := range parts {
			op := s.Op.(ir.Slice)
			alone = alone && op.Axis == axis && uses[s.ID] == 1
			for i := op.From; alone && i < op.From+s.Shape[axis]; i++ {
				alone = !taken[i]
				taken[i] = true
			}
		}
		if alone {
			for _, s := range parts {
				p.owned[s.ID] = true
			}
		}
	}
}

// inPlace returns where v is computed: in the memory of an argument that belongs to the instruction alone, where it is
// read before it is written, or else in the value's destination.
func (p *planner) inPlace(v *ir.Value, in Instruction) Layout {
	if p.placed[v.ID] == nil {
		first, last := ir.Overwrites(v.Op, len(v.Args))
		for i := first; i < last; i++ {
			if a := v.Args[i]; p.owned[a.ID] && p.keeps(v, in.Args[i]) && sameLayout(in.Args[i], Layout{Shape: v.Shape, Strides: in.Args[i].Strides}) && in.Args[i].has(ir.WriteForm(v.Op)) {
				return in.Args[i]
			}
		}
	}
	return p.destination(v)
}

func (p *planner) destination(v *ir.Value) Layout {
	if l := p.placed[v.ID]; l != nil {
		return *l
	}
	if stack := p.stacks[v]; stack != nil {
		if l, ok := stack(); ok && l.has(ir.WriteForm(v.Op)) {
			return l
		}
	}
	space := Arena
	if v.Type == ir.Integer {
		space = Index
	}
	return contiguous(p.buffer(Buffer{Space: space, Size: v.Size()}), v.Shape)
}

// readable returns a layout of a in which op can read it, after a copy if need be.
func (p *planner) readable(op ir.Op, i int, a *ir.Value) Layout {
	l := p.layout[a.ID]
	if l.has(ir.ReadForm(op, i)) {
		return l
	}
	if c, ok := p.copies[a]; ok {
		return c
	}
	c := contiguous(p.buffer(Buffer{Space: l.Buffer.Space, Size: a.Size()}), a.Shape)
	if c.Buffer.Space != Index {
		c.Buffer.Space = Arena
	}
	p.copy(c, l)
	p.copies[a] = c
	return c
}

func (p *planner) copy(dst, src Layout) {
	*p.list = append(*p.list, Instruction{Op: ir.Copy{}, Dst: dst, Args: []Layout{src}})
}

// outputs gives each output a contiguous layout that nothing overwrites, and puts gradients in their places. What a
// cell hands on of its old state stands in an input: where that input is set to another output after the run, it is
// copied to memory of its own.
func (p *planner) outputs(g *ir.Graph) {
	carried := make(map[*Buffer]bool, len(p.opts.Carry))
	for name := range p.opts.Carry {
		carried[p.plan.Inputs[name].Buffer] = true
	}
	copies := make(map[*ir.Value]Layout)
	for i, v := range g.Outputs {
		l := p.layout[v.ID]
		if c, ok := copies[v]; ok && p.opts.GradOffset[i] < 0 {
			l = c
		}
		off := p.opts.GradOffset[i]
		switch {
		case off >= 0:
			if l.Buffer.Space != Grad || l.Offset != 0 || l.Buffer.Offset != off {
				dst := contiguous(p.gradBuffer(off, v.Size()), v.Shape)
				p.copy(dst, l)
				l = dst
			}
		case !l.Contiguous() || l.Buffer.Space == Param || l.Buffer.Space == Const || carried[l.Buffer]:
			dst := contiguous(p.buffer(Buffer{Space: Arena, Size: v.Size()}), v.Shape)
			if l.Buffer.Space == Index {
				dst.Buffer.Space = Index
			}
			p.copy(dst, l)
			l = dst
			copies[v] = l
		}
		l.Buffer.Persistent = true
		p.plan.Outputs = append(p.plan.Outputs, l)
	}
	for _, name := range slices.Sorted(maps.Keys(p.opts.Carry)) {
		p.plan.Carries = append(p.plan.Carries, Carry{p.plan.Inputs[name], p.plan.Outputs[p.opts.Carry[name]]})
	}
}
