package datasets

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestNumberNames(t *testing.T) {
	for _, c := range []struct {
		n                       int
		english, french, german string
	}{
		{0, "zero", "zéro", "null"},
		{1, "one", "un", "eins"},
		{16, "sixteen", "seize", "sechzehn"},
		{17, "seventeen", "dix-sept", "siebzehn"},
		{21, "twenty-one", "vingt et un", "einundzwanzig"},
		{22, "twenty-two", "vingt-deux", "zweiundzwanzig"},
		{30, "thirty", "trente", "dreißig"},
		{61, "sixty-one", "soixante et un", "einundsechzig"},
		{70, "seventy", "soixante-dix", "siebzig"},
		{71, "seventy-one", "soixante et onze", "einundsiebzig"},
		{79, "seventy-nine", "soixante-dix-neuf", "neunundsiebzig"},
		{80, "eighty", "quatre-vingts", "achtzig"},
		{81, "eighty-one", "quatre-vingt-un", "einundachtzig"},
		{91, "ninety-one", "quatre-vingt-onze", "einundneunzig"},
		{99, "ninety-nine", "quatre-vingt-dix-neuf", "neunundneunzig"},
		{100, "one hundred", "cent", "einhundert"},
		{101, "one hundred and one", "cent un", "einhunderteins"},
		{180, "one hundred and eighty", "cent quatre-vingts", "einhundertachtzig"},
		{200, "two hundred", "deux cents", "zweihundert"},
		{201, "two hundred and one", "deux cent un", "zweihunderteins"},
		{1000, "one thousand", "mille", "eintausend"},
		{1001, "one thousand and one", "mille un", "eintausendeins"},
		{1100, "one thousand one hundred", "mille cent", "eintausendeinhundert"},
		{2080, "two thousand and eighty", "deux mille quatre-vingts", "zweitausendachtzig"},
		{21_000, "twenty-one thousand", "vingt et un mille", "einundzwanzigtausend"},
		{80_000, "eighty thousand", "quatre-vingt mille", "achtzigtausend"},
		{100_000, "one hundred thousand", "cent mille", "einhunderttausend"},
		{101_000, "one hundred and one thousand", "cent un mille", "einhunderteintausend"},
		{200_000, "two hundred thousand", "deux cent mille", "zweihunderttausend"},
		{380_200, "three hundred and eighty thousand two hundred", "trois cent quatre-vingt mille deux cents", "dreihundertachtzigtausendzweihundert"},
		{999_999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
			"neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf",
			"neunhundertneunundneunzigtausendneunhundertneunundneunzig"},
	} {
		if got := EnglishNumber(c.n); got != c.english {
			t.Errorf("%d: %q; want %q", c.n, got, c.english)
		}
		if got := FrenchNumber(c.n); got != c.french {
			t.Errorf("%d: %q; want %q", c.n, got, c.french)
		}
		if got := GermanNumber(c.n); got != c.german {
			t.Errorf("%d: %q; want %q", c.n, got, c.german)
		}
	}
}

// TestNumberNamesDiffer looks for two numbers of one name.
func TestNumberNamesDiffer(t *testing.T) {
	for _, name := range []func(int) string{EnglishNumber, FrenchNumber, GermanNumber} {
		seen := make(map[string]int)
		for n := range 100_000 {
			n = n%1000 + n/1000*10_007%1000*1000 // every last three digits, among thousands spread over all
			s := name(n)
			if m, ok := seen[s]; ok && m != n {
				t.Fatalf("%d and %d are both %q", m, n, s)
			}
			seen[s] = n
		}
	}
}

func TestGeneratedPairs(t *testing.T) {
	for _, open := range []func() *Pairs{Dates, NumbersEnFr, NumbersEnDe} {
		p, again := open(), open()
		t.Run(p.Meta.Name, func(t *testing.T) {
			if len(p.Train) != 10_000 || len(p.Valid) != 1000 || len(p.Test) != 1000 || p.Meta.Task != "translate" {
				t.Fatalf("%d, %d and %d pairs of %+v", len(p.Train), len(p.Valid), len(p.Test), p.Meta)
			}
			if fmt.Sprint(p) != fmt.Sprint(again) {
				t.Error("another call gives other pairs")
			}
			targets := make(map[string]string) // the part that each target is in
			for _, part := range []struct {
				name  string
				pairs []Pair
			}{{"train", p.Train}, {"valid", p.Valid}, {"test", p.Test}} {
				for _, q := range part.pairs {
					if in := targets[q.Target]; in != "" {
						t.Fatalf("%q of %s is in %s too", q.Target, part.name, in)
					}
					targets[q.Target] = part.name
				}
			}
		})
	}
}

func TestDateForms(t *testing.T) {
	forms := dateForms()
	if len(forms) != 100 {
		t.Errorf("%d forms; want 100", len(forms))
	}
	// One text must never stand for two dates, or no model could be exact.
	dates := make(map[string]time.Time)
	first := time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, form := range forms {
		for d := first; d.Year() < 2069; d = d.AddDate(0, 0, 17) { // prime to 7, and every day of every month comes
			s := writeDate(form, d)
			if strings.Contains(s, "%") {
				t.Fatalf("%q gives %q", form, s)
			}
			if other, ok := dates[s]; ok && !other.Equal(d) {
				t.Fatalf("%q stands for %v and %v", s, other, d)
			}
			dates[s] = d
		}
	}
	day := time.Date(2007, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		form string
		days int
		want string
	}{
		{"%d %D %o %O", 0, "1 01 1st first"},
		{"%o %O", 1, "2nd second"},
		{"%o %O", 2, "3rd third"},
		{"%o %O", 10, "11th eleventh"},
		{"%o %O", 11, "12th twelfth"},
		{"%o %O", 19, "20th twentieth"},
		{"%o %O", 20, "21st twenty-first"},
		{"%o %O", 29, "30th thirtieth"},
		{"%m %M %B %b %R", 0, "3 03 March Mar III"},
		{"%Y %y %N", 0, "2007 07 two thousand and seven"},
		{"%N", 365 * 6, "twenty thirteen"},
		{"%w %a", 0, "Thursday Thu"},
	} {
		if got := writeDate(c.form, day.AddDate(0, 0, c.days)); got != c.want {
			t.Errorf("%s: %q; want %q", c.form, got, c.want)
		}
	}
}

func TestSplitPairs(t *testing.T) {
	var pairs []Pair
	for i := range 300 {
		pairs = append(pairs, Pair{fmt.Sprint("source ", i%100), fmt.Sprint("target ", i)})
	}
	p := splitPairs(Info{}, pairs)
	if len(p.Train) != 240 || len(p.Valid) != 30 || len(p.Test) != 30 {
		t.Fatalf("%d, %d and %d pairs; want 240, 30 and 30", len(p.Train), len(p.Valid), len(p.Test))
	}
	part := make(map[string]int)
	for i, pairs := range [][]Pair{p.Train, p.Valid, p.Test} {
		for _, q := range pairs {
			if in, ok := part[q.Source]; ok && in != i {
				t.Fatalf("%q stands in parts %d and %d", q.Source, in, i)
			}
			part[q.Source] = i
		}
	}
	// More pairs leave those that are there where they are, but for a few near the edge between parts.
	for i := range 3 {
		pairs = append(pairs, Pair{fmt.Sprint("new ", i), "x"})
	}
	moved := 0
	for i, pairs := range [][]Pair{splitPairs(Info{}, pairs).Train, splitPairs(Info{}, pairs).Valid, splitPairs(Info{}, pairs).Test} {
		for _, q := range pairs {
			if in, ok := part[q.Source]; ok && in != i {
				moved++
			}
		}
	}
	if moved > 9 {
		t.Errorf("%d pairs moved to another part when 3 were added", moved)
	}
}

func TestPairCorpora(t *testing.T) {
	for _, c := range []struct {
		name               string
		source             *source
		train, valid, test int
		first              Pair // of the test part
	}{
		{"multi30k-de-en", multi30k("de", "en").source, 29_000, 1014, 1000,
			Pair{"Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt.", "A man in an orange hat starring at something."}},
		{"multi30k-en-de", multi30k("en", "de").source, 29_000, 1014, 1000,
			Pair{"A man in an orange hat starring at something.", "Ein Mann mit einem orangefarbenen Hut, der etwas anstarrt."}},
		{"multi30k-en-fr", multi30k("en", "fr").source, 29_000, 1014, 1000,
			Pair{"A man in an orange hat starring at something.", "Un homme avec un chapeau orange regardant quelque chose."}},
		{"tatoeba-fra-eng", tatoebaFraEngSource(), 140_000, 1000, 1000, Pair{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			corpus(t, c.source)
			d, err := Open(c.name)
			if err != nil {
				t.Fatal(err)
			}
			p := d.(*Pairs)
			if strings.HasPrefix(c.name, "tatoeba") { // of which there are newer editions
				if len(p.Train) < c.train || len(p.Valid) < c.valid || len(p.Test) < c.test || p.Info().Task != "translate" {
					t.Errorf("%d, %d and %d pairs", len(p.Train), len(p.Valid), len(p.Test))
				}
				accents := [2]int{}
				for _, q := range p.Test {
					for i, side := range []string{q.Source, q.Target} {
						if strings.ContainsAny(side, "éèêàçôû") {
							accents[i]++
						}
					}
				}
				if accents[0] < 300 || accents[1] > 10 {
					t.Errorf("%d sources and %d targets have letters of French", accents[0], accents[1])
				}
				return
			}
			if len(p.Train) != c.train || len(p.Valid) != c.valid || len(p.Test) != c.test || p.Test[0] != c.first {
				t.Errorf("%d, %d and %d pairs, first of the test %q; want %q", len(p.Train), len(p.Valid), len(p.Test), p.Test[0], c.first)
			}
		})
	}
}
