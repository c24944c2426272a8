package datasets

import (
	"fmt"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// UnknownError reports a name that means nothing here: of a dataset, of the prefix before a file, of a fill method, of
// an encoding, of a way of quoting or of a part. It is the request that is wrong and not a file, so a command can tell
// the two apart:
//
//	var unknown *datasets.UnknownError
//	if errors.As(err, &unknown) {
//		os.Exit(2)
//	}
type UnknownError struct {
	Kind       string // what was looked for: "dataset", "fill method", "encoding", "way of quoting" or "part"
	Setting    string // the setting at fault: "fill", "encoding", "quote" or "split"; "" for a dataset
	Name       string // the name as given
	Suggestion string // the name that was probably meant; empty if none is near
	Hint       string // the way out if nothing is suggested, or beside the suggestion
}

// Error returns one line with the name, the nearest known one and the way out.
func (e *UnknownError) Error() string {
	if e.Suggestion == "" {
		return fmt.Sprintf("%s %s not found; %s", e.Kind, fault.Quote(e.Name), e.Hint)
	}
	return fmt.Sprintf("%s %s not found; did you mean %s? (%s)", e.Kind, fault.Quote(e.Name), fault.Quote(e.Suggestion), e.Hint)
}

// unknownDataset explains why no dataset has the name spec.
func unknownDataset(spec string) *UnknownError {
	e := &UnknownError{Kind: "dataset", Name: spec, Hint: "zoo datasets lists them"}
	prefix, path, hasPrefix := strings.Cut(spec, ":")
	_, _, isFile := formOf(spec)
	switch {
	case isFile: // which is asked for where files are fetched
		e.Hint = "a file of your own is nowhere else; zoo datasets lists the names"
	case hasPrefix && path == "":
		e.Hint = "write " + formNames() + " with the path of a file"
	case hasPrefix:
		var prefixes []string
		for _, f := range forms() {
			prefixes = append(prefixes, f.prefix)
		}
		if near := suggest.Nearest(prefix, prefixes); near != "" {
			e.Suggestion = near + ":" + path
		}
		e.Hint = "a file is " + formNames() + ", and zoo datasets lists the names"
	default:
		if f, ok := guessForm(spec); ok {
			e.Suggestion = f.prefix + ":" + spec
			break
		}
		var names []string
		for _, entry := range catalogue() {
			names = append(names, entry.info.Name)
		}
		if e.Suggestion = suggest.Nearest(spec, names); e.Suggestion == "" {
			e.Hint = "zoo datasets lists them, and " + formNames() + " is a file of your own"
		}
	}
	return e
}
