package main

import (
	"math"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The exponential functions write eʸ = 2ⁿ·2ᵗ·2ʳ with n + t the multiple of 1/32 next to y·log₂e, 2ᵗ from a table of 32
// and |r| ≤ 1/64. Adding expMagic, whose last place is 1/32, rounds y·log₂e and leaves 32·(n + t) in the low bits.
const expMagic = 1.5 * (1 << 18)

// log₂e in two float32, so that r keeps its precision where y·log₂e is large.
var (
	log2eHi = float64(float32(math.Log2E))
	log2eLo = math.Log2E - log2eHi
)

// 2ʳ − 1 ≈ r·(exp2C1 + exp2C2·r), by Remez exchange for the smallest error relative to 2ʳ over |r| ≤ 1/64, the
// coefficients rounded to float32 one after another and the rest fitted again: 5.3e-8.
const (
	exp2C1 = 0.693157375
	exp2C2 = 0.240229949
)

// 2ʳ − 1 ≈ r·(expm1C1 + expm1C2·r + expm1C3·r²), the same for the smallest error relative to 2ʳ − 1: 1.6e-8.
const (
	expm1C1 = 0.693147182
	expm1C2 = 0.240228459
	expm1C3 = 0.0554769374
)

// exp2Table returns 2^(i/32), and what is lacking in each entry relative to it.
func exp2Table() (hi, lo []uint32) {
	for i := range 32 {
		exact := math.Exp2(float64(i) / 32)
		t := float32(exact)
		hi = append(hi, math.Float32bits(t))
		lo = append(lo, math.Float32bits(float32((exact-float64(t))/exact)))
	}
	return hi, lo
}

// lookup sets index to the entries of a table of 32 words: its low half stands in lo, its high half in memory. Only the
// low 5 bits of an index count.
func (v vector) lookup(lo reg.VecPhysical, table Mem, index reg.VecPhysical) {
	v.v("VPERMI2PS", table.Offset(64), lo, index)
}

func expTables(v vector) {
	if v.avx512 {
		v.v("VMOVUPS", tableExp2, v.shared[0])
	}
}

// limit sets y to x limited to [lo, hi]. The maximum of two operands is the last where one is NaN.
func limit(v vector, x reg.VecPhysical, lo, hi float64, y, t reg.VecPhysical) {
	v.set1(v.f(lo), t)
	v.v("VMAXPS", x, t, y)
	v.set1(v.f(hi), t)
	v.v("VMINPS", y, t, y)
}

// expAVX2Magic is what expMagic is without the table: its last place is 1. AVX2 has no instruction that looks up 32 entries,
// and takes |r| ≤ 1/2 and more terms.
const expAVX2Magic = 1.5 * (1 << 23)

// 2ʳ − 1 ≈ r·(exp2Wide[0] + exp2Wide[1]·r + …) over |r| ≤ 1/2, by Remez exchange for the smallest error relative to it,
// all coefficients rounded to float32: 2.1e-8.
var exp2Wide = []float64{0.693147182, 0.240226492, 0.0555035733, 0.00961823761, 0.00133907364, 0.000154035137}

// exp2WideM1 sets q to 2ʳ − 1.
func exp2WideM1(v vector, r, q reg.VecPhysical) {
	last := len(exp2Wide) - 1
	v.set1(v.f(exp2Wide[last]), q)
	for i := last - 1; i >= 0; i-- {
		v.v("VFMADD213PS", v.f(exp2Wide[i]), r, q)
	}
	v.v("VMULPS", r, q, q)
}

// expAVX2 sets e to exp(sign·y) for y within limits; y, n and q are overwritten. 2ⁿ is the product of two powers, since it
// may be beyond the normal numbers where the result is not.
func expAVX2(v vector, sign float64, y, e, n, q reg.VecPhysical) {
	v.set1(v.f(sign*log2eHi), e)
	v.v("VFMADD213PS", v.f(expAVX2Magic), y, e)
	v.v("VSUBPS", v.f(expAVX2Magic), e, n)
	v.set1(v.f(sign*log2eHi), q)
	v.v("VFMSUB213PS", n, y, q)
	v.v("VFMADD231PS", v.f(sign*log2eLo), y, q) // r
	exp2WideM1(v, q, n)
	v.v("VPSLLD", U8(10), e, e) // n, whose sign is now in its place
	v.v("VPSRAD", U8(11), e, q) // ⌊n/2⌋
	v.v("VPSRAD", U8(10), e, e)
	v.v("VPSUBD", q, e, e)
	v.v("VPSLLD", U8(23), q, q)
	v.v("VPSLLD", U8(23), e, e)
	v.set1(v.f(1), y)
	v.v("VPADDD", y, q, q)
	v.v("VPADDD", y, e, e)
	v.v("VFMADD213PS", q, q, n) // 2^⌊n/2⌋·2ʳ
	v.v("VMULPS", n, e, e)
}

// expLimited sets e to exp(sign·y) for y within limits; y, n and q are overwritten.
func expLimited(v vector, sign float64, y, e, n, q reg.VecPhysical) {
	if !v.avx512 {
		expAVX2(v, sign, y, e, n, q)
		return
	}
	expParts(v, sign, y, e, n, q)
	v.v("VSCALEFPS", n, e, e)
}

// expParts sets e to 2ᵗ·2ʳ and n to n + t of exp(sign·y); y and q are overwritten.
func expParts(v vector, sign float64, y, e, n, q reg.VecPhysical) {
	v.set1(v.f(sign*log2eHi), e)
	v.v("VFMADD213PS", v.f(expMagic), y, e)
	v.v("VSUBPS", v.f(expMagic), e, n)
	v.set1(v.f(sign*log2eHi), q)
	v.v("VFMSUB213PS", n, y, q)
	v.v("VFMADD231PS", v.f(sign*log2eLo), y, q) // r
	v.lookup(v.shared[0], tableExp2, e)
	v.set1(v.f(exp2C2), y)
	v.v("VFMADD213PS", v.f(exp2C1), q, y)
	v.v("VMULPS", y, q, q)
	v.v("VFMADD231PS", q, e, e)
}

// exp: eˣ underflows to 0 below −104 and overflows to infinity above 89. The limits also keep x·log₂e within the
// reach of expMagic.
func exp(v vector) {
	limit(v, v.x, -104, 89, v.t[3], v.t[0])
	expLimited(v, 1, v.t[3], v.x, v.t[1], v.t[2])
}

// sigmoid is 1/(1 + exp(−x)). From 30 on it is 1, and below −88.7, where exp(−x) overflows, it is 0, though its value
// would still be a denormal number until −104.
func sigmoid(v vector) {
	e, n, q := v.t[0], v.t[1], v.t[2]
	if !v.avx512 {
		sigmoidAVX2(v)
		return
	}
	limit(v, v.x, -89, 30, v.x, e)
	expLimited(v, -1, v.x, e, n, q)
	v.v("VADDPS", v.f(1), e, e)
	v.set1(v.f(1), q)
	v.v("VDIVPS", e, q, v.x)
}

// sigmoidAVX2 is ½/(½ + ½·exp(−x)), where half of the exponential needs one power of two alone: 2ⁿ⁻¹ is a normal number
// to n = 128, the last before the result is 0, and infinite at n = 129, which is as far as the limit lets it come.
func sigmoidAVX2(v vector) {
	e, n, q := v.t[0], v.t[1], v.t[2]
	limit(v, v.x, -89.5, 30, v.x, e)
	v.set1(v.f(-log2eHi), e)
	v.v("VFMADD213PS", v.f(expAVX2Magic), v.x, e)
	v.v("VSUBPS", v.f(expAVX2Magic), e, n)
	v.set1(v.f(-log2eHi), q)
	v.v("VFMSUB213PS", n, v.x, q)
	v.v("VFMADD231PS", v.f(-log2eLo), v.x, q) // r
	exp2WideM1(v, q, n)
	v.v("VADDPS", v.f(1), n, n) // 2ʳ
	v.v("VPSLLD", U8(23), e, e)
	v.v("VPADDD", v.f(0.5), e, e) // 2ⁿ⁻¹
	v.v("VMULPS", n, e, e)
	v.v("VADDPS", v.f(0.5), e, e)
	v.set1(v.f(0.5), q)
	v.v("VDIVPS", e, q, v.x)
}

func tanhTables(v vector) {
	if v.avx512 {
		v.v("VMOVUPS", tableExp2, v.shared[0])
		v.v("VMOVUPS", tableExp2Lo, v.shared[1])
	}
}

// tanh is E/(E + 2) with E = exp(2x) − 1, which keeps the precision of E near 0. The table's entries carry their rounding
// errors in a second table, since 2ᵗ − 1 would show them. From 10 on tanh is 1.
func tanh(v vector) {
	e, n, q, l := v.t[0], v.t[1], v.t[2], v.t[3]
	limit(v, v.x, -10, 10, v.x, e)
	if !v.avx512 {
		tanhAVX2(v)
		return
	}
	v.set1(v.f(2*log2eHi), e)
	v.v("VFMADD213PS", v.f(expMagic), v.x, e)
	v.v("VSUBPS", v.f(expMagic), e, n)
	v.v("VMOVAPS", e, l)
	v.set1(v.f(2*log2eHi), q)
	v.v("VFMSUB213PS", n, q, v.x) // r
	v.lookup(v.shared[0], tableExp2, e)
	v.lookup(v.shared[1], tableExp2Lo, l)
	v.set1(v.f(expm1C3), q)
	v.v("VFMADD213PS", v.f(expm1C2), v.x, q)
	v.v("VFMADD213PS", v.f(expm1C1), v.x, q)
	v.v("VFMADD213PS", l, v.x, q)
	v.v("VSCALEFPS", n, e, e)
	v.v("VADDPS", v.f(-1), e, n)
	v.v("VFMADD231PS", e, q, n) // E = 2ⁿ⁺ᵗ·q + (2ⁿ⁺ᵗ − 1)
	v.v("VADDPS", v.f(2), n, e)
	v.v("VDIVPS", e, n, v.x)
}

// tanhAVX2 is tanh for x within limits.
func tanhAVX2(v vector) {
	e, n, q := v.t[0], v.t[1], v.t[2]
	v.set1(v.f(2*log2eHi), e)
	v.v("VFMADD213PS", v.f(expAVX2Magic), v.x, e)
	v.v("VSUBPS", v.f(expAVX2Magic), e, n)
	v.set1(v.f(2*log2eHi), q)
	v.v("VFMSUB213PS", n, q, v.x) // r
	exp2WideM1(v, v.x, q)
	v.v("VPSLLD", U8(23), e, e)
	v.set1(v.f(1), n)
	v.v("VPADDD", n, e, e) // 2ⁿ
	v.v("VADDPS", v.f(-1), e, n)
	v.v("VFMADD231PS", e, q, n) // E
	v.v("VADDPS", v.f(2), n, e)
	v.v("VDIVPS", e, n, v.x)
}

// The logarithms write ln m = −ln c + ln(1 + r) with r = c·m − 1 and c near 1/m from a table of 32. Each c is chosen
// among the float32 near the reciprocal of its interval's middle so that −ln c is a float32 to within 2⁻³⁸, and is 1 in
// the intervals that touch 1, where ln m must keep its relative precision.

// ln(1 + r) ≈ r + r²·(logC2 + logC3·r + logC4·r²) over −1/60 ≤ r ≤ 1/32, fitted as exp2C1: 1.3e-8 of ln(1 + r).
const (
	logC2 = -0.500002086
	logC3 = 0.333351821
	logC4 = -0.241971835
)

// ln 2 in two parts: a multiple of an exponent and the first is exact, and the second is positive, so that their
// multiples of an infinite exponent are the same infinity.
var (
	ln2Hi = math.Floor(math.Ln2*(1<<15)) / (1 << 15)
	ln2Lo = math.Ln2 - ln2Hi
)

// logTable returns c and −ln c for intervals, in order of their index.
func logTable(interval func(i int) (lo, hi float64)) (c, t []uint32) {
	for i := range 32 {
		lo, hi := interval(i)
		best, bestError := 1.0, math.Inf(1)
		if lo != 1 && hi != 1 {
			mid := math.Float32bits(float32(2 / (lo + hi)))
			for d := -1 << 12; d <= 1<<12; d++ {
				x := float64(math.Float32frombits(uint32(int(mid) + d)))
				l := -math.Log(x)
				if e := math.Abs(float64(float32(l)) - l); e < bestError {
					best, bestError = x, e
				}
			}
		}
		c = append(c, math.Float32bits(float32(best)))
		t = append(t, math.Float32bits(float32(-math.Log(best))))
	}
	return c, t
}

// logInterval: mantissas in [3/4, 3/2) by their 5 bits after the first: up to 3/2 in 1/32, below 1 in 1/64.
func logInterval(i int) (lo, hi float64) {
	if i < 16 {
		return 1 + float64(i)/32, 1 + float64(i+1)/32
	}
	return (1 + float64(i)/32) / 2, (1 + float64(i+1)/32) / 2
}

// softplusInterval: [1, 2) in 1/32.
func softplusInterval(i int) (lo, hi float64) { return 1 + float64(i)/32, 1 + float64(i+1)/32 }

func logTables(v vector) {
	if v.avx512 {
		v.v("VMOVUPS", tableLogC, v.shared[0])
		v.v("VMOVUPS", tableLogT, v.shared[1])
	}
}

// log1p sets p to ln(1 + r); s is overwritten.
func log1p(v vector, r, p, s reg.VecPhysical) {
	v.set1(v.f(logC4), p)
	v.v("VFMADD213PS", v.f(logC3), r, p)
	v.v("VFMADD213PS", v.f(logC2), r, p)
	v.v("VMULPS", r, r, s)
	v.v("VFMADD213PS", r, s, p)
}

// logarithm: x = m·2ᵉ with m in [3/4, 3/2), so that e = 0 around 1. The instructions that take numbers apart also
// know that 0 has an exponent of −∞, that ∞ has one of ∞, and that a negative mantissa is NaN.
func logarithm(v vector) {
	if !v.avx512 {
		logarithmAVX2(v)
		return
	}
	m, e, c, t, p := v.t[0], v.t[1], v.t[2], v.t[3], v.t[4]
	v.v("VGETMANTPS", U8(11), v.x, m)
	v.v("VGETEXPPS", v.x, e)
	v.v("VGETEXPPS", m, c)
	v.v("VSUBPS", c, e, e)
	v.v("VPSRLD", U8(18), m, c)
	v.v("VMOVAPS", c, t)
	v.lookup(v.shared[0], tableLogC, c)
	v.lookup(v.shared[1], tableLogT, t)
	v.v("VFMADD213PS", v.f(-1), m, c) // r
	log1p(v, c, p, m)
	v.v("VFMADD231PS", v.f(ln2Lo), e, p)
	v.v("VFMADD231PS", v.f(ln2Hi), e, t)
	v.v("VADDPS", t, p, v.x)
}

// ln(1 + r) ≈ r − r²/2 + r³·(logWide[0] + logWide[1]·r + …) over 1/√2 ≤ 1 + r ≤ √2, by Remez exchange for the smallest
// error relative to it, all coefficients rounded to float32: 3.4e-8.
var logWide = []float64{0.333339095, -0.250013381, 0.199630648, -0.16577585, 0.149147585, -0.142674834, 0.0870045722}

// log1pWide sets p to ln(1 + r) and s to r².
func log1pWide(v vector, r, p, s reg.VecPhysical) {
	last := len(logWide) - 1
	v.set1(v.f(logWide[last]), p)
	for i := last - 1; i >= 0; i-- {
		v.v("VFMADD213PS", v.f(logWide[i]), r, p)
	}
	v.v("VMULPS", r, p, p)
	v.v("VADDPS", v.f(-0.5), p, p)
	v.v("VMULPS", r, r, s)
	v.v("VFMADD213PS", r, s, p)
}

// logarithmAVX2: as logarithm, with m in [1/√2, √2), no table, and the exponent from the bits of the number.
func logarithmAVX2(v vector) {
	m, e, p, t, s := v.t[0], v.t[1], v.t[2], v.t[3], v.t[4]
	v.set1(v.f(0x1p-126), t)
	v.v("VCMPPS", U8(cmpLT), t, v.x, t) // denormal or less
	v.v("VMULPS", v.f(1<<23), v.x, m)
	v.v("VBLENDVPS", t, m, v.x, m)
	v.v("VANDPS", v.f(23), t, t) // what the exponent is too large by
	v.v("VPSUBD", v.u(math.Float32bits(math.Sqrt2/2)), m, e)
	v.v("VPSRAD", U8(23), e, e)
	v.v("VPSLLD", U8(23), e, p)
	v.v("VPSUBD", p, m, m)
	v.v("VCVTDQ2PS", e, e)
	v.v("VSUBPS", t, e, e)
	v.v("VADDPS", v.f(-1), m, m) // r
	log1pWide(v, m, p, s)
	v.v("VFMADD231PS", v.f(ln2Lo), e, p)
	v.v("VFMADD231PS", v.f(ln2Hi), e, p)
	// NaN and numbers below 0 give NaN, 0 gives −∞ and ∞ itself.
	v.clear(t)
	v.v("VCMPPS", U8(cmpEQ), t, v.x, m)
	v.set1(v.f(math.Inf(-1)), s)
	v.v("VBLENDVPS", m, s, p, p)
	v.v("VCMPPS", U8(cmpNGE), t, v.x, m)
	v.set1(v.u(0x7fc00000), s)
	v.v("VBLENDVPS", m, s, p, p)
	v.set1(v.f(math.Inf(1)), s)
	v.v("VCMPPS", U8(cmpEQ), s, v.x, m)
	v.v("VBLENDVPS", m, s, p, v.x)
}

func softplusTables(v vector) {
	if v.avx512 {
		expTables(v)
		v.v("VMOVUPS", tableLog1pC, v.shared[1])
		v.v("VMOVUPS", tableLog1pT, v.shared[2])
	}
}

// softplus is max(x, 0) + ln(1 + e) with e = exp(−|x|). The index is that of the interval of 1 + e, taken a little
// smaller so that e = 1 has one.
func softplus(v vector) {
	y, e, n, q, c := v.t[0], v.t[1], v.t[2], v.t[3], v.t[4]
	v.v("VORPS", v.u(1<<31), v.x, y)
	v.set1(v.f(-104), e)
	v.v("VMAXPS", y, e, y)
	expLimited(v, 1, y, e, n, q)
	if !v.avx512 { // ln(1 + e), or ln 2 + ln(1 + (e − 1)/2)
		v.set1(v.f(math.Sqrt2-1), c)
		v.v("VCMPPS", U8(cmpGT), c, e, c)
		v.v("VADDPS", v.f(-1), e, n)
		v.v("VMULPS", v.f(0.5), n, n)
		v.v("VBLENDVPS", c, n, e, e)
		v.v("VANDPS", v.f(math.Ln2), c, c)
		log1pWide(v, e, y, n)
		v.v("VADDPS", c, y, y)
		v.set1(v.f(0), n)
		v.v("VMAXPS", v.x, n, v.x)
		v.v("VADDPS", y, v.x, v.x)
		return
	}
	v.set1(v.f(1-1.0/(1<<12)), c)
	v.v("VFMADD213PS", v.f(1), e, c)
	v.v("VPSRLD", U8(18), c, c)
	v.v("VMOVAPS", c, q)
	v.lookup(v.shared[1], tableLog1pC, c)
	v.lookup(v.shared[2], tableLog1pT, q)
	v.v("VADDPS", v.f(-1), c, n)
	v.v("VFMADD213PS", n, e, c) // r = e·c + (c − 1)
	log1p(v, c, y, n)
	v.v("VADDPS", q, y, y)
	v.set1(v.f(0), n)
	v.v("VMAXPS", v.x, n, v.x)
	v.v("VADDPS", y, v.x, v.x)
}

// The powers are computed in float64, half a vector at a time, which needs no care for the precision of x^k = 2^(k·log₂x):
// log₂x = e + 2/ln 2·atanh(s) for x = m·2ᵉ with m in [3/4, 3/2) and s = (m − 1)/(m + 1), |s| ≤ 1/5, by the series
// s·(1 + s²/3 + s⁴/5 + …), whose terms after s¹² are 1e-11 of it; and 2^f for |f| ≤ 1/2 by the series of e^(f·ln 2), whose
// terms after the eighth are 2e-10.
type powKind int

const (
	powEven powKind = iota // an even exponent: |x|^k
	powOdd                 // an odd one: the sign of x
	powReal                // neither: NaN where x < 0 is finite
)

func powConstants(v vector) {
	v.v("VBROADCASTSS", Mem{Base: ip, Disp: instrK0}, v.half(v.shared[0]))
	v.v("VCVTPS2PD", v.half(v.shared[0]), v.shared[0])
	v.clear(v.shared[1])
	v.v(v.broadcast64(), v.f64(2/math.Ln2), v.shared[2])
}

func pow(v vector, kind powKind) {
	a, lo, hi := v.t[0], v.t[1], v.t[2]
	v.v("VANDPS", v.u(1<<31-1), v.x, a)
	v.v(v.extract(), U8(1), a, v.half(hi))
	v.v("VCVTPS2PD", v.half(a), lo)
	powHalf(v, lo, v.t[3:])
	v.v("VCVTPS2PD", v.half(hi), hi)
	powHalf(v, hi, v.t[3:])
	v.v(v.narrow(), lo, v.half(lo))
	v.v(v.narrow(), hi, v.half(hi))
	v.v(v.insert(), U8(1), v.half(hi), lo, lo)
	switch kind {
	case powEven:
		v.v("VMOVAPS", lo, v.x)
	case powOdd:
		v.v("VANDPS", v.u(1<<31), v.x, v.x)
		v.v("VORPS", lo, v.x, v.x)
	case powReal:
		if !v.avx512 {
			v.v("VCMPPS", U8(cmpLT), v.shared[1], v.x, a)
			v.set1(v.f(math.Inf(-1)), hi)
			v.v("VCMPPS", U8(cmpGT), hi, v.x, hi)
			v.v("VANDPS", hi, a, a)
			v.set1(v.u(0x7fc00000), hi)
			v.v("VBLENDVPS", a, hi, lo, v.x)
			return
		}
		v.v("VCMPPS", U8(cmpLT), v.shared[1], v.x, v.k)
		v.v("VCMPPS", U8(cmpGT), v.f(math.Inf(-1)), v.x, v.k, v.k)
		v.set1(v.u(0x7fc00000), hi)
		v.v("VBLENDMPS", hi, lo, v.k, v.x)
	}
}

// powHalf sets x ≥ 0, in float64, to x^k.
func powHalf(v vector, x reg.VecPhysical, t []reg.VecPhysical) {
	m, e, p := t[0], t[1], t[2]
	if v.avx512 {
		v.v("VGETMANTPD", U8(3), x, m)
		v.v("VGETEXPPD", x, e)
		v.v("VGETEXPPD", m, p)
		v.v("VSUBPD", p, e, e)
	} else { // the exponent is one more from a mantissa of 3/2 on; 2⁵² + e as an integer holds e in its low bits
		v.v("VPADDQ", v.u64(1<<51), x, e)
		v.v("VPSRLQ", U8(52), e, e)
		v.v("VPSUBQ", v.u64(1023), e, p)
		v.v("VPSLLQ", U8(52), p, p)
		v.v("VPSUBQ", p, x, m)
		v.v("VORPD", v.f64(1<<52), e, e)
		v.v("VADDPD", v.f64(-(1<<52)-1023), e, e)
		v.v("VMOVAPD", x, t[3])
	}
	v.v("VADDPD", v.f64(1), m, p)
	v.v("VADDPD", v.f64(-1), m, m)
	v.v("VDIVPD", p, m, m) // s
	v.v("VMULPD", m, m, x)
	v.v(v.broadcast64(), v.f64(1.0/13), p)
	for k := 11; k >= 1; k -= 2 {
		v.v("VFMADD213PD", v.f64(1/float64(k)), x, p)
	}
	v.v("VMULPD", v.shared[2], m, m)
	v.v("VFMADD213PD", e, m, p) // log₂ x
	if !v.avx512 {
		powSpecial(v, t[3], p, m, e)
	}
	v.v("VMULPD", v.shared[0], p, p)
	v.v(v.broadcast64(), v.f64(-200), e) // beyond the reach of float32, and within that of float64
	v.v("VMAXPD", p, e, p)
	v.v(v.broadcast64(), v.f64(200), e)
	v.v("VMINPD", p, e, p)
	v.v(map[bool]string{true: "VRNDSCALEPD", false: "VROUNDPD"}[v.avx512], U8(8), p, e)
	v.v("VSUBPD", e, p, p)
	c := 1.0
	for k := 1; k <= 8; k++ {
		c *= math.Ln2 / float64(k)
	}
	v.v(v.broadcast64(), v.f64(c), x)
	for k := 8; k >= 1; k-- {
		c *= float64(k) / math.Ln2
		v.v("VFMADD213PD", v.f64(c), p, x)
	}
	if v.avx512 {
		v.v("VSCALEFPD", e, x, x)
		return
	}
	v.v("VADDPD", v.f64(1<<52+1023), e, e)
	v.v("VPSLLQ", U8(52), e, e)
	v.v("VMULPD", e, x, x)
}

// powSpecial corrects log₂x where x is 0, ∞ or NaN.
func powSpecial(v vector, x, l, t, u reg.VecPhysical) {
	v.clear(t)
	v.v("VMULPD", x, t, u)
	v.v("VADDPD", u, l, l)
	v.v("VCMPPD", U8(cmpEQ), t, x, u)
	v.v(v.broadcast64(), v.f64(math.Inf(-1)), t)
	v.v("VBLENDVPD", u, t, l, l)
	v.v(v.broadcast64(), v.f64(math.Inf(1)), t)
	v.v("VCMPPD", U8(cmpEQ), t, x, u)
	v.v("VBLENDVPD", u, t, l, l)
}
