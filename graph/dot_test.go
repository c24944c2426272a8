package graph_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/multi"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// drawUnrolled draws a network over a sequence, with the adjoints if it is asked for.
func drawUnrolled(t *testing.T, network *graph.Network, steps int, grad bool) string {
	t.Helper()
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	y, _ := network.Unroll(b, b.Input("x", steps, 2, 3))
	option := graph.Output(y)
	if grad {
		option = graph.Loss(b.MSE(y, b.Input("target", y.Shape()...)))
	}
	text, err := graph.DOT(b, option)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDOTShowsTheCell(t *testing.T) {
	text := drawUnrolled(t, lstm.New(graph.Hidden(4)), 1, false)
	for _, want := range []string{
		`label="layer 0, t = 0"`, `label="x\n[1, 2, 3]"`, `label="weight_ih_l0\n[16, 3]"`, `label="bias_hh_l0\n[16]"`, `label="0\n[2, 4]"`,
		`label="·Wᵀ"`, `label="σ"`, `label="tanh"`, `label="∘"`, `label="+"`, `label="[:, 12:16]"`, `xlabel="[2, 16]"`, `label="output\n[1, 2, 4]"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing has no %s:\n%s", want, text)
		}
	}
	if n := strings.Count(text, `label="σ"`); n != 3 {
		t.Errorf("%d sigmoids are drawn; an LSTM has 3", n)
	}
}

func TestDOTNamesOutputs(t *testing.T) {
	b := graph.NewBuilder(nil)
	h := b.Tanh(b.Input("h", 2, 3))
	text, err := graph.DOT(b, graph.OutputAs("state", h), graph.Carry("h", h))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`label="output state\n[2, 3]"`, `label="next h\n[2, 3]"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the drawing has no %s:\n%s", want, text)
		}
	}
}

func TestDOTHasABoxForEachStepLayerAndDirection(t *testing.T) {
	text := drawUnrolled(t, birnn.New(gru.New(graph.Hidden(4), graph.Layers(2))), 3, false)
	titles := make(map[string]bool)
	for _, m := range regexp.MustCompile(`label="(layer [^"]*)"`).FindAllStringSubmatch(text, -1) {
		titles[m[1]] = true
	}
	if len(titles) != 12 || strings.Count(text, "subgraph cluster_") != 12 {
		t.Errorf("there are the boxes %v; want 12, of 3 steps, 2 layers and 2 directions", titles)
	}
	for _, want := range []string{"layer 0, t = 0", "layer 1, t = 2", "layer 0, backwards, t = 2"} {
		if !titles[want] {
			t.Errorf("no box is called %q: %v", want, titles)
		}
	}
	if n := strings.Count(text, `label="weight_hh_l0\n`); n != 1 {
		t.Errorf("a parameter is drawn %d times; it is one at all steps", n)
	}
}

func TestDOTWithALossDrawsTheGradients(t *testing.T) {
	text := drawUnrolled(t, lstm.New(graph.Hidden(4)), 2, true)
	for _, want := range []string{`"loss\nscalar"`, `"∂loss/∂weight_hh_l0\n[16, 4]"`, `"∂loss/∂bias_ih_l0\n[16]"`, `"layer 0, t = 1, adjoints"`, "tanh′", "0 but for [:, 4:8]", "aᵀ·b"} {
		if !strings.Contains(text, want) {
			t.Errorf("the drawing has no %s", want)
		}
	}
}

func TestDOTIsTheSameEachTimeAndValid(t *testing.T) {
	network := birnn.New(lstm.New(graph.Hidden(4), graph.Layers(2)))
	text := drawUnrolled(t, network, 3, true)
	if again := drawUnrolled(t, network, 3, true); again != text {
		t.Error("two drawings of the same graph differ")
	}
	if err := dot.UnmarshalMulti([]byte(text), multi.NewDirectedGraph()); err != nil {
		t.Error(err)
	}
	if _, err := exec.LookPath("dot"); err != nil {
		t.Skip("Graphviz is not installed")
	}
	cmd := exec.Command("dot", "-Tsvg")
	cmd.Stdin = strings.NewReader(text)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	svg, err := cmd.Output()
	if err != nil || complaints.Len() > 0 || !strings.Contains(string(svg), "<svg") {
		t.Errorf("dot: %v %.200s", err, complaints.String())
	}
}

func TestDOTOfNodesByHand(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	x, z := b.Input("x", 2, 3), b.Input("z", 2, 3)
	index := b.IndexInput("index", 4)
	square := b.Mul(x, x)
	plain := gorgonia.Must(gorgonia.Tanh(b.Sub(square, z)))
	rows := b.Gather(b.Param("table", graph.Ones(), 5, 3), index, graph.NoPadding)
	masked := b.Where(b.ConstTensor([]float64{1, 0, 1}, 3), plain, b.Const(0.5))
	text, err := graph.DOT(b, graph.Output(masked, b.Max(b.MatMul(plain, b.Transpose(rows)), 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`label="index\n[4] integers"`, `label="rows b of a"`, `label="a − b"`, `xlabel="a [2, 3]"`, `label="constant\n[3]"`, `label="0.5\nscalar"`,
		`label="b where a, else c"`, `label="ᵀ"`, `label="max axis 1"`, `label="a·b"`, `label="output 2\n[2]"`, `label="tanh"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the drawing has no %s:\n%s", want, text)
		}
	}
	// Both edges of x∘x are drawn.
	id := regexp.MustCompile(`(\d+) \[\n\s*label="x\\n`).FindSubmatch(text)
	if id == nil || strings.Count(string(text), "\n\t"+string(id[1])+" -> ") != 2 {
		t.Errorf("x is used twice, by one node:\n%s", text)
	}
}

func TestDOTRefuses(t *testing.T) {
	b, other := graph.NewBuilder(nil), graph.NewBuilder(nil)
	if _, err := graph.DOT(b); err == nil {
		t.Error("a drawing of nothing is no error")
	}
	if _, err := graph.DOT(b, graph.Output(other.Input("x", 2))); err == nil || !strings.Contains(err.Error(), "x(2)") {
		t.Errorf("the error of a node of another graph: %v", err)
	}
	broken := graph.NewBuilder(nil)
	y := broken.Mul(broken.Input("a", 2), broken.Input("b", 3))
	if _, err := graph.DOT(broken, graph.Output(y)); err == nil || !strings.Contains(err.Error(), "broadcast") {
		t.Errorf("the error of a graph that could not be built: %v", err)
	}
}
