package graphfuzz

import (
	"fmt"
	"math"

	"github.com/rnnzoo/rnnzoo/graph"
)

// rounding gives the nodes of a graph inputs by which they can be moved as roundings move them; the zero value gives
// none, and the graph is as it is.
type rounding struct{ g *built }

// noise is such an input: a factor of 1, or a term of 0.
type noise struct {
	name string
	size int
	at   float64
	// Of a term: what it is added to, the operation that reads the sum, and by how much an element of it moves the result
	// by a rounding.
	operand node
	op      string
	reach   []float64
	// Of a term of the loss: the result of an operation on rows, and the loss's gradient with respect to it.
	result, adjoint node
}

func (r rounding) input(like node, n noise) node {
	n.name, n.size = fmt.Sprint("noise ", len(r.g.noise)), like.Shape().TotalSize()
	r.g.noise = append(r.g.noise, n)
	return r.g.Input(n.name, like.Shape()...)
}

// after is the result of an operation, with a factor.
func (r rounding) after(y node) node {
	if r.g == nil || r.g.Err() != nil {
		return y
	}
	return r.g.Mul(y, r.input(y, noise{at: 1}))
}

// before is the operand of an operation whose derivative is computed from its result. There a factor behind the operation
// is not seen, so the operand is moved by as much as moves the result by its rounding: where the function is flat, far.
func (r rounding) before(b *graph.Builder, op string, x node) node {
	if r.g == nil || b.Err() != nil {
		return x
	}
	return b.Add(x, r.input(x, noise{operand: x, op: op}))
}

// look has the noise reach as far as the operand's values in the program's last run want it.
func (n *noise) look(values []float64) {
	const flattest = 0x1p-53 // of float64 nothing is left of a slope below it
	if n.reach == nil {
		n.reach = make([]float64, len(values))
	}
	for i, x := range values {
		var far float64
		switch n.op {
		case "Tanh": // y/(1 − y²)
			y := math.Tanh(x)
			far = math.Abs(y) / (1 - y*y + flattest)
		case "Sigmoid": // 1/(1 − y)
			far = 1 / (1/(1+math.Exp(x)) + flattest)
		default: // of exponentials a factor is a term
			far = 1 + math.Abs(x)
		}
		n.reach[i] = max(n.reach[i], far)
	}
}

// gradientsOfRows has the gradients of operations on rows moved by what is lost within them: they are sums that may cancel
// out, and do so whatever moves their operands. A term n·x of the loss moves the gradient of x by n.
func (r rounding) gradientsOfRows(loss node) node {
	for _, y := range r.g.rows {
		if b := r.g.Builder; b.Err() == nil {
			n := r.input(y.operand, y)
			loss = b.Add(loss, b.Sum(b.Mul(y.operand, n)))
		}
	}
	r.g.rows = nil
	return loss
}

// lookRows has the noise reach as far as the terms of a gradient, whose operation has read x and is given dy, are large.
func (n *noise) lookRows(x, dy []float64, width int) {
	if n.reach == nil {
		n.reach = make([]float64, len(x))
	}
	for i := 0; i < len(x); i += width {
		var total, mean, variance float64
		for j := i; j < i+width; j++ {
			total += math.Abs(dy[j])
			mean += x[j] / float64(width)
		}
		for j := i; j < i+width; j++ {
			variance += (x[j] - mean) * (x[j] - mean) / float64(width)
		}
		if n.op == "Normalize" || n.op == "LayerNorm" {
			total /= math.Sqrt(variance + 1e-5)
		}
		for j := i; j < i+width; j++ {
			n.reach[j] = max(n.reach[j], total)
		}
	}
}

func (r rounding) tanh(b *graph.Builder, x node) node { return r.after(b.Tanh(r.before(b, "Tanh", x))) }

func (r rounding) sigmoid(b *graph.Builder, x node) node {
	return r.after(b.Sigmoid(r.before(b, "Sigmoid", x)))
}
