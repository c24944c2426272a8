package kernel

// Gather implements RowKernels.
func (Portable[F]) Gather(m, n, rows int, y, table Rows[F], index []int) {
	for i, r := range index[:m] {
		if r < 0 || r >= rows {
			clear(y.row(i, n))
			continue
		}
		copy(y.row(i, n), table.row(r, n))
	}
}

// ScatterAdd implements RowKernels.
func (Portable[F]) ScatterAdd(m, n, rows, padding int, dtable, dy Rows[F], index []int) {
	for i, r := range index[:m] {
		if r < 0 || r >= rows || r == padding {
			continue
		}
		d := dtable.row(r, n)
		for j, v := range dy.row(i, n) {
			d[j] += v
		}
	}
}

// LengthMask implements RowKernels.
func (Portable[F]) LengthMask(steps, n int, y Rows[F], lengths []int) {
	for t := range steps {
		row := y.row(t, n)
		for i, l := range lengths[:n] {
			row[i] = 0
			if t < l {
				row[i] = 1
			}
		}
	}
}
