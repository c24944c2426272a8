package graph

import (
	"strconv"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/pass"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
)

// doer is a symbol with a Do of its own.
type doer interface {
	do(o *op, values []gorgonia.Value) (gorgonia.Value, error)
}

// Do implements gorgonia.Op: it computes this one operation on its own, into fresh memory.
// Gorgonia's machines call it, which makes them the oracle of the tests: they schedule, share and reuse nothing of ours.
func (o *op) Do(values ...gorgonia.Value) (gorgonia.Value, error) {
	if len(values) != len(o.in) {
		return nil, errors.Errorf("%v: %d operands; want %d", o, len(values), len(o.in))
	}
	if d, ok := o.symbol.(doer); ok {
		return d.do(o, values)
	}
	g := &ir.Graph{}
	args := make([]*ir.Value, len(values))
	names := make([]string, len(values))
	for i, n := range o.in {
		names[i] = strconv.Itoa(i)
		var source ir.Op = ir.Input{Name: names[i]}
		if n.Dtype() == tensor.Int {
			source = ir.IndexInput{Name: names[i]}
		}
		args[i] = g.Add(source, append([]int{}, n.Shape()...))
	}
	g.Outputs = []*ir.Value{g.Add(o.lower(), append([]int{}, o.out...), args...)}
	pass.ExpandPlaces(g)
	g.Sort()
	pl := plan.Make(g, plan.Options{GradOffset: []int{-1}})
	m, err := exec.New(pl, o.b.params.dtype, exec.Options{Threads: 1})
	if err != nil {
		return nil, err
	}
	p := &Program{machine: m, inputs: make(map[string]*tensor.Dense)}
	for name, l := range pl.Inputs {
		p.inputs[name] = m.Tensor(l)
	}
	for i, v := range values {
		data := exec.Data(v)
		if t, ok := v.(*tensor.Dense); ok && (t.RequiresIterator() || !t.DataOrder().IsContiguous()) {
			data = exec.Data(tensor.Materialize(t))
		}
		if err := p.Set(names[i], data); err != nil {
			return nil, errors.Wrapf(err, "%v", o)
		}
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	out := m.Tensor(pl.Outputs[0])
	if len(o.out) > 0 {
		return out, nil
	}
	switch d := exec.Data(out).(type) {
	case []float32:
		return gorgonia.NewF32(d[0]), nil
	case []float64:
		return gorgonia.NewF64(d[0]), nil
	case []int:
		return gorgonia.NewI(d[0]), nil
	}
	return nil, errors.Errorf("%v: a scalar of %v", o, out.Dtype())
}
