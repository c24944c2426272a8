package table

import "bytes"

// separator returns the character that separates the fields of a file that begins with start: a tab, a semicolon or a
// comma, whichever divides each of the first two lines into more fields. A comma comes last, since it may be part of
// the fields between the others.
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
	for _, candidate := range []byte("\t;,") {
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
			quoted = before == '\t' || before == ';' || before == ','
		case b == c && !quoted:
			n++
		}
		if b != ' ' {
			before = b
		}
	}
	return n
}
