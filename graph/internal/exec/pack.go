package exec

import (
	"sync"
	"sync/atomic"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/internal/plan"
	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

func init() { register(bindPack[float32], bindPack[float64]) }

// bindPack binds the packing of a right operand that is computed. Kernels whose packed form cannot be divided read it where it
// stands, transposed.
func bindPack[F kernel.Float](c *binding[F], op ir.Pack, in plan.Instruction) step {
	b, k, n := matrix[F](in.Args[0], op.TransB)
	n = min(n, op.Columns-in.First/k)
	if c.kernels.Panel() == 0 {
		b.Row, b.Col, k, n = b.Col, b.Row, n, k
	}
	src, dst, kernels := c.operand(in.Args[0]), c.operand(in.Dst), c.kernels
	return func(t times) error {
		kernels.Pack(k, n, kernel.Matrix[F]{Data: src.at(t), Row: b.Row, Col: b.Col}, dst.at(t))
		return nil
	}
}

// packKey tells the forms of parameters that products read: which columns of which parameter, transposed or not. The
// kernels are the same for all machines of one element type, and so is the order in which they read.
type packKey struct {
	name           string
	offset         int
	rows, cols     int
	rowStep, colOf int
}

// Packs are the packed parameters of a store, which all machines share that run with parameters that seldom change.
// Each is filled once for each version of the parameters, by the first run that needs it, and only read by the others:
// any number of machines may run at the same time as long as nobody changes the parameters. The zero value is ready.
type Packs struct {
	changes atomic.Uint64
	mutex   sync.Mutex
	f32     map[packKey]*pack[float32]
	f64     map[packKey]*pack[float64]
}

// pack is a packed parameter.
type pack[F kernel.Float] struct {
	data    []F
	fill    func()
	version uint64 // of the parameters that it holds; 0 means none
}

// Changed says that the parameters have other values than before.
func (p *Packs) Changed() { p.changes.Add(1) }

// version returns the number of the parameters' values, from 1.
func (p *Packs) version() uint64 { return p.changes.Load() + 1 }

// Bytes returns the size of the memory.
func (p *Packs) Bytes() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	n := 0
	for _, k := range p.f32 {
		n += 4 * len(k.data)
	}
	for _, k := range p.f64 {
		n += 8 * len(k.data)
	}
	return n
}

// packsOf returns the packs of one element type.
func packsOf[F kernel.Float](p *Packs) *map[packKey]*pack[F] {
	var f F
	if _, ok := any(f).(float32); ok {
		return any(&p.f32).(*map[packKey]*pack[F])
	}
	return any(&p.f64).(*map[packKey]*pack[F])
}

// sharedPack returns the pack of a key, and makes one of n elements if it is not there.
func sharedPack[F kernel.Float](p *Packs, key packKey, n int, fill func(data []F)) *pack[F] {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	packs := packsOf[F](p)
	if *packs == nil {
		*packs = make(map[packKey]*pack[F])
	}
	k := (*packs)[key]
	if k == nil {
		data := make([]F, n)
		k = &pack[F]{data: data, fill: func() { fill(data) }}
		(*packs)[key] = k
	}
	return k
}

// update fills those of some packs that do not hold a version of the parameters. A machine calls it once for each
// version: then no other machine fills them before the parameters change.
func update[F kernel.Float](p *Packs, list []*pack[F], version uint64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, k := range list {
		if k.version != version {
			k.fill()
			k.version = version
		}
	}
}

// packer gives the products of a machine the parameters that are right operands in the order in which the kernels read
// them: once for all the products of all time steps.
type packer[F kernel.Float] struct {
	data   map[packKey][]F
	memory *memory[F] // where they stand that are packed at the start of each run
	steps  []step     // which pack those
	shared *Packs     // of a machine that shares them, or nil
	packs  []*pack[F] // what it uses of these
}

// operand returns the packed form of a product's right operand, or nil if it is not a parameter, or is another part of it
// at each step of a loop.
func (p *packer[F]) operand(m *machine[F], op ir.MatMul, in plan.Instruction) []F {
	l := in.Args[1]
	if l.Buffer.Space != plan.Param || len(l.Shape) != 2 || sizes(l) != (times{}) {
		return nil
	}
	b, k, n := matrix[F](l, op.TransB)
	b.Data = m.data(l)
	key := packKey{l.Buffer.Name, l.Offset, k, n, b.Row, b.Col}
	if data, ok := p.data[key]; ok {
		return data
	}
	kernels, size := m.kernels, m.kernels.PackedSize(k, n)
	fill := func(data []F) { kernels.Pack(k, n, b, data) }
	var data []F
	if p.shared != nil {
		shared := sharedPack(p.shared, key, size, fill)
		p.packs = append(p.packs, shared)
		data = shared.data
	} else {
		data = p.memory.pack(key, size)
		p.steps = append(p.steps, func(times) error { fill(data); return nil })
	}
	p.data[key] = data
	return data
}
