package table

import "strings"

// isHeader reports whether the first row of a file holds names: text, and either no number at all or the name of a time
// first, as in "Date,2024,2025".
func isHeader(fields []string) bool {
	text := false
	for _, field := range fields {
		switch _, kind := parseCell(field); kind {
		case textCell:
			text = true
		case numberCell, infiniteCell:
			return isTimeName(fields[0])
		}
	}
	return text && !isDate(fields[0])
}

// isTimeName reports whether a column of that name holds times.
func isTimeName(name string) bool {
	switch strings.ToLower(name) {
	case "date", "datetime", "date_time", "date time", "time", "timestamp",
		"year", "quarter", "month", "week", "day", "hour", "ds":
		return true
	}
	return false
}

// isIndexName reports whether a column of that name may hold row numbers. The tools that write them often leave the
// name out.
func isIndexName(name string) bool {
	switch strings.ToLower(name) {
	case "", "index", "id", "no", "row", "step", "t":
		return true
	}
	return false
}

// isCyclic reports whether numbers in a column of that name may well start over: those of months do every year, and an
// index may be one of prices.
func isCyclic(name string) bool {
	switch strings.ToLower(name) {
	case "date", "datetime", "date_time", "date time", "time", "timestamp", "year", "ds":
		return false
	}
	return true
}
