package main

import (
	"fmt"

	"github.com/rnnzoo/rnnzoo/bench"
)

// sizes returns workloads over the range that recurrent networks are trained in: 16 to 200 time steps, batches of 4 to
// 256, widths of 64 to 512, one layer and two.
func sizes() []bench.Workload {
	var list []bench.Workload
	for _, cell := range []string{"lstm", "gru"} {
		for _, s := range []struct{ t, b, h, layers int }{
			{16, 256, 64, 1},
			{200, 4, 128, 1},
			{200, 32, 64, 2},
			{100, 16, 256, 2},
			{35, 64, 512, 1},
		} {
			w := bench.Workload{Name: fmt.Sprint("S", len(list)+1), Cell: cell, T: s.t, B: s.b, I: s.h, H: s.h, Layers: s.layers, Mode: bench.Train}
			w.Title = w.Describe()
			list = append(list, w)
		}
	}
	return list
}
