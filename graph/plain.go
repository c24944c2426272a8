package graph

import (
	"reflect"
	"unsafe"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// plainChildren reads the inputs of a node that Gorgonia's own functions made. A Node has no accessor for them, and the
// graph's edges have lost their order, so it reads the unexported field of the pinned version.
func plainChildren(n *gorgonia.Node) gorgonia.Nodes {
	f := reflect.ValueOf(n).Elem().FieldByName("children")
	return *(*gorgonia.Nodes)(unsafe.Pointer(f.UnsafeAddr()))
}

// lowerPlain translates a node made by Gorgonia's own functions.
func lowerPlain(g *ir.Graph, n *gorgonia.Node, args []*ir.Value) (*ir.Value, error) {
	return g.Add(ir.Foreign{Op: n.Op()}, append([]int{}, n.Shape()...), args...), nil
}
