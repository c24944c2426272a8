package show

import (
	"math"
	"regexp"
	"strconv"
)

// axis maps values to places along a line, linearly or by their logarithms.
type axis struct {
	low, high float64 // of the values
	from, to  float64 // the places of these
	log       bool
}

// drawable reports whether a value has a place.
func (a axis) drawable(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.log || v > 0)
}

// extend makes room for a value.
func (a *axis) extend(v float64) {
	if a.drawable(v) {
		a.low, a.high = math.Min(a.low, v), math.Max(a.high, v)
	}
}

// emptyAxis returns an axis that knows no value.
func emptyAxis(log bool) axis { return axis{low: math.Inf(1), high: math.Inf(-1), log: log} }

// finish gives an axis of no value, or one, an extent.
func (a *axis) finish() {
	if a.low > a.high {
		a.low, a.high = 0, 1
		if a.log {
			a.low = 0.1
		}
	}
	switch {
	case a.low < a.high:
	case a.log:
		a.low, a.high = a.low/2, a.high*2
	case a.low == 0:
		a.low, a.high = -1, 1
	default:
		d := math.Abs(a.low) / 10
		a.low, a.high = a.low-d, a.high+d
	}
}

// at returns the place of a value.
func (a axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

// ticks returns round values along the axis, about n of them.
func (a axis) ticks(n int) []float64 {
	var ticks []float64
	if a.log {
		first, last := math.Floor(math.Log10(a.low)), math.Ceil(math.Log10(a.high))
		step := math.Max(1, math.Ceil((last-first)/float64(n)))
		for e := first; e <= last; e += step {
			if v := math.Pow(10, e); v >= a.low*0.999 && v <= a.high*1.001 {
				ticks = append(ticks, v)
			}
		}
		if len(ticks) >= 2 {
			return ticks
		}
		ticks = nil // less than a power of ten: as on a linear axis
	}
	step := math.Pow(10, math.Floor(math.Log10((a.high-a.low)/float64(n))))
	for _, k := range []float64{1, 2, 5, 10} {
		if (a.high-a.low)/(k*step) <= float64(n) {
			step *= k
			break
		}
	}
	for i := math.Ceil(a.low/step - 1e-9); i*step <= a.high+1e-9*step; i++ {
		ticks = append(ticks, i*step)
	}
	return ticks
}

// mark is a place on an axis with what is written there.
type mark struct {
	at   float64
	text string
}

// marks returns round values along the axis, or times, of which the first is at 0. Of times that are dates over years the
// beginnings of years are marked.
func (a axis) marks(times []string) (marks []mark) {
	if len(times) == 0 {
		for _, v := range a.ticks(8) {
			marks = append(marks, mark{v, label(v)})
		}
		return marks
	}
	first, last := max(0, int(math.Ceil(a.low))), min(len(times)-1, int(math.Floor(a.high)))
	var years []int // where they begin
	for i := first; i <= last; i++ {
		if begins(times, i) {
			years = append(years, i)
		}
	}
	if len(years) >= 3 {
		for _, every := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500} {
			marks = nil
			for _, i := range years {
				if year, _ := strconv.Atoi(times[i][:4]); year%every == 0 {
					marks = append(marks, mark{float64(i), times[i][:4]})
				}
			}
			if len(marks) <= 10 {
				return marks
			}
		}
	}
	widest := 0.0
	for i := first; i <= last; i++ {
		widest = max(widest, textWidth(times[i]))
	}
	room := max(1, min(8, math.Floor((a.to-a.from)/(widest+20))))
	every := max(1, int(math.Ceil(float64(last-first+1)/room)))
	for i := first; i <= last; i += every {
		marks = append(marks, mark{float64(i), times[i]})
	}
	return marks
}

// begins reports whether a time is the first of a year, in the form 1949 or with more behind it, such as 1949-01.
func begins(times []string, i int) bool {
	year := func(s string) string {
		if m := dated.FindStringSubmatch(s); m != nil {
			return m[1]
		}
		return ""
	}
	here := year(times[i])
	if here == "" || i > 0 {
		return here != "" && year(times[i-1]) != here
	}
	return januaryFirst.MatchString(times[i])
}

var (
	dated        = regexp.MustCompile(`^(\d{4})(\D|$)`)
	januaryFirst = regexp.MustCompile(`^\d{4}(-01){0,2}$`)
)

// label formats a tick.
func label(v float64) string {
	if v == 0 {
		return "0"
	}
	if size := math.Abs(v); size >= 1e6 || size < 1e-3 {
		return strconv.FormatFloat(v, 'g', 3, 64) // without what a power of ten lacks in its last digit
	}
	return strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64)
}
