package command

import (
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// output is standard output. It keeps its first error, such as of a full disk, for the end.
type output struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = errors.Wrap(err, "cannot write to standard output")
	}
	return n, err
}

// writeJSON writes an event as one line.
func writeJSON(w io.Writer, event any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return errors.WithStack(enc.Encode(event))
}

// metric is a number that may be infinite or none, which JSON writes as null.
type metric = show.JSONFloat

func metrics(values map[string]float64) map[string]metric {
	m := make(map[string]metric, len(values))
	for name, v := range values {
		m[name] = metric(v)
	}
	return m
}

func baselines(rivals []task.Rival) map[string]map[string]metric {
	m := make(map[string]map[string]metric, len(rivals))
	for _, r := range rivals {
		m[r.Name] = metrics(r.Metrics)
	}
	return m
}

// sortedKeys returns the keys of a map in order, so that of several errors always the same is found first.
func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
