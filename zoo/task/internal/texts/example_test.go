package texts

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestExample(t *testing.T) {
	long := strings.Repeat("word ", 40) + "end"
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{[]string{"a text of some words", "so bad", "it is good", "the film is not bad"}, "it is good"},
		{[]string{"two\nlines of\r\n\ttext\u00a0here"}, "two lines of text here"},
		{[]string{long, strings.Repeat("longer ", 100)}, strings.TrimSpace(strings.Repeat("word ", 12))},
		{[]string{strings.Repeat("w", 50) + " and, " + strings.Repeat("x", 20)}, strings.Repeat("w", 50) + " and"},
		{[]string{"ok", "fine", "no"}, "fine"},
		{[]string{"ok", long}, strings.TrimSpace(strings.Repeat("word ", 12))},
		{[]string{"--help me out here", "-"}, "help me out here"},
		{[]string{"csv:reviews.csv", "reviews.csv", "a/b", "!!! ???", "a/b " + strings.Repeat("x", 70), "🙂🙂🙂", "", " \t"}, ""},
		{[]string{"\x1b[31mred\x1b[0m \u202etext\u202c of\x00 it \xff"}, "[31mred[0m text of it"},
		{[]string{"我爱你我爱你我爱你我爱你", "好"}, "我爱你我爱你我爱你我爱你"},
		{[]string{strings.Repeat("好", 100)}, strings.Repeat("好", 60)},
		{[]string{strings.Repeat("e\u0301", 100)}, strings.Repeat("e\u0301", 30)},
		{[]string{strings.Repeat("a", 59) + "e\u0301" + "b"}, strings.Repeat("a", 59)},
		{[]string{"خانه\u200cها می\u200cخواهم را"}, "خانه\u200cها می\u200cخواهم را"},
		{nil, ""},
	} {
		if got := Example(slices.Values(c.texts)); got != c.want {
			t.Errorf("of %q it is %q; want %q", c.texts, got, c.want)
		}
	}
	many := append(slices.Repeat([]string{"a text of some length"}, mostSearched), "so it is")
	if got := Example(slices.Values(many)); got != many[0] {
		t.Errorf("beyond the first thousand it has found %q", got)
	}
}

// TestQuoted wants what a person pastes to be one word, which no shell makes something else of.
func TestQuoted(t *testing.T) {
	bash, err := exec.LookPath("bash")
	for text, want := range map[string]string{
		"": `"a text"`, "good": `"good"`, "it's fine": `"it's fine"`, `so "good" $HOME`: `'so "good" $HOME'`, "wow! don't": `'wow! don'\''t'`,
		"a\nb\x1b[2J c": `"a b[2J c"`, "--": `"a text"`,
	} {
		got := Quoted(text)
		if got != want {
			t.Errorf("%q is quoted as %s; want %s", text, got, want)
		}
		if err == nil {
			if out, err := exec.Command(bash, "-c", "printf '%s|' "+got).Output(); err != nil || strings.Count(string(out), "|") != 1 {
				t.Errorf("bash makes %q of %s, %v", out, got, err)
			}
		}
	}
}
