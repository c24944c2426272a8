package classical

import (
	"math"
	"slices"
)

// minimum returns where a function of one number is least between two bounds: the least of 41 points, and a golden-section
// search between its neighbours, to 1e-7.
func minimum(f func(x float64) float64, from, to float64) float64 {
	const points = 41
	at := func(i int) float64 { return from + (to-from)*float64(i)/(points-1) }
	best, least := 0, math.Inf(1)
	for i := range points {
		if y := f(at(i)); y < least {
			best, least = i, y
		}
	}
	a, b := at(max(best-1, 0)), at(min(best+1, points-1))
	const golden = 0.6180339887498949
	c, d := b-golden*(b-a), a+golden*(b-a)
	fc, fd := f(c), f(d)
	for b-a > 1e-7 {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - golden*(b-a)
			fc = f(c)
		} else {
			a, c, fc = c, d, fd
			d = a + golden*(b-a)
			fd = f(d)
		}
	}
	x := (a + b) / 2
	if f(x) > least { // at a bound, or where rounding decides
		return at(best)
	}
	return x
}

// nelderMead returns where a function of some numbers is least, by the method of Nelder and Mead (1965) with the
// coefficients 1, 2, ½ and ½ from a simplex of some size around a start. It ends when the function differs by no more than
// a share of 1e-10 over the simplex, or after so many calls. What is not a number is worse than all that is.
func nelderMead(f func(x []float64) float64, start []float64, size float64, calls int) (x []float64, least float64) {
	type vertex struct {
		x []float64
		f float64
	}
	evaluate := func(x []float64) vertex {
		calls--
		y := f(x)
		if math.IsNaN(y) {
			y = math.Inf(1)
		}
		return vertex{x, y}
	}
	n := len(start)
	simplex := []vertex{evaluate(slices.Clone(start))}
	for i := range n {
		x := slices.Clone(start)
		x[i] += size
		simplex = append(simplex, evaluate(x))
	}
	order := func() {
		slices.SortStableFunc(simplex, func(a, b vertex) int {
			switch {
			case a.f < b.f:
				return -1
			case a.f > b.f:
				return 1
			}
			return 0
		})
	}
	for order(); calls > 0; order() {
		worst := &simplex[n]
		if !(worst.f-simplex[0].f > 1e-10*math.Abs(simplex[0].f)) {
			break
		}
		centre := make([]float64, n)
		for _, v := range simplex[:n] {
			for i := range centre {
				centre[i] += v.x[i] / float64(n)
			}
		}
		along := func(t float64) vertex {
			x := make([]float64, n)
			for i := range x {
				x[i] = centre[i] + t*(worst.x[i]-centre[i])
			}
			return evaluate(x)
		}
		reflected := along(-1)
		switch {
		case reflected.f < simplex[0].f:
			if expanded := along(-2); expanded.f < reflected.f {
				reflected = expanded
			}
			*worst = reflected
			continue
		case reflected.f < simplex[n-1].f:
			*worst = reflected
			continue
		}
		contracted := along(0.5)
		if reflected.f < worst.f {
			contracted = along(-0.5)
		}
		if contracted.f < math.Min(reflected.f, worst.f) {
			*worst = contracted
			continue
		}
		for i := 1; i <= n; i++ {
			for k := range simplex[i].x {
				simplex[i].x[k] = (simplex[i].x[k] + simplex[0].x[k]) / 2
			}
			simplex[i] = evaluate(simplex[i].x)
		}
	}
	return simplex[0].x, simplex[0].f
}
