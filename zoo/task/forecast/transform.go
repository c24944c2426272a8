package forecast

import (
	"math"

	"github.com/pkg/errors"
)

// transform turns the rows of a series into what a network learns from, and its forecasts back: logarithm, seasonal
// difference, first difference, and scaling, in this order. The scale is learnt from the rows that fit is given.
type transform struct {
	Log        bool      `json:"log"`
	Lag        int       `json:"lag"`
	Difference int       `json:"difference"`
	Scale      string    `json:"scale,omitempty"` // see Scales; "" means deviation
	Mean       []float64 `json:"mean"`
	Deviation  []float64 `json:"deviation"`
	Unrest     []float64 `json:"unrest,omitempty"` // the mean distance from row to row, scaled
}

// lost returns how many rows at the beginning have no difference.
func (t transform) lost() int { return t.Lag + t.Difference }

// fit learns the scale of each variable from rows without gaps, as far as the values that were observed are not missing.
func (t *transform) fit(rows, observed [][]float64) error {
	t.Mean, t.Deviation, t.Unrest = nil, nil, nil
	d := like(rows)
	if err := t.differences(d, like(rows), rows); err != nil {
		return err
	}
	width := len(rows[0])
	t.Mean, t.Deviation, t.Unrest = make([]float64, width), make([]float64, width), make([]float64, width)
	for v := range width {
		var n, mean, squares, magnitude, largest float64
		for i, row := range rows {
			largest = max(largest, math.Abs(t.level(row[v])))
			if i >= t.lost() && !math.IsNaN(observed[i][v]) {
				n++
			}
		}
		for i := t.lost(); i < len(d); i++ {
			if !math.IsNaN(observed[i][v]) {
				mean += d[i][v] / n
				magnitude += math.Abs(d[i][v]) / n
			}
		}
		for i := t.lost(); i < len(d); i++ {
			if !math.IsNaN(observed[i][v]) {
				squares += (d[i][v] - mean) * (d[i][v] - mean) / n
			}
		}
		switch t.Scale {
		case scaleNone:
			t.Deviation[v] = 1
		case scaleMagnitude:
			t.Deviation[v] = magnitude
		default:
			t.Mean[v], t.Deviation[v] = mean, math.Sqrt(squares)
		}
		// A variable that never changes has nothing to scale by: what is left is rounding, some 2⁻⁵² of the values.
		if !(t.Deviation[v] > 1e-14*largest) {
			t.Deviation[v] = 1
		}
		for i := t.lost() + 1; i < len(d); i++ {
			t.Unrest[v] += math.Abs(d[i][v]-d[i-1][v]) / t.Deviation[v] / float64(len(d)-1-t.lost())
		}
	}
	return nil
}

// apply returns the transformed rows; the first lost rows are zeros.
func (t transform) apply(rows [][]float64) ([][]float64, error) {
	out := like(rows)
	return out, t.applyTo(out, like(rows), rows)
}

// applyTo is apply into rows that are there, with others to work in.
func (t transform) applyTo(out, level, rows [][]float64) error {
	if err := t.differences(out, level, rows); err != nil {
		return err
	}
	for _, row := range out[t.lost():] {
		for v := range row {
			row[v] = (row[v] - t.Mean[v]) / t.Deviation[v]
		}
	}
	return nil
}

// farthest is how many deviations from the mean a network can be given: what it computes in 32 bits, squares and their sums
// included, stays below 2¹²⁸. The rows that the scale is learnt from are nowhere near it.
const farthest = 1e15

// far returns the place of the first transformed value that is farther than a network can be given, or -1.
func (t transform) far(transformed [][]float64) (row, variable int) {
	for i, r := range transformed {
		for v, z := range r {
			if !(math.Abs(z) <= farthest) {
				return i, v
			}
		}
	}
	return -1, -1
}

// check returns an error for the first value that has no logarithm, if that is taken.
func (t transform) check(rows [][]float64) error {
	if !t.Log {
		return nil
	}
	for i, row := range rows {
		for _, x := range row {
			if !(x > 0) {
				return errors.Errorf("row %d holds %v, which has no logarithm; forecast without log", i+1, x)
			}
		}
	}
	return nil
}

// differences sets rows to the differences of others' logarithms or values, which level becomes.
func (t transform) differences(out, level, rows [][]float64) error {
	if err := t.check(rows); err != nil {
		return err
	}
	for i, row := range rows {
		for v, x := range row {
			level[i][v] = t.level(x)
		}
	}
	at := func(i, v int) float64 { return level[i][v] }
	for i := t.lost(); i < len(out); i++ {
		for v := range out[i] {
			out[i][v] = level[i][v] - t.base(at, i, v)
		}
	}
	return nil
}

// like returns rows of zeros as long as others, in one block of memory.
func like(rows [][]float64) [][]float64 {
	n := 0
	for _, row := range rows {
		n += len(row)
	}
	block := make([]float64, n)
	out := make([][]float64, len(rows))
	for i, row := range rows {
		out[i], block = block[:len(row):len(row)], block[len(row):]
	}
	return out
}

func (t transform) level(x float64) float64 {
	if t.Log {
		return math.Log(x)
	}
	return x
}

// base returns what variable v of row n is a difference from, by the levels of the rows before it: the last season's value,
// the last value, or with both the last season's value and the change since the one before it.
func (t transform) base(level func(i, v int) float64, n, v int) float64 {
	var b float64
	if t.Lag > 0 {
		b = level(n-t.Lag, v)
	}
	if t.Difference > 0 {
		b += level(n-1, v)
		if t.Lag > 0 {
			b -= level(n-1-t.Lag, v)
		}
	}
	return b
}

// invert turns transformed forecasts of the rows after history into the series' own units. Each becomes part of the
// history of the next. An evaluation does it for every row, so a season is looked at where it is and not copied.
func (t transform) invert(history, z [][]float64) [][]float64 {
	levels, out := like(z), like(z)
	level := func(i, v int) float64 {
		if i < len(history) {
			return t.level(history[i][v])
		}
		return levels[i-len(history)][v]
	}
	for i, row := range z {
		for v, x := range row {
			levels[i][v] = x*t.Deviation[v] + t.Mean[v] + t.base(level, len(history)+i, v)
			out[i][v] = levels[i][v]
			if t.Log {
				out[i][v] = math.Exp(levels[i][v])
			}
		}
	}
	return out
}
