package graph

import (
	"math"
	"math/rand"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Init fills values, in row-major order of shape, with the initial values of a parameter; whatever is random in it
// comes from rng. A nil one leaves zeros, and so do the initialisers of this package where the shape has fewer rows than
// they have gates.
type Init func(rng *rand.Rand, values []float64, shape []int)

// Zeros is 0 everywhere.
func Zeros() Init { return Constant(0) }

// Ones is 1 everywhere.
func Ones() Init { return Constant(1) }

// Constant is one number everywhere.
func Constant(c float64) Init {
	return func(_ *rand.Rand, values []float64, _ []int) {
		for i := range values {
			values[i] = c
		}
	}
}

// Uniform is the uniform distribution over [−limit, limit]. PyTorch's recurrent layers use 1/√hidden everywhere.
func Uniform(limit float64) Init {
	return func(rng *rand.Rand, values []float64, _ []int) {
		for i := range values {
			values[i] = (2*rng.Float64() - 1) * limit
		}
	}
}

// Normal is the normal distribution with mean 0 and a standard deviation, with zeros in row zeroRow (NoPadding: none).
func Normal(deviation float64, zeroRow int) Init {
	return func(rng *rand.Rand, values []float64, shape []int) {
		for i := range values {
			values[i] = rng.NormFloat64() * deviation
		}
		if zeroRow < 0 || len(shape) == 0 {
			return
		}
		if width := len(values) / max(1, shape[0]); zeroRow < shape[0] && width > 0 {
			clear(values[zeroRow*width : (zeroRow+1)*width])
		}
	}
}

// Glorot is the uniform distribution over ±√(6/(in + out)) (Glorot and Bengio 2010) for a weight [out, in].
func Glorot() Init { return GlorotBlocks(1) }

// GlorotBlocks is Glorot's distribution for a weight of n stacked gates [n·out, in], each a map of its own.
func GlorotBlocks(n int) Init {
	return func(rng *rand.Rand, values []float64, shape []int) {
		if !fits(n, shape) {
			return
		}
		in := len(values) / shape[0]
		Uniform(math.Sqrt(6/float64(in+shape[0]/n)))(rng, values, shape)
	}
}

// Orthogonal makes each of n stacked gates [n·H, H] an orthogonal matrix (Saxe, McClelland and Ganguli 2014): the
// recurrent map then neither shrinks nor stretches a state at the start. Of a gate that is not square the shorter side's
// vectors are orthonormal.
func Orthogonal(n int) Init {
	return func(rng *rand.Rand, values []float64, shape []int) {
		if !fits(n, shape) {
			return
		}
		rows, cols := shape[0]/n, len(values)/shape[0]
		for g := range n {
			orthogonal(rng, values[g*rows*cols:(g+1)*rows*cols], rows, cols)
		}
	}
}

// fits reports whether the rows of a shape are those of so many gates.
func fits(gates int, shape []int) bool { return gates > 0 && len(shape) > 0 && shape[0] >= gates }

// orthogonal fills a [rows, cols] with orthonormal vectors along its shorter side: the Q of a normal sample's QR
// decomposition, with the signs that make R's diagonal positive, without which Q is not uniformly distributed
// (Mezzadri 2007).
func orthogonal(rng *rand.Rand, a []float64, rows, cols int) {
	long, short := max(rows, cols), min(rows, cols)
	sample := mat.NewDense(long, short, nil)
	for i := range long {
		for j := range short {
			sample.Set(i, j, rng.NormFloat64())
		}
	}
	var qr mat.QR
	var q, r mat.Dense
	qr.Factorize(sample)
	qr.QTo(&q)
	qr.RTo(&r)
	for i := range long {
		for j := range short {
			v := math.Copysign(q.At(i, j), q.At(i, j)*r.At(j, j))
			if rows >= cols {
				a[i*cols+j] = v
			} else {
				a[j*cols+i] = v
			}
		}
	}
}

// Blocks initialises n stacked gates, each with the initialiser at its place: a bias of which one gate differs.
func Blocks(gates ...Init) Init {
	return func(rng *rand.Rand, values []float64, shape []int) {
		if !fits(len(gates), shape) {
			return
		}
		size := len(values) / len(gates)
		gate := append([]int{shape[0] / len(gates)}, shape[1:]...)
		for i, init := range gates {
			if init != nil {
				init(rng, values[i*size:(i+1)*size], gate)
			}
		}
	}
}

// FromGorgonia uses one of Gorgonia's weight initialisers. They draw from a seed of their own: what they give is not
// repeatable.
func FromGorgonia(fn gorgonia.InitWFn) Init {
	return func(_ *rand.Rand, values []float64, shape []int) {
		if fn == nil {
			return
		}
		if v, ok := fn(tensor.Float64, shape...).([]float64); ok {
			copy(values, v)
		}
	}
}

// torchInit is the distribution of all parameters of PyTorch's recurrent layers.
func (c CellConfig) torchInit() Init { return Uniform(1 / math.Sqrt(float64(c.Hidden))) }
