package kernel

// Mask identifies one dropout mask: whether it keeps an element is a function of the mask and of the element's number,
// so neither the order of evaluation nor its division among workers changes a result.
type Mask struct{ k0, k1 uint32 }

// NewMask returns the mask of one op in one run of a program.
func NewMask(seed, run, op uint64) Mask {
	h := mix64(mix64(mix64(seed)^run) ^ op)
	return Mask{uint32(h), uint32(h >> 32)}
}

// Skip returns the mask whose element i is element n + i of m.
func (m Mask) Skip(n int) Mask { return Mask{m.k0 + uint32(n), m.k1} }

// mix64 is the finaliser of SplitMix64 (Steele, Lea and Flood 2014) after one step of its sequence.
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// mix32 is a 32-bit bijection of low bias (Wellons' lowbias32): two multiplications, which vector units have.
func mix32(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7feb352d
	x = (x ^ x>>15) * 0x846ca68b
	return x ^ x>>16
}

// bits returns the 32 uniform bits of element i.
func (m Mask) bits(i uint32) uint32 { return mix32(mix32(i+m.k0) ^ m.k1) }

// Dropout implements RowKernels.
func (Portable[F]) Dropout(m, n int, rate float64, mask Mask, y, x Rows[F]) {
	threshold := uint64(rate * (1 << 32))
	scale := F(1 / (1 - rate))
	for i := range m {
		yr, xr := y.row(i, n), x.row(i, n)
		for j, v := range xr {
			if uint64(mask.bits(uint32(i*n+j))) < threshold {
				yr[j] = 0
			} else {
				yr[j] = v * scale
			}
		}
	}
}
