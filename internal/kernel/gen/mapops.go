package main

import (
	"math"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The registers that the code of operations and the loops around it agree on. Operations may use AX, SI, R8, R9 and all
// vector registers but the mask of AVX2.
var (
	ip    = reg.RBX // the instruction being executed
	frame = reg.RDI // the tables of operands
	lanes = reg.K1  // the lanes of a vector that exist

	lanesAVX2 = reg.Y15 // the same as a mask of words
)

// The offsets in an instruction (vmInstruction in map_amd64.go).
const (
	instrB, instrC   = 8, 9
	instrK0, instrK1 = 12, 16
	instrSize        = 24
)

// The signs of comparisons, quiet on NaN.
const (
	cmpEQ        = 0
	cmpNE        = 4
	cmpUnordered = 3
	cmpLT        = 17
	cmpLE        = 18
	cmpGT        = 30
	cmpNGE       = 25 // less, or NaN
	cmpNL        = 22 // greater, or NaN
)

// vector is what the code of an operation for one vector works with.
type vector struct {
	*set
	x, y, w reg.VecPhysical // the accumulator and the operands b and c
	t       []reg.VecPhysical
	shared  []reg.VecPhysical
	k       reg.OpmaskPhysical
}

// operation is one instruction of the virtual machine: code that changes the accumulators. Its order is that of the
// constants vmLoad, … in vm_amd64.go.
type operation struct {
	name     string
	operands int                 // in memory
	before   func(v vector)      // sets the shared registers
	body     func(v vector)      // changes v.x
	custom   func(s *set, w int) // in place of all
}

var operations = []operation{
	{name: "Load", operands: 1, body: func(v vector) { v.v("VMOVAPS", v.y, v.x) }},
	{name: "Keep", custom: func(s *set, w int) { store(s, w, false) }},
	{name: "Store", custom: func(s *set, w int) { store(s, w, true) }},
	{name: "End", custom: func(s *set, w int) {}},

	{name: "Neg", body: func(v vector) { v.v("VXORPS", v.u(1<<31), v.x, v.x) }},
	{name: "Scale", before: k0, body: func(v vector) { v.v("VMULPS", v.shared[0], v.x, v.x) }},
	{name: "Shift", before: k0, body: func(v vector) { v.v("VADDPS", v.shared[0], v.x, v.x) }},
	{name: "Exp", before: expTables, body: exp},
	{name: "Log", before: logTables, body: logarithm},
	{name: "Abs", body: func(v vector) { v.v("VANDPS", v.u(1<<31-1), v.x, v.x) }},
	{name: "Sign", before: func(v vector) {
		v.set1(v.f(1), v.shared[0])
		v.set1(v.f(-1), v.shared[1])
		v.clear(v.shared[2])
	}, body: func(v vector) {
		v.v("VMOVAPS", v.x, v.t[1])
		v.choose(cmpGT, v.x, v.shared[2], v.shared[0], v.t[1], v.t[1])
		v.choose(cmpLT, v.x, v.shared[2], v.shared[1], v.t[1], v.x)
	}},
	{name: "Sigmoid", before: expTables, body: sigmoid},
	{name: "Tanh", before: tanhTables, body: tanh},
	{name: "Relu", before: zero, body: func(v vector) { v.where(cmpNL, v.x, v.shared[0], v.x, v.x) }},
	{name: "Softplus", before: softplusTables, body: softplus},
	{name: "Huber", before: k0, body: func(v vector) {
		v.v("VANDPS", v.u(1<<31-1), v.x, v.x)
		v.v("VMULPS", v.f(0.5), v.shared[0], v.t[0]) // k0·(|a| − k0/2)
		v.v("VSUBPS", v.t[0], v.x, v.t[0])
		v.v("VMULPS", v.shared[0], v.t[0], v.t[0])
		v.v("VMULPS", v.x, v.x, v.t[1])
		v.v("VMULPS", v.f(0.5), v.t[1], v.t[1])
		v.choose(cmpLE, v.x, v.shared[0], v.t[1], v.t[0], v.x)
	}},
	{name: "Clamp", before: k01, body: func(v vector) { // the maximum of two operands is the last where one is NaN
		v.v("VMAXPS", v.x, v.shared[0], v.x)
		v.v("VMINPS", v.x, v.shared[1], v.x)
	}},
	{name: "Constant", body: func(v vector) { v.v("VBROADCASTSS", Mem{Base: ip, Disp: instrK0}, v.x) }},
	{name: "Square", body: func(v vector) { v.v("VMULPS", v.x, v.x, v.x) }},
	{name: "Cube", body: func(v vector) {
		v.v("VMULPS", v.x, v.x, v.t[0])
		v.v("VMULPS", v.t[0], v.x, v.x)
	}},
	{name: "Sqrt", before: func(v vector) { // as a power: of −0 it is 0 and of −∞ it is ∞
		v.set1(v.f(math.Inf(-1)), v.shared[0])
		v.set1(v.f(math.Inf(1)), v.shared[1])
		v.clear(v.shared[2])
	}, body: func(v vector) {
		v.v("VSQRTPS", v.x, v.t[0])
		v.v("VADDPS", v.shared[2], v.t[0], v.t[0])
		v.choose(cmpEQ, v.x, v.shared[0], v.shared[1], v.t[0], v.x)
	}},
	{name: "Reciprocal", body: func(v vector) {
		v.set1(v.f(1), v.t[0])
		v.v("VDIVPS", v.x, v.t[0], v.x)
	}},
	{name: "PowEven", before: powConstants, body: func(v vector) { pow(v, powEven) }},
	{name: "PowOdd", before: powConstants, body: func(v vector) { pow(v, powOdd) }},
	{name: "PowReal", before: powConstants, body: func(v vector) { pow(v, powReal) }},

	{name: "Add", operands: 1, body: func(v vector) { v.v("VADDPS", v.y, v.x, v.x) }},
	{name: "Sub", operands: 1, body: func(v vector) { v.v("VSUBPS", v.y, v.x, v.x) }},
	{name: "SubFrom", operands: 1, body: func(v vector) { v.v("VSUBPS", v.x, v.y, v.x) }},
	{name: "Mul", operands: 1, body: func(v vector) { v.v("VMULPS", v.y, v.x, v.x) }},
	{name: "Div", operands: 1, body: func(v vector) { v.v("VDIVPS", v.y, v.x, v.x) }},
	{name: "DivInto", operands: 1, body: func(v vector) { v.v("VDIVPS", v.x, v.y, v.x) }},
	{name: "Equal", operands: 1, before: one, body: func(v vector) { v.where(cmpEQ, v.x, v.y, v.shared[0], v.x) }},

	// The gradients, with the output y or the gradient dy in the accumulator.
	{name: "SigmoidGradY", operands: 1, body: func(v vector) { // dy·y − (dy·y)·y
		v.v("VMULPS", v.x, v.y, v.y)
		v.v("VFNMADD213PS", v.y, v.y, v.x)
	}},
	{name: "SigmoidGradDY", operands: 1, body: func(v vector) {
		v.v("VMULPS", v.y, v.x, v.x)
		v.v("VFNMADD213PS", v.x, v.x, v.y)
		v.v("VMOVAPS", v.y, v.x)
	}},
	{name: "TanhGradY", operands: 1, body: func(v vector) {
		v.v("VFNMADD213PS", v.f(1), v.x, v.x)
		v.v("VMULPS", v.y, v.x, v.x)
	}},
	{name: "TanhGradDY", operands: 1, body: func(v vector) {
		v.v("VFNMADD213PS", v.f(1), v.y, v.y)
		v.v("VMULPS", v.y, v.x, v.x)
	}},
	{name: "ReluGradY", operands: 1, before: zero, body: func(v vector) { v.where(cmpGT, v.x, v.shared[0], v.y, v.x) }},
	{name: "ReluGradDY", operands: 1, before: zero, body: func(v vector) { v.where(cmpGT, v.y, v.shared[0], v.x, v.x) }},

	// Select with its first, second or third operand in the accumulator, and the others in memory in their order.
	{name: "SelectA", operands: 2, before: zero, body: func(v vector) { v.choose(cmpNE, v.x, v.shared[0], v.y, v.w, v.x) }},
	{name: "SelectB", operands: 2, before: zero, body: func(v vector) { v.choose(cmpNE, v.y, v.shared[0], v.x, v.w, v.x) }},
	{name: "SelectC", operands: 2, before: zero, body: func(v vector) { v.choose(cmpNE, v.y, v.shared[0], v.w, v.x, v.x) }},

	// A product and a sum or difference in one, which rounds once: x·b + c, b·c + x, x·b − c, c − x·b, x − b·c, b·c − x.
	{name: "MulAdd", operands: 2, body: func(v vector) { v.v("VFMADD213PS", v.w, v.y, v.x) }},
	{name: "AddMul", operands: 2, body: func(v vector) { v.v("VFMADD231PS", v.w, v.y, v.x) }},
	{name: "MulSub", operands: 2, body: func(v vector) { v.v("VFMSUB213PS", v.w, v.y, v.x) }},
	{name: "SubFromMul", operands: 2, body: func(v vector) { v.v("VFNMADD213PS", v.w, v.y, v.x) }},
	{name: "SubMul", operands: 2, body: func(v vector) { v.v("VFNMADD231PS", v.w, v.y, v.x) }},
	{name: "MulLess", operands: 2, body: func(v vector) { v.v("VFMSUB231PS", v.w, v.y, v.x) }},
}

// before functions.
func k0(v vector)   { v.v("VBROADCASTSS", Mem{Base: ip, Disp: instrK0}, v.shared[0]) }
func zero(v vector) { v.clear(v.shared[0]) }
func one(v vector)  { v.set1(v.f(1), v.shared[0]) }
func k01(v vector) {
	k0(v)
	v.v("VBROADCASTSS", Mem{Base: ip, Disp: instrK1}, v.shared[1])
}

// choose sets d to yes in the lanes where a and b compare as told, and to no in the others.
func (v vector) choose(cmp int, a, b, yes, no, d reg.VecPhysical) {
	if v.avx512 {
		v.v("VCMPPS", U8(cmp), b, a, v.k)
		v.v("VBLENDMPS", yes, no, v.k, d)
		return
	}
	t := v.t[len(v.t)-1]
	v.v("VCMPPS", U8(cmp), b, a, t)
	v.v("VBLENDVPS", t, yes, no, d)
}

// where sets d to yes in the lanes where a and b compare as told, and to zero in the others.
func (v vector) where(cmp int, a, b, yes, d reg.VecPhysical) {
	if v.avx512 {
		v.v("VCMPPS", U8(cmp), b, a, v.k)
		v.vz("VMOVAPS", yes, v.k, d)
		return
	}
	t := v.t[len(v.t)-1]
	v.v("VCMPPS", U8(cmp), b, a, t)
	v.v("VANDPS", yes, t, d)
}

// address loads the address of an operand into SI and returns where its vectors are.
func address(s *set, w, operand int) []Mem {
	s.v("MOVBLZX", Mem{Base: ip, Disp: operand}, reg.EAX)
	s.v("MOVQ", Mem{Base: frame, Index: reg.RAX, Scale: 8, Disp: framePointer}, reg.RSI)
	if w == 1 {
		return []Mem{{Base: reg.RSI}}
	}
	s.v("MOVQ", Mem{Base: frame, Index: reg.RAX, Scale: 8, Disp: frameStep}, reg.R8)
	s.v("LEAQ", Mem{Base: reg.RSI, Index: reg.R8, Scale: 1}, reg.R9)
	return []Mem{{Base: reg.RSI}, {Base: reg.RSI, Index: reg.R8, Scale: 1}, {Base: reg.RSI, Index: reg.R8, Scale: 2}, {Base: reg.R9, Index: reg.R8, Scale: 2}}
}

// next goes on with the following instruction.
func next(s *set) {
	s.v("ADDQ", Imm(instrSize), ip)
	jump(s, Mem{Base: ip})
}

// store writes the accumulators to an operand: to an intermediate value whole, since a store under a mask is slow to
// read back (12 cycles more on Zen 4), to others the lanes that exist.
func store(s *set, w int, masked bool) {
	to := address(s, w, instrB)
	if masked && !s.avx512 { // all lanes without a mask: a store under one takes 12 times as long
		some := s.label("some")
		s.v("CMPQ", Mem{Base: frame, Disp: frameAll}, Imm(0))
		JE(LabelRef(some))
		for i, m := range to {
			s.v("VMOVUPS", s.z(i), m)
		}
		next(s)
		Label(some)
	}
	for i, m := range to {
		if masked {
			s.maskedStore(s.z(i), m)
		} else {
			s.v("VMOVUPS", s.z(i), m)
		}
	}
	next(s)
}

// write writes the function of an operation on w vectors.
func (o operation) write(s *set, w int) {
	TEXT(o.symbol(s, w), attr.NOSPLIT, "func()")
	Pragma("noescape")
	if o.name == "End" {
		s.v("RET")
		return
	}
	if o.custom != nil {
		o.custom(s, w)
		return
	}
	free := 16 // vector registers
	if s.avx512 {
		free = 32
	} else {
		free-- // the mask
	}
	v := vector{set: s}
	for i := range 4 {
		v.shared = append(v.shared, s.z(free-1-i))
	}
	for i := range o.operands {
		for j, m := range address(s, w, instrB+i) {
			s.maskedLoad(m, s.z(4*(i+1)+j))
		}
	}
	if o.before != nil {
		o.before(v)
	}
	first := 4 * (o.operands + 1)
	each, constants, shared := o.needs(v)
	if !s.avx512 {
		each = free - shared - first
	}
	if w > 1 && s.avx512 { // constants that each vector needs go to the registers that are left
		s.held = map[Op]reg.VecPhysical{}
		for _, c := range constants {
			if r := first + w*each + len(s.held); r < free-shared {
				load, from := "VMOVUPS", c
				if c, ok := c.(constant); ok {
					load, from = map[bool]string{false: "VBROADCASTSS", true: "VBROADCASTSD"}[c.wide], c.mem()
				}
				Instruction(&ir.Instruction{Opcode: load, Operands: []Op{from, s.z(r)}})
				s.held[c] = s.z(r)
			}
		}
	}
	body := func(i int) {
		v.x, v.y, v.w = s.z(i), s.z(4+i), s.z(8+i)
		v.k = []reg.OpmaskPhysical{reg.K2, reg.K3, reg.K4, reg.K5}[i]
		v.t = nil
		for r := range each {
			if s.avx512 { // AVX2 takes vectors one after another, with the same registers
				r += each * i
			}
			v.t = append(v.t, s.z(first+r))
		}
		o.body(v)
	}
	if s.avx512 {
		s.interleave(w, body)
	} else {
		for i := range w {
			body(i)
		}
	}
	s.held = nil
	next(s)
}

// needs returns how many registers the code of an operation uses for each vector besides the accumulator and the
// operands, the constants and parts of tables that it reads, and how many shared registers.
func (o operation) needs(v vector) (each int, constants []Op, shared int) {
	var list []*ir.Instruction
	s := v.set
	s.capture = &list
	var reads []Op
	s.reads = &reads
	v.x, v.y, v.w, v.k = s.z(0), s.z(4), s.z(8), reg.K2
	first := 4 * (o.operands + 1)
	for r := first; r < first+8; r++ {
		v.t = append(v.t, s.z(r))
	}
	o.body(v)
	s.capture, s.reads = nil, nil
	uses := map[reg.ID]bool{}
	for _, in := range list {
		for _, op := range in.Operands {
			if r, ok := op.(reg.VecPhysical); ok {
				uses[r.ID()] = true
			}
		}
	}
	id := func(r reg.VecPhysical) bool {
		return uses[r.ID()] || uses[s.half(r).ID()]
	}
	for i, r := range v.t {
		if id(r) {
			each = i + 1
		}
	}
	for i, r := range v.shared {
		if id(r) {
			shared = i + 1
		}
	}
	for _, c := range reads {
		if !slices.Contains(constants, c) {
			constants = append(constants, c)
		}
	}
	return each, constants, shared
}

// symbol names the function of an operation on w vectors.
func (o operation) symbol(s *set, w int) string {
	return map[int]string{1: "one", 4: "four"}[w] + o.name + s.name
}
