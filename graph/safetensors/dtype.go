package safetensors

import (
	"math"
	"math/bits"
	"slices"

	"github.com/pkg/errors"
)

// dtypeSize returns the bytes of one element. The format's types of less than a byte are not among them: no framework
// stores recurrent weights that way.
func dtypeSize(dtype string) (int, error) {
	switch dtype {
	case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0":
		return 1, nil
	case "U16", "I16", "F16", "BF16":
		return 2, nil
	case "U32", "I32", "F32":
		return 4, nil
	case "U64", "I64", "F64", "C64":
		return 8, nil
	}
	return 0, errors.Errorf("dtype %.40q is unknown; use F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64 or an F8", dtype)
}

// dtypes are the types that dtypeSize knows.
var dtypes = []string{"F32", "F64", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL", "C64", "F8_E4M3", "F8_E5M2", "F8_E8M0"}

// knownDType returns the constant of a dtype's name, which takes no memory for each tensor.
func knownDType(name string) (string, error) {
	if i := slices.Index(dtypes, name); i >= 0 {
		return dtypes[i], nil
	}
	_, err := dtypeSize(name)
	return "", err
}

// byteSize returns the bytes that a tensor of that dtype and shape takes.
func byteSize(dtype string, shape []int) (int, error) {
	size, err := dtypeSize(dtype)
	if err != nil {
		return 0, err
	}
	// A zero anywhere makes the product zero, however large the rest.
	empty := false
	for _, d := range shape {
		if d < 0 {
			return 0, errors.Errorf("shape %.80s has a negative dimension", shapeString(shape))
		}
		empty = empty || d == 0
	}
	if empty {
		return 0, nil
	}
	n := uint64(size)
	for _, d := range shape {
		high, low := bits.Mul64(n, uint64(d))
		if high != 0 || low > math.MaxInt {
			return 0, errors.Errorf("shape %.80s of %s is larger than any memory", shapeString(shape), dtype)
		}
		n = low
	}
	return int(n), nil
}
