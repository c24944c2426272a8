package program

import (
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

func TestCheckMemory(t *testing.T) {
	h := graph.Hidden(32)
	for _, c := range []struct {
		network *graph.Network
		batch   int
		most    int
		want    string
	}{
		{lstm.New(h), 32, 1 << 17, "with 1 layer of 32 units and 32 sequences at once"},
		{lstm.New(h), 1, 1 << 22, "and 1 sequence at once"},
		{lstm.New(h, graph.Layers(64)), 32, 1 << 11, "with 64 layers of"},
		{birnn.New(gru.New(h, graph.Layers(2))), 32, 1 << 15, "with 2 layers, both ways, of"},
		{lstm.New(h, graph.LayerNorm()), 32, (1 << 17) / 3, "4 GiB"},
		{unlike(1), 32, mostUnrolled, "the steps of unlike differ"},
		{unlike(4), 32, mostUnrolled / 4, "with 4 layers: "},
	} {
		if err := CheckMemory(c.network, "window", c.most, c.batch); err != nil {
			t.Error(err)
		}
		if err := CheckMemory(c.network, "window", c.most+1, c.batch); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "window ") {
			t.Errorf("%s: error %v", c.network.Name(), err)
		}
	}
	if err := CheckMemory(nil, "window", 1<<40, 1); err != nil {
		t.Error(err)
	}
}

// TestCheckMemoryIsAbout holds the estimate against what programs take.
func TestCheckMemoryIsAbout(t *testing.T) {
	const steps, batch, hidden = 500, 8, 32
	for _, network := range []*graph.Network{
		lstm.New(graph.Hidden(hidden)), lstm.New(graph.Hidden(hidden), graph.Layers(3)), gru.New(graph.Hidden(hidden), graph.Layers(2)),
		birnn.New(lstm.New(graph.Hidden(hidden))), lstm.New(graph.Hidden(hidden), graph.LayerNorm()),
	} {
		b := graph.NewBuilder(graph.NewParams(tensor.Float32), graph.Training())
		_, final := network.Unroll(b, b.Input("x", steps, batch, 1))
		p, err := graph.Compile(b, graph.Loss(b.Sum(network.Summary(b, final))))
		if err != nil {
			t.Fatal(err)
		}
		c := network.Config()
		units := steps * batch * c.Layers * hidden
		if network.IsBidirectional() {
			units *= 2
		}
		want := float64(unitBytes * units)
		if c.LayerNorm {
			want = float64(normalisedBytes * units)
		}
		if got := float64(p.Bytes()); got > 1.3*want || got < 0.7*want {
			t.Errorf("%s with %d layers takes %.0f bytes; the estimate is %.0f", network.Name(), c.Layers, got, want)
		}
	}
}

// unlike returns a network of so many layers whose steps differ, so that they cannot be a loop.
func unlike(layers int) *graph.Network {
	return graph.NewNetwork("unlike", func(graph.CellConfig) graph.Cell { return &unlikeCell{} }, graph.Hidden(2), graph.Layers(layers))
}

type unlikeCell struct{ calls int }

func (c *unlikeCell) State() []int { return []int{2} }

func (c *unlikeCell) Step(b *graph.Builder, x *gorgonia.Node, s graph.State) graph.State {
	c.calls++
	return graph.State{b.Scale(b.Add(b.Linear("x", 2, x), s[0]), float64(c.calls))}
}
