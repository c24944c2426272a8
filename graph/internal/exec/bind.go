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

// group adds the steps of a group of instructions to a worker: one for all of them if they can be fused.
func (c *binding[F]) group(w *worker, group []*plan.Instruction) error {
	if len(group) > 1 {
		if s := c.bindFused(group); s != nil {
			w.add("fused", s)
			return nil
		}
	}
	for _, in := range group {
		if in == nil {
			w.add("barrier", nil)
			continue
		}
		bind, err := binderOf[F](in.Op)
		if err != nil {
			return err
		}
		w.add(in.Op.String(), bind(c, in.Op, *in))
	}
	return nil
}

// rows views a layout as a matrix of rows; the plan has made sure that it can be.
func (m *machine[F]) rows(l plan.Layout) (r kernel.Rows[F], rows, cols int) {
	rows, cols, stride, _ := l.Rows()
	return kernel.Rows[F]{Data: m.data(l), Stride: stride}, rows, cols
}

// vector views a contiguous layout as a vector.
func (m *machine[F]) vector(l plan.Layout) []F { return m.data(l)[:ir.Size(l.Shape)] }
