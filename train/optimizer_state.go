package train

import (
	"math"
	"runtime"
	"sync"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// optimizerState is what every optimizer holds beside its settings: the learning rate once it has been set, and the
// state of each parameter.
type optimizerState struct {
	lr    float64
	lrSet bool
	slots []slot
}

// slot is one parameter: what this step reads, and what lasts from step to step, in one of the element types.
type slot struct {
	weights, gradient content
	f32               *param[float32]
	f64               *param[float64]
}

// param is one parameter as the update of an optimizer sees it.
type param[F kernel.Float] struct {
	kernel.Optimizers[F]

	w, g    []F
	size    int // of the weights
	step    int // counted from 1; steps without a gradient do not count
	buffers [mostBuffers][]F
	parts   *parts[F] // of a large one that has been divided
}

// mostBuffers is how many buffers an update has at most, and bufferSet tells which of them it uses.
const mostBuffers = 3

type bufferSet [mostBuffers]bool

// kernels returns the update steps for elements of type F, the fastest that the processor can run. A set that is forced
// and not to be had is the compiler's to report.
func kernels[F kernel.Float]() kernel.Optimizers[F] {
	if k, err := kernel.Float32(); err == nil {
		if k, ok := any(k).(kernel.Optimizers[F]); ok {
			return k
		}
	}
	return kernel.Portable[F]{}
}

// buffer returns buffer i, as long as the weights, and whether it is new and so all zeros.
func (p *param[F]) buffer(i int) (b []F, isNew bool) {
	if p.buffers[i] == nil {
		p.buffers[i], isNew = make([]F, len(p.w)), true
	}
	return p.buffers[i], isNew
}

// learningRate returns the rate that was set, else initial, else the default.
func (s *optimizerState) learningRate(initial, byDefault float64) float64 {
	if s.lrSet {
		return s.lr
	}
	return orDefault(initial, byDefault)
}

func (s *optimizerState) setLearningRate(lr float64) { s.lr, s.lrSet = lr, true }

// rule is the update of an optimizer, in both element types. Each element is updated by itself.
type rule interface {
	// buffers tells which of a parameter's buffers the update uses.
	buffers() bufferSet
	update32(*param[float32])
	update64(*param[float64])
}

// each applies a rule to every parameter that has a gradient. All are checked before the first is updated.
func (s *optimizerState) each(optimizer string, grads []gorgonia.ValueGrad, r rule) error {
	first := s.slots == nil
	if first {
		s.slots = make([]slot, len(grads))
	}
	if len(grads) != len(s.slots) {
		return errors.Errorf("%s: %d parameters, but the state is of %d; give the same ones at each step, or use a new optimizer",
			optimizer, len(grads), len(s.slots))
	}
	for i, vg := range grads {
		if err := s.slots[i].load(vg); err != nil {
			if first {
				s.slots = nil
			}
			return errors.WithMessagef(err, "%s: %s", optimizer, parameterName(i, vg))
		}
	}
	for i := range s.slots {
		t := &s.slots[i]
		switch {
		case t.gradient.f32 != nil:
			t.f32.step++
			if t.f32.divisible(r) {
				inParts(t.f32, r, rule.update32)
			} else {
				r.update32(t.f32)
			}
		case t.gradient.f64 != nil:
			t.f64.step++
			if t.f64.divisible(r) {
				inParts(t.f64, r, rule.update64)
			} else {
				r.update64(t.f64)
			}
		default:
			continue
		}
		t.weights.store()
	}
	return nil
}

// largeParam is the number of elements from which on a parameter is updated by several goroutines: about 100 µs of work,
// of which starting them is a hundredth.
const largeParam = 1 << 18

// divisible reports whether several goroutines should update a parameter: a large one, that has the buffers already.
func (p *param[F]) divisible(r rule) bool {
	if len(p.w) < largeParam || runtime.GOMAXPROCS(0) == 1 {
		return false
	}
	for i, used := range r.buffers() {
		if used && p.buffers[i] == nil {
			return false
		}
	}
	return true
}

// inParts updates the parts of a parameter at the same time.
func inParts[F kernel.Float](p *param[F], r rule, update func(rule, *param[F])) {
	if n := runtime.GOMAXPROCS(0); p.parts == nil || len(p.parts.list) != n {
		p.parts = newParts(n, update)
	}
	q := p.parts
	q.rule = r
	for i := range q.list {
		q.list[i] = p.part(len(p.w)*i/len(q.list), len(p.w)*(i+1)/len(q.list))
	}
	q.working.Add(len(q.list))
	for _, job := range q.jobs {
		go job()
	}
	q.working.Wait()
}

// parts is what goroutines that share a parameter work on. A parameter keeps it, so that no step but the first allocates.
type parts[F kernel.Float] struct {
	rule    rule
	list    []param[F]
	jobs    []func() // one for each
	working sync.WaitGroup
}

func newParts[F kernel.Float](n int, update func(rule, *param[F])) *parts[F] {
	q := &parts[F]{list: make([]param[F], n)}
	for i := range q.list {
		q.jobs = append(q.jobs, func() {
			defer q.working.Done()
			update(q.rule, &q.list[i])
		})
	}
	return q
}

// part is the elements [from, to) of a parameter.
func (p *param[F]) part(from, to int) param[F] {
	part := *p
	part.parts = nil
	part.w, part.g = p.w[from:to], p.g[from:to]
	for i, b := range p.buffers {
		if b != nil {
			part.buffers[i] = b[from:to]
		}
	}
	return part
}

// load sets the weights and the gradient; without a gradient it sets neither.
func (t *slot) load(vg gorgonia.ValueGrad) error {
	t.weights.f32, t.weights.f64 = nil, nil
	t.gradient.f32, t.gradient.f64 = nil, nil
	g, err := gradient(vg)
	if g == nil || err != nil {
		return err
	}
	w := vg.Value()
	if w == nil {
		return errors.New("no value; initialize it first")
	}
	if err := t.weights.load(w); err != nil {
		return errors.WithMessage(err, "the value")
	}
	if err := t.gradient.load(g); err != nil {
		return errors.WithMessage(err, "the gradient")
	}
	if w.Dtype() != g.Dtype() {
		return errors.Errorf("the gradient of element type %v does not fit the value of %v; use one type for both", g.Dtype(), w.Dtype())
	}
	if !w.Shape().Eq(g.Shape()) || len(t.weights.f32) != len(t.gradient.f32) || len(t.weights.f64) != len(t.gradient.f64) {
		return errors.Errorf("the gradient of shape %v does not fit the value of shape %v; use the gradient of the same parameter", g.Shape(), w.Shape())
	}
	if t.f32 == nil && t.f64 == nil {
		if t.weights.f32 != nil {
			t.f32 = &param[float32]{Optimizers: kernels[float32](), size: len(t.weights.f32)}
		} else {
			t.f64 = &param[float64]{Optimizers: kernels[float64](), size: len(t.weights.f64)}
		}
	}
	if t.f32 != nil && t.f32.size == len(t.weights.f32) {
		t.f32.w, t.f32.g = t.weights.f32, t.gradient.f32
		return nil
	}
	if t.f64 != nil && t.f64.size == len(t.weights.f64) {
		t.f64.w, t.f64.g = t.weights.f64, t.gradient.f64
		return nil
	}
	return errors.Errorf("the value of shape %v and element type %v is not the one the state is of; give the same parameters at each step, or use a new optimizer",
		w.Shape(), w.Dtype())
}

// unbounded is the upper end of a range of all finite numbers.
const unbounded = math.MaxFloat64

// number is a setting and the range in which it makes sense, from min to below, which is outside.
type number struct {
	name              string
	value, min, below float64
}

// checkRange returns an error for the first number outside its range; NaN is outside all.
func checkRange(what string, numbers ...number) error {
	for _, n := range numbers {
		if n.value >= n.min && n.value < n.below {
			continue
		}
		if n.below == unbounded {
			return errors.Errorf("%s: %s %v is out of range; give a finite number of at least %v", what, n.name, n.value, n.min)
		}
		return errors.Errorf("%s: %s %v is out of range; give a number of at least %v and below %v", what, n.name, n.value, n.min, n.below)
	}
	return nil
}

// orDefault returns x, or the default if x is the zero value.
func orDefault(x, byDefault float64) float64 {
	if x == 0 {
		return byDefault
	}
	return x
}
