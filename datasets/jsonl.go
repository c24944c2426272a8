package datasets

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
)

// ReadJSONL reads texts and their labels from lines of JSON, an object each:
//
//	{"text": "a fine film", "label": "good"}
//
// [Text] and [Label] name the fields, which hold texts, numbers or true and false; a dot leads into an object within.
// What becomes of the examples is as in [LabelledCSV], and so are the limits, with 1 MiB a line. The name stands for the
// file in errors and in the description of the dataset.
//
// Every error is one line with the file and the line at fault: no object, a field that is missing or empty, unless
// [SkipEmpty] leaves the line out, or one that holds a list.
func ReadJSONL(name string, r io.Reader, opts ...Option) (*Labelled, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	return readJSONL(name, r, o)
}

func openJSONL(path string, o options) (l *Labelled, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		l, err = readJSONL(path, r, o)
		return err
	})
	return l, err
}

func readJSONL(name string, r io.Reader, o options) (*Labelled, error) {
	texts, label, err := o.labelColumns()
	if err != nil {
		return nil, err
	}
	l := newOwnTexts(name, "field", label, o)
	places := make([]int, len(texts))
	for i := range places {
		places[i] = i
	}
	meta := describeTexts(name)
	meta.Notices, err = eachObject(name, r, o, append(texts, label), leaveOut, func(line int, fields []string) error {
		return l.add(line, texts[0], joined(fields, places), fields[len(texts)])
	})
	if err != nil {
		return nil, err
	}
	return l.dataset(meta, o.split)
}

func openPairsJSONL(path string, o options) (p *Pairs, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		p, err = readPairsJSONL(path, r, o)
		return err
	})
	return p, err
}

// readPairsJSONL reads texts and their translations from two fields of each object.
func readPairsJSONL(name string, r io.Reader, o options) (*Pairs, error) {
	wanted, err := o.pairColumns()
	if err != nil {
		return nil, err
	}
	p := newOwnPairs(name, "field", wanted, o)
	meta := describePairs(name)
	meta.Notices, err = eachObject(name, r, o, wanted, leaveOut, func(line int, fields []string) error {
		return p.add(line, fields[0], fields[1])
	})
	if err != nil {
		return nil, err
	}
	return p.dataset(meta)
}

// eachObject calls with the wanted fields of each line of JSON. Empty lines are left out. The error of an object that lacks
// a field names the way out.
func eachObject(name string, r io.Reader, o options, wanted []string, way string, call func(line int, fields []string) error) (notices []string, err error) {
	fields := make([]string, len(wanted))
	return eachLine(name, r, o, func(number int, line []byte) error {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return nil
		}
		if line[0] != '{' {
			if line[0] == '[' {
				return errors.Errorf("%s: line %d begins a list; write one object a line (jq -c '.[]' does)", name, number)
			}
			return errors.Errorf("%s: line %d: %s is no JSON object; write one a line", name, number, fault.Quote(string(line)))
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(line, &object); err != nil {
			return errors.Errorf("%s: line %d is no JSON object (%v); write one a line", name, number, err)
		}
		for i, field := range wanted {
			raw, ok := lookup(object, field)
			if !ok && !o.SkipEmpty {
				return missingField(name, number, field, object, way)
			}
			if fields[i], ok = plain(raw); !ok {
				return errors.Errorf("%s: line %d, field %s holds %.20s…; want a text, a number or true or false", name, number, fault.Quote(field), raw)
			}
		}
		return call(number, fields)
	})
}

// lookup returns the field of a name, or of a path with dots into objects within.
func lookup(object map[string]json.RawMessage, field string) (json.RawMessage, bool) {
	if raw, ok := object[field]; ok {
		return raw, true
	}
	outer, inner, found := strings.Cut(field, ".")
	raw, ok := object[outer]
	if !found || !ok {
		return nil, false
	}
	var within map[string]json.RawMessage
	if json.Unmarshal(raw, &within) != nil {
		return nil, false
	}
	return lookup(within, inner)
}

// plain returns a value as text; null and what is not there are empty.
func plain(raw json.RawMessage) (text string, ok bool) {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", true
	case raw[0] == '"':
		ok = json.Unmarshal(raw, &text) == nil
		return text, ok
	case raw[0] == '{' || raw[0] == '[':
		return "", false
	}
	return string(raw), true
}

// leaveOut is the way out of a line of a training that lacks something.
const leaveOut = "leave such lines out (skip-empty: true)"

// missingField says that an object lacks a field, with a way out beside the fields that it has.
func missingField(name string, line int, field string, object map[string]json.RawMessage, way string) error {
	names := slices.Sorted(maps.Keys(object))
	hint := way
	if near := suggest.Nearest(field, names); near != "" {
		hint = "did you mean " + fault.Quote(near) + "?"
	} else if len(names) > 0 {
		hint = "choose from " + quoteAll(names) + ", or " + way
	}
	return errors.Errorf("%s: line %d: there is no field %s; %s", name, line, fault.Quote(field), hint)
}

// quoteAll returns some names with commas between them.
func quoteAll(names []string) string {
	const most = 10 // about what a person takes in
	var quoted []string
	for _, n := range names[:min(most, len(names))] {
		quoted = append(quoted, fault.Quote(n))
	}
	if len(names) > most {
		quoted = append(quoted, "…")
	}
	return strings.Join(quoted, ", ")
}
