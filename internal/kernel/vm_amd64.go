package kernel

import "math"

// vmOp is an instruction of the virtual machine for elementwise functions. It has one accumulator, four vectors or one
// vector wide, and operands b and c in memory. Each is a function in assembly that ends with a jump to the next one.
type vmOp uint8

// The instructions, in the order of operations in gen/mapops.go.
const (
	vmLoad  vmOp = iota
	vmKeep       // the accumulator to an intermediate value
	vmStore      // the accumulator to an operand
	vmEnd

	vmNeg
	vmScale
	vmShift
	vmExp
	vmLog
	vmAbs
	vmSign
	vmSigmoid
	vmTanh
	vmRelu
	vmSoftplus
	vmHuber
	vmClamp
	vmConstant
	vmSquare
	vmCube
	vmSqrt
	vmReciprocal
	vmPowEven
	vmPowOdd
	vmPowReal

	vmAdd
	vmSub
	vmSubFrom
	vmMul
	vmDiv
	vmDivInto
	vmEqual

	vmSigmoidGradY
	vmSigmoidGradDY
	vmTanhGradY
	vmTanhGradDY
	vmReluGradY
	vmReluGradDY

	vmSelectA
	vmSelectB
	vmSelectC

	vmMulAdd
	vmAddMul
	vmMulSub
	vmSubFromMul
	vmSubMul
	vmMulLess

	numVMOp
)

// vmCodes are the addresses of the instructions' code for one vector and for four.
type vmCodes [numVMOp][2]uintptr

// vmInstruction is an instruction as the assembly reads it.
type vmInstruction struct {
	code uintptr
	b, c uint8 // numbers of operands, or vmSlot and the number of an intermediate value
	_    [2]uint8
	k    Consts[float32]
	_    uint32
}

// vmSlot is the first number of an intermediate value.
const vmSlot = MaxFusedOperands

// vmBlocks is the number of blocks for intermediate values and for operands that repeat an element along a row.
const vmBlocks = 64

// vmProgram is a program for blocks of one vector and of four.
type vmProgram struct {
	one, four []vmInstruction
	slots     int
}

// The results of vmRun.
const (
	vmDone        = iota
	vmStrides     // a column stride other than 0 and 1
	vmOutOfBounds // an operand is shorter than its strides say
)

const errOutOfBounds = "kernel: an operand is shorter than its strides and the size say"

// vmVariant is a way to compute a function of up to three arguments: with the argument acc in the accumulator, do steps.
type vmVariant struct {
	acc   int
	steps []vmStep
}

// vmStep is an instruction with operands by the number of an argument.
type vmStep struct {
	op   vmOp
	b, c uint8
}

// vmUnary are the functions of one argument that are one instruction.
var vmUnary = map[Fn]vmOp{
	Neg: vmNeg, Scale: vmScale, Shift: vmShift, Exp: vmExp, Log: vmLog, Abs: vmAbs, Sign: vmSign, Sigmoid: vmSigmoid, Tanh: vmTanh,
	Relu: vmRelu, Softplus: vmSoftplus, Huber: vmHuber, Clamp: vmClamp,
}

// vmBinary are the functions of two arguments with the first of them, or with the second, in the accumulator.
var vmBinary = map[Fn][2]vmOp{
	Add: {vmAdd, vmAdd}, Sub: {vmSub, vmSubFrom}, Mul: {vmMul, vmMul}, Div: {vmDiv, vmDivInto}, Equal: {vmEqual, vmEqual},
	SigmoidGrad: {vmSigmoidGradY, vmSigmoidGradDY}, TanhGrad: {vmTanhGradY, vmTanhGradDY}, ReluGrad: {vmReluGradY, vmReluGradDY},
}

// The functions beyond Fn that a product and the sum that alone takes it become: a·b + c, a·b − c and c − a·b.
const (
	fnMulAdd = numFn + iota
	fnMulSub
	fnSubMul
)

// vmVariants returns the ways to compute a function.
func vmVariants(fn Fn, k Consts[float32]) []vmVariant {
	if op, ok := vmUnary[fn]; ok {
		return []vmVariant{{0, []vmStep{{op: op}}}}
	}
	if op, ok := vmBinary[fn]; ok {
		return []vmVariant{{0, []vmStep{{op: op[0], b: 1}}}, {1, []vmStep{{op: op[1], b: 0}}}}
	}
	switch fn {
	case Pow, PowGrad:
		if fn == PowGrad {
			k[0]--
		}
		var steps []vmStep
		for _, op := range vmPow(k[0]) {
			if op != vmEnd {
				steps = append(steps, vmStep{op: op})
			}
		}
		if fn == PowGrad {
			steps = append(steps, vmStep{op: vmScale}, vmStep{op: vmMul, b: 1})
		}
		return []vmVariant{{0, steps}}
	case Select:
		return []vmVariant{{0, []vmStep{{vmSelectA, 1, 2}}}, {1, []vmStep{{vmSelectB, 0, 2}}}, {2, []vmStep{{vmSelectC, 0, 1}}}}
	case fnMulAdd:
		return []vmVariant{{0, []vmStep{{vmMulAdd, 1, 2}}}, {1, []vmStep{{vmMulAdd, 0, 2}}}, {2, []vmStep{{vmAddMul, 0, 1}}}}
	case fnMulSub:
		return []vmVariant{{0, []vmStep{{vmMulSub, 1, 2}}}, {1, []vmStep{{vmMulSub, 0, 2}}}, {2, []vmStep{{vmMulLess, 0, 1}}}}
	case fnSubMul:
		return []vmVariant{{0, []vmStep{{vmSubFromMul, 1, 2}}}, {1, []vmStep{{vmSubFromMul, 0, 2}}}, {2, []vmStep{{vmSubMul, 0, 1}}}}
	}
	return []vmVariant{{}} // Copy
}

// vmPow returns the instructions of a power; where it is one, the second is vmEnd.
func vmPow(k float32) [2]vmOp {
	switch k {
	case 1:
		return [2]vmOp{vmEnd, vmEnd}
	case 2:
		return [2]vmOp{vmSquare, vmEnd}
	case 3:
		return [2]vmOp{vmCube, vmEnd}
	case 0.5:
		return [2]vmOp{vmSqrt, vmEnd}
	case -0.5:
		return [2]vmOp{vmSqrt, vmReciprocal}
	case -1:
		return [2]vmOp{vmReciprocal, vmEnd}
	}
	switch half := float64(k) / 2; {
	case k == 0 || k != k:
		return [2]vmOp{vmConstant, vmEnd}
	case half == math.Trunc(half):
		return [2]vmOp{vmPowEven, vmEnd}
	case float64(k) == math.Trunc(float64(k)):
		return [2]vmOp{vmPowOdd, vmEnd}
	}
	return [2]vmOp{vmPowReal, vmEnd}
}

// vmConsts returns the constants of an instruction of a function.
func vmConsts(fn Fn, op vmOp, k Consts[float32]) Consts[float32] {
	if fn == PowGrad && op != vmScale {
		k[0]--
	}
	switch op {
	case vmConstant:
		if k[0] == 0 { // x⁰, of NaN as well
			k[0] = 1
		}
	case vmPowEven: // ±∞ is even; a finite number keeps 1^k from becoming NaN
		k[0] = min(max(k[0], -1e30), 1e30)
	}
	return k
}

// vmOperation is a function of a fused program while it is compiled.
type vmOperation struct {
	fn   Fn
	dst  uint8
	args []uint8
	k    Consts[float32]
}

// vmJoin makes one operation of a product and the sum or difference after it, if nothing else reads the product. Only
// neighbours are joined, so that no operand is read later than the program says.
func vmJoin(p *FusedProgram[float32]) []vmOperation {
	var reads [256]int
	for _, op := range p.ops {
		for _, r := range op.args() {
			reads[r]++
		}
	}
	var ops []vmOperation
	for i := range p.ops {
		op := &p.ops[i]
		next := vmOperation{op.Fn, op.Dst, op.args(), op.K}
		if n := len(ops); n > 0 && (op.Fn == Add || op.Fn == Sub) {
			mul := ops[n-1]
			product := mul.dst
			if mul.fn == Mul && reads[product] == 1 && int(product) >= p.in+p.out && (op.A == product || op.B == product) {
				fn, other := fnMulAdd, op.A^op.B^product
				switch {
				case op.Fn == Sub && op.A == product:
					fn = fnMulSub
				case op.Fn == Sub:
					fn = fnSubMul
				}
				ops[n-1] = vmOperation{fn, op.Dst, append(mul.args[:2:2], other), op.K}
				continue
			}
		}
		if op.Fn == Mul && op.A == op.B {
			next = vmOperation{Pow, op.Dst, next.args[:1], Consts[float32]{2}}
		}
		ops = append(ops, next)
	}
	return ops
}

// vmCompile compiles a program for blocks of one vector or of four. In blocks of one, an output that is read again is
// kept as an intermediate value too: to read back what was stored under a mask takes twice as long, and nothing else
// goes on meanwhile.
func vmCompile(p *FusedProgram[float32], codes *vmCodes, four bool) (code []vmInstruction, slots int) {
	ops := vmJoin(p)
	chosen := make([]vmVariant, len(ops))
	memory := make([][]uint8, len(ops)) // the registers that an operation reads from memory
	var inMemory [256]bool
	for i, op := range ops {
		variants := vmVariants(op.fn, op.k)
		v := variants[0]
		held := false
		for _, w := range variants {
			if i > 0 && !held && op.args[w.acc] == ops[i-1].dst {
				v, held = w, true
			}
		}
		chosen[i] = v
		for j, r := range op.args {
			if j != v.acc || !held {
				memory[i] = append(memory[i], r)
				inMemory[r] = true
			}
		}
	}
	isOutput := func(r uint8) bool { return int(r) >= p.in && int(r) < p.in+p.out }
	var slot [256]uint8
	slots = allocateSlots(len(ops), func(i int) (uint8, []uint8) { return ops[i].dst, memory[i] }, &slot, func(r uint8) bool {
		return inMemory[r] && (!four || !isOutput(r))
	})
	place := func(r uint8) uint8 {
		if int(r) < p.in || four && isOutput(r) {
			return r
		}
		return vmSlot + slot[r]
	}
	width := 0
	if four {
		width = 1
	}
	emit := func(op vmOp, b, c uint8, k Consts[float32]) {
		code = append(code, vmInstruction{code: codes[op][width], b: b, c: c, k: k})
	}
	for i, op := range ops {
		v := chosen[i]
		if i == 0 || op.args[v.acc] != ops[i-1].dst {
			emit(vmLoad, place(op.args[v.acc]), 0, Consts[float32]{})
		}
		for _, s := range v.steps {
			var b, c uint8
			if int(s.b) < len(op.args) {
				b = place(op.args[s.b])
			}
			if int(s.c) < len(op.args) {
				c = place(op.args[s.c])
			}
			emit(s.op, b, c, vmConsts(op.fn, s.op, op.k))
		}
		if isOutput(op.dst) {
			emit(vmStore, op.dst, 0, Consts[float32]{})
		}
		if inMemory[op.dst] && (!four || !isOutput(op.dst)) {
			emit(vmKeep, place(op.dst), 0, Consts[float32]{})
		}
	}
	emit(vmEnd, 0, 0, Consts[float32]{})
	return code, slots
}

// newVMProgram compiles a program, or returns nil if it needs more blocks than there are.
func newVMProgram(p *FusedProgram[float32], codes *vmCodes) *vmProgram {
	one, slots := vmCompile(p, codes, false)
	four, more := vmCompile(p, codes, true)
	q := &vmProgram{one: one, four: four, slots: max(slots, more)}
	if q.slots+p.in > vmBlocks {
		return nil
	}
	return q
}

// fusedCode is what a fused program is compiled to for the sets in assembly.
type fusedCode struct {
	avx512, avx2 *vmProgram
}

func compileFused[F Float](p *FusedProgram[F]) (c fusedCode) {
	q, ok := any(p).(*FusedProgram[float32])
	if !ok {
		return c
	}
	if vmAVX512 != nil {
		c.avx512 = newVMProgram(q, &vmAVX512.codes)
	}
	if vmAVX2 != nil {
		c.avx2 = newVMProgram(q, &vmAVX2.codes)
	}
	return c
}
