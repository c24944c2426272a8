package kernel

import (
	"fmt"
	"syscall"
	"testing"
	"unsafe"
)

// fenced returns n zeros between two pages of memory that must not be touched, next to the first or to the second.
func fenced(t *testing.T, n int, second bool) []float32 {
	page := syscall.Getpagesize()
	inner := max(1, (n*4+page-1)/page) * page
	all, err := syscall.Mmap(-1, 0, inner+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, fence := range [][]byte{all[:page], all[page+inner:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Skip(err)
		}
	}
	start := page
	if second {
		start = page + inner - 4*n
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&all[start])), n)
}

// TestGemmFences checks that products touch nothing outside their operands, not even to read.
func TestGemmFences(t *testing.T) {
	for _, second := range []bool{false, true} {
		eachSet(t, func(t *testing.T, k Kernels[float32]) {
			for _, size := range [][3]int{{1, 1, 1}, {1, 5, 3}, {1, 128, 6}, {2, 64, 5}, {3, 33, 7}, {5, 17, 4}, {7, 47, 9}, {15, 31, 16}, {16, 64, 17}, {33, 40, 33}, {150, 20, 10}} {
				for layout := range 4 {
					t.Run(fmt.Sprint(size, layout), func(t *testing.T) { fenceGemm(t, k, size[0], size[1], size[2], layout, second) })
				}
			}
		})
	}
}

func fenceGemm(t *testing.T, k Kernels[float32], m, n, inner, layout int, second bool) {
	a := Matrix[float32]{Data: fenced(t, m*inner, second), Row: inner, Col: 1}
	b := Matrix[float32]{Data: fenced(t, inner*n, second), Row: n, Col: 1}
	if layout&1 != 0 {
		a.Row, a.Col = 1, m
	}
	if layout&2 != 0 {
		b.Row, b.Col = 1, inner
	}
	c := Rows[float32]{Data: fenced(t, m*n, second), Stride: n}
	packed := fenced(t, k.PackedSize(inner, n), second)
	k.Pack(inner, n, b, packed)
	k.GemmPacked(m, n, inner, a, packed, 1, fenced(t, n, second), c)
	k.Gemm(m, n, inner, a, b, 1, c, fenced(t, k.GemmScratch(m, n, inner), second))
}
