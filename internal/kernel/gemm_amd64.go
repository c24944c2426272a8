package kernel

import "unsafe"

//go:generate go run ./gen gemm -out gemm_amd64.s -stubs gemm_stubs_amd64.go -pkg kernel

// tiles are the matrix products of one instruction set. B is read in panels of two vectors' width, as Pack lays them
// out, [panel][k][2·lanes], the columns that are left in panels of one vector's width, the last filled up with zeros.
type tiles struct {
	lanes   int // float32 numbers in a vector
	tallest int // rows of the tallest tile
	avx512  bool
}

var (
	tilesAVX512 = tiles{lanes: 16, tallest: 14, avx512: true}
	tilesAVX2   = tiles{lanes: 8, tallest: 6}
)

// The blocks of a product whose operands are not packed.
const (
	gemmBlockK = 384
	gemmBlockN = 512
)

func (t tiles) packedSize(k, n int) int { return k * ((n + t.lanes - 1) &^ (t.lanes - 1)) }

func (t tiles) pack(k, n int, b Matrix[float32], packed []float32) {
	for j := 0; j < n; {
		width := t.lanes
		if n-j >= 2*t.lanes {
			width *= 2
		}
		cols := min(width, n-j)
		for p := range k {
			row := packed[p*width : p*width+width]
			if b.Col == 1 {
				copy(row, b.Data[p*b.Row+j:][:cols])
			} else {
				for i := range cols {
					row[i] = b.Data[p*b.Row+(j+i)*b.Col]
				}
			}
			clear(row[cols:])
		}
		packed = packed[k*width:]
		j += width
	}
}

func (t tiles) gemmPacked(m, n, k int, a Matrix[float32], packed []float32, beta float32, bias []float32, c Rows[float32]) {
	panel := 2 * t.lanes
	b := panels{data: unsafe.SliceData(packed), bk: panel, bp: k * panel, bkTail: t.lanes, bpTail: k * t.lanes}
	t.product(m, n, k, a, b, beta, bias, c)
}

// panels says where the numbers of B stand: those of a panel bk apart along k, the panels bp apart, and those of the
// narrow ones.
type panels struct {
	data                   *float32
	bk, bp, bkTail, bpTail int
}

// product computes C = A·B + beta·C + bias.
func (t tiles) product(m, n, k int, a Matrix[float32], b panels, beta float32, bias []float32, c Rows[float32]) {
	if m == 0 || n == 0 {
		return
	}
	trans, ld := false, a.Row
	switch {
	case k <= 1 || a.Col == 1:
	case a.Row == 1 || m == 1:
		trans, ld = true, a.Col
	default: // one row at a time, whose numbers may be any distance apart
		for i := range m {
			row := Matrix[float32]{Data: a.Data[i*a.Row:], Row: 1, Col: a.Col}
			t.product(1, n, k, row, b, beta, bias, Rows[float32]{Data: c.Data[i*c.Stride:], Stride: c.Stride})
		}
		return
	}
	count := (m + t.tallest - 1) / t.tallest
	h := (m + count - 1) / count
	low := count*h - m
	betaInt := 0
	if beta != 0 {
		betaInt = 1
	}
	const size = 4
	f := gemmAVX2
	switch {
	case t.avx512 && trans:
		f = gemmTransAVX512
	case t.avx512:
		f = gemmAVX512
	case trans:
		f = gemmTransAVX2
	}
	f(unsafe.SliceData(a.Data), uintptr(ld*size), b.data, uintptr(b.bk*size), uintptr(b.bp*size), uintptr(b.bkTail*size),
		uintptr(b.bpTail*size), unsafe.SliceData(c.Data), uintptr(c.Stride*size), unsafe.SliceData(bias), h, count, low, n, k, betaInt)
}

func (t tiles) gemmScratch(m, n, k int) int {
	return t.packedSize(min(k, gemmBlockK), min(n, gemmBlockN))
}

func (t tiles) gemm(m, n, k int, a, b Matrix[float32], beta float32, c Rows[float32], scratch []float32) {
	if k == 0 || b.Col == 1 && m <= 2*t.tallest {
		rows := panels{data: unsafe.SliceData(b.Data), bk: b.Row, bp: 2 * t.lanes, bkTail: b.Row, bpTail: t.lanes}
		t.product(m, n, k, a, rows, beta, nil, c)
		return
	}
	for j := 0; j < n; j += gemmBlockN {
		beta := beta
		width := min(n-j, gemmBlockN)
		for p := 0; p < k; p += gemmBlockK {
			depth := min(k-p, gemmBlockK)
			t.pack(depth, width, Matrix[float32]{Data: b.Data[p*b.Row+j*b.Col:], Row: b.Row, Col: b.Col}, scratch)
			block := Matrix[float32]{Data: a.Data[p*a.Col:], Row: a.Row, Col: a.Col}
			t.gemmPacked(m, width, depth, block, scratch, beta, nil, Rows[float32]{Data: c.Data[j:], Stride: c.Stride})
			beta = 1
		}
	}
}
