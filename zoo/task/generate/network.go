package generate

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// shape tells the programs apart.
type shape struct {
	steps, batch int
	use          use
	room         softmax.Capacity // of a program that trains
}

// use is what a program is for.
type use uint8

const (
	training   use = iota // the loss and its gradients
	evaluating            // the logarithms of all probabilities, and the last layer's states
	stepping              // the scores of the next token alone
)

type lane = program.Lane[shape]

// The inputs and outputs of programs. The targets are those of the output layer.
const (
	tokensName = "tokens" // [T, B]
	labelName  = "label"  // [B]
	firstName  = "first"  // [B, 1], 1 where a text begins
	logName    = "log"    // [T, B, V], log p
	hiddenName = "hidden" // [T, B, W], the states of the last layer
	scoresName = "scores" // [B, V], log p
)

// embeddingDeviation is the standard deviation of the embeddings at the start.
const embeddingDeviation = 0.1

// unrolled is the network over a stretch of text.
type unrolled struct {
	hidden *gorgonia.Node // [T, B, W] as the last layer gives them
	output *gorgonia.Node // [T, B, W] with dropout
	final  []graph.State
}

// carriedState is an input that holds a tensor of the states which a stretch begins with.
type carriedState struct {
	name  string
	layer int
	width int
}

// carriedBy returns the states that a network carries, layer by layer.
func carriedBy(n *graph.Network) (all []carriedState) {
	for l := range n.Config().Layers {
		for k, width := range n.StateWidths() {
			all = append(all, carriedState{fmt.Sprintf("state_l%d_%d", l, k), l, width})
		}
	}
	return all
}

// unroll declares
//
//	x_t = dropout(embedding(token_t))        + embedding(label)
//	h_t = network(x_t, h_{t−1})              h_0 = what was carried, or where a text begins W·embedding(label)
//
// over tokens [T, B].
func (w *Writer) unroll(b *graph.Builder, steps, batch int) unrolled {
	o := w.opts
	tokens := b.IndexInput(tokensName, steps, batch)
	x := b.Gather(w.table(b), tokens, graph.NoPadding)
	if o.WordDropout > 0 && b.Training() {
		kept := b.Dropout(b.Const(1, w.size(), 1), o.WordDropout)
		x = b.Mul(x, b.Gather(kept, tokens, graph.NoPadding))
	}
	x = w.dropout(b, x, o.EmbeddingDropout)
	var label *gorgonia.Node
	if len(w.classes) > 0 {
		label = b.Embedding("label.weight", len(w.classes), o.Embedding, b.IndexInput(labelName, batch), graph.NoPadding)
		x = b.Add(x, b.Reshape(label, 1, batch, o.Embedding))
	}
	if o.FillIn {
		y, final := w.network.Unroll(b, x)
		return unrolled{y, w.dropout(b, y, o.OutputDropout), final}
	}
	var first *gorgonia.Node
	if label != nil {
		first = b.Input(firstName, batch, 1)
	}
	initial := make([]graph.State, w.network.Config().Layers)
	for _, c := range w.states {
		s := b.Input(c.name, batch, c.width)
		if label != nil {
			begin := b.Prefix("begin.").LinearInit(c.name, c.width, label, graph.Zeros(), graph.Zeros())
			s = b.Add(s, b.Mul(first, begin))
		}
		initial[c.layer] = append(initial[c.layer], s)
	}
	y, final := w.network.Unroll(b, x, graph.InitialStates(initial...))
	return unrolled{y, w.dropout(b, y, o.OutputDropout), final}
}

// dropout is that of a sequence, with one mask for all steps if the options say so.
func (w *Writer) dropout(b *graph.Builder, x *gorgonia.Node, rate float64) *gorgonia.Node {
	if w.opts.Locked {
		return b.LockedDropout(x, rate)
	}
	return b.Dropout(x, rate)
}

func (w *Writer) table(b *graph.Builder) *gorgonia.Node {
	return b.Param("embedding.weight", graph.Normal(embeddingDeviation, graph.NoPadding), w.size(), w.opts.Embedding)
}

// size returns the number of different tokens.
func (w *Writer) size() int { return w.encoder.Vocabulary.Size() }

// projected declares what the output layer reads [..., W], and the table that is its weight too, or nil. Tied, the embeddings are,
// and a projection comes before where they are of another width.
func (w *Writer) projected(b *graph.Builder, h *gorgonia.Node) (_, table *gorgonia.Node) {
	if !w.opts.Tied {
		return h, nil
	}
	if w.network.Width() != w.opts.Embedding {
		h = b.Prefix("projection.").Linear("", w.opts.Embedding, h)
	}
	return h, w.table(b)
}

// log declares the logarithms of the probabilities of all tokens [..., V].
func (w *Writer) log(b *graph.Builder, h *gorgonia.Node) *gorgonia.Node {
	h, table := w.projected(b, h)
	return w.output.LogProbabilities(b.Prefix("output."), h, table)
}

// loss declares the mean cross entropy of targets [T, B], with the regularisation of Merity, McCann and Socher 2017,
//
//	loss = CE + α·mean(dropout(h)²) + β·mean((h_t − h_{t−1})²)
func (w *Writer) loss(b *graph.Builder, steps, batch int, room softmax.Capacity) (*gorgonia.Node, unrolled) {
	u := w.unroll(b, steps, batch)
	h, table := w.projected(b, u.output)
	terms := []*gorgonia.Node{w.output.Loss(b.Prefix("output."), h, table, room)}
	if w.opts.Activation > 0 {
		terms = append(terms, b.Scale(b.Mean(b.Mul(u.output, u.output)), w.opts.Activation))
	}
	if w.opts.Temporal > 0 && steps > 1 {
		change := b.Sub(b.Slice(u.hidden, 0, 1, steps), b.Slice(u.hidden, 0, 0, steps-1))
		terms = append(terms, b.Scale(b.Mean(b.Mul(change, change)), w.opts.Temporal))
	}
	if len(terms) == 1 {
		return terms[0], u
	}
	return b.Add(terms...), u
}

// carry returns what has each run begin where the one before has ended.
func (w *Writer) carry(u unrolled) []graph.CompileOption {
	if w.opts.FillIn {
		return nil
	}
	var opts []graph.CompileOption
	for i, n := range slices.Concat(u.final...) {
		opts = append(opts, graph.Carry(w.states[i].name, n))
	}
	return opts
}

// longWindow is from how many steps on the states of a window are computed again for the gradient.
const longWindow = 512

// keptOf returns one in how many states is kept for the gradient: all of short windows, and of long ones as many as take the
// least memory.
func keptOf(steps int) int {
	if steps < longWindow {
		return 0
	}
	return int(math.Sqrt(float64(steps)))
}

// program returns the program of a shape.
func (w *Writer) program(l *lane, s shape) (*graph.Program, error) {
	return l.Get(s, func() (*graph.Builder, []graph.CompileOption) {
		if s.use == training {
			b := graph.NewBuilder(w.params, graph.Training(), graph.Keep(keptOf(s.steps)))
			loss, u := w.loss(b, s.steps, s.batch, s.room)
			return b, append(w.carry(u), graph.Loss(loss))
		}
		b := graph.NewBuilder(w.params)
		u := w.unroll(b, s.steps, s.batch)
		opts := w.carry(u)
		if s.use == stepping {
			return b, append(opts, graph.OutputAs(scoresName, w.log(b, b.At(u.output, 0, s.steps-1))))
		}
		return b, append(opts, graph.OutputAs(logName, w.log(b, u.output)), graph.OutputAs(hiddenName, u.hidden))
	})
}

// setLabel sets the label of a row, if there are labels.
func setLabel(p *graph.Program, row, label int) {
	if in := p.Input(labelName); in != nil {
		in.Ints()[row] = max(0, label)
	}
}

// begin has a row begin anew: its states are zero.
func (w *Writer) begin(p *graph.Program, batch, row int) {
	if w.opts.FillIn {
		return
	}
	for _, c := range w.states {
		clearRow(p.Input(c.name), row, c.width)
	}
	w.setFirst(p, row, 1)
}

// setFirst says whether a row begins.
func (w *Writer) setFirst(p *graph.Program, row int, x float64) {
	in := p.Input(firstName)
	if in == nil {
		return
	}
	switch d := in.Data().(type) {
	case []float32:
		d[row] = float32(x)
	case []float64:
		d[row] = x
	}
}

// goOn has a row go on where the run before has ended.
func (w *Writer) goOn(p *graph.Program, row int) { w.setFirst(p, row, 0) }

// declareAll declares all parameters.
func (w *Writer) declareAll(b *graph.Builder) { w.loss(b, 1, 1, softmax.Capacity{}) }

// The tokens that are never written.
func isSpecial(id int) bool { return id == text.Pad || id == text.Begin || id == text.Unknown }
