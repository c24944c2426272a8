package table

import (
	"math"
	"strconv"
	"strings"
)

// cellKind is what the text of a cell stands for.
type cellKind int

const (
	numberCell cellKind = iota
	missingCell
	infiniteCell
	textCell
)

// parseCell returns the number that text stands for, or the reason why there is none.
func parseCell(text string) (float64, cellKind) {
	switch strings.ToLower(text) {
	case "", "na", "n/a", "nan", "null", "none", "?", "-":
		return 0, missingCell
	}
	// Beside finite numbers, ParseFloat takes the names of infinity and returns infinity with an error for numbers too
	// large for a float64.
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case math.IsInf(value, 0):
		return 0, infiniteCell
	case err != nil:
		return 0, textCell
	}
	return value, numberCell
}
