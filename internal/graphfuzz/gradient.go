package graphfuzz

import (
	"fmt"
	"math"
)

// checkGradient compares the derivative of the loss along a random direction, of all inputs and parameters, with finite
// differences, and returns what is wrong or "". The nodes are a little off there, so that no numbers are equal by chance,
// where the maximum or the rectified have no derivative.
func (r *reference) checkGradient() (string, error) {
	if r.p.Loss < 0 {
		return "", nil
	}
	padded := false
	eachNode(r.p.Nodes, func(n *Node) { padded = padded || n.Op == "Gather" && n.Ints[0] >= 0 })
	if padded {
		return "", nil // has a gradient of 0 by definition
	}
	const apart = 0x1p-8
	set := func() {
		r.set(true)
		r.perturb(source(r.p.Seed, "apart"), apart)
	}
	type direction struct{ at, along []float64 }
	var inputs []string
	directions := make(map[string]direction)
	add := func(name string, at []float64) {
		directions[name] = direction{at, random(r.p.Seed, "direction "+name, len(at))}
	}
	set()
	for _, n := range r.p.Nodes {
		if n.Op == "Input" {
			inputs = append(inputs, n.Name)
			add("input "+n.Name, numbers(r.prog.Input(n.Name)))
		}
	}
	for _, q := range r.g.Params().List() {
		add("param "+q.Name(), numbers(q.Value()))
	}
	loss := func(step float64) (float64, error) {
		set()
		moved := func(name string) []float64 {
			d := directions[name]
			v := make([]float64, len(d.at))
			for i := range v {
				v[i] = d.at[i] + step*d.along[i]
			}
			return v
		}
		for _, name := range inputs {
			setNumbers(r.prog.Input(name), moved("input "+name))
		}
		for _, q := range r.g.Params().List() {
			setNumbers(q.Value(), moved("param "+q.Name()))
		}
		r.g.Params().Changed()
		err := r.prog.Run()
		return r.prog.Loss(), err
	}
	at, err := loss(0)
	if err != nil {
		return "", err
	}
	var want, terms float64
	product := func(name string, grad []float64) {
		for i, d := range grad {
			want += d * directions[name].along[i]
			terms += math.Abs(d * directions[name].along[i])
		}
	}
	for i, name := range inputs {
		product("input "+name, numbers(r.prog.Value(r.grads[i])))
	}
	for _, q := range r.g.Params().List() {
		if d := r.prog.Grad(q.Name()); d != nil {
			product("param "+q.Name(), numbers(d))
		}
	}
	difference := func(h float64) (float64, error) {
		up, err := loss(h)
		if err != nil {
			return 0, err
		}
		down, err := loss(-h)
		return (up - down) / (2 * h), err
	}
	// The error of a difference falls with the square of the step, down to where rounding shows: what does not is a kink. Of
	// many small kinks, as of a mean of absolute values, some lie within a step and show in no way.
	const h = 1e-4
	var d [3]float64
	for i, step := range []float64{h, h / 4, h / 16} {
		if d[i], err = difference(step); err != nil {
			return "", err
		}
	}
	rounding := 1e-14*math.Abs(at)/(h/16) + 1e-6*terms
	spread := math.Abs(d[1] - d[2])
	if spread > 0.25*math.Abs(d[0]-d[1])+4*rounding {
		return "", nil
	}
	if limit := 16*spread + 4*rounding; !(math.Abs(d[2]-want) <= limit) && !math.IsNaN(d[2]) {
		return fmt.Sprintf("along a random direction the loss has the derivative %.9g; finite differences are %.9g ± %.2g", want, d[2], limit), nil
	}
	return "", nil
}
