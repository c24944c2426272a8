package exec

import (
	"reflect"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// binding is what instructions of one worker are bound in.
type binding[F kernel.Float] struct {
	*machine[F]
	packed *packer[F]
	room   *room[F]
}

// A binder returns the closure of an instruction with the operation O: the kernel that computes it, with the memory that
// it works on. What can be worked out beforehand is; the closure neither allocates nor looks anything up.
type binder[F kernel.Float, O ir.Op] func(c *binding[F], op O, in plan.Instruction) step

// binders are the binders by the type of the operation, for each type of elements. The file of an operation registers its
// own when the program starts; nothing changes them afterwards.
var binders = struct {
	f32 map[reflect.Type]binder[float32, ir.Op]
	f64 map[reflect.Type]binder[float64, ir.Op]
}{make(map[reflect.Type]binder[float32, ir.Op]), make(map[reflect.Type]binder[float64, ir.Op])}

// register says how instructions with the operation O are bound.
func register[O ir.Op](f32 binder[float32, O], f64 binder[float64, O]) {
	t := reflect.TypeFor[O]()
	binders.f32[t] = func(c *binding[float32], op ir.Op, in plan.Instruction) step { return f32(c, op.(O), in) }
	binders.f64[t] = func(c *binding[float64], op ir.Op, in plan.Instruction) step { return f64(c, op.(O), in) }
}

// binderOf returns how instructions with an operation are bound.
func binderOf[F kernel.Float](op ir.Op) (binder[F, ir.Op], error) {
	var all any = binders.f32
	if sizeOf[F]() == 8 {
		all = binders.f64
	}
	b, ok := all.(map[reflect.Type]binder[F, ir.Op])[reflect.TypeOf(op)]
	if !ok {
		return nil, errors.Errorf("%v: the executor does not know this operation", op)
	}
	return b, nil
}

// list binds what a worker does, one after the other.
func (c *binding[F]) list(instructions []*plan.Instruction) ([]bound, error) {
	var steps []bound
	for _, in := range instructions {
		switch {
		case in == nil:
			steps = append(steps, bound{})
		case in.Loop != nil:
			body, err := c.list(in.Loop.Parts)
			if err != nil {
				return nil, err
			}
			l := &loopOfSteps{body: body, steps: in.Loop.Steps, reverse: in.Loop.Reverse, depth: in.Loop.Depth}
			if in.Loop.Lengths != nil {
				l.count = c.counter(in.Loop.Count, *in.Loop.Lengths)
			}
			steps = append(steps, bound{loop: l})
		case isIdle(in): // two values have come to have the same memory
		default:
			bind, err := binderOf[F](in.Op)
			if err != nil {
				return nil, err
			}
			_, fused := in.Op.(*ir.Fused)
			steps = append(steps, bound{name: in.Op.String(), run: bind(c, in.Op, *in), fused: fused})
		}
	}
	return steps, nil
}

// isIdle reports whether an instruction does nothing but copy memory onto itself.
func isIdle(in *plan.Instruction) bool {
	switch op := in.Op.(type) {
	case ir.Copy:
		return sameMemory(in.Dst, in.Args[0])
	case *ir.Fused:
		results := in.Results()
		for _, f := range op.Program.Ops() {
			to, from := int(f.Dst)-len(in.Args), int(f.A)
			if f.Fn != kernel.Copy || to >= len(results) || from >= len(in.Args) || !sameMemory(results[to], in.Args[from]) {
				return false
			}
		}
		return true
	}
	return false
}

// sameMemory reports whether a result stands where an argument does.
func sameMemory(dst, src plan.Layout) bool {
	if dst.Buffer.Space != src.Buffer.Space || dst.Buffer.Space == plan.Param || dst.Buffer.Offset+dst.Offset != src.Buffer.Offset+src.Offset || dst.Step != src.Step {
		return false
	}
	for i, d := range dst.Shape {
		if d > 1 && dst.Strides[i] != src.Strides[i] {
			return false
		}
	}
	return dst.Buffer.Space != plan.Const
}

// matrixRows is a matrix of rows that may move with the time steps of loops.
type matrixRows[F kernel.Float] struct {
	operand[F]
	stride int
}

// at returns the rows at time steps.
func (r matrixRows[F]) at(t times) kernel.Rows[F] {
	return kernel.Rows[F]{Data: r.operand.at(t), Stride: r.stride}
}

// rows views a layout as a matrix of rows; the plan has made sure that it can be.
func (m *machine[F]) rows(l plan.Layout) (r matrixRows[F], rows, cols int) {
	rows, cols, stride, _ := l.Rows()
	return matrixRows[F]{m.operand(l), stride}, rows, cols
}

// eachRow binds an operation on the rows of one argument.
func (c *binding[F]) eachRow(in plan.Instruction, compute func(rows, cols int, y, x kernel.Rows[F])) step {
	y, rows, cols := c.rows(in.Dst)
	x, _, _ := c.rows(in.Args[0])
	return func(t times) error { compute(rows, cols, y.at(t), x.at(t)); return nil }
}

// eachRowOfTwo binds an operation on the rows of two arguments: a gradient's of y or x, and dy.
func (c *binding[F]) eachRowOfTwo(in plan.Instruction, compute func(rows, cols int, dx, a, dy kernel.Rows[F])) step {
	dx, rows, cols := c.rows(in.Dst)
	a, _, _ := c.rows(in.Args[0])
	dy, _, _ := c.rows(in.Args[1])
	return func(t times) error { compute(rows, cols, dx.at(t), a.at(t), dy.at(t)); return nil }
}
