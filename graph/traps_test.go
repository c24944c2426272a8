package graph_test

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// The tests of this file each show what Gorgonia v0.9.18 does that a recurrent network cannot live with, as a fact, and
// that the builder and its programs do not. Where a fact no longer holds, the reason for going round it is gone.

var must = gorgonia.Must

// compileAndRun compiles a graph, sets inputs and runs it once.
func compileAndRun(t *testing.T, b *graph.Builder, inputs map[string]any, opts ...graph.CompileOption) *graph.Program {
	t.Helper()
	p, err := graph.Compile(b, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range inputs {
		if err := p.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	return p
}

func float32s(p *graph.Program, n *gorgonia.Node) []float32 { return p.Value(n).Data().([]float32) }

// gorgonia.Slice writes start and end as a byte each into a node's identity: the input gate and the candidate of an LSTM
// with 128 units are the same part of the stacked gates.
func TestTrapSliceOfLongAxis(t *testing.T) {
	g := gorgonia.NewGraph()
	z := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("z"), gorgonia.WithShape(2, 512))
	input := must(gorgonia.Slice(z, nil, gorgonia.S(0, 128)))
	candidate := must(gorgonia.Slice(z, nil, gorgonia.S(256, 384)))
	if input != candidate {
		t.Error("gorgonia.Slice keeps [0:128] and [256:384] apart now")
	}

	b := graph.NewBuilder(nil)
	gates := b.Split(b.Input("z", 2, 512), 1, 4)
	values := make([]float32, 2*512)
	for i := range values {
		values[i] = float32(i)
	}
	p := compileAndRun(t, b, map[string]any{"z": values}, graph.Output(gates...))
	for i, gate := range gates {
		if gates[i] == gates[(i+1)%4] {
			t.Errorf("gate %d is gate %d", i, (i+1)%4)
		}
		if v := float32s(p, gate); v[0] != float32(128*i) || v[128] != float32(512+128*i) {
			t.Errorf("gate %d starts with %g and %g", i, v[0], v[128])
		}
	}
}

// Nodes with equal hashes of 32 bits are one node, whatever their operands: the names x512789 and x749192 collide.
func TestTrapHashCollision(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewScalar(g, tensor.Float32, gorgonia.WithName("x512789"))
	z := gorgonia.NewScalar(g, tensor.Float32, gorgonia.WithName("x749192"))
	if x == z {
		t.Error("the two inputs are one node")
	}
	if must(gorgonia.Tanh(x)) != must(gorgonia.Tanh(z)) {
		t.Error("gorgonia.Tanh of two nodes with one hash gives two nodes now")
	}

	b := graph.NewBuilder(nil)
	tx, tz := b.Tanh(b.Input("x512789")), b.Tanh(b.Input("x749192"))
	if tx == tz {
		t.Fatal("the tanh of two inputs is one node")
	}
	p := compileAndRun(t, b, map[string]any{"x512789": 0.5, "x749192": -2.0}, graph.Output(tx, tz))
	for n, x := range map[*gorgonia.Node]float64{tx: 0.5, tz: -2} {
		if got := p.Scalar(n); math.Abs(got-math.Tanh(x)) > 1e-6 {
			t.Errorf("tanh(%g) is %g", x, got)
		}
	}
}

// Two inputs of one name, type and shape are one node.
func TestTrapInputsOfOneName(t *testing.T) {
	g := gorgonia.NewGraph()
	input := func() *gorgonia.Node {
		return gorgonia.NewVector(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(3))
	}
	if first, second := input(), input(); first != second {
		t.Error("gorgonia.NewVector makes two nodes of one name now")
	}

	b := graph.NewBuilder(nil)
	b.Input("x", 3)
	b.Input("x", 3)
	if b.Err() == nil {
		t.Error("a second input of one name is no error")
	}
}

// Constants are merged by the text that Gorgonia prints for them: a number of another type, and vectors that differ
// where the text has dots.
func TestTrapConstants(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(3))
	z := gorgonia.NewVector(g, tensor.Float64, gorgonia.WithName("z"), gorgonia.WithShape(3))
	must(gorgonia.HadamardProd(x, gorgonia.NewConstant(float32(2))))
	must(gorgonia.HadamardProd(z, gorgonia.NewConstant(float64(2))))
	if len(g.ByName("2")) != 1 {
		t.Error("float32(2) and float64(2) are two constants now")
	}
	long := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithName("long"), gorgonia.WithShape(1000))
	oneHot := func(i int) *gorgonia.Node {
		return must(gorgonia.Add(long, gorgonia.OneHotVector(i, 1000, tensor.Float32)))
	}
	if oneHot(500) != oneHot(501) {
		t.Error("vectors that differ in the middle are two constants now")
	}

	b := graph.NewBuilder(nil)
	in := b.Input("x", 1000)
	ours := func(i int) *gorgonia.Node {
		v := make([]float64, 1000)
		v[i] = 1
		return b.Add(in, b.ConstTensor(v, 1000))
	}
	first, second := ours(500), ours(501)
	p := compileAndRun(t, b, nil, graph.Output(first, second))
	if v := float32s(p, first); v[500] != 1 || v[501] != 0 {
		t.Errorf("the first constant has %g at 500 and %g at 501", v[500], v[501])
	}
	if v := float32s(p, second); v[500] != 0 || v[501] != 1 {
		t.Errorf("the second constant has %g at 500 and %g at 501", v[500], v[501])
	}
}

// Softmax and its logarithm have one hash, and the logarithm of a softmax changes the softmax itself.
func TestTrapLogSoftmax(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(2, 3))
	if must(gorgonia.SoftMax(x)) != must(gorgonia.LogSoftMax(x)) {
		t.Error("gorgonia.SoftMax and gorgonia.LogSoftMax are two nodes now")
	}
	probability := must(gorgonia.SoftMax(must(gorgonia.Neg(x))))
	before := probability.Op().String()
	must(gorgonia.Log(probability))
	if probability.Op().String() == before {
		t.Error("gorgonia.Log leaves the softmax alone now")
	}

	b := graph.NewBuilder(nil)
	in := b.Input("x", 1, 2)
	soft := b.Softmax(in)
	log, direct := b.Log(soft), b.LogSoftmax(in)
	p := compileAndRun(t, b, map[string]any{"x": []float32{0, float32(math.Log(3))}}, graph.Output(soft, log, direct))
	for n, want := range map[*gorgonia.Node]float64{soft: 0.25, log: math.Log(0.25), direct: math.Log(0.25)} {
		if got := float64(float32s(p, n)[0]); math.Abs(got-want) > 1e-6 {
			t.Errorf("%v is %g, want %g", n.Op(), got, want)
		}
	}
}

// A slice of one element has the type of a vector and the value of a scalar, on which the next reduction panics, in a
// goroutine of the tape machine, where nobody can recover it (issues 323, 495 and 568 are of this family).
func TestTrapAxesOfSizeOne(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(1, 3))
	column := must(gorgonia.Slice(x, nil, gorgonia.S(0)))
	v, err := column.Op().Do(tensor.New(tensor.WithShape(1, 3), tensor.Of(tensor.Float32)))
	if err != nil {
		t.Fatal(err)
	}
	if _, isTensor := v.(*tensor.Dense); isTensor || column.IsScalar() {
		t.Error("a slice of one element is what its type says now")
	}

	b := graph.NewBuilder(nil)
	in := b.Input("x", 1, 3)
	first := b.Slice(in, 1, 0, 1)
	sum := b.Sum(b.Concat(1, first, first))
	p := compileAndRun(t, b, map[string]any{"x": []float32{4, 5, 6}}, graph.Output(append(b.Grad(sum, in), sum)...))
	if got := p.Scalar(sum); got != 8 {
		t.Errorf("the sum is %g, want 8", got)
	}
}

// The gradient of softmax runs along the last axis, while softmax itself takes a matrix of one column along the first.
func TestTrapSoftmaxGradientOfColumn(t *testing.T) {
	g := gorgonia.NewGraph()
	column := tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{0, 1, 2}))
	x := gorgonia.NewMatrix(g, tensor.Float64, gorgonia.WithName("x"), gorgonia.WithShape(3, 1), gorgonia.WithValue(column))
	soft := must(gorgonia.SoftMax(x))
	loss := must(gorgonia.Sum(must(gorgonia.Square(soft))))
	d, err := gorgonia.Grad(loss, x)
	if err != nil {
		t.Fatal(err)
	}
	m := gorgonia.NewTapeMachine(g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		t.Fatal(err)
	}
	var sum float64 // of the gradient, which is 0, since softmax does not see a shift
	for _, v := range d[0].Value().Data().([]float64) {
		sum += v
	}
	if math.Abs(sum) < 1e-9 {
		t.Error("Gorgonia's gradient of the softmax of a column is right now")
	}

	b := graph.NewBuilder(graph.NewParams(tensor.Float64))
	in := b.Input("x", 3, 1)
	oursSoft := b.Transpose(b.Softmax(b.Transpose(in)))
	ours := b.Grad(b.Sum(b.Mul(oursSoft, oursSoft)), in)[0]
	p := compileAndRun(t, b, map[string]any{"x": []float64{0, 1, 2}}, graph.Output(ours))
	sum = 0
	for _, v := range p.Value(ours).Data().([]float64) {
		sum += v
	}
	if math.Abs(sum) > 1e-12 {
		t.Errorf("the gradient of softmax adds to %g, want 0", sum)
	}
}

// All nodes of a large graph are there: with hashes of 32 bits alone, two of 40,000 are equal with a probability of 17 %.
func TestTrapLargeGraph(t *testing.T) {
	const size = 45_000
	b := graph.NewBuilder(nil)
	x := b.Input("x", 1)
	n := x
	distinct := map[*gorgonia.Node]bool{x: true}
	for i := range size {
		if i%2 == 0 {
			n = b.Shift(n, 1)
		} else {
			n = b.Neg(n)
		}
		distinct[n] = true
	}
	if len(distinct) != size+1 || len(b.Graph().AllNodes()) != size+1 {
		t.Errorf("%d nodes, of which the graph has %d; want %d", len(distinct), len(b.Graph().AllNodes()), size+1)
	}
	p := compileAndRun(t, b, map[string]any{"x": []float32{5}}, graph.Output(n))
	if got := float32s(p, n)[0]; got != 5 { // two rounds of −(x + 1) are x
		t.Errorf("the last of %d nodes is %g, want 5", size, got)
	}
}

// Each edge of a node that Gorgonia makes costs a scan of the graph: a chain of 20,000 nodes takes several times as long to
// build as one of ours, and the longer the more.
func TestTrapEdges(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const size = 20_000
	theirs := func() {
		g := gorgonia.NewGraph()
		n := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(1))
		for range size {
			n = must(gorgonia.Tanh(n))
		}
	}
	ours := func() {
		b := graph.NewBuilder(nil)
		n := b.Input("x", 1)
		for range size {
			n = b.Neg(n)
		}
	}
	shortest := func(build func(), tries int) time.Duration {
		best := time.Duration(math.MaxInt64)
		for range tries {
			start := time.Now()
			build()
			best = min(best, time.Since(start))
		}
		return best
	}
	if a, b := shortest(theirs, 1), shortest(ours, 3); a < 3*b { // leaves room for what else the machine does
		t.Errorf("%d nodes take Gorgonia %v and the builder %v", size, a, b)
	}
}

// sequenceModel is an LSTM over x [T, B, I] whose last output is fitted to a target [B, H].
func sequenceModel(params *graph.Params, steps, batch, inputs, hidden int, opts ...graph.Option) (b *graph.Builder, y, loss *gorgonia.Node) {
	b = graph.NewBuilder(params, opts...)
	seq, _ := lstm.New(graph.Hidden(hidden), graph.Layers(2), graph.Dropout(0.5)).Unroll(b, b.Input("x", steps, batch, inputs))
	if b.Err() != nil {
		return b, nil, nil
	}
	y = b.Linear("head", hidden, b.At(seq, 0, steps-1))
	return b, y, b.MSE(y, b.Input("target", batch, hidden))
}

// descend takes one step of gradient descent.
func descend(t *testing.T, p *graph.Program, rate float32) {
	t.Helper()
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.Grads() {
		d, err := q.Grad()
		if err != nil {
			t.Fatal(err)
		}
		w := q.Value().Data().([]float32)
		for i, g := range d.Data().([]float32) {
			w[i] -= rate * g
		}
	}
}

func fill(d *tensor.Dense, seed int) {
	for i := range d.Data().([]float32) {
		d.Data().([]float32)[i] = float32(math.Sin(float64(i*7 + seed)))
	}
}

// Two TapeMachines in parallel have been reported to panic (issue 549). That depends on the scheduler and ends the
// process, so only our side is shown here: programs of one graph and of one store run in parallel. The race detector
// sees more of it than the values do.
func TestTrapParallelPrograms(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	b, y, loss := sequenceModel(params, 4, 3, 5, 6)
	var programs []*graph.Program
	for range 2 {
		p, err := graph.Compile(b, graph.Output(y), graph.Loss(loss))
		if err != nil {
			t.Fatal(err)
		}
		fill(p.Input("x"), 1)
		fill(p.Input("target"), 2)
		programs = append(programs, p)
	}
	other, otherY, _ := sequenceModel(params, 2, 1, 5, 6)
	p, err := graph.Compile(other, graph.Output(otherY))
	if err != nil {
		t.Fatal(err)
	}
	programs = append(programs, p)
	var wg sync.WaitGroup
	errs := make([]error, len(programs))
	for i, p := range programs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				if err := p.Run(); err != nil {
					errs[i] = err
				}
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	if programs[0].Loss() != programs[1].Loss() || programs[0].Loss() == 0 {
		t.Errorf("the losses are %g and %g", programs[0].Loss(), programs[1].Loss())
	}
}

// Running a program does not allocate: memory is flat over 10,000 training steps. (TapeMachine.Reset keeps more and
// more, says agogo's issue 4.)
func TestTrapFlatMemory(t *testing.T) {
	b, _, loss := sequenceModel(nil, 3, 2, 2, 3, graph.Training())
	p, err := graph.Compile(b, graph.Loss(loss))
	if err != nil {
		t.Fatal(err)
	}
	run := func(times int) {
		for range times {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(10)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run(10_000)
	runtime.ReadMemStats(&after)
	// The runtime itself and the testing package allocate a little; one allocation a run would be 10,000.
	if n := after.Mallocs - before.Mallocs; n > 1000 {
		t.Errorf("%d allocations, %d bytes in 10,000 runs", n, after.TotalAlloc-before.TotalAlloc)
	}
}

// One example, one step, one feature, one unit: each trains.
func TestTrapSizesOfOne(t *testing.T) {
	for _, size := range [][4]int{{1, 3, 2, 4}, {3, 1, 2, 4}, {3, 2, 1, 4}, {3, 2, 2, 1}, {1, 1, 1, 1}} {
		t.Run(fmt.Sprintf("T%d B%d I%d H%d", size[0], size[1], size[2], size[3]), func(t *testing.T) {
			b, _, loss := sequenceModel(nil, size[0], size[1], size[2], size[3])
			p, err := graph.Compile(b, graph.Loss(loss))
			if err != nil {
				t.Fatal(err)
			}
			fill(p.Input("x"), 1)
			fill(p.Input("target"), 2)
			descend(t, p, 0.3)
			first := p.Loss()
			for range 1000 {
				descend(t, p, 0.3)
			}
			if last := p.Loss(); !(last < first/2) {
				t.Errorf("the loss went from %g to %g", first, last)
			}
		})
	}
}

// Parameters outlive a graph: a program for 32 examples trains them, and one for a single example predicts with them.
func TestTrapBatchSizes(t *testing.T) {
	params := graph.NewParams(tensor.Float32)
	b, _, loss := sequenceModel(params, 4, 32, 3, 5, graph.Training())
	training, err := graph.Compile(b, graph.Loss(loss))
	if err != nil {
		t.Fatal(err)
	}
	fill(training.Input("x"), 1)
	fill(training.Input("target"), 2)
	for range 20 {
		descend(t, training, 0.1)
	}
	outputs := map[int][]float32{}
	for _, batch := range []int{32, 1} {
		b, y, _ := sequenceModel(params, 4, batch, 3, 5)
		p, err := graph.Compile(b, graph.Output(y))
		if err != nil {
			t.Fatal(err)
		}
		x := p.Input("x").Data().([]float32)
		all := training.Input("x").Data().([]float32)
		for step := range 4 { // the first examples of the training batch
			copy(x[step*batch*3:(step+1)*batch*3], all[step*32*3:])
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		outputs[batch] = append([]float32(nil), float32s(p, y)...)
	}
	for i, v := range outputs[1] {
		if math.Abs(float64(v-outputs[32][i])) > 1e-6 {
			t.Errorf("output %d is %g alone and %g among 32", i, v, outputs[32][i])
		}
	}
}

// Dropout drops in a graph for training and not in one for evaluation (issues 387 and 491): a node of Gorgonia's drops
// for as long as nobody tells the machine that runs it.
func TestTrapDropoutInEvaluation(t *testing.T) {
	g := gorgonia.NewGraph()
	x := gorgonia.NewVector(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(100))
	dropped := must(gorgonia.Dropout(x, 0.5))
	ones := make([]float32, 100)
	for i := range ones {
		ones[i] = 1
	}
	v, err := dropped.Op().Do(tensor.New(tensor.WithBacking(append([]float32(nil), ones...))))
	if err != nil {
		t.Fatal(err)
	}
	if zeros(v.Data().([]float32)) == 0 {
		t.Error("gorgonia.Dropout does nothing by default now")
	}

	for _, training := range []bool{true, false} {
		var opts []graph.Option
		if training {
			opts = append(opts, graph.Training())
		}
		b := graph.NewBuilder(nil, opts...)
		y := b.Dropout(b.Input("x", 10, 10), 0.5)
		p := compileAndRun(t, b, map[string]any{"x": ones}, graph.Output(y))
		first := append([]float32(nil), float32s(p, y)...)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		same := true
		for i, v := range float32s(p, y) {
			same = same && v == first[i]
		}
		if dropping := zeros(first) > 0; dropping != training || same == training {
			t.Errorf("training %v: %d zeros, the same in the next run: %v", training, zeros(first), same)
		}
	}
}

func zeros(v []float32) int {
	n := 0
	for _, x := range v {
		if x == 0 {
			n++
		}
	}
	return n
}
