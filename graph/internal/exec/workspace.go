package exec

import "github.com/rnnzoo/rnnzoo/internal/kernel"

// Workspace is memory for the intermediate values of several machines of which one runs at a time.
type Workspace struct {
	f32 []float32
	f64 []float64
}

// Bytes returns how much memory the largest machine has asked for.
func (w *Workspace) Bytes() int { return 4*len(w.f32) + 8*len(w.f64) }

// scratchOf returns n elements of a workspace. If it has to grow, machines that have been made keep the smaller memory.
func scratchOf[F kernel.Float](w *Workspace, n int) []F {
	var f F
	switch any(f).(type) {
	case float32:
		if len(w.f32) < n {
			w.f32 = make([]float32, n)
		}
		return any(w.f32[:n:n]).([]F)
	default:
		if len(w.f64) < n {
			w.f64 = make([]float64, n)
		}
		return any(w.f64[:n:n]).([]F)
	}
}
