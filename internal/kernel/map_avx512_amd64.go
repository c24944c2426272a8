package kernel

//go:generate go run ./gen map512 -out map_avx512_amd64.s -stubs map_avx512_stubs_amd64.go -pkg kernel

// vmRowAVX512Max is the length of a row from which on blocks of four vectors are used.
const vmRowAVX512Max = 64

var (
	codesAVX512 vmCodes
	mapAVX512   *vmMap
)

func init() {
	if runs(AVX512{}) {
		vmCodesAVX512(&codesAVX512[0])
		mapAVX512 = newVMMap(&codesAVX512)
	}
}

// Map implements Kernels.
func (AVX512) Map(fn Fn, k Consts[float32], m, n int, dst, a, b, c Matrix[float32]) {
	p := mapAVX512[fn]
	var status int
	if p.constants {
		status = mapConstantsAVX512(p, fn, k, m, n, &dst, &a, &b, &c)
	} else {
		status = mapProgramAVX512(&p.one[0], &p.four[0], fn, m, n, &dst, &a, &b, &c)
	}
	switch status {
	case vmStrides:
		Portable[float32]{}.Map(fn, k, m, n, dst, a, b, c)
	case vmOutOfBounds:
		panic(errOutOfBounds)
	}
}

// mapConstantsAVX512 runs a function that has constants.
func mapConstantsAVX512(p *vmProgram, fn Fn, k Consts[float32], m, n int, dst, a, b, c *Matrix[float32]) int {
	if fn == Pow || fn == PowGrad {
		var q vmSmall
		q.power(fn, k, &codesAVX512)
		return mapProgramAVX512(&q.one[0], &q.four[0], fn, m, n, dst, a, b, c)
	}
	one, four := [4]vmInstruction(p.one), [4]vmInstruction(p.four) // load, function, store, end
	one[1].k, four[1].k = k, k
	return mapProgramAVX512(&one[0], &four[0], fn, m, n, dst, a, b, c)
}

// mapProgramAVX512 runs the program of a function.
func mapProgramAVX512(one, four *vmInstruction, fn Fn, m, n int, dst, a, b, c *Matrix[float32]) int {
	if m != 1 || n >= vmRowAVX512Max || n <= 0 {
		return mapRowsAVX512(one, four, fn, m, n, dst, a, b, c)
	}
	switch fn.Arity() {
	case 1:
		return vmRowAVX512(ptr(one), n, ptr(a), ptr(dst), nil, nil)
	case 2:
		return vmRowAVX512(ptr(one), n, ptr(a), ptr(b), ptr(dst), nil)
	}
	return vmRowAVX512(ptr(one), n, ptr(a), ptr(b), ptr(c), ptr(dst))
}

// mapRowsAVX512 is Map for any number of rows.
func mapRowsAVX512(one, four *vmInstruction, fn Fn, m, n int, dst, a, b, c *Matrix[float32]) int {
	x := [4]Matrix[float32]{*a, *b, *c, *dst}
	x[fn.Arity()] = *dst
	operands := x[:fn.Arity()+1]
	if n == 1 && m > 1 {
		m, n = vmTranspose(m, operands)
	}
	return vmRunAVX512(ptr(one), ptr(four), 0, m, n, ptr(&x[0]), len(operands))
}

// Fused implements Kernels.
func (AVX512) Fused(m, n int, p *FusedProgram[float32], operands []Matrix[float32]) {
	q := p.code.avx512
	if q == nil {
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
	switch vmRunAVX512(ptr(&q.one[0]), ptr(&q.four[0]), q.slots, rows, cols, ptr(&x[0]), len(x)) {
	case vmStrides:
		Portable[float32]{}.Fused(m, n, p, operands)
	case vmOutOfBounds:
		panic(errOutOfBounds)
	}
}
