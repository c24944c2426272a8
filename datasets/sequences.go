package datasets

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Sequences is sequences of rows of numbers, such as signals, each with what is to be said of it: its class, a number,
// or a class at each step. They may have different lengths.
type Sequences struct {
	Meta     Info
	Width    int      // W, the numbers in a row
	Classes  []string // [C] names; nil if a number is to be said
	EachStep bool     // there is a class at each step, not one of the whole
	// How many of the last steps hold what is asked for, where there is a class at each step: accuracy counts these
	// alone. 0 means all steps.
	Answer int
	// How far off a number may be and still count as right; 0 means 0.04, as of Hochreiter and Schmidhuber (1997).
	Tolerance          float64
	Train, Valid, Test SequenceList

	resized func(length int) (*Sequences, error) // nil if they are as long as they are
}

var _ Dataset = (*Sequences)(nil)

// Info returns s.Meta, of the kind [KindSequences] unless it names one.
func (s *Sequences) Info() Info { return s.Meta.or(KindSequences) }

// Part returns the sequences of a part: "train", "valid" or "test". Any other name is an *[UnknownError].
func (s *Sequences) Part(name string) (SequenceList, error) {
	return partNamed(name, s.Train, s.Valid, s.Test)
}

// Resized returns the same test with another length, as the setting of that name has it. What has been measured, and
// not made, is as long as it is: an *[option.UsageError].
func (s *Sequences) Resized(length int) (*Sequences, error) {
	if s == nil || s.resized == nil {
		name := "it"
		if s != nil && s.Meta.Name != "" {
			name = s.Meta.Name
		}
		return nil, option.Wrong("length", length, "the sequences of %s are not made, but as long as they are; leave it out", name)
	}
	return s.resized(length)
}

// Sequence is rows of numbers in time order, and what is to be said of them.
type Sequence struct {
	Values []float32 // [T·W] finite, row by row
	Label  int       // its class, between 0 and C-1
	Labels []int     // [T] the class of each step, where there is one; below 0 where nothing is to be said
	Target float64   // its number, where there are no classes
}

// SequenceList is a part of a dataset: sequences that are there, or that are made when they are asked for, the same
// ones each time. The zero value has none. It serves any number of goroutines at once if the functions that it is made
// of do.
type SequenceList struct {
	n     int
	steps func(i int) int
	at    func(draw uint64, i int) Sequence
	draw  uint64
	drawn bool
}

// NewSequenceList returns the list of sequences of rows of so many numbers. It does not copy them.
func NewSequenceList(width int, all ...Sequence) SequenceList {
	return LazySequences(len(all), func(i int) int { return len(all[i].Values) / max(1, width) }, func(i int) Sequence { return all[i] })
}

// LazySequences returns a list of n sequences that at makes whenever they are asked for. steps returns the number of
// rows of each, which takes no time.
func LazySequences(n int, steps func(i int) int, at func(i int) Sequence) SequenceList {
	if steps == nil || at == nil {
		return SequenceList{}
	}
	return SequenceList{n: max(0, n), steps: steps, at: func(_ uint64, i int) Sequence { return at(i) }}
}

// DrawnSequences returns a list of n sequences of so many rows that draw makes of random numbers: each has a generator
// of its own, of the seed and its place. Epoch has it draw others.
func DrawnSequences(n, steps int, seed uint64, draw func(rng *rand.Rand) Sequence) SequenceList {
	if draw == nil {
		return SequenceList{}
	}
	return SequenceList{n: max(0, n), steps: func(int) int { return steps }, draw: seed, drawn: true,
		at: func(seed uint64, i int) Sequence {
			return draw(rand.New(rand.NewPCG(seed, scrambled(uint64(i)))))
		}}
}

// Epoch returns the list as it is in an epoch, counted from 1, of a training with a seed: of sequences that are drawn,
// others in each; of any other, the list itself.
func (l SequenceList) Epoch(seed uint64, epoch int) SequenceList {
	if l.drawn {
		l.draw = scrambled(scrambled(l.draw+scrambled(seed)) + uint64(epoch))
	}
	return l
}

// scrambled is a permutation of the numbers of 64 bits that leaves nothing of their order (the finalizer of SplitMix64;
// Steele, Lea and Flood 2014).
func scrambled(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// First returns the list of the first n sequences, or of all if there are not so many.
func (l SequenceList) First(n int) SequenceList {
	l.n = min(l.n, max(0, n))
	return l
}

// Drawn reports whether there are other sequences in each epoch.
func (l SequenceList) Drawn() bool { return l.drawn }

// Len returns how many sequences there are.
func (l SequenceList) Len() int { return l.n }

// Steps returns T, the number of rows of sequence i, or 0 if there is none.
func (l SequenceList) Steps(i int) int {
	if i < 0 || i >= l.n {
		return 0
	}
	return l.steps(i)
}

// At returns sequence i, or the zero value if there is none. Who asks must not change its values.
func (l SequenceList) At(i int) Sequence {
	if i < 0 || i >= l.n {
		return Sequence{}
	}
	return l.at(l.draw, i)
}

// Get returns sequence i of a part, or an error for the first thing in it that makes no sense.
func (s *Sequences) Get(part SequenceList, i int) (Sequence, error) {
	if s == nil {
		return Sequence{}, errors.New("the dataset is nil; datasets.Open opens one")
	}
	if i < 0 || i >= part.Len() {
		return Sequence{}, errors.Errorf("%s: there is no sequence %d; there are %d", s.Meta.Name, i+1, part.Len())
	}
	q := part.At(i)
	return q, errors.WithMessagef(s.check(q, part.Steps(i)), "%s: sequence %d", s.Meta.Name, i+1)
}

// check returns an error for the first thing in a sequence of so many steps that makes no sense.
func (s *Sequences) check(q Sequence, steps int) error {
	wrong := errors.Errorf
	if steps < 1 || len(q.Values) != steps*s.Width {
		return wrong("it has %d numbers; want at least one row of %d, and %d rows", len(q.Values), s.Width, steps)
	}
	for at, v := range q.Values {
		if v-v != 0 {
			return wrong("number %d in row %d is %v; want a finite number", at%s.Width+1, at/s.Width+1, v)
		}
	}
	switch {
	case s.Classes == nil && (math.IsNaN(q.Target) || math.IsInf(q.Target, 0)):
		return wrong("its number is %v; want a finite one", q.Target)
	case s.Classes != nil && !s.EachStep && (q.Label < 0 || q.Label >= len(s.Classes)):
		return wrong("its label is %d; want 0 to %d, one of the %d classes", q.Label, len(s.Classes)-1, len(s.Classes))
	case s.EachStep && len(q.Labels) != steps:
		return wrong("it has %d labels; want one for each of its %d steps", len(q.Labels), steps)
	case s.EachStep && slices.Max(q.Labels) < 0:
		return wrong("none of its steps has a label; leave it out")
	case s.EachStep:
		for t, label := range q.Labels {
			if label >= len(s.Classes) {
				return wrong("the label of step %d is %d; want one of the %d classes, or below 0 for none", t+1, label, len(s.Classes))
			}
		}
	}
	return nil
}

// madeSizes are how many sequences the parts of what is made on the fly have; those to train on are others in each
// epoch.
type madeSizes struct{ train, valid, test int }

// made returns the parts of a test whose sequences are drawn.
func (s *Sequences) made(n madeSizes, steps int, draw func(*rand.Rand) Sequence) {
	s.Train = DrawnSequences(n.train, steps, 1, draw)
	s.Valid = DrawnSequences(n.valid, steps, 2, draw)
	s.Test = DrawnSequences(n.test, steps, 3, draw)
}

// mostLength is the longest sequence that is made.
const mostLength = 1 << 20

// lengthWithin returns an error unless a length is within bounds.
func lengthWithin(length, least int) error {
	if length < least || length > mostLength {
		return option.Wrong("length", length, "want between %d and %d", least, mostLength)
	}
	return nil
}

// notMade returns an error if a length is asked for of sequences of so many steps that are not made.
func (o options) notMade(name string, steps int) error {
	if o.Length != 0 {
		return option.Wrong("length", o.Length, "the sequences of %s have %d steps; leave it out", name, steps)
	}
	return nil
}

// openMade has the constructor of a test heed the options.
func openMade(test func() *Sequences) func(string, options) (Dataset, error) {
	return func(_ string, o options) (Dataset, error) {
		s := test()
		if o.Length == 0 {
			return s, nil
		}
		resized, err := s.Resized(o.Length)
		if err != nil {
			return nil, err
		}
		return resized, nil
	}
}

// holdOutSequences takes n sequences of a class out as holdOut does examples: those of the same numbers stay together.
func holdOutSequences(all []Sequence, n int, seed uint64) (kept, held []Sequence, err error) {
	examples := make([]Example, len(all))
	places := make(map[string][]int, len(all))
	for i, q := range all {
		key := make([]byte, 0, 4*len(q.Values))
		for _, v := range q.Values {
			key = binary.LittleEndian.AppendUint32(key, math.Float32bits(v))
		}
		examples[i] = Example{string(key), q.Label}
		places[examples[i].Text] = append(places[examples[i].Text], i)
	}
	in, out, err := holdOut(examples, n, seed)
	if err != nil {
		return nil, nil, err
	}
	take := func(part []Example) (taken []Sequence) {
		for _, e := range part { // which keeps the order, so that each is the next of its numbers
			at := places[e.Text]
			taken, places[e.Text] = append(taken, all[at[0]]), at[1:]
		}
		return taken
	}
	return take(in), take(out), nil
}

// steps says how long sequences are, for Info.Size.
func stepsText(n int) string { return strconv.Itoa(n) + " steps" }
