package kernel

import (
	"math"
	"math/bits"
	"testing"
)

// TestMaskUniform counts the upper and the lower bytes of a million elements: the χ² statistic of 255 degrees of
// freedom has the mean 255 and the standard deviation 22.6; five of them are allowed for.
func TestMaskUniform(t *testing.T) {
	const n = 1 << 20
	for _, m := range []Mask{{}, NewMask(0, 0, 0), NewMask(1, 2, 3), NewMask(math.MaxUint64, 1<<40, 1<<63)} {
		var upper, lower [256]int
		for i := range uint32(n) {
			b := m.bits(i)
			upper[b>>24]++
			lower[b&255]++
		}
		for name, counts := range map[string]*[256]int{"upper": &upper, "lower": &lower} {
			var chi float64
			for _, c := range counts {
				d := float64(c) - n/256
				chi += d * d / (n / 256)
			}
			if math.Abs(chi-255) > 5*22.6 {
				t.Errorf("mask %v: χ² of the %s bytes is %.0f; want about 255", m, name, chi)
			}
		}
	}
}

// TestMaskIndependent compares masks of neighbouring seeds, runs and operations bit by bit, and neighbouring elements of
// one mask: half of the bits differ, to within five standard deviations.
func TestMaskIndependent(t *testing.T) {
	const n = 1 << 14
	base := NewMask(1, 1, 1)
	check := func(what string, a, b func(i uint32) uint32) {
		differ := 0
		for i := range uint32(n) {
			differ += bits.OnesCount32(a(i) ^ b(i))
		}
		if d := math.Abs(float64(differ) - 16*n); d > 5*math.Sqrt(8*n) {
			t.Errorf("%s: %d of %d bits differ; want half", what, differ, 32*n)
		}
	}
	for what, m := range map[string]Mask{
		"the next seed": NewMask(2, 1, 1), "the next run": NewMask(1, 2, 1), "the next operation": NewMask(1, 1, 2),
		"seed and run exchanged": NewMask(0, 1, 1), "another run and operation": NewMask(1, 3, 2),
	} {
		check(what, base.bits, m.bits)
	}
	// The first key shifts the elements: with the second key the masks are more than shifted copies of one sequence.
	check("the same first key", Mask{5, 1}.bits, Mask{5, 2}.bits)
	check("the first keys one apart", Mask{6, 1}.bits, func(i uint32) uint32 { return Mask{5, 2}.bits(i + 1) })
	check("the next element", base.bits, func(i uint32) uint32 { return base.bits(i + 1) })
	check("the element 128 on", base.bits, func(i uint32) uint32 { return base.bits(i + 128) })
}

// TestMaskDistinct: for one mask the bits of an element are a bijection of its number.
func TestMaskDistinct(t *testing.T) {
	seen := make(map[uint32]uint32)
	m := NewMask(3, 1, 4)
	for i := range uint32(1 << 16) {
		if j, ok := seen[m.bits(i)]; ok {
			t.Fatalf("elements %d and %d have the same bits", j, i)
		}
		seen[m.bits(i)] = i
	}
}

// TestDropout checks which elements are kept and what they become.
func TestDropout(t *testing.T) {
	eachSet(t, testDropout[float32])
	eachSet(t, testDropout[float64])
}

func testDropout[F Float](t *testing.T, k Kernels[F]) {
	const m, n = 7, 37
	mask := NewMask(1, 2, 3)
	x := Rows[F]{Data: make([]F, m*n), Stride: n}
	for i := range x.Data {
		x.Data[i] = F(i + 1)
	}
	for _, rate := range []float64{0, 0.25, 0.5, 0.999} {
		y := Rows[F]{Data: make([]F, m*n), Stride: n}
		k.Dropout(m, n, rate, mask, y, x)
		for i, v := range y.Data {
			want := x.Data[i] * F(1/(1-rate))
			if float64(mask.bits(uint32(i)))/(1<<32) < rate {
				want = 0
			}
			if v != want {
				t.Errorf("rate %g: element %d is %v; want %v", rate, i, v, want)
			}
		}
	}
	in := Rows[F]{Data: append([]F(nil), x.Data...), Stride: n}
	y := Rows[F]{Data: make([]F, m*n), Stride: n}
	k.Dropout(m, n, 0.5, mask, y, x)
	k.Dropout(m, n, 0.5, mask, in, in)
	for i := range y.Data {
		if in.Data[i] != y.Data[i] {
			t.Errorf("in place: element %d is %v; want %v", i, in.Data[i], y.Data[i])
		}
	}
}

// TestMaskKnown pins the masks: a run that is repeated with another version of the program drops the same elements.
func TestMaskKnown(t *testing.T) {
	m := NewMask(1, 2, 3)
	for i, want := range []uint32{0x4c22e4d8, 0xafe3e196, 0xee9b014e, 0xd503e9ab, 0x42a7bc1c, 0x193fa274} {
		if got := m.bits(uint32(i)); got != want {
			t.Errorf("element %d has the bits %#x; want %#x", i, got, want)
		}
	}
}
