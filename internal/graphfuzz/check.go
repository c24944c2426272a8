package graphfuzz

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/internal/turns"
)

// Way is a way of compiling a graph.
type Way struct {
	Dtype   tensor.Dtype
	Kernels string // of float32
	Without []string
	Threads int
	Rolled  bool // its sequences are loops
	Fixed   bool // the parameters, and memory that the programs of all such ways share
}

// String names the way.
func (w Way) String() string {
	s := fmt.Sprintf("%v %s, %d threads", w.Dtype, w.Kernels, w.Threads)
	switch {
	case len(w.Without) == len(graph.Passes()):
		s += ", without any pass"
	case len(w.Without) > 0:
		s += ", without " + strings.Join(w.Without, ", ")
	}
	if w.Rolled {
		s += ", in loops"
	}
	if w.Fixed {
		s += ", with fixed parameters in a workspace"
	}
	return s
}

func (w Way) fixed() Way {
	w.Fixed = true
	return w
}

func (w Way) without(passes ...string) Way {
	w.Without = passes
	return w
}

// Ways returns the ways to compare for a program: all there are, or a choice that its seed makes, of which a few programs
// between them have everything.
func Ways(seed uint64, all bool) []Way {
	passes, sets := graph.Passes(), kernel.Sets()
	var list []Way
	if all {
		for threads := 1; threads <= 3; threads++ {
			w := Way{Dtype: tensor.Float64, Threads: threads}
			list = append(list, w, w.fixed(), w.without(passes...))
			for _, p := range passes {
				list = append(list, w.without(p))
			}
			for _, set := range sets {
				w := Way{Dtype: tensor.Float32, Kernels: set, Threads: threads}
				list = append(list, w, w.fixed(), w.without(passes...))
			}
		}
		for _, w := range list {
			w.Rolled = true
			list = append(list, w)
		}
		return list
	}
	n := int(seed)
	at := func(list []string, i int) []string { return list[i%len(list):][:1] }
	list = append(list,
		Way{Dtype: tensor.Float64, Threads: 1, Rolled: true},
		Way{Dtype: tensor.Float64, Threads: 2 + n%2, Fixed: n%4 == 0, Rolled: n%8 < 5},
		Way{Dtype: tensor.Float64, Threads: 1 + n%3, Rolled: n/2%4 > 0, Without: at(passes, n)},
		Way{Dtype: tensor.Float64, Threads: 2 + n/2%2, Rolled: n%3 == 0, Without: []string{"timebatch", "fusion"}},
		Way{Dtype: tensor.Float64, Threads: 2 + n/3%2, Rolled: n%3 > 0, Without: passes},
	)
	for i, set := range sets {
		w := Way{Dtype: tensor.Float32, Kernels: set, Threads: 1 + (n+i)%3, Fixed: (n/3+i)%4 == 0, Rolled: (n/2+i)%2 == 0}
		if (n/2+i)%3 == 0 {
			w.Without = at(passes, n/6+i)
		}
		list = append(list, w)
	}
	return list
}

// Failure is a difference between two ways, or an error.
type Failure struct {
	Program *Program
	Way     Way
	What    string
}

// Error implements error.
func (f *Failure) Error() string { return fmt.Sprintf("%v: %s\n%v", f.Way, f.What, f.Program) }

// result is the values of one tensor after a run.
type result struct {
	what   string
	values []float64
}

// model is a program compiled in one way.
type model struct {
	p      *Program
	g      *built
	prog   *graph.Program
	params map[string][]float64 // the values of the parameters
}

// runs is how many runs are compared: with carries each starts from the one before.
func (p *Program) runs() int {
	if len(p.Carries) > 0 {
		return 3
	}
	return 1
}

// message is that of an error, if there is one.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// compile compiles a graph that has been declared; more are outputs beside those of the program.
func (g *built) compile(w Way, workspace *graph.Workspace, more ...node) (*model, error) {
	if err := kernel.Use(w.Kernels); err != nil {
		return nil, err
	}
	defer kernel.Use("")
	opts := []graph.CompileOption{graph.Without(w.Without...), graph.Threads(w.Threads), graph.Output(more...)}
	if w.Fixed {
		opts = append(opts, graph.FixedParams(), graph.InWorkspace(workspace))
	}
	for _, o := range g.p.Outputs {
		opts = append(opts, graph.Output(g.nodes[o]))
	}
	for _, c := range g.p.Carries {
		opts = append(opts, graph.Carry(g.p.Nodes[c.Input].Name, g.nodes[c.Node]))
	}
	if g.p.Loss >= 0 {
		opts = append(opts, graph.Loss(g.nodes[g.p.Loss]))
	}
	m := &model{p: g.p, g: g, params: make(map[string][]float64)}
	for _, q := range g.Params().List() {
		v := random(g.p.Seed, q.Name(), q.Value().Size())
		for i := range v {
			v[i] /= 2
		}
		m.params[q.Name()] = v
	}
	var err error
	m.prog, err = graph.Compile(g.Builder, opts...)
	return m, err
}

// set sets inputs and parameters to the program's values, all numbers to NaN if there are to be none, and lets no node be
// moved.
func (m *model) set(real bool) {
	for _, n := range m.p.Nodes {
		switch n.Op {
		case "Input":
			if real {
				setNumbers(m.prog.Input(n.Name), random(m.p.Seed, n.Name, size(n.Ints)))
			} else {
				fill(m.prog.Input(n.Name), math.NaN())
			}
		case "IndexInput":
			copy(m.prog.Input(n.Name).Data().([]int), randomIndices(m.p.Seed, n.Name, n.Ints[0], size(n.Ints[1:])))
		}
	}
	for _, n := range m.g.noise {
		fill(m.prog.Input(n.name), n.at)
	}
	for _, q := range m.g.Params().List() {
		if real {
			setNumbers(q.Value(), m.params[q.Name()])
		} else {
			fill(q.Value(), math.NaN())
		}
	}
	m.g.Params().Changed()
	m.prog.SetRun(0)
}

// perturb moves all nodes by random numbers up to an amplitude.
func (m *model) perturb(rng *rand.Rand, amplitude float64) {
	const farthest = 2 // where a rounding is all that there is of a slope, by this the slope becomes another
	for _, n := range m.g.noise {
		v := make([]float64, n.size)
		for j := range v {
			far := amplitude
			if n.reach != nil {
				far = min(amplitude*n.reach[j], farthest)
			}
			v[j] = n.at + far*(2*rng.Float64()-1)
		}
		setNumbers(m.prog.Input(n.name), v)
	}
}

// run runs the program and returns the results of all runs.
func (m *model) run() ([]result, error) {
	var list []result
	for i := range m.p.runs() {
		if err := m.prog.Run(); err != nil {
			return nil, err
		}
		add := func(what string, t *tensor.Dense) {
			list = append(list, result{fmt.Sprintf("run %d, %s", i, what), numbers(t)})
		}
		for _, o := range m.p.Outputs {
			add(fmt.Sprint("v", o), m.prog.Value(m.g.nodes[o]))
		}
		if m.p.Loss >= 0 {
			list = append(list, result{fmt.Sprintf("run %d, the loss", i), []float64{m.prog.Loss()}})
			for _, q := range m.g.Params().List() {
				if d := m.prog.Grad(q.Name()); d != nil {
					add("the gradient of "+q.Name(), d)
				}
			}
		}
		for _, c := range m.p.Carries {
			name := m.p.Nodes[c.Input].Name
			add("the next "+name, m.prog.Input(name))
		}
	}
	return list, nil
}

// twice runs the program on nothing but NaN and then twice on its values, which must give the same: what a run leaves in
// memory has no influence.
func (m *model) twice() ([]result, error) {
	m.set(false)
	if _, err := m.run(); err != nil {
		return nil, err
	}
	m.set(true)
	first, err := m.run()
	if err != nil {
		return nil, err
	}
	m.set(true)
	second, err := m.run()
	if err != nil {
		return nil, err
	}
	for i, r := range first {
		if !same(r.values, second[i].values) {
			return nil, errors.Errorf("%s is %v after a run on NaN, and %v after the next", r.what, short(r.values), short(second[i].values))
		}
	}
	return first, nil
}

// short is a list to be printed.
func short(v []float64) string {
	if len(v) > 12 {
		return fmt.Sprintf("%.9g…", v[:12])
	}
	return fmt.Sprintf("%.9g", v)
}

// reference is the program in float64 without passes for one thread, with factors for its nodes: how far results move
// when every node is a rounding off says by how much two ways may differ.
type reference struct {
	*model
	want   []result
	noises int
	moved  map[float64][][]float64 // by amplitude: how far each element of each result has moved
	grads  []node                  // the gradients of the program's inputs
}

// Roundings of the element types, twice as large as one.
const (
	rounding32 = 0x1p-23
	rounding64 = 0x1p-51
)

func newReference(p *Program) (*reference, error) {
	// What has another mask at each step of a loop is compared with the loop.
	drops := p.dropsEachStep()
	g, err := p.build(tensor.Float64, drops, !drops)
	if err != nil {
		return nil, err
	}
	r := &reference{moved: make(map[float64][][]float64)}
	if p.Loss >= 0 {
		var inputs []node
		for i, n := range p.Nodes {
			if n.Op == "Input" {
				inputs = append(inputs, g.raw[i])
			}
		}
		r.grads = g.Grad(g.nodes[p.Loss], inputs...)
	}
	more := slices.Clone(r.grads)
	var rows []*noise
	var results []node
	for i := range g.noise {
		n := &g.noise[i]
		if n.result != nil {
			rows, results = append(rows, n), append(results, n.result)
		}
		if n.operand != nil {
			more = append(more, n.operand)
		}
	}
	if len(rows) > 0 && p.loss() >= 0 {
		for i, d := range g.Grad(g.nodes[p.loss()], results...) {
			rows[i].adjoint = d
			more = append(more, d)
		}
	}
	if r.model, err = g.compile(Way{Dtype: tensor.Float64, Without: graph.Passes(), Threads: 1}, nil, more...); err != nil {
		return nil, err
	}
	if r.want, err = r.twice(); err != nil {
		return nil, err
	}
	r.set(true)
	for range p.runs() {
		if err := r.prog.Run(); err != nil {
			return nil, err
		}
		for i := range g.noise {
			switch n := &g.noise[i]; {
			case n.result != nil:
				n.lookRows(numbers(r.prog.Value(n.operand)), numbers(r.prog.Value(n.adjoint)), last(n.operand))
			case n.operand != nil:
				n.look(numbers(r.prog.Value(n.operand)))
			}
		}
	}
	return r, nil
}

// move runs the program some more times with its nodes off by an amplitude.
func (r *reference) move(amplitude float64, times int) ([][]float64, error) {
	moved := r.moved[amplitude]
	if moved == nil {
		for _, w := range r.want {
			moved = append(moved, make([]float64, len(w.values)))
		}
		r.moved[amplitude] = moved
	}
	for range times {
		r.noises++
		r.set(true)
		r.perturb(source(uint64(r.noises), "noise"), amplitude)
		got, err := r.run()
		if err != nil {
			return nil, err
		}
		for i, w := range r.want {
			for j, v := range w.values {
				moved[i][j] = max(moved[i][j], math.Abs(got[i].values[j]-v)) // NaN stays
			}
		}
	}
	return moved, nil
}

// compare returns what differs by more than the rounding of every node explains, or "".
func (r *reference) compare(dtype tensor.Dtype, got []result) (string, error) {
	if r.p.dropsEachStep() {
		return r.compareRoughly(got), nil
	}
	at := func(amplitude, scale float64, times int, strict bool) (string, error) {
		moved, err := r.move(amplitude, times)
		if err != nil {
			return "", err
		}
		for i, w := range r.want {
			sorted := slices.Clone(moved[i])
			slices.Sort(sorted)
			most := sorted[len(sorted)*9/10]
			if !strict {
				most = sorted[len(sorted)-1]
			}
			for j, v := range w.values {
				// A kernel is a few roundings off; what underflows in float32 is lost.
				limit := scale*(16*moved[i][j]+16*most) + 8*scale*amplitude*math.Abs(v) + 1e-35
				g := got[i].values[j]
				if math.Abs(g-v) <= limit || g == v || math.IsNaN(g) && math.IsNaN(v) || math.IsNaN(limit) {
					continue
				}
				return fmt.Sprintf("%s: element %d is %.12g; want %.12g ± %.3g\ngot  %s\nwant %s", w.what, j, g, v, limit,
					short(got[i].values), short(w.values)), nil
			}
		}
		return "", nil
	}
	// The same runs serve all ways at first. What seems to differ is looked at with more of them, of its own roundings:
	// where numbers that are equal but for these are compared, a hair decides about much.
	scale, rounding := 1.0, rounding32
	if dtype == tensor.Float64 {
		scale, rounding = rounding64/rounding32, rounding64
	}
	times := 2
	if r.moved[rounding32] != nil {
		times = 0
	}
	if what, err := at(rounding32, scale, times, true); what == "" || err != nil {
		return "", err
	}
	return at(rounding, 1, 16, false)
}

// compareRoughly is compare without noise, in float64.
func (r *reference) compareRoughly(got []result) string {
	for i, w := range r.want {
		most := 1.0
		for _, v := range w.values {
			most = max(most, math.Abs(v))
		}
		for j, v := range w.values {
			if g := got[i].values[j]; !(math.Abs(g-v) <= 1e-7*most) && !(math.IsNaN(g) && math.IsNaN(v)) {
				return fmt.Sprintf("%s: element %d is %.12g; want %.12g\ngot  %s\nwant %s", w.what, j, g, v, short(got[i].values), short(w.values))
			}
		}
	}
	return ""
}

// orders are those in which workers take turns between barriers.
var orders = []turns.Order{
	func(_, n int) []int { return turn(n, func(i int) int { return i }) },
	func(_, n int) []int { return turn(n, func(i int) int { return n - 1 - i }) },
	func(round, n int) []int { return turn(n, func(i int) int { return (i + round) % n }) },
}

func turn(n int, at func(i int) int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = at(i)
	}
	return list
}

// takeTurns runs the program with workers that go as far as they can while the others wait, which must change no bit.
func (m *model) takeTurns(want []result) (string, error) {
	defer turns.Take(nil)
	for i, o := range orders {
		turns.Take(o)
		m.set(true)
		got, err := m.run()
		if err != nil {
			return "", err
		}
		for j, r := range want {
			if !same(r.values, got[j].values) {
				return fmt.Sprintf("%s is %s side by side, and %s with the workers' order %d: a barrier is missing", r.what, short(r.values), short(got[j].values), i), nil
			}
		}
	}
	return "", nil
}

// Check compares a program in all of some ways, and returns the first failure or nil.
func Check(p *Program, ways []Way) (f *Failure) {
	var way Way
	defer func() {
		if e := recover(); e != nil {
			f = &Failure{p, way, fmt.Sprint("panic: ", e)}
		}
	}()
	fail := func(what string) *Failure { return &Failure{p, way, what} }
	way = Way{Dtype: tensor.Float64, Threads: 1, Without: graph.Passes()}
	r, err := newReference(p)
	if err != nil {
		return fail(err.Error())
	}
	if what, err := r.checkGradient(); what != "" || err != nil {
		return fail(what + message(err))
	}
	// What programs share with fixed parameters, or in a workspace, is for one set of kernels.
	type sharing struct {
		dtype   tensor.Dtype
		kernels string
		rolled  bool
	}
	graphs, workspaces := make(map[sharing]*built), make(map[sharing]*graph.Workspace)
	for _, way = range ways {
		if !p.hasLoops() {
			way.Rolled = false
		} else if p.dropsEachStep() && (!way.Rolled || way.Dtype != tensor.Float64) {
			continue
		}
		key := sharing{dtype: way.Dtype, rolled: way.Rolled}
		if way.Fixed {
			key.kernels = way.Kernels
		}
		if graphs[key] == nil {
			workspaces[key] = graph.NewWorkspace()
			if graphs[key], err = p.build(way.Dtype, way.Rolled, false); err != nil {
				return fail(err.Error())
			}
		}
		m, err := graphs[key].compile(way, workspaces[key])
		if err != nil {
			return fail(err.Error())
		}
		got, err := m.twice()
		if err != nil {
			return fail(err.Error())
		}
		if what, err := r.compare(way.Dtype, got); what != "" || err != nil {
			return fail(what + message(err))
		}
		if way.Threads > 1 {
			if what, err := m.takeTurns(got); what != "" || err != nil {
				return fail(what + message(err))
			}
		}
	}
	return nil
}
