package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func mapAVX512() { mapKernels(newSet(true)) }
func mapAVX2()   { mapKernels(newSet(false)) }

var tableExp2, tableExp2Lo, tableLogC, tableLogT, tableLog1pC, tableLog1pT Mem

// mapKernels writes the virtual machine that runs elementwise functions: the code of each operation and the loops
// around it.
func mapKernels(s *set) {
	if s.avx512 {
		hi, lo := exp2Table()
		tableExp2, tableExp2Lo = table("exp2"+s.name, hi), table("exp2Lo"+s.name, lo)
		c, t := logTable(logInterval)
		tableLogC, tableLogT = table("logC"+s.name, c), table("logT"+s.name, t)
		c, t = logTable(softplusInterval)
		tableLog1pC, tableLog1pT = table("log1pC"+s.name, c), table("log1pT"+s.name, t)
	}
	vmRun(s)
	vmRow(s)
	for _, o := range operations {
		o.write(s, 1)
		o.write(s, 4)
	}
	vmCodes(s)
	s.writePool()
}

// vmCodes writes the function that tells the addresses of the operations' code.
func vmCodes(s *set) {
	TEXT("vmCodes"+s.name, attr.NOSPLIT, "func(codes *[2]uintptr)")
	Doc("vmCodes" + s.name + " sets the addresses of the operations' code for one and for four vectors.")
	Pragma("noescape")
	s.v("MOVQ", NewParamAddr("codes", 0), reg.RDI)
	for i, o := range operations {
		for j, w := range []int{1, 4} {
			s.v("LEAQ", code(o.symbol(s, w)), reg.RAX)
			s.v("MOVQ", reg.RAX, Mem{Base: reg.RDI, Disp: 16*i + 8*j})
		}
	}
	s.v("RET")
}

// The frame of vmRun: tables with an element for each operand, then for each intermediate value, and the blocks of four
// vectors for intermediate values and for operands that repeat one element along a row.
const (
	maxOperands  = 32 // MaxFusedOperands
	maxSlots     = 64 // MaxFusedSlots, and a repeated operand's each
	frameAll     = -8 // for AVX2: whether all lanes exist
	framePointer = 0
	frameStep    = framePointer + 8*(maxOperands+maxSlots)
	frameBase    = frameStep + 8*(maxOperands+maxSlots) // of the row or column of vectors
	frameRow     = frameBase + 8*maxOperands            // bytes from one row to the next
	frameMoves   = frameRow + 8*maxOperands             // −1 where the operand has an element for each column, else 0
	frameStart   = frameMoves + 8*maxOperands           // of the operand
	frameRepeat  = frameStart + 8*maxOperands           // for each operand that repeats: where, bytes to the next row, block, start
	repeatSize   = 32
	frameBlocks  = frameRepeat + repeatSize*maxOperands
)

// Results of vmRun.
const (
	vmDone        = 0
	vmStrides     = 1 // a column stride other than 0 and 1
	vmOutOfBounds = 2
)

// vmRun writes the loops around the operations.
//
// Rows are taken in blocks of four adjacent vectors as far as they go. What is left of the rows is taken a column of
// vectors at a time, in blocks of four rows: so rows of any length fill the blocks if there are rows enough, and all
// vectors of such a block have the same mask.
func vmRun(s *set) {
	vector := s.bytes()
	block := 4 * vector
	frameSize := -frameAll + frameBlocks + maxSlots*block
	at := func(disp int, index ...reg.Register) Mem {
		m := Mem{Base: frame, Disp: disp}
		if len(index) > 0 {
			m.Index, m.Scale = index[0], 8
		}
		return m
	}

	run := func(program Mem) {
		s.v("MOVQ", program, ip)
		s.v("CALL", Mem{Base: ip})
	}

	TEXT("vmRun"+s.name, 0, "func(one, four *byte, slots, m, n int, operands *byte, count int) int")
	Doc("vmRun"+s.name+" runs a program over m rows of n elements: one and four are its instructions for blocks of one and of four",
		"vectors, slots the number of intermediate values. It returns vmDone, or without effect why it did not run.")
	Pragma("noescape")
	one, four := NewParamAddr("one", 0), NewParamAddr("four", 8)
	slots, m, n := NewParamAddr("slots", 16), NewParamAddr("m", 24), NewParamAddr("n", 32)
	operands, count := NewParamAddr("operands", 40), NewParamAddr("count", 48)
	result := NewParamAddr("ret", 56)
	local := AllocLocal(frameSize + 64)
	s.v("LEAQ", local.Offset(-frameAll+63), frame)
	s.v("ANDQ", I32(-64), frame)

	s.v("MOVQ", m, reg.R8)
	s.v("MOVQ", n, reg.R9)
	s.v("TESTQ", reg.R8, reg.R8)
	JLE(LabelRef("done"))
	s.v("TESTQ", reg.R9, reg.R9)
	JLE(LabelRef("done"))

	s.v("CMPQ", reg.R8, Imm(1))
	JNE(LabelRef("general"))
	s.v("CMPQ", reg.R9, Imm(uint64(4*s.lanes)))
	JGE(LabelRef("general"))

	Comment("Less than a block: a vector at a time, with as little around it as can be. R12 is where an operand that repeats stands.")
	Label("short")
	s.v("LEAQ", Mem{Base: reg.R9, Disp: -1}, reg.R8)
	s.v("MOVQ", slots, reg.RCX)
	s.v("LEAQ", at(frameBlocks), reg.R12)
	s.v("XORL", reg.EAX, reg.EAX)
	JMP(LabelRef("shortSlots"))
	Label("shortSlot")
	s.v("MOVQ", reg.R12, at(framePointer+8*maxOperands, reg.RAX))
	s.v("ADDQ", Imm(uint64(vector)), reg.R12)
	s.v("INCQ", reg.RAX)
	Label("shortSlots")
	s.v("CMPQ", reg.RAX, reg.RCX)
	JLT(LabelRef("shortSlot"))
	s.v("MOVQ", operands, reg.RSI)
	s.v("MOVQ", count, reg.RDX)
	s.v("XORL", reg.ECX, reg.ECX)
	Label("shortOperand")
	s.v("MOVQ", Mem{Base: reg.RSI, Disp: 32}, reg.RAX) // column stride
	s.v("MOVQ", Mem{Base: reg.RSI}, reg.R11)
	s.v("CMPQ", reg.RAX, Imm(1))
	JNE(LabelRef("shortRepeat"))
	s.v("CMPQ", reg.R8, Mem{Base: reg.RSI, Disp: 8})
	JCC(LabelRef("bounds"))
	Label("shortNext")
	s.v("MOVQ", reg.R11, at(framePointer, reg.RCX))
	s.v("ADDQ", Imm(40), reg.RSI)
	s.v("INCQ", reg.RCX)
	s.v("CMPQ", reg.RCX, reg.RDX)
	JLT(LabelRef("shortOperand"))
	s.v("MOVQ", reg.R9, reg.RDX)
	Label("shortVector")
	s.v("MOVQ", reg.RDX, reg.RCX)
	s.firstLanes(reg.RCX, reg.RAX)
	setAll(s, reg.RCX)
	run(one)
	s.v("SUBQ", Imm(uint64(s.lanes)), reg.RDX)
	JLE(LabelRef("done"))
	s.v("MOVQ", operands, reg.RSI)
	s.v("XORL", reg.ECX, reg.ECX)
	Label("shortMove")
	s.v("MOVQ", Mem{Base: reg.RSI, Disp: 32}, reg.RAX)
	s.v("SHLQ", Imm(uint64(bits.TrailingZeros(uint(vector)))), reg.RAX)
	s.v("ADDQ", reg.RAX, at(framePointer, reg.RCX))
	s.v("ADDQ", Imm(40), reg.RSI)
	s.v("INCQ", reg.RCX)
	s.v("CMPQ", reg.RCX, count)
	JLT(LabelRef("shortMove"))
	JMP(LabelRef("shortVector"))
	Label("shortRepeat")
	s.v("TESTQ", reg.RAX, reg.RAX)
	JNE(LabelRef("strides"))
	s.v("CMPQ", Mem{Base: reg.RSI, Disp: 8}, Imm(0))
	JE(LabelRef("bounds"))
	s.v("VBROADCASTSS", Mem{Base: reg.R11}, s.z(0))
	s.v("VMOVUPS", s.z(0), Mem{Base: reg.R12})
	s.v("MOVQ", reg.R12, reg.R11)
	s.v("ADDQ", Imm(uint64(vector)), reg.R12)
	JMP(LabelRef("shortNext"))

	Label("general")
	Comment("The operands: BX is zero as long as each row begins where the one before it ends, DX counts those that repeat.")
	s.v("DECQ", reg.R8)
	s.v("DECQ", reg.R9)
	s.v("MOVQ", operands, reg.RSI)
	s.v("XORL", reg.EBX, reg.EBX)
	s.v("XORL", reg.ECX, reg.ECX)
	s.v("XORL", reg.EDX, reg.EDX)
	Label("operand")
	s.v("MOVQ", Mem{Base: reg.RSI, Disp: 32}, reg.RAX) // column stride
	s.v("CMPQ", reg.RAX, Imm(1))
	JHI(LabelRef("strides"))
	s.v("MOVQ", Mem{Base: reg.RSI, Disp: 24}, reg.R10) // row stride
	s.v("MOVQ", reg.R10, reg.R12)
	s.v("SUBQ", reg.RAX, reg.R12)
	s.v("NEGQ", reg.RAX)
	s.v("MOVQ", reg.RAX, at(frameMoves, reg.RCX))
	s.v("MOVQ", reg.R10, reg.R11)
	s.v("IMULQ", reg.R8, reg.R11)
	s.v("MOVQ", reg.R9, reg.R13)
	s.v("ANDQ", reg.RAX, reg.R13)
	s.v("ADDQ", reg.R13, reg.R11) // index of the last element
	s.v("CMPQ", reg.R11, Mem{Base: reg.RSI, Disp: 8})
	JCC(LabelRef("bounds"))
	s.v("SUBQ", reg.R13, reg.R12) // row stride − elements of a row
	s.v("ORQ", reg.R12, reg.RBX)
	s.v("SHLQ", Imm(2), reg.R10)
	s.v("MOVQ", reg.R10, at(frameRow, reg.RCX))
	s.v("MOVQ", Mem{Base: reg.RSI}, reg.R11)
	s.v("MOVQ", reg.R11, at(frameStart, reg.RCX))
	s.v("TESTQ", reg.RAX, reg.RAX)
	JNE(LabelRef("moves"))
	s.v("MOVQ", reg.RDX, reg.RAX)
	s.v("SHLQ", Imm(5), reg.RAX)
	s.v("MOVQ", reg.RCX, Mem{Base: frame, Index: reg.RAX, Scale: 1, Disp: frameRepeat + 16})
	s.v("MOVQ", reg.R10, Mem{Base: frame, Index: reg.RAX, Scale: 1, Disp: frameRepeat + 8})
	s.v("MOVQ", reg.R11, Mem{Base: frame, Index: reg.RAX, Scale: 1, Disp: frameRepeat + 24})
	s.v("INCQ", reg.RDX)
	Label("moves")
	s.v("ADDQ", Imm(40), reg.RSI)
	s.v("INCQ", reg.RCX)
	s.v("CMPQ", reg.RCX, count)
	JLT(LabelRef("operand"))

	Comment("The blocks of intermediate values.")
	s.v("MOVQ", slots, reg.RCX)
	s.v("LEAQ", at(frameBlocks), reg.RSI)
	s.v("XORL", reg.EAX, reg.EAX)
	s.v("TESTQ", reg.RCX, reg.RCX)
	JE(LabelRef("slotsDone"))
	Label("slot")
	s.v("MOVQ", reg.RSI, at(framePointer+8*maxOperands, reg.RAX))
	s.v("MOVQ", Imm(uint64(vector)), at(frameStep+8*maxOperands, reg.RAX))
	s.v("ADDQ", I32(int32(block)), reg.RSI)
	s.v("INCQ", reg.RAX)
	s.v("CMPQ", reg.RAX, reg.RCX)
	JLT(LabelRef("slot"))
	Label("slotsDone")

	Comment("An operand that repeats stands in a block from here on; R13 is where the list of them ends.")
	s.v("LEAQ", at(frameRepeat), reg.R12)
	s.v("SHLQ", Imm(5), reg.RDX)
	s.v("LEAQ", Mem{Base: reg.R12, Index: reg.RDX, Scale: 1}, reg.R13)
	s.v("CMPQ", reg.R12, reg.R13)
	JE(LabelRef("repeatDone"))
	Label("repeat")
	s.v("MOVQ", Mem{Base: reg.R12, Disp: 16}, reg.RCX)
	s.v("MOVQ", reg.RSI, Mem{Base: reg.R12, Disp: 16})
	s.v("MOVQ", reg.RSI, at(frameStart, reg.RCX))
	s.v("MOVQ", Imm(0), at(frameRow, reg.RCX))
	s.v("ADDQ", I32(int32(block)), reg.RSI)
	s.v("ADDQ", Imm(repeatSize), reg.R12)
	s.v("CMPQ", reg.R12, reg.R13)
	JLT(LabelRef("repeat"))
	Label("repeatDone")

	Comment("Rows that touch each other are one. n counts bytes from here on.")
	s.v("MOVQ", m, reg.R8)
	s.v("MOVQ", n, reg.R9)
	s.v("TESTQ", reg.RBX, reg.RBX)
	JNE(LabelRef("apart"))
	s.v("IMULQ", reg.R8, reg.R9)
	s.v("MOVQ", Imm(1), reg.R8)
	s.v("CMPQ", reg.R9, Imm(uint64(4*s.lanes)))
	JLT(LabelRef("short"))
	Label("apart")
	s.v("MOVQ", reg.R8, m)
	s.v("SHLQ", Imm(2), reg.R9)
	s.v("MOVQ", reg.R9, n)

	// groups runs body for each vector of pointers in the tables, at (frame)(AX*1).
	groups := func(body func(index Mem)) {
		loop := s.label("group")
		s.v("MOVQ", count, reg.RCX)
		s.v("SHLQ", Imm(3), reg.RCX)
		s.v("XORL", reg.EAX, reg.EAX)
		Label(loop)
		body(Mem{Base: frame, Index: reg.RAX, Scale: 1})
		s.v("ADDQ", Imm(uint64(vector)), reg.RAX)
		s.v("CMPQ", reg.RAX, reg.RCX)
		JLT(LabelRef(loop))
	}
	// fill puts the elements of w rows into the blocks of the operands that repeat, and goes on to the next rows.
	fill := func(w int, whole bool) {
		loop, end := s.label("fill"), s.label("filled")
		s.v("LEAQ", at(frameRepeat), reg.R12)
		s.v("CMPQ", reg.R12, reg.R13)
		JE(LabelRef(end))
		Label(loop)
		s.v("MOVQ", Mem{Base: reg.R12}, reg.RSI)
		s.v("MOVQ", Mem{Base: reg.R12, Disp: 8}, reg.RAX)
		s.v("MOVQ", Mem{Base: reg.R12, Disp: 16}, reg.RCX)
		for i := range w {
			s.v("VBROADCASTSS", Mem{Base: reg.RSI}, s.z(0))
			s.v("ADDQ", reg.RAX, reg.RSI)
			if whole {
				for j := range 4 {
					s.v("VMOVUPS", s.z(0), Mem{Base: reg.RCX, Disp: j * vector})
				}
			} else {
				s.v("VMOVUPS", s.z(0), Mem{Base: reg.RCX, Disp: i * vector})
			}
		}
		s.v("MOVQ", reg.RSI, Mem{Base: reg.R12})
		s.v("ADDQ", Imm(repeatSize), reg.R12)
		s.v("CMPQ", reg.R12, reg.R13)
		JLT(LabelRef(loop))
		Label(end)
	}
	// rewind makes the operands that repeat begin at the first row.
	rewind := func() {
		loop, end := s.label("rewind"), s.label("rewound")
		s.v("LEAQ", at(frameRepeat), reg.R12)
		s.v("CMPQ", reg.R12, reg.R13)
		JE(LabelRef(end))
		Label(loop)
		s.v("MOVQ", Mem{Base: reg.R12, Disp: 24}, reg.RSI)
		s.v("MOVQ", reg.RSI, Mem{Base: reg.R12})
		s.v("ADDQ", Imm(repeatSize), reg.R12)
		s.v("CMPQ", reg.R12, reg.R13)
		JLT(LabelRef(loop))
		Label(end)
	}
	z0, z1, z2 := s.z(0), s.z(1), s.z(2)
	off := func(m Mem, disp int) Mem { return m.Offset(disp) }

	Comment("Blocks of four adjacent vectors: R10 bytes of each row.")
	s.v("MOVQ", reg.R9, reg.R10)
	s.v("ANDQ", I32(int32(-block)), reg.R10)
	JE(LabelRef("columns"))
	s.allLanes()
	setAll(s, nil)
	s.v("MOVQ", Imm(uint64(vector)), reg.RSI)
	s.broadcastPointer(reg.RSI, z2)
	groups(func(g Mem) {
		s.v(s.movePointers(), off(g, frameStart), z0)
		s.v(s.movePointers(), z0, off(g, frameBase))
		s.v(s.movePointers(), z2, off(g, frameStep))
	})
	rewind()
	s.v("MOVQ", m, reg.RDX) // rows left
	Label("row")
	fill(1, true)
	s.v("XORL", reg.R11.As32(), reg.R11.As32())
	Label("block")
	s.broadcastPointer(reg.R11, z2)
	groups(func(g Mem) {
		s.v("VP"+"AND"+s.quad(), off(g, frameMoves), z2, z0)
		s.v("VPADDQ", off(g, frameBase), z0, z0)
		s.v(s.movePointers(), z0, off(g, framePointer))
	})
	run(four)
	s.v("ADDQ", I32(int32(block)), reg.R11)
	s.v("CMPQ", reg.R11, reg.R10)
	JLT(LabelRef("block"))
	s.v("DECQ", reg.RDX)
	JE(LabelRef("columns"))
	groups(func(g Mem) {
		s.v(s.movePointers(), off(g, frameBase), z0)
		s.v("VPADDQ", off(g, frameRow), z0, z0)
		s.v(s.movePointers(), z0, off(g, frameBase))
	})
	JMP(LabelRef("row"))

	Comment("Columns of vectors: from byte R10 of each row to its end.")
	Label("columns")
	s.v("MOVQ", n, reg.RCX)
	s.v("CMPQ", reg.R10, reg.RCX)
	JGE(LabelRef("done"))
	s.v("SUBQ", reg.R10, reg.RCX)
	s.v("SHRQ", Imm(2), reg.RCX)
	s.firstLanes(reg.RCX, reg.RAX)
	setAll(s, reg.RCX)
	s.broadcastPointer(reg.R10, z2)
	groups(func(g Mem) {
		s.v("VP"+"AND"+s.quad(), off(g, frameMoves), z2, z0)
		s.v("VPADDQ", off(g, frameStart), z0, z0)
		s.v(s.movePointers(), z0, off(g, framePointer))
	})
	rewind()
	s.v("MOVQ", m, reg.RDX)
	s.v("SUBQ", Imm(4), reg.RDX)
	JLT(LabelRef("single"))
	groups(func(g Mem) {
		s.v(s.movePointers(), off(g, frameRow), z0)
		s.v(s.movePointers(), z0, off(g, frameStep))
	})
	s.v("LEAQ", at(frameRepeat), reg.R12) // the blocks of repeated operands have adjacent vectors
	s.v("CMPQ", reg.R12, reg.R13)
	JE(LabelRef("fours"))
	s.v("XORL", reg.EAX, reg.EAX)
	s.v("MOVQ", count, reg.RCX)
	Label("repeated")
	s.v("CMPQ", at(frameMoves, reg.RAX), Imm(0))
	JNE(LabelRef("repeatedNot"))
	s.v("MOVQ", Imm(uint64(vector)), at(frameStep, reg.RAX))
	Label("repeatedNot")
	s.v("INCQ", reg.RAX)
	s.v("CMPQ", reg.RAX, reg.RCX)
	JLT(LabelRef("repeated"))
	Label("fours")
	fill(4, false)
	run(four)
	groups(func(g Mem) {
		s.v(s.movePointers(), off(g, frameRow), z1)
		s.v("VPSLLQ", Imm(2), z1, z1)
		s.v("VPADDQ", off(g, framePointer), z1, z1)
		s.v(s.movePointers(), z1, off(g, framePointer))
	})
	s.v("SUBQ", Imm(4), reg.RDX)
	JGE(LabelRef("fours"))
	Label("single")
	s.v("ADDQ", Imm(4), reg.RDX)
	JE(LabelRef("columnDone"))
	Label("ones")
	fill(1, false)
	run(one)
	s.v("DECQ", reg.RDX)
	JE(LabelRef("columnDone"))
	groups(func(g Mem) {
		s.v(s.movePointers(), off(g, frameRow), z0)
		s.v("VPADDQ", off(g, framePointer), z0, z0)
		s.v(s.movePointers(), z0, off(g, framePointer))
	})
	JMP(LabelRef("ones"))
	Label("columnDone")
	s.v("ADDQ", Imm(uint64(vector)), reg.R10)
	JMP(LabelRef("columns"))

	ends(s, result)
}

// vmRow writes the loop for one function on one row of less than a block, for the least cost around it: operands come
// one by one, since to copy them together takes longer than to use them.
func vmRow(s *set) {
	vector := s.bytes()
	at := func(disp int, index ...reg.Register) Mem {
		m := Mem{Base: frame, Disp: disp}
		if len(index) > 0 {
			m.Index, m.Scale = index[0], 8
		}
		return m
	}
	TEXT("vmRow"+s.name, attr.NOSPLIT, "func(one *byte, n int, w, x, y, z *byte) int")
	Doc("vmRow"+s.name+" runs a program without intermediate values over a row of n elements, at least 1. Its operands are w, x, y and z, of",
		"which the last ones may be nil. It returns what vmRun does.")
	Pragma("noescape")
	local := AllocLocal(-frameAll + 4*8 + 4*vector)
	s.v("LEAQ", local.Offset(-frameAll), frame)
	s.v("MOVQ", NewParamAddr("n", 8), reg.RDX)
	s.v("LEAQ", Mem{Base: reg.RDX, Disp: -1}, reg.R9)
	for i, name := range []string{"w", "x", "y", "z"} {
		repeat, store := s.label("repeat"), s.label("store")
		s.v("MOVQ", NewParamAddr(name, 16+8*i), reg.RSI)
		if i > 1 {
			s.v("TESTQ", reg.RSI, reg.RSI)
			JE(LabelRef("run"))
		}
		s.v("MOVQ", Mem{Base: reg.RSI, Disp: 32}, reg.RAX) // column stride
		s.v("MOVQ", Mem{Base: reg.RSI}, reg.R11)
		s.v("CMPQ", reg.RAX, Imm(1))
		JNE(LabelRef(repeat))
		s.v("CMPQ", reg.R9, Mem{Base: reg.RSI, Disp: 8})
		JCC(LabelRef("bounds"))
		Label(store)
		s.v("MOVQ", reg.R11, at(8*i))
		defer func() {
			Label(repeat)
			s.v("TESTQ", reg.RAX, reg.RAX)
			JNE(LabelRef("strides"))
			s.v("CMPQ", Mem{Base: reg.RSI, Disp: 8}, Imm(0))
			JE(LabelRef("bounds"))
			s.v("VBROADCASTSS", Mem{Base: reg.R11}, s.z(0))
			s.v("LEAQ", at(4*8+i*vector), reg.R11)
			s.v("VMOVUPS", s.z(0), Mem{Base: reg.R11})
			JMP(LabelRef(store))
		}()
	}
	Label("run")
	s.v("MOVQ", reg.RDX, reg.RCX)
	s.firstLanes(reg.RCX, reg.RAX)
	setAll(s, reg.RCX)
	s.v("MOVQ", NewParamAddr("one", 0), ip)
	s.v("CALL", Mem{Base: ip})
	s.v("SUBQ", Imm(uint64(s.lanes)), reg.RDX)
	JLE(LabelRef("done"))
	for i, name := range []string{"w", "x", "y", "z"} {
		s.v("MOVQ", NewParamAddr(name, 16+8*i), reg.RSI)
		if i > 1 {
			s.v("TESTQ", reg.RSI, reg.RSI)
			JE(LabelRef("run"))
		}
		s.v("MOVQ", Mem{Base: reg.RSI, Disp: 32}, reg.RAX)
		s.v("SHLQ", Imm(uint64(bits.TrailingZeros(uint(vector)))), reg.RAX)
		s.v("ADDQ", reg.RAX, at(8*i))
	}
	JMP(LabelRef("run"))
	ends(s, NewParamAddr("ret", 48))
}

// ends writes the ways to return.
func ends(s *set, result Mem) {
	for _, end := range []struct {
		label  string
		result int
	}{{"done", vmDone}, {"strides", vmStrides}, {"bounds", vmOutOfBounds}} {
		Label(end.label)
		s.v("VZEROUPPER")
		s.v("MOVQ", Imm(uint64(end.result)), result)
		s.v("RET")
	}
}

// setAll notes for AVX2 whether all lanes exist: the first n, or all.
func setAll(s *set, n reg.GPPhysical) {
	if s.avx512 {
		return
	}
	all := Mem{Base: frame, Disp: frameAll}
	s.v("MOVQ", Imm(1), all)
	if n != nil {
		yes := s.label("all")
		s.v("CMPQ", n, Imm(uint64(s.lanes)))
		JGE(LabelRef(yes))
		s.v("MOVQ", Imm(0), all)
		Label(yes)
	}
}
