//go:build !amd64

package kernel

// available returns the sets that the processor can run, the fastest first.
func available() []Kernels[float32] { return []Kernels[float32]{Portable[float32]{}} }
