package option

import (
	"encoding/csv"
	"strings"
)

// splitList reads names with commas between them, as a row of comma-separated values: one that holds a comma stands between
// quotation marks. No text is no names.
func splitList(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	return csv.NewReader(strings.NewReader(text)).Read()
}

// joinList writes names as splitList reads them.
func joinList(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(names) // to memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
