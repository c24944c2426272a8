package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// peakSums is the number of independent sums of the peak loop, well above the 4 (AVX2: 8) that hide the latency of an
// addition, and few enough for the 16 registers of AVX2.
const peakSums = 12

// peak writes a loop of multiply-adds between registers only.
func (v vectors) peak() {
	name := "peak" + v.name
	TEXT(name, NOSPLIT, "func(turns int)")
	Doc(name + " makes 2·peakSums multiply-adds of vectors in each turn, on registers only.")
	Load(Param("turns"), reg.RCX)
	for _, r := range v.regs[:peakSums+2] {
		v.zero(r)
	}
	Label("turn")
	for range 2 {
		for _, r := range v.regs[:peakSums] {
			VFMADD231PS(v.regs[peakSums], v.regs[peakSums+1], r)
		}
	}
	DECQ(reg.RCX)
	JNZ(LabelRef("turn"))
	VZEROUPPER()
	RET()
}
