package texts

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// fieldsOf cuts a line at blanks, commas and semicolons.
func fieldsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' })
}

// HasNumber reports whether a field of a line, with blanks, commas or semicolons between them, is a number: a line without one
// holds names.
func HasNumber(text string) bool {
	return slices.ContainsFunc(fieldsOf(text), func(field string) bool {
		_, err := strconv.ParseFloat(field, 64)
		return err == nil
	})
}

// Numbers reads the numbers of a sequence, with blanks, commas or semicolons between them. What holds them is called where, and
// has a number.
func Numbers(where string, n int, text string) ([]float32, error) {
	all := fieldsOf(text)
	values := make([]float32, len(all))
	for i, field := range all {
		v, err := strconv.ParseFloat(field, 32)
		if err != nil || v-v != 0 {
			return nil, errors.Errorf("%s %d: %s is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them", where, n, QuotedField(field))
		}
		values[i] = float32(v)
	}
	return values, nil
}

// QuotedField returns a field in quotation marks, as much of it as one line has room for.
func QuotedField(field string) string {
	const most = 40
	if runes := []rune(field); len(runes) > most {
		field = string(runes[:most]) + "…"
	}
	return strconv.Quote(field)
}
