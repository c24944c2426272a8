// Command gen writes the assembly of package kernel and the Go declarations beside it:
//
//	go run ./gen gemm -out gemm_amd64.s -stubs gemm_stubs_amd64.go -pkg kernel
//
// The first argument names what to write; the flags are avo's.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/build"
)

func main() {
	parts := map[string]func(){"gemm": gemm, "map512": mapAVX512, "map2": mapAVX2, "rows512": rowsAVX512, "rows2": rowsAVX2}
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		names := slices.Sorted(maps.Keys(parts))
		fmt.Fprintf(os.Stderr, "usage: gen %s [avo flags]\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	part := parts[os.Args[1]]
	os.Args = append(os.Args[:1], os.Args[2:]...)
	ConstraintExpr("amd64")
	part()
	Generate()
}
