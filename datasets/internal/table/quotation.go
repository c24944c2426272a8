package table

import (
	"strings"
	"unicode"
)

// The ways to take quotation marks.
const (
	QuoteAuto = "auto" // as the whole file shows
	QuoteCSV  = "csv"  // around a field they are not part of it, and doubled within it they are one
	QuoteNone = "none" // as any other character
)

// Quotes returns the ways to take quotation marks.
func Quotes() []string { return []string{QuoteAuto, QuoteCSV, QuoteNone} }

// rules are how a line is cut into fields.
type rules struct {
	comma   byte
	quoted  bool // whether quotation marks hold fields together
	escaped bool // whether \" within them is one, too
}

// row reads the row that text begins with and appends its fields. ok is false where a quotation mark has no meaning.
func (u rules) row(text string, fields []string) (all []string, rest string, ok bool) {
	if u.comma == ' ' {
		return u.spaced(text, fields)
	}
	end := strings.IndexByte(text, '\n')
	line := text[:max(end, 0)]
	if end < 0 {
		line, end = text, len(text)-1
	}
	if !u.quoted || strings.IndexByte(line, '"') < 0 {
		for {
			i := strings.IndexByte(line, u.comma)
			if i < 0 {
				return append(fields, line), text[end+1:], true
			}
			fields = append(fields, line[:i])
			line = line[i+1:]
		}
	}
	for {
		var field string
		if u.comma != '\t' { // with tabs an empty field would be taken for space before the next
			text = strings.TrimLeftFunc(text, func(c rune) bool { return c != '\n' && unicode.IsSpace(c) })
		}
		if strings.HasPrefix(text, `"`) {
			field, text, ok = u.within(text[1:])
			text = strings.TrimLeft(text, " ")
			if !ok || text != "" && text[0] != u.comma && text[0] != '\n' {
				return fields, text, false
			}
		} else {
			i := 0
			for i < len(text) && text[i] != u.comma && text[i] != '\n' {
				if text[i] == '"' {
					return fields, text, false
				}
				i++
			}
			field, text = text[:i], text[i:]
		}
		fields = append(fields, field)
		if text == "" {
			return fields, "", true
		}
		last := text[0] == '\n'
		text = text[1:]
		if last {
			return fields, text, true
		}
	}
}

// spaced is row where runs of blanks and tabs separate the fields.
func (u rules) spaced(text string, fields []string) (all []string, rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, " \t")
		switch {
		case text == "":
			return fields, "", true
		case text[0] == '\n':
			return fields, text[1:], true
		case u.quoted && text[0] == '"':
			var field string
			if field, text, ok = u.within(text[1:]); !ok || text != "" && strings.IndexByte(" \t\n", text[0]) < 0 {
				return fields, text, false
			}
			fields = append(fields, field)
			continue
		}
		end := strings.IndexAny(text, " \t\n")
		if end < 0 {
			end = len(text)
		}
		fields, text = append(fields, text[:end]), text[end:]
	}
}

// within reads a field up to the quotation mark that closes it.
func (u rules) within(text string) (field, rest string, ok bool) {
	var b strings.Builder // where the field is not as the text has it
	from := 0
	for i := 0; i < len(text); i++ {
		switch {
		case u.escaped && text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			b.WriteString(text[from:i])
			i++
			from = i
		case text[i] != '"':
		case i+1 < len(text) && text[i+1] == '"':
			b.WriteString(text[from:i])
			i++
			from = i
		case b.Len() == 0 && from == 0:
			return text[:i], text[i+1:], true
		default:
			b.WriteString(text[from:i])
			return b.String(), text[i+1:], true
		}
	}
	return "", "", false
}

// looksLikeRows reports whether each line of some has the number of fields of a row, quotation marks aside.
func (u rules) looksLikeRows(text string, width int) bool {
	for line := range strings.Lines(text) {
		if strings.Count(line, string(u.comma))+1 != width {
			return false
		}
	}
	return true
}

// reads reports whether all rows of a text can be read by the rules, with the same number of fields or, if that may
// differ, at least two.
func (u rules) reads(text string, uneven bool) bool {
	width := 0
	var fields []string
	for {
		text = strings.TrimLeft(text, "\n")
		if text == "" {
			return true
		}
		var ok bool
		fields, text, ok = u.row(text, fields[:0])
		if ok && uneven && len(fields) == 1 && strings.TrimSpace(fields[0]) == "" {
			continue
		}
		if width == 0 {
			width = len(fields)
		}
		if !ok || !uneven && len(fields) != width || uneven && len(fields) < 2 {
			return false
		}
	}
}

// quotation returns the rules by which a text is read, and a notice of what is guessed. In a file with commas or
// semicolons quotation marks mean what they do in CSV; where that cannot be and \" is in the text, this is taken for
// one. In a file with tabs, which many tools write without any quoting, the whole text decides.
func quotation(text string, comma byte, quote string, uneven bool) (u rules, notice string) {
	plain := rules{comma: comma}
	csv := rules{comma: comma, quoted: true}
	if quote == QuoteNone || strings.IndexByte(text, '"') < 0 {
		return plain, ""
	}
	if quote != QuoteCSV && comma == '\t' {
		switch opens, csvLines := csv.evidence(text, uneven); {
		case !opens: // no field begins with one
			return plain, ""
		case csvLines || !plain.reads(text, uneven) && csv.reads(text, uneven):
			return csv, "fields in quotation marks are read as in CSV, without the marks (quote: none keeps them)"
		}
		if escaped := (rules{comma, true, true}); !strings.Contains(text, `\"`) || plain.reads(text, uneven) || !escaped.reads(text, uneven) {
			return plain, "quotation marks are read as part of the text (quote: csv reads them as in CSV)"
		}
	}
	if strings.Contains(text, `\"`) && !csv.reads(text, uneven) {
		if escaped := (rules{comma, true, true}); escaped.reads(text, uneven) {
			return escaped, `\" within quotation marks is read as a quotation mark`
		}
	}
	return csv, ""
}

// evidence looks at a text line by line. opens is whether a field begins with a quotation mark; csv whether each line is
// a row of CSV by itself and its quotation marks have a use: around a tab or a doubled mark, or around all text of a
// column.
func (u rules) evidence(text string, uneven bool) (opens, csv bool) {
	type column struct{ quoted, bare bool }
	columns := make([]column, 64) // of which some show it
	csv = true
	needed, width, first := false, 0, true
	var fields []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		rest := line
		for i := 0; ; i++ {
			quoted := strings.HasPrefix(rest, `"`)
			opens = opens || quoted
			field, more, found := strings.Cut(rest, "\t")
			if i < len(columns) && !first && strings.TrimSpace(field) != "" {
				_, isNumber := plainNumber(strings.TrimSpace(field))
				isText := !isNumber && !isInfinity(strings.TrimSpace(field)) && !isMissing(strings.TrimSpace(field))
				columns[i].quoted = columns[i].quoted || quoted
				columns[i].bare = columns[i].bare || !quoted && isText
			}
			if !found {
				break
			}
			rest = more
		}
		if csv {
			var ok bool
			fields, _, ok = u.row(line, fields[:0])
			if width == 0 {
				width = len(fields)
			}
			csv = ok && (!uneven && len(fields) == width || uneven && len(fields) > 1)
			needed = needed || strings.Contains(strings.Trim(line, `"`), `""`) || len(fields) != strings.Count(line, "\t")+1
		}
		first = false
	}
	for _, c := range columns {
		if c.quoted && c.bare && !needed {
			csv = false
		}
	}
	return opens, csv
}
