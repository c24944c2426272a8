// Package conformance proves the framework, the cells and the optimizers against values computed by PyTorch in float64:
// testdata/goldens, written by make_goldens.py. ZOO_GOLDENS may name further folders of such files, absolute and
// separated by colons.
package conformance

import (
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// TestMain has the garbage collector run less often: thousands of graphs live for some milliseconds each, and it would
// take a third of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}

// dtypes are the element types that every golden is checked in, with the tolerance relative to the largest magnitude in
// a tensor.
var dtypes = []struct {
	name      string
	dtype     tensor.Dtype
	tolerance float64
}{
	{"float64", tensor.Float64, 1e-10},
	{"float32", tensor.Float32, 2e-5},
}

// checks tells how to check a golden by the beginning of its name.
var checks = []struct {
	prefix string
	check  func(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype)
}{
	{"rnn_", checkRecurrent},
	{"lstm_", checkRecurrent},
	{"gru_", checkRecurrent},
	{"cross_entropy", checkCrossEntropy},
	{"embedding", checkEmbedding},
	{"layer_norm", checkLayerNorm},
	{"attention_additive", checkAttention(attention.Additive)},
	{"attention_dot", checkAttention(attention.Dot)},
	{"attention_general", checkAttention(attention.General)},
	{"attention_scaled", checkAttention(attention.Scaled)},
	{"adaptive_softmax_", checkAdaptiveSoftmax},
	{"sampled_softmax_", checkSampledSoftmax},
	{"weight_drop_", checkWeightDrop},
	{"optim_", checkOptimizer},
	{"clip_grad_norm", func(t *testing.T, _ string, f *safetensors.File, dtype tensor.Dtype) { checkClip(t, f, dtype) }},
	{"schedule_", func(t *testing.T, name string, f *safetensors.File, _ tensor.Dtype) { checkSchedule(t, name, f) }},
}

// TestGoldens checks every file of every folder, one subtest a file, under its folder's name and its own.
func TestGoldens(t *testing.T) {
	folders := []string{filepath.Join("testdata", "goldens")}
	if more := os.Getenv("ZOO_GOLDENS"); more != "" {
		folders = append(folders, filepath.SplitList(more)...)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(folder, "*.safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			if len(files) == 0 {
				t.Fatalf("goldens folder %s: it is missing or holds no .safetensors file", folder)
			}
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), ".safetensors")
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					checkFile(t, name, file)
				})
			}
		})
	}
}

func checkFile(t *testing.T, name, file string) {
	f, err := safetensors.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !strings.HasPrefix(name, c.prefix) {
			continue
		}
		for _, d := range dtypes {
			t.Run(d.name, func(t *testing.T) { c.check(t, name, f, d.dtype) })
		}
		return
	}
	if name == "ctc_loss" {
		t.Skip("the CTC loss is not part of the framework yet")
	}
	t.Fatalf("no check knows the golden %q", name)
}

// tolerance returns the tolerance of an element type.
func tolerance(dtype tensor.Dtype) float64 {
	for _, d := range dtypes {
		if d.dtype == dtype {
			return d.tolerance
		}
	}
	return 0
}

// floats returns a tensor of a golden; a missing one fails the test.
func floats(t *testing.T, f *safetensors.File, name string) []float64 {
	t.Helper()
	x, ok := f.Tensors[name]
	if !ok {
		t.Fatalf("the golden has no tensor %q", name)
	}
	v, err := x.Float64s()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ints returns a tensor of integers of a golden.
func ints(t *testing.T, f *safetensors.File, name string) []int {
	t.Helper()
	v, err := f.Tensors[name].Int64s()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// compare fails the test where got is further from want than the tolerance times scale; a scale of 0 means the largest
// magnitude of want.
func compare(t *testing.T, what string, got any, want []float64, scale float64, dtype tensor.Dtype) {
	t.Helper()
	values := numbers(t, got)
	if len(values) != len(want) {
		t.Errorf("%s: %d elements; want %d", what, len(values), len(want))
		return
	}
	if scale == 0 {
		for _, w := range want {
			scale = math.Max(scale, math.Abs(w))
		}
	}
	worst := -1
	for i, w := range want {
		if d := math.Abs(values[i] - w); !(d <= tolerance(dtype)*scale) && (worst < 0 || d > math.Abs(values[worst]-want[worst])) {
			worst = i
		}
	}
	if worst >= 0 {
		t.Errorf("%s[%d] = %v; want %v to %g of %g", what, worst, values[worst], want[worst], tolerance(dtype), scale)
	}
}

// numbers converts what holds floats to []float64.
func numbers(t *testing.T, v any) []float64 {
	t.Helper()
	if d, ok := v.(*tensor.Dense); ok {
		if d == nil {
			t.Fatal("no tensor")
		}
		v = d.Data()
	}
	switch d := v.(type) {
	case []float64:
		return d
	case []float32:
		out := make([]float64, len(d))
		for i, x := range d {
			out[i] = float64(x)
		}
		return out
	}
	t.Fatalf("%T holds no floats", v)
	return nil
}
