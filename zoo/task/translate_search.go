package task

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// search says how translations are looked for.
type search struct {
	beam    int     // hypotheses kept at each step; 1 is greedy search
	penalty float64 // hypotheses are compared by log p / length^penalty
}

// Translated is a translation with what it was made of.
type Translated struct {
	Text    string
	Score   float64     // log p / length^Penalty
	Source  []string    // tokens, with the end
	Target  []string    // tokens, with the end unless the search was cut short
	Weights [][]float64 // of attention: for each token of the target one for each of the source
}

// searchRows is how many hypotheses are followed at once: enough for the kernels. searchPlaces bounds the tokens that they
// look at, so that long texts take no more memory.
const (
	searchRows   = 256
	searchPlaces = searchRows * 64
)

// Translate translates texts by beam search. A text without words has an empty translation.
func (t *Translator) Translate(texts ...string) ([]Translated, error) {
	return t.translate(texts, search{t.opts.Beam, t.opts.Penalty})
}

func (t *Translator) translate(texts []string, opts search) ([]Translated, error) {
	sources := make([][]int, len(texts))
	var order []int
	for i, s := range texts {
		if sources[i] = t.encodeSource(s); len(sources[i]) > 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return len(sources[i]) - len(sources[j]) })
	out := make([]Translated, len(texts))
	for len(order) > 0 {
		n := 1
		for n < min(len(order), searchRows/opts.beam) && (n+1)*opts.beam*len(sources[order[n]]) <= searchPlaces {
			n++
		}
		chunk := order[:n]
		order = order[n:]
		batch := make([][]int, n)
		for i, at := range chunk {
			batch[i] = sources[at]
		}
		found, err := t.find(batch, opts)
		if err != nil {
			return nil, err
		}
		for i, at := range chunk {
			out[at] = t.translated(batch[i], found[i])
		}
	}
	return out, nil
}

// translated returns what a hypothesis says.
func (t *Translator) translated(source []int, h hypothesis) Translated {
	d := Translated{Text: t.targetEncoder.Decode(h.tokens), Score: h.score, Weights: h.weights}
	for _, id := range source {
		d.Source = append(d.Source, t.sourceEncoder.Vocabulary.Token(id))
	}
	for _, id := range h.tokens {
		d.Target = append(d.Target, t.targetEncoder.Vocabulary.Token(id))
	}
	return d
}

// hypothesis is a translation that has ended, or that was cut short.
type hypothesis struct {
	score   float64
	tokens  []int
	weights [][]float64
}

// declareStep declares one step of the search for batch·beam rows, those of a source one after the other: the log
// probabilities of the tokens [B·K, V], the weights of attention [B, K, S], what is fed to the next step, if anything is,
// and the states.
func (t *Translator) declareStep(b *graph.Builder, s translateShape) []*gorgonia.Node {
	rows, hidden := s.batch*s.beam, t.decoder.Config().Hidden
	keys, values := b.Input("keys", s.batch, s.source, hidden), b.Input("values", s.batch, s.source, t.encoder.Width())
	memory := attention.Memory{Score: attention.Score(t.opts.Attention), Width: hidden, Keys: keys, Values: values, Mask: b.Input("mask", s.batch, 1, s.source)}
	states := make([]graph.State, t.decoder.Config().Layers)
	for i, name := range t.stateNames() {
		widths := t.decoder.StateWidths()
		l, k := i/len(widths), i%len(widths)
		states[l] = append(states[l], b.Input(name, rows, widths[k]))
	}
	var feed *gorgonia.Node
	if w := t.feedWidth(); w > 0 {
		feed = b.Input(feedName, rows, w)
	}
	d := t.step(b, memory, t.embed(b, "decoder", b.IndexInput("token", rows)), feed, states)
	outputs := []*gorgonia.Node{b.LogSoftmax(t.logits(b, d.output)), d.weights}
	if feed != nil {
		outputs = append(outputs, t.fed(d))
	}
	for _, s := range d.states {
		outputs = append(outputs, s...)
	}
	return outputs
}

const feedName = "feed"

// stateNames returns the names of the inputs of the step for the decoder's states.
func (t *Translator) stateNames() []string {
	var names []string
	for l := range t.decoder.Config().Layers {
		for k := range t.decoder.StateWidths() {
			names = append(names, fmt.Sprintf("state_l%d_%d", l, k))
		}
	}
	return names
}

// carriedNames returns the names of the inputs of the step that are outputs of the step before, in the outputs' order.
func (t *Translator) carriedNames() []string {
	if t.feedWidth() > 0 {
		return append([]string{feedName}, t.stateNames()...)
	}
	return t.stateNames()
}

// beam is the search for the translation of one source.
type beam struct {
	scores   []float64 // log p of each row that is alive; −∞ of others
	finished []hypothesis
	limit    int // steps
}

// row is where a row came from at a step.
type row struct {
	parent, token int
}

// find looks for the translations of sources by beam search: at each step the 2·beam best continuations of the rows are
// looked at, of which those among the first beam that end the sentence are done, and the first beam of the others go on.
// It is over when beam hypotheses of each sentence are done and no row is better than the best of them.
func (t *Translator) find(sources [][]int, opts search) ([]hypothesis, error) {
	width := opts.beam
	s := translateShape{use: toEncode, batch: 1}
	for s.batch < len(sources) { // so that not every number of sentences is a program of its own
		s.batch *= 2
	}
	s.batch = min(s.batch, max(1, searchRows/width))
	for _, ids := range sources {
		s.source = max(s.source, len(ids))
	}
	s.source = stepsFor(s.source, nil)
	encoder, err := t.program(s)
	if err != nil {
		return nil, err
	}
	s.setSources(encoder.Program, sources)
	if err := encoder.Run(); err != nil {
		return nil, err
	}
	s.use, s.beam = toStep, width
	stepper, err := t.program(s)
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"keys", "values", "mask"} {
		copyRows(stepper.Input(name), encoder.outputs[i], 1, nil)
	}
	for i, name := range t.stateNames() {
		copyRows(stepper.Input(name), encoder.outputs[3+i], width, nil)
	}
	if feed := stepper.Input(feedName); feed != nil {
		feed.Zero()
	}

	beams := make([]beam, len(sources))
	limit := 0
	for i := range beams {
		beams[i].scores = make([]float64, width)
		for k := 1; k < width; k++ { // all rows are alike at the start
			beams[i].scores[k] = math.Inf(-1)
		}
		beams[i].limit = t.limit(len(sources[i]))
		limit = max(limit, beams[i].limit)
	}
	token := stepper.Input("token").Ints()
	for i := range token {
		token[i] = text.Begin
	}
	trace := trace{width: width, steps: s.source}
	parents := make([]int, len(token))
	for range limit {
		if err := stepper.Run(); err != nil {
			return nil, err
		}
		trace.weights = append(trace.weights, floats(stepper.outputs[1]))
		logs := stepper.outputs[0]
		rows := make([]row, len(token))
		live := false
		for i := range beams {
			candidates := beams[i].candidates(logs, i*width, t.target)
			live = beams[i].advance(candidates, rows[i*width:(i+1)*width], &trace, i*width, len(sources[i]), opts) || live
		}
		if !live {
			break
		}
		trace.rows = append(trace.rows, rows)
		for i, r := range rows {
			token[i], parents[i] = r.token, r.parent
		}
		for i, name := range t.carriedNames() {
			copyRows(stepper.Input(name), stepper.outputs[2+i], 1, parents)
		}
	}
	found := make([]hypothesis, len(sources))
	for i := range beams {
		if len(beams[i].finished) == 0 {
			return nil, errors.New("translate: a probability is not a number; the weights are damaged")
		}
		found[i] = beams[i].best()
	}
	return found, nil
}

// limit returns how many steps the translation of a source of so many tokens may take: a few more than any in training
// took, or of a longer source as many more as it is longer.
func (t *Translator) limit(source int) int {
	const few = 10
	longest := t.lengths.Target + few
	return max(longest, longest*source/t.lengths.Source)
}

// candidate is a continuation of a row.
type candidate struct {
	score float64
	row
}

// candidates returns the best continuations of the rows of a beam that begin at first, at most twice as many as rows, best
// first. Words that are none are not among them.
func (b *beam) candidates(logs *tensor.Dense, first, vocabulary int) []candidate {
	if b.limit == 0 {
		return nil
	}
	best := make([]candidate, 0, 2*len(b.scores)+1)
	for k, score := range b.scores {
		if math.IsInf(score, -1) {
			continue
		}
		at := (first + k) * vocabulary
		switch d := logs.Data().(type) {
		case []float32:
			best = insert(best, d[at:at+vocabulary], score, first+k)
		case []float64:
			best = insert(best, d[at:at+vocabulary], score, first+k)
		}
	}
	return best
}

// insert inserts the continuations of a row into the best so far, which has room for one more than it may hold.
func insert[F float32 | float64](best []candidate, logs []F, score float64, parent int) []candidate {
	most := cap(best) - 1
	least := math.Inf(-1)
	if len(best) == most {
		least = best[most-1].score
	}
	for id := text.End; id < len(logs); id++ {
		x := score + float64(logs[id])
		if !(x > least) {
			continue
		}
		at := len(best)
		for at > 0 && best[at-1].score < x {
			at--
		}
		best = slices.Insert(best, at, candidate{x, row{parent, id}})
		if len(best) > most {
			best = best[:most]
		}
		if len(best) == most {
			least = best[most-1].score
		}
	}
	return best
}

// advance takes the candidates into the rows, of which the first has the number first, and reports whether the search goes
// on. source is the length of the source.
func (b *beam) advance(candidates []candidate, rows []row, trace *trace, first, source int, opts search) bool {
	for k := range rows {
		rows[k] = row{first + k, text.End}
		b.scores[k] = math.Inf(-1)
	}
	if len(candidates) == 0 {
		b.limit = 0
		return false
	}
	length := len(trace.rows) + 1
	k := 0
	for i, c := range candidates {
		last := length == b.limit
		if c.token == text.End && i < len(rows) || last && i == 0 && len(b.finished) == 0 {
			tokens, weights := trace.back(c.row, source)
			b.finished = append(b.finished, hypothesis{c.score / math.Pow(float64(length), opts.penalty), tokens, weights})
		}
		if c.token != text.End && k < len(rows) {
			rows[k], b.scores[k] = c.row, c.score
			k++
		}
	}
	better := len(b.finished) == 0 || b.scores[0]/math.Pow(float64(length), opts.penalty) > b.best().score
	if length == b.limit || k == 0 || len(b.finished) >= len(rows) && !better {
		b.limit = 0 // it is over
	}
	return b.limit > 0
}

// best returns the best hypothesis, the first of equals.
func (b *beam) best() hypothesis {
	best := b.finished[0]
	for _, h := range b.finished[1:] {
		if h.score > best.score {
			best = h
		}
	}
	return best
}

// trace is the way of all rows so far.
type trace struct {
	width, steps int         // rows of a source, and places of attention
	rows         [][]row     // of each step
	weights      [][]float64 // of each step, the last one too
}

// back returns the tokens up to a row that follows the last step and the weights of attention on a source of a length.
func (t *trace) back(r row, source int) (tokens []int, weights [][]float64) {
	for at := len(t.rows); ; at-- {
		tokens = append(tokens, r.token)
		weights = append(weights, t.weights[at][r.parent*t.steps:r.parent*t.steps+source])
		if at == 0 {
			break
		}
		r = t.rows[at-1][r.parent]
	}
	slices.Reverse(tokens)
	slices.Reverse(weights)
	return tokens, weights
}

// copyRows copies rows of a tensor to another: each so many times, or those of the given numbers.
func copyRows(to, from *tensor.Dense, times int, numbers []int) {
	switch d := to.Data().(type) {
	case []float32:
		gatherRows(d, from.Data().([]float32), to.Shape()[0], times, numbers)
	case []float64:
		gatherRows(d, from.Data().([]float64), to.Shape()[0], times, numbers)
	}
}

func gatherRows[F any](to, from []F, rows, times int, numbers []int) {
	width := len(to) / rows
	for i := range rows {
		at := i / times
		if numbers != nil {
			at = numbers[i]
		}
		copy(to[i*width:(i+1)*width], from[at*width:(at+1)*width])
	}
}
