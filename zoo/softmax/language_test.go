package softmax

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
)

// language is a made-up one of word pairs: the frequencies of words follow Zipf's law, and what follows a word depends
// on it through features of a low rank, as far as an embedding of some width can say it.
type language struct {
	next      [][]float64 // [V, V] the probability of the next word
	frequency []float64   // [V] of words in a long text
}

func newLanguage(words int, seed uint64) language {
	const features = 5
	rng := rand.New(rand.NewPCG(seed, 0))
	vectors := func() [][features]float64 {
		all := make([][features]float64, words)
		for i := range all {
			for k := range all[i] {
				all[i][k] = rng.NormFloat64()
			}
		}
		return all
	}
	from, to := vectors(), vectors()
	l := language{make([][]float64, words), make([]float64, words)}
	for i := range l.next {
		l.next[i], l.frequency[i] = make([]float64, words), 1/float64(words)
		total := 0.0
		for j := range words {
			dot := 0.0
			for k := range features {
				dot += from[i][k] * to[j][k]
			}
			l.next[i][j] = math.Exp(0.6*dot) / float64(j+2)
			total += l.next[i][j]
		}
		for j := range words {
			l.next[i][j] /= total
		}
	}
	for range 100 { // until the frequencies are those that words lead to
		after := make([]float64, words)
		for i, row := range l.next {
			for j, p := range row {
				after[j] += l.frequency[i] * p
			}
		}
		l.frequency = after
	}
	return l
}

// entropy returns the least loss that is possible.
func (l language) entropy() (h float64) {
	for i, row := range l.next {
		for _, p := range row {
			h -= l.frequency[i] * p * math.Log(p)
		}
	}
	return h
}

// text returns n words, each drawn after the one before it.
func (l language) text(n int, rng *rand.Rand) []int {
	words, last := make([]int, n), 0
	for i := range words {
		u := rng.Float64()
		for j, p := range l.next[last] {
			if u -= p; u < 0 || j == len(l.next)-1 {
				last = j
				break
			}
		}
		words[i] = last
	}
	return words
}

// trained returns the expected loss of the next word, under the softmax over all words and over all of the language, of
// a model that was trained for some steps with the layer of a spec.
func (l language) trained(t *testing.T, spec string, steps int, opts ...Option) float64 {
	t.Helper()
	const width, rows = 16, 128
	words := len(l.next)
	s, err := New(spec, words, width, opts...)
	if err != nil {
		t.Fatal(err)
	}
	params := graph.NewParams(tensor.Float32, graph.InitSeed(2))
	programs := make(map[Capacity]*graph.Program)
	optimizer := &train.Adam{}
	rng := rand.New(rand.NewPCG(3, 0))
	for step := range steps {
		text := l.text(rows+1, rng)
		c, err := s.Capacity(text[1:])
		if err != nil {
			t.Fatal(err)
		}
		p := programs[c]
		if p == nil {
			b := graph.NewBuilder(params, graph.Training())
			h := b.Embedding("embedding", words, width, b.IndexInput("words", rows), graph.NoPadding)
			if p, err = graph.Compile(b, graph.Loss(s.Loss(b.Prefix("output."), h, nil, c)), graph.Threads(1)); err != nil {
				t.Fatal(err)
			}
			programs[c] = p
		}
		if err := p.Set("words", text[:rows]); err != nil {
			t.Fatal(err)
		}
		if err := s.Set(p, text[1:], 4, step); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		optimizer.SetLearningRate(0.02 * (1 - float64(step)/float64(steps)))
		if err := optimizer.Step(p.Grads()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(programs); n > 60 {
		t.Errorf("%s: %d programs for %d batches", spec, n, steps)
	}
	b := graph.NewBuilder(params)
	h := b.Embedding("embedding", words, width, b.IndexInput("words", words), graph.NoPadding)
	all := s.LogProbabilities(b.Prefix("output."), h, nil)
	p, err := graph.Compile(b, graph.Output(all))
	if err != nil {
		t.Fatal(err)
	}
	for i := range words {
		p.Input("words").Ints()[i] = i
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	loss, values := 0.0, p.Value(all).Float32s()
	for i, row := range l.next {
		for j, q := range row {
			loss -= l.frequency[i] * q * float64(values[i*words+j])
		}
	}
	return loss
}

// TestLanguage trains the same model with each kind: what it then says of the language under the softmax over all words
// is within a margin of what the full softmax learns.
func TestLanguage(t *testing.T) {
	const words, steps = 200, 1200
	l := newLanguage(words, 1)
	counts := make([]int, words)
	unigram := 0.0
	for w, f := range l.frequency {
		counts[w] = int(f * 1e6)
		unigram -= f * math.Log(f)
	}
	full := l.trained(t, "full", steps)
	t.Logf("full %.4f nats a word; the language's entropy is %.4f, that of its words %.4f", full, l.entropy(), unigram)
	if full-l.entropy() > 0.1*(unigram-l.entropy()) {
		t.Errorf("the full softmax has not learnt the language: %.4f nats", full)
	}
	for _, c := range []struct {
		spec   string
		opts   []Option
		margin float64
	}{
		{"adaptive:60", nil, 0.04},
		{"adaptive:40,120", nil, 0.08},
		{"sampled:10", nil, 0.04},
		{"sampled:20", nil, 0.02},
		{"sampled:50", nil, 0.01},
		{"sampled:50", []Option{Unigram(counts, 0.75)}, 0.01},
	} {
		got := l.trained(t, c.spec, steps, c.opts...)
		t.Logf("%s: %+.4f", c.spec, got-full)
		if !(got-full < c.margin) {
			t.Errorf("%s learns %.4f nats a word; want within %g of the full softmax's %.4f", c.spec, got, c.margin, full)
		}
	}
}
