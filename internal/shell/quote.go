// Package shell writes commands for a person to paste into a shell.
package shell

import "strings"

// plain are the characters, besides letters and digits of ASCII, that no shell takes for anything else wherever they stand
// in a word.
const plain = "_-./:,+@%"

// Quote returns a text as one word of a POSIX shell, as it is if it can stay so. Within double quotes bash makes something of
// $, `, \ and, when a person types, of !; a text with one of them stands in single quotes, as does one with a double quote.
// A line break stays one.
func Quote(text string) string {
	switch {
	case text != "" && strings.IndexFunc(text, special) < 0:
		return text
	case !strings.ContainsAny(text, "\"$`\\!"):
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// special reports whether a character needs quotes.
func special(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune(plain, r)
}
