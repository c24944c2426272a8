package conformance

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
)

// checkOptimizer repeats the steps of a file optim_NAME with the optimizer of that name, its settings taken from the
// file's metadata.
func checkOptimizer(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
	t.Helper()
	a, b, w := goldenFloats(t, f, "a"), goldenFloats(t, f, "b"), goldenFloats(t, f, "w")
	n := len(a)
	optimizer := goldenOptimizer(t, strings.TrimPrefix(name, "optim_"), f)
	p := newGoldenParam(dtype, w[:n])
	for step := 1; step*n < len(w); step++ {
		x, g := p.weights(), make([]float64, n)
		for i := range g { // the gradient of the metadata's objective
			g[i] = 2*a[i]*(x[i]-b[i]) + math.Cos(x[i])
		}
		p.setGradient(g)
		if err := optimizer.Step([]gorgonia.ValueGrad{p}); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		goldenCompare(t, "w after step "+strconv.Itoa(step), p.weights(), w[step*n:(step+1)*n], dtype)
	}
}

// checkClip clips the gradients of clip_grad_norm.
func checkClip(t *testing.T, f *safetensors.File, dtype tensor.Dtype) {
	t.Helper()
	var grads []gorgonia.ValueGrad
	var params []*goldenParam
	for _, name := range []string{"g0", "g1"} {
		g := goldenFloats(t, f, name)
		p := newGoldenParam(dtype, make([]float64, len(g)))
		p.setGradient(g)
		params = append(params, p)
		grads = append(grads, p)
	}
	norm, err := train.ClipNorm(grads, goldenNumber(t, f, "max_norm"))
	if err != nil {
		t.Fatal(err)
	}
	goldenCompare(t, "norm", []float64{norm}, goldenFloats(t, f, "norm"), dtype)
	for i, p := range params {
		name := "clipped" + strconv.Itoa(i)
		goldenCompare(t, name, goldenValues(p.gradient), goldenFloats(t, f, name), dtype)
	}
}

// checkSchedule follows a file schedule_NAME. Only the plateau's metadata holds all settings; the others are those of
// make_goldens.py.
func checkSchedule(t *testing.T, name string, f *safetensors.File) {
	t.Helper()
	base := goldenNumber(t, f, "base_lr")
	var schedule train.Schedule
	switch kind := strings.TrimPrefix(name, "schedule_"); kind {
	case "step":
		schedule = train.StepDecay{Base: base, Every: 3, Gamma: 0.5}
	case "exponential":
		schedule = train.ExponentialDecay{Base: base, Gamma: 0.9}
	case "cosine":
		schedule = train.CosineAnnealing{Base: base, Steps: 10, Min: 0.01}
	case "onecycle":
		schedule = train.OneCycle{Max: 1, Steps: 20}
	case "plateau":
		plateau := &train.ReduceOnPlateau{Base: base, Factor: goldenNumber(t, f, "factor"), Patience: int(goldenNumber(t, f, "patience"))}
		var got []float64
		for i, metric := range goldenFloats(t, f, "metric") {
			plateau.Observe(metric)
			got = append(got, plateau.At(i))
		}
		goldenCompare(t, "lr_after", got, goldenFloats(t, f, "lr_after"), tensor.Float64)
		return
	default:
		t.Fatalf("no schedule is known for %s", name)
	}
	want := goldenFloats(t, f, "lr")
	got := make([]float64, len(want))
	for i := range got {
		got[i] = schedule.At(i)
	}
	goldenCompare(t, "lr", got, want, tensor.Float64)
}

// goldenOptimizer makes the optimizer that PyTorch's defaults describe. A setting that is on in the file and has no
// counterpart here fails the test.
func goldenOptimizer(t *testing.T, name string, f *safetensors.File) train.Optimizer {
	t.Helper()
	settings := pythonDict(t, f.Metadata["defaults"])
	take := func(key string) float64 {
		x, ok := settings[key].(float64)
		if !ok {
			t.Fatalf("metadata has no number %s in defaults %q", key, f.Metadata["defaults"])
		}
		delete(settings, key)
		return x
	}
	flag := func(key string) bool {
		on, _ := settings[key].(bool)
		delete(settings, key)
		return on
	}
	betas := func() (float64, float64) {
		pair, _ := settings["betas"].([]any)
		delete(settings, "betas")
		if len(pair) == 2 {
			if b1, ok := pair[0].(float64); ok {
				if b2, ok := pair[1].(float64); ok {
					return b1, b2
				}
			}
		}
		t.Fatalf("metadata has no pair betas in defaults %q", f.Metadata["defaults"])
		return 0, 0
	}
	var o train.Optimizer
	switch kind, _, _ := strings.Cut(name, "_"); kind {
	case "sgd":
		o = &train.SGD{LR: take("lr"), Momentum: take("momentum"), WeightDecay: take("weight_decay"), Nesterov: flag("nesterov")}
	case "adam":
		b1, b2 := betas()
		o = &train.Adam{LR: take("lr"), Beta1: b1, Beta2: b2, Eps: take("eps"), WeightDecay: take("weight_decay")}
	case "adamw":
		b1, b2 := betas()
		o = &train.AdamW{LR: take("lr"), Beta1: b1, Beta2: b2, Eps: take("eps"), WeightDecay: take("weight_decay")}
		delete(settings, "decoupled_weight_decay")
	case "rmsprop":
		o = &train.RMSProp{LR: take("lr"), Alpha: take("alpha"), Eps: take("eps"), WeightDecay: take("weight_decay"),
			Momentum: take("momentum"), Centered: flag("centered")}
	case "adagrad":
		o = &train.Adagrad{LR: take("lr"), LRDecay: take("lr_decay"), Eps: take("eps"), WeightDecay: take("weight_decay"),
			InitialAccumulator: take("initial_accumulator_value")}
	case "adadelta":
		o = &train.Adadelta{LR: take("lr"), Rho: take("rho"), Eps: take("eps"), WeightDecay: take("weight_decay")}
	default:
		t.Fatalf("no optimizer is known for %s", name)
	}
	for key, value := range settings {
		if value != false && value != 0.0 && value != nil {
			t.Fatalf("setting %s=%v has no counterpart in %s", key, value, o.Name())
		}
	}
	return o
}

// pythonDict parses what Python's str gives for a dict of numbers, booleans and tuples.
func pythonDict(t *testing.T, text string) map[string]any {
	t.Helper()
	asJSON := strings.NewReplacer("'", `"`, "(", "[", ",)", "]", ")", "]", "True", "true", "False", "false", "None", "null").Replace(text)
	var dict map[string]any
	if err := json.Unmarshal([]byte(asJSON), &dict); err != nil {
		t.Fatalf("defaults %q: %v", text, err)
	}
	return dict
}

func goldenFloats(t *testing.T, f *safetensors.File, name string) []float64 {
	t.Helper()
	tensor, err := f.Tensor(name)
	if err != nil {
		t.Fatal(err)
	}
	x, err := tensor.Float64s()
	if err != nil {
		t.Fatalf("tensor %s: %v", name, err)
	}
	return x
}

func goldenNumber(t *testing.T, f *safetensors.File, key string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(f.Metadata[key], 64)
	if err != nil {
		t.Fatalf("metadata %s: %v", key, err)
	}
	return x
}

// goldenParam is one parameter outside any program.
type goldenParam struct{ value, gradient *tensor.Dense }

func newGoldenParam(dtype tensor.Dtype, w []float64) *goldenParam {
	p := &goldenParam{
		tensor.New(tensor.Of(dtype), tensor.WithShape(len(w))),
		tensor.New(tensor.Of(dtype), tensor.WithShape(len(w))),
	}
	goldenSet(p.value, w)
	return p
}

func (p *goldenParam) Value() gorgonia.Value         { return p.value }
func (p *goldenParam) Grad() (gorgonia.Value, error) { return p.gradient, nil }
func (p *goldenParam) weights() []float64            { return goldenValues(p.value) }
func (p *goldenParam) setGradient(g []float64)       { goldenSet(p.gradient, g) }

func goldenSet(d *tensor.Dense, x []float64) {
	switch to := d.Data().(type) {
	case []float64:
		copy(to, x)
	case []float32:
		for i := range to {
			to[i] = float32(x[i])
		}
	}
}

func goldenValues(d *tensor.Dense) []float64 {
	var out []float64
	switch from := d.Data().(type) {
	case []float64:
		out = append(out, from...)
	case []float32:
		for _, x := range from {
			out = append(out, float64(x))
		}
	}
	return out
}

// goldenCompare demands agreement to a share of the tensor's largest magnitude: what the order of sums costs in
// float64, and what float32 resolves over a handful of steps.
func goldenCompare(t *testing.T, what string, got, want []float64, dtype tensor.Dtype) {
	t.Helper()
	tolerance := 1e-10
	if dtype == tensor.Float32 {
		tolerance = 2e-5
	}
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements; want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, x := range want {
		largest = math.Max(largest, math.Abs(x))
	}
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance*largest) {
			t.Errorf("%s: element %d is %v; want %v, off by %.2g of the largest", what, i, got[i], want[i], d/largest)
			return
		}
	}
}
