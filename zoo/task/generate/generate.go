package generate

import (
	"context"
	"encoding/json"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/datasets/text"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/softmax"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/texts"
)

// Generation is the task of telling each token of a text from those before it. The vocabulary is that of the training part.
//
// An example is a window of the text. Running text is cut into as many streams as a batch has rows, each a run of windows
// that follow one another, so that the states at a window's end are those that the next batch begins with. A text with an end
// begins with zeros, and if it is longer than a window goes on in the same way. Gradients do not flow back beyond a window:
// truncated back-propagation through time (Williams and Peng 1990).
//
// It serves one goroutine.
type Generation struct {
	*Writer
	source   *source
	decoding Decoding // of an evaluation
	parts    map[task.Part]*part
	rivals   map[task.Part][]task.Rival
	train    *part
	pieces   pieces  // of texts with an end
	chosen   []int32 // the pieces, or windows, that Limit leaves; nil if they are the first
	n        int     // how many there are
	bounds   []int   // steps of the programs that train on texts with an end
	lane     *lane

	draws  train.Draws
	batch  int   // rows of this epoch's batches
	stride int   // windows of a stream
	shift  int64 // of this epoch's windows: the seed of jitter
	seed   uint64

	program *graph.Program // that ran last: its states are carried on
	at      []int          // the example whose end the states of each row are; −1 for none
	resumed *safetensors.File
	buffer  []int32
}

var (
	_ task.Task     = (*Generation)(nil)
	_ task.Sized    = (*Generation)(nil)
	_ train.Carrier = (*Generation)(nil)
)

// pieces are the windows of texts with an end.
type pieces struct {
	text []int32 // of which each is
	at   []int32 // the how manieth it is of it
}

// New prepares a task on a *datasets.Corpus, or on the texts of a *datasets.Labelled, whose classes become conditions. The
// network's parameters are declared in params.
func New(network *graph.Network, d datasets.Dataset, params *graph.Params, opts Options) (*Generation, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := sourceOf(d)
	if err != nil {
		return nil, err
	}
	if err := checkDirections(network, opts.FillIn); err != nil {
		return nil, err
	}
	encoder, err := learnEncoder(s, opts)
	if err != nil {
		return nil, errors.WithMessagef(err, "generate %s", s.name)
	}
	w, err := NewWriter(network, params, encoder, s.ends, s.classes, opts)
	if err != nil {
		return nil, err
	}
	w.data = d.Info().Settings
	g := newGeneration(w, s)
	if _, err := g.part(task.TrainPart); err != nil {
		return nil, err
	}
	for _, p := range []task.Part{task.ValidPart, task.TestPart} {
		part, err := g.part(p)
		if err != nil {
			return nil, err
		}
		w.example = opening(part.example)
	}
	g.Limit(0)
	return g, nil
}

// opening is the beginning of a line, as somebody would have it gone on with.
func opening(line string) string {
	words := strings.Fields(line)
	return strings.Join(words[:min(len(words), 4)], " ")
}

func newGeneration(w *Writer, s *source) *Generation {
	return &Generation{Writer: w, source: s, decoding: w.opts.Decoding, parts: make(map[task.Part]*part), rivals: make(map[task.Part][]task.Rival), lane: program.NewLane[shape]()}
}

// learntFrom is how many bytes of training text a tokenizer learns from at most: sub-words are no others for more.
const learntFrom = 32 << 20

// learnEncoder learns a tokenizer and a vocabulary from the training part.
func learnEncoder(s *source, o Options) (*text.Encoder, error) {
	ctx := context.Background()
	var sample []string
	if o.learns() {
		read := 0
		enough := errors.New("enough")
		err := s.each(ctx, string(task.TrainPart), func(all string, _ int) error {
			sample = append(sample, all)
			if read += len(all); read >= learntFrom {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			return nil, err
		}
	}
	t, err := texts.NewTokenizer(o.Tokenizer, text.Words{Lower: !o.Cased, Marked: true}, sample)
	if err != nil {
		return nil, err
	}
	if o.Tokenizer == "characters" {
		t = text.Characters{Lower: !o.Cased}
	}
	c := text.NewCounter(t)
	if err := s.each(ctx, string(task.TrainPart), func(all string, _ int) error { c.Add(all); return nil }); err != nil {
		return nil, err
	}
	return c.Encoder(text.MinCount(o.MinCount), text.MaxSize(o.Vocabulary))
}

// Predictor implements task.Task.
func (g *Generation) Predictor() task.Predictor { return g.Writer }

// part returns a part as tokens, which it makes once.
func (g *Generation) part(name task.Part) (*part, error) {
	if p := g.parts[name]; p != nil {
		return p, nil
	}
	if _, err := (&datasets.Corpus{}).Part(string(name)); err != nil {
		return nil, err
	}
	p, err := g.encode(context.Background(), g.source, string(name))
	if err == nil {
		g.parts[name] = p
	}
	return p, err
}

// window returns the length of a window.
func (g *Generation) window() int64 { return int64(g.opts.Window) }

// windows returns how many windows a part has, or pieces of texts.
func (g *Generation) windows(p *part) int {
	if p == nil {
		return 0
	}
	if p.starts == nil {
		return int((p.n + g.window() - 1) / g.window())
	}
	n := 0
	for i := range len(p.starts) - 1 {
		n += int((p.starts[i+1] - p.starts[i] + g.window() - 1) / g.window())
	}
	return n
}

// Examples implements task.Task: windows of the parts.
func (g *Generation) Examples() (train, valid, test int) {
	return g.n, g.windows(g.parts[task.ValidPart]), g.windows(g.parts[task.TestPart])
}

// Sizes implements task.Sized.
func (g *Generation) Sizes() []task.Size {
	sizes := []task.Size{{Name: "different tokens", N: g.Writer.size()}}
	if g.train != nil { // or it is the task of a kept run
		sizes = append([]task.Size{{Name: "tokens", N: int(g.train.n)}}, sizes...)
	}
	return sizes
}

// Limit implements task.Task: it keeps the first windows, or of labelled texts, which may stand class by class, some of all.
func (g *Generation) Limit(n int) {
	var err error
	if g.train, err = g.part(task.TrainPart); err != nil { // of a task that New has made it is there
		g.train, g.n = nil, 0
		return
	}
	all := g.windows(g.train)
	g.n, g.chosen, g.pieces, g.bounds = all, nil, pieces{}, nil
	if n > 0 && n < all {
		g.n = n
	}
	g.program, g.at = nil, nil
	if g.train.starts == nil {
		return
	}
	lengths := make([]int, 0, all)
	for i := range len(g.train.starts) - 1 {
		for at, left := int32(0), g.train.text(i).length(); left > 0; at, left = at+1, left-g.window() {
			g.pieces.text, g.pieces.at = append(g.pieces.text, int32(i)), append(g.pieces.at, at)
			lengths = append(lengths, int(min(left, g.window())))
		}
	}
	if g.n < all && g.train.labels != nil {
		for i := range g.n {
			g.chosen = append(g.chosen, int32(i*all/g.n))
		}
	}
	const epochs = 3 // of a run, which are some
	g.bounds = program.StepBounds(lengths, epochs)
}

// piece returns which of all windows an example is.
func (g *Generation) piece(example int) int {
	if g.chosen != nil {
		return int(g.chosen[example])
	}
	return example
}

// Batches implements train.Task.
func (g *Generation) Batches(epoch, size int, seed uint64) [][]int {
	if size < 1 || size > g.n {
		size = g.n
	}
	if size == 0 {
		return nil
	}
	var bucketSeed uint64
	g.draws.Epoch(g.n, size, epoch, seed, func(rng *rand.Rand) { g.shift, bucketSeed = rng.Int63(), rng.Uint64() })
	g.batch, g.stride, g.seed = size, (g.n+size-1)/size, seed
	if g.train.starts == nil {
		batches := make([][]int, g.stride)
		for k := range batches {
			for e := k; e < g.n; e += g.stride {
				batches[k] = append(batches[k], e)
			}
		}
		return batches
	}
	return g.textBatches(size, randv2.New(randv2.NewPCG(bucketSeed, 0)))
}

// textBatches puts texts of about one length beside each other, and their pieces one behind the other.
func (g *Generation) textBatches(size int, rng *randv2.Rand) [][]int {
	var first, count []int // examples of each text
	for e := range g.n {
		if e > 0 && g.pieces.text[g.piece(e)] == g.pieces.text[g.piece(e-1)] {
			count[len(count)-1]++
		} else {
			first, count = append(first, e), append(count, 1)
		}
	}
	if size >= g.n {
		all := make([]int, g.n)
		for e := range all {
			all[e] = e
		}
		return [][]int{all}
	}
	lengths := make([]int, len(first))
	for i, e := range first {
		lengths[i] = int(g.train.text(int(g.pieces.text[g.piece(e)])).length())
	}
	var batches [][]int
	for _, group := range datasets.Buckets(lengths, size, rng) {
		slices.SortStableFunc(group, func(i, j int) int { return count[j] - count[i] }) // so that rows go on in their places
		for k := range count[group[0]] {
			var batch []int
			for _, i := range group {
				if k < count[i] {
					batch = append(batch, first[i]+k)
				}
			}
			batches = append(batches, batch)
		}
	}
	return batches
}

// jitter returns how far the beginning of the windows k of all streams is moved in this epoch, in tokens: by random windows
// up to three eighths of a window, and that of the first by up to a half of one forwards.
func (g *Generation) jitter(k int) int64 {
	unit := g.window() / 8
	if !g.opts.RandomWindows || unit == 0 {
		return 0
	}
	rng := randv2.New(randv2.NewPCG(uint64(g.shift), uint64(k)))
	if k == 0 {
		return unit * rng.Int64N(5)
	}
	return unit * (rng.Int64N(7) - 3)
}

// stretch returns the tokens of an example, and whether its row begins anew.
func (g *Generation) stretch(example int) (s sequence, begins bool) {
	piece := g.piece(example)
	if g.train.starts != nil {
		s = g.train.text(int(g.pieces.text[piece]))
		at := int64(g.pieces.at[piece]) * g.window()
		s.from += at
		s.fresh = at == 0
		s.to = min(s.to, s.from+g.window())
		return s, at == 0 || g.batch >= g.n // all are in one batch
	}
	stride := max(1, g.stride)
	k := piece % stride
	end := min(g.train.n, int64(g.n)*g.window())
	s = sequence{from: int64(piece)*g.window() + g.jitter(k), to: int64(piece+1) * g.window(), label: -1}
	switch next := k + 1; {
	case piece == g.n-1:
		s.to = end
	case next == stride:
		s.to += g.jitter(0)
	default:
		s.to += g.jitter(next)
	}
	s.to = min(s.to, end)
	s.from = min(s.from, s.to)
	s.fresh = s.from == 0
	return s, k == 0
}

// Step implements train.Task. A row goes on from where the batch before has ended if its example is the one behind that of
// the row there, and begins anew if it is the first of a stream or a text.
func (g *Generation) Step(number int, examples []int) (train.Step, error) {
	if err := program.CheckExamples(examples, g.n); err != nil {
		return train.Step{}, errors.WithMessage(err, "generate")
	}
	rows := make([]sequence, len(examples))
	begins := make([]bool, len(examples))
	longest := int64(1)
	for i, e := range examples {
		rows[i], begins[i] = g.stretch(e)
		longest = max(longest, rows[i].length())
	}
	s := shape{steps: int(longest), batch: max(g.batch, len(examples)), use: training}
	if g.train.starts != nil {
		s.steps = program.StepsFor(s.steps, g.bounds)
	} else if !g.opts.RandomWindows {
		s.steps = max(s.steps, int(min(g.window(), g.train.n)))
	}
	b, err := g.read(s, rows, examples)
	if err != nil {
		return train.Step{}, err
	}
	if s.room, err = g.output.Capacity(b.target); err != nil {
		return train.Step{}, err
	}
	p, err := g.Writer.program(g.lane, s)
	if err != nil {
		return train.Step{}, err
	}
	if err := g.handOn(p); err != nil {
		return train.Step{}, err
	}
	at := make([]int, s.batch)
	for row := range at {
		at[row] = -1
		if row < len(examples) {
			at[row] = examples[row]
		}
		if row >= len(examples) || begins[row] || row >= len(g.at) || g.at[row] < 0 || g.at[row] != examples[row]-1 {
			g.begin(p, s.batch, row)
		} else {
			g.goOn(p, row)
		}
		if row < len(examples) && !rows[row].fresh {
			g.setFirst(p, row, 0)
		}
	}
	g.at = at
	if err := g.set(p, b, number); err != nil {
		return train.Step{}, err
	}
	return train.Step{Program: p, Tokens: b.counted, Weight: float64(b.counted)}, nil
}

// batch is what a program reads and tells.
type batch struct {
	tokens, target []int // [T, B]
	labels         []int // [B]
	counted        int   // targets that count
}

// read returns what a program of a shape reads and tells.
func (g *Generation) read(s shape, rows []sequence, examples []int) (b batch, err error) {
	if len(g.buffer) < s.steps+1 {
		g.buffer = make([]int32, s.steps+1)
	}
	b = batch{tokens: make([]int, s.steps*s.batch), target: make([]int, s.steps*s.batch), labels: make([]int, s.batch)}
	for row := range s.batch {
		of := sequence{label: -1}
		if row < len(rows) {
			of = rows[row]
		}
		b.labels[row] = of.label
		var n int
		if g.opts.FillIn {
			hide := func(int) bool { return false }
			if row < len(rows) {
				hide = hidden(uint64(g.shift), uint64(examples[row]), int(of.length()))
			}
			n, err = g.train.fillIn(b.tokens, b.target, s.steps, s.batch, row, of, g.buffer, hide)
		} else {
			n, err = g.train.fill(b.tokens, b.target, s.steps, s.batch, row, of, 0, g.firstToken(), g.buffer)
		}
		if err != nil {
			return b, err
		}
		b.counted += n
	}
	return b, nil
}

// set sets what a program reads and tells in batch so many of the run.
func (g *Generation) set(p *graph.Program, b batch, number int) error {
	copy(p.Input(tokensName).Ints(), b.tokens)
	for row, label := range b.labels {
		setLabel(p, row, label)
	}
	return g.output.Set(p, b.target, g.seed, number)
}

// handOn copies the states from the program that ran last, or from a checkpoint, into another.
func (g *Generation) handOn(p *graph.Program) error {
	if p == g.program || g.opts.FillIn {
		return nil
	}
	for _, c := range g.states {
		var from any
		switch {
		case g.resumed != nil:
			x, err := g.resumed.Tensors[c.name].Float64s() // exactly, of float32 too
			if err != nil {
				return err
			}
			from = x
		case g.program != nil:
			from = g.program.Input(c.name)
		default:
			continue
		}
		if len(g.at) != p.Input(c.name).Shape()[0] { // other rows, all of which begin anew
			g.at = nil
			break
		}
		if err := p.Set(c.name, from); err != nil {
			return err
		}
	}
	g.program, g.resumed = p, nil
	return nil
}

// atKey is where Carried keeps the examples at whose ends the rows are.
const atKey = "at"

// Carried implements train.Carrier.
func (g *Generation) Carried() *safetensors.File {
	f := &safetensors.File{Metadata: make(map[string]string)}
	if g.resumed != nil {
		return g.resumed
	}
	if g.program == nil || g.opts.FillIn {
		return f
	}
	for _, c := range g.states {
		switch d := g.program.Input(c.name).Data().(type) {
		case []float32:
			f.Set(c.name, safetensors.FromFloat32s([]int{len(d) / c.width, c.width}, d))
		case []float64:
			f.Set(c.name, safetensors.FromFloat64s([]int{len(d) / c.width, c.width}, d))
		}
	}
	at, _ := json.Marshal(g.at) // of numbers
	f.Metadata[atKey] = string(at)
	return f
}

// Carry implements train.Carrier.
func (g *Generation) Carry(f *safetensors.File) error {
	if f == nil || len(f.Tensors) == 0 || g.opts.FillIn {
		g.program, g.at, g.resumed = nil, nil, nil
		return nil
	}
	var at []int
	if err := json.Unmarshal([]byte(f.Metadata[atKey]), &at); err != nil || len(at) == 0 {
		return errors.New("it does not say which windows the carried states belong to; it is damaged")
	}
	for _, c := range g.states {
		t, ok := f.Tensors[c.name]
		if want := []int{len(at), c.width}; !ok || !slices.Equal(t.Shape, want) {
			return errors.Errorf("its carried state %s has the shape %v, not %v; give the same network, or train anew", c.name, t.Shape, want)
		}
	}
	g.program, g.at, g.resumed = nil, at, f
	return nil
}

// Validate implements train.Task.
func (g *Generation) Validate() (train.Evaluation, error) {
	s, err := g.evaluate(context.Background(), task.ValidPart, false)
	return train.Evaluation{Loss: s.Metrics[lossName], Metrics: s.Metrics}, err
}

// mostProbed is how many steps are probed: far beyond what is left of a gradient.
const mostProbed = 128

// Probe implements task.Task: the windows are the first of their lengths, so that they end at about the same step.
func (g *Generation) Probe() ([]graph.GradientNorms, error) {
	length := func(e int) int { s, _ := g.stretch(e); return int(s.length()) }
	examples := program.AroundMedian(min(g.n, 1<<12), func(i, j int) int { return length(i) - length(j) })
	s := shape{steps: min(mostProbed, length(examples[len(examples)-1])), batch: len(examples), use: training}
	rows := make([]sequence, len(examples))
	for i, e := range examples {
		rows[i], _ = g.stretch(e)
		rows[i].to = min(rows[i].to, rows[i].from+int64(s.steps))
	}
	b := graph.NewBuilder(g.params, graph.Unrolled())
	loss, _ := g.loss(b, s.steps, s.batch, softmax.Capacity{})
	p, err := graph.NewProbe(b, loss)
	if err != nil {
		return nil, err
	}
	for row := range rows {
		g.begin(p.Program, s.batch, row)
	}
	read, err := g.read(s, rows, examples)
	if err != nil {
		return nil, err
	}
	if err := g.set(p.Program, read, 0); err != nil {
		return nil, err
	}
	err = p.Run()
	return p.Norms(), err
}
