package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// eachSet runs a test for every set of kernels of a type.
func eachSet[F Float](t *testing.T, test func(t *testing.T, k Kernels[F])) {
	sets, name := []Kernels[F]{Portable[F]{}}, "/float64"
	if s, ok := any(available()).([]Kernels[F]); ok {
		sets, name = s, "/float32"
	}
	for _, k := range sets {
		t.Run(k.Name()+name, func(t *testing.T) { test(t, k) })
	}
}

// guard is a word around and between the rows of results that no kernel may touch.
const guard = -12345

// guardWords is how many there are.
const guardWords = 3

// guarded makes rows with guards before, between and after them, filled with a value that a kernel must overwrite.
func guarded[F Float](m, n int, fill F) (all []F, rows Rows[F]) {
	stride := n + guardWords
	all = make([]F, m*stride+2*guardWords)
	for i := range all {
		all[i] = guard
	}
	rows = Rows[F]{Data: all[guardWords:], Stride: stride}
	for i := range m {
		for j := range n {
			rows.Data[i*stride+j] = fill
		}
	}
	return all, rows
}

// checkGuards fails the test where a guard has another value.
func checkGuards[F Float](t *testing.T, what string, all []F, m, n int) {
	t.Helper()
	for at, v := range all {
		i := at - guardWords
		if inside := i >= 0 && i < m*(n+guardWords) && i%(n+guardWords) < n; !inside && v != guard {
			t.Errorf("%s: word %d, outside the %d rows of %d, became %v", what, i, m, n, v)
			return
		}
	}
}

// same reports whether two numbers are equal, or both NaN.
func same[F Float](a, b F) bool { return a == b || a != a && b != b }

// near reports whether a is b to a relative tolerance; infinities and NaN agree with their like alone.
func near(a, b, tolerance float64) bool {
	return same(a, b) || math.Abs(a-b) <= tolerance*math.Abs(b) && !math.IsInf(b, 0)
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func nan[F Float]() F { return F(math.NaN()) }

func inf[F Float](sign int) F { return F(math.Inf(sign)) }
