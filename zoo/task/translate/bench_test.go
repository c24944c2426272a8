package translate

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
)

// benchmarkTranslation returns the network of zoo run bigru multi30k-de-en over as many made-up words, with pairs of 16
// tokens a side. bench/peers/translate.py is the same in PyTorch.
func benchmarkTranslation(b *testing.B) *Translation {
	b.Helper()
	const vocabulary, words = 5106, 15
	rng := rand.New(rand.NewSource(1))
	data := &datasets.Pairs{}
	for i := range 640 {
		var s []string
		for k := range words {
			n := rng.Intn(vocabulary)
			if at := i*words + k; at < vocabulary {
				n = at // so that each word is there
			}
			s = append(s, fmt.Sprint("w", n))
		}
		data.Train = append(data.Train, datasets.Pair{Source: strings.Join(s, " "), Target: strings.Join(s, " ")})
	}
	data.Test = data.Train[:250]
	network := birnn.New(gru.New(graph.Hidden(256), graph.Dropout(0.4)))
	opts := Options{Tokenizer: "words", Tied: true, Smoothing: 0.1, Decoding: Decoding{Penalty: 1}}
	t, err := New(network, gru.New(graph.Hidden(256), graph.Dropout(0.4)), data, graph.NewParams(tensor.Float32), opts)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func BenchmarkTranslateTrain(b *testing.B) {
	t := benchmarkTranslation(b)
	adam := &train.Adam{}
	batches := t.Batches(1, 64, 1)
	step := func(i int) (tokens int) {
		s, err := t.Step(i, batches[i%len(batches)])
		p := s.Program
		if err == nil {
			err = p.Run()
		}
		if err == nil {
			_, err = train.ClipNorm(p.Grads(), 1)
		}
		if err == nil {
			err = adam.Step(p.Grads())
		}
		if err != nil {
			b.Fatal(err)
		}
		return s.Tokens
	}
	step(0) // compiles
	tokens := 0
	for i := 0; b.Loop(); i++ {
		tokens += step(i)
	}
	b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
}

// BenchmarkTranslateBeam looks for 250 translations with a beam of 5 and, since nothing has been learnt, to the last step.
func BenchmarkTranslateBeam(b *testing.B) {
	t := benchmarkTranslation(b)
	texts, _ := t.sides(t.data.Test)
	if _, err := t.Translate(texts...); err != nil { // compiles
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := t.Translate(texts...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "sentences/s")
}
