package main

import (
	"math"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Loops over the elements of adjacent rows: AX is the offset of the first vector, CX what is left, DX is overwritten.

// loop runs body over n elements, for unroll vectors at a time as far as they go, then for single ones, and for the lanes
// that are left at last. In body, s.at says where vector i stands from a base register, and load and store see to the
// lanes.
func (s *set) loop(n Op, unroll int, body func(w int)) {
	name := s.label("loop")
	s.v("XORL", reg.EAX, reg.EAX)
	s.v("MOVQ", n, reg.RCX)
	for _, w := range slices.Compact([]int{unroll, 1}) {
		step, again, out := w*s.lanes, s.label(name+"again"), s.label(name+"out")
		s.v("SUBQ", I32(int32(step)), reg.RCX)
		JLT(LabelRef(out))
		Label(again)
		body(w)
		s.v("ADDQ", I32(int32(4*step)), reg.RAX)
		s.v("SUBQ", I32(int32(step)), reg.RCX)
		JGE(LabelRef(again))
		Label(out)
		s.v("ADDQ", I32(int32(step)), reg.RCX)
	}
	end := s.label(name + "end")
	JE(LabelRef(end))
	s.firstLanes(reg.RCX, reg.RDX)
	s.tail = true
	body(1)
	s.tail = false
	Label(end)
}

// at is the address of vector i of a row.
func (s *set) at(base reg.GPPhysical, i int) Mem {
	return Mem{Base: base, Index: reg.RAX, Scale: 1, Disp: i * s.bytes()}
}

// load and store move a vector in a loop; the lanes beyond the end are zero.
func (s *set) load(m Mem, d reg.VecPhysical) {
	if s.tail {
		s.maskedLoad(m, d)
	} else {
		s.v("VMOVUPS", m, d)
	}
}

func (s *set) store(x reg.VecPhysical, m Mem) {
	if s.tail {
		s.maskedStore(x, m)
	} else {
		s.v("VMOVUPS", x, m)
	}
}

// keep sets d to x in the lanes before the end, and to zero in those beyond it.
func (s *set) keep(x, d reg.VecPhysical) {
	switch {
	case !s.tail:
		if x != d {
			s.v("VMOVAPS", x, d)
		}
	case s.avx512:
		s.vz("VMOVAPS", x, lanes, d)
	default:
		s.v("VANDPS", x, lanesAVX2, d)
	}
}

// orElse sets x in the lanes beyond the end to what other holds.
func (s *set) orElse(other, x reg.VecPhysical) {
	switch {
	case !s.tail:
	case s.avx512:
		s.v("VBLENDMPS", x, other, lanes, x)
	default:
		s.v("VBLENDVPS", lanesAVX2, x, other, x)
	}
}

// all combines the lanes of x by an instruction, and sets each lane to the result; t is overwritten. The instruction is
// one for float32, or for float64 if wide.
func (s *set) all(opcode string, wide bool, x, t reg.VecPhysical) {
	if s.avx512 {
		s.v("VSHUFF64X2", U8(0x4e), x, x, t)
		s.v(opcode, x, t, x)
		s.v("VSHUFF64X2", U8(0xb1), x, x, t)
	} else {
		s.v("VPERM2F128", U8(0x01), x, x, t)
	}
	s.v(opcode, x, t, x)
	if wide {
		s.v("VPERMILPD", U8(0x55), x, t)
		s.v(opcode, x, t, x)
		return
	}
	s.v("VPERMILPS", U8(0x4e), x, t)
	s.v(opcode, x, t, x)
	s.v("VPERMILPS", U8(0xb1), x, t)
	s.v(opcode, x, t, x)
}

// together adds registers from the second on to the first, by halves.
func (s *set) together(opcode string, x ...reg.VecPhysical) {
	for len(x) > 1 {
		half := len(x) / 2
		for i := range half {
			s.v(opcode, x[half+i], x[i], x[i])
		}
		x = x[:half]
	}
}

// add64 adds the lanes of x to two registers of float64; t is overwritten.
func (s *set) add64(x, lo, hi, t reg.VecPhysical) {
	s.v("VCVTPS2PD", s.half(x), t)
	s.v("VADDPD", t, lo, lo)
	s.v(s.extract(), U8(1), x, s.half(t))
	s.v("VCVTPS2PD", s.half(t), t)
	s.v("VADDPD", t, hi, hi)
}

// function begins a function whose parameters are loaded: pointers and integers into the given registers in order.
func (s *set) function(name, signature, doc string, params ...reg.GPPhysical) {
	TEXT(name+s.name, attr.NOSPLIT, signature)
	Doc(name + s.name + " " + doc)
	Pragma("noescape")
	for i, r := range params {
		if r != nil {
			Load(ParamIndex(i), r)
		}
	}
}

// ret ends a function.
func (s *set) ret() {
	s.v("VZEROUPPER")
	s.v("RET")
}

// rows runs body for each of m rows, then moves pointers on by strides, in elements; all are registers.
func (s *set) rows(m reg.GPPhysical, pointers, strides []reg.GPPhysical, body func()) {
	for _, r := range strides {
		s.v("SHLQ", Imm(2), r)
	}
	again := s.label("row")
	Label(again)
	body()
	for i, p := range pointers {
		s.v("ADDQ", strides[i], p)
	}
	s.v("DECQ", m)
	JNE(LabelRef(again))
}

// infinity is −∞.
var infinity = math.Inf(-1)
