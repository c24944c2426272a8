package conformance

import (
	"strconv"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// checkRecurrent checks outputs, final states, the loss and every gradient of a recurrent network, with each pass of the
// compiler on and off, unless tests are to be short, and with several threads: declared step by step, as a loop, and as a
// loop that keeps few states.
func checkRecurrent(t *testing.T, _ string, f *safetensors.File, dtype tensor.Dtype) {
	rolled := newRecurrent(t, f, dtype, graph.Rolled())
	for threads := 1; threads <= 3; threads++ {
		if rolled.check(t, f, []graph.CompileOption{graph.Threads(threads)}); t.Failed() {
			t.Fatalf("as a loop, with %d threads", threads)
		}
	}
	if newRecurrent(t, f, dtype, graph.Rolled(), graph.Keep(2)).check(t, f, nil); t.Failed() {
		t.Fatal("as a loop that keeps few states")
	}
	r := newRecurrent(t, f, dtype, graph.Unrolled())
	variants := map[string][]graph.CompileOption{
		"as is":          nil,
		"with 2 threads": {graph.Threads(2)},
		"with 3 threads": {graph.Threads(3)},
	}
	for _, pass := range graph.Passes() {
		if !testing.Short() {
			variants["without pass "+pass] = []graph.CompileOption{graph.Without(pass)}
		}
	}
	for name, opts := range variants {
		r.check(t, f, opts)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// recurrent is the graph of a recurrent network with the weights of a golden.
type recurrent struct {
	b       *graph.Builder
	outputs map[string]*gorgonia.Node // by the names of the golden
	loss    *gorgonia.Node
}

func newRecurrent(t *testing.T, f *safetensors.File, dtype tensor.Dtype, builder ...graph.Option) recurrent {
	number := func(key string) int {
		n, err := strconv.Atoi(f.Metadata[key])
		if err != nil {
			t.Fatalf("metadata %q: %v", key, err)
		}
		return n
	}
	T, B, I, H, layers := number("T"), number("B"), number("I"), number("H"), number("layers")
	network, states := goldenNetwork(t, f, graph.Hidden(H), graph.Layers(layers)), layers
	if network.IsBidirectional() {
		states *= 2
	}

	params := graph.NewParams(dtype)
	b := graph.NewBuilder(params, builder...)
	x := b.Input("x", T, B, I)
	inputs := map[string]*gorgonia.Node{"x": x, "h0": b.Input("h0", states, B, H)}
	initial := make([]graph.State, states)
	for i := range initial {
		initial[i] = graph.State{b.At(inputs["h0"], 0, i)}
	}
	_, hasCell := f.Tensors["c0"]
	if hasCell {
		inputs["c0"] = b.Input("c0", states, B, H)
		for i := range initial {
			initial[i] = append(initial[i], b.At(inputs["c0"], 0, i))
		}
	}
	unroll := []graph.UnrollOption{graph.InitialStates(initial...)}
	if _, ok := f.Tensors["lengths"]; ok {
		unroll = append(unroll, graph.Lengths(b.IndexInput("lengths", B)))
	}
	y, final := network.Unroll(b, x, unroll...)
	stacked := func(k int) *gorgonia.Node {
		parts := make([]*gorgonia.Node, len(final))
		for i, s := range final {
			parts[i] = s[k]
		}
		return b.Stack(0, parts...)
	}
	outputs := map[string]*gorgonia.Node{"y": y, "h_n": stacked(0)}
	loss := []*gorgonia.Node{
		b.Sum(b.Mul(y, b.Input("grad_y", y.Shape()...))),
		b.Sum(b.Mul(outputs["h_n"], b.Input("grad_h_n", states, B, H))),
	}
	if hasCell {
		outputs["c_n"] = stacked(1)
		loss = append(loss, b.Sum(b.Mul(outputs["c_n"], b.Input("grad_c_n", states, B, H))))
	}
	total := b.Add(loss...)
	for _, name := range []string{"x", "h0", "c0"} {
		if n := inputs[name]; n != nil {
			outputs["grad."+name] = b.Grad(total, n)[0]
		}
	}
	restoreGolden(t, params, f)
	return recurrent{b, outputs, total}
}

// goldenNetwork returns the network of a golden's kind and directions.
func goldenNetwork(t *testing.T, f *safetensors.File, opts ...graph.NetworkOption) (network *graph.Network) {
	switch kind := f.Metadata["kind"]; kind {
	case "rnn_tanh":
		network = rnn.New(opts...)
	case "rnn_relu":
		network = rnn.NewRelu(opts...)
	case "lstm":
		network = lstm.New(opts...)
	case "gru":
		network = gru.New(opts...)
	default:
		t.Fatalf("unknown kind %q", kind)
	}
	if f.Metadata["bidirectional"] == "True" {
		network = birnn.New(network)
	}
	return network
}

// restoreGolden sets the parameters to a golden's weights.
func restoreGolden(t *testing.T, params *graph.Params, f *safetensors.File) {
	for name, x := range f.Tensors {
		if len(name) > 6 && name[:6] == "param." {
			p := params.Get(name[6:])
			if p == nil {
				t.Fatalf("the network has no parameter %q", name[6:])
			}
			if err := params.Restore(&safetensors.File{Names: []string{name[6:]}, Tensors: map[string]safetensors.Tensor{name[6:]: x}}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// check compiles the graph and runs it on the golden's inputs.
func (r recurrent) check(t *testing.T, f *safetensors.File, opts []graph.CompileOption) {
	opts = append(opts, graph.Verify(), graph.Loss(r.loss))
	for _, n := range r.outputs {
		opts = append(opts, graph.Output(n))
	}
	prog, err := graph.Compile(r.b, opts...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x", "h0", "c0", "grad_y", "grad_h_n", "grad_c_n"} {
		if _, ok := f.Tensors[name]; ok {
			if err := prog.Set(name, floats(t, f, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := f.Tensors["lengths"]; ok {
		if err := prog.Set("lengths", ints(t, f, "lengths")); err != nil {
			t.Fatal(err)
		}
	}
	dtype := r.b.Params().Dtype()
	for range 2 { // a second run finds what the first one left
		if err := prog.Run(); err != nil {
			t.Fatal(err)
		}
		for name, n := range r.outputs {
			compare(t, name, prog.Value(n), floats(t, f, name), 0, dtype)
		}
		compare(t, "loss", []float64{prog.Loss()}, floats(t, f, "loss"), floats(t, f, "loss_scale")[0], dtype)
		for _, p := range r.b.Params().List() {
			compare(t, "grad.param."+p.Name(), prog.Grad(p.Name()), floats(t, f, "grad.param."+p.Name()), 0, dtype)
		}
	}
}
