// Package seq2seq is an encoder and a decoder with attention between them, the search for what the decoder says, and how a
// next token is drawn by its scores. A Network serves any number of goroutines, programs and Samplers one at a time.
package seq2seq

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// Network is two recurrent networks with attention between them,
//
//	m    = encoder(x)                         one state m_s for each token of the source
//	h_t  = decoder(h_{t−1}, [y_{t−1}, f_{t−1}])   f is c, o or nothing (Options.Feed)
//	c_t  = Σ_s softmax_s(score(h_t, m_s))·m_s
//	o_t  = tanh(W_h·h_t + W_c·c_t + W_y·y_{t−1} + b)
//	p(y_t) = softmax(W_o·o_t + b_o)
//
// with x and y as embeddings. The decoder starts from tanh of a linear map of the encoder's final states. A Network has no
// state of its own and serves any number of goroutines.
type Network struct {
	Encoder, Decoder *graph.Network
	Source, Target   int // tokens of the vocabularies
	Options
}

// Options say how the two networks are joined.
type Options struct {
	Embedding int             // width
	Attention attention.Score // how states are compared
	Feed      string          // see Feeds
	Shared    bool            // one vocabulary for both sides
	Tied      bool            // the embedding of the target is the output's weight too
}

// Feeds returns the names of what a decoder can read beside the last token.
func Feeds() []string { return []string{FeedContext, FeedOutput, FeedNone} }

// What a decoder reads beside the last token.
const (
	FeedContext = "context" // what it looked at last (Bahdanau, Cho and Bengio 2015)
	FeedOutput  = "output"  // what it made of that, the input feeding of Luong, Pham and Manning (2015)
	FeedNone    = "none"    // nothing: the decoder runs first, and looks at the source from all its steps at once
)

// dropout returns the rate of dropout of embeddings, states and outputs: that between the network's layers.
func (n *Network) dropout() float64 { return n.Encoder.Config().Dropout }

// Encoded is sources that have been read.
type Encoded struct {
	Memory  attention.Memory
	Initial []graph.State // of the decoder's layers
}

// embed returns the embeddings of tokens, with dropout. side is encoder or decoder; with a shared vocabulary and tied
// embeddings they are one.
func (n *Network) embed(b *graph.Builder, side string, tokens *gorgonia.Node) *gorgonia.Node {
	return b.Dropout(b.Gather(n.table(b, side), tokens, text.Pad), n.dropout())
}

func (n *Network) table(b *graph.Builder, side string) *gorgonia.Node {
	rows := n.Target
	if side == "encoder" && !(n.Shared && n.Tied) {
		rows = n.Source
	} else {
		side = "decoder"
	}
	deviation := 0.1
	if n.Tied { // as output weights they make logits of the variance of what they are multiplied with
		deviation = 1 / math.Sqrt(float64(n.Embedding))
	}
	return b.Prefix(side+".embedding.").Param("weight", graph.Normal(deviation, text.Pad), rows, n.Embedding)
}

// check returns an error if the network lacks something.
func (n *Network) check() error {
	for _, r := range []*graph.Network{n.Encoder, n.Decoder} {
		if err := r.Check(); err != nil {
			return err
		}
	}
	if n.Decoder.IsBidirectional() {
		return errors.Errorf("%s cannot decode: it would read words that are not yet there; choose a decoder of one direction", n.Decoder.Name())
	}
	if n.Source < 1 || n.Target < 1 || n.Embedding < 1 {
		return errors.Errorf("vocabularies of %d and %d tokens and embeddings of width %d; want at least 1 of each", n.Source, n.Target, n.Embedding)
	}
	if !slices.Contains(Feeds(), n.Feed) {
		return errors.Errorf("%s is fed %q; choose one of %s", n.Decoder.Name(), n.Feed, strings.Join(Feeds(), ", "))
	}
	return nil
}

// invalid reports whether there is an error, which it records if it is that of the network.
func (n *Network) invalid(b *graph.Builder) bool {
	if b.Err() == nil {
		if err := n.check(); err != nil {
			b.Fail(err)
		}
	}
	return b.Err() != nil
}

// Encode reads tokens [S, B] of sequences with the given lengths [B].
func (n *Network) Encode(b *graph.Builder, tokens, lengths *gorgonia.Node) Encoded {
	if n.invalid(b) {
		return Encoded{}
	}
	y, final := n.Encoder.Unroll(b.Prefix("encoder."), n.embed(b, "encoder", tokens), graph.Lengths(lengths))
	initial := n.bridge(b.Prefix("bridge."), final)
	if b.Err() != nil {
		return Encoded{Initial: initial}
	}
	steps, batch := y.Shape()[0], y.Shape()[1]
	values := b.Transpose(b.Dropout(y, n.dropout()), 1, 0, 2)
	mask := b.Reshape(b.Transpose(b.Reshape(b.LengthMask(lengths, steps), steps, batch)), batch, 1, steps)
	return Encoded{attention.NewMemory(b.Prefix("attention."), n.Attention, n.Decoder.Config().Hidden, values, mask), initial}
}

// bridge makes the decoder's first states of the encoder's last: each tensor of a layer's state from the same tensor, or
// where the cells differ from h, of the encoder's layer beside it, in both directions.
func (n *Network) bridge(b *graph.Builder, final []graph.State) []graph.State {
	layers, widths := n.Encoder.Config().Layers, n.Decoder.StateWidths()
	directions := len(final) / layers
	states := make([]graph.State, n.Decoder.Config().Layers)
	for l := range states {
		from := min(l, layers-1) * directions
		for k, width := range widths {
			var parts []*gorgonia.Node
			for _, s := range final[from : from+directions] {
				if k < len(s) {
					parts = append(parts, s[k])
				} else {
					parts = append(parts, s[0])
				}
			}
			states[l] = append(states[l], b.Tanh(b.Linear(fmt.Sprintf("l%d_%d", l, k), width, b.Concat(-1, parts...))))
		}
	}
	return states
}

// feedWidth returns the width of what the decoder reads beside a token.
func (n *Network) feedWidth() int {
	switch n.Feed {
	case FeedContext:
		return n.Encoder.Width()
	case FeedOutput:
		return n.Embedding
	}
	return 0
}

// decoded is what the decoder is at after a step.
type decoded struct {
	hidden  *gorgonia.Node // [N, Hidden]
	context *gorgonia.Node // [N, M]
	weights *gorgonia.Node // [B, N/B, S]
	output  *gorgonia.Node // [N, Embedding]
	states  []graph.State
}

// step declares a step of the decoder from embeddings e [N, Embedding], what is fed and the states. Of the N rows those
// that look at one source, N/B of them, stand together.
func (n *Network) step(b *graph.Builder, m attention.Memory, e, feed *gorgonia.Node, states []graph.State) decoded {
	x := e
	if feed != nil {
		x = b.Concat(-1, e, feed)
	}
	if b.Err() != nil {
		return decoded{x, x, x, x, states}
	}
	rows, batch := e.Shape()[0], m.Values.Shape()[0]
	y, states := n.Decoder.Unroll(b.Prefix("decoder."), b.Reshape(x, 1, rows, x.Shape()[1]), graph.InitialStates(states...))
	if b.Err() != nil {
		return decoded{x, x, x, x, states}
	}
	context, weights := m.Attend(b.Prefix("attention."), b.Reshape(y, batch, rows/batch, y.Shape()[2]))
	d := decoded{hidden: b.At(y, 0, 0), context: b.Reshape(context, rows, n.Encoder.Width()), weights: weights, states: states}
	d.output = n.output(b, d.hidden, d.context, e)
	return d
}

// fed returns what the next step reads beside a token, or nil.
func (n *Network) fed(d decoded) *gorgonia.Node {
	switch n.Feed {
	case FeedContext:
		return d.context
	case FeedOutput:
		return d.output
	}
	return nil
}

// output joins states, contexts and embeddings [..., N, width] to what the next token is chosen by [..., N, Embedding].
func (n *Network) output(b *graph.Builder, h, context, e *gorgonia.Node) *gorgonia.Node {
	rate := n.dropout()
	o := b.Tanh(b.Affine("readout", n.Embedding, b.Dropout(h, rate), context, e))
	return b.Dropout(o, rate)
}

// logits returns a score for each token of the target's vocabulary [..., N, V].
func (n *Network) logits(b *graph.Builder, output *gorgonia.Node) *gorgonia.Node {
	if !n.Tied {
		return b.Prefix("output.").Linear("", n.Target, output)
	}
	return b.Add(b.MatMulNT(output, n.table(b, "decoder")), b.Prefix("output.").Param("bias", graph.Zeros(), n.Target))
}

// Unroll returns the scores [T, B, V] of the tokens that follow the true ones y [T, B]. As with graph.Network, many
// steps are a loop, whatever the decoder is fed.
func (n *Network) Unroll(b *graph.Builder, s Encoded, y *gorgonia.Node) *gorgonia.Node {
	if n.invalid(b) {
		return b.Fail(b.Err())
	}
	e := n.embed(b, "decoder", y)
	if b.Err() != nil {
		return e
	}
	if want := n.Decoder.Config().Layers; len(s.Initial) != want || s.Memory.Values == nil {
		return b.Fail(errors.Errorf("%s decodes from nothing, or from states of %d layers; want what Encode returns, %d", n.Decoder.Name(), len(s.Initial), want))
	}
	if len(y.Shape()) != 2 {
		return b.Fail(errors.Errorf("the tokens have the shape %v; want [T, B]", y.Shape()))
	}
	steps, batch := y.Shape()[0], y.Shape()[1]
	if n.Feed == FeedNone {
		h, _ := n.Decoder.Unroll(b.Prefix("decoder."), e, graph.InitialStates(s.Initial...))
		context, _ := s.Memory.Attend(b.Prefix("attention."), b.Transpose(h, 1, 0, 2))
		return n.logits(b, n.output(b, h, b.Transpose(context, 1, 0, 2), e))
	}
	for l, layer := range s.Initial {
		if want := len(n.Decoder.StateWidths()); len(layer) != want {
			return b.Fail(errors.Errorf("%s decodes from a state of %d tensors in layer %d; want %d", n.Decoder.Name(), len(layer), l, want))
		}
	}
	c := cell{n, s.Memory}
	var initial graph.State
	for _, width := range c.own() {
		initial = append(initial, b.Const(0, batch, width))
	}
	xs := make([]*gorgonia.Node, steps)
	for t := range xs {
		xs[t] = b.At(e, 0, t)
	}
	outputs, _ := b.Unroll(c, xs, append(initial, slices.Concat(s.Initial...)...), nil)
	return n.logits(b, b.Stack(0, outputs...))
}

// cell is a decoder that is fed as a cell, with the memory from outside of its steps, so that these can be a loop. Its
// state is o_t, with FeedContext c_t, and the states of the decoder's layers.
type cell struct {
	*Network
	memory attention.Memory
}

// own returns the widths of what the state has before those of the layers. The last of it is fed.
func (c cell) own() []int {
	if c.Feed == FeedContext {
		return []int{c.Embedding, c.feedWidth()}
	}
	return []int{c.Embedding}
}

// State implements graph.Cell.
func (c cell) State() []int {
	widths := c.own()
	c.eachState(func(_ string, _, _, width int) { widths = append(widths, width) })
	return widths
}

// Step implements graph.Cell.
func (c cell) Step(b *graph.Builder, e *gorgonia.Node, s graph.State) graph.State {
	own := len(c.own())
	rest := s[own:]
	states := make([]graph.State, c.Decoder.Config().Layers)
	c.eachState(func(_ string, l, _, _ int) { states[l], rest = append(states[l], rest[0]), rest[1:] })
	d := c.step(b, c.memory, e, s[own-1], states)
	return slices.Concat(graph.State{d.output, d.context}[:own], slices.Concat(d.states...))
}
