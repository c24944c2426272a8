package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// set is the instruction set that functions are written for: AVX-512 with registers of 16 float32, or AVX2 with FMA and
// registers of 8.
type set struct {
	avx512 bool
	name   string // suffix of all symbols
	lanes  int

	constants map[constant]int // offset of a constant in the pool
	order     []constant
	size      int // of the pool
	labels    int
	tail      bool                   // whether load and store move some lanes only
	laneMasks Mem                    // for AVX2: as many words of ones as a register holds, then as many zeros
	capture   *[]*ir.Instruction     // where v puts instructions, if not into the function
	reads     *[]Op                  // where v notes constants and parts of tables, if not nil
	held      map[Op]reg.VecPhysical // constants and parts of tables that stand in registers
}

func newSet(avx512 bool) *set {
	s := &set{avx512: avx512, name: "AVX2", lanes: 8, constants: map[constant]int{}}
	if avx512 {
		s.name, s.lanes = "AVX512", 16
		return s
	}
	masks := make([]uint32, 2*s.lanes)
	for i := range s.lanes {
		masks[i] = 1<<32 - 1
	}
	s.laneMasks = table("laneMasks"+s.name, masks)
	return s
}

func (s *set) bytes() int { return 4 * s.lanes }

// z returns vector register i in the set's width.
func (s *set) z(i int) reg.VecPhysical {
	r := []reg.VecPhysical{reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}[i]
	if s.avx512 {
		return r
	}
	return r.AsY().(reg.VecPhysical)
}

// half returns the lower half of a register.
func (s *set) half(d reg.VecPhysical) reg.VecPhysical {
	if s.avx512 {
		return d.AsY().(reg.VecPhysical)
	}
	return d.AsX().(reg.VecPhysical)
}

// constant is an operand: a constant of 4 or 8 bytes in every lane.
type constant struct {
	s    *set
	wide bool
	bits uint64
}

// f, u and f64 make constant operands; only the first operand of an instruction may be one, but for an immediate.
func (s *set) f(x float64) constant   { return s.u(math.Float32bits(float32(x))) }
func (s *set) u(x uint32) constant    { return constant{s, false, uint64(x)} }
func (s *set) f64(x float64) constant { return s.u64(math.Float64bits(x)) }
func (s *set) u64(x uint64) constant  { return constant{s, true, x} }

// Asm implements Op.
func (c constant) Asm() string { return c.mem().Asm() }

// mem returns where a constant is. AVX-512 repeats one element of the pool; AVX2 reads as many as a register holds.
func (c constant) mem() Mem {
	s := c.s
	at, ok := s.constants[c]
	if !ok {
		at = (s.size + 7) &^ 7
		s.constants[c] = at
		s.order = append(s.order, c)
		switch {
		case !s.avx512:
			s.size = at + s.bytes()
		case c.wide:
			s.size = at + 8
		default:
			s.size = at + 4
		}
	}
	return NewDataAddr(NewStaticSymbol(s.pool()), at)
}

func (s *set) pool() string { return "constants" + s.name }

// writePool writes the constants that were used.
func (s *set) writePool() {
	GLOBL(s.pool(), attr.RODATA|attr.NOPTR)
	for _, c := range s.order {
		size, repeat := 4, 1
		if c.wide {
			size = 8
		}
		if !s.avx512 {
			repeat = s.bytes() / size
		}
		for j := range repeat {
			if c.wide {
				DATA(s.constants[c]+j*size, U64(c.bits))
			} else {
				DATA(s.constants[c]+j*size, U32(c.bits))
			}
		}
	}
}

// table writes a table of words and returns its address.
func table(name string, words []uint32) Mem {
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i, w := range words {
		DATA(4*i, U32(w))
	}
	return m
}

// v emits an instruction by its name in Go's assembly, the destination last.
func (s *set) v(opcode string, operands ...Op) {
	in := &ir.Instruction{Opcode: opcode, Operands: operands, IsTerminal: opcode == "RET"}
	for i, o := range operands {
		if r, ok := s.held[o]; ok {
			operands[i] = r
			if opcode == "VBROADCASTSS" || opcode == "VBROADCASTSD" {
				in.Opcode = "VMOVAPS"
			}
			continue
		}
		if m, ok := o.(Mem); ok && s.reads != nil && m.Base == reg.StaticBase {
			*s.reads = append(*s.reads, o)
		}
		c, ok := o.(constant)
		if !ok {
			continue
		}
		if s.reads != nil {
			*s.reads = append(*s.reads, o)
		}
		if i > 1 || i == 1 && opcode != "VCMPPS" && opcode[:6] != "VPTERN" {
			panic(opcode + ": constant in the wrong place")
		}
		operands[i] = c.mem()
		if s.avx512 && opcode != "VBROADCASTSS" && opcode != "VBROADCASTSD" {
			in.Suffixes = append(in.Suffixes, "BCST")
		}
	}
	s.emit(in)
}

func (s *set) emit(in *ir.Instruction) {
	if s.capture != nil {
		*s.capture = append(*s.capture, in)
		return
	}
	Instruction(in)
}

// interleave emits what body writes for i = 0 … n−1, one instruction of each in turn, so that independent chains of
// dependent instructions stand side by side.
func (s *set) interleave(n int, body func(i int)) {
	lists := make([][]*ir.Instruction, n)
	for i := range n {
		s.capture = &lists[i]
		body(i)
	}
	s.capture = nil
	for at := range lists[0] {
		for i := range n {
			Instruction(lists[i][at])
		}
	}
}

// vz emits an instruction with a mask that zeroes the lanes outside it.
func (s *set) vz(opcode string, operands ...Op) {
	s.emit(&ir.Instruction{Opcode: opcode, Suffixes: []string{"Z"}, Operands: operands})
}

// set1 sets all lanes of a register to a constant.
func (s *set) set1(c constant, d Op) {
	if s.avx512 {
		s.v("VBROADCASTSS", c, d)
	} else {
		s.v("VMOVUPS", c, d)
	}
}

// broadcast64 is the instruction that sets a register to a float64 constant.
func (s *set) broadcast64() string {
	if s.avx512 {
		return "VBROADCASTSD"
	}
	return "VMOVUPD"
}

// clear sets a register to zero.
func (s *set) clear(d reg.VecPhysical) {
	if s.avx512 {
		s.v("VPXORD", d, d, d)
	} else {
		s.v("VXORPS", d, d, d)
	}
}

// extract and insert are the instructions that move the upper half of a register.
func (s *set) extract() string {
	if s.avx512 {
		return "VEXTRACTF64X4"
	}
	return "VEXTRACTF128"
}

func (s *set) insert() string {
	if s.avx512 {
		return "VINSERTF64X4"
	}
	return "VINSERTF128"
}

// narrow is the instruction that rounds float64 to float32.
func (s *set) narrow() string {
	if s.avx512 {
		return "VCVTPD2PS"
	}
	return "VCVTPD2PSY"
}

// maskedLoad and maskedStore move the lanes that exist; a load sets the others to zero.
func (s *set) maskedLoad(m Mem, d reg.VecPhysical) {
	if s.avx512 {
		s.vz("VMOVUPS", m, lanes, d)
	} else {
		s.v("VMASKMOVPS", m, lanesAVX2, d)
	}
}

func (s *set) maskedStore(x reg.VecPhysical, m Mem) {
	if s.avx512 {
		s.v("VMOVUPS", x, lanes, m)
	} else {
		s.v("VMASKMOVPS", x, lanesAVX2, m)
	}
}

// label returns a label of its own; the argument says what is there.
func (s *set) label(name string) string {
	s.labels++
	return fmt.Sprintf("%s%d", name, s.labels)
}

// code is the address of a function as an operand.
func code(name string) Mem { return NewDataAddr(Symbol{Name: "·" + name}, 0) }

// movePointers is the instruction that moves a vector of pointers, and quad the suffix of logic on them.
func (s *set) movePointers() string {
	if s.avx512 {
		return "VMOVDQU64"
	}
	return "VMOVDQU"
}

func (s *set) quad() string {
	if s.avx512 {
		return "Q"
	}
	return ""
}

// broadcastPointer sets the 64-bit lanes of d to x.
func (s *set) broadcastPointer(x reg.GPPhysical, d reg.VecPhysical) {
	if s.avx512 {
		s.v("VPBROADCASTQ", x, d)
		return
	}
	s.v("VMOVQ", x, d.AsX())
	s.v("VPBROADCASTQ", d.AsX(), d)
}

// allLanes lets all lanes exist, and firstLanes the first n; t is overwritten.
func (s *set) allLanes() {
	if s.avx512 {
		s.v("KXNORW", reg.K1, reg.K1, reg.K1)
	} else {
		s.v("VPCMPEQD", lanesAVX2, lanesAVX2, lanesAVX2)
	}
}

func (s *set) firstLanes(n, t reg.GPPhysical) {
	some, done := s.label("some"), s.label("lanes")
	s.v("CMPQ", n, Imm(uint64(s.lanes)))
	JLT(LabelRef(some))
	s.allLanes()
	JMP(LabelRef(done))
	Label(some)
	if s.avx512 {
		s.v("MOVL", I32(-1), t.As32())
		s.v("BZHIL", n.As32(), t.As32(), t.As32())
		s.v("KMOVW", t.As32(), reg.K1)
	} else {
		s.v("LEAQ", s.laneMasks, t)
		s.v("SHLQ", Imm(2), n)
		s.v("SUBQ", n, t)
		s.v("SHRQ", Imm(2), n)
		s.v("VMOVDQU", Mem{Base: t, Disp: s.bytes()}, lanesAVX2)
	}
	Label(done)
}

// jump jumps to an address.
func jump(s *set, m Mem) {
	Instruction(&ir.Instruction{Opcode: "JMP", Operands: []Op{m}, IsTerminal: true})
}
