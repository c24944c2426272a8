// Package graphtest checks graphs in three independent ways: gradients against finite differences, compiled programs
// against Gorgonia's TapeMachine, and compiled programs against those compiled without passes or for more threads. The
// tests of the operations and those of the cells share it.
package graphtest

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Case is a graph to check.
type Case struct {
	Name     string
	Options  []graph.Option // of the builder
	Operands []Operand
	// Build returns the results whose weighted sum is the loss. Parameters that it declares are checked like operands;
	// they get random values.
	Build func(b *graph.Builder, x []*gorgonia.Node) []*gorgonia.Node
	// NoGrad names operands (x0, x1, …) and parameters with the elements whose gradient is 0 by definition, although the
	// result depends on them, such as the padding row of an embedding.
	NoGrad map[string][]int
}

// Operand is an input of a Case, with random values unless it has some of its own.
type Operand struct {
	Shape  []int
	Values []float64
	Index  []int // makes it an input of integers
	Fixed  bool  // a mask, say: it has no gradient
}

// X is an operand of random numbers of magnitude 0.2 to 1.6: away from 0, where many functions have a kink.
func X(shape ...int) Operand { return Operand{Shape: shape} }

// Positive is an operand of random numbers between 0.2 and 1.6.
func Positive(shape ...int) Operand {
	v := Random("positive", size(shape))
	for i := range v {
		v[i] = math.Abs(v[i])
	}
	return Operand{Shape: shape, Values: v}
}

// Values is an operand of given numbers.
func Values(shape []int, values ...float64) Operand { return Operand{Shape: shape, Values: values} }

// Mask is an operand of given numbers without a gradient.
func Mask(shape []int, values ...float64) Operand {
	return Operand{Shape: shape, Values: values, Fixed: true}
}

// Index is an operand of integers.
func Index(shape []int, values ...int) Operand { return Operand{Shape: shape, Index: values} }

// Check checks a case in all ways, a subtest each.
func Check(t *testing.T, c Case) {
	t.Helper()
	t.Run("gradient", func(t *testing.T) { checkGradient(t, c) })
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		t.Run(dtype.String(), func(t *testing.T) {
			m := build(c, dtype)
			m.compile(t, graph.Threads(1))
			want := m.run(t)
			t.Run("oracle", func(t *testing.T) { checkOracle(t, c, dtype, want) })
			for _, way := range ways() {
				t.Run(way.name, func(t *testing.T) {
					m.compile(t, way.opts...)
					m.compare(t, m.run(t), want)
				})
			}
		})
	}
}

// way is a way of compiling the same graph.
type way struct {
	name string
	opts []graph.CompileOption
}

// ways are each pass switched off, unless tests are to be short, all of them, and the work shared among threads, three of
// which divide most sizes unevenly.
func ways() []way {
	var list []way
	for _, p := range graph.Passes() {
		if !testing.Short() {
			list = append(list, way{"without " + p, []graph.CompileOption{graph.Threads(1), graph.Without(p)}})
		}
	}
	return append(list,
		way{"without any pass", []graph.CompileOption{graph.Threads(1), graph.Without(graph.Passes()...)}},
		way{"three threads", []graph.CompileOption{graph.Threads(3)}},
		way{"two threads without any pass", []graph.CompileOption{graph.Threads(2), graph.Without(graph.Passes()...)}},
	)
}

// Tolerance is by how much two ways of computing the same may differ, relative to the size of what is computed: some
// hundred roundings of the element type.
func Tolerance(dtype tensor.Dtype) float64 {
	if dtype == tensor.Float64 {
		return 1e-13
	}
	return 2e-5
}

// model is a Case that has been built.
type model struct {
	c      Case
	b      *graph.Builder
	x      []*gorgonia.Node
	params []*gorgonia.Node
	loss   *gorgonia.Node
	wrt    []string         // the names of what has a gradient: operands, then parameters
	read   []*gorgonia.Node // the results, the loss and the gradients
	names  []string         // of read
	prog   *graph.Program
}

func build(c Case, dtype tensor.Dtype) *model {
	m := &model{c: c, b: graph.NewBuilder(graph.NewParams(dtype), c.Options...)}
	for i, o := range c.Operands {
		if o.Index != nil {
			m.x = append(m.x, m.b.IndexInput(operandName(i), o.Shape...))
		} else {
			m.x = append(m.x, m.b.Input(operandName(i), o.Shape...))
		}
	}
	results := c.Build(m.b, m.x)
	var terms []*gorgonia.Node
	for i, y := range results {
		m.read, m.names = append(m.read, y), append(m.names, fmt.Sprintf("result %d", i))
		weights := m.b.ConstTensor(lossWeights(i, size(y.Shape())), y.Shape()...)
		terms = append(terms, m.b.Sum(m.b.Mul(y, weights)))
	}
	m.loss = m.b.Add(terms...)
	m.read, m.names = append(m.read, m.loss), append(m.names, "loss")
	var wrt []*gorgonia.Node
	for i, o := range c.Operands {
		if o.Index == nil && !o.Fixed {
			wrt, m.wrt = append(wrt, m.x[i]), append(m.wrt, operandName(i))
		}
	}
	for _, p := range m.b.Params().List() {
		set(p.Value(), Random(p.Name(), p.Value().Size()))
		n := m.b.Param(p.Name(), nil, p.Shape()...)
		m.params = append(m.params, n)
		wrt, m.wrt = append(wrt, n), append(m.wrt, p.Name())
	}
	for i, d := range m.b.Grad(m.loss, wrt...) {
		m.read, m.names = append(m.read, d), append(m.names, "gradient of "+m.wrt[i])
	}
	return m
}

// compile makes the model's program, or another one.
func (m *model) compile(t *testing.T, opts ...graph.CompileOption) {
	t.Helper()
	prog, err := graph.Compile(m.b, append(opts, graph.Verify(), graph.Output(m.read...), graph.Loss(m.loss))...)
	if err != nil {
		t.Fatal(err)
	}
	m.prog = prog
}

// values returns the value of operand i.
func (m *model) values(i int) []float64 {
	if v := m.c.Operands[i].Values; v != nil {
		return append([]float64(nil), v...)
	}
	return Random(operandName(i), size(m.c.Operands[i].Shape))
}

// run runs the program twice, first with other numbers so that the second run finds what they left, and returns what is
// read. Program.Grad shows the parameters' gradients too, which a compilation without common subexpressions computes on
// their own.
func (m *model) run(t *testing.T) [][]float64 {
	t.Helper()
	for round := range 2 {
		for i, o := range m.c.Operands {
			var err error
			if o.Index != nil {
				err = m.prog.Set(operandName(i), o.Index)
			} else {
				v := m.values(i)
				if round == 0 && !o.Fixed {
					for j := range v {
						v[j] *= 1.25
					}
				}
				err = m.prog.Set(operandName(i), v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		m.forward(t)
	}
	out := make([][]float64, len(m.read))
	for i, n := range m.read {
		out[i] = Floats(m.prog.Value(n).Data())
	}
	own := append([][]float64(nil), out...)
	for i, p := range m.b.Params().List() {
		at := len(m.read) - len(m.params) + i
		own[at] = Floats(m.prog.Grad(p.Name()).Data())
	}
	m.compare(t, own, out)
	return out
}

// forward runs the program as its run 0, so that dropout draws the same masks each time.
func (m *model) forward(t *testing.T) {
	t.Helper()
	m.prog.SetRun(0)
	if err := m.prog.Run(); err != nil {
		t.Fatal(err)
	}
}

// checkGradient compares gradients with central differences of fourth order in float64. With the step 5e-4 the error of
// the method, h⁴f⁽⁵⁾/30, and that of rounding, about 1e-16·f/h, are both below 1e-12 for functions of the size of 1;
// the tolerance leaves room for the sums and curvatures of a deep graph.
func checkGradient(t *testing.T, c Case) {
	const h, tolerance = 5e-4, 1e-8
	m := build(c, tensor.Float64)
	m.compile(t)
	m.run(t)
	var data [][]float64
	for _, name := range m.wrt {
		if in := m.prog.Input(name); in != nil {
			data = append(data, in.Data().([]float64))
		} else {
			data = append(data, m.b.Params().Get(name).Value().Data().([]float64))
		}
	}
	grads := make([][]float64, len(data))
	scale := 1e-3
	for k := range data {
		grads[k] = Floats(m.prog.Value(m.read[len(m.read)-len(m.wrt)+k]).Data())
		scale = math.Max(scale, largest(grads[k]))
	}
	for k, x := range data {
		noGrad := make(map[int]bool)
		for _, i := range c.NoGrad[m.wrt[k]] {
			noGrad[i] = true
		}
		for i, v := range x {
			if noGrad[i] {
				if grads[k][i] != 0 {
					t.Errorf("d loss/d %s[%d] = %g; want 0, since it has no gradient", m.wrt[k], i, grads[k][i])
				}
				continue
			}
			at := func(d float64) float64 {
				x[i] = v + d
				m.forward(t)
				return m.prog.Loss()
			}
			want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
			x[i] = v
			if d := math.Abs(grads[k][i] - want); !(d <= tolerance*scale) {
				t.Errorf("d loss/d %s[%d] = %.12g; finite differences give %.12g", m.wrt[k], i, grads[k][i], want)
			}
		}
	}
}

// checkOracle compares with Gorgonia's TapeMachine, on a graph of its own.
func checkOracle(t *testing.T, c Case, dtype tensor.Dtype, got [][]float64) {
	m := build(c, dtype)
	if err := m.b.Err(); err != nil {
		t.Fatal(err)
	}
	leaves := make(map[*gorgonia.Node]any)
	for i, o := range c.Operands {
		if leaves[m.x[i]] = any(o.Index); o.Index == nil {
			leaves[m.x[i]] = as(dtype, m.values(i))
		}
	}
	for i, p := range m.b.Params().List() {
		leaves[m.params[i]] = p.Value().Data()
	}
	values, err := Oracle(m.b.Graph(), leaves, m.read...)
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]float64, len(values))
	for i, v := range values {
		want[i] = Floats(v)
	}
	m.compare(t, got, want)
}

// compare compares all that is read. The results are measured by their own magnitude; gradients by the largest of all
// gradients, since a small one may be what is left of large terms, and so the loss by the sum of its terms' magnitudes.
func (m *model) compare(t *testing.T, got, want [][]float64) {
	t.Helper()
	results := len(m.read) - len(m.wrt) - 1
	var terms float64
	for i, y := range want[:results] {
		for j, w := range lossWeights(i, len(y)) {
			terms += math.Abs(w * y[j])
		}
	}
	var grads float64
	for _, d := range want[results+1:] {
		grads = math.Max(grads, largest(d))
	}
	for i, w := range want {
		scale := largest(w)
		switch {
		case i == results:
			scale = terms
		case i > results:
			scale = grads
		}
		compare(t, m.names[i], got[i], w, Tolerance(m.b.Params().Dtype()), scale)
	}
}

// lossWeights are what the elements of result i are multiplied with in the loss.
func lossWeights(i, n int) []float64 { return Random(fmt.Sprint("weights ", i), n) }

// Compare fails the test where got is further from want than the tolerance times the largest magnitude of want. Equal
// infinities and two NaN agree.
func Compare(t *testing.T, name string, got, want []float64, tolerance float64) {
	t.Helper()
	compare(t, name, got, want, tolerance, largest(want))
}

func compare(t *testing.T, name string, got, want []float64, tolerance, scale float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d elements; want %d", name, len(got), len(want))
		return
	}
	for i, w := range want {
		g := got[i]
		if same := g == w || g != g && w != w; !same && !(math.Abs(g-w) <= tolerance*scale) {
			t.Errorf("%s[%d] = %v; want %v to %g of %g", name, i, g, w, tolerance, scale)
		}
	}
}

// largest returns the largest finite magnitude.
func largest(x []float64) float64 {
	var m float64
	for _, v := range x {
		if !math.IsInf(v, 0) && v == v {
			m = math.Max(m, math.Abs(v))
		}
	}
	return m
}

// Floats converts a []float32, []float64 or []int to a new []float64.
func Floats(data any) []float64 {
	var out []float64
	switch d := data.(type) {
	case []float64:
		out = append(out, d...)
	case []float32:
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []int:
		for _, v := range d {
			out = append(out, float64(v))
		}
	}
	return out
}

func operandName(i int) string { return fmt.Sprintf("x%d", i) }

// Random returns n numbers of magnitude 0.2 to 1.6 and either sign, the same for the same name.
func Random(name string, n int) []float64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float64, n)
	for i := range v {
		v[i] = 0.2 + 1.4*r.Float64()
		if r.Uint32()&1 == 0 {
			v[i] = -v[i]
		}
	}
	return v
}

func size(shape []int) int { return tensor.Shape(shape).TotalSize() }

func as(dtype tensor.Dtype, v []float64) any {
	if dtype == tensor.Float64 {
		return v
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

func set(t *tensor.Dense, v []float64) {
	switch d := t.Data().(type) {
	case []float64:
		copy(d, v)
	case []float32:
		for i, x := range v {
			d[i] = float32(x)
		}
	}
}
