// Package kernel holds the numerical work of compiled programs: matrix products, elementwise functions, reductions
// and row operations over slices of one element type.
//
// Every kernel is a method of an interface, so that a set in assembly can replace any of them; Portable implements
// all in plain Go and is the reference that each other set is tested against. Kernels neither allocate nor check
// shapes: the compiler in graph has done so.
package kernel

// Kernels is one set of kernels for elements of type F.
type Kernels[F Float] interface {
	// Name is the set's name: "portable", "avx2", …
	Name() string
	// Cost is what the set takes, roughly.
	Cost() Cost

	// PackedSize is the number of elements into which Pack packs a matrix [k, n].
	PackedSize(k, n int) int
	// Panel is the number of columns after which a packed matrix can be divided: those from a multiple j of it on stand, packed,
	// from element j·k on. 0 means that it cannot.
	Panel() int
	// Pack copies B [k, n], of any strides, into the order in which GemmPacked reads it.
	Pack(k, n int, b Matrix[F], packed []F)
	// GemmPacked computes C = A·B + beta·C + bias for A [m, k] of any strides, B [k, n] as Pack left it, C [m, n], and
	// bias [n] added to each row; nil means none. beta is 0 or 1, and with 0 C is not read.
	GemmPacked(m, n, k int, a Matrix[F], packed []F, beta F, bias []F, c Rows[F])
	// GemmScratch is the number of elements of scratch that Gemm needs, whatever the strides.
	GemmScratch(m, n, k int) int
	// Gemm computes C = A·B + beta·C for A [m, k], B [k, n] and C [m, n]. Element (i, j) of A stands at
	// i·a.Row + j·a.Col, so that a transposed operand is one with exchanged strides; C's columns are adjacent. beta is 0
	// or 1, and with 0 C is not read.
	Gemm(m, n, k int, a, b Matrix[F], beta F, c Rows[F], scratch []F)

	// Map sets dst = fn(a, b, c) for each element of m rows of n; a function reads as many operands as its arity. Strides
	// of 0 repeat an operand, and dst may be one of the operands.
	Map(fn Fn, k Consts[F], m, n int, dst, a, b, c Matrix[F])
	// Fused runs a program over m rows of n elements of its operands, inputs first. Strides of 0 repeat an operand; an output
	// may share memory with an input where CanShare says so.
	Fused(m, n int, p *FusedProgram[F], operands []Matrix[F])
	// Sum returns Σ x[i] and Max the largest x[i], for i < n.
	Sum(n int, x Vector[F]) F
	Max(n int, x Vector[F]) F
	// AddRows adds the m rows of x to dst: dst[j] ← dst[j] + Σ_i x[i, j], for j < n.
	AddRows(m, n int, dst []F, x Rows[F])

	RowKernels[F]
	Optimizers[F]
}

// Cost is the nanoseconds that a core takes for a multiply-add of a product and for an element of anything else. They are
// the same for one set on every machine: a choice that is made by them must not change from run to run.
type Cost struct{ MultiplyAdd, Element float64 }

// RowKernels are the operations on the rows of matrices with m rows of n adjacent columns.
type RowKernels[F Float] interface {
	// Softmax sets y = exp(x)/Σexp(x) in each row, and SoftmaxGrad dx = y∘(dy − Σ dy∘y).
	Softmax(m, n int, y, x Rows[F])
	SoftmaxGrad(m, n int, dx, y, dy Rows[F])
	// LogSoftmax sets y = x − log Σexp(x) in each row, and LogSoftmaxGrad dx = dy − exp(y)·Σdy.
	LogSoftmax(m, n int, y, x Rows[F])
	LogSoftmaxGrad(m, n int, dx, y, dy Rows[F])
	// Normalize sets y = (x − mean)/√(variance + eps) in each row, and NormalizeGrad its gradient from x and dy.
	Normalize(m, n int, eps F, y, x Rows[F])
	NormalizeGrad(m, n int, eps F, dx, x, dy Rows[F])

	// Gather copies row index[i] of table to row i of y; a row whose index is outside the table's rows becomes zero.
	Gather(m, n, rows int, y, table Rows[F], index []int)
	// ScatterAdd adds row i of dy to row index[i] of dtable, in order of i; an index outside the rows or equal to
	// padding is passed over.
	ScatterAdd(m, n, rows, padding int, dtable, dy Rows[F], index []int)

	// Dropout sets y = x/(1−rate) where the mask keeps an element and 0 where it does not. The mask of element i·n+j
	// is a function of that number and of mask alone.
	Dropout(m, n int, rate float64, mask Mask, y, x Rows[F])
	// LengthMask sets row t of y [steps, n] to 1 in the columns i where t < lengths[i] and to 0 elsewhere.
	LengthMask(steps, n int, y Rows[F], lengths []int)

	// CrossEntropy sets loss[i] for row i of the logits, and CrossEntropyGrad the gradient of Σ dloss[i]·loss[i].
	CrossEntropy(m, n int, o CrossEntropyOptions[F], loss Vector[F], logits Rows[F], target []int)
	CrossEntropyGrad(m, n int, o CrossEntropyOptions[F], dlogits, logits Rows[F], target []int, dloss Vector[F])
	// TargetWeight sets w[i] to the weight of target i: 0 if it is ignored, else its class weight or 1.
	TargetWeight(m, n int, o CrossEntropyOptions[F], w Vector[F], target []int)
}

// Matrix is a matrix operand: element (i, j) is Data[i·Row + j·Col].
type Matrix[F Float] struct {
	Data     []F
	Row, Col int
}

// Rows is a matrix whose columns are adjacent: element (i, j) is Data[i·Stride + j].
type Rows[F Float] struct {
	Data   []F
	Stride int
}

// Vector is a vector operand: element i is Data[i·Stride]; stride 0 repeats one element.
type Vector[F Float] struct {
	Data   []F
	Stride int
}

// Consts are the constants of an elementwise function; Fn says what each means.
type Consts[F Float] [2]F

func (r Rows[F]) row(i, n int) []F { return r.Data[i*r.Stride : i*r.Stride+n : i*r.Stride+n] }
