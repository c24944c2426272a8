package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// fusedOperands makes guarded operands of random small integers, with rows apart, adjacent, repeated, or repeating one
// element.
func fusedOperands[F Float](r *rand.Rand, m, n, inputs, outputs int) (operands []Matrix[F], all [][]F) {
	for o := range inputs + outputs {
		row, col := n, 1
		kind := r.IntN(5)
		if o >= inputs {
			kind %= 2
		}
		switch kind {
		case 1:
			row = n + 1 + r.IntN(20)
		case 2:
			row = 0
		case 3:
			row, col = 1+r.IntN(2), 0
		case 4:
			row, col = 0, 0
		}
		data := make([]F, max(0, m-1)*row+max(0, n-1)*col+1+2*guardWords)
		for i := range data {
			data[i] = guard
		}
		x := Matrix[F]{Data: data[guardWords : len(data)-guardWords], Row: row, Col: col}
		for i := range m {
			for j := range n {
				x.Data[i*row+j*col] = F(r.IntN(9) - 4)
			}
		}
		operands, all = append(operands, x), append(all, data)
	}
	return operands, all
}

// randomFused returns a random program whose results on small integers are small integers, which no order of operations
// and no joining of a product with a sum changes.
func randomFused[F Float](r *rand.Rand, inputs, outputs, intermediate int) *FusedProgram[F] {
	fns := []Fn{Copy, Neg, Scale, Shift, Abs, Sign, Relu, Clamp, Add, Sub, Mul, Add, Sub, Mul, Equal, SigmoidGrad, TanhGrad, ReluGrad, Select}
	for {
		var ops []MicroOp[F]
		var regs []uint8
		for i := range inputs {
			regs = append(regs, uint8(i))
		}
		order := r.Perm(outputs + intermediate)
		add := func(op MicroOp[F], dst uint8) {
			op.Dst = dst
			ops = append(ops, op)
			regs = append(regs, dst)
		}
		spare := uint8(255) // limits each result, so that numbers stay small
		for _, o := range order {
			pick := func() uint8 {
				if r.IntN(2) == 0 {
					return regs[len(regs)-1]
				}
				return regs[r.IntN(len(regs))]
			}
			op := MicroOp[F]{Fn: fns[r.IntN(len(fns))], A: pick(), B: pick(), C: pick(), K: Consts[F]{F(r.IntN(5) - 2), 3}}
			if r.IntN(2) == 0 {
				add(op, spare)
				spare--
				op = MicroOp[F]{Fn: Clamp, A: spare + 1, K: Consts[F]{-4, 4}}
			}
			add(op, uint8(inputs+o))
		}
		if p, err := NewFused(inputs, outputs, ops); err == nil { // some results may be read by nothing
			return p
		}
	}
}

// TestFused compares random programs with the meaning of each operation, element by element.
func TestFused(t *testing.T) {
	eachSet(t, testFused[float32])
	eachSet(t, testFused[float64])
}

func testFused[F Float](t *testing.T, k Kernels[F]) {
	r := newRand()
	for trial := range 800 {
		inputs, outputs := 1+r.IntN(8), 1+r.IntN(3)
		p := randomFused[F](r, inputs, outputs, r.IntN(5))
		m, n := r.IntN(12), r.IntN(101)
		switch trial % 8 {
		case 0:
			m = 1
		case 1:
			n = 1
		case 2:
			n = 64 + r.IntN(400)
		}
		operands, all := fusedOperands[F](r, m, n, inputs, outputs)
		if a, b := r.IntN(inputs), r.IntN(outputs); operands[a].Col == 1 && operands[a].Row >= n && p.CanShare(a, b) {
			operands[inputs+b], all[inputs+b] = operands[a], all[a]
		}
		want := make([][]F, outputs)
		for o := range want {
			want[o] = append([]F{}, all[inputs+o]...)
		}
		for i := range m {
			for j := range n {
				value := map[uint8]F{}
				for o, x := range operands[:inputs] {
					value[uint8(o)] = x.Data[i*x.Row+j*x.Col]
				}
				for _, op := range p.Ops() {
					one := func(v F) Matrix[F] { return Matrix[F]{Data: []F{v}} }
					y := one(0)
					Portable[F]{}.Map(op.Fn, op.K, 1, 1, y, one(value[op.A]), one(value[op.B]), one(value[op.C]))
					value[op.Dst] = y.Data[0]
				}
				for o := range want {
					x := operands[inputs+o]
					want[o][guardWords+i*x.Row+j] = value[uint8(inputs+o)]
				}
			}
		}
		k.Fused(m, n, p, operands)
		for o := range want {
			for i, v := range all[inputs+o] {
				if v != want[o][i] {
					t.Fatalf("trial %d: %d rows of %d, %d inputs, operations %+v, operands %v: output %d has %v at word %d; want %v", trial, m, n, inputs,
						p.Ops(), strides(operands), o, v, i, want[o][i])
				}
			}
		}
	}
}

func strides[F Float](x []Matrix[F]) (s [][2]int) {
	for _, x := range x {
		s = append(s, [2]int{x.Row, x.Col})
	}
	return s
}

// TestNewFused refuses what is no program.
func TestNewFused(t *testing.T) {
	for name, c := range map[string]struct {
		in, out int
		ops     []MicroOp[float32]
	}{
		"no output":             {1, 0, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 1}}},
		"no operations":         {1, 1, nil},
		"too many operands":     {30, 3, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 30}}},
		"too many operations":   {1, 1, make([]MicroOp[float32], MaxFusedOps+1)},
		"read before it is set": {1, 1, []MicroOp[float32]{{Fn: Add, A: 0, B: 2, Dst: 1}}},
		"set twice":             {1, 1, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 1}, {Fn: Neg, A: 0, Dst: 1}}},
		"sets an input":         {1, 1, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 0}, {Fn: Neg, A: 0, Dst: 1}}},
		"output not set":        {1, 2, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 1}}},
		"result not read":       {1, 1, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 1}, {Fn: Neg, A: 0, Dst: 2}}},
		"no such function":      {1, 1, []MicroOp[float32]{{Fn: numFn, A: 0, Dst: 1}}},
	} {
		if _, err := NewFused(c.in, c.out, c.ops); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var ops []MicroOp[float32]
	for i := range MaxFusedSlots + 1 {
		ops = append(ops, MicroOp[float32]{Fn: Neg, Dst: uint8(2 + i)})
	}
	ops = append(ops, MicroOp[float32]{Fn: Neg, Dst: 1})
	if _, err := NewFused(1, 1, ops); err == nil {
		t.Error("more intermediate values at one time than there may be: no error")
	}
}

// TestFusedCanShare: an input that is read after an output is set must keep its memory.
func TestFusedCanShare(t *testing.T) {
	p, err := NewFused(2, 2, []MicroOp[float32]{{Fn: Neg, A: 0, Dst: 2}, {Fn: Add, A: 2, B: 1, Dst: 3}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		input, output int
		want          bool
	}{{0, 0, true}, {1, 0, false}, {0, 1, true}, {1, 1, true}} {
		if got := p.CanShare(c.input, c.output); got != c.want {
			t.Errorf("output %d in the place of input %d: %v", c.output, c.input, got)
		}
	}
}

// lstmForward is the elementwise part of an LSTM step: inputs are the sums of products of the four gates, i f g o, their
// biases, and the cell state; outputs the gates, the new cell state, its tanh, and the hidden state.
func lstmForward[F Float]() *FusedProgram[F] {
	const (
		x  = 0 // i f g o
		b  = 4
		c  = 8
		y  = 9 // i f g o
		c2 = 13
		tc = 14
		h  = 15
		t  = 16
	)
	var ops []MicroOp[F]
	for i := range uint8(4) {
		fn := Sigmoid
		if i == 2 {
			fn = Tanh
		}
		ops = append(ops, MicroOp[F]{Fn: Add, A: x + i, B: b + i, Dst: t + i}, MicroOp[F]{Fn: fn, A: t + i, Dst: y + i})
	}
	ops = append(ops, MicroOp[F]{Fn: Mul, A: y, B: y + 2, Dst: t + 4}, MicroOp[F]{Fn: Mul, A: y + 1, B: c, Dst: t + 5},
		MicroOp[F]{Fn: Add, A: t + 4, B: t + 5, Dst: c2}, MicroOp[F]{Fn: Tanh, A: c2, Dst: tc}, MicroOp[F]{Fn: Mul, A: tc, B: y + 3, Dst: h})
	p, err := NewFused(9, 7, ops)
	if err != nil {
		panic(err)
	}
	return p
}

// lstmBackward is the elementwise part of the gradient of an LSTM step: inputs are the gates i f g o, the cell state
// before the step, the new one's tanh, and the gradients of hidden state (two terms) and cell state; outputs the
// gradients of the four sums and of the cell state before.
func lstmBackward[F Float]() *FusedProgram[F] {
	const (
		i, f, g, o, c, tc, dh, dh2, dc = 0, 1, 2, 3, 4, 5, 6, 7, 8
		di, df, dg, do, dcOut          = 9, 10, 11, 12, 13
		t                              = 14
	)
	p, err := NewFused(9, 5, []MicroOp[F]{
		{Fn: Add, A: dh, B: dh2, Dst: t},
		{Fn: Mul, A: t, B: tc, Dst: t + 1},
		{Fn: SigmoidGrad, A: o, B: t + 1, Dst: do},
		{Fn: Mul, A: t, B: o, Dst: t + 2},
		{Fn: TanhGrad, A: tc, B: t + 2, Dst: t + 3},
		{Fn: Add, A: t + 3, B: dc, Dst: t + 4},
		{Fn: Mul, A: t + 4, B: f, Dst: dcOut},
		{Fn: Mul, A: t + 4, B: c, Dst: t + 5},
		{Fn: SigmoidGrad, A: f, B: t + 5, Dst: df},
		{Fn: Mul, A: t + 4, B: g, Dst: t + 6},
		{Fn: SigmoidGrad, A: i, B: t + 6, Dst: di},
		{Fn: Mul, A: t + 4, B: i, Dst: t + 7},
		{Fn: TanhGrad, A: g, B: t + 7, Dst: dg},
	})
	if err != nil {
		panic(err)
	}
	return p
}

// lstmOperands makes operands for a batch of m rows and n units: gates in one matrix of rows of 4n, biases without rows.
func lstmOperands[F Float](m, n int, backward bool) []Matrix[F] {
	r := newRand()
	random := func(rows, row int) Matrix[F] {
		x := Matrix[F]{Data: make([]F, rows*row), Row: row, Col: 1}
		for i := range x.Data {
			x.Data[i] = F(2*r.Float64() - 1)
		}
		return x
	}
	quarter := func(x Matrix[F], i int) Matrix[F] { return Matrix[F]{Data: x.Data[i*n:], Row: x.Row, Col: 1} }
	gates, other := random(m, 4*n), random(m, 4*n)
	bias := random(1, 4*n)
	bias.Row = 0
	var x []Matrix[F]
	four := func(y Matrix[F]) {
		for i := range 4 {
			x = append(x, quarter(y, i))
		}
	}
	four(gates)
	if backward {
		for range 5 {
			x = append(x, random(m, n))
		}
		four(other)
		return append(x, random(m, n))
	}
	four(bias)
	x = append(x, random(m, n))
	four(other)
	for range 3 {
		x = append(x, random(m, n))
	}
	return x
}

// TestFusedLSTM compares an LSTM step and its gradient with the float64 one.
func TestFusedLSTM(t *testing.T) {
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for _, backward := range []bool{false, true} {
			p, q := lstmForward[float32](), lstmForward[float64]()
			if backward {
				p, q = lstmBackward[float32](), lstmBackward[float64]()
			}
			for _, size := range [][2]int{{1, 16}, {1, 128}, {3, 7}, {32, 16}, {5, 100}, {32, 128}, {7, 1}} {
				m, n := size[0], size[1]
				x, y := lstmOperands[float32](m, n, backward), lstmOperands[float64](m, n, backward)
				k.Fused(m, n, p, x)
				Portable[float64]{}.Fused(m, n, q, y)
				for o := range x {
					for i := range m {
						for j := range n {
							got, want := float64(x[o].Data[i*x[o].Row+j]), y[o].Data[i*y[o].Row+j]
							if !(math.Abs(got-want) <= 2e-6) { // a few roundings of numbers up to 4
								t.Fatalf("backward %v of %d rows of %d: operand %d is %v at (%d, %d); want %v", backward, m, n, o, got, i, j, want)
							}
						}
					}
				}
			}
		}
	})
}

// BenchmarkFused runs an LSTM step and its gradient: for a batch of one and 16 units, and wider.
func BenchmarkFused(b *testing.B) {
	benchSets(b, func(b *testing.B, k Kernels[float32]) {
		for _, size := range [][2]int{{1, 16}, {1, 128}, {32, 16}, {32, 128}, {20, 650}} {
			for _, backward := range []bool{false, true} {
				name, p := "forward", lstmForward[float32]()
				if backward {
					name, p = "backward", lstmBackward[float32]()
				}
				m, n := size[0], size[1]
				x := lstmOperands[float32](m, n, backward)
				b.Run(fmt.Sprintf("lstm-%s/%dx%d", name, m, n), func(b *testing.B) {
					for range b.N {
						k.Fused(m, n, p, x)
					}
					b.ReportMetric(float64(m*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "elements/ns")
				})
			}
		}
		for _, n := range []int{16, 64, 4096} { // a chain of operations, to see what one costs
			const length = 40
			var ops []MicroOp[float32]
			for i := range uint8(length) {
				op := MicroOp[float32]{Fn: []Fn{Add, Mul, Sub, Mul}[i%4], A: i + 1, B: 1, Dst: i + 2}
				if i == 0 {
					op.A = 0
				}
				if i == length-1 {
					op.Dst = 2
				} else {
					op.Dst = 3 + i
				}
				if i > 0 {
					op.A = 2 + i
				}
				ops = append(ops, op)
			}
			p, err := NewFused(2, 1, ops)
			if err != nil {
				b.Fatal(err)
			}
			var x []Matrix[float32]
			for range 3 {
				x = append(x, Matrix[float32]{Data: make([]float32, n), Row: n, Col: 1})
			}
			b.Run(fmt.Sprintf("chain of %d/%d", length, n), func(b *testing.B) {
				for range b.N {
					k.Fused(1, n, p, x)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/length, "ns/operation")
			})
		}
	})
}
