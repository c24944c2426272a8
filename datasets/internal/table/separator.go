package table

import (
	"bytes"
	"slices"
	"strings"
)

// separator returns the character that separates the fields of a file that begins with start: a tab, a semicolon or a
// comma, whichever divides each of the first two lines into more fields. A comma comes last, since it may be part of
// the fields between the others. Where none of them divides both, it is a bar if that does.
func separator(start []byte) byte {
	var lines [][]byte
	for line := range bytes.SplitSeq(start, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
		if len(lines) == 2 {
			break
		}
	}
	best, most := byte(','), 0
	for _, candidate := range []byte("\t;,|") {
		if candidate == '|' && most > 0 {
			break
		}
		fewest := -1
		for _, line := range lines {
			if n := countUnquoted(line, candidate); fewest < 0 || n < fewest {
				fewest = n
			}
		}
		if fewest > most {
			best, most = candidate, fewest
		}
	}
	return best
}

// countUnquoted returns how often c stands outside quotation marks in line. Only at the beginning of a field do they
// open.
func countUnquoted(line []byte, c byte) int {
	n, quoted := 0, false
	before := byte(',') // the last byte that is no blank
	for _, b := range line {
		switch {
		case b == '"' && quoted:
			quoted = false
		case b == '"':
			quoted = before == '\t' || before == ';' || before == ',' || before == '|'
		case b == c && !quoted:
			n++
		}
		if b != ' ' {
			before = b
		}
	}
	return n
}

// numbersSeparator returns the character that separates the fields of a file of numbers that begins with start, in which
// titles may stand above the table: of a tab, a semicolon, a bar and a comma that which divides most of the first lines
// alike and, of those that divide almost as many, into the most fields. Where none does, it is a blank if runs of them
// divide all lines alike.
func numbersSeparator(start []byte) byte {
	const enough = 100
	var lines [][]byte
	for line := range bytes.SplitSeq(start, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !isComment(line) {
			lines = append(lines, line)
		}
		if len(lines) == enough {
			break
		}
	}
	if isOneColumn(lines) { // which nothing separates
		if slices.ContainsFunc(lines, func(line []byte) bool { return countUnquoted(line, ',') > 0 }) {
			return ';'
		}
		return ','
	}
	candidates := []byte("\t;|,")
	widths, support := make([]int, len(candidates)), make([]int, len(candidates))
	for i, candidate := range candidates {
		widths[i], support[i] = usual(lines, func(line []byte) int { return countUnquoted(line, candidate) })
	}
	best := -1
	for i := range candidates {
		if widths[i] > 0 && 10*support[i] >= 9*slices.Max(support) && (best < 0 || widths[i] > widths[best]) {
			best = i
		}
	}
	if best >= 0 {
		return candidates[best]
	}
	// Of one column the numbers may have blanks, and its name has none.
	blanks := func(line []byte) int {
		return len(bytes.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })) - 1
	}
	if width, n := usual(lines, blanks); width > 0 && n >= len(lines)-1 && blanks(lines[0]) > 0 {
		return ' '
	}
	return ','
}

// isOneColumn reports whether the first of some lines is one name, and each of the others a number as a whole, such as 1,5.
func isOneColumn(lines [][]byte) bool {
	if len(lines) < 2 || bytes.ContainsAny(lines[0], "\t;|, ") {
		return false
	}
	return !slices.ContainsFunc(lines[1:], func(line []byte) bool {
		text := strings.Trim(string(line), "\" ")
		_, ok := anyNumber(text)
		return !ok && !isMissing(text)
	})
}

// usual returns the number above 0 that most lines give, the greater one of two, and how many do.
func usual(lines [][]byte, count func([]byte) int) (most, lineCount int) {
	times := map[int]int{}
	for _, line := range lines {
		if n := count(line); n > 0 {
			times[n]++
			if times[n] > lineCount || times[n] == lineCount && n > most {
				most, lineCount = n, times[n]
			}
		}
	}
	return most, lineCount
}

// isComment reports whether a line holds a comment, and not a value such as #N/A.
func isComment(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\ufeff")
	if bytes.HasPrefix(line, []byte("//")) {
		return true
	}
	if len(line) == 0 || line[0] != '#' {
		return false
	}
	upper := bytes.ToUpper(line[:min(len(line), 8)])
	for _, value := range [...]string{"#N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#ERROR"} {
		if bytes.HasPrefix(upper, []byte(value)) {
			return false
		}
	}
	return true
}
