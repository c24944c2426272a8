package program

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// mostBytes is how much memory the activations of a training step may take: 4 GiB.
const mostBytes = 4 << 30

// What a training step keeps of a unit at each time step of a sequence for the gradient, in bytes: of LSTMs and GRUs 28 to 34
// were measured at 2,000 steps, and 96 with layer normalisation. A plain RNN takes a fifth of that.
const (
	unitBytes       = 32
	normalisedBytes = 96
	keptBytes       = 12 // where most states are computed again (graph.Keep)
)

// mostUnrolled is how many steps a cell that cannot be a loop may be declared for, in all layers and directions: each takes
// some 0.13 MB and 1 ms to compile.
const mostUnrolled = 1 << 15

// CheckMemory returns an error if a network over so many steps, the value of a setting, for so many sequences at once takes
// more memory to train than there is.
func CheckMemory(n *graph.Network, setting string, steps, batch int) error {
	each := unitBytes
	if !args.Nil(n) && n.Config().LayerNorm {
		each = normalisedBytes
	}
	return checkMemory(n, setting, steps, batch, each)
}

// CheckKept is CheckMemory for a step that keeps few of its states.
func CheckKept(n *graph.Network, setting string, steps, batch int) error {
	return checkMemory(n, setting, steps, batch, keptBytes)
}

func checkMemory(n *graph.Network, setting string, steps, batch, each int) error {
	if args.Nil(n) || n.Check() != nil {
		return nil // which is the network's own error
	}
	c := n.Config()
	layers := max(1, c.Layers)
	size := plural(layers, "layer")
	if n.IsBidirectional() {
		layers, size = 2*layers, size+", both ways,"
	}
	step := float64(each) * float64(layers) * float64(max(1, c.Hidden)) * float64(max(1, batch))
	if most := int(mostBytes / step); steps > most {
		return option.Wrong(setting, steps, "want at most %d with %s of %s and %s at once: the activations of more take about %.3g GiB; 4 GiB is the most",
			most, size, plural(c.Hidden, "unit"), plural(max(1, batch), "sequence"), step*float64(steps)/(1<<30))
	}
	if most := mostUnrolled / layers; steps > most && !rollsAlone(n) {
		return option.Wrong(setting, steps, "want at most %d with %s: the steps of %s differ, so that each is compiled for itself", most, size, n.Name())
	}
	return nil
}

// BatchOf returns how many of n examples a recipe has in a step: 0 is all of them.
func BatchOf(batch, n int) int {
	if batch < 1 {
		return n
	}
	return min(batch, n)
}

// rollsAlone reports whether a network can be declared as loops.
func rollsAlone(n *graph.Network) bool {
	return Rolls(graph.NewParams(tensor.Float32), func(b *graph.Builder) { n.Unroll(b, b.Input("x", 1, 1, 1)) })
}

// plural returns a number with what it counts.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
