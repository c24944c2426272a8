package graph_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// TestFixedParamsSeeChanges changes the parameters in every way that counts as a change: a program with FixedParams and
// one that is made after it give what a program gives that reads the parameters in every run.
func TestFixedParamsSeeChanges(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(dtype)
		compile := func(opts ...graph.CompileOption) *graph.Program {
			b := graph.NewBuilder(params)
			x := b.Input("x", 2, 3)
			y := b.Linear("", 40, x)
			p := mustCompile(t, b, append(opts, graph.OutputAs("y", y), graph.Loss(b.Sum(b.Pow(y, 2))))...)
			mustSet(t, p, "x", []float64{1, 2, 3, 4, 5, 6})
			return p
		}
		fixed, every := compile(graph.FixedParams()), compile()
		mustRun(t, fixed)
		params.Get("weight").Value().Zero()
		mustRun(t, every)
		before := append([]float64(nil), gt.Floats(fixed.Output("y").Data())...)
		mustRun(t, fixed)
		gt.Compare(t, "without a word of the change", gt.Floats(fixed.Output("y").Data()), before, 0)
		if reflect.DeepEqual(before, gt.Floats(every.Output("y").Data())) {
			t.Fatal("weights of 0 change nothing")
		}

		other := graph.NewParams(dtype, graph.InitSeed(7))
		if err := other.Restore(params.Snapshot()); err != nil {
			t.Fatal(err)
		}
		other.Get("weight").Value().Memset(dtypeOf(dtype, 0.5))
		path := filepath.Join(t.TempDir(), "weights.safetensors")
		other.Get("bias").Value().Memset(dtypeOf(dtype, -1))
		if err := other.Save(path); err != nil {
			t.Fatal(err)
		}
		other.Get("bias").Value().Memset(dtypeOf(dtype, 3))
		var sgd train.SGD
		vanilla := gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.01))
		for _, change := range []struct {
			name string
			do   func() error
		}{
			{"Changed", func() error { params.Changed(); return nil }},
			{"Restore", func() error { return params.Restore(other.Snapshot()) }},
			{"Load", func() error { return params.Load(path) }},
			{"an optimizer's step", func() error { return sgd.Step(fixed.Grads()) }},
			{"its second step", func() error { return sgd.Step(fixed.Grads()) }},
			{"a step of Gorgonia's solver", func() error { return vanilla.Step(fixed.Grads()) }},
			{"its second step", func() error { return vanilla.Step(fixed.Grads()) }},
			{"a new parameter", func() error {
				params.Get("weight").Value().Memset(dtypeOf(dtype, 2))
				return params.Declare("new", graph.Ones(), 1)
			}},
			{"no change", func() error { return nil }},
		} {
			if err := change.do(); err != nil {
				t.Fatal(err)
			}
			late := compile(graph.FixedParams())
			for _, p := range []*graph.Program{fixed, every, late} {
				mustRun(t, p)
			}
			want := gt.Floats(every.Output("y").Data())
			gt.Compare(t, change.name, gt.Floats(fixed.Output("y").Data()), want, 0)
			gt.Compare(t, change.name+", a new program", gt.Floats(late.Output("y").Data()), want, 0)
			for _, name := range []string{"weight", "bias"} {
				gt.Compare(t, change.name+", gradient of "+name, gt.Floats(fixed.Grad(name).Data()), gt.Floats(every.Grad(name).Data()), 0)
			}
		}
	}
}

// dtypeOf returns a number of an element type.
func dtypeOf(dtype tensor.Dtype, v float64) any {
	if dtype == tensor.Float64 {
		return v
	}
	return float32(v)
}

// TestPackedBytes counts what programs with FixedParams share: once for all of them, with the store and not with them.
func TestPackedBytes(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(dtype)
		program := func(batch int, opts ...graph.CompileOption) *graph.Program {
			b := graph.NewBuilder(params)
			y, _ := lstm.New(graph.Hidden(20)).Unroll(b, b.Input("x", 3, batch, 10))
			return mustCompile(t, b, append(opts, graph.Output(y), graph.Threads(1))...)
		}
		own := program(2)
		if n := params.PackedBytes(); n != 0 {
			t.Errorf("%v: %d bytes without a program that fixes its parameters; want none", dtype, n)
		}
		first := program(2, graph.FixedParams())
		shared := params.PackedBytes()
		if least := (10 + 20) * 80 * int(dtype.Size()); shared < least {
			t.Errorf("%v: %d bytes are shared; want at least %d, those of both weights", dtype, shared, least)
		}
		if own.Bytes()-first.Bytes() != shared {
			t.Errorf("%v: a program has %d bytes, %d without %d that are shared", dtype, own.Bytes(), first.Bytes(), shared)
		}
		program(7, graph.FixedParams())
		program(1, graph.FixedParams(), graph.InWorkspace(graph.NewWorkspace()))
		if n := params.PackedBytes(); n != shared {
			t.Errorf("%v: three programs share %d bytes; one needs %d", dtype, n, shared)
		}
	}
}

// served is a program or a stepper that a goroutine has to itself, with what it computes in a run.
type served func() ([]float64, error)

// serve makes 16 of them of one store: of several networks and shapes, with workspaces of their own and without, of one
// thread and of two.
func serve(t *testing.T, params *graph.Params) []served {
	t.Helper()
	var list []served
	for i := range 16 {
		network := []*graph.Network{
			lstm.New(graph.Hidden(24), graph.Layers(2)), gru.New(graph.Hidden(33), graph.Bidirectional(graph.MergeSum)), gru.New(graph.Hidden(33)),
		}[i%3]
		steps, batch, inputs := 1+i%4, 1+i%5, 6+i%3
		opts := []graph.CompileOption{graph.Threads(1 + i%7/6)}
		if i%2 == 1 {
			opts = append(opts, graph.InWorkspace(graph.NewWorkspace()))
		}
		if i%3 == 2 {
			s, err := network.NewStepper(params, batch, inputs, opts...)
			if err != nil {
				t.Fatal(err)
			}
			x := gt.Random(fmt.Sprint("step ", i), batch*inputs)
			x32 := make([]float32, len(x))
			for j, v := range x {
				x32[j] = float32(v)
			}
			list = append(list, func() ([]float64, error) {
				s.Reset()
				if params.Dtype() == tensor.Float64 {
					y, err := s.Step64(x)
					return append([]float64(nil), y...), err
				}
				y, err := s.Step(x32)
				return gt.Floats(y), err
			})
			continue
		}
		b := graph.NewBuilder(params).Prefix(fmt.Sprintf("network %d.", i%3))
		y, _ := network.Unroll(b, b.Input("x", steps, batch, inputs))
		p := mustCompile(t, b, append(opts, graph.FixedParams(), graph.OutputAs("y", b.Linear("out", 5, y)))...)
		mustSet(t, p, "x", gt.Random(fmt.Sprint("x ", i), steps*batch*inputs))
		list = append(list, func() ([]float64, error) {
			err := p.Run()
			return append([]float64(nil), gt.Floats(p.Output("y").Data())...), err
		})
	}
	return list
}

// TestFixedParamsInParallel runs programs of one store in 16 goroutines, all of them for the first time at once and
// again after the parameters have changed: each gives, to the last bit, what it gives when they run one after the
// other.
func TestFixedParamsInParallel(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		other := graph.NewParams(dtype, graph.InitSeed(3))
		serve(t, other)
		alone, together := graph.NewParams(dtype), graph.NewParams(dtype)
		one, all := serve(t, alone), serve(t, together)
		for _, when := range []string{"at first", "after a change"} {
			if when == "after a change" {
				for _, p := range []*graph.Params{alone, together} {
					if err := p.Restore(other.Snapshot()); err != nil {
						t.Fatal(err)
					}
				}
			}
			got := make([][]float64, len(all))
			start := make(chan struct{})
			var wait sync.WaitGroup
			for i, run := range all {
				wait.Go(func() {
					<-start
					for round := range 5 {
						y, err := run()
						if err != nil {
							t.Error(err)
						}
						if round > 0 && !reflect.DeepEqual(y, got[i]) {
							t.Errorf("%v, %s: program %d gives %v in round %d; %v before", dtype, when, i, y, round, got[i])
						}
						got[i] = y
					}
				})
			}
			close(start)
			wait.Wait()
			for i, run := range one {
				want, err := run()
				if err != nil {
					t.Fatal(err)
				}
				gt.Compare(t, fmt.Sprintf("%v, %s: program %d", dtype, when, i), got[i], want, 0)
			}
		}
	}
}

// TestFixedParamsCompiledInParallel compiles programs and steppers of one store in many goroutines while others run.
func TestFixedParamsCompiledInParallel(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	network := lstm.New(graph.Hidden(24))
	step := func() ([]float32, error) {
		s, err := network.NewStepper(params, 2, 3, graph.Threads(1))
		if err != nil {
			return nil, err
		}
		for range 3 {
			if _, err := s.Step([]float32{1, 2, 3, 4, 5, 6}); err != nil {
				return nil, err
			}
		}
		return s.Step([]float32{1, 2, 3, 4, 5, 6})
	}
	want, err := step() // declares the parameters
	if err != nil {
		t.Fatal(err)
	}
	params.Changed()
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			if got, err := step(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("a stepper gives %v, error %v; want %v", got, err, want)
			}
		})
	}
	wait.Wait()
}
