package table

import "math"

// filler puts a number in place of each NaN in values. It returns the first row for which it has none, or -1.
type filler func(values []float64) int

// FillMethods returns the names of the methods that [ReadPanel] fills missing values by.
func FillMethods() []string { return []string{"previous", "linear", "mean", "zero"} }

// fillMethod returns the filler of that name, or nil if there is none.
func fillMethod(name string) filler {
	switch name {
	case "previous":
		return fillPrevious
	case "linear":
		return fillLinear
	case "mean":
		return fillMean
	case "zero":
		return fillZero
	}
	return nil
}

func fillPrevious(values []float64) int {
	for i, v := range values {
		if !math.IsNaN(v) {
			continue
		}
		if i == 0 {
			return 0
		}
		values[i] = values[i-1]
	}
	return -1
}

func fillLinear(values []float64) int {
	known := -1 // the last row with a value
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		for gap := known + 1; gap < i; gap++ {
			if known < 0 {
				values[gap] = v
				continue
			}
			// Not before + part·(v − before), whose difference overflows for numbers that do not. Rounding must not
			// leave the range either.
			before, part := values[known], float64(gap-known)/float64(i-known)
			values[gap] = min(max((1-part)*before+part*v, min(before, v)), max(before, v))
		}
		known = i
	}
	if known < 0 {
		return 0
	}
	for i := known + 1; i < len(values); i++ {
		values[i] = values[known]
	}
	return -1
}

func fillMean(values []float64) int {
	mean, n := 0.0, 0.0 // of the known values so far, and their number
	for i, v := range values {
		if !math.IsNaN(v) {
			// Updated rather than a sum, which overflows for numbers that do not.
			n++
			mean += v/n - mean/n
			continue
		}
		if n == 0 {
			return i
		}
		values[i] = mean
	}
	return -1
}

func fillZero(values []float64) int {
	for i, v := range values {
		if math.IsNaN(v) {
			values[i] = 0
		}
	}
	return -1
}
