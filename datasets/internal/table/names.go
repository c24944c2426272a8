package table

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// ColumnName names a column of a file without names, from 0.
func ColumnName(i int) string { return "column " + strconv.Itoa(i+1) }

// Locate returns the place of each wanted name among the names of a source. A name that is not there is an error.
func Locate(source string, names, wanted []string) ([]int, error) {
	place := make(map[string]int, len(names))
	for i, name := range names {
		place[name] = i
	}
	places := make([]int, len(wanted))
	for i, name := range wanted {
		p, ok := place[name]
		if !ok {
			if near := suggest.Nearest(name, names); near != "" {
				return nil, errors.Errorf("%s: column %s not found; did you mean %s?", source, fault.Quote(name), fault.Quote(near))
			}
			return nil, errors.Errorf("%s: column %s not found; choose from %s", source, fault.Quote(name), enumerate(names))
		}
		places[i] = p
	}
	return places, nil
}

// enumerate returns the names with commas between them, cut if there are many.
func enumerate(names []string) string {
	// About what a person takes in from an error message.
	const most = 10
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, fault.Quote(name))
	}
	if len(names) > most {
		quoted = append(quoted, "…")
	}
	return strings.Join(quoted, ", ")
}
