package table

import "strings"

// isMissing reports whether a text is one of the usual marks of a missing value.
func isMissing(text string) bool {
	const longest = len("#getting_data")
	if text == "" {
		return true
	}
	if len(text) > longest || strings.IndexByte("nNmM(\\<?-.*:_#\xe2", text[0]) < 0 {
		return false
	}
	switch strings.ToLower(text) {
	case "na", "n/a", "n/e", "n.a.", "n.a", "nan", "null", "none", "nil", "nat", "missing", "(null)", "\\n",
		"<na>", "<nan>", "<null>", "<none>", "?", "??", "???", "-", "--", "---", "—", "–", "−",
		".", "..", "...", "…", "*", "**", "***", ":", "_",
		"#n/a", "#na", "#n/a n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#error!", "#error", "#getting_data",
		"-nan", "-1.#ind":
		return true
	}
	return false
}
