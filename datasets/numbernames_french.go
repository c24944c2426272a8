package datasets

import "strconv"

// FrenchNumber returns the name of a number from 0 to 999,999 in the traditional orthography of France: hyphens below a
// hundred alone, and none beside "et" ("vingt et un", "soixante et onze", but "quatre-vingt-un"). "Vingt" and "cent"
// take an s where they are multiplied and nothing follows, not before "mille", which never changes: "quatre-vingts",
// "deux cents", "deux cent mille".
func FrenchNumber(n int) string {
	if !nameable(n) {
		return strconv.Itoa(n)
	}
	small := []string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
		"treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"}
	tens := []string{2: "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"}
	switch rest := n % 1000; {
	case n < 20:
		return small[n]
	case n == 80:
		return "quatre-vingts"
	case n < 100:
		ten, unit := n/10, n%10
		if ten == 7 || ten == 9 { // counted on from sixty and eighty
			unit += 10
		}
		switch {
		case unit == 0:
			return tens[ten]
		case (unit == 1 || unit == 11) && ten < 8:
			return tens[ten] + " et " + small[unit]
		}
		return tens[ten] + "-" + small[unit]
	case n < 1000:
		name := "cent"
		if n >= 200 {
			name = small[n/100] + " cent"
			if n%100 == 0 {
				return name + "s"
			}
		}
		if n%100 == 0 {
			return name
		}
		return name + " " + FrenchNumber(n%100)
	default:
		name := "mille"
		if thousands := n / 1000; thousands > 1 {
			name = withoutPlural(thousands) + " mille"
		}
		if rest == 0 {
			return name
		}
		return name + " " + FrenchNumber(rest)
	}
}

// withoutPlural is the name of a number before "mille".
func withoutPlural(n int) string {
	name := FrenchNumber(n)
	if n%100 == 80 || n >= 200 && n%100 == 0 {
		return name[:len(name)-1]
	}
	return name
}
