package kernel

import "fmt"

// The limits of a fused program.
const (
	MaxFusedOps      = 64 // micro-operations
	MaxFusedOperands = 32 // inputs and outputs together
	MaxFusedSlots    = 32 // intermediate values alive at one time
)

// fusedBlock is the number of elements of an intermediate value that the portable set keeps: a block of each live value
// stays in the first-level cache.
const fusedBlock = 64

// MicroOp is one elementwise step of a fused program: register Dst becomes Fn of the registers A, B and C, of which Fn
// reads as many as its arity, and the constants K.
type MicroOp[F Float] struct {
	Fn           Fn
	Dst, A, B, C uint8
	K            Consts[F]
}

// FusedProgram is a small program of elementwise functions over virtual registers. Registers 0 to in−1 are the inputs,
// the next out ones the outputs, and all above are intermediate values that never reach memory outside a block. Each
// register that is not an input is set once, before it is read; an output may be read again.
//
// A program is immutable and may run on several goroutines at once.
type FusedProgram[F Float] struct {
	in, out int
	ops     []MicroOp[F]
	slot    [256]uint8 // of a register that is neither input nor output: where a block of it is kept
	slots   int
	code    fusedCode
}

// NewFused returns the program of in inputs, out outputs and the given operations. An operation that takes the result of
// the one before it costs least, since that value is still in vector registers: order them depth first.
func NewFused[F Float](in, out int, ops []MicroOp[F]) (*FusedProgram[F], error) {
	p := &FusedProgram[F]{in: in, out: out, ops: append([]MicroOp[F]{}, ops...)}
	switch {
	case in < 0 || out < 1 || in+out > MaxFusedOperands:
		return nil, fmt.Errorf("fused program of %d inputs and %d outputs: at least one output and at most %d of both", in, out, MaxFusedOperands)
	case len(ops) == 0 || len(ops) > MaxFusedOps:
		return nil, fmt.Errorf("fused program of %d operations: between 1 and %d", len(ops), MaxFusedOps)
	}
	var set, read [256]bool
	for r := range in {
		set[r] = true
	}
	for i, op := range p.ops {
		if op.Fn >= numFn {
			return nil, fmt.Errorf("fused program: operation %d is function number %d of %d", i, op.Fn, numFn)
		}
		for _, r := range op.args() {
			read[r] = true
			if !set[r] {
				return nil, fmt.Errorf("fused program: operation %d (%v) reads register %d before it is set", i, op.Fn, r)
			}
		}
		if set[op.Dst] {
			return nil, fmt.Errorf("fused program: operation %d (%v) sets register %d, which has a value", i, op.Fn, op.Dst)
		}
		set[op.Dst] = true
	}
	for r := in; r < in+out; r++ {
		if !set[r] {
			return nil, fmt.Errorf("fused program: no operation sets output %d (register %d)", r-in, r)
		}
	}
	for i, op := range p.ops {
		if !read[op.Dst] && int(op.Dst) >= in+out {
			return nil, fmt.Errorf("fused program: nothing reads the result of operation %d (%v)", i, op.Fn)
		}
	}
	p.slots = allocateSlots(len(p.ops), func(i int) (uint8, []uint8) { return p.ops[i].Dst, p.ops[i].args() }, &p.slot,
		func(r uint8) bool { return int(r) >= in+out })
	if p.slots > MaxFusedSlots {
		return nil, fmt.Errorf("fused program: %d intermediate values are alive at one time; at most %d", p.slots, MaxFusedSlots)
	}
	p.code = compileFused(p)
	return p, nil
}

// FusedFor returns a program for elements of another type.
func FusedFor[F Float](p *FusedProgram[float64]) *FusedProgram[F] {
	if same, ok := any(p).(*FusedProgram[F]); ok {
		return same
	}
	q := &FusedProgram[F]{in: p.in, out: p.out, ops: make([]MicroOp[F], len(p.ops)), slot: p.slot, slots: p.slots}
	for i, op := range p.ops {
		q.ops[i] = MicroOp[F]{op.Fn, op.Dst, op.A, op.B, op.C, Consts[F]{F(op.K[0]), F(op.K[1])}}
	}
	q.code = compileFused(q)
	return q
}

// Inputs and Outputs return how many of each the program has, and Ops its operations.
func (p *FusedProgram[F]) Inputs() int       { return p.in }
func (p *FusedProgram[F]) Outputs() int      { return p.out }
func (p *FusedProgram[F]) Ops() []MicroOp[F] { return p.ops }

// CanShare reports whether an output may share its memory with an input, each element with the element of the same row
// and column: no operation after the one that sets the output reads the input.
func (p *FusedProgram[F]) CanShare(input, output int) bool {
	set := false
	for _, op := range p.ops {
		if set {
			for _, r := range op.args() {
				if int(r) == input {
					return false
				}
			}
		}
		set = set || int(op.Dst) == p.in+output
	}
	return true
}

// args returns the registers that an operation reads.
func (o *MicroOp[F]) args() []uint8 {
	a := [3]uint8{o.A, o.B, o.C}
	return a[:o.Fn.Arity()]
}

// allocateSlots gives each register that wants one a slot from the operation that sets it to the last that reads it, the
// lowest that is free, and returns how many there are. A result may take the slot of an operand that ends with it.
func allocateSlots(ops int, op func(i int) (dst uint8, reads []uint8), slot *[256]uint8, wants func(r uint8) bool) int {
	var last [256]int
	for i := range ops {
		_, reads := op(i)
		for _, r := range reads {
			last[r] = i
		}
	}
	var used [MaxFusedOps]bool
	var owned [256]bool
	n := 0
	for i := range ops {
		dst, reads := op(i)
		for _, r := range reads {
			if owned[r] && last[r] == i {
				owned[r], used[slot[r]] = false, false
			}
		}
		if !wants(dst) {
			continue
		}
		s := 0
		for used[s] {
			s++
		}
		used[s], owned[dst], slot[dst] = true, true, uint8(s)
		n = max(n, s+1)
	}
	return n
}

// Fused implements Kernels.
func (Portable[F]) Fused(m, n int, p *FusedProgram[F], operands []Matrix[F]) {
	var scratch [MaxFusedSlots][fusedBlock]F
	for i := range m {
		for j := 0; j < n; j += fusedBlock {
			at := func(r uint8) Vector[F] {
				if int(r) < p.in+p.out {
					x := operands[r]
					return Vector[F]{Data: x.Data[i*x.Row+j*x.Col:], Stride: x.Col}
				}
				return Vector[F]{Data: scratch[p.slot[r]][:], Stride: 1}
			}
			for _, op := range p.ops {
				mapRow(op.Fn, op.K, min(fusedBlock, n-j), at(op.Dst), at(op.A), at(op.B), at(op.C))
			}
		}
	}
}
