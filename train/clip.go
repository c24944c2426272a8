package train

import (
	"math"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
)

// ClipNorm scales all gradients by one factor so that the L2 norm of all of them together is at most limit, and returns
// the norm from before, as torch.nn.utils.clip_grad_norm_ does: the factor is min(1, limit/(norm + 1e-6)). Gradients
// that are nil are passed over. A norm that is NaN or infinite is returned as such, and the gradients stay as they are, so
// that the one that went wrong can be found: look at it before the step.
//
// Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, https://arxiv.org/abs/1211.5063.
func ClipNorm(grads []gorgonia.ValueGrad, limit float64) (norm float64, err error) {
	if !(limit >= 0) {
		return 0, errors.Errorf("clip: a maximal norm of %v is out of range; give a number of at least 0", limit)
	}
	sum := 0.0
	err = eachGradient("clip", grads, func(c content) {
		if c.f32 != nil {
			sum += kernels[float32]().SumSquares(c.f32)
		} else {
			sum += kernels[float64]().SumSquares(c.f64)
		}
	})
	if err != nil {
		return 0, err
	}
	norm = math.Sqrt(sum)
	const eps = 1e-6 // PyTorch's, against a norm of zero
	factor := limit / (norm + eps)
	if factor >= 1 || !finite(norm) {
		return norm, nil
	}
	return norm, eachGradient("clip", grads, func(c content) {
		kernels[float32]().Scale(c.f32, float32(factor))
		kernels[float64]().Scale(c.f64, factor)
		c.store()
	})
}

// ClipValue limits every element of every gradient to [-limit, limit], as torch.nn.utils.clip_grad_value_ does. Gradients
// that are nil are passed over; NaN stays NaN.
func ClipValue(grads []gorgonia.ValueGrad, limit float64) error {
	if !(limit >= 0) {
		return errors.Errorf("clip: a maximal value of %v is out of range; give a number of at least 0", limit)
	}
	// A fault in one gradient must leave all of them as they are.
	if err := eachGradient("clip", grads, func(content) {}); err != nil {
		return err
	}
	return eachGradient("clip", grads, func(c content) {
		kernels[float32]().Clamp(c.f32, float32(-limit), float32(limit))
		kernels[float64]().Clamp(c.f64, -limit, limit)
		c.store()
	})
}
