package seq2seq

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
)

// fed are sources and what is said of them, which a network in training reads.
type fed struct {
	*Network
	source, target, batch int
	params                *graph.Params
}

// program compiles the loss, and the scores, which it names.
func (f fed) program(t *testing.T, opts []graph.Option, compile ...graph.CompileOption) *graph.Program {
	t.Helper()
	b := graph.NewBuilder(f.params, append([]graph.Option{graph.Training(), graph.Seed(7)}, opts...)...)
	logits := f.Unroll(b, f.Sources(b, f.source, f.batch), b.IndexInput("previous", f.target, f.batch))
	loss := b.CrossEntropy(logits, b.IndexInput("target", f.target, f.batch), graph.IgnoreIndex(text.Pad))
	p, err := graph.Compile(b, append([]graph.CompileOption{graph.Verify(), graph.Loss(loss), graph.OutputAs("scores", logits)}, compile...)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range f.params.List() {
		for i, v := range graphtest.Random(q.Name(), q.Value().Size()) {
			q.Value().Float64s()[i] = v / 2
		}
	}
	SetSources(p, sourcesOf(f.batch, f.source-1))
	previous, following := p.Input("previous").Ints(), p.Input("target").Ints()
	for i := range f.batch {
		for at := range 1 + (i*5+1)%f.target { // behind which there is padding
			previous[at*f.batch+i], following[at*f.batch+i] = text.Begin+(i+at*7)%(letters-text.Begin), text.End+(i*3+at*5)%(letters-text.End)
		}
	}
	return p
}

// results returns the scores, the loss and all gradients, by their names.
func (f fed) results(t *testing.T, opts []graph.Option, compile ...graph.CompileOption) (names []string, values [][]float64) {
	t.Helper()
	p := f.program(t, opts, compile...)
	for range 2 { // memory of the run before must not matter
		p.SetRun(0)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
	}
	names, values = []string{"scores", "loss"}, [][]float64{graphtest.Floats(p.Output("scores").Data()), {p.Loss()}}
	for _, q := range f.params.List() {
		names, values = append(names, "gradient by "+q.Name()), append(values, graphtest.Floats(p.Grad(q.Name()).Data()))
	}
	return names, values
}

// rolledCases are networks of every score, of what decoders are made of and of all that they are fed.
func rolledCases() map[string]*Network {
	cases := make(map[string]*Network)
	h := graph.Hidden(4)
	scores := attention.Scores()
	if testing.Short() {
		scores = scores[:2]
	}
	for _, feed := range Feeds() {
		for _, score := range scores {
			for i, decoder := range []*graph.Network{gru.New(h), lstm.New(h), gru.New(h, graph.Layers(2)), lstm.New(h, graph.Layers(2))} {
				encoder := []*graph.Network{birnn.New(lstm.New(graph.Hidden(2))), gru.New(h)}[i%2]
				cases[fmt.Sprintf("%s, %s, %d layers of %s", feed, score, decoder.Config().Layers, decoder.Name())] = &Network{Encoder: encoder, Decoder: decoder,
					Source: letters, Target: letters, Options: Options{Embedding: 3, Attention: attention.Score(score), Feed: feed}}
			}
		}
	}
	for _, v := range variants {
		recurrent, weights := graph.RecurrentDropout(0.3), graph.WeightDrop(0.3) // whose masks are the same in loops
		v.options.Embedding = 5
		cases[v.name] = &Network{Encoder: v.encoder.With(recurrent, weights), Decoder: v.decoder.With(recurrent, weights), Source: letters, Target: letters, Options: v.options}
	}
	return cases
}

// TestRolled holds loops, on one thread and two, also of parts and of strips, against the same networks declared step by
// step.
func TestRolled(t *testing.T) {
	for name, n := range rolledCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range [][2]int{{1, 4}, {5, 4}, {8, 32}} {
				if testing.Short() && size[0] != 5 {
					continue
				}
				f := fed{n, 6, size[0], size[1], graph.NewParams(tensor.Float64)}
				names, want := f.results(t, []graph.Option{graph.Unrolled()})
				for way, opts := range map[string][]graph.Option{"a loop": {graph.Rolled()}, "parts": {graph.Rolled(), graph.Keep(2)}} {
					for threads := 1; threads <= 2; threads++ {
						_, got := f.results(t, opts, graph.Threads(threads))
						for i, name := range names {
							graphtest.Compare(t, fmt.Sprintf("%d steps as %s, %d threads, %s", f.target, way, threads, name), got[i], want[i], 1e-11)
						}
					}
				}
			}
		})
	}
}

// TestRolledPasses holds the passes of loops against step by step without any.
func TestRolledPasses(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		f := fed{m.Network, 6, 8, 32, m.params}
		names, want := f.results(t, []graph.Option{graph.Unrolled()}, graph.Threads(1), graph.Without(graph.Passes()...))
		for _, without := range graph.Passes() {
			_, got := f.results(t, []graph.Option{graph.Rolled()}, graph.Threads(2), graph.Without(without))
			for i, name := range names {
				graphtest.Compare(t, fmt.Sprintf("without %q, %s", without, name), got[i], want[i], 1e-11)
			}
		}
	})
}

// TestRolledByOthers checks loops by finite differences and by Gorgonia's TapeMachine.
func TestRolledByOthers(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		const S, T, B = 3, 3, 2
		graphtest.Check(t, graphtest.Case{
			Options: []graph.Option{graph.Rolled()},
			Operands: []graphtest.Operand{graphtest.Index([]int{S, B}, 2, 3, 4, 5, 2, 0), graphtest.Index([]int{B}, 3, 2),
				graphtest.Index([]int{T, B}, 1, 1, 3, 4, 5, 2)},
			Build: func(b *graph.Builder, x []*gorgonia.Node) []*gorgonia.Node {
				return []*gorgonia.Node{m.Unroll(b, m.Encode(b, x[0], x[1]), x[2])}
			},
		})
	})
}

// TestRolledDropout checks the gradient through dropout with a mask for each step by finite differences along a
// direction, and that neither passes nor threads change the masks.
func TestRolledDropout(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		rate := graph.Dropout(0.3)
		m.Encoder, m.Decoder = m.Encoder.With(rate), m.Decoder.With(rate)
		f := fed{m.Network, 6, 8, 32, m.params}
		rolled := []graph.Option{graph.Rolled()}
		names, want := f.results(t, rolled)
		for _, without := range []string{"strips", "hoist", "sink"} {
			_, got := f.results(t, rolled, graph.Threads(2), graph.Without(without))
			for i, name := range names {
				graphtest.Compare(t, fmt.Sprintf("without %q, %s", without, name), got[i], want[i], 1e-11)
			}
		}
		p := f.program(t, rolled)
		var along float64
		directions := make([][]float64, len(f.params.List()))
		for i, q := range f.params.List() {
			directions[i] = graphtest.Random("along "+q.Name(), q.Value().Size())
			for k, d := range directions[i] {
				along += d * want[len(want)-len(directions)+i][k]
			}
		}
		loss := func(run uint64, move float64) float64 {
			for i, q := range f.params.List() {
				for k, d := range directions[i] {
					q.Value().Float64s()[k] += move * d
				}
			}
			p.SetRun(run)
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			return p.Loss()
		}
		const h = 1e-6
		up, down := loss(0, h), loss(0, -2*h)
		if got := (up - down) / (2 * h); !(math.Abs(got-along) < 1e-6*max(1, math.Abs(along))) {
			t.Errorf("finite differences %v; the gradient says %v", got, along)
		}
		if again, other := loss(0, h), loss(1, 0); again == other || math.IsNaN(other) {
			t.Errorf("another run has the loss %v, the first %v", other, again)
		}
	})
}

// TestLongDecoderIsALoop finds a decoder's steps declared once where they are many, whatever it is fed.
func TestLongDecoderIsALoop(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		var instructions []int
		for _, steps := range []int{256, 512} {
			b := graph.NewBuilder(m.params, graph.Training())
			loss := b.Sum(m.Unroll(b, m.Sources(b, 3, 2), b.IndexInput("previous", steps, 2)))
			for _, h := range b.HiddenStates() {
				if len(h.Steps) != 3 {
					t.Errorf("%s has %d steps; want those of the source alone, 3", h.Name, len(h.Steps))
				}
			}
			p, err := graph.Compile(b, graph.Loss(loss), graph.Threads(1))
			if err != nil {
				t.Fatal(err)
			}
			instructions = append(instructions, p.Instructions())
		}
		if instructions[0] != instructions[1] {
			t.Errorf("%d instructions for 256 steps and %d for 512", instructions[0], instructions[1])
		}
	})
}

// TestStepHasNoLoop counts loops: a decoder that is fed is one, and in its steps there is none over the one step of its
// network.
func TestStepHasNoLoop(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		var dump strings.Builder
		b := graph.NewBuilder(m.params, graph.Rolled())
		logits := m.Unroll(b, m.Sources(b, 3, 2), b.IndexInput("previous", 4, 2))
		if _, err := graph.Compile(b, graph.Output(logits), graph.Dump(&dump)); err != nil {
			t.Fatal(err)
		}
		want := m.Encoder.Config().Layers
		if m.Encoder.IsBidirectional() {
			want *= 2
		}
		if m.Feed == FeedNone {
			want += m.Decoder.Config().Layers
		} else {
			want++
		}
		lowered, _, _ := strings.Cut(dump.String(), "== places")
		if got := strings.Count(lowered, "= scan "); got != want {
			t.Errorf("%d loops; want %d", got, want)
		}
	})
}

// TestHiddenStates finds those of the encoder's and the decoder's layers, and nothing else, over time.
func TestHiddenStates(t *testing.T) {
	const S, T, B = 3, 4, 2
	eachVariant(t, func(t *testing.T, m model) {
		for _, steps := range []int{1, T} {
			b := graph.NewBuilder(m.params, graph.Unrolled())
			m.Unroll(b, m.Sources(b, S, B), b.IndexInput("previous", steps, B))
			var got, want []string
			for _, h := range b.HiddenStates() {
				got = append(got, fmt.Sprintf("%s: %d of %v", h.Name, len(h.Steps), h.Steps[0].Shape()))
			}
			for l := range m.Encoder.Config().Layers {
				for _, direction := range []string{"", ", backwards"} {
					if direction == "" || m.Encoder.IsBidirectional() {
						want = append(want, fmt.Sprintf("encoder, layer %d%s: %d of (%d, %d)", l, direction, S, B, m.Encoder.Config().Hidden))
					}
				}
			}
			for l := range m.Decoder.Config().Layers {
				want = append(want, fmt.Sprintf("decoder, layer %d: %d of (%d, %d)", l, steps, B, m.Decoder.Config().Hidden))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d steps: %q; want %q", steps, got, want)
			}
		}
	})
}

// TestUnrollRefuses gives a decoder what it cannot start from, and has it fed what there is not.
func TestUnrollRefuses(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		for _, want := range []string{"want 1", "want 2", "choose one of context, output, none"} {
			n := *m.Network
			b := graph.NewBuilder(m.params)
			s := n.Sources(b, 3, 2)
			widths := len(n.Decoder.StateWidths())
			switch {
			case strings.HasPrefix(want, "choose"):
				n.Feed = "everything"
			case want == fmt.Sprintf("want %d", widths):
				s.Initial[0] = append(s.Initial[0], s.Initial[0][0])
			default:
				continue
			}
			n.Unroll(b, s, b.IndexInput("previous", 4, 2))
			if err := b.Err(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v; want %q", err, want)
			}
		}
	})
}
