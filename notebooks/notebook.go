package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// notebook is a file of Jupyter, as far as we look into it; the rest of it stays as it is.
type notebook struct {
	Cells         []cell         `json:"cells"`
	Metadata      map[string]any `json:"metadata"`
	NBFormat      int            `json:"nbformat"`
	NBFormatMinor int            `json:"nbformat_minor"`
}

// cell is text, or code with its outputs.
type cell struct {
	Type           string          `json:"cell_type"`
	ID             string          `json:"id,omitempty"`
	Metadata       map[string]any  `json:"metadata"`
	Source         lines           `json:"source"`
	ExecutionCount *int            `json:"execution_count,omitempty"`
	Outputs        *[]output       `json:"outputs,omitempty"`
	Attachments    json.RawMessage `json:"attachments,omitempty"`
}

// output is what a cell of code has left.
type output struct {
	Type           string                     `json:"output_type"` // stream, display_data, execute_result or error
	Name           string                     `json:"name,omitempty"`
	Text           lines                      `json:"text,omitempty"`
	Data           map[string]json.RawMessage `json:"data,omitempty"`
	Metadata       json.RawMessage            `json:"metadata,omitempty"`
	ExecutionCount *int                       `json:"execution_count,omitempty"`
	ErrorName      string                     `json:"ename,omitempty"`
	ErrorValue     string                     `json:"evalue,omitempty"`
	Traceback      []string                   `json:"traceback,omitempty"`
}

// lines is text, which Jupyter keeps as a list of lines with their ends.
type lines string

// UnmarshalJSON implements json.Unmarshaler.
func (l *lines) UnmarshalJSON(data []byte) error {
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*l = lines(strings.Join(list, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(l))
}

// MarshalJSON implements json.Marshaler.
func (l lines) MarshalJSON() ([]byte, error) {
	list := strings.SplitAfter(string(l), "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(list)
	return b.Bytes(), err
}

func readNotebook(path string) (*notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	n := new(notebook)
	if err := json.Unmarshal(data, n); err != nil {
		return nil, errors.Wrapf(err, "%s is no notebook", path)
	}
	for i := range n.Cells {
		n.Cells[i].tidy()
	}
	return n, nil
}

// tidy takes out what differs between two runs for no reason: the times of the messages, how a stream was cut, and what a
// progress line has written over; and the PNG of a picture that is there as SVG, at a twentieth of the size.
func (c *cell) tidy() {
	delete(c.Metadata, "execution")
	if c.Outputs == nil {
		return
	}
	var tidied []output
	for _, o := range *c.Outputs {
		if last := len(tidied) - 1; last >= 0 && o.Type == "stream" && tidied[last].Type == "stream" && tidied[last].Name == o.Name {
			tidied[last].Text += o.Text
			continue
		}
		tidied = append(tidied, o)
	}
	for i := range tidied {
		tidied[i].Text = lines(overwritten(string(tidied[i].Text)))
		if tidied[i].Data["text/html"] != nil {
			delete(tidied[i].Data, "image/png")
		}
	}
	if tidied == nil {
		tidied = []output{}
	}
	c.Outputs = &tidied
}

// overwritten returns text as a terminal shows it: what follows a carriage return stands over what was before it.
func overwritten(text string) string {
	all := strings.Split(text, "\n")
	for i, line := range all {
		var shown []rune
		for _, part := range strings.Split(line, "\r") {
			r := []rune(part)
			if len(r) >= len(shown) {
				shown = r
				continue
			}
			shown = append(r, shown[len(r):]...)
		}
		all[i] = strings.TrimRight(string(shown), " ")
	}
	return strings.Join(all, "\n")
}

// write stores the notebook.
func (n *notebook) write(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		return enc.Encode(n)
	})
}

// printed returns what the cells have written to standard output.
func (n *notebook) printed() string {
	var b strings.Builder
	for _, c := range n.Cells {
		if c.Outputs == nil {
			continue
		}
		for _, o := range *c.Outputs {
			if o.Type == "stream" && o.Name == "stdout" {
				b.WriteString(string(o.Text))
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

// failure returns the first error that a cell ended with, or "".
func (n *notebook) failure() string {
	for _, c := range n.Cells {
		if c.Outputs == nil {
			continue
		}
		for _, o := range *c.Outputs {
			if o.Type == "error" {
				return o.ErrorName + ": " + o.ErrorValue
			}
		}
	}
	return ""
}
