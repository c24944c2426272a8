package graph_test

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// leaky is a leaky integrator, h_t = λ∘h_{t−1} + x_t with a learnt λ for each unit.
type leaky struct{ width int }

func (c leaky) State() []int { return []int{c.width} }

func (c leaky) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	lambda := b.Param("lambda", graph.Constant(0.5), c.width)
	return graph.State{b.Add(b.Mul(lambda, s[0]), x)}
}

// A cell of one's own, unrolled over a sequence and then run one step at a time with the same parameters.
func ExampleCell() {
	network := graph.NewNetwork("leaky", func(c graph.CellConfig) graph.Cell { return leaky{c.Hidden} }, graph.Hidden(1))
	params := graph.NewParams(tensor.Float64)

	b := graph.NewBuilder(params)
	y, _ := network.Unroll(b, b.Input("x", 4, 1, 1)) // 4 steps of a batch of one sequence of one number
	program, err := graph.Compile(b, graph.OutputAs("y", y))
	if err != nil {
		fmt.Println(err)
		return
	}
	sequence := []float64{1, 0, 0, 4}
	if err := program.Set("x", sequence); err != nil {
		fmt.Println(err)
		return
	}
	if err := program.Run(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("unrolled:", program.Output("y").Data())

	stepper, err := network.NewStepper(params, 1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range sequence {
		h, err := stepper.Step64([]float64{x})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("stepped:", h[0])
	}
	// Output:
	// unrolled: [1 0.5 0.25 4.125]
	// stepped: 1
	// stepped: 0.5
	// stepped: 0.25
	// stepped: 4.125
}

// A graph by hand: the derivative of y = x³ as a node that can be read, and a parameter that is fitted.
func ExampleCompile() {
	params := graph.NewParams(tensor.Float64)
	b := graph.NewBuilder(params)
	x := b.Input("x")
	y := b.Pow(x, 3)
	dx := b.Grad(y, x)[0]
	loss := b.Pow(b.Sub(b.Mul(b.Param("w", graph.Zeros(), 1), x), y), 2) // w·x shall be x³
	program, err := graph.Compile(b, graph.Output(y, dx), graph.Loss(b.Sum(loss)))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := program.Set("x", 2); err != nil {
		fmt.Println(err)
		return
	}
	optimizer := &train.SGD{LR: 0.1}
	for range 20 {
		if err := program.Run(); err != nil {
			fmt.Println(err)
			return
		}
		if err := optimizer.Step(program.Grads()); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("x³ =", program.Scalar(y), "with the derivative", program.Scalar(dx))
	fmt.Printf("w = %.3f\n", params.Get("w").Value().Data())
	// Output:
	// x³ = 8 with the derivative 12
	// w = [4.000]
}

// Fibonacci's numbers: each run starts from what the last one gave, until it is set otherwise.
func ExampleCarry() {
	b := graph.NewBuilder(nil)
	last, this := b.Input("last"), b.Input("this")
	program, err := graph.Compile(b, graph.OutputAs("now", this),
		graph.Carry("last", this), graph.Carry("this", b.Add(last, this)))
	if err != nil {
		fmt.Println(err)
		return
	}
	for run := range 12 {
		if run == 0 || run == 8 { // start, and start again
			for name, value := range map[string]int{"last": 0, "this": 1} {
				if err := program.Set(name, value); err != nil {
					fmt.Println(err)
					return
				}
			}
		}
		if err := program.Run(); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(program.Output("now").Data(), " ")
	}
	// Output: [1] [1] [2] [3] [5] [8] [13] [21] [1] [1] [2] [3]
}
