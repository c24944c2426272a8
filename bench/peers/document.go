package main

import (
	"strings"

	"github.com/pkg/errors"
)

// The marks between which docs/performance.md has the tables.
const (
	beginMark = "<!-- bench-peers: begin -->"
	endMark   = "<!-- bench-peers: end -->"
)

// between returns the document with text between the two marks, in the place of what is there.
func between(document, text string) (string, error) {
	before, rest, ok := strings.Cut(document, beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return "", errors.Errorf("want the line %s and after it the line %s", beginMark, endMark)
	}
	return before + beginMark + "\n" + text + endMark + after, nil
}
