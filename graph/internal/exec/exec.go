// Package exec runs planned programs: it binds each instruction to the kernel and the memory that it works on, once, so
// that a run is a walk over a list of closures that neither allocate nor look anything up.
package exec

import (
	"iter"
	"math/bits"
	"runtime"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
	"github.com/rnnzoo/rnnzoo/internal/turns"
)

// Machine runs one program in memory of its own.
type Machine interface {
	// Run runs the program once and then carries outputs to inputs, unless it fails. The number of the run decides the
	// dropout masks.
	Run(number uint64) error
	// Tensor returns the memory of a contiguous layout as a tensor.
	Tensor(l plan.Layout) *tensor.Dense
	// Grads returns the memory of all gradients, in the store's order and alignment, with zeros between them.
	Grads() any
	// Bytes returns how much memory the machine holds, without a workspace and packed parameters that it shares.
	Bytes() int
	// Stats says what the machine does in a run.
	Stats() Stats
}

// Stats is what a machine does in a run. What workers do side by side counts once.
type Stats struct {
	Workers    int
	Steps      int // calls of kernels by the first worker
	Fused      int // of these, those that compute several instructions at once
	Barriers   int // at which the workers meet
	ArenaBytes int // memory for inputs, outputs and what is between them
}

// machine is a Machine for elements of type F.
type machine[F kernel.Float] struct {
	kernels kernel.Kernels[F]
	params  func(name string) []F
	arena   []F // what lasts between runs
	scratch []F // the rest of the plan's arena
	grads   []F
	index   []int
	carries []carry[F]
	consts  map[*plan.Buffer][]F
	workers []worker
	crew    *crew // nil for one worker
	job     func(w int)
	number  uint64
	own     int // elements of memory that is not a workspace's
	shared  *Packs
	packs   []*pack[F] // what products read of shared
	version uint64     // of the parameters that these hold
}

// worker is what one worker does in a run.
type worker struct {
	steps    []bound
	barriers uint64 // passed since the machine was made
	err      error
	pause    func()   // what a barrier is to workers that take turns
	_        [64]byte // workers on different cores do not share a cache line
}

// carry is memory that is set to other memory when a run is over: of numbers or of integers.
type carry[F kernel.Float] struct {
	dst, src         []F
	dstInts, srcInts []int
}

// step computes a bound instruction at time steps of the loops that it stands in.
type step func(at times) error

// times is a time step of each loop, the outermost first.
type times [plan.MaxDepth]int

// bound is what a worker does in a run, one after the other: a step, a loop or, if neither, a barrier.
type bound struct {
	name  string // for messages
	run   step
	fused bool // it computes several instructions
	loop  *loopOfSteps
}

// loopOfSteps is a loop with what a worker does in each time step.
type loopOfSteps struct {
	body    []bound
	steps   int
	reverse bool
	depth   int
	count   *counter // of a loop that ends with the longest sequence
}

// Options of New.
type Options struct {
	Params   func(name string) any // the storage of a parameter, []float32 or []float64
	GradSize int                   // elements of all gradients
	Packs    *Packs                // the packed parameters that machines of one store share; nil means to pack them in every run
	Scratch  *Workspace            // where intermediate values stand; nil means memory of the machine's own
	Threads  int                   // the number of workers; 0 means as many as pay, up to GOMAXPROCS
}

// New returns a machine for a plan.
func New(p *plan.Plan, dtype tensor.Dtype, o Options) (Machine, error) {
	if dtype == tensor.Float64 {
		return newMachine(p, kernel.Kernels[float64](kernel.Portable[float64]{}), o)
	}
	k, err := kernel.Float32()
	if err != nil {
		return nil, err
	}
	return newMachine(p, k, o)
}

func newMachine[F kernel.Float](p *plan.Plan, k kernel.Kernels[F], o Options) (Machine, error) {
	schedule := plan.NewSchedule(p, max(1, o.Threads))
	if o.Threads == 0 {
		schedule = fastest(p, schedule, k.Cost())
	}
	m := &machine[F]{
		kernels: k,
		params:  func(name string) []F { return o.Params(name).([]F) },
		arena:   make([]F, p.PersistentSize),
		grads:   make([]F, o.GradSize),
		index:   make([]int, p.IndexSize),
		consts:  make(map[*plan.Buffer][]F),
		workers: make([]worker, len(schedule)),
		shared:  o.Packs,
	}
	own := new(memory[F])
	shared := own
	if o.Scratch != nil {
		shared = memoryOf[F](o.Scratch)
	}
	m.scratch = shared.values(p.ArenaSize - p.PersistentSize)
	for _, b := range p.Buffers {
		if b.Space != plan.Const {
			continue
		}
		c := []F{F(b.Fill)}
		if b.Data != nil {
			c = make([]F, len(*b.Data))
			for i, v := range *b.Data {
				c[i] = F(v)
			}
		}
		m.consts[b] = c
	}
	packed := &packer[F]{data: make(map[packKey][]F), memory: shared, shared: o.Packs}
	for w, list := range schedule {
		c := binding[F]{m, packed, new(room[F])}
		var err error
		if m.workers[w].steps, err = c.list(list); err != nil {
			return nil, err
		}
		c.room.data = shared.room(w, c.room.size)
	}
	for _, c := range p.Carries {
		n := ir.Size(c.Dst.Shape)
		if c.Dst.Buffer.Space == plan.Index {
			m.carries = append(m.carries, carry[F]{dstInts: m.ints(c.Dst)[:n], srcInts: m.ints(c.Src)[:n]})
		} else {
			m.carries = append(m.carries, carry[F]{dst: m.data(c.Dst)[:n], src: m.data(c.Src)[:n]})
		}
	}
	m.packs = packed.packs
	m.packFirst(packed.steps)
	m.own = own.size()
	m.job = m.work
	return m, nil
}

// fastest returns the schedule among workers that takes the least time by the estimate, beginning with that of one: of all
// processors, of half of them and so on.
func fastest(p *plan.Plan, one plan.Schedule, cost kernel.Cost) plan.Schedule {
	best, time := one, one.Time(cost)
	n := runtime.GOMAXPROCS(0)
	for shift := bits.Len(uint(n)) - 2; shift >= 0; shift-- {
		s := plan.NewSchedule(p, n>>shift)
		t := s.Time(cost)
		// Two estimates that are close are decided for the machine's other work.
		if t >= 0.8*time {
			break
		}
		best, time = s, t
	}
	return best
}

// packFirst has the workers pack the parameters that are not shared before anything else.
func (m *machine[F]) packFirst(steps []step) {
	if len(steps) == 0 {
		return
	}
	for i := range m.workers {
		var first []bound
		for j := i; j < len(steps); j += len(m.workers) {
			first = append(first, bound{name: "pack", run: steps[j]})
		}
		if len(m.workers) > 1 {
			first = append(first, bound{})
		}
		m.workers[i].steps = append(first, m.workers[i].steps...)
	}
}

// Run implements Machine.
func (m *machine[F]) Run(number uint64) error {
	m.number = number
	if len(m.packs) > 0 {
		if v := m.shared.version(); v != m.version {
			update(m.shared, m.packs, v)
			m.version = v
		}
	}
	if order := turns.Current(); order != nil {
		m.takeTurns(order)
	} else {
		m.workTogether()
	}
	for w := range m.workers {
		if err := m.workers[w].err; err != nil {
			m.workers[w].err = nil
			return err
		}
	}
	for i := range m.carries {
		c := &m.carries[i]
		copy(c.dst, c.src)
		copy(c.dstInts, c.srcInts)
	}
	return nil
}

// workTogether has all workers do their parts at the same time.
func (m *machine[F]) workTogether() {
	if len(m.workers) > 1 && m.crew == nil {
		m.crew = newCrew(len(m.workers))
		runtime.AddCleanup(m, (*crew).stop, m.crew)
	}
	if m.crew != nil {
		m.crew.start(m.job)
	}
	m.work(0)
	if m.crew != nil {
		m.crew.job = nil
	}
}

// takeTurns does the parts of all workers in this goroutine, each up to its next barrier.
func (m *machine[F]) takeTurns(order turns.Order) {
	next := make([]func() (struct{}, bool), len(m.workers))
	for w := range m.workers {
		me := &m.workers[w]
		resume, stop := iter.Pull(func(yield func(struct{}) bool) {
			me.pause = func() { yield(struct{}{}) }
			m.carryOut(me, me.steps, times{})
			me.pause = nil
		})
		defer stop()
		next[w] = resume
	}
	for round, more := 0, true; more; round++ {
		more = false
		for _, w := range order(round, len(next)) {
			_, goesOn := next[w]()
			more = more || goesOn
		}
	}
}

// work does the part of one worker. After an error a worker only keeps its appointments with the others.
func (m *machine[F]) work(w int) {
	me := &m.workers[w]
	m.carryOut(me, me.steps, times{})
	if m.crew != nil {
		m.crew.barrier(&me.barriers) // the run is over when all are done
	}
}

// carryOut does some of the steps of a worker.
func (m *machine[F]) carryOut(me *worker, steps []bound, at times) {
	for i := range steps {
		switch s := &steps[i]; {
		case s.run != nil:
			if me.err == nil {
				if err := s.run(at); err != nil {
					me.err = errors.Wrap(err, s.name)
				}
			}
		case s.loop != nil:
			n := s.loop.steps
			if s.loop.count != nil {
				n = s.loop.count.steps(at)
			}
			for k := range n {
				if at[s.loop.depth] = k; s.loop.reverse {
					at[s.loop.depth] = n - 1 - k
				}
				m.carryOut(me, s.loop.body, at)
			}
			at[s.loop.depth] = 0 // as before the loop: masks of dropout depend on it
		case me.pause != nil:
			me.pause()
		default:
			m.crew.barrier(&me.barriers)
		}
	}
}

// Tensor implements Machine.
func (m *machine[F]) Tensor(l plan.Layout) *tensor.Dense { return m.tensorAt(l, times{}) }

// tensorAt returns the memory of a contiguous layout at time steps of loops as a tensor.
func (m *machine[F]) tensorAt(l plan.Layout, t times) *tensor.Dense {
	n := ir.Size(l.Shape)
	var backing any
	if l.Buffer.Space == plan.Index {
		backing = m.indices(l).at(t)[:n:n]
	} else {
		backing = m.operand(l).at(t)[:n:n]
	}
	if len(l.Shape) == 0 {
		return Dense(backing, 1)
	}
	return Dense(backing, l.Shape...)
}

// Grads implements Machine.
func (m *machine[F]) Grads() any { return m.grads }

// Bytes implements Machine.
func (m *machine[F]) Bytes() int {
	return (len(m.arena)+m.own+len(m.grads))*sizeOf[F]() + len(m.index)*8
}

// sizeOf returns the number of bytes of an element.
func sizeOf[F kernel.Float]() int {
	var f F
	if _, ok := any(f).(float64); ok {
		return 8
	}
	return 4
}

// Stats implements Machine.
func (m *machine[F]) Stats() Stats {
	s := Stats{Workers: len(m.workers), ArenaBytes: (len(m.arena) + len(m.scratch)) * sizeOf[F]()}
	s.add(m.workers[0].steps, 1)
	return s
}

// add counts steps that are carried out so many times.
func (s *Stats) add(steps []bound, times int) {
	for _, b := range steps {
		switch {
		case b.loop != nil:
			s.add(b.loop.body, times*b.loop.steps)
		case b.run == nil:
			s.Barriers += times
		default:
			s.Steps += times
			if b.fused {
				s.Fused += times
			}
		}
	}
}

// data returns the memory from a layout's first element on.
func (m *machine[F]) data(l plan.Layout) []F {
	b := l.Buffer
	var whole []F
	switch b.Space {
	case plan.Arena:
		if at := b.Offset - len(m.arena); at >= 0 {
			whole = m.scratch[at : at+b.Size]
		} else {
			whole = m.arena[b.Offset : b.Offset+b.Size]
		}
	case plan.Param:
		whole = m.params(b.Name)
	case plan.Grad:
		whole = m.grads[b.Offset : b.Offset+b.Size]
	case plan.Const:
		whole = m.consts[b]
	}
	return whole[l.Offset:]
}

func (m *machine[F]) ints(l plan.Layout) []int { return m.index[l.Buffer.Offset+l.Offset:] }

// operand is memory that may move with the time steps of loops.
type operand[E any] struct {
	data []E
	step times // elements a time step
}

// at returns the memory from the operand's first element on.
func (o operand[E]) at(t times) []E {
	from := 0
	for depth, size := range o.step {
		from += t[depth] * size
	}
	return o.data[from:]
}

// moves reports whether the memory is not the same at all time steps.
func (o operand[E]) moves() bool { return o.step != times{} }

// operand returns the memory of a layout.
func (m *machine[F]) operand(l plan.Layout) operand[F] { return operand[F]{m.data(l), sizes(l)} }

// indices returns the memory of a layout of integers.
func (m *machine[F]) indices(l plan.Layout) operand[int] { return operand[int]{m.ints(l), sizes(l)} }

// sizes returns the elements that a layout moves with each time step.
func sizes(l plan.Layout) (t times) {
	for depth, s := range l.Step {
		t[depth] = s.Size
	}
	return t
}
