// Package suggest finds the name that was probably meant.
package suggest

import "strings"

// Nearest returns the candidate within the fewest edits of name, the first of equals, or "" if none is near: more than
// one edit in three letters is another word and not a slip. Case does not count.
func Nearest(name string, candidates []string) string {
	// The distance takes quadratic time, and nobody mistypes a name this long.
	const longest = 64
	a := []rune(strings.ToLower(name))
	if len(a) > longest {
		return ""
	}
	best, fewest := "", 0
	for _, candidate := range candidates {
		b := []rune(strings.ToLower(candidate))
		if len(b) > longest {
			continue
		}
		d := editDistance(a, b)
		if 3*d <= max(len(a), len(b)) && (best == "" || d < fewest) {
			best, fewest = candidate, d
		}
	}
	return best
}

// editDistance is the Damerau–Levenshtein distance of a and b in its restricted form (optimal string alignment): the
// number of insertions, deletions, replacements and swaps of neighbours that turn one into the other.
func editDistance(a, b []rune) int {
	// d[i%3][j] is the distance of a[:i] and b[:j]; a swap looks two rows back.
	var d [3][]int
	for i := range d {
		d[i] = make([]int, len(b)+1)
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twoAbove := d[i%3], d[(i+2)%3], d[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], twoAbove[j-2]+1)
			}
		}
	}
	return d[len(a)%3][len(b)]
}
