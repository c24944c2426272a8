package program

import (
	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Declared has a task declare its parameters in a store, so that weights can be loaded and counted before the first step.
// Others that are in the store already are an error, since they are the weights of another network.
func Declared(params *graph.Params, network string, declare func(*graph.Builder)) error {
	if err := CheckParams(params); err != nil {
		return err
	}
	loaded := params.List()
	b := graph.NewBuilder(params)
	declare(b)
	if b.Err() != nil || len(loaded) == 0 {
		return b.Err()
	}
	own := graph.NewBuilder(graph.NewParams(tensor.Float32))
	declare(own)
	for _, p := range loaded {
		if own.Params().Get(p.Name()) == nil {
			return errors.Errorf("%s has no parameter %q; the weights are those of another network", network, p.Name())
		}
	}
	return own.Err()
}
