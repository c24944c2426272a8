package program

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// mostCells is how many steps of cells a program may be made of. A training step of an LSTM takes some 0.13 MB and 1 ms to
// compile for each, whatever its width: in all 4 GiB and half a minute.
const mostCells = 1 << 15

// CheckUnrolled returns an error if a network over so many steps, the value of a setting, takes more than anybody waits for,
// or more memory than there is.
func CheckUnrolled(n *graph.Network, setting string, steps int) error {
	if args.Nil(n) {
		return nil // which is the network's own error
	}
	each := max(1, n.Config().Layers)
	size := fmt.Sprintf("%d layers", each)
	if each == 1 {
		size = "1 layer"
	}
	if n.IsBidirectional() {
		each, size = 2*each, size+", both ways"
	}
	if most := mostCells / each; steps > most {
		return option.Wrong(setting, steps, "want at most %d with %s: to compile more steps takes more than 4 GiB and half a minute", most, size)
	}
	return nil
}
