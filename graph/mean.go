package graph

import "gorgonia.org/gorgonia"

// Mean averages the elements along axes, or all of them where none is named, and removes those axes from the shape.
func (b *Builder) Mean(x *gorgonia.Node, axes ...int) *gorgonia.Node {
	s := b.Sum(x, axes...)
	if b.failed() {
		return b.placeholder()
	}
	return b.Scale(s, float64(s.DataSize())/float64(x.DataSize()))
}
