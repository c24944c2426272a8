package kernel

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// fences are regions of memory between pages that must not be touched, for the operands of one call after another. An
// operand begins right behind the page before it, or ends right at the page after it.
type fences struct {
	regions [][]byte
	used    int  // regions that the call has
	end     bool // whether operands end at a page
	pad     int  // elements between rows
}

// fencedBytes is how long a region is: enough for the largest operand here.
const fencedBytes = 64 << 10

// newFences makes regions for the most operands that a call has, and fills them with numbers.
func newFences(t *testing.T) *fences {
	f := &fences{}
	page := syscall.Getpagesize()
	r := newRand()
	for range MaxFusedOperands + 4 {
		all, err := syscall.Mmap(-1, 0, fencedBytes+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() {
			if err := syscall.Munmap(all); err != nil {
				t.Error(err)
			}
		})
		for _, fence := range [][]byte{all[:page], all[page+fencedBytes:]} {
			if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
				t.Skip(err)
			}
		}
		region := all[page : page+fencedBytes : page+fencedBytes]
		f.regions = append(f.regions, region)
		for i := range fencedBytes / 4 {
			*(*float32)(unsafe.Pointer(&region[4*i])) = 0.1 + float32(r.Float64())
		}
	}
	return f
}

// take returns the n elements of the next operand.
func take[E any](f *fences, n int) []E {
	region := f.regions[f.used]
	f.used++
	bytes := n * int(unsafe.Sizeof(*new(E)))
	if bytes > len(region) {
		panic(fmt.Sprintf("an operand of %d bytes; make the regions larger", bytes))
	}
	p := unsafe.Pointer(unsafe.SliceData(region))
	if f.end {
		p = unsafe.Add(p, len(region)-bytes)
	}
	return unsafe.Slice((*E)(p), n)
}

func (f *fences) floats(n int) []float32 { return take[float32](f, n) }

// ints returns n indices, from −1 to most.
func (f *fences) ints(n, most int) []int {
	x := take[int](f, n)
	for i := range x {
		x[i] = i*7%(most+2) - 1
	}
	return x
}

// matrix returns a matrix of those strides, of which there is not one element more than it has.
func (f *fences) matrix(m, n, row, col int) Matrix[float32] {
	return Matrix[float32]{Data: f.floats(extent(m, n, row, col)), Row: row, Col: col}
}

func extent(m, n, row, col int) int {
	switch {
	case m == 0:
		return 0
	case n == 0:
		return (m - 1) * row
	}
	return (m-1)*row + (n-1)*col + 1
}

func (f *fences) rows(m, n int) Rows[float32] {
	x := f.matrix(m, n, n+f.pad, 1)
	return Rows[float32]{Data: x.Data, Stride: x.Row}
}

func (f *fences) vector(n, stride int) Vector[float32] {
	return Vector[float32]{Data: f.floats(extent(1, n, 0, stride)), Stride: stride}
}

// run calls a kernel whose operands come from f. What touches a page that it must not is an error that says what was
// called, instead of the end of the process.
func (f *fences) run(t *testing.T, what func() string, call func()) (ok bool) {
	t.Helper()
	defer func() {
		if fault := recover(); fault != nil {
			t.Errorf("%s, operands at the end %v, with %d elements between rows: %v", what(), f.end, f.pad, fault)
			ok = false
		}
	}()
	f.used = 0
	call()
	return true
}

// fencedKernels call each method of Kernels on m rows of n elements; those that have no rows, on n elements.
var fencedKernels = map[string]func(k Kernels[float32], f *fences, m, n int){
	"Pack":       fencedGemm,
	"GemmPacked": fencedGemm,
	"Gemm":       fencedGemm,
	"Map":        fencedMap,
	"Fused":      fencedFused,
	"Sum": func(k Kernels[float32], f *fences, m, n int) {
		k.Sum(n, f.vector(n, 1))
		k.Sum(n, f.vector(n, 3))
	},
	"Max": func(k Kernels[float32], f *fences, m, n int) {
		k.Max(n, f.vector(n, 1))
		k.Max(n, f.vector(n, 3))
	},
	"AddRows": func(k Kernels[float32], f *fences, m, n int) { k.AddRows(m, n, f.floats(n), f.rows(m, n)) },

	"Softmax": func(k Kernels[float32], f *fences, m, n int) { k.Softmax(m, n, f.rows(m, n), f.rows(m, n)) },
	"SoftmaxGrad": func(k Kernels[float32], f *fences, m, n int) {
		k.SoftmaxGrad(m, n, f.rows(m, n), f.rows(m, n), f.rows(m, n))
	},
	"LogSoftmax": func(k Kernels[float32], f *fences, m, n int) { k.LogSoftmax(m, n, f.rows(m, n), f.rows(m, n)) },
	"LogSoftmaxGrad": func(k Kernels[float32], f *fences, m, n int) {
		k.LogSoftmaxGrad(m, n, f.rows(m, n), f.rows(m, n), f.rows(m, n))
	},
	"Normalize": func(k Kernels[float32], f *fences, m, n int) { k.Normalize(m, n, 1e-5, f.rows(m, n), f.rows(m, n)) },
	"NormalizeGrad": func(k Kernels[float32], f *fences, m, n int) {
		k.NormalizeGrad(m, n, 1e-5, f.rows(m, n), f.rows(m, n), f.rows(m, n))
	},
	"Gather": func(k Kernels[float32], f *fences, m, n int) {
		k.Gather(m, n, 5, f.rows(m, n), f.rows(5, n), f.ints(m, 5))
	},
	"ScatterAdd": func(k Kernels[float32], f *fences, m, n int) {
		k.ScatterAdd(m, n, 5, 1, f.rows(5, n), f.rows(m, n), f.ints(m, 5))
	},
	"Dropout": func(k Kernels[float32], f *fences, m, n int) {
		for _, rate := range []float64{0, 0.5, 1 - 1.0/(1<<20)} {
			k.Dropout(m, n, rate, NewMask(1, 2, 3), f.rows(m, n), f.rows(m, n))
		}
	},
	"LengthMask": func(k Kernels[float32], f *fences, m, n int) { k.LengthMask(m, n, f.rows(m, n), f.ints(n, m)) },
	"CrossEntropy": func(k Kernels[float32], f *fences, m, n int) {
		eachCrossEntropy(f, n, func(o CrossEntropyOptions[float32]) {
			k.CrossEntropy(m, n, o, f.vector(m, 1+f.pad), f.rows(m, n), f.ints(m, n))
		})
	},
	"CrossEntropyGrad": func(k Kernels[float32], f *fences, m, n int) {
		eachCrossEntropy(f, n, func(o CrossEntropyOptions[float32]) {
			k.CrossEntropyGrad(m, n, o, f.rows(m, n), f.rows(m, n), f.ints(m, n), f.vector(m, 1+f.pad))
		})
	},
	"TargetWeight": func(k Kernels[float32], f *fences, m, n int) {
		eachCrossEntropy(f, n, func(o CrossEntropyOptions[float32]) { k.TargetWeight(m, n, o, f.vector(m, 1+f.pad), f.ints(m, n)) })
	},

	"SGD": func(k Kernels[float32], f *fences, m, n int) {
		w, g, v := f.floats(n), f.floats(n), f.floats(n)
		k.SGD(w, g, nil, 0.1, 0, 0.01, false, false)
		for _, nesterov := range []bool{false, true} {
			k.SGD(w, g, v, 0.1, 0.9, 0.01, nesterov, m == 1)
		}
	},
	"Adam": func(k Kernels[float32], f *fences, m, n int) {
		k.Adam(f.floats(n), f.floats(n), f.floats(n), f.floats(n), 1, 0.1, 0.9, 0.99, 1e-8, 0.01, m == 1)
	},
	"RMSProp": func(k Kernels[float32], f *fences, m, n int) {
		w, g, v, a, b := f.floats(n), f.floats(n), f.floats(n), f.floats(n), f.floats(n)
		for _, mean := range [][]float32{nil, a} {
			for _, velocity := range [][]float32{nil, b} {
				k.RMSProp(w, g, v, mean, velocity, 0.1, 0.9, 1e-8, 0.01, 0.5)
			}
		}
	},
	"Adagrad": func(k Kernels[float32], f *fences, m, n int) {
		k.Adagrad(f.floats(n), f.floats(n), f.floats(n), 0.1, 1e-8, 0.01)
	},
	"Adadelta": func(k Kernels[float32], f *fences, m, n int) {
		k.Adadelta(f.floats(n), f.floats(n), f.floats(n), f.floats(n), 0.1, 0.9, 1e-8, 0.01)
	},
	"Average":    func(k Kernels[float32], f *fences, m, n int) { k.Average(f.floats(n), f.floats(n), 0.1) },
	"AddScaled":  func(k Kernels[float32], f *fences, m, n int) { k.AddScaled(f.floats(n), f.floats(n), 0.1) },
	"SumSquares": func(k Kernels[float32], f *fences, m, n int) { k.SumSquares(f.floats(n)) },
	"Scale":      func(k Kernels[float32], f *fences, m, n int) { k.Scale(f.floats(n), 1.01) },
	"Clamp":      func(k Kernels[float32], f *fences, m, n int) { k.Clamp(f.floats(n), 0.2, 0.9) },
}

// fencedGemm packs and multiplies m rows and n columns, along few and along many elements, with each operand in rows and
// in columns.
func fencedGemm(k Kernels[float32], f *fences, m, n int) {
	for _, inner := range []int{1, 4, 17} {
		for layout := range 4 {
			fencedProduct(k, f, m, n, inner, layout)
		}
	}
}

func fencedProduct(k Kernels[float32], f *fences, m, n, inner, layout int) {
	f.used = 0
	operand := func(rows, cols int, columns bool) Matrix[float32] {
		if columns {
			return f.matrix(rows, cols, 1, rows+f.pad)
		}
		return f.matrix(rows, cols, cols+f.pad, 1)
	}
	a, b := operand(m, inner, layout&1 != 0), operand(inner, n, layout&2 != 0)
	c := f.rows(m, n)
	packed, bias, scratch := f.floats(k.PackedSize(inner, n)), f.floats(n), f.floats(k.GemmScratch(m, n, inner))
	k.Pack(inner, n, b, packed)
	for beta := range 2 {
		k.GemmPacked(m, n, inner, a, packed, float32(beta), nil, c)
		k.GemmPacked(m, n, inner, a, packed, float32(beta), bias, c)
		k.Gemm(m, n, inner, a, b, float32(beta), c, scratch)
	}
}

// fencedMap calls each function, on operands with rows of their own, repeated rows, one column and apart elements.
func fencedMap(k Kernels[float32], f *fences, m, n int) {
	for fn := range numFn {
		consts := Consts[float32]{0.75, 1.25}
		if fn == Pow || fn == PowGrad {
			consts[0] = []float32{2, 3, 0.5, -1, 4, 5, 2.5}[n%7]
		}
		for kind := range 4 {
			f.used = 0
			stride := n + f.pad
			x := [3]Matrix[float32]{}
			dst := f.matrix(m, n, stride, 1)
			for i := range fn.Arity() {
				switch (kind + i) % 4 {
				case 0:
					x[i] = f.matrix(m, n, stride, 1)
				case 1:
					x[i] = f.matrix(m, n, 0, 1)
				case 2:
					x[i] = f.matrix(m, n, 1+f.pad, 0)
				case 3:
					x[i] = f.matrix(m, n, 0, 0)
				}
			}
			if kind == 3 { // which the assembly leaves to plain Go
				dst.Data, dst.Row, dst.Col = f.floats(extent(m, n, 3*stride, 3)), 3*stride, 3
			}
			k.Map(fn, consts, m, n, dst, x[0], x[1], x[2])
		}
	}
}

// The programs of fencedFused: those of an LSTM, and random ones.
var fencedPrograms = func() (p []*FusedProgram[float32]) {
	r := newRand()
	p = append(p, lstmForward[float32](), lstmBackward[float32]())
	for range 12 {
		p = append(p, randomFused[float32](r, 1+r.IntN(8), 1+r.IntN(3), r.IntN(5)))
	}
	return p
}()

func fencedFused(k Kernels[float32], f *fences, m, n int) {
	for number, p := range fencedPrograms {
		f.used = 0
		var operands []Matrix[float32]
		for o := range p.Inputs() + p.Outputs() {
			row, col := n+f.pad, 1
			switch kind := (o + number) % 5; {
			case o >= p.Inputs():
			case kind == 1:
				row = 0
			case kind == 2:
				row, col = 1+f.pad, 0
			case kind == 3:
				row, col = 0, 0
			}
			operands = append(operands, f.matrix(m, n, row, col))
		}
		k.Fused(m, n, p, operands)
	}
}

// eachCrossEntropy calls a kernel with each of its options.
func eachCrossEntropy(f *fences, n int, call func(CrossEntropyOptions[float32])) {
	for _, smoothing := range []float64{0, 0.1} {
		for _, weighted := range []bool{false, true} {
			f.used = 0
			o := CrossEntropyOptions[float32]{Ignore: -100, Smoothing: smoothing}
			if weighted {
				o.Weights = f.floats(n)
			}
			call(o)
		}
	}
}

// TestFences checks that no kernel in assembly touches anything outside its operands, not even to read.
func TestFences(t *testing.T) {
	touchNothing := []string{"Name", "Cost", "PackedSize", "Panel", "GemmScratch"}
	for name := range reflect.TypeFor[Kernels[float32]]().Methods() {
		if fencedKernels[name.Name] == nil && !slices.Contains(touchNothing, name.Name) {
			t.Errorf("%s has no call in fencedKernels", name.Name)
		}
	}
	f := newFences(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	step := 1
	if testing.Short() {
		step = 7 // which meets every remainder of a division by 16
	}
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		if k.Name() == "portable" {
			t.Skip("Go checks its bounds")
		}
		for name, call := range fencedKernels {
			t.Run(name, func(t *testing.T) {
				for n := 0; n <= 130; n += step {
					for _, m := range []int{0, 1, 3} {
						for _, f.pad = range []int{0, 1, 6} {
							for _, f.end = range []bool{false, true} {
								what := func() string { return fmt.Sprintf("%d rows of %d", m, n) }
								if !f.run(t, what, func() { call(k, f, m, n) }) {
									return
								}
							}
						}
					}
				}
			})
		}
	})
}

// TestGemmFences does the same for products in the sizes about the edges of tiles and blocks.
func TestGemmFences(t *testing.T) {
	f := newFences(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	eachSet(t, func(t *testing.T, k Kernels[float32]) {
		for _, size := range [][3]int{{1, 1, 1}, {1, 5, 3}, {1, 128, 6}, {2, 64, 5}, {3, 33, 7}, {5, 17, 4}, {7, 47, 9}, {15, 31, 16}, {16, 64, 17}, {33, 40, 33}, {150, 20, 10}} {
			for layout := range 4 {
				for _, f.pad = range []int{0, 5} {
					for _, f.end = range []bool{false, true} {
						f.run(t, func() string { return fmt.Sprint(size, layout) }, func() { fencedProduct(k, f, size[0], size[1], size[2], layout) })
					}
				}
			}
		}
	})
}

// TestFencesHold checks the check: to read one element before or behind an operand is found.
func TestFencesHold(t *testing.T) {
	f := newFences(t)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for _, f.end = range []bool{false, true} {
		f.used = 0
		x := f.floats(5)
		outside := unsafe.Add(unsafe.Pointer(&x[0]), -4)
		if f.end {
			outside = unsafe.Add(unsafe.Pointer(&x[4]), 4)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("at the end %v: no fault", f.end)
				}
			}()
			t.Log(*(*float32)(outside))
		}()
	}
}
