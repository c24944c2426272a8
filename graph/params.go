package graph

import (
	"hash/fnv"
	"maps"
	"math/rand"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph/internal/exec"
	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Params is a named store of parameters that outlives any one graph, with PyTorch's names and layouts: weight_ih_l0
// [4H, I]. Graphs declare what they need by Builder.Param; programs compiled from any number of graphs share the
// values. The values stand one after the other in memory, in order of declaration, and never move.
//
// A store counts the changes of its values, so that programs with FixedParams know when to read them again. New
// parameters, Restore and Load count by themselves, and so does ParamGrad.Value, which solvers write to; who writes to
// Param.Value calls Changed. None of these may happen at the same time as anything else. Otherwise a store serves many
// goroutines: programs that run, graphs that are built and compiled from parameters that have been declared, Snapshot
// and Save.
type Params struct {
	dtype  tensor.Dtype
	seed   uint64
	list   []*Param
	byName map[string]*Param
	packs  exec.Packs // of programs with FixedParams; it counts the changes

	// free is what is left of the newest block of memory.
	free32 []float32
	free64 []float64
	block  int // elements of the newest block
}

// Param is a named tensor of a store.
type Param struct {
	name  string
	value *tensor.Dense
}

// Name returns the parameter's full name.
func (p *Param) Name() string { return p.name }

// Shape returns the parameter's shape.
func (p *Param) Shape() []int { return p.value.Shape().Clone() }

// Value returns the tensor that holds the parameter; writing to it changes the parameter. Where there are programs with
// FixedParams, steppers among them, whoever has written to it calls Params.Changed before they run again.
func (p *Param) Value() *tensor.Dense { return p.value }

// A ParamsOption of NewParams.
type ParamsOption func(*Params)

// InitSeed sets the seed of the initial values; the default is 0. A parameter's initial values are a function of the
// seed, its name and its shape, and do not depend on what else is declared.
func InitSeed(seed uint64) ParamsOption { return func(p *Params) { p.seed = seed } }

// NewParams returns an empty store of tensor.Float32 or tensor.Float64; any other type is taken as Float32.
func NewParams(dtype tensor.Dtype, opts ...ParamsOption) *Params {
	if dtype != tensor.Float64 {
		dtype = tensor.Float32
	}
	p := &Params{dtype: dtype, byName: make(map[string]*Param)}
	args.Apply(p, opts)
	return p
}

// Dtype returns the element type.
func (p *Params) Dtype() tensor.Dtype { return p.dtype }

// List returns the parameters in order of declaration.
func (p *Params) List() []*Param { return append([]*Param(nil), p.list...) }

// Get returns the parameter of a name, or nil.
func (p *Params) Get(name string) *Param { return p.byName[name] }

// Count returns the number of elements of all parameters together.
func (p *Params) Count() int {
	n := 0
	for _, q := range p.list {
		n += q.value.Size()
	}
	return n
}

// Changed says that values have been written to by hand: programs with FixedParams then read all parameters again in
// their next run.
func (p *Params) Changed() { p.packs.Changed() }

// PackedBytes returns how much memory the store holds besides the values: what programs with FixedParams share, each
// parameter in the order in which their products read it. It stays with the store when the programs are gone.
func (p *Params) PackedBytes() int { return p.packs.Bytes() }

// Declare makes a parameter with initial values if the store has none of this name; if it has one, its shape must be
// the same, and its values stay.
func (p *Params) Declare(name string, init Init, shape ...int) error {
	if q, ok := p.byName[name]; ok {
		if !ir.SameShape(q.value.Shape(), shape) {
			return errors.Errorf("parameter %q has the shape %v in the store; the graph asks for %v", name, q.value.Shape(), shape)
		}
		return nil
	}
	if len(shape) == 0 {
		return errors.Errorf("parameter %q: a parameter has at least one axis", name)
	}
	if err := checkShape(shape); err != nil {
		return errors.Wrapf(err, "parameter %q", name)
	}
	values := make([]float64, ir.Size(shape))
	if init != nil {
		h := fnv.New64a()
		h.Write([]byte(name))
		init(rand.New(rand.NewSource(int64(h.Sum64()^p.seed*0x9e3779b97f4a7c15))), values, shape)
	}
	p.add(name, values, shape)
	return nil
}

func (p *Params) add(name string, values []float64, shape []int) {
	q := &Param{name: name, value: exec.Dense(p.allocate(len(values)), shape...)}
	copyNumbers(q.value.Data(), values)
	p.list = append(p.list, q)
	p.byName[name] = q
	p.Changed()
}

// minBlock is the smallest block of memory, in elements; blocks double, so that all parameters of a model stand in a
// few runs of adjacent memory, which the optimizer steps through at once.
const minBlock = 1 << 14

// lineElements is what parameters are aligned to: 64 bytes of float32, the width of a vector and of a cache line.
const lineElements = 16

// padded returns what n elements and the space up to the next parameter take.
func padded(n int) int { return (n + lineElements - 1) / lineElements * lineElements }

func (p *Params) allocate(n int) any {
	size := padded(n)
	if len(p.free32) < size && len(p.free64) < size {
		p.block = max(2*p.block, minBlock, size)
		if p.dtype == tensor.Float64 {
			p.free64 = make([]float64, p.block)
		} else {
			p.free32 = make([]float32, p.block)
		}
	}
	if p.dtype == tensor.Float64 {
		s := p.free64[:n:n]
		p.free64 = p.free64[size:]
		return s
	}
	s := p.free32[:n:n]
	p.free32 = p.free32[size:]
	return s
}

// Snapshot returns a copy of all values.
func (p *Params) Snapshot() *safetensors.File {
	f := &safetensors.File{Tensors: make(map[string]safetensors.Tensor)}
	for _, q := range p.list {
		f.Names = append(f.Names, q.name)
		switch d := q.value.Data().(type) {
		case []float32:
			f.Tensors[q.name] = safetensors.FromFloat32s(q.Shape(), d)
		case []float64:
			f.Tensors[q.name] = safetensors.FromFloat64s(q.Shape(), d)
		}
	}
	return f
}

// Restore sets the values of parameters from tensors of the same name and shape, converting between float32 and
// float64. Names that the store does not have are declared. On an error nothing is changed.
func (p *Params) Restore(f *safetensors.File) error {
	if f == nil {
		return errors.New("there is no file to restore the parameters from: it is nil")
	}
	names := f.Names
	if names == nil { // as in a file that was put together by hand
		names = slices.Sorted(maps.Keys(f.Tensors))
	}
	values := make(map[string][]float64, len(names))
	for _, name := range names {
		t := f.Tensors[name]
		if q, ok := p.byName[name]; ok && !ir.SameShape(q.value.Shape(), t.Shape) {
			return errors.Errorf("parameter %q has the shape %v; the file has %v", name, q.value.Shape(), t.Shape)
		}
		if len(t.Shape) == 0 {
			return errors.Errorf("parameter %q: a parameter has at least one axis; the file has a scalar", name)
		}
		if err := checkShape(t.Shape); err != nil {
			return errors.Wrapf(err, "parameter %q", name)
		}
		v, err := t.Float64s()
		if err != nil {
			return errors.Wrapf(err, "parameter %q", name)
		}
		values[name] = v
	}
	for _, name := range names {
		if q, ok := p.byName[name]; ok {
			copyNumbers(q.value.Data(), values[name])
		} else {
			p.add(name, values[name], f.Tensors[name].Shape)
		}
	}
	p.Changed()
	return nil
}

// Save writes all parameters to a file in the safetensors format, under a temporary name that is renamed at the end.
func (p *Params) Save(path string) error { return p.Snapshot().WriteFile(path) }

// Load restores the parameters from a file in the safetensors format.
func (p *Params) Load(path string) error {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return err
	}
	return errors.Wrap(p.Restore(f), path)
}

// copyNumbers copies numbers into a slice of floats, converting.
func copyNumbers(dst any, src []float64) {
	switch d := dst.(type) {
	case []float64:
		copy(d, src)
	case []float32:
		for i, v := range src {
			d[i] = float32(v)
		}
	}
}
