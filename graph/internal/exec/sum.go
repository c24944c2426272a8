package exec

import (
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindSum[float32], bindSum[float64]) }

// bindSum binds a sum of any number of arguments: the first two are added, then the others one by one.
func bindSum[F kernel.Float](c *binding[F], _ ir.Sum, in plan.Instruction) step {
	none := kernel.Consts[F]{}
	if len(in.Args) == 1 {
		return c.elementwise(kernel.Copy, none, in.Dst, in.Args[0])
	}
	steps := []step{c.elementwise(kernel.Add, none, in.Dst, in.Args[0], in.Args[1])}
	for _, a := range in.Args[2:] {
		steps = append(steps, c.elementwise(kernel.Add, none, in.Dst, in.Dst, a))
	}
	return func(t times) error {
		for _, s := range steps {
			if err := s(t); err != nil {
				return err
			}
		}
		return nil
	}
}
