package program

import (
	"math"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// wave declares tanh of an input [width] added to itself so often, and counts the calls.
func wave(width, times int, declared *int) func() (*graph.Builder, []graph.CompileOption) {
	return func() (*graph.Builder, []graph.CompileOption) {
		*declared++
		b := graph.NewBuilder(graph.NewParams(tensor.Float32))
		x := b.Input("x", width)
		y := x
		for range times {
			y = b.Tanh(b.MatMul(b.Reshape(y, width, 1), b.Reshape(x, 1, width)))
			y = b.Sum(y, 0)
		}
		return b, []graph.CompileOption{graph.OutputAs("y", y)}
	}
}

// mustGet returns the program of a key.
func mustGet(t *testing.T, l *Lane[int], key int, declare func() (*graph.Builder, []graph.CompileOption)) *graph.Program {
	t.Helper()
	p, err := l.Get(key, declare)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLaneEvicts keeps programs of which three just fit into the memory that there may be.
func TestLaneEvicts(t *testing.T) {
	compilations := 0
	l := NewLane[int]()
	get := func(key int) *graph.Program { t.Helper(); return mustGet(t, l, key, wave(8, 1, &compilations)) }
	l.memory = 3 * get(1).Bytes()
	get(2)
	if first := get(1); get(1) != first || compilations != 2 {
		t.Errorf("%d compilations; want 2", compilations)
	}
	if l.outgrown != 0 {
		t.Errorf("%d bytes are outgrown, of programs of one size", l.outgrown)
	}
	get(3)
	if len(l.byShape) != 3 {
		t.Errorf("%d programs; they just fit", len(l.byShape))
	}
	get(4) // in the place of 2, which was not asked for the longest
	get(1)
	get(3)
	if compilations != 4 || len(l.byShape) != 3 {
		t.Errorf("%d compilations and %d programs; want 4 and 3", compilations, len(l.byShape))
	}
	get(2)
	if compilations != 5 || l.bytes > l.memory {
		t.Errorf("%d compilations, %d bytes; want 5 and at most %d", compilations, l.bytes, l.memory)
	}
	l.memory = 1 // less than any takes: one is kept nevertheless
	last := get(5)
	if len(l.byShape) != 1 || get(5) != last || compilations != 6 || l.bytes != last.Bytes() {
		t.Errorf("%d programs of %d bytes, %d compilations; want 1 of %d, 6", len(l.byShape), l.bytes, compilations, last.Bytes())
	}
}

// TestLaneOutgrown compiles larger and larger programs into one workspace: those from before compute on in what they have,
// and that counts.
func TestLaneOutgrown(t *testing.T) {
	l := NewLane[int]()
	declared := 0
	programs := make(map[int]*graph.Program)
	held := 0 // by workspaces that there were before
	for _, width := range []int{16, 64, 256, 32} {
		before := l.workspace.Bytes()
		programs[width] = mustGet(t, l, width, wave(width, 2, &declared))
		if grown := l.workspace.Bytes() > before; grown != (width != 32) {
			t.Fatalf("the workspace has %d bytes for a width of %d, and had %d", l.workspace.Bytes(), width, before)
		} else if grown {
			held += before
		}
	}
	if l.outgrown != held || held == 0 {
		t.Errorf("%d bytes are outgrown; want %d", l.outgrown, held)
	}
	for range 2 {
		for width, p := range programs {
			x := make([]float64, width)
			x[0], x[width-1] = 0.3, -0.7
			if err := p.Set("x", x); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			y := Floats(p.Output("y"))
			for k, v := range x {
				// Σ_i tanh(y_i·x_k), twice
				one := func(a float64) float64 { return math.Tanh(0.3*a) + math.Tanh(-0.7*a) }
				want := math.Tanh(one(0.3)*v) + math.Tanh(one(-0.7)*v)
				if !(math.Abs(y[k]-want) < 1e-6) {
					t.Fatalf("width %d: element %d is %v; want %v", width, k, y[k], want)
				}
			}
		}
	}
	l.memory = l.bytes + l.outgrown
	mustGet(t, l, 0, wave(16, 2, &declared)) // the first has to go
	if l.byShape[16] != nil || len(l.byShape) != 4 {
		t.Errorf("the programs %v are kept; want all but that of 16", l.byShape)
	}
	l.memory = l.outgrown // nothing fits beside what the first ones hold, so they go
	mustGet(t, l, 1, wave(16, 2, &declared))
	if len(l.byShape) != 1 || l.outgrown != 0 {
		t.Errorf("%d programs, %d bytes outgrown; want 1 and none", len(l.byShape), l.outgrown)
	}
}

// TestLaneErrors keeps no program that cannot be compiled.
func TestLaneErrors(t *testing.T) {
	l := NewLane[int]()
	for range 2 {
		_, err := l.Get(1, func() (*graph.Builder, []graph.CompileOption) {
			b := graph.NewBuilder(graph.NewParams(tensor.Float32))
			return b, []graph.CompileOption{graph.OutputAs("y", b.Fail(errors.New("no such cell")))}
		})
		if err == nil || errors.Cause(err).Error() != "no such cell" || len(l.byShape) != 0 || l.bytes != 0 {
			t.Errorf("%d programs of %d bytes, error %v", len(l.byShape), l.bytes, err)
		}
	}
	declared := 0
	if mustGet(t, l, 1, wave(4, 1, &declared)); declared != 1 {
		t.Errorf("%d declarations", declared)
	}
}
