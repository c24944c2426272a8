package fault

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"a":                           `"a"`,
		"a\n\"b\"":                    `"a\n\"b\""`,
		strings.Repeat("é", 60):       `"` + strings.Repeat("é", 60) + `"`,
		strings.Repeat("é", 60) + "x": `"` + strings.Repeat("é", 60) + `…"`,
	} {
		if got := Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", 2: "2 rows"} {
		if got := Count(n, "row"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The path stands in an error once, and the reason is still there to be asked for.
func TestPathOnce(t *testing.T) {
	err := &fs.PathError{Op: "open", Path: "a/b", Err: os.ErrNotExist}
	for _, c := range []struct {
		err  error
		want string
	}{
		{Opening("a/b", err), `cannot open "a/b"; check the path: file does not exist`},
		{Reading("a/b", errors.WithStack(err)), "a/b: cannot be read; check that it is a file of text: file does not exist"},
	} {
		if c.err.Error() != c.want || !errors.Is(c.err, os.ErrNotExist) {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
}
