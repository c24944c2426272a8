//go:build !amd64

package kernel

// peak returns the number of operations that it has made.
func peak(turns int) int { return peakGo(turns) }
