package ir

import (
	"fmt"
	"strings"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// Fused computes several elementwise operations at once, block by block, so that what they hand to each other stays in
// registers. Its operands are matrices of one size, broadcast along axes of stride 0, and it has several results. No graph
// has it: the plan makes it of neighbouring instructions.
type Fused struct {
	Program *kernel.FusedProgram[float64] // over the arguments and then the results
	Unit    int                           // parts for workers begin at multiples of so many rows, as those of its neighbours do
}

// String names the functions in their order.
func (o *Fused) String() string {
	var names []string
	for _, op := range o.Program.Ops() {
		names = append(names, op.Fn.String())
	}
	return "fused " + strings.Join(names, "·")
}

// Check implements Op.
func (o *Fused) Check(out []int, args [][]int) error {
	return fmt.Errorf("it stands in plans alone")
}

func (o *Fused) Reads(int) Form { return Strided }
func (o *Fused) Writes() Form   { return Strided }

// Divide implements Divider.
func (o *Fused) Divide(out []int) (axis, unit int) {
	if axis = firstAxis(out); axis == 0 {
		return 0, o.Unit
	}
	return axis, 1
}

// Part implements Divider.
func (o *Fused) Part(arg, axis int, out []int, args [][]int) int { return axis }
