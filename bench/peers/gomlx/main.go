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
	if a.Cell != "lstm" || a.Layers != 1 || a.Bidirectional {
		return nil, errors.Errorf("cell %s, %d layers: there is one layer of LSTM only", a.Cell, a.Layers)
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
			outputs, args = outputs[:1], slices.Concat(args[:leaves], []any{outputs[1], outputs[2]})
		}
		for _, o := range outputs {
			if err := o.FinalizeAll(); err != nil { // gives its memory back
				return err
			}
		}
		return nil
	}, nil
}

// leaves is the number of what a train step has gradients by: x and the layer's three parameters.
const leaves = 4

// network returns a function that builds the graph of the workload, and its arguments: x [B, T, I], the layer's
// parameters, and in mode stream its states h and c.
func network(a measure.Arguments) (f func([]*graph.Node) []*graph.Node, args []any) {
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
	arg(0.1, 1, 4, a.H, a.I)
	arg(0.1, 1, 4, a.H, a.H)
	arg(0.1, 1, 8, a.H)
	if a.Mode == "stream" {
		arg(1, 1, a.B, a.H)
		arg(1, 1, a.B, a.H)
	}

	return func(in []*graph.Node) []*graph.Node {
		layer := lstm.NewWithWeights(in[0], in[1], in[2], in[3], nil)
		if a.Mode == "stream" {
			layer = layer.InitialStates(in[leaves], in[leaves+1])
		}
		y, h, c := layer.Done()
		switch a.Mode {
		case "train":
			loss := graph.ReduceAllSum(y)
			return append([]*graph.Node{loss}, graph.Gradient(loss, in[:leaves]...)...)
		case "stream":
			return []*graph.Node{y, h, c}
		}
		return []*graph.Node{y}
	}, args
}
