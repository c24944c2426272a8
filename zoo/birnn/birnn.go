// Package birnn makes bidirectional networks (Schuster and Paliwal 1997) of any cell.
//
// A network does not change: it serves any number of goroutines.
package birnn

import "github.com/rnnzoo/rnnzoo/graph"

// New returns the bidirectional form of a network: in each layer one copy of the cell reads the sequence forwards and
// one backwards, with parameters of their own, and the layer's output at a step is both hidden states side by side,
//
//	y_t = [h→_t, h←_t]
//
// or their sum, product or mean with another graph.Merge. What a step shows depends on the whole sequence, so such a
// network cannot generate, and forecasts from a window only. Its name is that of the network with "bi" before it.
//
//	birnn.New(lstm.New(graph.Hidden(64)))
func New(network *graph.Network, merge ...graph.Merge) *graph.Network {
	m := graph.MergeConcat
	if len(merge) > 0 {
		m = merge[0]
	}
	return network.With(graph.Named("bi"+network.Name()), graph.Bidirectional(m))
}
