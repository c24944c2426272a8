package table

import "github.com/rnnzoo/rnnzoo/datasets/calendar"

// isDate reports whether a text is a date or a time by itself.
func isDate(text string) bool {
	const shortest, longest = 4, 64
	return len(text) >= shortest && len(text) <= longest && calendar.IsTime(text)
}
