package train

import "gorgonia.org/gorgonia"

// ZeroGrad sets every gradient that is not nil to zero. Gorgonia's TapeMachine with BindDualValues needs it before each
// run, because it adds to the gradients of the last one; a compiled program does not.
func ZeroGrad(grads []gorgonia.ValueGrad) error {
	return eachGradient("zero gradients", grads, func(c content) {
		clear(c.f32)
		clear(c.f64)
		c.store()
	})
}
