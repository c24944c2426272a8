package kernel

import "golang.org/x/sys/cpu"

// available returns the sets that the processor can run, the fastest first.
func available() []Kernels[float32] {
	x, sets := cpu.X86, []Kernels[float32]{Portable[float32]{}}
	if x.HasAVX2 && x.HasFMA && x.HasBMI2 {
		sets = append([]Kernels[float32]{AVX2{}}, sets...)
		if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL {
			sets = append([]Kernels[float32]{AVX512{}}, sets...)
		}
	}
	return sets
}
