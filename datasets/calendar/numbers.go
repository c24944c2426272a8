package calendar

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// mostDecimals is the most digits behind the point of a number that is read as a time: as many as a float64 has.
const mostDecimals = 17

// stepsName is the name of the location in which whole numbers are times.
const stepsName = "steps"

// isStep reports whether a time was read from a whole number.
func isStep(t time.Time) bool { return t.Location().String() == stepsName }

// wholeNumber reports whether a label is a whole number, with .0 behind it or without.
func wholeNumber(label string) bool {
	label = strings.TrimPrefix(strings.TrimSuffix(label, ".0"), "-")
	return label != "" && len(label) <= 16 && strings.Trim(label, "0123456789") == ""
}

// readNumbers reads years, or else whole numbers.
func readNumbers(labels []string) (Form, []time.Time, error) {
	tail := ""
	if strings.HasSuffix(labels[0], ".0") {
		tail = ".0"
	}
	first := strings.TrimSuffix(labels[0], tail)
	width := 0
	if first[0] == '0' && len(first) > 1 && len(first) < 10 {
		width = len(first)
	}
	forms := [][]part{{fixed('Y')}, {{code: 'i', digits: width}}}
	for i, label := range labels {
		if year, ok := digits(label, 4); !ok || !plausible(year) || len(label) != 4+len(tail) {
			forms = forms[1:]
			break
		} else if i == len(labels)-1 {
			break
		}
	}
	return readParts(labels, forms, tail)
}

// readParts reads all labels by the first of some parts that does, with a tail behind each.
func readParts(labels []string, forms [][]part, tail string) (Form, []time.Time, error) {
	failed := 0
	for _, parts := range forms {
		if tail != "" {
			parts = append(slices.Clip(parts), literal(tail))
		}
		r, at := skeleton{parts: parts}.read(labels)
		if at == len(labels) {
			return r.form, r.times, nil
		}
		failed = max(failed, at)
	}
	return Form{}, nil, &LabelError{failed, labels[failed], fmt.Sprintf("is not a number like %s; write all times in one way", fault.Quote(labels[0]))}
}

// number reads a number as the part says.
func (s *scanner) number(p part, text string) (time.Time, bool) {
	var none time.Time
	switch p.code {
	case 'i':
		n, err := strconv.ParseInt(text, 10, 64)
		// Times of more digits than this have no year.
		if err != nil || n > 1e15 || n < -1e15 {
			return none, false
		}
		if s.steps == nil {
			s.steps = time.FixedZone(stepsName, 0)
		}
		return time.Unix(n, 0).In(s.steps), true
	case 'U':
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || p.digits == 0 && (n > 1e11 || n < -1e11) {
			return none, false
		}
		switch p.digits {
		case 0:
			return time.Unix(n, 0).UTC(), true
		case 3:
			return time.UnixMilli(n).UTC(), true
		case 6:
			return time.UnixMicro(n).UTC(), true
		}
		return time.Unix(0, n).UTC(), true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 1 && v < 3e6) {
		return none, false
	}
	if p.code == 'D' {
		months := math.Round(12 * v)
		// Two digits, .08, come within 0.04 months of a twelfth; .1 is none.
		if math.Abs(12*v-months) > 0.05 || months >= 12*10000 {
			return none, false
		}
		return time.Date(int(months)/12, time.Month(1+int(months)%12), 1, 0, 0, 0, 0, time.UTC), true
	}
	// Five digits are a second of a day, fewer are at best a minute.
	day, fraction := math.Modf(v)
	seconds := math.Round(fraction * 86400)
	if p.digits < 5 && p.style != 'r' && p.style != 'R' {
		seconds = 60 * math.Round(fraction*1440)
	}
	return time.Date(1899, time.December, 30+int(day), 0, 0, int(seconds), 0, time.UTC), true
}

// appendNumber appends a time as the number that the part says.
func (p part) appendNumber(b []byte, t time.Time) []byte {
	var v float64
	switch p.code {
	case 'i':
		return appendPadded(b, int(t.Unix()), max(1, p.digits))
	case 'U':
		n := t.Unix()
		switch p.digits {
		case 3:
			n = t.UnixMilli()
		case 6:
			n = t.UnixMicro()
		case 9:
			n = t.UnixNano()
		}
		return strconv.AppendInt(b, n, 10)
	case 'D':
		v = float64(t.Year()) + float64(t.Month()-1)/12
	case 'N':
		h, m, s := t.Clock()
		v = float64(dayOf(t)-dayOf(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC))) + float64(3600*h+60*m+s)/86400
	}
	switch p.style {
	case 'r', 'R':
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if p.style == 'R' && !strings.Contains(text, ".") {
			text += ".0"
		}
		return append(b, text...)
	}
	text := strconv.FormatFloat(v, 'f', p.digits, 64)
	if p.style != '=' && p.digits > 0 {
		text = strings.TrimRight(text, "0")
		text = strings.TrimSuffix(text, ".")
		if p.style == '+' && !strings.Contains(text, ".") {
			text += ".0"
		}
	}
	return append(b, text...)
}

// readDecimals reads numbers with digits behind the point, however programs round and trim these.
func readDecimals(labels []string, code byte) (Form, []time.Time, error) {
	most := 0
	for _, label := range labels {
		if i := strings.IndexByte(label, '.'); i >= 0 {
			most = max(most, len(label)-i-1)
		}
	}
	most = min(most, mostDecimals)
	var forms [][]part
	for _, style := range []byte("=*+rR") {
		forms = append(forms, []part{{code: code, style: style, digits: most}})
	}
	return readParts(labels, forms, "")
}

// ReadSerials reads the serial numbers of spreadsheets: days since 1899-12-30, between 20000 (1954) and 60000 (2064),
// whose fraction is the time of day to the second. The error is that of [Read].
func ReadSerials(labels []string) (Form, []time.Time, error) {
	if err := between(labels, 20000, 60000); err != nil {
		return Form{}, nil, err
	}
	return readDecimals(labels, 'N')
}

// ReadDecimalYears reads years with months behind the point, 1990.0833 for February, between 1600 and 2199. The error
// is that of [Read].
func ReadDecimalYears(labels []string) (Form, []time.Time, error) {
	if err := between(labels, 1600, 2200); err != nil {
		return Form{}, nil, err
	}
	return readDecimals(labels, 'D')
}

// between returns an error if one of the labels is no number of at least low and below high.
func between(labels []string, low, high float64) error {
	if len(labels) == 0 {
		return errors.New("no times to read; give labels")
	}
	for i, label := range labels {
		v, err := strconv.ParseFloat(label, 64)
		if err != nil || len(label) > longest || !(v >= low && v < high) {
			return &LabelError{i, label, fmt.Sprintf("is not a time between %.0f and %.0f; write all times in one way", low, high)}
		}
	}
	return nil
}

// ReadUnix reads the time of Unix: whole seconds since 1970, or milliseconds, microseconds or nanoseconds if the
// largest number is too large for a year before 5000. At least one number is of 1973 or later, which counted steps
// hardly reach. The error is that of [Read].
func ReadUnix(labels []string) (Form, []time.Time, error) {
	if len(labels) == 0 {
		return Form{}, nil, errors.New("no times to read; give labels")
	}
	tail := ""
	if strings.HasSuffix(labels[0], ".0") {
		tail = ".0"
	}
	var most int64
	for i, label := range labels {
		n, err := strconv.ParseInt(strings.TrimSuffix(label, tail), 10, 64)
		if err != nil {
			return Form{}, nil, &LabelError{i, label, "is not a time of Unix in whole seconds; write all times in one way"}
		}
		most = max(most, n)
	}
	if most < 1e8 {
		return Form{}, nil, &LabelError{0, labels[0], "is not a time of Unix, and none of the others is of 1973 or later; write times such as 1577836800"}
	}
	digits := 0
	for limit := 1e11; digits < 9 && float64(most) >= limit; limit *= 1000 {
		digits += 3
	}
	return readParts(labels, [][]part{{{code: 'U', digits: digits}}}, tail)
}
