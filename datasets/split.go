package datasets

import (
	"math"

	"github.com/pkg/errors"
)

// Range is the rows From, From+1, …, To-1.
type Range struct{ From, To int }

// Len returns the number of rows in r.
func (r Range) Len() int { return r.To - r.From }

// Split is a series cut into three parts that follow one another in time.
type Split struct{ Train, Valid, Test Range }

// Chronological splits n rows in time order: the test part is the last round(n·test) rows, the validation part is the
// last round(valid·rest) of the rows before them, and the training part is what remains. The fractions lie above 0 and
// below 1.
//
// It is an error if one of the parts is empty.
func Chronological(n int, valid, test float64) (Split, error) {
	// Written so that NaN is refused too.
	if !(valid > 0 && valid < 1) {
		return Split{}, errors.Errorf("validation fraction %v out of range; choose one above 0 and below 1", valid)
	}
	if !(test > 0 && test < 1) {
		return Split{}, errors.Errorf("test fraction %v out of range; choose one above 0 and below 1", test)
	}
	rest := n - int(math.Round(float64(n)*test))
	train := rest - int(math.Round(float64(rest)*valid))
	s := Split{
		Train: Range{0, train},
		Valid: Range{train, rest},
		Test:  Range{rest, n},
	}
	for _, part := range []struct {
		name string
		Range
	}{{"training", s.Train}, {"validation", s.Valid}, {"test", s.Test}} {
		if part.Len() <= 0 {
			return Split{}, errors.Errorf("%d rows leave none for the %s part (validation fraction %v, test fraction %v); use a longer series or other fractions", n, part.name, valid, test)
		}
	}
	return s, nil
}
