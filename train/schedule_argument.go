package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// argument is one value in a schedule's spec.
type argument[N int | float64] struct {
	name  string
	parse func(string) (N, error)
	ok    func(N) bool
	want  string // what ok asks for
}

var (
	epochCount = argument[int]{"EPOCHS", strconv.Atoi, countable, "a whole number above 0"}
	stepCount  = argument[int]{"STEPS", strconv.Atoi, countable, "a whole number above 0"}
	patienceOf = argument[int]{"PATIENCE", strconv.Atoi, func(n int) bool { return n >= 0 }, "a whole number of at least 0"}
	factorOf   = argument[float64]{"FACTOR", parseFloat, func(x float64) bool { return x > 0 && x <= 1 }, "a number above 0 and at most 1"}
)

// minimum is the rate at which a schedule ends.
func (p specParser) minimum() argument[float64] {
	return argument[float64]{"MIN", parseFloat, func(x float64) bool { return x >= 0 && x <= p.base },
		fmt.Sprintf("a number from 0 to the learning rate %v", p.base)}
}

// required returns value i.
func (a argument[N]) required(args []string, i int) (N, error) {
	if i >= len(args) {
		return 0, errors.Errorf("has no %s; write it as one of %s", a.name, strings.Join(ScheduleSpecs(), ", "))
	}
	n, err := a.parse(args[i])
	if err != nil || !a.ok(n) {
		return 0, errors.Errorf("has %.40q for %s; give %s", args[i], a.name, a.want)
	}
	return n, nil
}

// optional returns value i, or the default where there is none.
func (a argument[N]) optional(args []string, i int, byDefault N) (N, error) {
	if i >= len(args) {
		return byDefault, nil
	}
	return a.required(args, i)
}

func parseFloat(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

// countable leaves room for a count of epochs to become one of steps.
func countable(n int) bool { return n > 0 && n <= math.MaxInt32 }
