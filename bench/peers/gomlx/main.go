// Command gomlx runs GoMLX's LSTM layer on its backend in pure Go. Built with GOEXPERIMENT=simd the backend multiplies
// matrices with vector instructions.
package main

import (
	"math/rand"
	"slices"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/layers/lstm"
	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/bench/peers/internal/measure"
)

func main() {
	a := measure.Parse()
	run, err := build(a)
	if err != nil {
		measure.Fail(err)
	}
	measure.Report(a, "github.com/gomlx/gomlx", run)
}

// build returns a function that does the workload once.
func build(a measure.Arguments) (run func() error, err error) {
	if a.Cell != "lstm" {
		return nil, errors.Errorf("cell %s: there is an LSTM only", a.Cell)
	}
	backend, err := gobackend.New("") // its workers are as many as GOMAXPROCS
	if err != nil {
		return nil, err
	}
	f, args := network(a)
	exec, err := graph.NewExec(backend, f)
	if err != nil {
		return nil, err
	}
	return func() error {
		outputs, err := exec.Exec(args...)
		if err != nil {
			return err
		}
		if a.Mode == "stream" {
			// y, and then the states, which the next step takes in the place of the ones before.
			outputs, args = outputs[:1], slices.Concat(args[:len(args)-2*a.Layers], anys(outputs[1:]))
		}
		for _, o := range outputs {
			if err := o.FinalizeAll(); err != nil { // gives its memory back
				return err
			}
		}
		return nil
	}, nil
}

// network returns a function that builds the graph of the workload, and its arguments: x [B, T, I], the weights of each
// layer, and in mode stream the states of each.
func network(a measure.Arguments) (f func([]*graph.Node) []*graph.Node, args []any) {
	directions := 1
	if a.Bidirectional {
		directions = 2
	}
	rng := rand.New(rand.NewSource(1))
	arg := func(magnitude float32, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		x := make([]float32, n)
		for i := range x {
			x[i] = magnitude * (2*rng.Float32() - 1)
		}
		args = append(args, tensors.FromFlatDataAndDimensions(x, shape...))
	}
	arg(1, a.B, a.T, a.I)
	width := a.I
	for range a.Layers {
		arg(0.1, directions, 4, a.H, width)
		arg(0.1, directions, 4, a.H, a.H)
		arg(0.1, directions, 8, a.H)
		width = directions * a.H
	}
	const perLayer = 3
	leaves := len(args)
	if a.Mode == "stream" {
		for range 2 * a.Layers {
			arg(1, directions, a.B, a.H)
		}
	}

	return func(in []*graph.Node) []*graph.Node {
		x := in[0]
		var y *graph.Node // [T, directions, B, H]
		var states []*graph.Node
		for l := range a.Layers {
			w := in[1+perLayer*l:]
			layer := lstm.NewWithWeights(x, w[0], w[1], w[2], nil)
			if a.Mode == "stream" {
				layer = layer.InitialStates(in[leaves+2*l], in[leaves+2*l+1])
			}
			var h, c *graph.Node
			y, h, c = layer.Done()
			states = append(states, h, c)
			x = graph.Reshape(graph.TransposeAllAxes(y, 2, 0, 1, 3), a.B, a.T, directions*a.H)
		}
		switch a.Mode {
		case "train":
			loss := graph.ReduceAllSum(y)
			return append([]*graph.Node{loss}, graph.Gradient(loss, in[:leaves]...)...)
		case "stream":
			return append([]*graph.Node{y}, states...)
		}
		return []*graph.Node{y}
	}, args
}

func anys(list []*tensors.Tensor) []any {
	all := make([]any, len(list))
	for i, t := range list {
		all[i] = t
	}
	return all
}
