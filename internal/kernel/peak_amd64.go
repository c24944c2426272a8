package kernel

import "sync"

// peakOps is the number of float32 operations in one lane and one turn of the loops in assembly: 24 multiply-adds.
const peakOps = 2 * 24

var fastest = sync.OnceValue(func() Kernels[float32] { return available()[0] })

// peak returns the number of operations that it has made.
func peak(turns int) int {
	switch fastest().(type) {
	case AVX512:
		peakAVX512(turns)
		return turns * peakOps * tilesAVX512.lanes
	case AVX2:
		peakAVX2(turns)
		return turns * peakOps * tilesAVX2.lanes
	}
	return peakGo(turns)
}
