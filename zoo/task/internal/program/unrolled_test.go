package program

import (
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

func TestCheckUnrolled(t *testing.T) {
	for _, c := range []struct {
		network *graph.Network
		most    int
		want    string
	}{
		{rnn.New(), mostCells, "with 1 layer: "},
		{rnn.New(graph.Layers(64)), mostCells / 64, "with 64 layers: "},
		{birnn.New(rnn.New(graph.Layers(2))), mostCells / 4, "with 2 layers, both ways: "},
	} {
		if err := CheckUnrolled(c.network, "window", c.most); err != nil {
			t.Error(err)
		}
		if err := CheckUnrolled(c.network, "window", c.most+1); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "window ") {
			t.Errorf("%s: error %v", c.network.Name(), err)
		}
	}
	if err := CheckUnrolled(nil, "window", 1<<40); err != nil {
		t.Error(err)
	}
}
