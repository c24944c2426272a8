package train

import (
	"fmt"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// A snapshot of an optimizer has in its metadata
//
//	optimizer  the spec
//	lr         the learning rate, if it has been set
//
// and for each parameter, by its position in the slice of Step, counted from 0,
//
//	0          the bits of an element, the number of elements and that of steps; zeros as long as it has had no gradient
//	0.0, …     its buffers, as the update numbers them: moments, or a velocity

// snapshot returns the state of an optimizer.
func (s *optimizerState) snapshot(o Optimizer) *safetensors.File {
	f := &safetensors.File{Metadata: map[string]string{"optimizer": OptimizerSpec(o)}}
	if s.lrSet {
		f.Metadata["lr"] = formatFloat(s.lr)
	}
	for i, t := range s.slots {
		switch {
		case t.f32 != nil:
			t.f32.snapshot(f, i, 32, safetensors.FromFloat32s)
		case t.f64 != nil:
			t.f64.snapshot(f, i, 64, safetensors.FromFloat64s)
		default:
			(&param[float32]{}).snapshot(f, i, 0, nil)
		}
	}
	return f
}

func (p *param[F]) snapshot(f *safetensors.File, i, bits int, from func([]int, []F) safetensors.Tensor) {
	f.Set(strconv.Itoa(i), safetensors.FromInt64s([]int{3}, []int64{int64(bits), int64(p.size), int64(p.step)}))
	for k, b := range p.buffers {
		if b != nil {
			f.Set(bufferName(i, k), from([]int{p.size}, b))
		}
	}
}

func bufferName(parameter, buffer int) string { return fmt.Sprintf("%d.%d", parameter, buffer) }

// restore sets the state to that of a snapshot of an optimizer whose updates use those buffers; on an error it stays as
// it was.
func (s *optimizerState) restore(o Optimizer, used bufferSet, f *safetensors.File) error {
	restored, err := readOptimizer(o, used, f)
	if err != nil {
		return errors.WithMessagef(err, "%s: the state cannot be restored", o.Name())
	}
	*s = restored
	return nil
}

func readOptimizer(o Optimizer, used bufferSet, f *safetensors.File) (s optimizerState, err error) {
	if f == nil {
		return s, errors.New("there is no snapshot: it is nil")
	}
	if is, was := OptimizerSpec(o), f.Metadata["optimizer"]; is != was {
		return s, errors.Errorf("it is that of the optimizer %.80q, not of %q; choose that one", was, is)
	}
	if text, ok := f.Metadata["lr"]; ok {
		lr, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return s, errors.Errorf("it has the learning rate %.40q; want a number", text)
		}
		s.setLearningRate(lr)
	}
	known := 0
	for i := 0; ; i++ {
		counts, ok := f.Tensors[strconv.Itoa(i)]
		if !ok {
			break
		}
		known++
		t, buffers, err := readSlot(f, i, counts, used)
		if err != nil {
			return s, errors.WithMessagef(err, "parameter %d", i)
		}
		known += buffers
		s.slots = append(s.slots, t)
	}
	if known != len(f.Tensors) {
		return s, errors.Errorf("it has %d tensors; want the %d of %d parameters", len(f.Tensors), known, len(s.slots))
	}
	return s, nil
}

// readSlot returns what a snapshot has of parameter i, and the number of its buffers.
func readSlot(f *safetensors.File, i int, counts safetensors.Tensor, used bufferSet) (t slot, buffers int, err error) {
	n, err := counts.Int64s()
	if err != nil {
		return t, 0, err
	}
	if len(n) != 3 || n[1] < 0 || n[2] < 0 {
		return t, 0, errors.Errorf("its counts are %.40s; want bits, elements and steps", fmt.Sprint(n))
	}
	bits, size, step := n[0], int(n[1]), int(n[2])
	switch {
	case bits == 32 && step > 0:
		t.f32, buffers, err = readParam(f, i, size, step, used, "F32", safetensors.Tensor.Float32s)
	case bits == 64 && step > 0:
		t.f64, buffers, err = readParam(f, i, size, step, used, "F64", safetensors.Tensor.Float64s)
	case bits != 0 || size != 0 || step != 0:
		err = errors.Errorf("it has %d elements of %d bits after %d steps; want 32 or 64 bits after a step", size, bits, step)
	}
	return t, buffers, err
}

func readParam[F kernel.Float](f *safetensors.File, i, size, step int, used bufferSet, dtype string,
	numbers func(safetensors.Tensor) ([]F, error)) (p *param[F], buffers int, err error) {
	p = &param[F]{Optimizers: kernels[F](), size: size, step: step}
	for k, u := range used {
		if !u {
			continue
		}
		b, err := f.Tensor(bufferName(i, k))
		if err != nil {
			return nil, 0, err
		}
		if len(b.Shape) != 1 || b.Shape[0] != size || b.DType != dtype {
			return nil, 0, errors.Errorf("tensor %s is of shape %v and type %.10s; want %d numbers of %s", bufferName(i, k), b.Shape, b.DType, size, dtype)
		}
		if p.buffers[k], err = numbers(b); err != nil {
			return nil, 0, err
		}
		buffers++
	}
	return p, buffers, nil
}
