package kernel

import (
	"slices"
	"unsafe"
)

//go:generate go run ./gen map512 -out map_avx512_amd64.s -stubs map_avx512_stubs_amd64.go -pkg kernel
//go:generate go run ./gen map2 -out map_avx2_amd64.s -stubs map_avx2_stubs_amd64.go -pkg kernel

// Map implements Kernels.
func (AVX512) Map(fn Fn, k Consts[float32], m, n int, dst, a, b, c Matrix[float32]) {
	vmAVX512.apply(fn, k, m, n, &dst, &a, &b, &c)
}

// Fused implements Kernels.
func (AVX512) Fused(m, n int, p *FusedProgram[float32], operands []Matrix[float32]) {
	vmAVX512.fused(m, n, p, p.code.avx512, operands)
}

// Map implements Kernels.
func (AVX2) Map(fn Fn, k Consts[float32], m, n int, dst, a, b, c Matrix[float32]) {
	vmAVX2.apply(fn, k, m, n, &dst, &a, &b, &c)
}

// Fused implements Kernels.
func (AVX2) Fused(m, n int, p *FusedProgram[float32], operands []Matrix[float32]) {
	vmAVX2.fused(m, n, p, p.code.avx2, operands)
}

// vm is the virtual machine of an instruction set.
type vm struct {
	avx512   bool // else AVX2
	block    int  // elements of a block of four vectors
	codes    vmCodes
	programs [numFn]*vmProgram // of single functions
}

// The virtual machines that the processor can run.
var vmAVX512, vmAVX2 *vm

func init() {
	if runs(AVX512{}) {
		vmAVX512 = &vm{avx512: true, block: 64}
		vmCodesAVX512(&vmAVX512.codes[0])
		vmAVX512.init()
	}
	if runs(AVX2{}) {
		vmAVX2 = &vm{block: 32}
		vmCodesAVX2(&vmAVX2.codes[0])
		vmAVX2.init()
	}
}

// runs reports whether the processor can run a set.
func runs(k Kernels[float32]) bool { return slices.Contains(available(), k) }

func (v *vm) init() {
	for fn := range numFn {
		op := MicroOp[float32]{Fn: fn, A: 0, B: 1, C: 2, Dst: uint8(fn.Arity())}
		v.programs[fn] = newVMProgram(&FusedProgram[float32]{in: fn.Arity(), out: 1, ops: []MicroOp[float32]{op}}, &v.codes)
	}
}

// apply is Map.
func (v *vm) apply(fn Fn, k Consts[float32], m, n int, dst, a, b, c *Matrix[float32]) {
	var status int
	switch fn {
	case Scale, Shift, Huber, Clamp:
		status = v.applyConstants(fn, k, m, n, dst, a, b, c)
	case Pow, PowGrad:
		var p vmPower
		p.set(fn, k, &v.codes)
		status = v.applyProgram(&p.one[0], &p.four[0], fn, m, n, dst, a, b, c)
	default:
		p := v.programs[fn]
		status = v.applyProgram(&p.one[0], &p.four[0], fn, m, n, dst, a, b, c)
	}
	switch status {
	case vmStrides:
		Portable[float32]{}.Map(fn, k, m, n, *dst, *a, *b, *c)
	case vmOutOfBounds:
		panic(errOutOfBounds)
	}
}

// applyConstants runs a function that has constants.
func (v *vm) applyConstants(fn Fn, k Consts[float32], m, n int, dst, a, b, c *Matrix[float32]) int {
	p := v.programs[fn]
	one, four := [4]vmInstruction(p.one), [4]vmInstruction(p.four) // load, function, store, end
	one[1].k, four[1].k = k, k
	return v.applyProgram(&one[0], &four[0], fn, m, n, dst, a, b, c)
}

// applyProgram runs the program of a function, on less than a block with the operands where they are: to copy them
// together takes longer than the rest.
func (v *vm) applyProgram(one, four *vmInstruction, fn Fn, m, n int, dst, a, b, c *Matrix[float32]) int {
	if m != 1 || n >= v.block || n <= 0 {
		x := [4]Matrix[float32]{*a, *b, *c, *dst}
		count := fn.Arity() + 1
		x[count-1] = *dst
		if n == 1 && m > 1 {
			m, n = vmTranspose(m, x[:count])
		}
		return v.run(one, four, 0, m, n, x[:count])
	}
	switch fn.Arity() {
	case 1:
		return v.row(one, n, a, dst, nil, nil)
	case 2:
		return v.row(one, n, a, b, dst, nil)
	}
	return v.row(one, n, a, b, c, dst)
}

// fused is Fused with the code of the program, if it has one.
func (v *vm) fused(m, n int, p *FusedProgram[float32], code *vmProgram, operands []Matrix[float32]) {
	if code == nil {
		Portable[float32]{}.Fused(m, n, p, operands)
		return
	}
	x := operands[:p.in+p.out]
	rows, cols := m, n
	if n == 1 && m > 1 {
		var y [MaxFusedOperands]Matrix[float32]
		copy(y[:], x)
		x = y[:len(x)]
		rows, cols = vmTranspose(m, x)
	}
	switch v.run(&code.one[0], &code.four[0], code.slots, rows, cols, x) {
	case vmStrides:
		Portable[float32]{}.Fused(m, n, p, operands)
	case vmOutOfBounds:
		panic(errOutOfBounds)
	}
}

func (v *vm) run(one, four *vmInstruction, slots, m, n int, x []Matrix[float32]) int {
	if v.avx512 {
		return vmRunAVX512(ptr(one), ptr(four), slots, m, n, ptr(&x[0]), len(x))
	}
	return vmRunAVX2(ptr(one), ptr(four), slots, m, n, ptr(&x[0]), len(x))
}

func (v *vm) row(one *vmInstruction, n int, w, x, y, z *Matrix[float32]) int {
	if v.avx512 {
		return vmRowAVX512(ptr(one), n, ptr(w), ptr(x), ptr(y), ptr(z))
	}
	return vmRowAVX2(ptr(one), n, ptr(w), ptr(x), ptr(y), ptr(z))
}

func ptr[T any](x *T) *byte { return (*byte)(unsafe.Pointer(x)) }

// vmTranspose makes rows of operands whose rows have one element each, if they are adjacent or repeat, and returns the
// new size. The column stride of one element is any: it becomes one that the assembly knows.
func vmTranspose(m int, operands []Matrix[float32]) (rows, cols int) {
	for _, x := range operands {
		if x.Row != 0 && x.Row != 1 {
			for i := range operands {
				operands[i].Col = 1
			}
			return m, 1
		}
	}
	for i := range operands {
		operands[i].Row, operands[i].Col = 0, operands[i].Row
	}
	return 1, m
}

// vmPower is a program of Pow or PowGrad, whose instructions depend on the exponent.
type vmPower struct{ one, four [8]vmInstruction }

func (p *vmPower) set(fn Fn, k Consts[float32], codes *vmCodes) {
	n := 0
	emit := func(op vmOp, b uint8) {
		in := vmInstruction{code: codes[op][0], b: b, k: vmConsts(fn, op, k)}
		p.one[n] = in
		in.code = codes[op][1]
		p.four[n] = in
		n++
	}
	power := k[0]
	if fn == PowGrad {
		power--
	}
	emit(vmLoad, 0)
	for _, op := range vmPow(power) {
		if op != vmEnd {
			emit(op, 0)
		}
	}
	if fn == PowGrad {
		emit(vmScale, 0)
		emit(vmMul, 1)
	}
	emit(vmStore, uint8(fn.Arity()))
	emit(vmEnd, 0)
}
