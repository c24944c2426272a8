package shell

import (
	"os/exec"
	"testing"
)

// TestQuote wants back from a shell what was quoted.
func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"runs/lstm-airline-1":    "runs/lstm-airline-1",
		"my runs/a-1":            `"my runs/a-1"`,
		"":                       `""`,
		"it's fine":              `"it's fine"`,
		"so good!":               `'so good!'`,
		"don't!":                 `'don'\''t!'`,
		"$HOME `id` \\ \"x\" !!": "'$HOME `id` \\ \"x\" !!'",
		"a;b|c&d>e<f(g)#h*?[i]":  `"a;b|c&d>e<f(g)#h*?[i]"`,
		"~":                      `"~"`,
		"{a,b}=c":                `"{a,b}=c"`,
		"schön 好":                `"schön 好"`,
		"'":                      `"'"`,
		"''!":                    `''\'''\''!'`,
	} {
		got := Quote(text)
		if got != want {
			t.Errorf("%q is quoted as %s; want %s", text, got, want)
		}
		for _, name := range []string{"bash", "sh"} {
			path, err := exec.LookPath(name)
			if err != nil {
				continue
			}
			out, err := exec.Command(path, "-c", "printf %s "+got).Output()
			if err != nil || string(out) != text {
				t.Errorf("%s makes %q of %s, %v; want %q", name, out, got, err, text)
			}
		}
	}
}
