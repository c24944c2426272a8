package table

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// columnKind is what a column holds.
type columnKind int

const (
	emptyColumn  columnKind = iota // nothing but missing values
	numberColumn                   // numbers
	textColumn                     // anything else
)

// column is one column of a file: what the rows show of it, and what is read.
type column struct {
	name  string
	named bool // whether the file names it
	kind  columnKind
	mark  byte // the decimal mark of its numbers, '.' or ','
	flags bool // whether it holds true and false, which are read as 1 and 0

	plain, odd           int    // numbers as Go writes them, and others
	texts, marks         int    // what is neither number nor missing, and names of true and false among them
	missing              int    // values that are
	firstMissing         int    // line of the first; 0 if there is none
	onlyPoint, onlyComma int    // numbers that make sense with one of the decimal marks alone
	either               string // the first number that both read, as different ones
	guessed              bool   // whether nothing decides between them
	bad                  cell   // the first that is no finite number
	badPoint, badComma   cell   // the first that makes no sense with this decimal mark
	infinite             cell
	digits               bool // whether all numbers are digits alone, and none begins with a 0 that is not all
	zeros                bool // whether one begins with a 0 and more digits
	shown                looks
	example              [6]string // of what shows, by its place

	few map[string]int // how often each text is there, as long as there are few different ones; nil if there are many

	values []float64 // NaN for a missing one
	words  *words
}

// cell is a text and the line on which it is; the line of none is 0.
type cell struct {
	line int
	text string
}

// set keeps the first cell.
func (c *cell) set(text string, line int) {
	if c.line == 0 {
		c.line, c.text = line, strings.Clone(text)
	}
}

// add has a column know of a cell.
func (c *column) add(f *file, text string, line int) {
	if f.isMissing(text) {
		c.miss(line)
		return
	}
	if c.few != nil {
		if _, ok := c.few[text]; ok || len(c.few) < mostKinds {
			if !ok {
				text = strings.Clone(text)
			}
			c.few[text]++
		} else {
			c.few = nil
		}
	}
	if c.plain+c.odd == 0 {
		c.digits = true
	}
	digits := allDigits(text)
	c.digits = c.digits && digits
	if text[0] == '0' && len(text) > 1 && digits {
		c.zeros = true
	}
	// Of the numbers that Go writes, only those with a point may be others with a decimal comma.
	fixed := f.written.decimal
	point, okPoint := plainNumber(text)
	comma, okComma := point, okPoint
	isPlain, dotted := okPoint, strings.IndexByte(text, '.') >= 0
	switch {
	case isPlain && !dotted:
	case isPlain:
		if okComma = fixed != '.' && maybeGroups(text); okComma {
			comma, okComma = f.written.parse(text, ',')
		}
		if fixed == ',' {
			okPoint, isPlain = false, false
		}
	case maybeNumber(text):
		if fixed != ',' {
			point, okPoint = f.written.parse(text, '.')
		}
		if fixed != '.' {
			comma, okComma = f.written.parse(text, ',')
		}
	}
	if okPoint && slices.Contains(f.sentry, point.value) || !okPoint && okComma && slices.Contains(f.sentry, comma.value) {
		c.miss(line)
		return
	}
	switch {
	case !okPoint && !okComma:
		c.texts++
		if _, ok := flag(text); ok {
			c.marks++
		}
		if isInfinity(text) {
			c.infinite.set(text, line)
			c.odd++
			c.texts--
		}
		c.bad.set(text, line)
		return
	case point.infinite && okPoint || comma.infinite && okComma:
		c.infinite.set(text, line)
		c.bad.set(text, line)
	case !okComma:
		c.onlyPoint++
		c.badComma.set(text, line)
	case !okPoint:
		c.onlyComma++
		c.badPoint.set(text, line)
	case point.value != comma.value && c.either == "":
		c.either = strings.Clone(text)
	}
	if isPlain {
		c.plain++
	} else {
		c.odd++
	}
	seen := point.looks
	if !okPoint {
		seen = comma.looks
	}
	for i := range c.example {
		if seen&^c.shown&(1<<i) != 0 {
			c.example[i] = strings.Clone(text)
		}
	}
	c.shown |= seen
}

// miss has a column know of a missing value.
func (c *column) miss(line int) {
	if c.missing++; c.firstMissing == 0 {
		c.firstMissing = line
	}
}

// mostKinds is how many different things a column has at most that says of which kind each row is.
const mostKinds = 8

// maybeGroups reports whether a number as Go writes it, with a point, may have this between thousands.
func maybeGroups(text string) bool {
	i := strings.IndexByte(text, '.')
	whole := strings.TrimLeft(text[:i], "+-")
	return len(text)-i-1 == 3 && len(whole) >= 1 && len(whole) <= 3 && whole[0] != '0' && allDigits(text[i+1:])
}

// flag reads true and false.
func flag(text string) (value float64, ok bool) {
	if len(text) > 5 || text == "" || strings.IndexByte("tTyYfFnN", text[0]) < 0 {
		return 0, false
	}
	switch strings.ToLower(text) {
	case "true", "yes":
		return 1, true
	case "false", "no":
		return 0, true
	}
	return 0, false
}

// decide says what the column holds, when its decimal mark is known: numbers if all is numbers, or else half of it numbers
// as Go writes them, so that what is none among them is a fault.
func (c *column) decide() {
	wrong, first := c.onlyComma, c.badPoint
	if c.mark == ',' {
		wrong, first = c.onlyPoint, c.badComma
	}
	if first.line != 0 && (c.bad.line == 0 || first.line < c.bad.line) {
		c.bad = first
	}
	numbers := c.plain + c.odd
	switch {
	case numbers+c.texts == 0:
		c.kind = emptyColumn
	case c.texts+wrong == 0 && numbers > 0:
		c.kind = numberColumn
	case c.few != nil && c.texts > 1 && numbers+c.texts > 4*mostKinds && c.bad.line != 0:
		c.kind = textColumn // of kinds, some of which are called by numbers
	case numbers > 0 && 2*c.plain >= numbers+c.texts:
		c.kind = numberColumn
	default:
		c.kind = textColumn
	}
	c.flags = c.texts > 0 && c.marks == c.texts && numbers == 0
}

// fault says what is wrong with the first bad value, without the file; nil if there is none.
func (c *column) fault() error {
	if c.bad.line == 0 || c.flags {
		return nil
	}
	way := "write numbers as 1234.5, or leave the column out"
	if c.bad == c.infinite {
		way = "write a finite number, or leave it empty for a missing value"
	}
	return errors.Errorf("line %d, column %s: %s is not a finite number; %s", c.bad.line, fault.Quote(c.name), fault.Quote(c.bad.text), way)
}

// show writes a number for a person.
func show(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// words is the text of a column, each different one once, or where nearly all differ each by itself.
type words struct {
	codes []int32 // of the rows; nil if each row has its own
	all   []string
	index map[string]int32 // nil if there are codes no longer
}

// newWords returns what holds so many rows.
func newWords(rows int) *words {
	return &words{codes: make([]int32, 0, rows), index: map[string]int32{}}
}

// add appends a row, whose text it does not copy.
func (w *words) add(text string) {
	const trial = 1 << 16
	if w.index == nil {
		w.all = append(w.all, text)
		return
	}
	code, ok := w.index[text]
	if !ok {
		code = int32(len(w.all))
		w.index[text] = code
		w.all = append(w.all, text)
	}
	if w.codes = append(w.codes, code); len(w.codes) == trial && 4*len(w.all) > 3*trial {
		all := make([]string, trial, cap(w.codes))
		for i, code := range w.codes {
			all[i] = w.all[code]
		}
		w.codes, w.all, w.index = nil, all, nil
	}
}

// code returns the number of the text of a row.
func (w *words) code(row int) int {
	if w.codes == nil {
		return row
	}
	return int(w.codes[row])
}

// at returns the text of a row.
func (w *words) at(row int) string { return w.all[w.code(row)] }

// own has the texts share their memory with nothing else.
func (w *words) own() {
	for i, text := range w.all {
		w.all[i] = strings.Clone(text)
	}
	w.index = nil
}

// whole reports whether all numbers of a column are whole, and none is missing.
func (c *column) whole() bool {
	for _, v := range c.values {
		if v != math.Trunc(v) {
			return false
		}
	}
	return len(c.values) > 0
}
