package ir

import (
	"fmt"
	"strings"
)

// Scan computes a body once for each step of a sequence, with what one step hands on to the next: a loop that stays a loop.
// Its arguments are the first values of the carries, then the sequences [Steps, …], of which each step sees its part, then
// what is the same at all steps. It has several results, which Part picks.
type Scan struct{ Body *Body }

// Body is what a Scan computes in a step. The sources of its graph are Carry, Step and Fixed; its outputs are the next values
// of the carries and then what is stacked over the steps.
type Body struct {
	Graph
	Steps              int
	Reverse            bool // from the last step to the first
	Carries, Sequences int
	Strip              int // if not 0, the body is a scan over so many steps of a longer sequence
	// Counted scans have the lengths of the sequences as a last argument, and end with the longest. Behind its end
	// stacked outputs are zero. Within says that the steps are those of one strip.
	Counted, Within bool
	Closed          bool // nothing is taken out of its steps: their values are there to be forgotten
}

// The sources of a body, by their number.
type (
	// Carry is what the step before has handed on.
	Carry struct {
		source
		I int
	}
	// Step is this step's part of a sequence.
	Step struct {
		source
		I    int
		Type Type
	}
	// Fixed is the same at all steps.
	Fixed struct {
		source
		I    int
		Type Type
	}
)

// Part is a result of a Scan, by its Index.
type Part struct{ Index int }

// The results of a body: the last values of the carries, then each carry as a stack [Steps+1, …] in the order of time, with
// its first value at the beginning, or at the end if the Scan goes from the last step to the first, and then the stacked
// outputs [Steps, …].

// Last returns the index of a carry's last value.
func (b *Body) Last(carry int) int { return carry }

// States returns the index of a carry's stack.
func (b *Body) States(carry int) int { return b.Carries + carry }

// Stacked returns the index of a stacked output.
func (b *Body) Stacked(output int) int { return 2*b.Carries + output }

// PartShape returns the shape of a result.
func (b *Body) PartShape(index int) []int {
	switch c := b.Carries; {
	case index < c:
		return b.Outputs[index].Shape
	case index < 2*c:
		return append([]int{b.Steps + 1}, b.Outputs[index-c].Shape...)
	case b.Window(index - 2*c):
		s := b.Outputs[index-c].Shape
		return append([]int{b.Steps*b.Strip + 1}, s[1:]...)
	default:
		return append([]int{b.Steps}, b.Outputs[index-c].Shape...)
	}
}

// Window reports whether an output is the states of a strip, of which the last is the first of the next strip: stacked
// they are the states of all steps.
func (b *Body) Window(output int) bool {
	if b.Strip == 0 {
		return false
	}
	p, ok := b.Outputs[b.Carries+output].Op.(Part)
	if !ok {
		return false
	}
	inner := p.scanned(b.Outputs[b.Carries+output]).Carries
	return p.Index >= inner && p.Index < 2*inner
}

// scanned returns the body of the scan that v, a Part, is a result of.
func (Part) scanned(v *Value) *Body { return v.Args[0].Op.(Scan).Body }

// FixedAt returns the number of the first argument that is the same at all steps.
func (b *Body) FixedAt() int { return b.Carries + b.Sequences }

// Fixed returns the number of arguments that are the same at all steps, of so many arguments.
func (b *Body) Fixed(args int) int {
	if b.Counted {
		args--
	}
	return args - b.FixedAt()
}

// Count says how many steps a counted scan has.
func (b *Body) Count() Count { return Count{b.Steps, b.Strip, b.Within} }

// String implements Op.
func (o Scan) String() string {
	order := ""
	if o.Body.Reverse {
		order = " from the last"
	}
	text := strings.ReplaceAll(strings.TrimSuffix(o.Body.Graph.String(), "\n"), "\n", "\n    ")
	if o.Body.Counted {
		order += " of the longest"
	}
	return fmt.Sprintf("scan %d steps%s {\n    %s\n}", o.Body.Steps, order, text)
}

// Check implements Op.
func (o Scan) Check(_ []int, args [][]int) error {
	b := o.Body
	if b.Fixed(len(args)) < 0 || len(b.Outputs) < b.Carries {
		return fmt.Errorf("%d arguments and %d outputs for %d carries and %d sequences", len(args), len(b.Outputs), b.Carries, b.Sequences)
	}
	for i, c := range b.Outputs[:b.Carries] {
		if !SameShape(c.Shape, args[i]) {
			return fmt.Errorf("carry %d begins as %v and goes on as %v", i, args[i], c.Shape)
		}
	}
	for _, s := range args[b.Carries:b.FixedAt()] {
		if len(s) == 0 || s[0] != b.Steps {
			return fmt.Errorf("a sequence %v for %d steps", s, b.Steps)
		}
	}
	for _, v := range b.Values {
		at, lead := 0, 0
		switch op := v.Op.(type) {
		case Carry:
			at = op.I
		case Step:
			at, lead = b.Carries+op.I, 1
		case Fixed:
			at = b.FixedAt() + op.I
		default:
			continue
		}
		if at >= len(args) || !SameShape(args[at][lead:], v.Shape) {
			return fmt.Errorf("%v of arguments %v", v, args)
		}
	}
	return Verify(&b.Graph)
}

// String implements Op.
func (o Part) String() string { return fmt.Sprintf("part %d", o.Index) }

// Check implements Op. Verify knows of the shape.
func (Part) Check(_ []int, args [][]int) error { return count(args, 1) }

// Writes implements Writer: each step writes its part as its operation can.
func (Part) Writes() Form { return Strided }

func (o Carry) String() string { return fmt.Sprintf("carry %d", o.I) }
func (o Step) String() string  { return fmt.Sprintf("step %d", o.I) }
func (o Fixed) String() string { return fmt.Sprintf("fixed %d", o.I) }

// Scans returns the graph's scans, in order.
func (g *Graph) Scans() (scans []*Value) {
	for _, v := range g.Values {
		if _, ok := v.Op.(Scan); ok {
			scans = append(scans, v)
		}
	}
	return scans
}

// Parts returns the results of each scan that are used, by the scan's ID and their index.
func (g *Graph) Parts() map[int]map[int]*Value {
	parts := make(map[int]map[int]*Value)
	for _, v := range g.Values {
		p, ok := v.Op.(Part)
		if !ok {
			continue
		}
		id := v.Args[0].ID
		if parts[id] == nil {
			parts[id] = make(map[int]*Value)
		}
		if parts[id][p.Index] == nil {
			parts[id][p.Index] = v
		}
	}
	return parts
}
