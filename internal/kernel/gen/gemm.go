package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vectors is an instruction set and the tiles that suit it.
//
// A tile of r rows and two vectors across keeps 2·r sums in registers; for each k it loads 2 vectors of B and r
// numbers of A, each spread over a register that both additions of its row read: with AVX-512 14 rows fill 28 + 2 + 2
// of 32 registers, in AVX2 6 rows 12 + 2 + 1 of 16. An addition that takes the number from memory needs no register,
// but loads it twice: 30 loads for 28 additions, which a core that starts two of both in a cycle can just not hide. On
// Sapphire Rapids that took 7 to 18 % longer than 16 loads, 32×1024×256 ran at 80 to 83 % of the peak instead of 89 to
// 95. On Zen 4, which starts one addition in a cycle, every height from 4 rows on (AVX2: 6) reached 98 % of the peak
// from memory, with B in the second-level cache; from registers it is not measured there.
//
// Fewer rows are bound by the loads of B: 32 bytes a cycle from the second-level cache, measured, whatever the order.
// Their tiles take more vectors across, so that as many sums are independent and each number of A is loaded seldom.
// One of 4 vectors for one row makes a product of 1×16×64 take 37 ns instead of 43.
type vectors struct {
	name    string
	lanes   int
	regs    []reg.Register // all vector registers
	tallest int            // rows of the largest tile
	wide    [][2]int       // rows and vectors across of the tiles for products of few rows, wider ones first
	avx512  bool
}

var (
	avx512 = vectors{
		name: "AVX512", lanes: 16, tallest: 14, wide: [][2]int{{1, 8}, {1, 4}, {2, 4}}, avx512: true,
		regs: []reg.Register{
			reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7, reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
			reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23, reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31,
		},
	}
	avx2 = vectors{
		name: "AVX2", lanes: 8, tallest: 6, wide: [][2]int{{1, 8}, {1, 4}, {2, 4}, {3, 4}},
		regs: []reg.Register{
			reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7, reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15,
		},
	}
)

// The general registers of a product. The loops over blocks and panels keep theirs in memory and on the stack.
var (
	rA     = reg.RAX // A, at row 0 of the block and the current k
	rA7    = reg.RBX // A, at row 7
	rLd    = reg.RCX // bytes between rows of A, or between values of k where A is transposed
	rLd3   = reg.RDX // three and five times that
	rLd5   = reg.RSI
	rB     = reg.RDI // B, at the current panel and k
	rBk    = reg.R8  // bytes between values of k
	rBk3   = reg.R9
	rK     = reg.R10
	rC     = reg.R11 // C, at the current row
	rLdc   = reg.R12
	rBlock = reg.R13 // blocks of rows left
	rBlkA  = reg.R14 // A, at the current block
	rT     = reg.R15
	// The wide tiles have at most 3 rows, so no need of row 7, and do not unroll the address of B.
	rBp  = reg.R9 // bytes between panels
	rBp3 = reg.RBX
)

func gemm() {
	for _, v := range []vectors{avx512, avx2} {
		for _, trans := range []bool{false, true} {
			v.product(trans)
		}
		v.packRows()
		v.packColumns()
		v.peak()
	}
	vendor()
}

// unroll is the number of values of k in one turn of a tile's loop: as many as the addresses of B reach without more
// additions.
const unroll = 4

// tile is a block of C of rows × cols vectors that is kept in registers while k runs. A tile of one vector is masked, for
// the last columns of C; B's numbers outside the mask are taken as 0 and not read.
type tile struct {
	vectors
	trans      bool
	rows, cols int
	phases     int // sets of accumulators, taken in turn, so that enough sums are independent
	acc        []reg.Register
	a, b       []reg.Register
}

func (v vectors) tile(trans bool, rows, cols int) tile {
	t := tile{vectors: v, trans: trans, rows: rows, cols: cols, phases: 1}
	free := v.regs
	take := func(n int) []reg.Register {
		last := len(free) - n
		r := free[last:]
		free = free[:last]
		return r
	}
	if cols == 1 && !v.avx512 {
		take(1) // the mask
	}
	switch {
	case t.small():
		t.a, t.b = take(rows), take(1)
	case v.avx512:
		t.b = take(cols)
		if cols > 1 {
			t.a = take(2) // in turn
		}
	default:
		t.a, t.b = take(1), take(cols)
	}
	// A sum takes 4 cycles, in which 4 additions of AVX-512 or 8 of AVX2 start: 8 sums keep the unit busy.
	for t.phases < unroll && t.phases*rows*cols < 8 && 2*t.phases*rows*cols <= len(free) {
		t.phases *= 2
	}
	t.acc = free[:t.phases*rows*cols]
	return t
}

// small reports whether the tile keeps the numbers of A in registers. It has so few rows that it would load B more
// often than it adds.
func (t tile) small() bool { return t.rows < 3 || !t.avx512 && t.rows == 3 }

// ahead reports whether the tile asks for the numbers of B's next panel while it reads this one. Of large weights and few rows
// these come from the third-level cache, at 20 GB/s and no faster if only the processor looks ahead: LSTMs of 650 units took 6 to
// 10 % less (Sapphire Rapids). Tiles of up to 5 rows have no load to spare.
func (t tile) ahead() bool { return t.avx512 && t.cols == 2 && !t.small() && !t.trans && t.rows > 5 }

func (t tile) label() string { return fmt.Sprintf("tile_%d_%d", t.rows, t.cols) }

func (t tile) sum(phase, i, j int) reg.Register { return t.acc[(phase*t.rows+i)*t.cols+j] }

// product writes one function that computes a block of rows of C over all panels of B.
func (v vectors) product(trans bool) {
	name, what := "gemm"+v.name, "A's rows are adjacent along k and lda bytes apart"
	if trans {
		name, what = "gemmTrans"+v.name, "A's rows are adjacent to each other and values of k lda bytes apart"
	}
	TEXT(name, NOSPLIT, "func(a *float32, lda uintptr, b *float32, bk, bp, bkTail, bpTail uintptr, c *float32, ldc uintptr, bias *float32, h, blocks, low, n, k, beta int)")
	Pragma("noescape")
	panel := 2 * v.lanes
	Doc(
		fmt.Sprintf("%s computes C = A·B + beta·C + bias, where %s.", name, what),
		fmt.Sprintf("B is panels of %d columns, bp bytes apart, with values of k bk bytes apart, then those of %d columns,", panel, v.lanes),
		"bpTail and bkTail apart, the last of which may be narrower. The rows are blocks of h, the last low of them of h-1.",
	)
	localB, localC, localBias, localN := AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8)
	param := func(name string) Mem {
		b, err := Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		return b.Addr
	}
	copyTo := func(from string, to Mem) {
		MOVQ(param(from), rT)
		MOVQ(rT, to)
	}
	copyTo("b", localB)
	copyTo("c", localC)
	copyTo("bias", localBias)
	copyTo("n", localN)
	MOVQ(param("lda"), rLd)
	LEAQ(Mem{Base: rLd, Index: rLd, Scale: 2}, rLd3)
	LEAQ(Mem{Base: rLd, Index: rLd, Scale: 4}, rLd5)
	MOVQ(param("ldc"), rLdc)
	MOVQ(param("bk"), rBk)

	advances := 0
	advance := func(columns int, stride string, panels int) {
		bytes := 4 * columns
		MOVQ(localB, rT)
		for range panels {
			ADDQ(param(stride), rT)
		}
		MOVQ(rT, localB)
		ADDQ(I32(bytes), localC)
		MOVQ(localBias, rT)
		advances++
		none := fmt.Sprintf("unbiased_%d", advances)
		TESTQ(rT, rT)
		JZ(LabelRef(none))
		ADDQ(I32(bytes), rT)
		MOVQ(rT, localBias)
		Label(none)
		SUBQ(I32(columns), localN)
	}
	tileEnv := tileEnv{param: param, localB: localB, localBias: localBias}

	// Products of few rows go first through tiles of several panels.
	Label("panels")
	for _, w := range v.wide {
		rows, columns := w[0], w[1]*v.lanes
		next := fmt.Sprintf("not_%d_%d", rows, w[1])
		CMPQ(param("h"), I8(rows))
		JNE(LabelRef(next))
		MOVQ(localN, rT)
		CMPQ(rT, I32(columns))
		JLT(LabelRef(next))
		MOVQ(param("bp"), rBp)
		LEAQ(Mem{Base: rBp, Index: rBp, Scale: 2}, rBp3)
		MOVQ(param("a"), rBlkA)
		MOVQ(localC, rC)
		v.tile(trans, rows, w[1]).write(tileEnv)
		advance(columns, "bp", w[1]/2)
		JMP(LabelRef("panels"))
		Label(next)
	}

	for _, cols := range []int{2, 1} {
		at := func(s string) string { return fmt.Sprintf("%s_%d", s, cols) }
		if cols == 2 {
			MOVQ(localN, rT)
			CMPQ(rT, I8(panel))
			JLT(LabelRef("tail"))
		} else {
			Label("tail")
			MOVQ(localN, rT)
			TESTQ(rT, rT)
			JLE(LabelRef("done"))
			MOVQ(param("bkTail"), rBk)
			v.makeMask()
		}
		LEAQ(Mem{Base: rBk, Index: rBk, Scale: 2}, rBk3)
		MOVQ(param("a"), rBlkA)
		MOVQ(localC, rC)
		MOVQ(param("blocks"), rBlock)
		Label(at("block"))
		MOVQ(param("h"), rT)
		CMPQ(rBlock, param("low"))
		JGT(LabelRef(at("dispatch")))
		DECQ(rT)
		Label(at("dispatch"))
		v.dispatch(1, v.tallest, cols)
		for rows := 1; rows <= v.tallest; rows++ {
			t := v.tile(trans, rows, cols)
			Label(t.label())
			t.write(tileEnv)
			JMP(LabelRef(at("next")))
		}
		Label(at("next"))
		DECQ(rBlock)
		JNZ(LabelRef(at("block")))
		if cols == 2 {
			advance(panel, "bp", 1)
			JMP(LabelRef("panels"))
		} else {
			advance(v.lanes, "bpTail", 1)
			JMP(LabelRef("tail"))
		}
	}
	Label("done")
	VZEROUPPER()
	RET()
}

// dispatch jumps to the tile of rT rows by a search through the heights lo to hi.
func (v vectors) dispatch(lo, hi, cols int) {
	if lo == hi {
		JMP(LabelRef(tile{rows: lo, cols: cols}.label()))
		return
	}
	middle := (lo + hi + 1) / 2
	upper := fmt.Sprintf("from_%d_%d", middle, cols)
	CMPQ(rT, I8(middle))
	JGE(LabelRef(upper))
	v.dispatch(lo, middle-1, cols)
	Label(upper)
	v.dispatch(middle, hi, cols)
}

// mask is the register of the mask: of AVX2 the last, which the tiles that are masked leave alone.
func (v vectors) mask() reg.Register {
	if v.avx512 {
		return reg.K1
	}
	return v.regs[len(v.regs)-1]
}

// makeMask makes the mask of the first rT lanes; of all of them if there are not so many.
func (v vectors) makeMask() {
	if v.avx512 {
		MOVL(U32(1<<16-1), rK.As32())
		CMPQ(rT, I8(16))
		JGE(LabelRef("whole"))
		BZHIL(rT.As32(), rK.As32(), rK.As32())
		Label("whole")
		KMOVW(rK.As32(), v.mask())
		return
	}
	MOVQ(I32(8), rK)
	CMPQ(rT, rK)
	CMOVQGT(rK, rT)
	SUBQ(rT, rK)
	LEAQ(masks(), rT)
	VMOVDQU(Mem{Base: rT, Index: rK, Scale: 4}, v.mask())
}

var masksMem *Mem

// masks is 8 words of all bits and 8 of none: read from word 8−n on, the mask of n lanes.
func masks() Mem {
	if masksMem == nil {
		m := GLOBL("gemmMasks", RODATA|NOPTR)
		for i := range 16 {
			DATA(4*i, U32(^uint32(0)*uint32(1-i/8)))
		}
		masksMem = &m
	}
	return *masksMem
}

type tileEnv struct {
	param             func(string) Mem
	localB, localBias Mem
}

// write writes the code of the tile: sums that begin with the bias, the loop over k, beta·C, and the stores.
func (t tile) write(e tileEnv) {
	id := fmt.Sprintf("%d_%d", t.rows, t.cols)
	at := func(s string) string { return s + "_" + id }
	bytes := 4 * t.lanes

	// Begin.
	MOVQ(e.localB, rB)
	MOVQ(rBlkA, rA)
	if !t.trans && t.rows > 7 {
		LEAQ(Mem{Base: rA, Index: rLd3, Scale: 2}, rA7)
		ADDQ(rLd, rA7)
	}
	MOVQ(e.localBias, rT)
	TESTQ(rT, rT)
	JZ(LabelRef(at("zero")))
	for j := range t.cols {
		t.load(Mem{Base: rT, Disp: j * bytes}, t.sum(0, 0, j))
	}
	JMP(LabelRef(at("spread")))
	Label(at("zero"))
	for j := range t.cols {
		t.zero(t.sum(0, 0, j))
	}
	Label(at("spread"))
	for i := 1; i < t.rows; i++ {
		for j := range t.cols {
			VMOVAPS(t.sum(0, 0, j), t.sum(0, i, j))
		}
	}
	for _, r := range t.acc[t.rows*t.cols:] {
		t.zero(r)
	}
	// C comes while k runs, and beta·C is added last, when it is there: 4 % for a C of 7 MB, nothing for a small one.
	if !t.small() {
		MOVQ(rC, rT)
		for i := range t.rows {
			for b := 0; b < t.cols*bytes; b += 64 {
				PREFETCHT0(Mem{Base: rT, Disp: b})
			}
			if i < t.rows-1 {
				ADDQ(rLdc, rT)
			}
		}
	}

	// Loop.
	if t.ahead() {
		MOVQ(e.param("bp"), rT) // which is free until the sums are stored
	}
	MOVQ(e.param("k"), rK)
	SHRQ(I8(2), rK)
	JZ(LabelRef(at("rest")))
	Label(at("four"))
	for s := range unroll {
		t.step(s)
	}
	t.move(unroll)
	DECQ(rK)
	JNZ(LabelRef(at("four")))
	Label(at("rest"))
	MOVQ(e.param("k"), rK)
	ANDQ(I8(unroll-1), rK)
	JZ(LabelRef(at("summed")))
	Label(at("one"))
	t.step(0)
	t.move(1)
	DECQ(rK)
	JNZ(LabelRef(at("one")))
	Label(at("summed"))

	// End.
	for p := t.phases; p > 1; p /= 2 {
		for q := range p / 2 {
			for i := range t.rows {
				for j := range t.cols {
					VADDPS(t.sum(q+p/2, i, j), t.sum(q, i, j), t.sum(q, i, j))
				}
			}
		}
	}
	CMPQ(e.param("beta"), I8(0))
	JE(LabelRef(at("added")))
	MOVQ(rC, rT)
	for i := range t.rows {
		for j := range t.cols {
			t.add(Mem{Base: rT, Disp: j * bytes}, t.sum(0, i, j))
		}
		if i < t.rows-1 {
			ADDQ(rLdc, rT)
		}
	}
	Label(at("added"))
	for i := range t.rows {
		for j := range t.cols {
			t.store(t.sum(0, i, j), Mem{Base: rC, Disp: j * bytes})
		}
		ADDQ(rLdc, rC)
	}
	if t.cols > 2 {
		return
	}
	if t.trans {
		ADDQ(I8(4*t.rows), rBlkA)
	} else {
		IMUL3Q(I8(t.rows), rLd, rT)
		ADDQ(rT, rBlkA)
	}
}

// step adds the products of the s-th value of k.
func (t tile) step(s int) {
	phase := s % t.phases
	bytes := 4 * t.lanes
	if t.small() {
		for i := range t.rows {
			VBROADCASTSS(t.addressA(s, i), t.a[i])
		}
		for j := range t.cols {
			b := Mem{Base: rB, Disp: j % 2 * bytes}
			switch j / 2 {
			case 1:
				b = b.Idx(rBp, 1)
			case 2:
				b = b.Idx(rBp, 2)
			case 3:
				b = b.Idx(rBp3, 1)
			}
			if t.rows == 1 && t.cols > 1 {
				VFMADD231PS(b, t.a[0], t.sum(phase, 0, j))
				continue
			}
			t.load(b, t.b[0])
			for i := range t.rows {
				VFMADD231PS(t.b[0], t.a[i], t.sum(phase, i, j))
			}
		}
		ADDQ(rBk, rB)
		return
	}
	if t.trans {
		// The next block's numbers of A are further along the same row of memory: 0.5–2 % in weight gradients.
		PREFETCHT0(t.addressA(s, 16))
	}
	for j := range t.cols {
		b := Mem{Base: rB, Disp: j * bytes}
		switch s {
		case 1:
			b = b.Idx(rBk, 1)
		case 2:
			b = b.Idx(rBk, 2)
		case 3:
			b = b.Idx(rBk3, 1)
		}
		t.load(b, t.b[j])
	}
	if t.ahead() { // the next panel of a packed B: of one that is not packed it is next to this one
		for j := range t.cols {
			PREFETCHT1(Mem{Base: rB, Index: rT, Scale: 1, Disp: (s*t.cols + j) * bytes})
		}
	}
	for i := range t.rows {
		if len(t.a) == 0 {
			VFMADD231PS_BCST(t.addressA(s, i), t.b[0], t.sum(phase, i, 0))
			continue
		}
		a := t.a[i%len(t.a)]
		VBROADCASTSS(t.addressA(s, i), a)
		for j := range t.cols {
			VFMADD231PS(a, t.b[j], t.sum(phase, i, j))
		}
	}
}

// move moves the addresses by n values of k.
func (t tile) move(n int) {
	switch {
	case t.small():
	case n == 1:
		ADDQ(rBk, rB)
	case n == 4:
		LEAQ(Mem{Base: rB, Index: rBk, Scale: 4}, rB)
	}
	switch {
	case !t.trans:
		ADDQ(I8(4*n), rA)
		if t.rows > 7 {
			ADDQ(I8(4*n), rA7)
		}
	case n == 1:
		ADDQ(rLd, rA)
	case n == 4:
		LEAQ(Mem{Base: rA, Index: rLd, Scale: 4}, rA)
	}
}

// addressA is where A's number at the s-th value of k and row i of the block stands.
func (t tile) addressA(s, i int) Mem {
	if t.trans {
		return scaled(Mem{Base: rA, Disp: 4 * i}, s)
	}
	if i < 7 {
		return scaled(Mem{Base: rA, Disp: 4 * s}, i)
	}
	return scaled(Mem{Base: rA7, Disp: 4 * s}, i-7)
}

// scaled adds n ≤ 6 times rLd to an address.
func scaled(m Mem, n int) Mem {
	switch n {
	case 1, 2, 4:
		return m.Idx(rLd, uint8(n))
	case 3, 6:
		return m.Idx(rLd3, uint8(n/3))
	case 5:
		return m.Idx(rLd5, 1)
	}
	return m
}

func (t tile) load(m Mem, r reg.Register) {
	if t.cols > 1 {
		VMOVUPS(m, r)
	} else {
		t.loadMasked(m, r)
	}
}

// loadMasked loads the lanes of the mask that makeMask made, and zeros.
func (v vectors) loadMasked(m Mem, r reg.Register) {
	if v.avx512 {
		VMOVUPS_Z(m, v.mask(), r)
	} else {
		VMASKMOVPS(m, v.mask(), r)
	}
}

func (t tile) store(r reg.Register, m Mem) {
	switch {
	case t.cols > 1:
		VMOVUPS(r, m)
	case t.avx512:
		VMOVUPS(r, t.mask(), m)
	default:
		VMASKMOVPS(r, t.mask(), m)
	}
}

// add adds what stands at m to r.
func (t tile) add(m Mem, r reg.Register) {
	switch {
	case t.cols > 1:
		VADDPS(m, r, r)
	case t.avx512:
		VADDPS(m, r, t.mask(), r)
	default:
		VMASKMOVPS(m, t.mask(), t.b[0])
		VADDPS(t.b[0], r, r)
	}
}

func (v vectors) zero(r reg.Register) {
	if v.avx512 {
		VPXORD(r, r, r)
	} else {
		VXORPS(r, r, r)
	}
}
