package graphtest

import (
	"runtime"

	"github.com/pkg/errors"
	gonum "gonum.org/v1/gonum/graph"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Oracle runs an expression graph on Gorgonia's own TapeMachine, which calls the operations' Do one by one: the answer
// that compiled programs are held against. It binds values to the leaves, a []float32, []float64 or []int in row-major
// order each, runs every node, and returns the values of the nodes to read. Gorgonia's panics become errors.
//
// The builder leaves out the graph's edges, since adding them takes quadratic time; Oracle adds them, so it takes a
// graph that is complete, once.
func Oracle(g *gorgonia.ExprGraph, leaves map[*gorgonia.Node]any, read ...*gorgonia.Node) (values []any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("oracle: gorgonia panicked: %v", r)
		}
	}()
	for n, v := range leaves {
		if err := bind(n, v); err != nil {
			return nil, err
		}
	}
	for _, n := range g.AllNodes() {
		for it := g.From(n.ID()); it.Next(); {
			g.SetEdge(edge{n, it.Node()})
		}
	}
	m := gorgonia.NewTapeMachine(g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		return nil, errors.Wrap(err, "oracle")
	}
	for _, n := range read {
		data, err := dataOf(n.Value())
		if err != nil {
			return nil, errors.Wrapf(err, "oracle: %v", n)
		}
		values = append(values, data)
	}
	return values, nil
}

// bind gives a leaf a copy of its value; a leaf without axes gets a scalar, as Gorgonia wants it.
func bind(n *gorgonia.Node, v any) error {
	shape := n.Shape()
	if len(shape) > 0 {
		var copied any
		switch d := v.(type) {
		case []float32:
			copied = append([]float32(nil), d...)
		case []float64:
			copied = append([]float64(nil), d...)
		case []int:
			copied = append([]int(nil), d...)
		}
		return errors.Wrapf(gorgonia.Let(n, tensor.New(tensor.WithShape(shape...), tensor.WithBacking(copied))), "oracle: %v", n)
	}
	switch d := v.(type) {
	case []float32:
		v = d[0]
	case []float64:
		v = d[0]
	case []int:
		v = d[0]
	}
	return errors.Wrapf(gorgonia.Let(n, v), "oracle: %v", n)
}

// dataOf returns what a value holds as a slice in row-major order.
func dataOf(v gorgonia.Value) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, errors.New("it has no value")
	case *tensor.Dense:
		if v.RequiresIterator() || v.DataOrder().IsTransposed() {
			v = v.Materialize().(*tensor.Dense)
		}
		data := v.Data()
		runtime.KeepAlive(v) // Dense.Data holds the address as a number for a while
		return data, nil
	}
	switch d := v.Data().(type) {
	case float32:
		return []float32{d}, nil
	case float64:
		return []float64{d}, nil
	case int:
		return []int{d}, nil
	}
	return nil, errors.Errorf("a value of type %T", v)
}

// edge is an edge of the graph from an operation to an operand.
type edge struct{ from, to gonum.Node }

func (e edge) From() gonum.Node         { return e.from }
func (e edge) To() gonum.Node           { return e.to }
func (e edge) ReversedEdge() gonum.Edge { return edge{e.to, e.from} }
