package seq2seq

import (
	"context"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
	"github.com/rnnzoo/rnnzoo/zoo/task/tasktest"
)

// letters is the size of a vocabulary of three letters.
const letters = text.End + 1 + 3

// variants are networks and options that take different ways through the code.
var variants = []struct {
	name             string
	encoder, decoder *graph.Network
	options          Options
}{
	{"rnn", rnn.New(graph.Hidden(6)), rnn.New(graph.Hidden(6)), Options{Attention: attention.Dot, Feed: FeedContext}},
	{"lstm of two layers", lstm.New(graph.Hidden(6), graph.Layers(2)), lstm.New(graph.Hidden(6), graph.Layers(2)), Options{Attention: attention.Additive, Feed: FeedOutput}},
	{"bigru", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), Options{Attention: attention.Scaled, Feed: FeedContext, Tied: true}},
	{"nothing fed", birnn.New(gru.New(graph.Hidden(6))), gru.New(graph.Hidden(6)), Options{Attention: attention.General, Feed: FeedNone}},
	{"additive, nothing fed", gru.New(graph.Hidden(6)), gru.New(graph.Hidden(6)), Options{Attention: attention.Additive, Feed: FeedNone}},
	{"gru to lstm, shared", birnn.New(gru.New(graph.Hidden(4))), lstm.New(graph.Hidden(6), graph.Layers(2)), Options{Attention: attention.Scaled, Feed: FeedContext, Shared: true, Tied: true}},
	{"lstm to rnn", lstm.New(graph.Hidden(4), graph.Layers(2)), rnn.New(graph.Hidden(6)), Options{Attention: attention.Scaled, Feed: FeedContext}},
	{"delay line, context fed", tasktest.DelayLine(graph.Hidden(4)), tasktest.DelayLine(graph.Hidden(6)), Options{Attention: attention.Scaled, Feed: FeedContext}},
	{"delay line, output fed", gru.New(graph.Hidden(4)), tasktest.DelayLine(graph.Hidden(6), graph.Layers(2)), Options{Attention: attention.Scaled, Feed: FeedOutput}},
	{"delay line, nothing fed", gru.New(graph.Hidden(4)), tasktest.DelayLine(graph.Hidden(6), graph.Layers(2)), Options{Attention: attention.Scaled, Feed: FeedNone}},
}

// model is a network with weights.
type model struct {
	*Network
	params *graph.Params
}

// eachVariant tests each variant with random weights, larger than initial ones, so that distributions are not flat.
func eachVariant(t *testing.T, test func(t *testing.T, m model)) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			v.options.Embedding = 5
			m := model{&Network{Encoder: v.encoder, Decoder: v.decoder, Source: letters, Target: letters, Options: v.options},
				graph.NewParams(tensor.Float64, graph.InitSeed(5))}
			m.forcing(t, 1, 1, 1)
			for _, p := range m.params.List() {
				for i := range p.Value().Float64s() {
					p.Value().Float64s()[i] *= 3
				}
			}
			test(t, m)
		})
	}
}

// sourcesOf makes sources of letters, with their ends.
func sourcesOf(n, longest int) [][]int {
	rng := rand.New(rand.NewSource(3))
	all := make([][]int, n)
	for i := range all {
		for range 1 + rng.Intn(longest) {
			all[i] = append(all[i], text.End+1+rng.Intn(3))
		}
		all[i] = append(all[i], text.End)
	}
	return all
}

// longest returns the length of the longest.
func longest(all [][]int) int {
	n := 0
	for _, s := range all {
		n = max(n, len(s))
	}
	return n
}

// compile compiles what is declared.
func (m model) compile(t *testing.T, declare func(b *graph.Builder) []graph.CompileOption) *graph.Program {
	t.Helper()
	b := graph.NewBuilder(m.params)
	opts := declare(b)
	p, err := graph.Compile(b, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// forcing compiles the network over true tokens: log probabilities "logs" [T, B, V] of those that follow.
func (m model) forcing(t *testing.T, source, target, batch int) *graph.Program {
	t.Helper()
	return m.compile(t, func(b *graph.Builder) []graph.CompileOption {
		logits := m.Unroll(b, m.Sources(b, source, batch), b.IndexInput("previous", target, batch))
		return []graph.CompileOption{graph.OutputAs("logs", b.LogSoftmax(logits))}
	})
}

// setTargets sets what comes before each token of targets.
func setTargets(p *graph.Program, targets [][]int) {
	previous, batch := p.Input("previous").Ints(), len(targets)
	clear(previous)
	for i, ids := range targets {
		previous[i] = text.Begin
		for at, id := range ids {
			if (at+1)*batch < len(previous) {
				previous[(at+1)*batch+i] = id
			}
		}
	}
}

// logs returns the log probabilities [V] of the tokens at a place.
func logs(p *graph.Program, step, batch, i int) []float64 {
	all := p.Output("logs").Float64s()
	at := (step*batch + i) * letters
	return all[at : at+letters]
}

// score returns the log probability of each target after its source, by the network over true tokens.
func (m model) score(t *testing.T, sources, targets [][]int) []float64 {
	t.Helper()
	p := m.forcing(t, longest(sources), longest(targets), len(sources))
	SetSources(p, sources)
	setTargets(p, targets)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	sums := make([]float64, len(targets))
	for i, ids := range targets {
		for at, id := range ids {
			sums[i] += logs(p, at, len(targets), i)[id]
		}
	}
	return sums
}

// greedy says the likeliest token after all those before it, again and again, by the network over true tokens.
func (m model) greedy(t *testing.T, sources [][]int, limit int) (targets [][]int) {
	t.Helper()
	p := m.forcing(t, longest(sources), limit, len(sources))
	SetSources(p, sources)
	targets = make([][]int, len(sources))
	for step := range limit {
		setTargets(p, targets)
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for i, ids := range targets {
			if len(ids) > 0 && ids[len(ids)-1] == text.End {
				continue
			}
			next := logs(p, step, len(sources), i)
			best := text.End
			for id := text.End; id < letters; id++ {
				if next[id] > next[best] {
					best = id
				}
			}
			targets[i] = append(targets[i], best)
		}
	}
	return targets
}

// find looks for what is said of sources, with programs for some more and longer ones.
func (m model) find(t *testing.T, s Search, sources [][]int, more, longer int) []Hypothesis {
	t.Helper()
	steps, batch := longest(sources)+longer, len(sources)+more
	encoder := m.compile(t, func(b *graph.Builder) []graph.CompileOption { return m.DeclareEncode(b, steps, batch) })
	stepper := m.compile(t, func(b *graph.Builder) []graph.CompileOption { return m.DeclareStep(b, steps, batch, s.Beam) })
	found, err := m.Find(t.Context(), s, encoder, stepper, sources)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func atMost(steps int) func(int) int { return func(int) int { return steps } }

// TestBeamOfOneIsGreedy compares the search, step by step, with the unrolled network.
func TestBeamOfOneIsGreedy(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		const limit = 8
		sources := sourcesOf(20, 7)
		want := m.greedy(t, sources, limit)
		score := m.score(t, sources, want)
		for i, h := range m.find(t, Search{Beam: 1, Limit: atMost(limit)}, sources, 0, 0) {
			if !slices.Equal(h.Tokens, want[i]) || !(math.Abs(h.Score-score[i]) < 1e-9) {
				t.Errorf("%v is %v with %v; greedily %v with %v", sources[i], h.Tokens, h.Score, want[i], score[i])
			}
		}
	})
}

// TestBeamScores compares the scores of a search with those that the unrolled network gives what was found, and what is found
// of all sources with what is found of each, in programs that are larger than need be.
func TestBeamScores(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		const limit = 8
		sources := sourcesOf(6, 7)
		for _, s := range []Search{{Beam: 3, Penalty: 1}, {Beam: 5}} {
			s.Limit = atMost(limit)
			found := m.find(t, s, sources, 2, 3)
			targets := make([][]int, len(found))
			for i, h := range found {
				targets[i] = h.Tokens
			}
			for i, logp := range m.score(t, sources, targets) {
				if want := logp / math.Pow(float64(len(targets[i])), s.Penalty); !(math.Abs(found[i].Score-want) < 1e-9) {
					t.Errorf("beam %d: %v of %v has the score %v; want %v", s.Beam, targets[i], sources[i], found[i].Score, want)
				}
			}
			for i, source := range sources[:2] {
				one := m.find(t, s, [][]int{source}, 0, 0)[0]
				if !slices.Equal(one.Tokens, targets[i]) || !(math.Abs(one.Score-found[i].Score) < 1e-9) || len(one.Weights) != len(found[i].Weights) {
					t.Errorf("beam %d: %v is %v with %v; alone %v with %v", s.Beam, source, targets[i], found[i].Score, one.Tokens, one.Score)
				}
			}
		}
	})
}

// TestBeamIsExhaustive compares a beam that holds every sequence of up to four letters with the best of them all.
func TestBeamIsExhaustive(t *testing.T) {
	const steps = 4
	var all [][]int
	for s := range sequences(text.End+1, letters, steps-1) {
		all = append(all, append(slices.Clone(s), text.End))
	}
	eachVariant(t, func(t *testing.T, m model) {
		for _, source := range sourcesOf(3, 7) {
			score := m.score(t, slices.Repeat([][]int{source}, len(all)), all)
			for _, penalty := range []float64{0, 1} {
				best, bestScore := []int(nil), math.Inf(-1)
				for i, tokens := range all {
					if s := score[i] / math.Pow(float64(len(tokens)), penalty); s > bestScore {
						best, bestScore = tokens, s
					}
				}
				got := m.find(t, Search{Beam: 1 + 3 + 9 + 27 + 81, Penalty: penalty, Limit: atMost(steps)}, [][]int{source}, 0, 0)[0]
				if !slices.Equal(got.Tokens, best) || !(math.Abs(got.Score-bestScore) < 1e-9) {
					t.Errorf("penalty %v: %v is %v with %v; the best of all is %v with %v", penalty, source, got.Tokens, got.Score, best, bestScore)
				}
			}
		}
	})
}

// sequences returns all sequences of up to so many tokens from the first to below the second.
func sequences(from, to, longest int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var grow func(s []int) bool
		grow = func(s []int) bool {
			if !yield(s) {
				return false
			}
			for id := from; id < to && len(s) < longest; id++ {
				if !grow(append(s, id)) {
					return false
				}
			}
			return true
		}
		grow(nil)
	}
}

func TestWiderBeamIsNoWorse(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		sources := sourcesOf(15, 7)
		sum := make(map[int]float64)
		for _, beam := range []int{1, 300} {
			for _, h := range m.find(t, Search{Beam: beam, Limit: atMost(9)}, sources, 0, 0) {
				sum[beam] += h.Score
			}
		}
		if sum[300] < sum[1] {
			t.Errorf("a beam of 300 finds %v, greedy search %v", sum[300], sum[1])
		}
	})
}

// TestSearchRefuses gives a search weights that are no numbers, and a context that has ended.
func TestSearchRefuses(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		sources := sourcesOf(2, 3)
		encoder := m.compile(t, func(b *graph.Builder) []graph.CompileOption { return m.DeclareEncode(b, 4, 2) })
		stepper := m.compile(t, func(b *graph.Builder) []graph.CompileOption { return m.DeclareStep(b, 4, 2, 1) })
		s := Search{Beam: 1, Limit: atMost(3)}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := m.Find(ended, s, encoder, stepper, sources); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		for _, p := range m.params.List() {
			p.Value().Memset(math.NaN())
		}
		if _, err := m.Find(t.Context(), s, encoder, stepper, sources); err == nil || !strings.Contains(err.Error(), "the weights are damaged") {
			t.Errorf("error %v", err)
		}
	})
}

// TestGradient compares the gradient along a random direction with finite differences.
func TestGradient(t *testing.T) {
	eachVariant(t, func(t *testing.T, m model) {
		sources := sourcesOf(3, 5)
		targets := make([][]int, len(sources))
		for i, s := range sources {
			targets[i] = slices.Clone(s)
			slices.Reverse(targets[i][:len(s)-1])
		}
		steps := longest(targets)
		p := m.compile(t, func(b *graph.Builder) []graph.CompileOption {
			logits := m.Unroll(b, m.Sources(b, longest(sources), len(sources)), b.IndexInput("previous", steps, len(sources)))
			loss := b.CrossEntropy(logits, b.IndexInput("target", steps, len(sources)), graph.IgnoreIndex(text.Pad), graph.LabelSmoothing(0.1))
			return []graph.CompileOption{graph.Loss(loss)}
		})
		SetSources(p, sources)
		setTargets(p, targets)
		for i, ids := range targets {
			for at, id := range ids {
				p.Input("target").Ints()[at*len(targets)+i] = id
			}
		}
		loss := func() float64 {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			return p.Loss()
		}
		loss()
		rng := rand.New(rand.NewSource(1))
		along := 0.0
		directions := make(map[string][]float64)
		for _, w := range m.params.List() {
			d := make([]float64, w.Value().Size())
			g := graphtest.Floats(p.Grad(w.Name()).Data())
			sum := 0.0
			for i := range d {
				d[i] = rng.NormFloat64()
				along += d[i] * g[i]
				sum += math.Abs(g[i])
			}
			if sum == 0 {
				t.Errorf("%s has no gradient", w.Name())
			}
			directions[w.Name()] = d
		}
		const h = 1e-6
		move := func(by float64) {
			for _, w := range m.params.List() {
				for i, v := range directions[w.Name()] {
					w.Value().Float64s()[i] += by * v
				}
			}
		}
		move(h)
		up := loss()
		move(-2 * h)
		down := loss()
		if got := (up - down) / (2 * h); !(math.Abs(got-along) < 1e-6*max(1, math.Abs(along))) {
			t.Errorf("finite differences %v; the gradient says %v", got, along)
		}
	})
}
