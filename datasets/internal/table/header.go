package table

import (
	"slices"
	"strings"
)

// plainName returns a name in lower case, with a blank for what may stand between words.
func plainName(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '.' || r == '(' || r == ')' || r == '[' || r == ']' || r == '<' || r == '>'
	}), " ")
}

// dateNames are what columns of dates and times are called, as plainName has it.
var dateNames = []string{
	"date", "datetime", "date time", "time", "timestamp", "time stamp", "ts", "ds", "dt", "day", "week", "month", "year", "quarter", "hour",
	"period", "time period", "ref date", "observation date", "obs date", "datum", "zeit", "zeitpunkt", "zeitstempel", "monat",
	"jahr", "quartal", "woche", "stunde", "fecha", "mes", "año", "ano", "hora", "periodo", "giorno", "mese", "anno",
	"heure", "jour", "mois", "annee", "année", "période", "periode", "dato", "tid", "år", "pvm", "дата", "время", "日期", "时间", "日付", "時間", "年月",
	"utc", "utc time", "local time", "time utc", "unix", "unix time", "unixtime", "epoch", "timestamp utc", "date utc", "yyyymm", "yyyymmdd",
	"trade date", "trading day", "yearmonth", "year month", "calendar date", "order date", "week start", "week ending", "week end", "month end",
}

// isTimeName reports whether a column of that name holds times.
func isTimeName(name string) bool { return slices.Contains(dateNames, plainName(name)) }

// isDateName reports whether a column of that name holds dates, and not parts of them such as hours.
func isDateName(name string) bool {
	switch plainName(name) {
	case "week", "month", "quarter", "hour", "woche", "monat", "quartal", "stunde", "mes", "hora", "mese", "heure", "mois":
		return false
	}
	return isTimeName(name)
}

// isIndexName reports whether a column of that name may hold row numbers. The tools that write them often leave the
// name out.
func isIndexName(name string, named bool) bool {
	if !named {
		return true
	}
	switch name = plainName(name); name {
	case "index", "idx", "id", "no", "nr", "row", "rows", "rownames", "row names", "rowname", "row id", "rowid", "row number", "rownum",
		"rownumber", "step", "t", "#", "obs", "observation", "x1 index", "unnamed", "s no", "sno", "sl no", "serial no", "record", "record id":
		return true
	}
	return strings.HasPrefix(name, "unnamed: ")
}

// idNames are what columns are called that say of which series a row is, as plainName has it.
var idNames = []string{
	"unique id", "series id", "series", "item id", "ts id", "id", "ticker", "symbol", "store", "store id", "store nbr", "shop", "shop id",
	"item", "product", "product id", "sku", "sensor", "sensor id", "station", "station id", "name", "code", "country", "country name",
	"country code", "region", "state", "city", "location", "site", "site id", "meter", "meter id", "customer", "customer id", "entity",
	"variable", "channel", "device", "device id", "machine", "machine id", "asset", "account", "branch", "line", "zone", "area", "dept", "family",
}

// isIDName reports whether a column of that name says of which series a row is.
func isIDName(name string) bool { return slices.Contains(idNames, plainName(name)) }

// isDayName reports whether a column of that name holds days, as serial numbers may be.
func isDayName(name string) bool {
	switch plainName(name) {
	case "date", "datetime", "date time", "dt", "day", "datum", "fecha", "dato", "дата", "日期", "日付", "timestamp", "jour", "giorno",
		"trade date", "order date", "observation date", "calendar date":
		return true
	}
	return false
}

// part is what a column says of a time beside others.
type part int

const (
	noPart part = iota
	yearPart
	monthPart
	dayPart
	hourPart
	minutePart
	clockPart // 13:00
	quarterPart
	weekPart
	partCount
)

// partNamed returns what a column of that name says of a time.
func partNamed(name string) part {
	switch plainName(name) {
	case "year", "yr", "yyyy", "jahr", "año", "ano", "annee", "année", "anno", "år":
		return yearPart
	case "month", "mon", "mo", "mm", "monat", "mes", "mois", "mese", "mnth":
		return monthPart
	case "day", "dd", "dom", "day of month", "tag", "dia", "día", "jour", "giorno", "dy":
		return dayPart
	case "hour", "hr", "hh", "hour of day", "stunde", "hora", "heure", "ora", "hour ending", "he":
		return hourPart
	case "minute", "min", "mi", "minuto":
		return minutePart
	case "quarter", "qtr", "quartal", "trimestre":
		return quarterPart
	case "week", "wk", "iso week", "week of year", "kw", "kalenderwoche", "semana", "semaine":
		return weekPart
	case "time", "clock", "uhrzeit", "zeit", "hora local", "time of day", "local time", "time utc", "heure locale":
		return clockPart
	}
	return noPart
}
