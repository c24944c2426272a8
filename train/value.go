package train

import (
	"fmt"
	"unsafe"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// content is the elements of a value in row-major order: one of f32 and f64, the other is nil. They are the value's
// own memory, or a copy if the value is a view whose elements do not lie that way; store then puts them back.
type content struct {
	f32  []float32
	f64  []float64
	view *tensor.Dense // nil when the elements are the value's own

	copy32 []float32 // kept from load to load
	copy64 []float64
}

// load sets the content to that of v.
func (c *content) load(v gorgonia.Value) error {
	c.f32, c.f64, c.view = nil, nil, nil
	switch v := v.(type) {
	case *gorgonia.F32:
		c.f32 = unsafe.Slice((*float32)(v), 1)
		return nil
	case *gorgonia.F64:
		c.f64 = unsafe.Slice((*float64)(v), 1)
		return nil
	case *tensor.Dense:
		return c.loadDense(v)
	}
	return errors.Errorf("type %T is not known; use a dense tensor or a gorgonia scalar of float32 or float64", v)
}

func (c *content) loadDense(d *tensor.Dense) error {
	if !d.IsNativelyAccessible() {
		return errors.New("memory is out of the reach of Go; use a tensor of the standard engine")
	}
	shape, strides := d.Shape(), d.Strides()
	size := shape.TotalSize()
	if len(strides) != len(shape) && size != 1 {
		return errors.Errorf("strides %[2]v do not belong to shape %[1]v; clone the tensor", shape, strides)
	}
	flat := rowMajor(shape, strides)
	if !flat {
		c.view = d
	}
	switch d.Dtype() {
	case tensor.Float32:
		c.f32 = d.Float32s()
		if flat {
			c.f32 = c.f32[:size]
			return nil
		}
		if len(c.copy32) != size {
			c.copy32 = make([]float32, size)
		}
		i := 0
		eachOffset(shape, strides, func(at int) { c.copy32[i] = c.f32[at]; i++ })
		c.f32 = c.copy32
	case tensor.Float64:
		c.f64 = d.Float64s()
		if flat {
			c.f64 = c.f64[:size]
			return nil
		}
		if len(c.copy64) != size {
			c.copy64 = make([]float64, size)
		}
		i := 0
		eachOffset(shape, strides, func(at int) { c.copy64[i] = c.f64[at]; i++ })
		c.f64 = c.copy64
	default:
		return errors.Errorf("element type %v is not known; use float32 or float64", d.Dtype())
	}
	return nil
}

// store puts the elements back where load has made a copy.
func (c *content) store() {
	if c.view == nil {
		return
	}
	i := 0
	if c.f32 != nil {
		to := c.view.Float32s()
		eachOffset(c.view.Shape(), c.view.Strides(), func(at int) { to[at] = c.f32[i]; i++ })
		return
	}
	to := c.view.Float64s()
	eachOffset(c.view.Shape(), c.view.Strides(), func(at int) { to[at] = c.f64[i]; i++ })
}

// rowMajor reports whether the elements lie one after the other, the last index fastest.
func rowMajor(shape tensor.Shape, strides []int) bool {
	if shape.TotalSize() == 1 {
		return true
	}
	next := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 && strides[i] != next {
			return false
		}
		next *= shape[i]
	}
	return true
}

// eachOffset visits the places of the elements in row-major order.
func eachOffset(shape tensor.Shape, strides []int, visit func(offset int)) {
	index := make([]int, len(shape))
	at := 0
	for range shape.TotalSize() {
		visit(at)
		for d := len(shape) - 1; d >= 0; d-- {
			index[d]++
			at += strides[d]
			if index[d] < shape[d] {
				break
			}
			at -= index[d] * strides[d]
			index[d] = 0
		}
	}
}

// gradient returns the gradient of a parameter, nil if it has none.
func gradient(vg gorgonia.ValueGrad) (gorgonia.Value, error) {
	if args.Nil(vg) {
		return nil, errors.New("is nil; give a node or a parameter")
	}
	g, err := vg.Grad()
	if err != nil {
		return nil, errors.WithMessage(err, "no gradient; differentiate the loss by it first")
	}
	if d, ok := g.(*tensor.Dense); ok && d == nil {
		return nil, nil
	}
	return g, nil
}

// eachGradient visits the elements of every gradient that is not nil.
func eachGradient(what string, grads []gorgonia.ValueGrad, visit func(content)) error {
	var c content
	for i, vg := range grads {
		g, err := gradient(vg)
		if err == nil && g != nil {
			err = c.load(g)
		}
		if err != nil {
			return errors.WithMessagef(err, "%s: %s", what, parameterName(i, vg))
		}
		if g != nil {
			visit(c)
		}
	}
	return nil
}

// parameterName says in an error which parameter is meant.
func parameterName(i int, vg gorgonia.ValueGrad) string {
	if n, ok := vg.(gorgonia.Namer); ok {
		return fmt.Sprintf("parameter %d (%s)", i, n.Name())
	}
	return fmt.Sprintf("parameter %d", i)
}
