package generate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The probabilities were computed by numpy, of states and tokens by the generator of madeTexts: the state is five numbers
// (x mod 17 − 8)/8, the token x mod 6, the model's probability (token+1)/21. The cache holds eight, so that twelve of the
// twenty are forgotten.
func TestNeuralCache(t *testing.T) {
	want := []float64{0.285714285714, 0.0666666666667, 0.1, 0.0333333333333, 0.258961414898, 0.103843556393, 0.133510735414, 0.0523813285493, 0.232449453315, 0.166666666667, 0.250428071701, 0.096219263431, 0.137276061614, 0.133333333333, 0.171179831751, 0.249919038743, 0.0333333333333, 0.236853613701, 0.321712173563, 0.240865144629}
	x := 7
	next := func() int {
		x = (x*1103515245 + 12345) % (1 << 31)
		return x >> 16
	}
	const width, vocabulary = 5, 6
	c := newNeuralCache(8, width, 0.7, 0.3)
	for round := range 2 { // after a reset all is as new
		x = 7
		for i, want := range want {
			h, p := make([]float32, width), make([]float64, vocabulary)
			for k := range h {
				h[k] = float32(next()%17-8) / 8
			}
			id := int32(next() % vocabulary)
			for k := range p {
				p[k] = float64(k+1) / 21
			}
			if got := c.mix(h, id, p[id]); math.Abs(got-want) > 1e-6 {
				t.Errorf("round %d: p(%d), token %d, is %.9f, want %.9f", round, i, id, got, want)
			}
			c.distribution(h, p)
			sum := 0.0
			for k := range p {
				sum += p[k]
				if got := c.mix(h, int32(k), float64(k+1)/21); math.Abs(got-p[k]) > 1e-15 {
					t.Errorf("token %d: probability %v alone, %v of all", k, got, p[k])
				}
			}
			if math.Abs(p[id]-want) > 1e-6 || math.Abs(sum-1) > 1e-14 {
				t.Errorf("token %d: probability %.9f, want %.9f; all sum to %v", i, p[id], want, sum)
			}
			c.add(h, id)
		}
		c.reset()
	}
}

// Whatever the widths and sizes, the cache is what the formula says in float64, with the largest exponent taken out.
func TestNeuralCacheIsTheFormula(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	for round := range 60 {
		size, width, vocabulary := 1+rng.IntN(100), 1+rng.IntN(70), 1+rng.IntN(20)
		theta, lambda := []float64{0, 0.3, 1, 3000}[round%4], rng.Float64()
		c := newNeuralCache(size, width, theta, lambda)
		var states [][]float32
		var tokens []int32
		for range rng.IntN(3 * size) {
			h := make([]float32, width)
			for k := range h {
				h[k] = float32(rng.IntN(9)-4) / 4 // whose products are exact
			}
			states, tokens = append(states, h), append(tokens, rng.Int32N(int32(vocabulary)))
			c.add(h, tokens[len(tokens)-1])
		}
		h, p, want := make([]float32, width), make([]float64, vocabulary), make([]float64, vocabulary)
		for k := range h {
			h[k] = float32(rng.IntN(9)-4) / 4
		}
		from := max(0, len(states)-size)
		exponent := func(i int) (sum float64) {
			for k := range h {
				sum += float64(h[k]) * float64(states[i][k])
			}
			return theta * sum
		}
		for k := range p {
			p[k] = 1 / float64(vocabulary)
			want[k] = p[k]
			if len(states) == 0 {
				continue
			}
			share := 0.0
			for i := from; i < len(states); i++ {
				if tokens[i] != int32(k) {
					continue
				}
				others := 0.0 // Σ_j exp(θ·h·h_j − θ·h·h_i), which may be infinite
				for j := from; j < len(states); j++ {
					others += math.Exp(exponent(j) - exponent(i))
				}
				share += 1 / others
			}
			want[k] = (1-lambda)*p[k] + lambda*share
		}
		c.distribution(h, p)
		for k := range p {
			if got := c.mix(h, int32(k), 1/float64(vocabulary)); math.Abs(p[k]-want[k]) > 1e-10 || math.Abs(got-want[k]) > 1e-10 {
				t.Fatalf("size %d, width %d, θ %v: p(%d) is %v and %v, want %v", size, width, theta, k, p[k], got, want[k])
			}
		}
	}
}

func TestNeuralCacheWithoutSense(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, c := range []*neuralCache{newNeuralCache(0, 2, 1, 0.5), newNeuralCache(-1, -1, 1, 0.5), newNeuralCache(3, 0, 1, 0.5), newNeuralCache(3, 2, math.NaN(), 2),
		newNeuralCache(3, 2, math.Inf(1), 0.5), newNeuralCache(3, 2, 1, 0.5)} {
		for _, h := range [][]float32{nil, {}, {1}, {1, 2}, {1, 2, 3}, {inf, -inf}, {nan, 1}, {math.MaxFloat32, math.MaxFloat32}} {
			for _, id := range []int32{0, 1, -1, math.MaxInt32, math.MinInt32} {
				c.add(h, id)
				c.mix(h, id, 0.5)
				c.distribution(h, []float64{0.5, 0.5})
				c.distribution(h, nil)
			}
		}
		c.reset()
		if p := c.mix([]float32{1, 2}, 0, 0.25); p != 0.25 {
			t.Errorf("an empty cache makes %v of 0.25", p)
		}
	}
	c := newNeuralCache(3, 2, 1, 0.5)
	c.add([]float32{nan, 1}, 1)
	if p := c.mix([]float32{1, 1}, 1, 0.5); !math.IsNaN(p) {
		t.Errorf("a state that is not a number has probability %v", p)
	}
	c.reset()
	c.add([]float32{1e18, 1e18}, 1) // the exponent is 2·10³⁶
	c.add([]float32{1, 1}, 0)
	if p, q := c.mix([]float32{1e18, 1e18}, 1, 0.5), c.mix([]float32{1e18, 1e18}, 0, 0.5); p != 0.75 || q != 0.25 {
		t.Errorf("of a large exponent probabilities %v and %v, want 0.75 and 0.25", p, q)
	}
}

func TestNeuralCacheAllocatesNothing(t *testing.T) {
	c, h, p := newNeuralCache(100, 30, 0.3, 0.1), make([]float32, 30), make([]float64, 1000)
	if got := testing.AllocsPerRun(200, func() { c.mix(h, 1, 0.5); c.distribution(h, p); c.add(h, 1) }); got != 0 {
		t.Errorf("%v allocations a token", got)
	}
}

func BenchmarkNeuralCache(b *testing.B) {
	for _, width := range []int{200, 650} {
		for _, size := range []int{500, 2000} {
			b.Run(fmt.Sprintf("width=%d/size=%d", width, size), func(b *testing.B) {
				c, h := newNeuralCache(size, width, 0.3, 0.1), make([]float32, width)
				for i := range size {
					h[i%width] = float32(i%7) / 7
					c.add(h, int32(i))
				}
				b.ReportAllocs()
				for b.Loop() {
					c.mix(h, 1, 0.5)
					c.add(h, 1)
				}
			})
		}
	}
}
