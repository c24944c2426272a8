// Package bench holds the workloads by which the speed of compiled programs is judged, and measures them: zoo bench
// prints what it finds, docs/performance.md says how to read it.
package bench

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// Mode is what one run of a workload does.
type Mode string

// The modes.
const (
	// Train is one step of training: forward, the loss, which is the sum of all outputs, and its gradients by all weights
	// and by the input. A language model and a classifier have the cross entropy for a loss, gradients by all weights alone,
	// and a step of Adam at the end.
	Train Mode = "train"
	// Forward gives the outputs of all time steps.
	Forward Mode = "forward"
	// Stream is one time step; the state is kept for the next. A language model writes with it: each step reads the token
	// that had the highest score in the step before.
	Stream Mode = "stream"
)

// Modes returns the modes.
func Modes() []Mode { return []Mode{Train, Forward, Stream} }

// Workload is a network of a size and what is done with it.
type Workload struct {
	Name  string // "W1", or "custom"
	Title string // what it is, in words
	Cell  string // one of Cells

	T, B, I, H    int // time steps, sequences in the batch, width of the input and of the hidden state
	Layers        int
	Bidirectional bool
	Rolled        bool // the steps are declared as a loop, however few they are (graph.Rolled)
	Mode          Mode

	// Vocabulary, if not 0, makes it a language model: word indices [T, B] into an embedding of width I, the network, and
	// a linear map to so many logits.
	Vocabulary int
	// Classes, if not 0, makes it a classifier: a linear map of the last layer's last state to so many scores. The units of
	// LSTM and GRU begin with memories of 1 to T steps (Tallec and Ollivier 2018), as those that learn long sequences do:
	// from others the gradient vanishes on its way to the first steps, and the processor computes with denormal numbers.
	Classes int
	// Carried has each run of a language model begin with the states that the run before has ended with, as one reads
	// consecutive windows of a text.
	Carried bool
	// Dropout is the rate of that on the outputs of a language model's network in training.
	Dropout float64
}

// cell is a kind of network.
type cell struct {
	name, title string
	gates       int // products x·W and h·U of the hidden width in one step
	network     func(...graph.NetworkOption) *graph.Network
}

var cells = []cell{
	{"rnn", "RNN", 1, rnn.New},
	{"lstm", "LSTM", 4, lstm.New},
	{"gru", "GRU", 3, gru.New},
	{"custom", "custom cell", 4, newCustom},
}

// Cells returns the names of the cells: those of the zoo, and "custom" for CustomCell.
func Cells() []string {
	var names []string
	for _, c := range cells {
		names = append(names, c.name)
	}
	return names
}

func cellByName(name string) (cell, bool) {
	i := slices.IndexFunc(cells, func(c cell) bool { return c.name == name })
	if i < 0 {
		return cell{}, false
	}
	return cells[i], true
}

// Workloads returns the workloads W1 to W16, which are compared with other frameworks.
func Workloads() []Workload {
	list := []Workload{
		{Name: "W1", Cell: "lstm", T: 50, B: 32, I: 128, H: 128, Layers: 1, Mode: Train},
		{Name: "W2", Cell: "lstm", T: 100, B: 64, I: 256, H: 256, Layers: 1, Mode: Train},
		{Name: "W3", Cell: "lstm", T: 35, B: 20, I: 650, H: 650, Layers: 2, Mode: Train},
		{Name: "W4", Cell: "gru", T: 50, B: 32, I: 128, H: 128, Layers: 1, Mode: Train},
		{Name: "W5", Cell: "lstm", T: 100, B: 32, I: 100, H: 128, Layers: 1, Bidirectional: true, Mode: Train},
		{Name: "W6", Cell: "lstm", T: 50, B: 1, I: 16, H: 16, Layers: 1, Mode: Train},
		{Name: "W7", Cell: "custom", T: 50, B: 32, I: 128, H: 128, Layers: 1, Mode: Train},
		{Name: "W8", Cell: "lstm", T: 100, B: 1, I: 128, H: 128, Layers: 1, Mode: Forward},
		{Name: "W9", Cell: "lstm", T: 1, B: 1, I: 128, H: 128, Layers: 1, Mode: Stream},
		{Name: "W10", Cell: "lstm", T: 35, B: 20, I: 650, H: 650, Layers: 2, Mode: Train, Vocabulary: 10000},
		{Name: "W11", Cell: "lstm", T: 50, B: 32, I: 128, H: 128, Layers: 1, Mode: Forward},
		{Name: "W12", Cell: "lstm", T: 100, B: 64, I: 256, H: 256, Layers: 1, Mode: Forward},
		// What zoo run lstm shakespeare trains, the small network of Zaremba, Sutskever and Vinyals 2014 on ptb, a GRU that
		// reads digits pixel by pixel, and two layers that write characters.
		{Name: "W13", Cell: "lstm", T: 64, B: 32, I: 128, H: 512, Layers: 1, Mode: Train, Vocabulary: 69, Carried: true, Dropout: 0.25},
		{Name: "W14", Cell: "lstm", T: 20, B: 20, I: 200, H: 200, Layers: 2, Mode: Train, Vocabulary: 10000, Carried: true},
		{Name: "W15", Cell: "gru", T: 784, B: 64, I: 1, H: 128, Layers: 1, Mode: Train, Classes: 10},
		{Name: "W16", Cell: "lstm", T: 1, B: 1, I: 128, H: 512, Layers: 2, Mode: Stream, Vocabulary: 69},
	}
	for i := range list {
		list[i].Title = list[i].Describe()
	}
	return list
}

// Describe returns a title: "2-layer LSTM T35 B20 I650 H650, train step".
func (w Workload) Describe() string {
	var b strings.Builder
	if w.Layers > 1 {
		fmt.Fprintf(&b, "%d-layer ", w.Layers)
	}
	if w.Bidirectional {
		b.WriteString("bidirectional ")
	}
	c, _ := cellByName(w.Cell)
	b.WriteString(c.title)
	if w.Vocabulary > 0 {
		b.WriteString(" language model")
	}
	if w.Classes > 0 {
		b.WriteString(" classifier")
	}
	if w.Mode != Stream {
		fmt.Fprintf(&b, " T%d", w.T)
	}
	fmt.Fprintf(&b, " B%d I%d H%d", w.B, w.I, w.H)
	if w.Vocabulary > 0 {
		fmt.Fprintf(&b, " V%d", w.Vocabulary)
	}
	if w.Classes > 0 {
		fmt.Fprintf(&b, " C%d", w.Classes)
	}
	if w.Carried {
		b.WriteString(", states carried")
	}
	if w.Dropout > 0 {
		fmt.Fprintf(&b, ", dropout %g", w.Dropout)
	}
	switch w.Mode {
	case Train:
		b.WriteString(", train step")
	case Stream:
		b.WriteString(", one streaming step")
	default:
		b.WriteString(", forward")
	}
	return b.String()
}

// FLOPs returns the number of floating-point operations of the matrix products of one run, 2 for each multiply-add. A
// train step does each product three times: forward, for the gradient by its input, and for that by its weights.
func (w Workload) FLOPs() float64 {
	c, _ := cellByName(w.Cell)
	var width float64 // multiply-adds for each sequence and time step
	in := w.I
	for range w.Layers {
		width += float64(w.directions() * (in + w.H) * c.gates * w.H)
		in = w.directions() * w.H
	}
	width += float64(in * w.Vocabulary)
	flops := 2 * float64(w.B) * (float64(w.T)*width + float64(in*w.Classes))
	if w.Mode == Train {
		flops *= 3
	}
	return flops
}

func (w Workload) directions() int {
	if w.Bidirectional {
		return 2
	}
	return 1
}

// Check returns an error that names the first field that is out of range and its value, such as "T 0: want …".
func (w Workload) Check() error {
	if _, ok := cellByName(w.Cell); !ok {
		return errors.Errorf("cell %q: want one of %s", w.Cell, strings.Join(Cells(), ", "))
	}
	if !slices.Contains(Modes(), w.Mode) {
		return errors.Errorf("mode %q: want one of %s, %s, %s", w.Mode, Train, Forward, Stream)
	}
	for _, n := range []struct {
		name        string
		value, most int
	}{
		{"T", w.T, 1 << 13}, {"B", w.B, 1 << 13}, {"I", w.I, 1 << 13}, {"H", w.H, 1 << 13}, {"layers", w.Layers, 1 << 6},
	} {
		if n.value < 1 || n.value > n.most {
			return errors.Errorf("%s %d: want 1 to %d", n.name, n.value, n.most)
		}
	}
	switch {
	case w.Vocabulary < 0 || w.Vocabulary > 1<<20:
		return errors.Errorf("vocabulary %d: want 0 to %d", w.Vocabulary, 1<<20)
	case w.Classes < 0 || w.Classes > 1<<20:
		return errors.Errorf("classes %d: want 0 to %d", w.Classes, 1<<20)
	case w.Classes > 0 && w.Vocabulary > 0:
		return errors.Errorf("classes %d: a language model (vocabulary %d) has none; want 0", w.Classes, w.Vocabulary)
	case w.Classes > 0 && w.Mode == Stream:
		return errors.Errorf("mode %s: a classifier has none; want %s or %s", w.Mode, Train, Forward)
	case w.Classes > 0 && w.Bidirectional:
		return errors.Errorf("classes %d: a bidirectional network has two last states; want 0", w.Classes)
	case !(w.Dropout >= 0 && w.Dropout < 1):
		return errors.Errorf("dropout %g: want 0 ≤ rate < 1", w.Dropout)
	case w.Dropout > 0 && (w.Vocabulary == 0 || w.Mode != Train):
		return errors.Errorf("dropout %g: only a language model in mode %s has it; want 0", w.Dropout, Train)
	case w.Carried && (w.Vocabulary == 0 || w.Mode == Stream || w.Bidirectional):
		return errors.Errorf("carried: only a language model of one direction in mode %s or %s carries its states; want false", Train, Forward)
	case w.Mode == Stream && w.Bidirectional:
		return errors.Errorf("mode %s: a bidirectional network reads the sequence from its end too; want %s or %s", w.Mode, Train, Forward)
	case w.Mode == Stream && w.T != 1:
		return errors.Errorf("T %d: a run in mode %s is one step; want 1", w.T, w.Mode)
	}
	const most = 8 // GB; who has more would wait long for a result
	if gb := w.gigabytes(); gb > most {
		return errors.Errorf("H %d: with T %d, B %d, I %d and %d layers it takes about %.0f GB of memory; want at most %d", w.H, w.T, w.B, w.I, w.Layers, gb, most)
	}
	return nil
}

// gigabytes estimates how much memory a run takes: for each step the gates, their gradients and as much again, and the
// weights with their gradients, packed forms and moments.
func (w Workload) gigabytes() float64 {
	width := float64(w.Layers * w.directions() * w.H)
	values := float64(w.T*w.B)*(2*float64(w.I)+16*width+3*float64(w.Vocabulary)) +
		4*(4*width*float64(w.I+w.H)+float64(w.Vocabulary*(w.I+w.H))+float64(w.Classes*w.H))
	const bytes = 4 // of a float32
	return bytes * values / 1e9
}

// network returns the network of the workload, initialised as PyTorch does, because the orthogonal matrices of the
// default take longer to make than everything else.
func (w Workload) network() *graph.Network {
	c, _ := cellByName(w.Cell)
	n := c.network(graph.Hidden(w.H), graph.Layers(w.Layers), graph.TorchInit())
	if w.Bidirectional {
		n = birnn.New(n)
	}
	return n
}
