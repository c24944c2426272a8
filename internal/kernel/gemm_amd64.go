package kernel

import (
	"math"
	"unsafe"
)

//go:generate go run ./gen gemm -out gemm_amd64.s -stubs gemm_stubs_amd64.go -pkg kernel

// tiles are the matrix products of one instruction set. A tile is a block of C that stays in registers while k runs:
// up to tallest rows by two vectors. It loads two vectors of B and, as scalars that it spreads, the numbers of A for
// each k. gen/gemm.go says why the tiles have these sizes.
//
// B is read in panels of two vectors' width, [panel][k][2·lanes], the columns that are left in panels of one vector's
// width, the last filled up with zeros. Pack lays it out so.
type tiles struct {
	lanes   int // float32 numbers in a vector
	tallest int // rows of the tallest tile
	packA   int // columns from which on Gemm packs a transposed A
	packFar int // the same of one whose rows stand a page or more apart
	packB   int // rows from which on Gemm packs a B with adjacent columns
	avx512  bool
}

const (
	lanesAVX512, tallestAVX512 = 16, 14
	lanesAVX2, tallestAVX2     = 8, 6
)

// What stands in memory in an order that the tiles can read need not be packed to be read fast, since the processor
// looks far ahead. All figures are shares of the peak.
//
// packA: a transposed A is read in steps of a whole row, of which a tile uses 56 bytes (AVX2: 24). Packing it first
// cost AVX-512 4–10 % in all weight gradients; it cost AVX2 8 % with 128 columns, and won 4 % with 256, 8 % with 650.
// That was on AMD. Intel's (Sapphire Rapids, AVX-512) do not follow steps of a page and more: a gradient of 10000×650 or
// 2600×650 took twice as long as packed, one of 1024×256 1.4 times, of 1024×64 1.2 times; packing cost 10 % with 64
// columns of rows of 2 KB, a third with 16, and won 0–5 % with 256 columns of rows of 1–3 KB.
//
// packB: reading the rows of B where they stand won 6 % with 64 rows and nothing with 128; with 512 rows it lost 3 % if
// B's rows were not aligned, and with AVX2 10 %.
var (
	tilesAVX512 = tiles{lanes: lanesAVX512, tallest: tallestAVX512, packA: math.MaxInt, packFar: packFarAVX512(), packB: 129, avx512: true}
	tilesAVX2   = tiles{lanes: lanesAVX2, tallest: tallestAVX2, packA: 256, packFar: 256, packB: 65}
)

// packFarAVX512 asks the processor who made it.
func packFarAVX512() int {
	if b, d, c := vendor(); b == 0x756e6547 && d == 0x49656e69 && c == 0x6c65746e { // Genu, ineI, ntel
		return 64
	}
	return math.MaxInt
}

const (
	size = 4    // bytes of a float32
	page = 4096 // bytes within which processors look ahead
)

// The blocks of a product whose B Gemm packs. With 512 columns and 384 rows a block takes 3/4 of a second-level cache of
// 1 MB, and along 384 rows a tile's beginning and end cost less than 1 %. But C is read and written once for every
// block along k: a C of more than 2 MB, which does not stay in that cache, wants blocks twice as long, though B then
// comes from the third level (2600×650×700: 95 % against 90 %; the other way 1024×256×6400: 98 % against 94 %).
const (
	gemmBlockN     = 512
	gemmBlockK     = 384
	gemmBlockKLong = 768
	gemmLargeC     = 512 << 10 // elements
)

// The blocks of a product with a packed B of more than 4 MB, if it has rows enough to come back to them: 700 rows ran at
// 60 % of the peak with a B of 10000×650 as a whole, at 95 % in blocks of 768×341; with one of 650×10000, 79 % and 96 %.
const (
	gemmLargeB     = 1 << 20 // elements
	gemmManyRows   = 128
	gemmBlockDepth = 768       // along k, if it is at least twice as long
	gemmBlockB     = 256 << 10 // elements: they stay in the second-level cache
)

// gemmGroup is how many elements of A, in whole tiles' heights, go through all panels of B before the next: 384 KB stay
// in the second-level cache. 6400×1024×256 ran at 97 % with groups of 64 to 512 KB, at 89 % with all of A as one. B is read
// as often as there are groups: with 128 KB 20×2600×320 were two, and took 1.4 times as long.
const gemmGroup = 96 << 10

func (t tiles) packedSize(k, n int) int { return k * ((n + t.lanes - 1) &^ (t.lanes - 1)) }

func (t tiles) pack(k, n int, b Matrix[float32], packed []float32) {
	if k == 0 {
		return
	}
	for j := 0; j < n; {
		width := t.lanes
		if n-j >= 2*t.lanes {
			width *= 2
		}
		t.packPanel(k, min(width, n-j), width, Matrix[float32]{Data: b.Data[j*b.Col:], Row: b.Row, Col: b.Col}, packed)
		packed = packed[k*width:]
		j += width
	}
}

// packPanel packs a panel of width columns, of which the last are zeros.
func (t tiles) packPanel(k, columns, width int, b Matrix[float32], packed []float32) {
	dst, src := unsafe.SliceData(packed), unsafe.SliceData(b.Data)
	switch {
	case b.Col == 1 && t.avx512:
		packRowsAVX512(dst, src, uintptr(b.Row*size), k, columns)
	case b.Col == 1:
		packRowsAVX2(dst, src, uintptr(b.Row*size), k, columns)
	case b.Row == 1:
		for j := 0; j < columns; j += t.lanes {
			dst, src, left := &packed[j], &b.Data[j*b.Col], min(columns-j, t.lanes)
			if t.avx512 {
				packColumnsAVX512(dst, uintptr(width*size), src, uintptr(b.Col*size), k, left)
			} else {
				packColumnsAVX2(dst, uintptr(width*size), src, uintptr(b.Col*size), k, left)
			}
		}
	default:
		for p := range k {
			row := packed[p*width : p*width+width]
			for i := range columns {
				row[i] = b.Data[p*b.Row+i*b.Col]
			}
			clear(row[columns:])
		}
	}
}

// panels says where the numbers of B stand: those of a panel bk apart along k, the panels bp apart, and those of the
// narrow panels.
type panels struct {
	data                   *float32
	bk, bp, bkTail, bpTail int
}

// packedPanels are the panels that Pack made.
func (t tiles) packedPanels(k int, packed []float32) panels {
	return panels{data: unsafe.SliceData(packed), bk: 2 * t.lanes, bp: k * 2 * t.lanes, bkTail: t.lanes, bpTail: k * t.lanes}
}

// panelsOf are the panels of a matrix with adjacent columns, where it stands.
func (t tiles) panelsOf(b Matrix[float32]) panels {
	return panels{data: unsafe.SliceData(b.Data), bk: b.Row, bp: 2 * t.lanes, bkTail: b.Row, bpTail: t.lanes}
}

// gemmPacked computes C = A·B + beta·C + bias for a packed B.
func (t tiles) gemmPacked(m, n, k int, a Matrix[float32], packed []float32, beta float32, bias []float32, c Rows[float32]) {
	if m < gemmManyRows || k*n < gemmLargeB {
		t.product(m, n, k, a, t.packedPanels(k, packed), beta, bias, c)
		return
	}
	depth := k
	if k >= 2*gemmBlockDepth {
		count := (k + gemmBlockDepth - 1) / gemmBlockDepth
		depth = ((k+count-1)/count + 3) &^ 3
	}
	t.blocked(m, n, k, gemmBlockB/depth, depth, a, packed, beta, bias, c)
}

// blocked computes what gemmPacked does, with one block of B after the other, of about width columns and depth rows.
func (t tiles) blocked(m, n, k, width, depth int, a Matrix[float32], packed []float32, beta float32, bias []float32, c Rows[float32]) {
	width = max(1, width/(2*t.lanes)) * 2 * t.lanes
	for j := 0; j < n; {
		columns, panel := min(width, (n-j)&^(2*t.lanes-1)), 2*t.lanes
		if columns == 0 { // the last ones, which are panels of another width
			columns, panel = n-j, t.lanes
		}
		beta, bias := beta, bias[min(j, len(bias)):]
		for p := 0; p < k; p += depth {
			b := t.packedPanels(k, packed[j*k+p*panel:])
			x := Matrix[float32]{Data: a.Data[p*a.Col:], Row: a.Row, Col: a.Col}
			t.product(m, columns, min(k-p, depth), x, b, beta, bias, Rows[float32]{Data: c.Data[j:], Stride: c.Stride})
			beta, bias = 1, nil
		}
		j += columns
	}
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
	// The fewest tiles that the rows need, of equal heights or two that differ by one: 16 rows are 8 and 8, 32 are 11, 11
	// and 10. A tile of 14 and one of 2 would run at the speed of the 2.
	blocks := (m + t.tallest - 1) / t.tallest
	h := (m + blocks - 1) / blocks
	low := blocks*h - m
	f := gemmAVX2
	switch {
	case t.avx512 && trans:
		f = gemmTransAVX512
	case t.avx512:
		f = gemmAVX512
	case trans:
		f = gemmTransAVX2
	}
	group := max(1, gemmGroup/max(1, h*k))
	for i := 0; blocks > 0; {
		g := min(group, blocks)
		lowNow := max(0, g+low-blocks) // the lower blocks come last
		f(unsafe.SliceData(a.Data[i*a.Row:]), uintptr(ld*size), b.data, uintptr(b.bk*size), uintptr(b.bp*size), uintptr(b.bkTail*size), uintptr(b.bpTail*size),
			unsafe.SliceData(c.Data[i*c.Stride:]), uintptr(c.Stride*size), unsafe.SliceData(bias), h, g, lowNow, n, k, betaFlag(beta))
		i += g*h - lowNow
		blocks -= g
		low -= lowNow
		if blocks == low {
			h, low = h-1, 0
		}
	}
}

// betaFlag is what the assembly wants to know of beta.
func betaFlag(beta float32) int {
	if beta != 0 {
		return 1
	}
	return 0
}

// gemmBlocks returns how many rows of B make a block, all about equal and a multiple of a tile's unrolling.
func gemmBlocks(m, n, k int) int {
	limit := gemmBlockK
	if m*n > gemmLargeC {
		limit = gemmBlockKLong
	}
	count := max(1, (k+limit-1)/limit)
	return ((k+count-1)/count + 3) &^ 3
}

// gemmColumns returns how many columns of B make a block, all about equal and of whole panels: of 650 columns 352 and 298
// took 4–9 % less than 512 and 138.
func (t tiles) gemmColumns(n int) int {
	count := max(1, (n+gemmBlockN-1)/gemmBlockN)
	panel := 2 * t.lanes
	return max(panel, ((n+count-1)/count+panel-1)/panel*panel)
}

func (t tiles) gemmScratch(m, n, k int) int {
	depth := min(k, gemmBlocks(m, n, k))
	return t.packedSize(depth, min(n, t.gemmColumns(n))) + depth*2*t.lanes
}

func (t tiles) gemm(m, n, k int, a, b Matrix[float32], beta float32, c Rows[float32], scratch []float32) {
	if m == 0 || k == 0 || b.Col == 1 && m < t.packB {
		t.product(m, n, k, a, t.panelsOf(b), beta, nil, c)
		return
	}
	block, width := gemmBlocks(m, n, k), t.gemmColumns(n)
	for j := 0; j < n; j += width {
		columns := min(n-j, width)
		out := Rows[float32]{Data: c.Data[j:], Stride: c.Stride}
		beta := beta
		for p := 0; p < k; p += block {
			depth := min(k-p, block)
			t.pack(depth, columns, Matrix[float32]{Data: b.Data[p*b.Row+j*b.Col:], Row: b.Row, Col: b.Col}, scratch)
			t.packedA(m, columns, depth, Matrix[float32]{Data: a.Data[p*a.Col:], Row: a.Row, Col: a.Col}, scratch, beta, out)
			beta = 1
		}
	}
}

// packedA computes C = A·B + beta·C for a B at the beginning of scratch. If it pays it packs A too, like a B of Aᵀ's
// shape and one panel after the other.
func (t tiles) packedA(m, n, k int, a Matrix[float32], scratch []float32, beta float32, c Rows[float32]) {
	b := t.packedPanels(k, scratch)
	from := t.packA
	if a.Col*size >= page {
		from = t.packFar
	}
	if a.Col == 1 || a.Row == 1 && n < from {
		t.product(m, n, k, a, b, beta, nil, c)
		return
	}
	packed := scratch[t.packedSize(k, n):]
	for i := 0; i < m; {
		width := t.lanes
		if m-i >= 2*t.lanes {
			width *= 2
		}
		rows := min(width, m-i)
		t.packPanel(k, rows, width, Matrix[float32]{Data: a.Data[i*a.Row:], Row: a.Col, Col: a.Row}, packed)
		t.product(rows, n, k, Matrix[float32]{Data: packed, Row: 1, Col: width}, b, beta, nil, Rows[float32]{Data: c.Data[i*c.Stride:], Stride: c.Stride})
		i += rows
	}
}
