package graph_test

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
	"weak"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// trainLSTM compiles the training of a small language model, from indices to the cross entropy, and sets its inputs.
func trainLSTM(t testing.TB, params *graph.Params, batch int) *graph.Program {
	t.Helper()
	const T, words = 6, 11
	b := graph.NewBuilder(params, graph.Training(), graph.Seed(5))
	x, target := b.IndexInput("x", T, batch), b.IndexInput("target", T, batch)
	network := lstm.New(graph.Hidden(8), graph.Layers(2), graph.Dropout(0.3), graph.RecurrentDropout(0.2))
	y, _ := network.Unroll(b, b.Embedding("words", words, 7, x, 0), graph.Lengths(b.IndexInput("lengths", batch)))
	prog := mustCompile(t, b, graph.Loss(b.CrossEntropy(b.Linear("out", words, y), target, graph.IgnoreIndex(0))))
	in, out, lengths := make([]int, T*batch), make([]int, T*batch), make([]int, batch)
	for i := range in {
		in[i], out[i] = (7*i+3)%words, (5*i+1)%words
	}
	for i := range lengths {
		lengths[i] = 1 + (i+4)%T
	}
	mustSet(t, prog, "x", in)
	mustSet(t, prog, "target", out)
	mustSet(t, prog, "lengths", lengths)
	return prog
}

// allGrads returns the gradients of all parameters, one after the other.
func allGrads(t testing.TB, params *graph.Params, prog *graph.Program) []float64 {
	t.Helper()
	var all []float64
	for _, p := range params.List() {
		all = append(all, gt.Floats(prog.Grad(p.Name()).Data())...)
	}
	return all
}

// TestRunDoesNotAllocate runs the training of an LSTM in both types.
func TestRunDoesNotAllocate(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		prog := trainLSTM(t, graph.NewParams(dtype), 3)
		if n := testing.AllocsPerRun(20, func() { mustRun(t, prog) }); n != 0 {
			t.Errorf("%v: %v allocations a run; want none", dtype, n)
		}
		if l := prog.Loss(); !(l > 1 && l < 4) {
			t.Errorf("%v: the loss is %g; want about ln 11", dtype, l)
		}
	}
}

// TestParallelPrograms runs programs of one store, of different batch sizes, at the same time; each gives what it gives
// alone.
func TestParallelPrograms(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	batches := []int{1, 2, 3, 4, 3, 2, 1, 4}
	var progs []*graph.Program
	want := make([][]float64, len(batches))
	for i, batch := range batches {
		prog := trainLSTM(t, params, batch)
		mustRun(t, prog)
		want[i] = append(allGrads(t, params, prog), prog.Loss())
		progs = append(progs, prog)
	}
	var wait sync.WaitGroup
	got := make([][]float64, len(batches))
	errs := make([]error, len(batches))
	for i, prog := range progs {
		wait.Go(func() {
			for range 20 {
				prog.SetRun(0)
				if errs[i] = prog.Run(); errs[i] != nil {
					return
				}
			}
			got[i] = append(allGrads(t, params, prog), prog.Loss())
		})
	}
	wait.Wait()
	for i := range progs {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		gt.Compare(t, fmt.Sprintf("gradients of program %d", i), got[i], want[i], 0)
	}
}

// TestParallelCompile compiles and runs from one store in many goroutines; compiling declares nothing new.
func TestParallelCompile(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	first := trainLSTM(t, params, 2)
	mustRun(t, first)
	var wait sync.WaitGroup
	losses := make([]float64, 8)
	for i := range losses {
		wait.Go(func() {
			prog := trainLSTM(t, params, 2)
			if err := prog.Run(); err != nil {
				t.Error(err)
			}
			losses[i] = prog.Loss()
		})
	}
	wait.Wait()
	for i, l := range losses {
		if l != first.Loss() {
			t.Errorf("goroutine %d has the loss %v; want %v", i, l, first.Loss())
		}
	}
}

// TestForgottenProgram looks at memory of programs and stores that nobody uses any more: one garbage collection leaves it,
// because Dense.Data of package tensor may be about to make a slice of it; later ones take it.
func TestForgottenProgram(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // no collections but those below
	runtime.GC()                                     // and none that has begun
	shown := func() map[string]weak.Pointer[float64] {
		params := graph.NewParams(tensor.Float64)
		prog := trainLSTM(t, params, 2)
		mustRun(t, prog)
		of := make(map[string]weak.Pointer[float64])
		for name, d := range map[string]*tensor.Dense{
			"the gradient":  prog.Gradient(),
			"the parameter": params.List()[0].Value(),
		} {
			of[name] = weak.Make(&d.Data().([]float64)[0])
		}
		return of
	}()
	runtime.GC()
	for what, p := range shown {
		if p.Value() == nil {
			t.Errorf("the first collection has freed %s", what)
		}
	}
	for what, p := range shown {
		for i := 0; p.Value() != nil; i++ {
			if i == 1000 {
				t.Errorf("%s is never freed", what)
				break
			}
			runtime.GC()
			time.Sleep(time.Millisecond) // the finalizers run in a goroutine of their own
		}
	}
}

// TestGrads are in the store's order, show the memory that Program.Grad shows, and are of the parameters that the graph
// uses.
func TestGrads(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	if err := params.Declare("unused", nil, 3); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"c", "a", "b"} {
		if err := params.Declare(name, graph.Ones(), 2); err != nil {
			t.Fatal(err)
		}
	}
	b := graph.NewBuilder(params)
	b.Param("idle", graph.Ones(), 2) // declared by the graph, but the loss does not depend on it
	loss := b.Sum(b.Add(b.Scale(b.Param("a", nil, 2), 2), b.Scale(b.Param("c", nil, 2), 3)))
	prog := mustCompile(t, b, graph.Loss(loss))
	mustRun(t, prog)
	var names []string
	for _, g := range prog.Grads() {
		p := g.(*graph.ParamGrad)
		names = append(names, p.Param.Name())
		d, err := p.Grad()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{"c": 3, "a": 2, "idle": 0}[p.Param.Name()]
		gt.Compare(t, "gradient of "+p.Param.Name(), gt.Floats(d.Data()), []float64{want, want}, 0)
		if d.Uintptr() != prog.Grad(p.Param.Name()).Uintptr() || p.Value().Uintptr() != p.Param.Value().Uintptr() {
			t.Errorf("%s: Grads shows other memory than Program.Grad or the store", p.Param.Name())
		}
	}
	if want := []string{"c", "a", "idle"}; !reflect.DeepEqual(names, want) {
		t.Errorf("gradients of %v; want %v", names, want)
	}
	if prog.Grad("unused") != nil || prog.Grad("b") != nil {
		t.Error("gradients of parameters that the graph does not have")
	}
	forward := mustCompile(t, b, graph.Output(loss))
	if len(forward.Grads()) != 0 || forward.Grad("a") != nil {
		t.Error("a program without a loss has gradients")
	}
}

// TestGradient finds the gradients in the vector of all of them: in the store's order, each from a multiple of 16
// elements on, and zeros between them.
func TestGradient(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for name, way := range carryWays() {
			params := graph.NewParams(dtype)
			for _, p := range []struct {
				name  string
				shape []int
			}{{"c", []int{3, 7}}, {"unused", []int{5}}, {"a", []int{16}}, {"b", []int{7}}} {
				if err := params.Declare(p.name, graph.Glorot(), p.shape...); err != nil {
					t.Fatal(err)
				}
			}
			b := graph.NewBuilder(params)
			x := b.Input("x", 4, 3)
			y := b.Tanh(b.Add(b.MatMul(x, b.Param("c", nil, 3, 7)), b.Param("b", nil, 7)))
			loss := b.Add(b.Sum(y), b.Sum(b.Pow(b.Param("a", nil, 16), 2)))
			prog := mustCompile(t, b, append(way, graph.Loss(loss))...)
			mustSet(t, prog, "x", gt.Random("x", 12))
			mustRun(t, prog)
			all := prog.Gradient()
			if got, want := fmt.Sprint(all.Shape()), "(64)"; got != want { // 21, 16 and 7 elements
				t.Fatalf("%s: the vector has the shape %s; want %s", name, got, want)
			}
			numbers := gt.Floats(all.Data())
			at := 0
			for _, g := range prog.Grads() {
				p := g.(*graph.ParamGrad)
				d, err := p.Grad()
				if err != nil {
					t.Fatal(err)
				}
				n := p.Param.Value().Size()
				gt.Compare(t, name+": gradient of "+p.Param.Name(), numbers[at:at+n], gt.Floats(d.Data()), 0)
				if numbers[at] == 0 {
					t.Errorf("%s: the gradient of %s is 0", name, p.Param.Name())
				}
				if want := all.Uintptr() + uintptr(at)*dtype.Size(); d.Uintptr() != want {
					t.Errorf("%s: the gradient of %s is not a view of the vector", name, p.Param.Name())
				}
				for at += n; at%16 != 0; at++ {
					if numbers[at] != 0 {
						t.Errorf("%s: %g between gradients, at %d", name, numbers[at], at)
					}
				}
			}
			if at != len(numbers) {
				t.Errorf("%s: the gradients end at %d; want %d", name, at, len(numbers))
			}
			if forward := mustCompile(t, b, graph.Output(y)); forward.Gradient() != nil {
				t.Error("a program without a loss has a gradient")
			}
			b = graph.NewBuilder(params)
			if none := mustCompile(t, b, graph.Loss(b.Sum(b.Input("x", 2)))); none.Gradient() != nil {
				t.Error("a program without parameters has a gradient")
			}
		}
	}
}

// TestSharedOutputs compiles outputs that are inputs, constants, parameters, views and one another.
func TestSharedOutputs(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float64))
	x, w := b.Input("x", 2, 3), b.Param("w", graph.Constant(4), 2)
	i := b.IndexInput("i", 2)
	y := b.Tanh(x)
	outputs := map[string]struct {
		n    node
		want []float64
	}{
		"input":      {x, []float64{1, 2, 3, 4, 5, 6}},
		"parameter":  {w, []float64{4, 4}},
		"constant":   {b.Const(2, 3), []float64{2, 2, 2}},
		"integers":   {i, []float64{7, 8}},
		"integer":    {b.At(i, 0, 1), []float64{8}},
		"transposed": {b.Transpose(x), []float64{1, 4, 2, 5, 3, 6}},
		"column":     {b.At(x, 1, 1), []float64{2, 5}},
		"row":        {b.At(x, 0, 1), []float64{4, 5, 6}},
		"same again": {b.Reshape(x, 6), []float64{1, 2, 3, 4, 5, 6}},
		"part of y":  {b.Slice(y, 1, 0, 1), []float64{math.Tanh(1), math.Tanh(4)}},
		"gradient":   {b.Grad(b.Sum(x), x)[0], []float64{1, 1, 1, 1, 1, 1}},
		"element":    {b.At(b.At(x, 0, 1), 0, 2), []float64{6}},
		"scaled":     {b.Scale(x, -1), []float64{-1, -2, -3, -4, -5, -6}},
		"scaled 2":   {b.Scale(b.Scale(x, -1), 2), []float64{-2, -4, -6, -8, -10, -12}},
	}
	for _, without := range append([][]string{nil, graph.Passes()}, []string{"reuse"}) {
		opts := []graph.CompileOption{graph.Without(without...), graph.Output(x, x)}
		for _, o := range outputs {
			opts = append(opts, graph.Output(o.n))
		}
		prog := mustCompile(t, b, opts...)
		mustSet(t, prog, "x", []float64{1, 2, 3, 4, 5, 6})
		mustSet(t, prog, "i", []int{7, 8})
		for range 2 {
			mustRun(t, prog)
		}
		for name, o := range outputs {
			gt.Compare(t, name, gt.Floats(prog.Value(o.n).Data()), o.want, 0)
		}
	}
}

// dropped compiles Dropout of ones and returns a program and a function that runs it and tells what was kept.
func dropped(t *testing.T, rate float64, rows, cols int, opts ...graph.Option) (*graph.Program, func() []float64) {
	t.Helper()
	b := graph.NewBuilder(graph.NewParams(tensor.Float64), opts...)
	y := b.Dropout(b.Const(1, rows, cols), rate)
	prog := mustCompile(t, b, graph.Output(y))
	return prog, func() []float64 {
		mustRun(t, prog)
		return gt.Floats(prog.Value(y).Data())
	}
}

// TestDropoutMask is a function of the seed, the run, the operation and the element.
func TestDropoutMask(t *testing.T) {
	const rows, cols = 20, 30
	prog, run := dropped(t, 0.5, rows, cols, graph.Training(), graph.Seed(1))
	first, second := run(), run()
	if reflect.DeepEqual(first, second) {
		t.Error("two runs have the same mask")
	}
	prog.SetRun(0)
	gt.Compare(t, "run 0 again", run(), first, 0)
	gt.Compare(t, "run 1 after it", run(), second, 0)
	prog.SetRun(1)
	gt.Compare(t, "run 1 again", run(), second, 0)

	_, again := dropped(t, 0.5, rows, cols, graph.Training(), graph.Seed(1))
	gt.Compare(t, "another program of the same seed", again(), first, 0)
	_, other := dropped(t, 0.5, rows, cols, graph.Training(), graph.Seed(2))
	if reflect.DeepEqual(other(), first) {
		t.Error("two seeds have the same mask")
	}
	_, half := dropped(t, 0.5, rows/2, cols, graph.Training(), graph.Seed(1))
	gt.Compare(t, "the first half of the elements", half(), first[:rows/2*cols], 0)

	b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
	ones := b.Const(1, rows, cols)
	x, y := b.Dropout(ones, 0.5), b.Dropout(ones, 0.5)
	both := mustCompile(t, b, graph.Output(x, y))
	mustRun(t, both)
	if reflect.DeepEqual(both.Value(x).Data(), both.Value(y).Data()) {
		t.Error("two dropouts of one graph have the same mask")
	}
}

// TestDropoutRate counts what is dropped, and checks what the rest is multiplied with.
func TestDropoutRate(t *testing.T) {
	const rows, cols, runs = 50, 40, 50
	for _, rate := range []float64{0.05, 0.2, 0.5, 0.9} {
		_, run := dropped(t, rate, rows, cols, graph.Training())
		zeros := 0
		perColumn := make([]int, cols)
		for range runs {
			for i, v := range run() {
				switch {
				case v == 0:
					zeros++
					perColumn[i%cols]++
				case math.Abs(v-1/(1-rate)) > 1e-15/(1-rate):
					t.Fatalf("rate %g: a kept element became %v; want %v", rate, v, 1/(1-rate))
				}
			}
		}
		check := func(what string, dropped, n int) {
			// Five standard deviations of the binomial distribution.
			if got, bound := float64(dropped)/float64(n), 5*math.Sqrt(rate*(1-rate)/float64(n)); math.Abs(got-rate) > bound {
				t.Errorf("rate %g: %s was dropped at the rate %g; want it within %g", rate, what, got, bound)
			}
		}
		check("everything", zeros, rows*cols*runs)
		for i, n := range perColumn {
			check(fmt.Sprint("column ", i), n, rows*runs)
		}
	}
}

// TestDropoutEvaluation is the identity in a graph for evaluation, and for a rate of 0: no operation at all.
func TestDropoutEvaluation(t *testing.T) {
	for _, training := range []bool{false, true} {
		var opts []graph.Option
		rate := 0.7
		if training {
			opts, rate = append(opts, graph.Training()), 0
		}
		b := graph.NewBuilder(nil, opts...)
		if b.Training() != training {
			t.Errorf("Training() = %v; want %v", b.Training(), training)
		}
		x := b.Input("x", 2, 3)
		if b.Dropout(x, rate) != x || b.SharedDropout("h", x, rate) != x {
			t.Errorf("training %v, rate %g: dropout is not the identity", training, rate)
		}
	}
}

// TestSharedDropout drops the same elements at all steps, and others under another name, prefix or suffix.
func TestSharedDropout(t *testing.T) {
	const rows, cols = 4, 25
	b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training(), graph.Seed(4))
	outputs := map[string]node{}
	for step := range 3 {
		outputs[fmt.Sprint("step ", step)] = b.SharedDropout("h", b.Const(float64(step+1), rows, cols), 0.5)
	}
	ones := b.Const(1, rows, cols)
	outputs["name"], outputs["prefix"], outputs["suffix"] = b.SharedDropout("g", ones, 0.5), b.Prefix("p").SharedDropout("h", ones, 0.5), b.Suffix("s").SharedDropout("h", ones, 0.5)
	var opts []graph.CompileOption
	for _, n := range outputs {
		opts = append(opts, graph.Output(n))
	}
	prog := mustCompile(t, b, opts...)
	var last []float64
	for run := range 2 {
		mustRun(t, prog)
		first := gt.Floats(prog.Value(outputs["step 0"]).Data())
		if reflect.DeepEqual(first, last) {
			t.Error("two runs have the same mask")
		}
		last = first
		for step := range 3 {
			got := gt.Floats(prog.Value(outputs[fmt.Sprint("step ", step)]).Data())
			for i, v := range got {
				if v != first[i]*float64(step+1) {
					t.Fatalf("run %d: element %d of step %d is %g; want %g, as at the first step", run, i, step, v, first[i]*float64(step+1))
				}
			}
		}
		for _, other := range []string{"name", "prefix", "suffix"} {
			if reflect.DeepEqual(gt.Floats(prog.Value(outputs[other]).Data()), first) {
				t.Errorf("run %d: another %s has the same mask", run, other)
			}
		}
	}
}

// TestMemory compiles the forward pass of long sequences: buffers are used again.
func TestMemory(t *testing.T) {
	const T, B, I, H = 100, 4, 8, 16
	bytes := func(without ...string) int {
		b := graph.NewBuilder(nil)
		_, final := lstm.New(graph.Hidden(H)).Unroll(b, b.Input("x", T, B, I))
		return mustCompile(t, b, graph.Output(final[0]...), graph.Without(without...)).Bytes()
	}
	all, each := bytes(), bytes("reuse")
	input := 4 * T * B * I
	// Without reuse each of the steps holds at least its state.
	if least := input + 4*T*B*2*H; each < least {
		t.Errorf("%d bytes without reuse; want at least %d, so that the comparison means something", each, least)
	}
	if all >= each {
		t.Errorf("%d bytes with reuse of buffers, %d without; want less", all, each)
	}
}

// TestInstructions are fewer when the compiler may remove what is computed twice.
func TestInstructions(t *testing.T) {
	b := graph.NewBuilder(nil)
	x := b.Input("x", 3, 4)
	y := b.Add(b.Tanh(b.Exp(x)), b.Mul(b.Tanh(b.Exp(x)), b.Exp(x)))
	with, without := mustCompile(t, b, graph.Output(y)), mustCompile(t, b, graph.Output(y), graph.Without(graph.Passes()...))
	if with.Instructions() >= without.Instructions() || with.Instructions() < 1 {
		t.Errorf("%d instructions, %d without the passes; want fewer", with.Instructions(), without.Instructions())
	}
}

// TestInputMemory writes to the memory of an input.
func TestInputMemory(t *testing.T) {
	b := graph.NewBuilder(nil)
	x := b.Input("x", 2)
	idle := b.Input("idle", 3) // nothing needs it, yet it can be set
	_ = idle
	y := b.Sum(b.Mul(x, x))
	prog := mustCompile(t, b, graph.Output(y))
	mustSet(t, prog, "idle", []float32{1, 2, 3})
	for range 2 {
		copy(prog.Input("x").Data().([]float32), []float32{3, 4})
		mustRun(t, prog)
		if got := prog.Scalar(y); got != 25 {
			t.Errorf("sum of squares = %g; want 25", got)
		}
	}
}
