package datasets

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"time"
)

func datesInfo() Info {
	return Info{
		Name:    "dates",
		Kind:    KindPairs,
		Task:    "translate",
		Title:   "a hundred ways to write a date to ISO 8601",
		Size:    "12,000 pairs",
		Licence: "public domain (generated)",
		Source:  "generated from a table of forms",
		Where:   "embedded",
	}
}

// Dates returns pairs of a date as people write it in English, in one of a hundred forms, and the date of ISO 8601:
// 10,000 to train, 1,000 to validate and 1,000 to test. The dates lie between 1969-01-01 and 2068-12-31, the hundred
// years in which two digits say which year is meant (by POSIX, 69 to 99 are of the 20th century); no date is in two
// parts. Between slashes the month comes first, between dots or dashes the day.
func Dates() *Pairs {
	const train, valid, test = 10_000, 1_000, 1_000
	rng := rand.New(rand.NewSource(1))
	first := time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	days := int(time.Date(2069, 1, 1, 0, 0, 0, 0, time.UTC).Sub(first).Hours() / 24)
	forms := dateForms()
	var pairs []Pair
	for i, day := range rng.Perm(days)[:train+valid+test] {
		date := first.AddDate(0, 0, day)
		pairs = append(pairs, Pair{writeDate(forms[i%len(forms)], date), date.Format(time.DateOnly)})
	}
	return cutPairs(datesInfo(), pairs, rng, valid, test)
}

// dateForms returns the forms that writeDate fills in.
func dateForms() []string {
	return []string{
		"%Y-%M-%D", "%Y/%M/%D", "%Y.%M.%D", "%Y %M %D", "%Y%M%D", "%Y-%m-%d", "%Y/%m/%d",
		"%D.%M.%Y", "%d.%m.%Y", "%d. %m. %Y", "%D.%M.%y", "%d.%m.%y", "%D-%M-%Y", "%d-%m-%Y",
		"%M/%D/%Y", "%m/%d/%Y", "%M/%D/%y", "%m/%d/%y",
		"%d %B %Y", "%D %B %Y", "%d %b %Y", "%D %b %Y", "%d %B, %Y", "%d %B %y", "%d. %B %Y",
		"%d-%b-%Y", "%D-%b-%Y", "%D-%b-%y", "%d-%b-%y", "%D/%b/%Y", "%D%b%Y",
		"%d.%R.%Y", "%d %R %Y", "%d/%R/%Y", "%d-%R-%Y",
		"%o %B %Y", "%o %b %Y", "%o of %B %Y", "the %o of %B %Y", "the %o of %B, %Y", "%o of %B, %Y", "%o %B, %Y",
		"%o day of %B %Y", "the %o day of %B, %Y",
		"%O %B %Y", "%O of %B %Y", "the %O of %B %Y", "the %O of %B, %Y", "the %O of %B %N", "the %O day of %B, %N",
		"%B %d, %Y", "%B %d %Y", "%B %D, %Y", "%B %o, %Y", "%B %o %Y", "%B the %o, %Y", "%B the %O, %Y",
		"%B %O, %Y", "%B %O, %N", "%B %d, %N", "%B %d, '%y",
		"%b %d, %Y", "%b %d %Y", "%b. %d, %Y", "%b %D, %Y", "%b %o, %Y", "%b %d, '%y", "%b-%d-%Y", "%b/%D/%Y", "%b %D %y",
		"%Y %B %d", "%Y, %B %d", "%Y %b %d", "%Y-%b-%D", "%Y-%b-%d", "%Y/%b/%D", "%Y, %d %B", "%Y, %B the %o", "%Y %B %O",
		"in %Y on %B %d", "on the %o of %B in %Y", "on %d %B %Y", "on %B %d, %Y",
		"%w, %d %B %Y", "%w %d %B %Y", "%w, %B %d, %Y", "%w, %B %o, %Y", "%w the %o of %B %Y", "%w, the %O of %B %Y",
		"%a, %d %b %Y", "%a %d %b %Y", "%a %b %d %Y", "%a, %b %d, %Y", "%a %D.%M.%Y", "%a %Y-%M-%D",
		"%w, %D.%M.%Y", "%w, %M/%D/%Y",
		"day %d of month %m of %Y", "day %d of month %m, year %Y", "year %Y, month %m, day %d",
	}
}

// writeDate fills in a form: the day as 7, 07, 7th or seventh (%d %D %o %O), the month as 3, 03, March, Mar or III (%m %M
// %B %b %R), the year as 1984, 84 or nineteen eighty-four (%Y %y %N), the day of the week as Wednesday or Wed (%w %a).
func writeDate(form string, t time.Time) string {
	roman := []string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}
	y, m, d := t.Date()
	return strings.NewReplacer(
		"%d", strconv.Itoa(d), "%D", fmt.Sprintf("%02d", d), "%o", ordinal(d), "%O", ordinalWord(d),
		"%m", strconv.Itoa(int(m)), "%M", fmt.Sprintf("%02d", int(m)), "%B", m.String(), "%b", m.String()[:3], "%R", roman[m-1],
		"%Y", strconv.Itoa(y), "%y", fmt.Sprintf("%02d", y%100), "%N", yearWords(y),
		"%w", t.Weekday().String(), "%a", t.Weekday().String()[:3],
	).Replace(form)
}

// ordinal returns 1st, 2nd, 3rd, 4th and so on.
func ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// ordinalWord returns first, second, third and so on, of a day of the month.
func ordinalWord(n int) string {
	switch {
	case n > 20 && n%10 != 0:
		return EnglishNumber(n/10*10) + "-" + ordinalWord(n%10)
	case n%10 == 0 && n > 10:
		return strings.TrimSuffix(EnglishNumber(n), "y") + "ieth"
	}
	irregular := map[int]string{1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
	if word := irregular[n]; word != "" {
		return word
	}
	return EnglishNumber(n) + "th"
}

// yearWords returns a year as it is said: nineteen eighty-four, two thousand and five, twenty twelve.
func yearWords(y int) string {
	if y >= 2000 && y < 2010 {
		return EnglishNumber(y)
	}
	return EnglishNumber(y/100) + " " + EnglishNumber(y%100)
}
