// Command gorgonia trains an LSTM in Gorgonia's plain operations on its TapeMachine: one node for each step's input, one
// weight for each gate, which spares Gorgonia the slices.
package main

import (
	"fmt"
	"math/rand"

	"github.com/pkg/errors"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/bench/peers/internal/measure"
)

func main() {
	a := measure.Parse()
	run, err := build(a)
	if err != nil {
		measure.Fail(err)
	}
	measure.Report(a, "gorgonia.org/gorgonia", run)
}

// build returns a function that does one step of training: forward, the sum of all outputs, its gradients by weights
// and inputs.
func build(a measure.Arguments) (run func() error, err error) {
	if a.Cell != "lstm" || a.Layers != 1 || a.Bidirectional || a.Mode != "train" {
		return nil, errors.Errorf("cell %s, %d layers, mode %s: there is a training step of one layer of LSTM only", a.Cell, a.Layers, a.Mode)
	}
	n := &network{graph: G.NewGraph(), rng: rand.New(rand.NewSource(1))}
	loss := n.loss(a)
	grads, err := G.Grad(loss, n.leaves...)
	if err != nil {
		return nil, err
	}
	values := make([]G.Value, 1+len(grads))
	for i, v := range append(G.Nodes{loss}, grads...) {
		G.Read(v, &values[i])
	}
	vm := G.NewTapeMachine(n.graph)
	return func() error {
		defer vm.Reset()
		return vm.RunAll()
	}, nil
}

type network struct {
	graph  *G.ExprGraph
	rng    *rand.Rand
	leaves G.Nodes // the weights and the inputs
}

// leaf returns a new node with random values below the magnitude.
func (n *network) leaf(name string, magnitude float32, shape ...int) *G.Node {
	x := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range x {
		x[i] = magnitude * (2*n.rng.Float32() - 1)
	}
	value := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
	leaf := G.NewTensor(n.graph, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(value))
	n.leaves = append(n.leaves, leaf)
	return leaf
}

func (n *network) loss(a measure.Arguments) *G.Node {
	const gates = 4 // i f g o
	var w, u, bias [gates]*G.Node
	for k := range gates {
		w[k] = n.leaf(fmt.Sprint("w", k), 0.1, a.I, a.H)
		u[k] = n.leaf(fmt.Sprint("u", k), 0.1, a.H, a.H)
		bias[k] = n.leaf(fmt.Sprint("b", k), 0.1, a.H)
	}
	zeros := func(name string) *G.Node {
		return G.NewMatrix(n.graph, tensor.Float32, G.WithShape(a.B, a.H), G.WithName(name), G.WithInit(G.Zeroes()))
	}
	h, c := zeros("h"), zeros("c")
	var loss *G.Node
	for t := range a.T {
		x := n.leaf(fmt.Sprint("x", t), 1, a.B, a.I)
		var z [gates]*G.Node
		for k := range gates {
			sum := G.Must(G.Add(G.Must(G.Mul(x, w[k])), G.Must(G.Mul(h, u[k]))))
			z[k] = G.Must(G.BroadcastAdd(sum, bias[k], nil, []byte{0}))
		}
		i, f, g, o := G.Must(G.Sigmoid(z[0])), G.Must(G.Sigmoid(z[1])), G.Must(G.Tanh(z[2])), G.Must(G.Sigmoid(z[3]))
		c = G.Must(G.Add(G.Must(G.HadamardProd(f, c)), G.Must(G.HadamardProd(i, g))))
		h = G.Must(G.HadamardProd(o, G.Must(G.Tanh(c))))
		sum := G.Must(G.Sum(h))
		if loss != nil {
			sum = G.Must(G.Add(loss, sum))
		}
		loss = sum
	}
	return loss
}
