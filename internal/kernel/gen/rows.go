package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func rowsAVX512() { rowKernels(newSet(true)) }
func rowsAVX2()   { rowKernels(newSet(false)) }

// rowKernels writes reductions and the operations on rows.
func rowKernels(s *set) {
	if s.avx512 {
		hi, _ := exp2Table()
		tableExp2 = table("exp2"+s.name, hi)
	}
	sum(s)
	largest(s)
	sumSquares(s)
	addRows(s)
	addScaled(s)
	scaleShift(s)
	shift(s)
	softmax(s)
	softmaxGrad(s)
	logSoftmaxGrad(s)
	sumExp(s, false)
	sumExp(s, true)
	normalize(s)
	normalizeGrad(s)
	dropout(s)
	optimizers(s)
	s.writePool()
}

// sum adds in float64 in 8 or 4 lanes of eight registers, so that a sum of float32 loses nothing and no addition waits
// for the one before.
func sum(s *set) {
	s.function("sum", "func(n int, x *float32) float64", "returns Σ x[i].", reg.R9, reg.RSI)
	sumLoop(s, 4, func(i int) { s.load(s.at(reg.RSI, i), s.z(i)) })
	Store(s.z(8).AsX(), ReturnIndex(0))
	s.ret()
}

// sumLoop adds what load puts into register i for vector i, over R9 elements; each lane of register 8 is the sum.
func sumLoop(s *set, unroll int, load func(i int)) {
	for i := range 2 * unroll {
		if i < 7 || s.avx512 {
			s.clear(s.z(8 + i))
		}
	}
	sums := func(i int) (lo, hi reg.VecPhysical) {
		if s.avx512 {
			return s.z(8 + 2*i), s.z(9 + 2*i)
		}
		return s.z(8 + 2*(i%2)), s.z(9 + 2*(i%2)) // AVX2 has registers for two pairs
	}
	s.loop(reg.R9, unroll, func(w int) {
		for i := range w {
			load(i)
		}
		for i := range w {
			lo, hi := sums(i)
			s.add64(s.z(i), lo, hi, s.z(4+i))
		}
	})
	if s.avx512 {
		s.together("VADDPD", s.z(8), s.z(9), s.z(10), s.z(11), s.z(12), s.z(13), s.z(14), s.z(15))
	} else {
		s.together("VADDPD", s.z(8), s.z(9), s.z(10), s.z(11))
	}
	s.all("VADDPD", true, s.z(8), s.z(9))
}

// largest keeps the largest in four registers, and notes whether one was NaN: the maximum of two operands is the last if
// one is NaN, and the next one would lose it.
func largest(s *set) {
	s.function("largest", "func(n int, x *float32) float32", "returns the largest x[i], −∞ if there is none, and NaN if one is NaN.", reg.R9, reg.RSI)
	for i := range 4 {
		s.set1(s.f(infinity), s.z(i))
	}
	s.set1(s.f(infinity), s.z(12))
	nan := s.z(13)
	if s.avx512 {
		s.v("KXORW", reg.K3, reg.K3, reg.K3)
	} else {
		s.clear(nan)
	}
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			x := s.z(4 + i)
			s.load(s.at(reg.RSI, i), x)
			s.orElse(s.z(12), x)
			s.v("VMAXPS", s.z(i), x, s.z(i))
			if s.avx512 {
				s.v("VCMPPS", U8(cmpUnordered), x, x, reg.K2)
				s.v("KORW", reg.K2, reg.K3, reg.K3)
			} else {
				s.v("VCMPPS", U8(cmpUnordered), x, x, s.z(8+i))
				s.v("VORPS", s.z(8+i), nan, nan)
			}
		}
	})
	s.together("VMAXPS", s.z(0), s.z(1), s.z(2), s.z(3))
	s.all("VMAXPS", false, s.z(0), s.z(1))
	if s.avx512 {
		s.v("KORTESTW", reg.K3, reg.K3)
	} else {
		s.v("VMOVMSKPS", nan, reg.EAX)
		s.v("TESTL", reg.EAX, reg.EAX)
	}
	JE(LabelRef("done"))
	s.set1(s.u(0x7fc00000), s.z(0))
	Label("done")
	Store(s.z(0).AsX(), ReturnIndex(0))
	s.ret()
}

// sumSquares is sum of squares, which overflow later than float32.
func sumSquares(s *set) {
	s.function("sumSquares", "func(n int, x *float32) float64", "returns Σ x[i]².", reg.R9, reg.RSI)
	for i := range 4 {
		s.clear(s.z(8 + i))
	}
	s.loop(reg.R9, 2, func(w int) {
		for i := range w {
			x, t := s.z(i), s.z(4+i)
			s.load(s.at(reg.RSI, i), x)
			s.v("VCVTPS2PD", s.half(x), t)
			s.v("VFMADD231PD", t, t, s.z(8+2*i))
			s.v(s.extract(), U8(1), x, s.half(t))
			s.v("VCVTPS2PD", s.half(t), t)
			s.v("VFMADD231PD", t, t, s.z(9+2*i))
		}
	})
	s.together("VADDPD", s.z(8), s.z(9), s.z(10), s.z(11))
	s.all("VADDPD", true, s.z(8), s.z(9))
	Store(s.z(8).AsX(), ReturnIndex(0))
	s.ret()
}

// addRows goes down a column of vectors at a time, with the sums in float64.
func addRows(s *set) {
	s.function("addRows", "func(m, n int, d *float32, x *float32, stride int)", "adds the m rows of x to the n elements of d.",
		reg.R8, reg.R9, reg.RDI, reg.RSI, reg.R10)
	s.v("SHLQ", Imm(2), reg.R10)
	sums := func(i int) (lo, hi reg.VecPhysical) { return s.z(2 * i), s.z(2*i + 1) }
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			x, t := s.z(8), s.z(9)
			lo, hi := sums(i)
			s.load(s.at(reg.RDI, i), x)
			s.v("VCVTPS2PD", s.half(x), lo)
			s.v(s.extract(), U8(1), x, s.half(t))
			s.v("VCVTPS2PD", s.half(t), hi)
		}
		again := s.label("down")
		s.v("MOVQ", reg.RSI, reg.R11)
		s.v("MOVQ", reg.R8, reg.R12)
		Label(again)
		for i := range w {
			lo, hi := sums(i)
			s.load(s.at(reg.R11, i), s.z(8+i))
			s.add64(s.z(8+i), lo, hi, s.z(12+i%3))
		}
		s.v("ADDQ", reg.R10, reg.R11)
		s.v("DECQ", reg.R12)
		JNE(LabelRef(again))
		for i := range w {
			lo, hi := sums(i)
			s.v(s.narrow(), lo, s.half(lo))
			s.v(s.narrow(), hi, s.half(hi))
			s.v(s.insert(), U8(1), s.half(hi), lo, lo)
			s.store(lo, s.at(reg.RDI, i))
		}
	})
	s.ret()
}

func addScaled(s *set) {
	s.function("addScaled", "func(n int, y *float32, x *float32, c float32)", "sets y[i] ← y[i] + c·x[i], which rounds once.", reg.R9, reg.RDI, reg.RSI)
	s.v("VBROADCASTSS", NewParamAddr("c", 24), s.z(8))
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			s.load(s.at(reg.RDI, i), s.z(i))
			s.load(s.at(reg.RSI, i), s.z(4+i))
			s.v("VFMADD231PS", s.z(8), s.z(4+i), s.z(i))
			s.store(s.z(i), s.at(reg.RDI, i))
		}
	})
	s.ret()
}

func scaleShift(s *set) {
	s.function("scaleShift", "func(n int, y *float32, c float32, d float32)", "sets y[i] ← c·y[i] + d.", reg.R9, reg.RDI)
	s.v("VBROADCASTSS", NewParamAddr("c", 16), s.z(8))
	s.v("VBROADCASTSS", NewParamAddr("d", 20), s.z(9))
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			s.load(s.at(reg.RDI, i), s.z(i))
			s.v("VFMADD213PS", s.z(9), s.z(8), s.z(i))
			s.store(s.z(i), s.at(reg.RDI, i))
		}
	})
	s.ret()
}

// shift rounds after each difference: the first is exact where x is near a.
func shift(s *set) {
	s.function("shift", "func(n int, y *float32, x *float32, a float32, b float32)", "sets y[i] = (x[i] − a) − b.", reg.R9, reg.RDI, reg.RSI)
	s.v("VBROADCASTSS", NewParamAddr("a", 24), s.z(8))
	s.v("VBROADCASTSS", NewParamAddr("b", 28), s.z(9))
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			s.load(s.at(reg.RSI, i), s.z(i))
			s.v("VSUBPS", s.z(8), s.z(i), s.z(i))
			s.v("VSUBPS", s.z(9), s.z(i), s.z(i))
			s.store(s.z(i), s.at(reg.RDI, i))
		}
	})
	s.ret()
}

// rowLargest sets all lanes of register 14 to the largest of R9 elements at RSI; a NaN may be passed over, since what
// follows adds up the exponentials of all elements.
func rowLargest(s *set) {
	for i := range 4 {
		s.set1(s.f(infinity), s.z(i))
	}
	s.v("VMOVAPS", s.z(0), s.z(14))
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			s.load(s.at(reg.RSI, i), s.z(4+i))
			s.orElse(s.z(14), s.z(4+i))
			s.v("VMAXPS", s.z(i), s.z(4+i), s.z(i))
		}
	})
	s.together("VMAXPS", s.z(0), s.z(1), s.z(2), s.z(3))
	s.all("VMAXPS", false, s.z(0), s.z(4))
	s.v("VMOVAPS", s.z(0), s.z(14))
}

// rowExp runs after for each vector i of R9 elements at RSI with register i holding exp(x − register 14), where no x is
// larger than that.
func rowExp(s *set, after func(i int)) {
	unroll := 1
	shared := 15
	if s.avx512 {
		unroll, shared = 4, 31
	}
	v := vector{set: s, shared: []reg.VecPhysical{s.z(shared)}}
	expTables(v)
	s.loop(reg.R9, unroll, func(w int) {
		body := func(i int) {
			x := s.z(i)
			y, e, n, q := s.z(4), s.z(5), s.z(6), s.z(7)
			if s.avx512 {
				y, e, n, q = s.z(4+3*i), x, s.z(5+3*i), s.z(6+3*i)
				if i > 2 {
					y, n, q = s.z(24), s.z(25), s.z(26)
				}
			}
			s.load(s.at(reg.RSI, i), y)
			s.v("VSUBPS", s.z(14), y, y)
			s.set1(s.f(-104), e)
			s.v("VMAXPS", y, e, y)
			expLimited(v, 1, y, e, n, q)
			if e != x {
				s.v("VMOVAPS", e, x)
			}
		}
		s.interleave(w, body)
		for i := range w {
			after(i)
		}
	})
}

// softmax takes three passes over a row, which stands in the first-level cache meanwhile.
func softmax(s *set) {
	s.function("softmaxRows", "func(m, n int, y *float32, yStride int, x *float32, xStride int)", "is Softmax.",
		reg.R8, reg.R9, reg.RDI, reg.R10, reg.RSI, reg.R11)
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI}, []reg.GPPhysical{reg.R10, reg.R11}, func() {
		rowLargest(s)
		for i := range 4 {
			s.clear(s.sums(i))
		}
		rowExp(s, func(i int) {
			s.store(s.z(i), s.at(reg.RDI, i))
			s.keep(s.z(i), s.z(i))
			s.v("VADDPS", s.z(i), s.sums(i), s.sums(i))
		})
		s.together("VADDPS", s.sums(0), s.sums(1), s.sums(2), s.sums(3))
		s.all("VADDPS", false, s.sums(0), s.z(0))
		s.set1(s.f(1), s.z(0))
		s.v("VDIVPS", s.sums(0), s.z(0), s.z(8))
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				s.load(s.at(reg.RDI, i), s.z(i))
				s.v("VMULPS", s.z(8), s.z(i), s.z(i))
				s.store(s.z(i), s.at(reg.RDI, i))
			}
		})
	})
	s.ret()
}

// sums are four registers that rowExp leaves alone.
func (s *set) sums(i int) reg.VecPhysical {
	if s.avx512 {
		return s.z(27 + i)
	}
	return s.z(8 + i)
}

// sumExp adds in float64, so that the logarithm of a sum close to 1 is precise.
func sumExp(s *set, keep bool) {
	if keep {
		s.function("expSum", "func(n int, y *float32, x *float32) (largest float32, sum float64)",
			"sets y[i] = exp(x[i] − largest) and returns the largest x[i] and Σ y[i].", reg.R9, reg.RDI, reg.RSI)
	} else {
		s.function("sumExp", "func(n int, x *float32) (largest float32, sum float64)",
			"returns the largest x[i] and Σ exp(x[i] − largest).", reg.R9, reg.RSI)
	}
	rowLargest(s)
	for i := range 4 {
		s.clear(s.sums(i))
	}
	rowExp(s, func(i int) {
		if keep {
			s.store(s.z(i), s.at(reg.RDI, i))
		}
		s.keep(s.z(i), s.z(i))
		s.add64(s.z(i), s.sums(2*(i%2)), s.sums(2*(i%2)+1), s.z(4+i))
	})
	s.together("VADDPD", s.sums(0), s.sums(1), s.sums(2), s.sums(3))
	s.all("VADDPD", true, s.sums(0), s.z(4))
	Store(s.z(14).AsX(), Return("largest"))
	s.v("VMOVAPS", s.sums(0), s.z(0))
	Store(s.z(0).AsX(), Return("sum"))
	s.ret()
}

func softmaxGrad(s *set) {
	s.function("softmaxGradRows", "func(m, n int, dx *float32, dxStride int, y *float32, yStride int, dy *float32, dyStride int)", "is SoftmaxGrad.",
		reg.R8, reg.R9, reg.RDI, reg.R10, reg.RSI, reg.R11, reg.RBX, reg.R12)
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI, reg.RBX}, []reg.GPPhysical{reg.R10, reg.R11, reg.R12}, func() {
		for i := range 4 {
			s.clear(s.z(8 + i))
		}
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				s.load(s.at(reg.RSI, i), s.z(i))
				s.load(s.at(reg.RBX, i), s.z(4+i))
				s.v("VFMADD231PS", s.z(i), s.z(4+i), s.z(8+i))
			}
		})
		s.together("VADDPS", s.z(8), s.z(9), s.z(10), s.z(11))
		s.all("VADDPS", false, s.z(8), s.z(9))
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				s.load(s.at(reg.RSI, i), s.z(i))
				s.load(s.at(reg.RBX, i), s.z(4+i))
				s.v("VSUBPS", s.z(8), s.z(4+i), s.z(4+i))
				s.v("VMULPS", s.z(i), s.z(4+i), s.z(4+i))
				s.store(s.z(4+i), s.at(reg.RDI, i))
			}
		})
	})
	s.ret()
}

func logSoftmaxGrad(s *set) {
	s.function("logSoftmaxGradRows", "func(m, n int, dx *float32, dxStride int, y *float32, yStride int, dy *float32, dyStride int)", "is LogSoftmaxGrad.",
		reg.R8, reg.R9, reg.RDI, reg.R10, reg.RSI, reg.R11, reg.RBX, reg.R12)
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI, reg.RBX}, []reg.GPPhysical{reg.R10, reg.R11, reg.R12}, func() {
		for i := range 4 {
			s.clear(s.sums(i))
		}
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				s.load(s.at(reg.RBX, i), s.z(i))
				s.v("VADDPS", s.z(i), s.sums(i), s.sums(i))
			}
		})
		s.together("VADDPS", s.sums(0), s.sums(1), s.sums(2), s.sums(3))
		s.all("VADDPS", false, s.sums(0), s.z(0))
		s.clear(s.z(14)) // y is not larger than 0
		rowExp(s, func(i int) {
			s.load(s.at(reg.RBX, i), s.z(4))
			s.v("VFNMADD231PS", s.sums(0), s.z(i), s.z(4))
			s.store(s.z(4), s.at(reg.RDI, i))
		})
	})
	s.ret()
}

// rowMean sets d = x − register 14 for each vector i of R9 elements, where register 14 is about the mean, and leaves in
// register 12 what the mean is larger than that and in 13 1/√(variance + eps). The difference of numbers close to each
// other is exact: so a mean that is large beside the deviations costs no precision. Where the squares or their sum
// overflow, it leaves the function, which returns R8, how many rows are left.
func rowMean(s *set, x reg.GPPhysical) {
	for i := range 4 {
		s.clear(s.z(8 + i))
	}
	s.loop(reg.R9, 4, func(w int) {
		for i := range w {
			s.load(s.at(x, i), s.z(i))
			s.v("VADDPS", s.z(i), s.z(8+i), s.z(8+i))
		}
	})
	s.together("VADDPS", s.z(8), s.z(9), s.z(10), s.z(11))
	s.all("VADDPS", false, s.z(8), s.z(9))
	s.v("VBROADCASTSS", NewParamAddr("perN", 16), s.z(13))
	s.v("VMULPS", s.z(13), s.z(8), s.z(14))
	for i := range 4 {
		s.clear(s.z(8 + i)) // Σd, Σd², twice each
	}
	s.loop(reg.R9, 2, func(w int) {
		for i := range w {
			s.deviation(x, i)
			s.v("VADDPS", s.z(i), s.z(8+2*i), s.z(8+2*i))
			s.v("VFMADD231PS", s.z(i), s.z(i), s.z(9+2*i))
		}
	})
	s.v("VADDPS", s.z(10), s.z(8), s.z(8))
	s.v("VADDPS", s.z(11), s.z(9), s.z(9))
	s.all("VADDPS", false, s.z(8), s.z(10))
	s.all("VADDPS", false, s.z(9), s.z(10))
	s.v("VMULPS", s.z(13), s.z(8), s.z(12))
	s.v("VMULPS", s.z(13), s.z(9), s.z(13))
	s.v("VFNMADD231PS", s.z(12), s.z(12), s.z(13)) // variance
	s.v("VBROADCASTSS", NewParamAddr("eps", 20), s.z(8))
	s.v("VADDPS", s.z(8), s.z(13), s.z(13))
	s.v("VSQRTPS", s.z(13), s.z(13))
	s.set1(s.f(1), s.z(8))
	s.v("VDIVPS", s.z(13), s.z(8), s.z(13))
	s.clear(s.z(8))
	s.v("VUCOMISS", s.z(8).AsX(), s.z(13).AsX()) // of an infinite variance it is 0, and of the difference of two NaN
	JLS(LabelRef("left"))
}

// leftRows ends a function of rows of which rowMean may leave some: it returns how many.
func (s *set) leftRows() {
	Label("left")
	Store(reg.R8, ReturnIndex(0))
	s.ret()
}

// deviation sets register i to the deviation of vector i, zero beyond the end.
func (s *set) deviation(x reg.GPPhysical, i int) {
	s.load(s.at(x, i), s.z(i))
	s.v("VSUBPS", s.z(14), s.z(i), s.z(i))
	s.keep(s.z(i), s.z(i))
}

func normalize(s *set) {
	s.function("normalizeRows", "func(m, n int, perN float32, eps float32, y *float32, yStride int, x *float32, xStride int) int",
		"is Normalize, with perN = 1/n, up to a row whose variance overflows: it returns how many rows are left.", reg.R8, reg.R9, nil, nil, reg.RDI, reg.R10, reg.RSI, reg.R11)
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI}, []reg.GPPhysical{reg.R10, reg.R11}, func() {
		rowMean(s, reg.RSI)
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				s.load(s.at(reg.RSI, i), s.z(i))
				s.v("VSUBPS", s.z(14), s.z(i), s.z(i))
				s.v("VSUBPS", s.z(12), s.z(i), s.z(i))
				s.v("VMULPS", s.z(13), s.z(i), s.z(i))
				s.store(s.z(i), s.at(reg.RDI, i))
			}
		})
	})
	s.leftRows()
}

func normalizeGrad(s *set) {
	s.function("normalizeGradRows", "func(m, n int, perN float32, eps float32, dx *float32, dxStride int, x *float32, xStride int, dy *float32, dyStride int) int",
		"is NormalizeGrad, with perN = 1/n, up to a row whose variance overflows: it returns how many rows are left.", reg.R8, reg.R9, nil, nil, reg.RDI, reg.R10, reg.RSI, reg.R11, reg.RBX, reg.R12)
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI, reg.RBX}, []reg.GPPhysical{reg.R10, reg.R11, reg.R12}, func() {
		rowMean(s, reg.RSI)
		for i := range 4 {
			s.clear(s.z(8 + i)) // Σdy, Σdy∘y, twice each
		}
		y := func(i int) { // register i
			s.load(s.at(reg.RSI, i), s.z(i))
			s.v("VSUBPS", s.z(14), s.z(i), s.z(i))
			s.v("VSUBPS", s.z(12), s.z(i), s.z(i))
			s.v("VMULPS", s.z(13), s.z(i), s.z(i))
		}
		s.loop(reg.R9, 2, func(w int) {
			for i := range w {
				y(i)
				s.load(s.at(reg.RBX, i), s.z(4+i))
				s.v("VADDPS", s.z(4+i), s.z(8+2*i), s.z(8+2*i))
				s.v("VFMADD231PS", s.z(4+i), s.z(i), s.z(9+2*i))
			}
		})
		s.v("VADDPS", s.z(10), s.z(8), s.z(8))
		s.v("VADDPS", s.z(11), s.z(9), s.z(9))
		s.all("VADDPS", false, s.z(8), s.z(10))
		s.all("VADDPS", false, s.z(9), s.z(10))
		s.v("VBROADCASTSS", NewParamAddr("perN", 16), s.z(10))
		s.v("VMULPS", s.z(10), s.z(8), s.z(8))
		s.v("VMULPS", s.z(10), s.z(9), s.z(9))
		s.loop(reg.R9, 4, func(w int) {
			for i := range w {
				y(i)
				s.load(s.at(reg.RBX, i), s.z(4+i))
				s.v("VSUBPS", s.z(8), s.z(4+i), s.z(4+i))
				s.v("VFNMADD231PS", s.z(9), s.z(i), s.z(4+i))
				s.v("VMULPS", s.z(13), s.z(4+i), s.z(4+i))
				s.store(s.z(4+i), s.at(reg.RDI, i))
			}
		})
	})
	s.leftRows()
}

// dropout computes Mask.bits for the elements of a vector at a time.
func dropout(s *set) {
	s.function("dropoutRows", "func(m, n int, y *float32, yStride int, x *float32, xStride int, k0, k1, threshold uint32, scale float32)",
		"is Dropout: it keeps the elements whose bits are not below the threshold.", reg.R8, reg.R9, reg.RDI, reg.R10, reg.RSI, reg.R11)
	iota := make([]uint32, s.lanes)
	for i := range iota {
		iota[i] = uint32(i)
	}
	number := table("iota"+s.name, iota)
	param := func(name string, disp int, d reg.VecPhysical) { s.v("VBROADCASTSS", NewParamAddr(name, disp), d) }
	k1, threshold, scale, step, first := s.z(8), s.z(9), s.z(10), s.z(11), s.z(12)
	param("k1", 52, k1)
	param("threshold", 56, threshold)
	param("scale", 60, scale)
	if !s.avx512 {
		s.v("VPXOR", s.u(1<<31), threshold, threshold) // AVX2 compares with signs alone
	}
	s.set1(s.u(uint32(s.lanes)), step)
	s.v("MOVL", NewParamAddr("k0", 48), reg.EBX) // number of the row's first element, plus k0
	s.rows(reg.R8, []reg.GPPhysical{reg.RDI, reg.RSI}, []reg.GPPhysical{reg.R10, reg.R11}, func() {
		s.v("VMOVD", reg.EBX, s.z(0).AsX())
		s.v("VPBROADCASTD", s.z(0).AsX(), first)
		s.v("VPADDD", number, first, first)
		s.v("ADDL", reg.R9.As32(), reg.EBX)
		s.loop(reg.R9, 1, func(int) {
			b, t := s.z(0), s.z(1)
			mix := func() {
				s.v("VPSRLD", U8(16), b, t)
				s.xor(t, b)
				s.v("VPMULLD", s.u(0x7feb352d), b, b)
				s.v("VPSRLD", U8(15), b, t)
				s.xor(t, b)
				s.v("VPMULLD", s.u(0x846ca68b), b, b)
				s.v("VPSRLD", U8(16), b, t)
				s.xor(t, b)
			}
			s.v("VMOVAPS", first, b)
			s.v("VPADDD", step, first, first)
			mix()
			s.xor(k1, b)
			mix()
			x := s.z(2)
			s.load(s.at(reg.RSI, 0), x)
			s.v("VMULPS", scale, x, x)
			if s.avx512 {
				s.v("VPCMPUD", U8(5), threshold, b, reg.K2) // not below
				s.vz("VMOVAPS", x, reg.K2, x)
			} else {
				s.v("VPXOR", s.u(1<<31), b, b)
				s.v("VPCMPGTD", b, threshold, b) // below
				s.v("VANDNPS", x, b, x)
			}
			s.store(x, s.at(reg.RDI, 0))
		})
	})
	s.ret()
}

// xor sets d to x ⊕ d.
func (s *set) xor(x, d reg.VecPhysical) {
	if s.avx512 {
		s.v("VPXORD", x, d, d)
	} else {
		s.v("VPXOR", x, d, d)
	}
}
