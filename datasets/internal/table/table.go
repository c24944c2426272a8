// Package table reads files of comma-, semicolon- or tab-separated values: [ReadPanel] series of numbers, and [Rows] any
// of them row by row.
package table
