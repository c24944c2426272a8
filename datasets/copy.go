package datasets

import "math/rand/v2"

func copyInfo() Info {
	return Info{
		Name:    "copy",
		Kind:    KindSequences,
		Task:    "recognise",
		Title:   "ten symbols to be said again after a long time, a test of memory",
		Size:    "endless, of " + stepsText(copyLength+2*copySymbols),
		Licence: "public domain (generated)",
		Source:  "generated (Hochreiter and Schmidhuber 1997)",
		Where:   "embedded",
	}
}

const (
	copyLength  = 1000 // steps between a symbol and its copy
	copySymbols = 10   // that are to be kept
	copyBlank   = 8    // the class behind the eight symbols
	copyCue     = 9    // the input behind the blank
)

// Copy returns the copy memory problem with a delay T of 1,000 steps, or as many as Resized says: ten symbols out of
// eight, T−1 blanks, a cue and ten blanks, each a row in which one of ten numbers is 1. At each of the T+20 steps a
// class is to be said: blank, and at the last ten steps the symbols in their order. Who remembers nothing has a mean
// cross entropy of 10·ln 8/(T+20). Each epoch has 10,000 new sequences; 200 validate and 1,000 test.
//
// S. Hochreiter and J. Schmidhuber, Long short-term memory, 1997, in the form of M. Arjovsky, A. Shah and Y. Bengio,
// Unitary evolution recurrent neural networks, 2016.
func Copy() *Sequences { return copyMemory(copyLength) }

func copyMemory(delay int) *Sequences {
	const width = copyCue + 1
	s := &Sequences{Meta: copyInfo(), Width: width, EachStep: true, Answer: copySymbols,
		Classes: []string{"a", "b", "c", "d", "e", "f", "g", "h", "blank"},
		resized: func(n int) (*Sequences, error) {
			if err := lengthWithin(n, 1); err != nil {
				return nil, err
			}
			return copyMemory(n), nil
		}}
	if delay != copyLength {
		s.Meta.Settings.Length = delay
	}
	steps := delay + 2*copySymbols
	s.made(madeSizes{10_000, 200, 1_000}, steps, func(rng *rand.Rand) Sequence {
		q := Sequence{Values: make([]float32, steps*width), Labels: make([]int, steps)}
		in, answer := make([]int, steps), steps-copySymbols
		for t := range steps {
			in[t], q.Labels[t] = copyBlank, copyBlank
		}
		for k := range copySymbols {
			in[k] = rng.IntN(copyBlank)
			q.Labels[answer+k] = in[k]
		}
		in[answer-1] = copyCue
		for t, class := range in {
			q.Values[t*width+class] = 1
		}
		return q
	})
	return s
}
