package train

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func TestClipNorm(t *testing.T) {
	// A matrix's column, float32 and a scalar: the norm is that of (3, 4, 12, 84), 85.
	matrix := tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{3, 9, 4, 9}))
	column, err := matrix.Slice(nil, gorgonia.S(0))
	if err != nil {
		t.Fatal(err)
	}
	f32, scalar := dense32(12), gorgonia.NewF64(84)
	grads := []gorgonia.ValueGrad{
		pair{gradient: column.(*tensor.Dense)}, pair{}, pair{gradient: f32}, pair{gradient: scalar},
	}
	norm, err := ClipNorm(grads, 100)
	if err != nil || norm != 85 || f32.Float32s()[0] != 12 {
		t.Fatalf("below the limit: norm %v, gradient %v, %v; want 85 and no change", norm, f32, err)
	}
	norm, err = ClipNorm(grads, 8.5)
	if err != nil || norm != 85 {
		t.Fatalf("norm %v, %v; want 85", norm, err)
	}
	factor := 8.5 / (85 + 1e-6)
	want := []float64{3 * factor, 9, 4 * factor, 9}
	for i, x := range matrix.Float64s() {
		if math.Abs(x-want[i]) > 1e-14 {
			t.Errorf("element %d of the matrix is %v; want %v", i, x, want[i])
		}
	}
	if f32.Float32s()[0] != 12*float32(factor) || math.Abs(float64(*scalar)-84*factor) > 1e-14 {
		t.Errorf("gradients %v, %v; want %v of 12 and 84", f32, *scalar, factor)
	}
}

func TestClipNormNotFinite(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		g := dense64(1, x)
		norm, err := ClipNorm([]gorgonia.ValueGrad{pair{gradient: g}}, 1)
		if err != nil || !(math.IsNaN(x) && math.IsNaN(norm) || norm == x) || g.Float64s()[0] != 1 {
			t.Errorf("norm %v, gradient %v, %v; want the norm %v and the gradient as it was", norm, g, err, x)
		}
	}
}

func TestClipValue(t *testing.T) {
	a, b, nan := dense64(-3, 0.5, 2), dense32(1, -1), math.NaN()
	c := gorgonia.NewF64(nan)
	if err := ClipValue([]gorgonia.ValueGrad{pair{gradient: a}, pair{}, pair{gradient: b}, pair{gradient: c}}, 0.75); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{-0.75, 0.5, 0.75} {
		if a.Float64s()[i] != want {
			t.Errorf("element %d is %v; want %v", i, a.Float64s()[i], want)
		}
	}
	if b.Float32s()[0] != 0.75 || b.Float32s()[1] != -0.75 || !math.IsNaN(float64(*c)) {
		t.Errorf("gradients %v, %v; want ±0.75 and NaN", b, *c)
	}
}

func TestZeroGrad(t *testing.T) {
	a, b := dense64(1, math.NaN()), dense32(1)
	if err := ZeroGrad([]gorgonia.ValueGrad{pair{gradient: a}, pair{}, pair{gradient: b}}); err != nil {
		t.Fatal(err)
	}
	if x := a.Float64s(); x[0] != 0 || x[1] != 0 || b.Float32s()[0] != 0 {
		t.Errorf("gradients %v, %v; want zeros", a, b)
	}
}

func TestClipErrors(t *testing.T) {
	g := dense64(5)
	bad := []gorgonia.ValueGrad{pair{gradient: g}, pair{gradient: tensor.New(tensor.WithBacking([]int{1}))}}
	for want, err := range map[string]error{
		"clip: parameter 1 (w): element type int is not known": ClipValue(bad, 1),
		"clip: a maximal value of -1 is out of range":          ClipValue(nil, -1),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
	if _, err := ClipNorm(bad, 1); err == nil {
		t.Error("ClipNorm of an int gradient succeeds")
	}
	if _, err := ClipNorm(nil, math.NaN()); err == nil {
		t.Error("ClipNorm to NaN succeeds")
	}
	if g.Float64s()[0] != 5 {
		t.Errorf("after an error the gradient is %v; want 5", g)
	}
}

func TestClipDoesNotAllocate(t *testing.T) {
	grads := []gorgonia.ValueGrad{&pair{gradient: dense32(3, 4)}, &pair{gradient: dense64(3, 4)}}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := ClipNorm(grads, 1e-3); err != nil {
			t.Fatal(err)
		}
		if err := ClipValue(grads, 1e-4); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations; want none", n)
	}
}
