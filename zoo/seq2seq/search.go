package seq2seq

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/attention"
)

// Search looks for the best that a decoder can say: at each step the 2·Beam best continuations of the rows are looked at, of
// which those among the first Beam that end the sentence are done, and the first Beam of the others go on. It is over when
// Beam hypotheses of each sentence are done and no row is better than the best of them.
type Search struct {
	Beam    int                  // hypotheses kept at each step; 1 is greedy search
	Penalty float64              // hypotheses are compared by log p / length^Penalty; at 0 short ones win
	Limit   func(source int) int // steps that may be taken for a source of so many tokens
}

// Hypothesis is something said to its end, or cut short.
type Hypothesis struct {
	Score   float64     // log p / length^Penalty
	Tokens  []int       // with the end, unless it was cut short
	Weights [][]float64 // of attention: for each token one for each of the source
}

// The names of inputs and outputs of the programs of a search.
const (
	sourceName  = "source"  // [S, B] tokens
	lengthsName = "lengths" // [B]
	keysName    = "keys"    // [B, S, Hidden]
	valuesName  = "values"  // [B, S, M]
	maskName    = "mask"    // [B, 1, S]
	tokenName   = "token"   // [B·K] the last ones said
	parentsName = "parents" // [B·K] the rows of the step before that the rows go on from
	feedName    = "feed"    // [B·K, width]
	logsName    = "logs"    // [B·K, V] log probabilities of the next tokens
	weightsName = "weights" // [B, K, S] of attention
)

// Sources declares the inputs for a batch of sources, "source" [S, B] and "lengths" [B], and encodes them.
func (n *Network) Sources(b *graph.Builder, steps, batch int) Encoded {
	return n.Encode(b, b.IndexInput(sourceName, steps, batch), b.IndexInput(lengthsName, batch))
}

// SetSources sets the sources of a program that declares Sources. Where they are less than the batch the others are empty.
// Those that do not fit into the program are an error, and nothing is set.
func SetSources(p *graph.Program, sources [][]int) error {
	if p == nil || p.Input(sourceName) == nil || p.Input(lengthsName) == nil {
		return errors.New("the program is nil or declares no sources; Network.Sources declares them")
	}
	tokens, lengths := p.Input(sourceName).Ints(), p.Input(lengthsName).Ints()
	if len(sources) > len(lengths) {
		return errors.Errorf("%d sources; the program reads %d at once", len(sources), len(lengths))
	}
	for i, ids := range sources {
		if steps := len(tokens) / len(lengths); len(ids) > steps {
			return errors.Errorf("source %d has %d tokens; the program reads %d", i+1, len(ids), steps)
		}
	}
	clear(tokens)
	clear(lengths)
	for i, ids := range sources {
		lengths[i] = len(ids)
		for at, id := range ids {
			tokens[at*len(lengths)+i] = id
		}
	}
	return nil
}

// DeclareEncode declares what a search begins with: the memory of sources [S, B] and the first states of the decoder.
func (n *Network) DeclareEncode(b *graph.Builder, steps, batch int) []graph.CompileOption {
	e := n.Sources(b, steps, batch)
	if b.Err() != nil {
		return nil
	}
	opts := []graph.CompileOption{graph.OutputAs(keysName, e.Memory.Keys), graph.OutputAs(valuesName, e.Memory.Values), graph.OutputAs(maskName, e.Memory.Mask)}
	n.eachState(func(name string, l, k, _ int) { opts = append(opts, graph.OutputAs(name, e.Initial[l][k])) })
	return opts
}

// DeclareStep declares one step of a search for batch·beam rows, those of a source one after the other. A step carries the
// states, and what is fed, to the next, which takes them from the rows that its rows go on from.
func (n *Network) DeclareStep(b *graph.Builder, steps, batch, beam int) []graph.CompileOption {
	if n.invalid(b) {
		return nil
	}
	rows, hidden := batch*beam, n.Decoder.Config().Hidden
	keys, values := b.Input(keysName, batch, steps, hidden), b.Input(valuesName, batch, steps, n.Encoder.Width())
	memory := attention.Memory{Score: n.Attention, Width: hidden, Keys: keys, Values: values, Mask: b.Input(maskName, batch, 1, steps)}
	parents := b.IndexInput(parentsName, rows)
	states := make([]graph.State, n.Decoder.Config().Layers)
	n.eachState(func(name string, l, _, width int) {
		states[l] = append(states[l], b.Gather(b.Input(name, rows, width), parents, graph.NoPadding))
	})
	var feed *gorgonia.Node
	if w := n.feedWidth(); w > 0 {
		feed = b.Gather(b.Input(feedName, rows, w), parents, graph.NoPadding)
	}
	d := n.step(b, memory, n.embed(b, "decoder", b.IndexInput(tokenName, rows)), feed, states)
	opts := []graph.CompileOption{graph.OutputAs(logsName, b.LogSoftmax(n.logits(b, d.output))), graph.OutputAs(weightsName, d.weights)}
	if feed != nil {
		opts = append(opts, graph.Carry(feedName, n.fed(d)))
	}
	n.eachState(func(name string, l, k, _ int) { opts = append(opts, graph.Carry(name, d.states[l][k])) })
	return opts
}

// eachState calls with each tensor of the decoder's state: the name of its input, its layer, its place and its width.
func (n *Network) eachState(call func(name string, layer, place, width int)) {
	for l := range n.Decoder.Config().Layers {
		for k, width := range n.Decoder.StateWidths() {
			call(fmt.Sprintf("state_l%d_%d", l, k), l, k, width)
		}
	}
}

// beam is the search of one source.
type beam struct {
	scores   []float64 // log p of each row that is alive; −∞ of others
	finished []Hypothesis
	limit    int // steps
}

// row is where a row came from at a step.
type row struct {
	parent, token int
}

// Find looks for what is said of sources, with the programs that DeclareEncode and DeclareStep make for at least as many
// sources of at least their lengths, and for the Beam. It gives up when the context ends.
func (n *Network) Find(ctx context.Context, opts Search, encoder, stepper *graph.Program, sources [][]int) ([]Hypothesis, error) {
	if err := n.checkSearch(ctx, opts, stepper); err != nil {
		return nil, err
	}
	if err := SetSources(encoder, sources); err != nil {
		return nil, err
	}
	if err := encoder.Run(); err != nil {
		return nil, err
	}
	width := opts.Beam
	for _, name := range []string{keysName, valuesName, maskName} {
		repeatRows(stepper.Input(name), encoder.Output(name), 1)
	}
	n.eachState(func(name string, _, _, _ int) { repeatRows(stepper.Input(name), encoder.Output(name), width) })
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
		beams[i].limit = opts.Limit(len(sources[i]))
		limit = max(limit, beams[i].limit)
	}
	token, parents := stepper.Input(tokenName).Ints(), stepper.Input(parentsName).Ints()
	for i := range token {
		token[i], parents[i] = text.Begin, i
	}
	logs, weights := stepper.Output(logsName), stepper.Output(weightsName)
	trace := trace{width: width, steps: weights.Shape()[2]}
	for range limit {
		if err := ctx.Err(); err != nil {
			return nil, errors.WithStack(err)
		}
		if err := stepper.Run(); err != nil {
			return nil, err
		}
		trace.weights = append(trace.weights, copied(weights))
		rows := make([]row, len(token))
		live := false
		for i := range beams {
			candidates := beams[i].candidates(logs, i*width, n.Target)
			live = beams[i].advance(candidates, rows[i*width:(i+1)*width], &trace, i*width, len(sources[i]), opts) || live
		}
		if !live {
			break
		}
		trace.rows = append(trace.rows, rows)
		for i, r := range rows {
			token[i], parents[i] = r.token, r.parent
		}
	}
	found := make([]Hypothesis, len(sources))
	for i := range beams {
		if len(beams[i].finished) == 0 {
			return nil, errors.New("a probability is not a number; the weights are damaged")
		}
		found[i] = beams[i].best()
	}
	return found, nil
}

// checkSearch returns an error if a search cannot be done, or not with a program.
func (n *Network) checkSearch(ctx context.Context, opts Search, stepper *graph.Program) error {
	if err := args.Context(ctx); err != nil {
		return err
	}
	if err := n.check(); err != nil {
		return err
	}
	switch {
	case opts.Beam < 1 || opts.Beam > 1<<10:
		return errors.Errorf("a beam of %d hypotheses; want between 1 and %d", opts.Beam, 1<<10)
	case !(opts.Penalty >= 0) || math.IsInf(opts.Penalty, 0):
		return errors.Errorf("a penalty of %v; want at least 0", opts.Penalty)
	case opts.Limit == nil:
		return errors.New("the search has no Limit, which says when it is to end")
	case stepper == nil || stepper.Input(tokenName) == nil || stepper.Input(keysName) == nil || stepper.Output(logsName) == nil:
		return errors.New("the program of a step is nil or not of DeclareStep")
	}
	return nil
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
func (b *beam) advance(candidates []candidate, rows []row, trace *trace, first, source int, opts Search) bool {
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
			b.finished = append(b.finished, Hypothesis{c.score / math.Pow(float64(length), opts.Penalty), tokens, weights})
		}
		if c.token != text.End && k < len(rows) {
			rows[k], b.scores[k] = c.row, c.score
			k++
		}
	}
	better := len(b.finished) == 0 || b.scores[0]/math.Pow(float64(length), opts.Penalty) > b.best().Score
	if length == b.limit || k == 0 || len(b.finished) >= len(rows) && !better {
		b.limit = 0 // it is over
	}
	return b.limit > 0
}

// best returns the best hypothesis, the first of equals.
func (b *beam) best() Hypothesis {
	best := b.finished[0]
	for _, h := range b.finished[1:] {
		if h.Score > best.Score {
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

// repeatRows copies each row of a tensor to another so many times.
func repeatRows(to, from *tensor.Dense, times int) {
	switch d := to.Data().(type) {
	case []float32:
		repeat(d, from.Data().([]float32), to.Shape()[0], times)
	case []float64:
		repeat(d, from.Data().([]float64), to.Shape()[0], times)
	}
}

func repeat[F any](to, from []F, rows, times int) {
	width := len(to) / rows
	for i := range rows {
		at := i / times
		copy(to[i*width:(i+1)*width], from[at*width:(at+1)*width])
	}
}

// copied returns a copy of a tensor's elements.
func copied(t *tensor.Dense) []float64 {
	var out []float64
	switch d := t.Data().(type) {
	case []float32:
		out = make([]float64, 0, len(d))
		for _, v := range d {
			out = append(out, float64(v))
		}
	case []float64:
		out = append(out, d...)
	}
	return out
}
