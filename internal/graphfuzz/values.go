package graphfuzz

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"
)

// source returns random numbers that depend on a seed and a name.
func source(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// random returns n numbers about as large as 1, and not larger than 3, that float32 holds, too.
func random(seed uint64, name string, n int) []float64 {
	rng := source(seed, name)
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(float32(max(-3, min(3, rng.NormFloat64()))))
	}
	return v
}

// randomIndices returns n integers below limit, and one in a while that is not among those. Not all are 1, which losses
// ignore: without a target they are NaN.
func randomIndices(seed uint64, name string, limit, n int) []int {
	rng := source(seed, name)
	v := make([]int, n)
	for i := range v {
		if v[i] = rng.IntN(limit); rng.IntN(16) == 0 {
			v[i] = limit
		}
	}
	if !slices.ContainsFunc(v, func(i int) bool { return i != 1 }) {
		v[0] = 0
	}
	return v
}

// setNumbers copies numbers to a tensor of either type.
func setNumbers(t *tensor.Dense, v []float64) {
	switch d := t.Data().(type) {
	case []float64:
		copy(d, v)
	case []float32:
		for i, x := range v {
			d[i] = float32(x)
		}
	}
}

// fill sets all elements of a tensor of numbers.
func fill(t *tensor.Dense, v float64) {
	switch d := t.Data().(type) {
	case []float64:
		for i := range d {
			d[i] = v
		}
	case []float32:
		for i := range d {
			d[i] = float32(v)
		}
	}
}

// numbers returns a copy of a tensor's elements.
func numbers(t *tensor.Dense) []float64 {
	switch d := t.Data().(type) {
	case []float64:
		return append([]float64(nil), d...)
	case []float32:
		v := make([]float64, len(d))
		for i, x := range d {
			v[i] = float64(x)
		}
		return v
	}
	return nil
}

// same reports whether two lists have the same bits, or NaN in the same places.
func same(a, b []float64) bool {
	for i, x := range a {
		if math.Float64bits(x) != math.Float64bits(b[i]) && !(math.IsNaN(x) && math.IsNaN(b[i])) {
			return false
		}
	}
	return len(a) == len(b)
}
