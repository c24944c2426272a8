package kernel

// Portable is the plain Go implementation of every kernel and the reference of the assembly.
type Portable[F Float] struct{}

// Name implements Kernels.
func (Portable[F]) Name() string { return "portable" }

// Cost implements Kernels.
func (Portable[F]) Cost() Cost { return Cost{MultiplyAdd: 0.4, Element: 4} }

var (
	_ Kernels[float32] = Portable[float32]{}
	_ Kernels[float64] = Portable[float64]{}
)
