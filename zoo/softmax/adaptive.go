package softmax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// adaptive is the adaptive softmax (Grave, Joulin, Cissé, Grangier, Jégou: Efficient softmax approximation for GPUs,
// https://arxiv.org/abs/1609.04309). The head is a softmax over the words before the first cutoff, the shortlist, and a
// class for each tail; a word w of tail i, the words from cutoff i to the next, has
//
//	log p(w) = log softmax(W_h·h + b_h)[shortlist + i] + log softmax(W_i·(P_i·h))[w − cutoff i]
//
// where P_i projects to W/4^(i+1) dimensions, at least 1. A graph has static shapes, so each tail takes a number of
// rows that is the program's capacity: Set says which rows of h these are, and fills up with rows outside of h, which
// are zeros and whose targets are ignored.
type adaptive struct {
	name    string
	cutoffs []int // the last is the vocabulary
	widths  []int // of the tails
}

func newAdaptive(name string, vocabulary, width int, list string) (*adaptive, error) {
	cutoffs, err := numbers(list)
	if err != nil {
		return nil, errors.WithMessage(err, "give the first word of each tail, as in adaptive:4000,20000")
	}
	if len(cutoffs) > MaxTails {
		return nil, errors.Errorf("has %d tails; %d are the most", len(cutoffs), MaxTails)
	}
	a := &adaptive{name: name, cutoffs: append(cutoffs, vocabulary)}
	for i := range cutoffs {
		if a.cutoffs[i+1] <= a.cutoffs[i] {
			return nil, errors.Errorf("has a tail from word %d to %d; cutoffs must rise, and end before the vocabulary of %d words", a.cutoffs[i], a.cutoffs[i+1], vocabulary)
		}
		a.widths = append(a.widths, max(1, width>>(2*(i+1))))
	}
	return a, nil
}

func (a *adaptive) spec() string {
	cutoffs := strings.Fields(strings.Trim(fmt.Sprint(a.cutoffs[:len(a.widths)]), "[]"))
	return "adaptive:" + strings.Join(cutoffs, ",")
}

// head returns the scores of the shortlist and the tails [N, shortlist + tails].
func (a *adaptive) head(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node {
	if table != nil {
		return b.Fail(errors.New("softmax: adaptive has weights of several widths and cannot be tied to an embedding; choose full or sampled, or give no table"))
	}
	classes := a.cutoffs[0] + len(a.widths)
	weight := b.Param("head.weight", graph.Glorot(), classes, h.Shape()[1])
	return b.Add(b.MatMulNT(h, weight), b.Param("head.bias", graph.Zeros(), classes))
}

// tail returns the scores of a tail's words [N, words].
func (a *adaptive) tail(b *graph.Builder, i int, h *gorgonia.Node) *gorgonia.Node {
	if b.Err() != nil {
		return b.Fail(b.Err())
	}
	projection := b.Param(fmt.Sprintf("tail.%d.0.weight", i), graph.Glorot(), a.widths[i], h.Shape()[1])
	weight := b.Param(fmt.Sprintf("tail.%d.1.weight", i), graph.Glorot(), a.cutoffs[i+1]-a.cutoffs[i], a.widths[i])
	return b.MatMulNT(b.MatMulNT(h, projection), weight)
}

// The ends of names of inputs, integers: for each tail the rows [capacity] and what they are in the tail, and for each
// target [N] where its loss in a tail stands in the row of all of these.
func (a *adaptive) rowsInput(i int) string { return fmt.Sprintf("%s.tail.%d.rows", a.name, i) }

func (a *adaptive) tailInput(i int) string { return fmt.Sprintf("%s.tail.%d.targets", a.name, i) }

func (a *adaptive) placesInput() string { return a.name + ".tail.places" }

func (a *adaptive) losses(b *graph.Builder, h, table *gorgonia.Node, c Capacity) (losses []*gorgonia.Node, weights *gorgonia.Node) {
	n := h.Shape()[0]
	inHead, weights := b.CrossEntropies(a.head(b, h, table), b.IndexInput(a.name+targetsInput, n))
	losses = []*gorgonia.Node{inHead}
	for i := range a.widths {
		rows := c[i]
		if rows < 0 {
			b.Fail(errors.Errorf("softmax: a capacity of %d for tail %d; want at least 0", rows, i))
		}
		if rows <= 0 || rows > n {
			rows = n
		}
		states := b.Gather(h, b.IndexInput(a.rowsInput(i), rows), graph.NoPadding)
		inTail, _ := b.CrossEntropies(a.tail(b, i, states), b.IndexInput(a.tailInput(i), rows))
		losses = append(losses, inTail)
	}
	return losses, weights
}

// join adds the losses in the tails to those in the head, by the places that Set gives.
func (a *adaptive) join(b *graph.Builder, losses []*gorgonia.Node) *gorgonia.Node {
	inTails := b.Concat(0, losses[1:]...)
	if b.Err() != nil {
		return inTails
	}
	n := losses[0].Shape()[0]
	column := b.Reshape(inTails, inTails.DataSize(), 1)
	ofTail := b.Gather(column, b.IndexInput(a.placesInput(), n), graph.NoPadding)
	return b.Add(losses[0], b.Reshape(ofTail, n))
}

func (a *adaptive) logProbabilities(b *graph.Builder, h, table *gorgonia.Node) *gorgonia.Node {
	shortlist := a.cutoffs[0]
	head := b.LogSoftmax(a.head(b, h, table))
	all := []*gorgonia.Node{b.Slice(head, 1, 0, shortlist)}
	for i := range a.widths {
		all = append(all, b.Add(b.LogSoftmax(a.tail(b, i, h)), b.Slice(head, 1, shortlist+i, shortlist+i+1)))
	}
	return b.Concat(1, all...)
}

// tailOf returns the tail that a word is in, or −1 if there is none.
func (a *adaptive) tailOf(word int) int {
	i, found := slices.BinarySearch(a.cutoffs, word)
	if found {
		return i
	}
	return i - 1
}

func (a *adaptive) capacity(targets []int) (c Capacity) {
	for _, t := range targets {
		if i := a.tailOf(t); i >= 0 {
			c[i]++
		}
	}
	for i := range a.widths {
		c[i] = roundUp(c[i], len(targets))
	}
	return c
}

func (a *adaptive) set(p *graph.Program, targets []int, _ uint64, _ int) error {
	type tail struct{ rows, targets []int }
	tails := make([]tail, len(a.widths))
	filled, starts := make([]int, len(tails)), make([]int, len(tails))
	for i, at := 0, 0; i < len(tails); i++ {
		rows, inTail := p.Input(a.rowsInput(i)), p.Input(a.tailInput(i))
		if rows == nil || inTail == nil {
			return errors.Errorf("softmax: the program declares no tail %d; it is one of another layer", i)
		}
		tails[i], starts[i] = tail{rows.Ints(), inTail.Ints()}, at
		at += rows.Size()
	}
	for _, t := range targets {
		if i := a.tailOf(t); i >= 0 {
			filled[i]++
		}
	}
	for i, n := range filled {
		if room := len(tails[i].rows); n > room {
			return errors.Errorf("softmax: %d targets of tail %d; the program has room for %d, and one of the batch's own Capacity has it for all", n, i, room)
		}
	}
	head, places := p.Input(a.name+targetsInput).Ints(), make([]int, len(targets))
	if in := p.Input(a.placesInput()); in != nil { // of losses one by one
		places = in.Ints()
	}
	clear(filled)
	for row, t := range targets {
		i := a.tailOf(t)
		if i < 0 {
			head[row], places[row] = t, -1
			continue
		}
		at := filled[i]
		tails[i].rows[at], tails[i].targets[at] = row, t-a.cutoffs[i]
		head[row], places[row] = a.cutoffs[0]+i, starts[i]+at
		filled[i]++
	}
	for i, t := range tails {
		for at := filled[i]; at < len(t.rows); at++ {
			t.rows[at], t.targets[at] = -1, Ignored
		}
	}
	return nil
}
