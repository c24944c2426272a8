package exec

import (
	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindForeign[float32], bindForeign[float64]) }

// bindForeign binds a Gorgonia op that has no kernel of ours: its arguments are handed to Do as tensors and its result
// is copied. Unlike every other instruction it may allocate. Gorgonia's ops panic on what they do not like; that becomes
// an error.
func bindForeign[F kernel.Float](c *binding[F], op ir.Foreign, in plan.Instruction) step {
	args := make([]gorgonia.Value, len(in.Args))
	tensors := make([]*tensor.Dense, len(in.Args))
	moving := make([]bool, len(in.Args))
	for i, l := range in.Args {
		tensors[i] = c.Tensor(l)
		moving[i] = sizes(l) != times{}
	}
	to, n := c.operand(in.Dst), ir.Size(in.Dst.Shape)
	m := c.machine
	return func(at times) (err error) {
		dst := to.at(at)[:n]
		defer func() {
			if r := recover(); r != nil {
				err = errors.Errorf("gorgonia's %v panicked: %v", op.Op, r)
			}
		}()
		for i, t := range tensors {
			if moving[i] {
				t = m.tensorAt(in.Args[i], at)
			}
			// Some of Gorgonia's ops return or overwrite their argument: hand out copies.
			args[i] = t.Clone().(*tensor.Dense)
			if len(in.Args[i].Shape) == 0 {
				args[i] = scalar(Data(t))
			}
		}
		v, err := op.Op.Do(args...)
		if err != nil {
			return err
		}
		switch d := Data(v).(type) {
		case []F:
			if t, ok := v.(*tensor.Dense); ok && !t.DataOrder().IsContiguous() {
				v, ok := tensor.Materialize(t).(*tensor.Dense)
				if !ok {
					return errors.Errorf("gorgonia's %v returned %T", op.Op, v)
				}
				d = Data(v).([]F)
			}
			if len(d) != len(dst) {
				return errors.Errorf("gorgonia's %v returned %d elements; its shape has %d", op.Op, len(d), len(dst))
			}
			copy(dst, d)
		case F:
			dst[0] = d
		default:
			return errors.Errorf("gorgonia's %v returned %T", op.Op, v.Data())
		}
		return nil
	}
}

func scalar(data any) gorgonia.Value {
	switch d := data.(type) {
	case []float32:
		return gorgonia.NewF32(d[0])
	case []float64:
		return gorgonia.NewF64(d[0])
	case []int:
		return gorgonia.NewI(d[0])
	}
	return nil
}
