package conformance

import (
	"strconv"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// layer builds and runs a small graph whose inputs are tensors of a golden and checks what it names.
type layer struct {
	t      *testing.T
	f      *safetensors.File
	dtype  tensor.Dtype
	b      *graph.Builder
	inputs []string
}

func newLayer(t *testing.T, f *safetensors.File, dtype tensor.Dtype, opts ...graph.Option) *layer {
	return &layer{t: t, f: f, dtype: dtype, b: graph.NewBuilder(graph.NewParams(dtype), opts...)}
}

// input declares the input of a golden's tensor.
func (l *layer) input(name string) *gorgonia.Node {
	x, ok := l.f.Tensors[name]
	if !ok {
		l.t.Fatalf("the golden has no tensor %q", name)
	}
	l.inputs = append(l.inputs, name)
	if x.DType == "I64" {
		return l.b.IndexInput(name, x.Shape...)
	}
	return l.b.Input(name, x.Shape...)
}

// check runs the graph and compares the named outputs and the adjoints of wrt with the golden's tensors.
func (l *layer) check(loss *gorgonia.Node, outputs, wrt map[string]*gorgonia.Node) {
	l.t.Helper()
	all := make(map[string]*gorgonia.Node)
	for name, n := range outputs {
		all[name] = n
	}
	for name, n := range wrt {
		all["grad."+name] = l.b.Grad(loss, n)[0]
	}
	var opts []graph.CompileOption
	for _, n := range all {
		opts = append(opts, graph.Output(n))
	}
	prog, err := graph.Compile(l.b, opts...)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, name := range l.inputs {
		value := floatsOrInts(l.t, l.f, name)
		if err := prog.Set(name, value); err != nil {
			l.t.Fatal(err)
		}
	}
	if err := prog.Run(); err != nil {
		l.t.Fatal(err)
	}
	for name, n := range all {
		compare(l.t, name, prog.Value(n), floats(l.t, l.f, name), 0, l.dtype)
	}
}

func floatsOrInts(t *testing.T, f *safetensors.File, name string) any {
	if f.Tensors[name].DType == "I64" {
		return ints(t, f, name)
	}
	return floats(t, f, name)
}

func checkCrossEntropy(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
	l := newLayer(t, f, dtype)
	var opts []graph.CrossEntropyOption
	if s := f.Metadata["ignore_index"]; s != "" {
		i, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		opts = append(opts, graph.IgnoreIndex(i))
	}
	if s := f.Metadata["label_smoothing"]; s != "" {
		e, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		opts = append(opts, graph.LabelSmoothing(e))
	}
	logits := l.input("logits")
	loss := l.b.CrossEntropy(logits, l.input("target"), opts...)
	l.check(loss, map[string]*gorgonia.Node{"loss": loss}, map[string]*gorgonia.Node{"logits": logits})
}

func checkEmbedding(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
	l := newLayer(t, f, dtype)
	padding, err := strconv.Atoi(f.Metadata["padding_idx"])
	if err != nil {
		t.Fatal(err)
	}
	weight := l.input("weight")
	y := l.b.Gather(weight, l.input("index"), padding)
	loss := l.b.Sum(l.b.Mul(y, l.input("grad_y")))
	l.check(loss, map[string]*gorgonia.Node{"y": y}, map[string]*gorgonia.Node{"weight": weight})
}

func checkLayerNorm(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
	l := newLayer(t, f, dtype)
	x, weight, bias := l.input("x"), l.input("weight"), l.input("bias")
	y := l.b.Add(l.b.Mul(l.b.Normalize(x), weight), bias)
	loss := l.b.Sum(l.b.Mul(y, l.input("grad_y")))
	l.check(loss, map[string]*gorgonia.Node{"y": y}, map[string]*gorgonia.Node{"x": x, "weight": weight, "bias": bias})
}

// checkAttention checks attention of a score by one query a sequence, and by that of the last step of a loop. The
// goldens have the time axis first.
func checkAttention(score attention.Score) func(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
	return func(t *testing.T, name string, f *safetensors.File, dtype tensor.Dtype) {
		// The parameters by their names in the goldens, with the shapes that they have here.
		params, restored := make(map[string]string), &safetensors.File{Tensors: make(map[string]safetensors.Tensor)}
		for golden, own := range map[string]string{"W_memory": "weight_key", "W_query": "weight_query", "v": "weight_score"} {
			if x, ok := f.Tensors[golden]; ok {
				if len(x.Shape) == 1 {
					x.Shape = []int{1, x.Shape[0]}
				}
				params[golden], restored.Tensors[own] = own, x
			}
		}
		for _, rolled := range []bool{false, true} {
			l := newLayer(t, f, dtype, graph.Rolled())
			b := l.b
			if err := b.Params().Restore(restored); err != nil {
				t.Fatal(err)
			}
			q, m := l.input("query"), l.input("memory")
			steps, batch, width := m.Shape()[0], q.Shape()[0], q.Shape()[1]
			mask := b.Reshape(b.Transpose(b.Reshape(b.LengthMask(l.input("lengths"), steps), steps, batch)), batch, 1, steps)
			c := attending{attention.NewMemory(b, score, width, b.Transpose(m, 1, 0, 2), mask)}
			var s graph.State
			if rolled {
				_, s = b.Unroll(c, []*gorgonia.Node{b.Neg(q), q}, nil, nil)
			} else {
				s = c.Step(b, q, nil)
			}
			context, weights := s[0], b.Transpose(s[1])
			wrt := map[string]*gorgonia.Node{"query": q, "memory": m}
			for golden, own := range params {
				wrt[golden] = b.Param(own, nil, restored.Tensors[own].Shape...)
			}
			loss := b.Sum(b.Mul(context, l.input("grad_context")))
			l.check(loss, map[string]*gorgonia.Node{"weights": weights, "context": context}, wrt)
		}
	}
}

// attending is attention as a cell, whose state is the context and the weights.
type attending struct{ memory attention.Memory }

func (a attending) State() []int {
	return []int{a.memory.Values.Shape()[2], a.memory.Values.Shape()[1]}
}

func (a attending) Step(b *graph.Builder, query *gorgonia.Node, _ graph.State) graph.State {
	batch, width := query.Shape()[0], query.Shape()[1]
	context, weights := a.memory.Attend(b, b.Reshape(query, batch, 1, width))
	widths := a.State()
	return graph.State{b.Reshape(context, batch, widths[0]), b.Reshape(weights, batch, widths[1])}
}
