package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

// vendor writes the function that asks the processor who made it.
func vendor() {
	TEXT("vendor", NOSPLIT, "func() (b, d, c uint32)")
	Doc("vendor returns the name of the processor's maker, four letters in each number: leaf 0 of CPUID.")
	XORL(reg.EAX, reg.EAX)
	XORL(reg.ECX, reg.ECX)
	CPUID()
	Store(reg.EBX, ReturnIndex(0))
	Store(reg.EDX, ReturnIndex(1))
	Store(reg.ECX, ReturnIndex(2))
	RET()
}
