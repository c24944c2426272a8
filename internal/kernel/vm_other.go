//go:build !amd64

package kernel

// fusedCode is what a fused program is compiled to for the sets in assembly, of which there are none here.
type fusedCode struct{}

func compileFused[F Float](*FusedProgram[F]) fusedCode { return fusedCode{} }
