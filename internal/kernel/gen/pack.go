package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packRows writes the function that copies adjacent columns of a matrix to a panel.
func (v vectors) packRows() {
	name, bytes := "packRows"+v.name, 4*v.lanes
	TEXT(name, NOSPLIT, "func(dst, src *float32, ld uintptr, k, columns int)")
	Pragma("noescape")
	Doc(
		fmt.Sprintf("%s copies k rows, ld bytes apart, of %d columns to rows of as many, or of at most %d columns to rows of", name, 2*v.lanes, v.lanes),
		fmt.Sprintf("%d filled up with zeros.", v.lanes),
	)
	dst, src, ld, k := reg.RDI, reg.RSI, reg.RCX, reg.RDX
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("ld"), ld)
	Load(Param("k"), k)
	Load(Param("columns"), rT)
	TESTQ(k, k)
	JZ(LabelRef("done"))
	CMPQ(rT, I8(2*v.lanes))
	JNE(LabelRef("narrow"))
	Label("wide")
	for j := range 2 {
		VMOVUPS(Mem{Base: src, Disp: j * bytes}, v.regs[j])
	}
	for j := range 2 {
		VMOVUPS(v.regs[j], Mem{Base: dst, Disp: j * bytes})
	}
	ADDQ(ld, src)
	ADDQ(U32(2*bytes), dst)
	DECQ(k)
	JNZ(LabelRef("wide"))
	Label("done")
	VZEROUPPER()
	RET()
	Label("narrow")
	v.makeMask()
	Label("row")
	v.loadMasked(Mem{Base: src}, v.regs[0])
	VMOVUPS(v.regs[0], Mem{Base: dst})
	ADDQ(ld, src)
	ADDQ(I8(bytes), dst)
	DECQ(k)
	JNZ(LabelRef("row"))
	JMP(LabelRef("done"))
}

// packColumns writes the function that transposes the columns of a matrix whose rows are not adjacent into a panel.
func (v vectors) packColumns() {
	name, bytes := "packColumns"+v.name, 4*v.lanes
	TEXT(name, NOSPLIT, "func(dst *float32, stride uintptr, src *float32, ld uintptr, k, columns int)")
	Pragma("noescape")
	Doc(
		fmt.Sprintf("%s copies k numbers of each of at most %d columns, which are adjacent along k and ld bytes apart, to k", name, v.lanes),
		fmt.Sprintf("rows of %d, stride bytes apart, filled up with zeros.", v.lanes),
	)
	dst, stride, src, ld, k, columns, at := reg.RDI, reg.RAX, reg.RSI, reg.RCX, reg.RDX, reg.RBX, reg.R8
	Load(Param("dst"), dst)
	Load(Param("stride"), stride)
	Load(Param("src"), src)
	Load(Param("ld"), ld)
	Load(Param("k"), k)
	Load(Param("columns"), columns)
	Label("block")
	TESTQ(k, k)
	JLE(LabelRef("done"))
	MOVQ(k, rT)
	v.makeMask()

	rows := slices.Clone(v.regs[:v.lanes])
	MOVQ(src, at)
	for j, r := range rows {
		if j > 0 {
			CMPQ(columns, I8(j))
			JLE(LabelRef(fmt.Sprintf("zero_%d", j)))
		}
		v.loadMasked(Mem{Base: at}, r)
		ADDQ(ld, at)
	}
	JMP(LabelRef("transpose"))
	for j, r := range rows[1:] {
		Label(fmt.Sprintf("zero_%d", j+1))
		v.zero(r)
	}
	Label("transpose")
	v.transpose(rows, v.regs[v.lanes])
	for p, r := range rows {
		if p > 0 {
			CMPQ(k, I8(p))
			JLE(LabelRef("done"))
		}
		VMOVUPS(r, Mem{Base: dst})
		ADDQ(stride, dst)
	}
	ADDQ(I8(bytes), src)
	SUBQ(I8(v.lanes), k)
	JMP(LabelRef("block"))
	Label("done")
	VZEROUPPER()
	RET()
}

// transpose transposes a square matrix with one row in each register, and leaves the registers of the result in order.
func (v vectors) transpose(r []reg.Register, spare reg.Register) {
	type shuffle func(b, a, dst reg.Register)
	// exchange replaces two registers by two mixtures of them.
	exchange := func(i, j int, first, second shuffle) {
		first(r[j], r[i], spare)
		second(r[j], r[i], r[j])
		r[i], spare = spare, r[i]
	}
	// Within parts of four numbers, 2×2 and then 4×4: part l of register 4g+c has column 4l+c of the rows 4g to 4g+3.
	low := func(b, a, dst reg.Register) { VUNPCKLPS(b, a, dst) }
	high := func(b, a, dst reg.Register) { VUNPCKHPS(b, a, dst) }
	for i := 0; i < len(r); i += 2 {
		exchange(i, i+1, low, high)
	}
	low = func(b, a, dst reg.Register) { VUNPCKLPD(b, a, dst) }
	high = func(b, a, dst reg.Register) { VUNPCKHPD(b, a, dst) }
	for g := 0; g < len(r); g += 4 {
		exchange(g, g+2, low, high)
		exchange(g+1, g+3, low, high)
		r[g+1], r[g+2] = r[g+2], r[g+1]
	}
	// Then the parts themselves.
	if !v.avx512 {
		for c := range 4 {
			exchange(c, 4+c, func(b, a, dst reg.Register) { VPERM2F128(U8(0x20), b, a, dst) },
				func(b, a, dst reg.Register) { VPERM2F128(U8(0x31), b, a, dst) })
		}
		return
	}
	even := func(b, a, dst reg.Register) { VSHUFF32X4(U8(0x88), b, a, dst) }
	odd := func(b, a, dst reg.Register) { VSHUFF32X4(U8(0xdd), b, a, dst) }
	for c := range 4 {
		exchange(c, 4+c, even, odd)
		exchange(8+c, 12+c, even, odd)
		exchange(c, 8+c, even, odd)
		exchange(4+c, 12+c, even, odd)
	}
}
