package trade

import (
	"slices"
	"strings"
)

// The columns of prices that are looked at.
type field int

const (
	noField field = iota
	openField
	highField
	lowField
	closeField
	adjustedField
	volumeField
)

// fieldOf returns what a name of a column says, in whatever case and with whatever between its words.
func fieldOf(name string) field {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	switch letters {
	case "open", "o":
		return openField
	case "high", "h":
		return highField
	case "low", "l":
		return lowField
	case "close", "c", "price", "last", "closelast", "closeprice", "closingprice", "lastprice", "px":
		return closeField
	case "adjclose", "adjusted", "adjustedclose", "closeadjusted", "closeadj", "adj":
		return adjustedField
	case "volume", "vol", "v":
		return volumeField
	}
	return noField
}

// quote says which columns of a series are the prices of a share; -1 is none.
type quote struct {
	share                              string
	close, adjusted, high, low, volume int
}

// named returns the share and the field of a column whose name holds both, such as AAPL.Close, "Close AAPL" and
// adj_close_AAPL.
func named(column string) (share string, f field) {
	const between = "._ -/:"
	for i, r := range column {
		if !strings.ContainsRune(between, r) {
			continue
		}
		before, after := column[:i], column[i+1:]
		if f := fieldOf(after); f != noField && before != "" && fieldOf(before) == noField {
			return before, f
		}
	}
	for i := len(column) - 1; i > 0; i-- {
		if !strings.ContainsRune(between, rune(column[i])) {
			continue
		}
		before, after := column[:i], column[i+1:]
		if f := fieldOf(before); f != noField && after != "" && fieldOf(after) == noField {
			return after, f
		}
	}
	return "", noField
}

// layout reports whether columns are those of one share by their names, or of several.
func layout(columns []string) (plain, grouped bool) {
	for _, c := range columns {
		_, f := named(c)
		plain = plain || fieldOf(c) == closeField || fieldOf(c) == adjustedField
		grouped = grouped || f == closeField || f == adjustedField
	}
	return plain, grouped
}

// unnamed reports whether no column says that it is a price.
func unnamed(columns []string) bool {
	plain, grouped := layout(columns)
	return !plain && !grouped
}

// quotes finds the shares among the columns of a series of a name. Columns such as open and close are those of one share,
// columns such as AAPL.Close and MSFT.Close those of several; where there are neither, each column is the closes of a share.
// unused are the columns that are not looked at.
func quotes(id string, columns []string) (shares []quote, unused []string) {
	plain, grouped := layout(columns)
	place := make(map[string]int)
	at := func(share string) *quote {
		i, ok := place[share]
		if !ok {
			i = len(shares)
			place[share], shares = i, append(shares, quote{share, -1, -1, -1, -1, -1})
		}
		return &shares[i]
	}
	for i, c := range columns {
		share, f := id, fieldOf(c)
		switch {
		case plain:
		case grouped:
			share, f = named(c)
		default:
			share, f = c, closeField
		}
		if f == noField {
			unused = append(unused, c)
			continue
		}
		q := at(share)
		to := map[field]*int{closeField: &q.close, adjustedField: &q.adjusted, highField: &q.high, lowField: &q.low, volumeField: &q.volume}[f]
		if to != nil && *to < 0 {
			*to = i
		} else if f != openField {
			unused = append(unused, c)
		}
	}
	shares = slices.DeleteFunc(shares, func(q quote) bool { return q.close < 0 && q.adjusted < 0 })
	return shares, unused
}
