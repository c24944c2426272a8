package graph_test

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// networkParams returns the parameters that a network declares for inputs of width 3.
func networkParams(t *testing.T, n *graph.Network, dtype tensor.Dtype, opts ...graph.ParamsOption) *graph.Params {
	t.Helper()
	params := graph.NewParams(dtype, opts...)
	b := graph.NewBuilder(params)
	n.Unroll(b, b.Input("x", 2, 1, 3))
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	return params
}

func valueOf(t testing.TB, p *graph.Params, name string) []float64 {
	t.Helper()
	q := p.Get(name)
	if q == nil {
		t.Fatalf("no parameter %q", name)
	}
	return gt.Floats(q.Value().Data())
}

// checkSame compares the names, shapes and values of two stores; rounded is for a store that has been float32.
func checkSame(t *testing.T, got, want *graph.Params, rounded bool) {
	t.Helper()
	if len(got.List()) != len(want.List()) || got.Count() != want.Count() {
		t.Fatalf("%d parameters of %d elements; want %d of %d", len(got.List()), got.Count(), len(want.List()), want.Count())
	}
	for i, p := range want.List() {
		q := got.List()[i]
		if q.Name() != p.Name() || !reflect.DeepEqual(q.Shape(), p.Shape()) {
			t.Errorf("parameter %d is %s %v; want %s %v", i, q.Name(), q.Shape(), p.Name(), p.Shape())
			continue
		}
		v := gt.Floats(p.Value().Data())
		for j := range v {
			if rounded {
				v[j] = float64(float32(v[j]))
			}
		}
		gt.Compare(t, p.Name(), gt.Floats(q.Value().Data()), v, 0)
	}
}

// TestSaveLoad writes a store to a file and reads it into stores of both types: empty ones, and ones with other values.
func TestSaveLoad(t *testing.T) {
	network := lstm.New(graph.Hidden(4), graph.Layers(2), graph.Bidirectional(graph.MergeConcat))
	for _, from := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, to := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			t.Run(fmt.Sprintf("%v to %v", from, to), func(t *testing.T) {
				saved := networkParams(t, network, from, graph.InitSeed(1))
				path := filepath.Join(t.TempDir(), "model.safetensors")
				if err := saved.Save(path); err != nil {
					t.Fatal(err)
				}
				for _, loaded := range []*graph.Params{graph.NewParams(to), networkParams(t, network, to, graph.InitSeed(2))} {
					if err := loaded.Load(path); err != nil {
						t.Fatal(err)
					}
					if loaded.Dtype() != to {
						t.Errorf("the store is of %v; want %v", loaded.Dtype(), to)
					}
					checkSame(t, loaded, saved, to == tensor.Float32)
				}
			})
		}
	}
}

// TestLoadReachesPrograms loads into a store that a program was compiled with.
func TestLoadReachesPrograms(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	b := graph.NewBuilder(params)
	y := b.Sum(b.Param("w", graph.Ones(), 3))
	prog := mustCompile(t, b, graph.Output(y))
	f := &safetensors.File{Tensors: map[string]safetensors.Tensor{"w": safetensors.FromFloat32s([]int{3}, []float32{1, 2, 4})}} // Names is optional
	if err := params.Restore(f); err != nil {
		t.Fatal(err)
	}
	mustRun(t, prog)
	if got := prog.Scalar(y); got != 7 {
		t.Errorf("sum = %v; want 7", got)
	}
}

// TestRestoreErrors restores files of which one tensor does not fit; nothing changes, the tensors that fit included.
func TestRestoreErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		bad  safetensors.Tensor
		want []string
	}{
		{"w", safetensors.FromFloat64s([]int{3, 2}, make([]float64, 6)), []string{`"w"`, "(2, 3)", "[3 2]"}},
		{"w", safetensors.FromFloat64s([]int{6}, make([]float64, 6)), []string{`"w"`, "(2, 3)", "[6]"}},
		{"w", safetensors.Tensor{DType: "I64", Shape: []int{2, 3}, Data: make([]byte, 48)}, []string{`"w"`, "I64"}},
		{"new", safetensors.FromFloat64s(nil, []float64{1}), []string{`"new"`, "scalar"}},
		{"new", safetensors.FromFloat64s([]int{0}, nil), []string{`"new"`, "[0]"}},
	} {
		params := graph.NewParams(tensor.Float64)
		for _, name := range []string{"a", "w", "z"} {
			if err := params.Declare(name, graph.Constant(5), 2, 3); err != nil {
				t.Fatal(err)
			}
		}
		f := params.Snapshot()
		for _, name := range f.Names {
			f.Tensors[name] = safetensors.FromFloat64s([]int{2, 3}, make([]float64, 6))
		}
		f.Set(c.name, c.bad)
		checkMessage(t, params.Restore(f), c.want)
		if len(params.List()) != 3 {
			t.Errorf("%d parameters after the error; want 3", len(params.List()))
		}
		for _, p := range params.List() {
			gt.Compare(t, p.Name()+" after an error", gt.Floats(p.Value().Data()), []float64{5, 5, 5, 5, 5, 5}, 0)
		}
	}
	params := graph.NewParams(tensor.Float64)
	if err := params.Load(filepath.Join(t.TempDir(), "none.safetensors")); err == nil {
		t.Error("no error from a file that is not there")
	}
}

// TestSnapshotIsACopy changes a parameter after a snapshot, and goes back to it.
func TestSnapshotIsACopy(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	if err := params.Declare("w", graph.Constant(1), 2); err != nil {
		t.Fatal(err)
	}
	before := params.Snapshot()
	params.Get("w").Value().Data().([]float32)[1] = 9
	if err := params.Restore(before); err != nil {
		t.Fatal(err)
	}
	gt.Compare(t, "w", valueOf(t, params, "w"), []float64{1, 1}, 0)
}

// TestInitialValues depend on the seed, the name and the shape alone.
func TestInitialValues(t *testing.T) {
	declare := func(seed uint64, names ...string) *graph.Params {
		params := graph.NewParams(tensor.Float64, graph.InitSeed(seed))
		for _, name := range names {
			if err := params.Declare(name, graph.Glorot(), 4, 5); err != nil {
				t.Fatal(err)
			}
		}
		return params
	}
	one, two, other := declare(7, "a", "b", "c"), declare(7, "c", "x", "a"), declare(8, "a")
	for _, name := range []string{"a", "c"} {
		gt.Compare(t, name+" in another order", valueOf(t, two, name), valueOf(t, one, name), 0)
	}
	if reflect.DeepEqual(valueOf(t, one, "a"), valueOf(t, one, "b")) {
		t.Error("two names have the same values")
	}
	if reflect.DeepEqual(valueOf(t, one, "a"), valueOf(t, other, "a")) {
		t.Error("two seeds give the same values")
	}
	if err := one.Declare("a", graph.Ones(), 4, 5); err != nil {
		t.Fatal(err)
	}
	gt.Compare(t, "a after a second declaration", valueOf(t, one, "a"), valueOf(t, two, "a"), 0)
	checkMessage(t, one.Declare("a", graph.Ones(), 5, 4), []string{`"a"`, "(4, 5)", "[5 4]"})
}

// TestOrthogonal multiplies each gate of a recurrent weight with its transpose, by the shorter side.
func TestOrthogonal(t *testing.T) {
	const eps = 1e-14 // some roundings of a sum of 8
	for _, c := range []struct{ gates, rows, cols int }{{1, 8, 8}, {4, 8, 8}, {3, 3, 8}, {2, 8, 3}, {4, 1, 1}} {
		params := graph.NewParams(tensor.Float64)
		if err := params.Declare("w", graph.Orthogonal(c.gates), c.gates*c.rows, c.cols); err != nil {
			t.Fatal(err)
		}
		w := valueOf(t, params, "w")
		for g := range c.gates {
			gate := w[g*c.rows*c.cols:][:c.rows*c.cols]
			count, length := min(c.rows, c.cols), max(c.rows, c.cols)
			at := func(v, i int) float64 { return gate[v*c.cols+i] }
			if c.rows > c.cols {
				at = func(v, i int) float64 { return gate[i*c.cols+v] }
			}
			for u := range count {
				for v := range count {
					var dot, want float64
					for i := range length {
						dot += at(u, i) * at(v, i)
					}
					if u == v {
						want = 1
					}
					if math.Abs(dot-want) > eps {
						t.Errorf("%v: gate %d: vectors %d and %d have the product %g; want %g", c, g, u, v, dot, want)
					}
				}
			}
		}
		if c.gates > 1 && reflect.DeepEqual(w[:c.rows*c.cols], w[c.rows*c.cols:][:c.rows*c.cols]) && c.cols > 1 {
			t.Errorf("%v: two gates are equal", c)
		}
	}
}

// checkUniform checks that values are within ±limit, reach its neighbourhood, and have the variance limit²/3 of the
// uniform distribution to within a fifth, five standard deviations for 500 values.
func checkUniform(t *testing.T, what string, values []float64, limit float64) {
	t.Helper()
	var largest, square float64
	for _, v := range values {
		largest = math.Max(largest, math.Abs(v))
		square += v * v
	}
	if largest > limit || largest < 0.9*limit {
		t.Errorf("%s: the largest magnitude is %g; want nearly %g", what, largest, limit)
	}
	if v, want := square/float64(len(values)), limit*limit/3; math.Abs(v-want) > 0.2*want {
		t.Errorf("%s: the variance is %g; want about %g", what, v, want)
	}
}

// TestDistributions checks the distributions of initial values.
func TestDistributions(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	values := func(name string, init graph.Init, shape ...int) []float64 {
		if err := params.Declare(name, init, shape...); err != nil {
			t.Fatal(err)
		}
		return valueOf(t, params, name)
	}
	checkUniform(t, "Glorot", values("glorot", graph.Glorot(), 20, 30), math.Sqrt(6.0/50))
	checkUniform(t, "Glorot of 4 gates", values("gates", graph.GlorotBlocks(4), 80, 30), math.Sqrt(6.0/50))
	checkUniform(t, "uniform", values("uniform", graph.Uniform(0.3), 600), 0.3)
	checkUniform(t, "Gorgonia's Glorot", values("gorgonia", graph.FromGorgonia(gorgonia.GlorotU(1)), 20, 30), math.Sqrt(6.0/50))
	gt.Compare(t, "blocks", values("blocks", graph.Blocks(graph.Zeros(), graph.Ones(), graph.Constant(-2)), 6), []float64{0, 0, 1, 1, -2, -2}, 0)
	gt.Compare(t, "none", values("none", nil, 3), []float64{0, 0, 0}, 0)

	normal := values("normal", graph.Normal(0.5, 2), 50, 20)
	gt.Compare(t, "the zero row", normal[40:60], make([]float64, 20), 0)
	var sum, square float64
	for _, v := range normal {
		sum, square = sum+v, square+v*v
	}
	// Of 980 samples the mean has a standard deviation of 0.016, the variance one of 0.011.
	if mean, variance := sum/980, square/980; math.Abs(mean) > 0.08 || math.Abs(variance-0.25) > 0.055 {
		t.Errorf("normal: mean %g and variance %g; want 0 and 0.25", mean, variance)
	}
}

// TestCellInits checks the initial values of the cells' parameters.
func TestCellInits(t *testing.T) {
	const H = 16
	zeros, ones := make([]float64, H), make([]float64, H)
	for i := range ones {
		ones[i] = 1
	}
	p := networkParams(t, lstm.New(graph.Hidden(H)), tensor.Float64)
	gt.Compare(t, "the biases of LSTM gates i f g o", valueOf(t, p, "bias_ih_l0"), append(append(append(zeros[:H:H], ones...), zeros...), zeros...), 0)
	gt.Compare(t, "the recurrent bias of an LSTM", valueOf(t, p, "bias_hh_l0"), make([]float64, 4*H), 0)
	checkUniform(t, "the input weight of an LSTM", valueOf(t, p, "weight_ih_l0"), math.Sqrt(6.0/(3+H)))
	for gate := range 4 {
		w := valueOf(t, p, "weight_hh_l0")[gate*H*H:][:H*H]
		var norm float64
		for _, v := range w[:H] {
			norm += v * v
		}
		if math.Abs(norm-1) > 1e-14 {
			t.Errorf("a row of the recurrent weight of LSTM gate %d has the norm %g; want 1", gate, math.Sqrt(norm))
		}
	}
	p = networkParams(t, lstm.NewPeephole(graph.Hidden(H), graph.LayerNorm()), tensor.Float64)
	gt.Compare(t, "a peephole", valueOf(t, p, "weight_cf_l0"), zeros, 0)
	gt.Compare(t, "the scale of a layer norm", valueOf(t, p, "ln_c.weight_l0"), ones, 0)

	for name, n := range map[string]*graph.Network{"rnn": rnn.New(), "lstm": lstm.NewPeephole(), "gru": gru.New()} {
		p := networkParams(t, n.With(graph.Hidden(H), graph.TorchInit()), tensor.Float64)
		for _, q := range p.List() {
			v := gt.Floats(q.Value().Data())
			for _, x := range v {
				if !(math.Abs(x) <= 1/math.Sqrt(H)) || x == 0 {
					t.Errorf("%s: TorchInit: %s has %g; want a number within ±%g", name, q.Name(), x, 1/math.Sqrt(H))
				}
			}
		}
	}
}

// TestValuesNeverMove declares more parameters than a block of memory holds, between compiling and running.
func TestValuesNeverMove(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(dtype)
		b := graph.NewBuilder(params)
		y := b.Sum(b.Param("w", graph.Ones(), 5))
		prog := mustCompile(t, b, graph.Output(y))
		before := params.Get("w").Value().Uintptr()
		for i := range 40 {
			if err := params.Declare(fmt.Sprint("more", i), graph.Constant(float64(i)), 1+i, 100); err != nil {
				t.Fatal(err)
			}
		}
		w := params.Get("w")
		if w.Value().Uintptr() != before {
			t.Errorf("%v: the values moved", dtype)
		}
		for i := range 40 {
			for _, v := range valueOf(t, params, fmt.Sprint("more", i)) {
				if v != float64(i) {
					t.Fatalf("%v: parameter %d holds %g", dtype, i, v)
				}
			}
		}
		switch d := w.Value().Data().(type) {
		case []float32:
			d[0] = 3
		case []float64:
			d[0] = 3
		}
		mustRun(t, prog)
		if got := prog.Scalar(y); got != 7 {
			t.Errorf("%v: the program sees the sum %g; want 7", dtype, got)
		}
	}
}

// TestChrono looks at the biases that a gate remembers by: they are uniformly distributed up to log(steps − 1).
func TestChrono(t *testing.T) {
	const H, steps = 256, 50
	chrono := []graph.NetworkOption{graph.Hidden(H), graph.Chrono(steps)}
	check := func(n *graph.Network, gates, keep, take int, others ...string) {
		t.Helper()
		p := networkParams(t, n, tensor.Float64)
		bias := valueOf(t, p, "bias_ih_l0")
		counts, sum, most := make([]int, 4), 0.0, math.Log(steps-1)
		for i := range H {
			u := bias[keep*H+i]
			if !(u >= 0 && u <= most) {
				t.Fatalf("%s: the bias of unit %d is %v", n.Name(), i, u)
			}
			counts[min(3, int(u/most*4))]++
			sum += u / H
			for g := range gates {
				want := 0.0
				if g == keep {
					continue
				} else if g == take {
					want = -bias[keep*H+i]
				}
				if bias[g*H+i] != want {
					t.Fatalf("%s: gate %d of unit %d starts at %v; want %v", n.Name(), g, i, bias[g*H+i], want)
				}
			}
		}
		if math.Abs(sum-most/2) > 4*most/math.Sqrt(12*H) {
			t.Errorf("%s: the biases are %v on average; want about %v", n.Name(), sum, most/2)
		}
		for _, c := range counts {
			if math.Abs(float64(c)-H/4) > 4*math.Sqrt(H*3/16) {
				t.Errorf("%s: the quarters have %v of %d units", n.Name(), counts, H)
			}
		}
		for _, name := range others {
			for _, v := range valueOf(t, p, name) {
				if v != 0 {
					t.Fatalf("%s: %s starts at %v", n.Name(), name, v)
				}
			}
		}
	}
	check(lstm.New(chrono...), 4, 1, 0, "bias_hh_l0")
	check(gru.New(chrono...), 3, 1, -1, "bias_hh_l0")
	check(gru.NewResetBefore(append(chrono, graph.TorchInit())...), 3, 1, -1, "bias_hh_l0", "bias_hn_l0")
	check(lstm.NewPeephole(append(chrono, graph.LayerNorm())...), 4, 1, 0, "bias_hh_l0")

	// Without it nothing changes, and a cell without gates has none.
	checkSame(t, networkParams(t, rnn.New(chrono[1]), tensor.Float64), networkParams(t, rnn.New(), tensor.Float64), false)
	checkSame(t, networkParams(t, lstm.New(graph.Chrono(0)), tensor.Float64), networkParams(t, lstm.New(), tensor.Float64), false)
	for _, steps := range []int{1, 2} { // of which none is left
		for _, v := range valueOf(t, networkParams(t, gru.New(graph.Chrono(steps)), tensor.Float64), "bias_ih_l0") {
			if v != 0 {
				t.Errorf("over %d steps a bias starts at %v", steps, v)
			}
		}
	}
	for _, steps := range []int{-1, 1<<20 + 1} {
		if err := gru.New(graph.Chrono(steps)).Check(); err == nil {
			t.Errorf("gates that remember over %d steps are no error", steps)
		}
	}
	if got := lstm.New(graph.Chrono(7)).Config().Chrono; got != 7 {
		t.Errorf("the configuration says %d", got)
	}
}
