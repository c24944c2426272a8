package recognise

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// few returns the first sequences of a list, of which there are others in each epoch if there are in it.
func few(l datasets.SequenceList, n int) datasets.SequenceList { return l.First(n) }

// signals returns a dataset of n sequences in each part, of 3 to 9 rows of two numbers, which make fills in.
func signals(n int, classes []string, make func(rng *rand.Rand, rows [][2]float64) datasets.Sequence) *datasets.Sequences {
	rng := rand.New(rand.NewPCG(7, 7))
	s := &datasets.Sequences{Meta: datasets.Info{Name: "signals"}, Width: 2, Classes: classes}
	for _, part := range []*datasets.SequenceList{&s.Train, &s.Valid, &s.Test} {
		var all []datasets.Sequence
		for range n {
			rows := slices.Repeat([][2]float64{{}}, 3+rng.IntN(7))
			q := make(rng, rows)
			for _, row := range rows {
				q.Values = append(q.Values, float32(row[0]), float32(row[1]))
			}
			all = append(all, q)
		}
		*part = datasets.NewSequenceList(2, all...)
	}
	return s
}

// waves are slow or quick.
func waves(n int) *datasets.Sequences {
	count := 0
	return signals(n, []string{"slow", "quick"}, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		label := count % 2
		count++
		phase := rng.Float64()
		for t := range rows {
			rows[t] = [2]float64{10 * math.Sin(phase+float64(t)*[]float64{0.4, 2}[label]), 100 + rng.NormFloat64()}
		}
		return datasets.Sequence{Label: label}
	})
}

// levels are to be averaged.
func levels(n int) *datasets.Sequences {
	return signals(n, nil, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		var q datasets.Sequence
		for t := range rows {
			rows[t] = [2]float64{rng.NormFloat64(), rng.NormFloat64()}
			q.Target += 50 + 20*rows[t][0]/float64(len(rows))
		}
		return q
	})
}

// tagged says at each step whether a number is above the one before, and nothing at the first.
func tagged(n int) *datasets.Sequences {
	s := signals(n, []string{"falls", "rises"}, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		q := datasets.Sequence{Labels: []int{-1}}
		for t := range rows {
			if rows[t] = [2]float64{rng.NormFloat64(), 1}; t > 0 {
				label := 0
				if rows[t][0] > rows[t-1][0] {
					label = 1
				}
				q.Labels = append(q.Labels, label)
			}
		}
		return q
	})
	s.EachStep = true
	return s
}
