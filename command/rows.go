package command

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// rowsFile is where predictions are written as rows of a table.
type rowsFile struct {
	path    string
	w       *csv.Writer
	columns []string // of what was read
	names   []string // of all columns
	rows    int
	notice  func(string)
}

// isRowsFile reports whether a value of --out is the name of such a file, and no folder.
func isRowsFile(out string) bool {
	switch strings.ToLower(filepath.Ext(out)) {
	case ".csv", ".tsv":
		info, err := os.Stat(out)
		return err != nil || !info.IsDir()
	}
	return false
}

// runsFolder is the folder of runs where --out may name a file, too.
func runsFolder(out string) string {
	if isRowsFile(out) {
		return defaultOut
	}
	return out
}

// writeRows writes a file of the predictions that answer emits: all of them, or none where there is an error.
func writeRows(path string, notice func(string), answer func(emit func(task.Prediction) error) error) (*rowsFile, error) {
	f := &rowsFile{path: path, notice: notice}
	err := atomicfile.Write(path, func(w io.Writer) error {
		f.w = csv.NewWriter(w)
		if strings.EqualFold(filepath.Ext(path), ".tsv") {
			f.w.Comma = '\t'
		}
		if err := answer(f.add); err != nil {
			return err
		}
		f.w.Flush()
		return errors.Wrapf(f.w.Error(), "cannot write %s", path)
	})
	return f, err
}

// add writes a prediction, and before the first the names of the columns.
func (f *rowsFile) add(p task.Prediction) error {
	tabular, ok := p.(task.Tabular)
	if !ok {
		return linef("--out %q: a prediction of this task is no row of a table", f.path)
	}
	row, err := tabular.Row()
	if err != nil {
		return err
	}
	if f.names == nil {
		f.columns = row.Columns
		f.name(row.Names)
		if err := f.write(f.names); err != nil {
			return err
		}
	}
	if !slices.Equal(row.Columns, f.columns) {
		return errors.Errorf("%s: the columns %q are others than %q before them; write the predictions of each file to a file of its own", f.path, row.Columns, f.columns)
	}
	f.rows++
	return f.write(slices.Concat(row.Fields, row.Predicted))
}

// name names the columns. A predicted one whose name is taken, as label is in a file that has labels, is called
// predicted.
func (f *rowsFile) name(predicted []string) {
	f.names = slices.Clone(f.columns)
	for _, name := range predicted {
		free := name
		for n := 1; slices.Contains(f.names, free); n++ {
			free = "predicted " + name
			if n > 1 {
				free += fmt.Sprintf(" %d", n)
			}
		}
		if free != name {
			f.notice(fmt.Sprintf("%s: there is a column %q already; what is predicted is in %q", f.path, name, free))
		}
		f.names = append(f.names, free)
	}
}

func (f *rowsFile) write(fields []string) error {
	return errors.Wrapf(f.w.Write(fields), "cannot write %s", f.path)
}

// summary says what was written.
func (f *rowsFile) summary() string {
	rows := "rows"
	if f.rows == 1 {
		rows = "row"
	}
	const most = 10 // about what a person takes in
	names := f.names
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return fmt.Sprintf("%d %s of %s are written to %s\n", f.rows, rows, strings.Join(names, ", "), f.path)
}
