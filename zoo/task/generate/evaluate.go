package generate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// The metrics.
const (
	perplexityName     = "perplexity"
	wordPerplexityName = "word-perplexity"
	bitsName           = "bits"
	natsName           = "nats"
	top5Name           = "top5"
	lossName           = "loss"
)

// Running text is evaluated in streams side by side, none of which begins in the dark: each but the first reads so many tokens
// before those that count.
const (
	mostStreams  = 32
	streamTokens = 2048 // of a stream at least, so that what is read twice is little
	warmTokens   = 256
)

// sequences returns the stretches of a part in which each token counts once.
func (p *part) sequences() []sequence {
	if p.starts != nil {
		all := make([]sequence, len(p.starts)-1)
		for i := range all {
			all[i] = p.text(i)
		}
		return all
	}
	streams := max(1, min(mostStreams, p.n/streamTokens))
	all := make([]sequence, streams)
	for i := range all {
		from, to := p.n*int64(i)/streams, p.n*int64(i+1)/streams
		warm := min(from, warmTokens)
		all[i] = sequence{from: from - warm, to: to, skip: warm, fresh: from == warm, label: -1}
	}
	return all
}

// told is a token that a network has told.
type told struct {
	row    int // of the sequences
	id     int32
	log    []float32 // [V], log p of all tokens
	hidden []float32 // [W], the last layer's state
}

// mostScores is how many probabilities are computed at once: 64 MiB of them.
const mostScores = 16 << 20

// walk has the network read sequences and gives each token that counts to visit, those of a sequence in their order.
func (w *Writer) walk(ctx context.Context, l *lane, p *part, all []sequence, visit func(told)) error {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return int(all[j].length() - all[i].length()) })
	batch := min(len(all), mostStreams)
	for batch > 1 && batch*w.size() > mostScores {
		batch /= 2
	}
	for group := range slices.Chunk(order, batch) {
		longest := all[group[0]].length()
		s := shape{steps: walkSteps(longest, batch, w.size()), batch: batch, use: evaluating}
		program, err := w.program(l, s)
		if err != nil {
			return err
		}
		for row := range batch {
			w.begin(program, batch, row)
		}
		for at := int64(0); at < longest; at += int64(s.steps) {
			if err := args.Context(ctx); err != nil {
				return err
			}
			if err := w.walkOn(program, s, p, all, group, at, visit); err != nil {
				return err
			}
		}
	}
	return args.Context(ctx)
}

// walkSteps returns how many steps are read at once.
func walkSteps(longest int64, batch, vocabulary int) int {
	steps := 1
	for steps < 64 && int64(steps) < longest && 2*steps*batch*vocabulary <= mostScores {
		steps *= 2
	}
	return steps
}

// walkOn reads the next steps of the sequences of a group.
func (w *Writer) walkOn(program *graph.Program, s shape, p *part, all []sequence, group []int, at int64, visit func(told)) error {
	in, target := program.Input(tokensName).Ints(), make([]int, s.steps*s.batch)
	buffer := make([]int32, s.steps+1)
	for row := range s.batch {
		of := sequence{label: -1}
		if row < len(group) {
			of = all[group[row]]
		}
		setLabel(program, row, of.label)
		if at > 0 || !of.fresh {
			w.goOn(program, row)
		}
		if _, err := p.fill(in, target, s.steps, s.batch, row, of, at, w.firstToken(), buffer); err != nil {
			return err
		}
	}
	if err := program.Run(); err != nil {
		return err
	}
	log, hidden := floats32(program.Output(logName)), floats32(program.Output(hiddenName))
	v, width := w.size(), w.network.Width()
	for t := range s.steps {
		for row, i := range group {
			if k := t*s.batch + row; target[k] != ignored {
				visit(told{i, int32(target[k]), log[k*v : (k+1)*v], hidden[k*width : (k+1)*width]})
			}
		}
	}
	return nil
}

// walkHidden is walk for a network that names what is hidden: in each of some rounds other tokens of a window are, so that
// each is once.
func (w *Writer) walkHidden(ctx context.Context, l *lane, p *part, all []sequence, visit func(told)) error {
	const rounds = 7 // about the part that is hidden in training
	window := min(w.opts.Window, max(1, mostScores/w.size()))
	var windows []sequence
	for _, s := range all {
		for from := s.from + s.skip; from < s.to; from += int64(window) {
			windows = append(windows, sequence{from: from, to: min(s.to, from+int64(window)), label: s.label})
		}
	}
	s := shape{steps: window, batch: min(len(windows), mostStreams), use: evaluating}
	for s.batch > 1 && s.batch*s.steps*w.size() > mostScores {
		s.batch /= 2
	}
	program, err := w.program(l, s)
	if err != nil {
		return err
	}
	in, target := program.Input(tokensName).Ints(), make([]int, s.steps*s.batch)
	buffer := make([]int32, s.steps+1)
	for group := range slices.Chunk(windows, s.batch) {
		for round := range rounds {
			if err := args.Context(ctx); err != nil {
				return err
			}
			for row := range s.batch {
				of := sequence{label: -1}
				if row < len(group) {
					of = group[row]
				}
				setLabel(program, row, of.label)
				if _, err := p.fillIn(in, target, s.steps, s.batch, row, of, buffer, func(t int) bool { return t%rounds == round }); err != nil {
					return err
				}
			}
			if err := program.Run(); err != nil {
				return err
			}
			log, v := floats32(program.Output(logName)), w.size()
			for k, id := range target {
				if id != ignored {
					visit(told{0, int32(id), log[k*v : (k+1)*v], nil})
				}
			}
		}
	}
	return args.Context(ctx)
}

// tally adds up how well tokens are told.
type tally struct {
	nats        float64 // −Σ log p
	tokens, top int64   // how many, and how many are among the five that are the most likely
}

// add counts a token of which the logarithms of all probabilities are known.
func (t *tally) add(log []float32, id int32, logp float64, rank bool) {
	t.nats -= logp
	t.tokens++
	if !rank {
		return
	}
	better := 0
	for _, x := range log {
		if x > log[id] {
			better++
		}
	}
	if better < 5 {
		t.top++
	}
}

// metrics returns the metrics of a part whose tokens are all counted.
func (t *tally) metrics(p *part, rank bool) map[string]float64 {
	exp := func(x float64) float64 { return min(math.Exp(x), math.MaxFloat64) }
	m := map[string]float64{
		lossName:           t.nats / float64(t.tokens),
		perplexityName:     exp(t.nats / float64(t.tokens)),
		wordPerplexityName: exp(t.nats / float64(max(1, p.words))),
		natsName:           t.nats / float64(max(1, p.characters)),
		bitsName:           t.nats / float64(max(1, p.characters)) / math.Ln2,
	}
	if rank {
		m[top5Name] = float64(t.top) / float64(t.tokens)
	}
	return m
}

// Evaluate implements task.Task: all tokens of a part count, each told from all those before it in its text.
func (g *Generation) Evaluate(ctx context.Context, name task.Part) (task.Scores, error) {
	return g.evaluate(ctx, name, true)
}

// evaluate is Evaluate with or without what takes a look at all probabilities.
func (g *Generation) evaluate(ctx context.Context, name task.Part, rank bool) (task.Scores, error) {
	p, err := g.part(name)
	if err != nil {
		return task.Scores{}, err
	}
	var sum tally
	all := p.sequences()
	visit := func(x told) { sum.add(x.log, x.id, float64(x.log[x.id]), rank) }
	walk := g.walk
	switch d := g.decoding; {
	case g.opts.FillIn:
		walk = g.walkHidden
	case d.Cache > 0:
		caches := make(map[int]*neuralCache)
		visit = func(x told) {
			c := caches[x.row]
			if c == nil {
				c = newNeuralCache(d.Cache, g.network.Width(), d.CacheTheta, d.CacheLambda)
				caches[x.row] = c
			}
			sum.add(x.log, x.id, math.Log(c.mix(x.hidden, x.id, math.Exp(float64(x.log[x.id])))), rank)
			c.add(x.hidden, x.id)
		}
	}
	if err := walk(ctx, g.lane, p, all, visit); err != nil {
		return task.Scores{}, err
	}
	s := task.Scores{Metrics: sum.metrics(p, rank)}
	if p.unknown > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%.2f %% of the tokens are not in the vocabulary and count as one word, %s, which makes perplexities lower than those of other vocabularies", 100*float64(p.unknown)/float64(p.n), unknownToken))
	}
	return s, nil
}
