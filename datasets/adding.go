package datasets

import "math/rand/v2"

func addingInfo() Info {
	return Info{
		Name:    "adding",
		Kind:    KindSequences,
		Task:    "recognise",
		Title:   "the sum of two marked numbers among many, a test of memory",
		Size:    "endless, of " + stepsText(addingLength),
		Licence: "public domain (generated)",
		Source:  "generated (Hochreiter and Schmidhuber 1997)",
		Where:   "embedded",
	}
}

// addingLength is the length that is usual.
const addingLength = 600

// Adding returns the adding problem over 600 steps, or as many as Resized says: rows of a number, uniform over [0, 1),
// and a mark that is 1 for one number in the first half and one in the second, and else 0. The sum of the two is to be
// said. Who always says 1, its mean, has a mean squared error of 1/6. Each epoch has 10,000 new sequences; 1,000
// validate and 1,000 test.
//
// S. Hochreiter and J. Schmidhuber, Long short-term memory, 1997, in the form of M. Arjovsky, A. Shah and Y. Bengio,
// Unitary evolution recurrent neural networks, 2016.
func Adding() *Sequences { return adding(addingLength) }

func adding(length int) *Sequences {
	s := &Sequences{Meta: addingInfo(), Width: 2, resized: func(n int) (*Sequences, error) {
		if err := lengthWithin(n, 2); err != nil {
			return nil, err
		}
		return adding(n), nil
	}}
	if length != addingLength {
		s.Meta.Settings.Length = length
	}
	s.made(madeSizes{10_000, 1_000, 1_000}, length, func(rng *rand.Rand) Sequence {
		q := Sequence{Values: make([]float32, 2*length)}
		for t := range length {
			q.Values[2*t] = rng.Float32()
		}
		for _, t := range []int{rng.IntN(length / 2), length/2 + rng.IntN(length-length/2)} {
			q.Values[2*t+1] = 1
			q.Target += float64(q.Values[2*t])
		}
		return q
	})
	return s
}
