package train

import (
	"fmt"
	"math"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// firstNotFinite names the first parameter whose value or gradient is not finite: a bad value explains every gradient,
// so values come first. If all of them are finite still, it names the one with the largest gradient.
func firstNotFinite(program *graph.Program) string {
	var values, gradients extreme
	for _, g := range program.Grads() {
		gradient, _ := g.Grad()
		name := g.(*graph.ParamGrad).Param.Name()
		values.observe(name, g.Value())
		gradients.observe(name, gradient)
	}
	switch {
	case !finite(values.size):
		return "the value of parameter " + values.name + " went first"
	case !finite(gradients.size):
		return "the gradient of parameter " + gradients.name + " went first"
	}
	return fmt.Sprintf("the parameters are finite, the largest gradient is that of %s, up to %.3g", gradients.name, gradients.size)
}

// notFinite names the first parameter whose value is not finite, or the one with the largest.
func notFinite(params *graph.Params) string {
	var values extreme
	for _, p := range params.List() {
		values.observe(p.Name(), p.Value())
	}
	if !finite(values.size) {
		return "the value of parameter " + values.name + " went first"
	}
	return fmt.Sprintf("the parameters are finite, the largest is %s, up to %.3g", values.name, values.size)
}

// extreme is the first tensor that is not finite, or else the one with the largest magnitude.
type extreme struct {
	name string
	size float64
}

func (e *extreme) observe(name string, v gorgonia.Value) {
	if size := magnitude(v); e.name == "" || finite(e.size) && !(size <= e.size) {
		*e = extreme{name, size}
	}
}

// magnitude returns the largest magnitude of a value's elements; it is not finite if one of them is not.
func magnitude(v gorgonia.Value) (size float64) {
	switch d := v.Data().(type) {
	case []float32:
		for _, x := range d {
			size = max(size, math.Abs(float64(x)))
		}
	case []float64:
		for _, x := range d {
			size = max(size, math.Abs(x))
		}
	}
	return size
}
