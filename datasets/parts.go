package datasets

import (
	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// Part returns the examples of a part: "train", "valid" or "test". Any other name is an *[UnknownError].
func (l *Labelled) Part(name string) ([]Example, error) {
	return partNamed(name, l.Train, l.Valid, l.Test)
}

// Part returns the pairs of a part: "train", "valid" or "test". Any other name is an *[UnknownError].
func (p *Pairs) Part(name string) ([]Pair, error) {
	return partNamed(name, p.Train, p.Valid, p.Test)
}

// Part returns the rows of a part: "train", "valid" or "test". Any other name is an *[UnknownError].
func (s Split) Part(name string) (Range, error) {
	return partNamed(name, s.Train, s.Valid, s.Test)
}

func partNamed[P any](name string, train, valid, test P) (part P, err error) {
	switch name {
	case "train":
		return train, nil
	case "valid":
		return valid, nil
	case "test":
		return test, nil
	}
	return part, errors.WithStack(&UnknownError{
		Kind:       "part",
		Setting:    "split",
		Name:       name,
		Suggestion: suggest.Nearest(name, []string{"train", "valid", "test"}),
		Hint:       "choose train, valid or test",
	})
}
