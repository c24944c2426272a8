package kernel

// PackedSize implements Kernels.
func (Portable[F]) PackedSize(k, n int) int { return k * n }

// Panel implements Kernels.
func (Portable[F]) Panel() int { return 0 }

// Pack implements Kernels: the packed matrix has adjacent rows.
func (Portable[F]) Pack(k, n int, b Matrix[F], packed []F) {
	for p := range k {
		row := packed[p*n : p*n+n]
		if b.Col == 1 {
			copy(row, b.Data[p*b.Row:])
			continue
		}
		for j := range row {
			row[j] = b.Data[p*b.Row+j*b.Col]
		}
	}
}

// GemmPacked implements Kernels.
func (Portable[F]) GemmPacked(m, n, k int, a Matrix[F], packed []F, beta F, bias []F, c Rows[F]) {
	if bias != nil {
		for i := range m {
			row := c.row(i, n)
			if beta == 0 {
				copy(row, bias)
				continue
			}
			for j, v := range bias[:n] {
				row[j] += v
			}
		}
		beta = 1
	}
	gemm(m, n, k, a, Matrix[F]{Data: packed, Row: n, Col: 1}, beta, c)
}

// GemmScratch implements Kernels.
func (Portable[F]) GemmScratch(m, n, k int) int { return 0 }

// Gemm implements Kernels.
func (Portable[F]) Gemm(m, n, k int, a, b Matrix[F], beta F, c Rows[F], _ []F) {
	gemm(m, n, k, a, b, beta, c)
}

// gemm computes C = A·B + beta·C. Where the columns of B are adjacent it adds multiples of B's rows to a row of C;
// where they are not (a transposed weight), it takes dot products along k, which is then the adjacent direction.
func gemm[F Float](m, n, k int, a, b Matrix[F], beta F, c Rows[F]) {
	for i := range m {
		row := c.row(i, n)
		if beta == 0 {
			clear(row)
		}
		switch {
		case b.Col == 1:
			gemmRowByRows(row, k, a.Data[i*a.Row:], a.Col, b)
		case b.Row == 1 && a.Col == 1:
			gemmRowByDots(row, a.Data[i*a.Row:i*a.Row+k], b)
		default:
			for j := range row {
				var s F
				for p := range k {
					s += a.Data[i*a.Row+p*a.Col] * b.Data[p*b.Row+j*b.Col]
				}
				row[j] += s
			}
		}
	}
}

// gemmRowByRows adds Σ_p a[p]·B[p] to row, four rows of B at a time to load and store the row a quarter as often.
func gemmRowByRows[F Float](row []F, k int, a []F, as int, b Matrix[F]) {
	n, p := len(row), 0
	for ; p+4 <= k; p += 4 {
		a0, a1, a2, a3 := a[p*as], a[(p+1)*as], a[(p+2)*as], a[(p+3)*as]
		b0, b1 := b.Data[p*b.Row:][:n], b.Data[(p+1)*b.Row:][:n]
		b2, b3 := b.Data[(p+2)*b.Row:][:n], b.Data[(p+3)*b.Row:][:n]
		for j := range row {
			row[j] += a0*b0[j] + a1*b1[j] + a2*b2[j] + a3*b3[j]
		}
	}
	for ; p < k; p++ {
		ap, bp := a[p*as], b.Data[p*b.Row:][:n]
		for j := range row {
			row[j] += ap * bp[j]
		}
	}
}

// gemmRowByDots adds a·B[:, j] to each row[j], four columns at a time to load a a quarter as often.
func gemmRowByDots[F Float](row, a []F, b Matrix[F]) {
	n, k, j := len(row), len(a), 0
	for ; j+4 <= n; j += 4 {
		b0, b1 := b.Data[j*b.Col:][:k], b.Data[(j+1)*b.Col:][:k]
		b2, b3 := b.Data[(j+2)*b.Col:][:k], b.Data[(j+3)*b.Col:][:k]
		var s0, s1, s2, s3 F
		for p, v := range a {
			s0 += v * b0[p]
			s1 += v * b1[p]
			s2 += v * b2[p]
			s3 += v * b3[p]
		}
		row[j] += s0
		row[j+1] += s1
		row[j+2] += s2
		row[j+3] += s3
	}
	for ; j < n; j++ {
		var s F
		for p, v := range b.Data[j*b.Col:][:k] {
			s += a[p] * v
		}
		row[j] += s
	}
}
