package graphfuzz

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// CheckStepper steps a random network over a sequence, and compares its outputs with those of the network unrolled in
// float64 without passes. It returns the failure or nil.
func CheckStepper(seed uint64) (f *Failure) {
	rng := source(seed, "stepper")
	steps, batch, width := 1+rng.IntN(4), 1+rng.IntN(4), 1+rng.IntN(5)
	n := Node{Op: "Unroll", Name: "r", Args: []int{0}, Ints: make([]int, numUnroll)}
	n.Ints[unrollHidden], n.Ints[unrollLayers], n.Ints[unrollDirections] = 1+rng.IntN(5), 1+rng.IntN(2), 1
	n.Ints[unrollEquations], n.Ints[unrollLayerNorm] = rng.IntN(numEquations), rng.IntN(2)
	if n.normalizesPairs(nil) {
		n.Ints[unrollHidden] = 3
	}
	p := &Program{Seed: seed, Loss: -1, Nodes: []Node{{Op: "Input", Name: "x", Ints: []int{steps, batch, width}}, n}, Outputs: []int{1}}
	way := Ways(seed, false)[seed%6]
	if seed%2 == 0 {
		way.Dtype = tensor.Float32
	}
	fail := func(what any) *Failure { return &Failure{p, way, fmt.Sprint("a stepper: ", what)} }
	defer func() {
		if e := recover(); e != nil {
			f = fail(e)
		}
	}()
	r, err := newReference(p)
	if err != nil {
		return fail(err)
	}
	params := graph.NewParams(way.Dtype)
	stepper, err := network(n, rounding{}).NewStepper(params, batch, width, graph.Threads(way.Threads), graph.Without(way.Without...))
	if err != nil {
		return fail(err)
	}
	for _, q := range params.List() {
		setNumbers(q.Value(), r.params["r."+q.Name()])
	}
	params.Changed()
	x, all := random(seed, "x", steps*batch*width), []float64(nil)
	for t := range steps {
		part := x[t*batch*width : (t+1)*batch*width]
		if way.Dtype == tensor.Float64 {
			y, err := stepper.Step64(part)
			if err != nil {
				return fail(err)
			}
			all = append(all, y...)
			continue
		}
		small := make([]float32, len(part))
		for i, v := range part {
			small[i] = float32(v)
		}
		y, err := stepper.Step(small)
		if err != nil {
			return fail(err)
		}
		for _, v := range y {
			all = append(all, float64(v))
		}
	}
	if what, err := r.compare(way.Dtype, []result{{"outputs", all}}); what != "" || err != nil {
		return fail(fmt.Sprint(what, err))
	}
	return nil
}
