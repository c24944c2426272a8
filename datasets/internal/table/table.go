// Package table reads files of comma-, semicolon- or tab-separated values: [Read] time series, and [Rows] any of them
// row by row.
package table

import "io"

// Table is a time series of V variables at the same N steps.
type Table struct {
	Names  []string    // [V] of the variables
	Times  []string    // [N] labels of the steps, oldest first, or nil if there are none
	Values [][]float64 // [V][N] of each variable, all finite
	// What a person should know of how the file is read, each in a line.
	Notices []string
}

// Read reads a time series, one row a step. The name stands for the file in errors. The variables are the columns of
// the chosen names, which differ, or without any all that hold numbers. The method of [FillMethods] says what stands in
// for missing values, which are an error if it is "". At most [MostColumns] columns, [MostRows] rows and 2²⁶ cells are
// read. Every error is one line with the file and, where there is one,
// the line and column at fault.
func Read(name string, r io.Reader, chosen []string, method string, o Options) (*Table, error) {
	f, err := readFile(name, r, chosen, o)
	if err != nil {
		return nil, err
	}
	columns, err := f.variables(chosen)
	if err != nil {
		return nil, err
	}
	times, columns, err := f.times(columns)
	if err != nil {
		return nil, err
	}
	if err := f.check(columns, method == ""); err != nil {
		return nil, err
	}
	t := &Table{Times: times, Notices: f.notices}
	for _, c := range columns {
		if c.missing != 0 {
			if err := f.fill(c, method); err != nil {
				return nil, err
			}
		}
		t.Names = append(t.Names, c.name)
		t.Values = append(t.Values, c.values)
	}
	return t, nil
}
