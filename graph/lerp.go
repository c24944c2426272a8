package graph

import "gorgonia.org/gorgonia"

// Lerp is the linear interpolation (1−w)∘x + w∘z, computed as x + w∘(z − x).
func (b *Builder) Lerp(x, z, w *gorgonia.Node) *gorgonia.Node {
	return b.Add(x, b.Mul(w, b.Sub(z, x)))
}
