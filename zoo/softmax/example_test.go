package softmax_test

import (
	"fmt"
	"log"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
)

// A batch says which capacity its program needs; a task keeps a program for each.
func Example() {
	const rows, width, vocabulary = 6, 16, 50_000
	layer, err := softmax.New("adaptive:4000,20000", vocabulary, width)
	if err != nil {
		log.Fatal(err)
	}
	targets := []int{7, 12, 0, 31_415, softmax.Ignored, 4_096}
	capacity, err := layer.Capacity(targets)
	if err != nil {
		log.Fatal(err)
	}

	params := graph.NewParams(tensor.Float32)
	b := graph.NewBuilder(params, graph.Training())
	states := b.Param("states", graph.Uniform(1), rows, width) // a network's outputs, in a model
	loss := layer.Loss(b.Prefix("output."), states, nil, capacity)
	program, err := graph.Compile(b, graph.Loss(loss))
	if err != nil {
		log.Fatal(err)
	}
	if err := layer.Set(program, targets, 1, 0); err != nil {
		log.Fatal(err)
	}
	if err := program.Run(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("room for", capacity[0], "and", capacity[1], "targets of the tails")
	fmt.Printf("%.0f nats, %d gradients\n", program.Loss(), len(program.Grads()))
	// Output:
	// room for 6 and 6 targets of the tails
	// 12 nats, 7 gradients
}
