package datasets

import "strconv"

// nameable reports whether the names of numbers reach so far.
func nameable(n int) bool { return n >= 0 && n < 1_000_000 }

// EnglishNumber returns the name of a number from 0 to 999,999 as British English writes it out: "two hundred and
// forty-one thousand and six". Here and in the other languages, any other number stays as its digits.
func EnglishNumber(n int) string {
	if !nameable(n) {
		return strconv.Itoa(n)
	}
	small := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	tens := []string{2: "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	switch rest := n % 1000; {
	case n < 20:
		return small[n]
	case n < 100 && n%10 == 0:
		return tens[n/10]
	case n < 100:
		return tens[n/10] + "-" + small[n%10]
	case n < 1000 && n%100 == 0:
		return small[n/100] + " hundred"
	case n < 1000:
		return small[n/100] + " hundred and " + EnglishNumber(n%100)
	case rest == 0:
		return EnglishNumber(n/1000) + " thousand"
	case rest < 100:
		return EnglishNumber(n/1000) + " thousand and " + EnglishNumber(rest)
	default:
		return EnglishNumber(n/1000) + " thousand " + EnglishNumber(rest)
	}
}
