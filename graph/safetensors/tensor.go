package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/pkg/errors"
)

// Tensor is one tensor: raw little-endian elements, row-major.
type Tensor struct {
	// DType is the element type in the format's spelling, such as "F32" or "I64".
	DType string
	// Shape are the dimensions; empty means a scalar.
	Shape []int
	// Data are the elements, as many bytes as DType and Shape ask for.
	Data []byte
}

// FromFloat64s returns a tensor of dtype F64. That the data fill the shape is checked when it is read or written.
func FromFloat64s(shape []int, data []float64) Tensor {
	b := make([]byte, 8*len(data))
	for i, x := range data {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(x))
	}
	return Tensor{"F64", append([]int{}, shape...), b}
}

// FromFloat32s returns a tensor of dtype F32. That the data fill the shape is checked when it is read or written.
func FromFloat32s(shape []int, data []float32) Tensor {
	b := make([]byte, 4*len(data))
	for i, x := range data {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return Tensor{"F32", append([]int{}, shape...), b}
}

// FromInt64s returns a tensor of dtype I64. That the data fill the shape is checked when it is read or written.
func FromInt64s(shape []int, data []int64) Tensor {
	b := make([]byte, 8*len(data))
	for i, x := range data {
		binary.LittleEndian.PutUint64(b[8*i:], uint64(x))
	}
	return Tensor{"I64", append([]int{}, shape...), b}
}

// Float64s returns the elements of an F64, F32, F16 or BF16 tensor, all of them exactly.
func (t Tensor) Float64s() ([]float64, error) {
	if err := t.check(); err != nil {
		return nil, errors.WithMessage(err, "safetensors")
	}
	switch t.DType {
	case "F64":
		return decode(t.Data, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }), nil
	case "F32":
		return decode(t.Data, 4, func(b []byte) float64 { return float64(float32At(b)) }), nil
	case "F16":
		return decode(t.Data, 2, func(b []byte) float64 { return float64(float16At(b)) }), nil
	case "BF16":
		return decode(t.Data, 2, func(b []byte) float64 { return float64(bfloat16At(b)) }), nil
	}
	return nil, errors.Errorf("safetensors: a tensor of dtype %s does not hold floats; use Int64s or Data", t.DType)
}

// Float32s returns the elements of an F32, F16 or BF16 tensor exactly, and those of an F64 tensor rounded: what is
// beyond the range of float32 becomes infinite.
func (t Tensor) Float32s() ([]float32, error) {
	if err := t.check(); err != nil {
		return nil, errors.WithMessage(err, "safetensors")
	}
	switch t.DType {
	case "F64":
		return decode(t.Data, 8, func(b []byte) float32 {
			return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}), nil
	case "F32":
		return decode(t.Data, 4, float32At), nil
	case "F16":
		return decode(t.Data, 2, float16At), nil
	case "BF16":
		return decode(t.Data, 2, bfloat16At), nil
	}
	return nil, errors.Errorf("safetensors: a tensor of dtype %s does not hold floats; use Int64s or Data", t.DType)
}

// Int64s returns the elements of an integer or BOOL tensor; U64, which may not fit, is refused.
func (t Tensor) Int64s() ([]int64, error) {
	if err := t.check(); err != nil {
		return nil, errors.WithMessage(err, "safetensors")
	}
	switch t.DType {
	case "I64":
		return decode(t.Data, 8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }), nil
	case "I32":
		return decode(t.Data, 4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }), nil
	case "U32":
		return decode(t.Data, 4, func(b []byte) int64 { return int64(binary.LittleEndian.Uint32(b)) }), nil
	case "I16":
		return decode(t.Data, 2, func(b []byte) int64 { return int64(int16(binary.LittleEndian.Uint16(b))) }), nil
	case "U16":
		return decode(t.Data, 2, func(b []byte) int64 { return int64(binary.LittleEndian.Uint16(b)) }), nil
	case "I8":
		return decode(t.Data, 1, func(b []byte) int64 { return int64(int8(b[0])) }), nil
	case "U8", "BOOL":
		return decode(t.Data, 1, func(b []byte) int64 { return int64(b[0]) }), nil
	}
	return nil, errors.Errorf("safetensors: a tensor of dtype %s does not hold integers of 64 bits; use Float64s or Data", t.DType)
}

// check returns an error unless the data fill the shape.
func (t Tensor) check() error {
	n, err := byteSize(t.DType, t.Shape)
	if err != nil {
		return err
	}
	if n != len(t.Data) {
		return errors.Errorf("shape %.80s of %s takes %d bytes, not the %d of its data", shapeString(t.Shape), t.DType, n, len(t.Data))
	}
	return nil
}

// decode returns the elements of data, each of size bytes. A shape has been checked before, so that none are left over.
func decode[E any](data []byte, size int, at func([]byte) E) []E {
	out := make([]E, len(data)/size)
	for i := range out {
		out[i] = at(data[i*size : (i+1)*size])
	}
	return out
}

func float32At(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

// bfloat16At reads a bfloat16, the upper half of a float32.
func bfloat16At(b []byte) float32 {
	return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
}

// float16At reads an IEEE 754 half: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits.
func float16At(b []byte) float32 {
	h := binary.LittleEndian.Uint16(b)
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero and subnormals: a multiple of 2⁻²⁴, exact in float32
		x := float32(fraction) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(x))
	case 0x1f: // infinities and NaN
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// shapeString prints a shape as the format does, [2,3].
func shapeString(shape []int) string {
	s := []byte{'['}
	for i, d := range shape {
		if i > 0 {
			s = append(s, ',')
		}
		s = fmt.Append(s, d)
	}
	return string(append(s, ']'))
}
