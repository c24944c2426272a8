package generate

import (
	"context"
	"math/rand/v2"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// hiddenPart is how much of a text is hidden from a network that is to name what is hidden (Devlin et al. 2019), and
// hiddenToken what stands in its place.
const (
	hiddenPart  = 0.15
	hiddenToken = text.Pad
)

// hidden says which of n tokens are hidden: by a seed, about the hidden part of them, and one at least.
func hidden(seed, example uint64, n int) func(t int) bool {
	if n < 1 {
		return func(int) bool { return false }
	}
	rng := rand.New(rand.NewPCG(seed, example))
	chosen := make([]bool, n)
	chosen[rng.IntN(n)] = true
	for t := range chosen {
		if rng.Float64() < hiddenPart {
			chosen[t] = true
		}
	}
	return func(t int) bool { return chosen[t] }
}

// fillIn sets column row of what a program reads and tells to a sequence, some of whose tokens are hidden and to be told.
func (p *part) fillIn(in, target []int, steps, batch, row int, s sequence, buffer []int32, hide func(t int) bool) (counted int, err error) {
	n := int(s.length())
	if err := p.read(buffer[:n], s.from); err != nil {
		return 0, err
	}
	for t := range steps {
		i := t*batch + row
		in[i], target[i] = text.End, ignored
		if t >= n {
			continue
		}
		if in[i] = int(buffer[t]); hide(t) {
			in[i], target[i] = hiddenToken, int(buffer[t])
			counted++
		}
	}
	return counted, nil
}

// gap is how somebody writes what is hidden.
const gap = "___"

// mostFilled is how many tokens a text with gaps may have: reading it from both sides takes a program of its length.
const mostFilled = 1 << 10

// FillIn returns the n likeliest tokens for each gap of a text, written ___, of a network that was trained to name what is
// hidden (fill-in). A label is the class of the text, where the training texts have classes.
func (w *Writer) FillIn(ctx context.Context, s string, n int, label string) ([][]Candidate, error) {
	if !w.opts.FillIn {
		return nil, option.Usagef("the network writes on from the left and cannot name what is hidden; train a model of both directions to (fill-in: true)")
	}
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	class, err := w.class(label)
	if err != nil {
		return nil, err
	}
	var ids []int32
	var gaps []int
	for i, stretch := range strings.Split(s, gap) {
		if i > 0 {
			gaps, ids = append(gaps, len(ids)), append(ids, hiddenToken)
		}
		known, err := w.prompt(stretch)
		if err != nil {
			return nil, err
		}
		ids = append(ids, known...)
	}
	switch {
	case len(gaps) == 0:
		return nil, option.Usagef("the text %q has no gap; write %s for the word that is to be named", s, gap)
	case len(ids) > mostFilled:
		return nil, errors.Errorf("generate: the text has %d tokens; want at most %d", len(ids), mostFilled)
	}
	var found [][]Candidate
	err = w.pool.Do(ctx, func(l *lane) error {
		p, err := w.program(l, shape{steps: len(ids), batch: 1, use: evaluating})
		if err != nil {
			return err
		}
		in := p.Input(tokensName).Ints()
		for t, id := range ids {
			in[t] = int(id)
		}
		setLabel(p, 0, class)
		if err := p.Run(); err != nil {
			return err
		}
		log, v := floats32(p.Output(logName)), w.size()
		for _, t := range gaps {
			found = append(found, w.candidates(log[t*v:(t+1)*v], n))
		}
		return nil
	})
	return found, err
}
