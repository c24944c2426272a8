package generate

import (
	"math"

	"github.com/rnnzoo/rnnzoo/internal/kernel"
)

// neuralCache makes what was said a short while ago more likely where the network is in a state like that after which it was
// said: the continuous cache of Grave, Joulin and Usunier (2017, "Improving Neural Language Models with a Continuous Cache").
// Of the last states h_i [width] and the tokens x_{i+1} that came after them
//
//	p(w) = (1 − λ)·p_model(w) + λ·p_cache(w)    p_cache(w) ∝ Σ_i exp(θ·h·h_i)·1{w = x_{i+1}}
//
// Exponentials are of differences to the largest, so that no θ is too large for them. A cache that is empty changes nothing.
// What is not a number in a state, or comes to infinity, has probabilities that are not numbers. Each token takes time in
// proportion to size·width, and allocates nothing. A cache serves one goroutine.
type neuralCache struct {
	size, width   int
	theta, lambda float64
	states        []float32 // [width, size], a ring of columns: products with all of them run along the rows
	tokens        []int32   // [size] what came after each
	held, next    int       // how many there are, and where the next is to stand

	kernels kernel.Kernels[float32]
	scratch []float32
	dots    []float32 // [size] h·h_i of the last question
	weights []float64 // [size] of the last question, the largest 1
}

// newNeuralCache returns an empty cache of at most size states of a width, some 4·size·(width+4) bytes. With a size of 0 it
// stays empty.
func newNeuralCache(size, width int, theta, lambda float64) *neuralCache {
	size, width = max(0, size), max(0, width)
	kernels, err := kernel.Float32()
	if err != nil { // a set that is forced and not to be had is the compiler's to report
		kernels = kernel.Portable[float32]{}
	}
	return &neuralCache{
		size: size, width: width, theta: theta, lambda: lambda,
		states: make([]float32, size*width), tokens: make([]int32, size),
		kernels: kernels, scratch: make([]float32, kernels.GemmScratch(1, size, width)), dots: make([]float32, size), weights: make([]float64, size),
	}
}

// add remembers that a token came after a state h [width]; the oldest such is forgotten. Of another width it is passed over.
func (c *neuralCache) add(h []float32, id int32) {
	if c.size == 0 || len(h) != c.width {
		return
	}
	for i, x := range h {
		c.states[i*c.size+c.next] = x
	}
	c.tokens[c.next] = id
	c.next = (c.next + 1) % c.size
	c.held = min(c.held+1, c.size)
}

// reset forgets everything.
func (c *neuralCache) reset() { c.held, c.next = 0, 0 }

// mix returns the probability of a token after a state h [width]; p is what the model gives it.
func (c *neuralCache) mix(h []float32, id int32, p float64) float64 {
	total := c.weigh(h)
	if total == 0 {
		return p
	}
	sum := 0.0
	for i, w := range c.weights[:c.held] {
		if c.tokens[i] == id {
			sum += w
		}
	}
	return (1-c.lambda)*p + c.lambda*sum/total
}

// distribution mixes the cache into the probabilities p [V] of all tokens after a state h [width].
func (c *neuralCache) distribution(h []float32, p []float64) {
	total := c.weigh(h)
	if total == 0 {
		return
	}
	for i := range p {
		p[i] *= 1 - c.lambda
	}
	for i, w := range c.weights[:c.held] {
		if id := c.tokens[i]; id >= 0 && int(id) < len(p) {
			p[id] += c.lambda * w / total
		}
	}
}

// weigh sets the weights of what is held, and returns their sum; 0 means that the cache has nothing to say.
func (c *neuralCache) weigh(h []float32) (total float64) {
	if c.held == 0 || len(h) != c.width {
		return 0
	}
	if c.width > 0 {
		c.kernels.Gemm(1, c.size, c.width, kernel.Matrix[float32]{Data: h, Row: c.width, Col: 1},
			kernel.Matrix[float32]{Data: c.states, Row: c.size, Col: 1}, 0, kernel.Rows[float32]{Data: c.dots, Stride: c.size}, c.scratch)
	}
	weights, most := c.weights[:c.held], math.Inf(-1)
	for i := range weights {
		weights[i] = c.theta * float64(c.dots[i])
		most = max(most, weights[i])
	}
	for i, x := range weights {
		weights[i] = math.Exp(x - most)
		total += weights[i]
	}
	return total
}
