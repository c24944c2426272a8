package datasets

import "strconv"

// GermanNumber returns the name of a number from 0 to 999,999 as German writes it, in one word with the units before
// the tens: "zweihunderteinundvierzigtausendsechs". One is "eins" at the end and "ein" elsewhere; 100 and 1,000 are
// "einhundert" and "eintausend".
func GermanNumber(n int) string {
	if !nameable(n) {
		return strconv.Itoa(n)
	}
	if n%100 == 1 {
		return germanNumber(n-1, "") + "eins"
	}
	return germanNumber(n, "null")
}

// germanNumber names a number as it stands before another part of a name; zero is the name of nothing.
func germanNumber(n int, zero string) string {
	small := []string{zero, "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
		"dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"}
	tens := []string{2: "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"}
	switch {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return small[n%10] + "und" + tens[n/10]
	case n < 1000:
		return small[n/100] + "hundert" + germanNumber(n%100, "")
	}
	return germanNumber(n/1000, "") + "tausend" + germanNumber(n%1000, "")
}
