package train

import (
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// pair is a parameter of any value and gradient.
type pair struct {
	value, gradient gorgonia.Value
	err             error
}

func (p pair) Value() gorgonia.Value         { return p.value }
func (p pair) Grad() (gorgonia.Value, error) { return p.gradient, p.err }
func (p pair) Name() string                  { return "w" }

func dense64(x ...float64) *tensor.Dense { return tensor.New(tensor.WithBacking(x)) }
func dense32(x ...float32) *tensor.Dense { return tensor.New(tensor.WithBacking(x)) }

// everyOptimizer calls test with a maker of each optimizer of NewOptimizer, at a rate at which it learns fast.
func everyOptimizer(t *testing.T, test func(t *testing.T, make func() Optimizer)) {
	rates := map[string]float64{"adagrad": 0.5, "adadelta": 10}
	for _, name := range OptimizerNames() {
		t.Run(name, func(t *testing.T) {
			test(t, func() Optimizer {
				o, err := NewOptimizer(name, orDefault(rates[name], 0.05))
				if err != nil {
					t.Fatal(err)
				}
				return o
			})
		})
	}
}

func TestNewOptimizer(t *testing.T) {
	defaults := map[string]float64{"sgd": 1e-3, "momentum": 1e-3, "nesterov": 1e-3, "asgd": 0.01, "adam": 1e-3, "adamw": 1e-3,
		"rmsprop": 0.01, "adagrad": 0.01, "adadelta": 1}
	for _, name := range OptimizerNames() {
		o, err := NewOptimizer(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		if o.Name() != name || o.LearningRate() != defaults[name] {
			t.Errorf("%s: name %s, rate %v; want rate %v", name, o.Name(), o.LearningRate(), defaults[name])
		}
		if o, _ := NewOptimizer(name, 0.5); o.LearningRate() != 0.5 {
			t.Errorf("%s: rate %v; want 0.5", name, o.LearningRate())
		}
	}
	for _, c := range []struct {
		name string
		lr   float64
		want string
	}{
		{"adma", 0, `optimizer "adma": not found; did you mean adam? Choose one of sgd, momentum`},
		{"adam", -1, "learning rate -1"},
		{"adam", math.NaN(), "learning rate NaN"},
		{"adam", math.Inf(1), "learning rate +Inf"},
	} {
		if _, err := NewOptimizer(c.name, c.lr); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %v: error %v; want %q", c.name, c.lr, err, c.want)
		}
	}
}

// TestOptimizersOnGorgonia fits y = 2·x₀ − 3·x₁ + 1 with Gorgonia's graph, gradients and machine.
func TestOptimizersOnGorgonia(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		t.Run(dtype.String(), func(t *testing.T) {
			everyOptimizer(t, func(t *testing.T, make func() Optimizer) { fitLine(t, make(), dtype) })
		})
	}
}

func fitLine(t *testing.T, solver gorgonia.Solver, dtype tensor.Dtype) {
	must := func(n *gorgonia.Node, err error) *gorgonia.Node {
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	fill := func(shape tensor.Shape, x ...float64) *tensor.Dense {
		if dtype == tensor.Float64 {
			return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
		}
		f := []float32{}
		for _, v := range x {
			f = append(f, float32(v))
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(f))
	}
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, dtype, gorgonia.WithName("x"), gorgonia.WithShape(4, 2),
		gorgonia.WithValue(fill(tensor.Shape{4, 2}, 0, 0, 1, 0, 0, 1, 1, 1)))
	y := gorgonia.NewVector(g, dtype, gorgonia.WithName("y"), gorgonia.WithShape(4),
		gorgonia.WithValue(fill(tensor.Shape{4}, 1, 3, -2, 0)))
	w := gorgonia.NewVector(g, dtype, gorgonia.WithName("w"), gorgonia.WithShape(2), gorgonia.WithInit(gorgonia.Zeroes()))
	b := gorgonia.NewVector(g, dtype, gorgonia.WithName("b"), gorgonia.WithShape(1), gorgonia.WithInit(gorgonia.Zeroes()))
	column := must(gorgonia.Reshape(must(gorgonia.Mul(x, w)), tensor.Shape{4, 1}))
	row := must(gorgonia.Reshape(b, tensor.Shape{1, 1}))
	sum := must(gorgonia.BroadcastAdd(column, row, nil, []byte{0}))
	off := must(gorgonia.Sub(must(gorgonia.Reshape(sum, tensor.Shape{4})), y))
	loss := must(gorgonia.Mean(must(gorgonia.Square(off))))
	if _, err := gorgonia.Grad(loss, w, b); err != nil {
		t.Fatal(err)
	}
	machine := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(w, b))
	defer machine.Close()
	value := func() float64 {
		v := 0.0
		switch l := loss.Value().Data().(type) {
		case float32:
			v = float64(l)
		case float64:
			v = l
		}
		return v
	}
	var first float64
	learnables := gorgonia.NodesToValueGrads(gorgonia.Nodes{w, b})
	for step := range 400 {
		if step > 0 {
			if err := ZeroGrad(learnables); err != nil {
				t.Fatal(err)
			}
		}
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		if step == 0 {
			first = value()
		}
		if err := solver.Step(learnables); err != nil {
			t.Fatal(err)
		}
		machine.Reset()
	}
	if last := value(); !(last < first/10) {
		t.Errorf("loss went from %v to %v; want a tenth", first, last)
	}
}

// TestOptimizersTypesAndLayouts takes the same steps with every form that a parameter may have.
func TestOptimizersTypesAndLayouts(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		start, gradient := []float64{1, -2, 3, -4, 5, -6}, []float64{0.5, 1, -1, 2, 0, -3}
		run := func(vgs ...gorgonia.ValueGrad) {
			t.Helper()
			o := makeOptimizer()
			for range 3 {
				if err := o.Step(vgs); err != nil {
					t.Fatal(err)
				}
			}
		}
		copyOf := func(x []float64) []float64 { return append([]float64{}, x...) }

		want := copyOf(start)
		run(pair{value: dense64(want...), gradient: dense64(gradient...)})
		if reflect.DeepEqual(want, start) {
			t.Fatal("weights did not change")
		}

		// A column of a matrix and a transposed gradient.
		matrix := tensor.New(tensor.WithShape(6, 2), tensor.WithBacking([]float64{1, 9, -2, 9, 3, 9, -4, 9, 5, 9, -6, 9}))
		column, err := matrix.Slice(nil, gorgonia.S(0))
		if err != nil {
			t.Fatal(err)
		}
		run(pair{value: column.(*tensor.Dense), gradient: dense64(gradient...)})
		for i, x := range want {
			if got := matrix.Float64s()[2*i]; got != x || matrix.Float64s()[2*i+1] != 9 {
				t.Errorf("column: element %d is %v; want %v, and its neighbour 9", i, got, x)
			}
		}
		transposed := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{0.5, 2, 1, 0, -1, -3}))
		if err := transposed.T(); err != nil {
			t.Fatal(err)
		}
		square := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(copyOf(start)))
		run(pair{value: square, gradient: transposed})
		if got := square.Float64s(); !reflect.DeepEqual(got, want) {
			t.Errorf("transposed gradient: %v; want %v", got, want)
		}

		// Scalars of both kinds and types, and float32, side by side in one optimizer.
		s64, s32 := gorgonia.NewF64(start[0]), gorgonia.NewF32(float32(start[0]))
		d64 := tensor.New(tensor.FromScalar(start[0]))
		v32 := make([]float32, len(start))
		g32 := make([]float32, len(start))
		for i := range v32 {
			v32[i], g32[i] = float32(start[i]), float32(gradient[i])
		}
		run(pair{value: s64, gradient: gorgonia.NewF64(gradient[0])},
			pair{value: s32, gradient: gorgonia.NewF32(float32(gradient[0]))},
			pair{value: d64, gradient: gorgonia.NewF64(gradient[0])},
			pair{value: tensor.New(tensor.WithBacking(v32)), gradient: dense32(g32...)})
		if *s64 != gorgonia.F64(want[0]) || d64.Float64s()[0] != want[0] {
			t.Errorf("scalars %v and %v; want %v", *s64, d64.Float64s()[0], want[0])
		}
		if math.Abs(float64(*s32)-want[0]) > 1e-5 {
			t.Errorf("float32 scalar %v; want %v", *s32, want[0])
		}
		for i, x := range want {
			if math.Abs(float64(v32[i])-x) > 1e-5*math.Abs(x) {
				t.Errorf("float32: element %d is %v; want %v", i, v32[i], x)
			}
		}
	})
}

// TestOptimizersSkipNil checks that a parameter without gradient stays, and that its first step comes later.
func TestOptimizersSkipNil(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		a, b, alone := dense64(1, 2), dense64(1, 2), dense64(1, 2)
		g := dense64(0.3, -0.2)
		step := func(o Optimizer, vgs ...gorgonia.ValueGrad) {
			t.Helper()
			if err := o.Step(vgs); err != nil {
				t.Fatal(err)
			}
		}
		o := makeOptimizer()
		for _, none := range []gorgonia.Value{nil, (*tensor.Dense)(nil)} {
			step(o, pair{value: a, gradient: g}, pair{value: b, gradient: none})
			if x := b.Float64s(); x[0] != 1 || x[1] != 2 {
				t.Fatalf("a step without gradient gives %v", x)
			}
		}
		step(o, pair{value: a, gradient: g}, pair{value: b, gradient: g})
		step(makeOptimizer(), pair{value: alone, gradient: g})
		if !reflect.DeepEqual(b.Float64s(), alone.Float64s()) {
			t.Errorf("first step gives %v; want %v as without steps before", b.Float64s(), alone.Float64s())
		}
	})
}

func TestOptimizersDoNotAllocate(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		vgs := []gorgonia.ValueGrad{
			&pair{value: dense32(1, 2, 3), gradient: dense32(1, 2, 3)},
			&pair{value: dense64(1, 2, 3), gradient: dense64(1, 2, 3)},
			&pair{value: gorgonia.NewF64(1), gradient: gorgonia.NewF64(1)},
		}
		o := makeOptimizer()
		n := testing.AllocsPerRun(100, func() { // it runs once before it counts
			o.SetLearningRate(0.1)
			if err := o.Step(vgs); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v allocations a step; want none", n)
		}
	})
}

func TestOptimizersSetLearningRate(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		o := makeOptimizer()
		o.SetLearningRate(0)
		w := dense64(1)
		vgs := []gorgonia.ValueGrad{pair{value: w, gradient: dense64(1)}}
		if err := o.Step(vgs); err != nil || o.LearningRate() != 0 || w.Float64s()[0] != 1 {
			t.Errorf("rate %v, weight %v, %v; want a rate of 0 and no change", o.LearningRate(), w, err)
		}
		o.SetLearningRate(math.NaN())
		if err := o.Step(vgs); err == nil || !strings.HasPrefix(err.Error(), o.Name()+": learning rate NaN") {
			t.Errorf("error %v; want one of the rate NaN", err)
		}
	})
}

func TestOptimizersErrors(t *testing.T) {
	good := pair{value: dense64(1, 2), gradient: dense64(1, 2)}
	everyOptimizer(t, func(t *testing.T, makeOptimizer func() Optimizer) {
		for _, c := range []struct {
			bad  gorgonia.ValueGrad
			want string
		}{
			{nil, "parameter 1: is nil"},
			{pair{gradient: dense64(1)}, "parameter 1 (w): no value"},
			{pair{value: dense64(1), err: errors.New("lost")}, "no gradient; differentiate the loss by it first: lost"},
			{pair{value: dense64(1, 2), gradient: dense64(1, 2, 3)}, "the gradient of shape (3) does not fit the value of shape (2)"},
			{pair{value: dense64(1, 2), gradient: dense32(1, 2)}, "the gradient of element type float32 does not fit"},
			{pair{value: tensor.New(tensor.WithBacking([]int{1})), gradient: dense64(1)}, "the value: element type int is not known"},
			{pair{value: dense64(1), gradient: gorgonia.NewI(1)}, "the gradient: type *gorgonia.I is not known"},
		} {
			before := dense64(1, 2)
			first := pair{value: before, gradient: dense64(1, 2)}
			o := makeOptimizer()
			err := o.Step([]gorgonia.ValueGrad{first, c.bad})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), o.Name()+": ") {
				t.Errorf("error %v; want %q", err, c.want)
			}
			if x := before.Float64s(); x[0] != 1 || x[1] != 2 {
				t.Errorf("%s: the first parameter changed to %v", c.want, x)
			}
			// The failure leaves an optimizer that can begin anew.
			if err := o.Step([]gorgonia.ValueGrad{first}); err != nil {
				t.Error(err)
			}
		}

		o := makeOptimizer()
		if err := o.Step([]gorgonia.ValueGrad{good}); err != nil {
			t.Fatal(err)
		}
		for want, vgs := range map[string][]gorgonia.ValueGrad{
			"2 parameters, but the state is of 1": {good, good},
			"shape (3) and element type float64":  {pair{value: dense64(1, 2, 3), gradient: dense64(1, 2, 3)}},
			"shape (2) and element type float32":  {pair{value: dense32(1, 2), gradient: dense32(1, 2)}},
		} {
			if err := o.Step(vgs); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v; want %q", err, want)
			}
		}
	})
}

func TestOptimizerSettingsOutOfRange(t *testing.T) {
	for want, o := range map[string]Optimizer{
		"momentum: Momentum 1 is out of range":    &SGD{Momentum: 1},
		"sgd: WeightDecay -1":                     &SGD{WeightDecay: -1},
		"asgd: Patience -1":                       &ASGD{Patience: -1},
		"Nesterov needs a Momentum":               &SGD{Nesterov: true},
		"adam: Beta1 1 ":                          &Adam{Beta1: 1},
		"adam: Beta2 -0.1":                        &Adam{Beta2: -0.1},
		"adamw: Eps NaN":                          &AdamW{Eps: math.NaN()},
		"rmsprop: Alpha 2":                        &RMSProp{Alpha: 2},
		"adagrad: InitialAccumulator -1":          &Adagrad{InitialAccumulator: -1},
		"adadelta: Rho 1 is out of range; give a": &Adadelta{Rho: 1},
	} {
		if err := o.Step(nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}

func BenchmarkAdam(b *testing.B) {
	w, g := make([]float32, 1<<18), make([]float32, 1<<18)
	vgs := []gorgonia.ValueGrad{&pair{value: tensor.New(tensor.WithBacking(w)), gradient: tensor.New(tensor.WithBacking(g))}}
	var o Adam
	b.ReportAllocs()
	for b.Loop() {
		if err := o.Step(vgs); err != nil {
			b.Fatal(err)
		}
	}
}

// TestGorgoniaSolvers has Gorgonia's own solvers train a compiled program, whose parameters are a gorgonia.ValueGrad each.
func TestGorgoniaSolvers(t *testing.T) {
	for name, solver := range map[string]gorgonia.Solver{
		"vanilla":  gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.1)),
		"momentum": gorgonia.NewMomentum(gorgonia.WithLearnRate(0.05)),
		"adam":     gorgonia.NewAdamSolver(gorgonia.WithLearnRate(0.1)),
		"rmsprop":  gorgonia.NewRMSPropSolver(gorgonia.WithLearnRate(0.05)),
		"adagrad":  gorgonia.NewAdaGradSolver(),
	} {
		t.Run(name, func(t *testing.T) {
			b := graph.NewBuilder(graph.NewParams(tensor.Float32))
			y := b.Linear("", 1, b.Input("x", 4, 2))
			program, err := graph.Compile(b, graph.Loss(b.MSE(y, b.Input("y", 4, 1))))
			if err != nil {
				t.Fatal(err)
			}
			for name, v := range map[string][]float64{"x": {0, 0, 1, 0, 0, 1, 1, 1}, "y": {1, 3, -2, 0}} {
				if err := program.Set(name, v); err != nil {
					t.Fatal(err)
				}
			}
			var first float64
			for step := range 400 {
				if err := program.Run(); err != nil {
					t.Fatal(err)
				}
				if step == 0 {
					first = program.Loss()
				}
				if err := solver.Step(program.Grads()); err != nil {
					t.Fatal(err)
				}
			}
			want := first / 10
			if name == "adagrad" { // its rate is 0.001, whatever WithLearnRate says
				want = 0.99 * first
			}
			if last := program.Loss(); !(last < want) {
				t.Errorf("loss went from %v to %v; want less than %v", first, last, want)
			}
		})
	}
}

// TestParallelStepsDoNotAllocate counts the allocations of steps of a large parameter after the first.
func TestParallelStepsDoNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	everyOptimizer(t, func(t *testing.T, newOptimizer func() Optimizer) {
		o := newOptimizer()
		grads := []gorgonia.ValueGrad{pair{value: dense32(make([]float32, largeParam)...), gradient: dense32(make([]float32, largeParam)...)}}
		step := func() {
			if err := o.Step(grads); err != nil {
				t.Fatal(err)
			}
		}
		step() // makes the buffers, and the next what the goroutines need
		step()
		// The runtime makes a goroutine now and then: those that have ended wait where they ran, up to 64 of them, before another
		// processor may have one. What a step itself allocates shows in all of so many.
		fewest := math.MaxInt
		var before, after runtime.MemStats
		for i := 0; i < 200 && fewest > 0; i++ {
			runtime.ReadMemStats(&before)
			step()
			runtime.ReadMemStats(&after)
			fewest = min(fewest, int(after.Mallocs-before.Mallocs))
		}
		if fewest > 0 {
			t.Errorf("%d allocations in a step; want none", fewest)
		}
	})
}

// TestOptimizersInParallel has a large parameter updated by one goroutine and by three: the weights are the same, bit for
// bit.
func TestOptimizersInParallel(t *testing.T) {
	everyOptimizer(t, func(t *testing.T, newOptimizer func() Optimizer) {
		run := func(threads int) []float32 {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			w, g := make([]float32, largeParam+5), make([]float32, largeParam+5)
			for i := range w {
				w[i], g[i] = float32(i%13)-6, float32(i%7)-3
			}
			o := newOptimizer()
			p := pair{value: dense32(w...), gradient: dense32(g...)}
			for range 3 {
				if err := o.Step([]gorgonia.ValueGrad{p}); err != nil {
					t.Fatal(err)
				}
			}
			return p.value.Data().([]float32)
		}
		if one, three := run(1), run(3); !reflect.DeepEqual(one, three) {
			t.Error("the weights depend on the number of threads")
		}
	})
}
