package datasets

import (
	"math"
	"strconv"
	"strings"
)

// embedded returns a fresh series of one variable from data that is compiled in, whose lines are "label,value". Callers
// parse on demand, so that importing the package costs nothing.
//
// There is no error to return: the data cannot change after the build, and the tests compare each number with the
// original. A line that is not a number would show as NaN.
func embedded(meta Info, variable string, period int, data string) *Series {
	lines := strings.Split(strings.TrimSpace(data), "\n")
	s := &Series{
		Meta:      meta,
		Variables: []string{variable},
		Times:     make([]string, len(lines)),
		Period:    period,
	}
	column := make([]float64, len(lines))
	for i, line := range lines {
		label, number, _ := strings.Cut(strings.TrimSpace(line), ",")
		value, err := strconv.ParseFloat(number, 64)
		if err != nil {
			value = math.NaN()
		}
		s.Times[i], column[i] = label, value
	}
	s.Values = rows([][]float64{column})
	return s
}
