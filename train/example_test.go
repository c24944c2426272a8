package train_test

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/train"
)

// point is a parameter of one weight: a value and its gradient.
type point struct{ value, gradient *tensor.Dense }

func (p point) Value() gorgonia.Value         { return p.value }
func (p point) Grad() (gorgonia.Value, error) { return p.gradient, nil }

// A descent on (w − 3)² by hand: an optimizer asks for no more than values and gradients.
func ExampleAdam() {
	w := []float64{0}
	g := []float64{0}
	p := point{tensor.New(tensor.WithBacking(w)), tensor.New(tensor.WithBacking(g))}
	optimizer := &train.Adam{LR: 0.1}
	for range 200 {
		g[0] = 2 * (w[0] - 3)
		if err := optimizer.Step([]gorgonia.ValueGrad{p}); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("%.2f\n", w[0])
	// Output: 3.00
}

// Ten steps of warm-up, then a cosine over the rest of 4 epochs of 25 steps.
func ExampleNewSchedule() {
	schedule, err := train.NewSchedule("warmup:10,cosine", 0.01, 4, 25)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range []int{0, 5, 10, 55, 100} {
		fmt.Printf("%3d %.4f\n", step, schedule.At(step))
	}
	// Output:
	//   0 0.0009
	//   5 0.0055
	//  10 0.0100
	//  55 0.0050
	// 100 0.0000
}
