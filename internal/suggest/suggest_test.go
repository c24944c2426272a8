package suggest

import (
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"airline", "airline", 0},
		{"arline", "airline", 1},    // an insertion
		{"airlines", "airline", 1},  // a deletion
		{"airlime", "airline", 1},   // a replacement
		{"ailrine", "airline", 1},   // a swap of neighbours
		{"kitten", "sitting", 3},    // two replacements and an insertion
		{"ca", "abc", 3},            // restricted: no edit inside a swap
		{"großen", "grosen", 1},     // letters, not bytes
		{"saturday", "sundays", 4},  // as above, and one at the end
		{"abcdef", "badcfe", 3},     // three swaps
		{"sunspots", "spotssun", 6}, // nothing near
	} {
		if got := editDistance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := editDistance([]rune(c.b), []rune(c.a)); got != c.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"airline", "co2", "sunspots", "temperatures", strings.Repeat("x", 1000)}
	for _, c := range []struct{ name, want string }{
		{"airline", "airline"},
		{"AIRLNE", "airline"},
		{"sunspot", "sunspots"},
		{"temprature", "temperatures"},
		{"co3", "co2"},
		{"imdb", ""},
		{"", ""},
		{strings.Repeat("x", 999), ""},
	} {
		if got := Nearest(c.name, candidates); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
	if got := Nearest("ab", nil); got != "" {
		t.Errorf("nearest among none = %q", got)
	}
}
