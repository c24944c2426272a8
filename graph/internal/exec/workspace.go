package exec

import "github.com/rnnzoo/rnnzoo/internal/kernel"

// Workspace is memory that several machines share of which one runs at a time, for what a run begins by overwriting.
type Workspace struct {
	f32 memory[float32]
	f64 memory[float64]
}

// memory is a workspace's for elements of type F.
type memory[F kernel.Float] struct {
	scratch []F             // intermediate values
	packed  map[packKey][]F // parameters as products read them, unless machines of one store share them
	rooms   [][]F           // where the products of each worker pack their operands
}

// room returns memory of n elements for a worker's products. If it has to grow, machines that have been made keep theirs.
func (m *memory[F]) room(w, n int) []F {
	for len(m.rooms) <= w {
		m.rooms = append(m.rooms, nil)
	}
	if len(m.rooms[w]) < n {
		m.rooms[w] = make([]F, n)
	}
	return m.rooms[w]
}

// Bytes returns the size of the memory.
func (w *Workspace) Bytes() int { return 4*w.f32.size() + 8*w.f64.size() }

func (m *memory[F]) size() int {
	n := len(m.scratch)
	for _, p := range m.packed {
		n += len(p)
	}
	for _, r := range m.rooms {
		n += len(r)
	}
	return n
}

// memoryOf returns the memory of a workspace.
func memoryOf[F kernel.Float](w *Workspace) *memory[F] {
	var f F
	if _, ok := any(f).(float32); ok {
		return any(&w.f32).(*memory[F])
	}
	return any(&w.f64).(*memory[F])
}

// values returns memory for n elements. If it has to grow, machines that have been made keep the smaller one.
func (m *memory[F]) values(n int) []F {
	if len(m.scratch) < n {
		m.scratch = make([]F, n)
	}
	return m.scratch[:n:n]
}

// pack returns memory for a packed parameter of n elements.
func (m *memory[F]) pack(key packKey, n int) []F {
	if m.packed == nil {
		m.packed = make(map[packKey][]F)
	}
	if len(m.packed[key]) != n {
		m.packed[key] = make([]F, n)
	}
	return m.packed[key]
}
