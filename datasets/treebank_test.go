package datasets

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTreeExamples(t *testing.T) {
	const bank = `(3 (2 It) (4 (2 's) (4 (3 good) (2 -LRB-))))

(1 (1 (0 Bad) (2 \/)) (2 it))
(2 (2 ''))
`
	trees, err := readTrees("t", strings.NewReader(bank))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		phrases bool
		class   func(int) (int, bool)
		want    []Example
	}{
		{false, sst5Label, []Example{{"It 's good (", 3}, {"Bad / it", 1}, {`"`, 2}}},
		{false, sst2Label, []Example{{"It 's good (", 1}, {"Bad / it", 0}}},
		{true, sst2Label, []Example{{"good", 1}, {"good (", 1}, {"'s good (", 1}, {"It 's good (", 1}, {"Bad", 0}, {"Bad /", 0}, {"Bad / it", 0}}},
		{true, sst5Label, []Example{{"It", 2}, {"'s", 2}, {"good", 3}, {"(", 2}, {"good (", 4}, {"'s good (", 4}, {"It 's good (", 3},
			{"Bad", 0}, {"/", 2}, {"Bad /", 1}, {"Bad / it", 1}, {`"`, 2}}},
	} {
		if got := treeExamples(trees, c.phrases, c.class); !reflect.DeepEqual(got, c.want) {
			t.Errorf("got %v\nwant %v", got, c.want)
		}
	}
}

func TestReadTreesErrors(t *testing.T) {
	const want = "; want trees such as (3 (2 so) (3 good))"
	deep := strings.Repeat("(2 (2 a) ", mostWords) + "(2 a)" + strings.Repeat(")", mostWords)
	for _, c := range []struct{ text, want string }{
		{"", "t: no tree; want one a line, such as (3 (2 so) (3 good))"},
		{"(2 a)\n(2 b", "t: line 2: a parenthesis is not closed" + want},
		{"(2 a))", "t: line 1: text behind the tree" + want},
		{")", "t: line 1: a closing parenthesis without an opening one" + want},
		{"(5 a)", "t: line 1: a parenthesis without a label from 0 to 4 behind it" + want},
		{"(12 a)", "t: line 1: a parenthesis without a label from 0 to 4 behind it" + want},
		{"(", "t: line 1: a parenthesis without a label from 0 to 4 behind it" + want},
		{"(2)", "t: line 1: a phrase without a word" + want},
		{"(2 (2))", "t: line 1: a phrase without a word" + want},
		{"(2 a b)", "t: line 1: two words in a phrase without labels of their own" + want},
		{"(2 (2 a) b)", "t: line 1: two words in a phrase without labels of their own" + want},
		{"(2 a (2 b))", "t: line 1: a word and a phrase side by side" + want},
		{"a", "t: line 1: a word outside a tree" + want},
		{"(2 a) (2 b)", "t: line 1: text behind the tree" + want},
		{"(2 caf\xe9)", "t: line 1 is not UTF-8; the file is damaged; delete it and fetch it again"},
		{deep, "t: line 1: more than 1,000 words" + want},
	} {
		if _, err := readTrees("t", strings.NewReader(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%.40q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// FuzzReadTrees checks that what is read is made of phrases within their tree.
func FuzzReadTrees(f *testing.F) {
	f.Add("(3 (2 It) (4 (2 's) (4 (3 good) (2 -LRB-))))\n")
	f.Add("(2 (2 (2 a)))\n\n(0 \\/)\r\n")
	f.Add("(2 a) )")
	f.Fuzz(func(t *testing.T, text string) {
		trees, err := readTrees("t", strings.NewReader(text))
		if err != nil {
			if message := err.Error(); !strings.HasPrefix(message, "t: ") || strings.ContainsAny(message, "\r\n") {
				t.Fatalf("error %q", message)
			}
			return
		}
		for _, tree := range trees {
			for i, p := range tree.phrases {
				if p.from < 0 || p.from >= p.to || p.to > len(tree.text) || p.label < 0 || p.label > 4 {
					t.Fatalf("phrase %v of %q", p, tree.text)
				}
				if i == len(tree.phrases)-1 && (p.from != 0 || p.to != len(tree.text)) {
					t.Fatalf("the sentence is %v of %q", p, tree.text)
				}
			}
		}
		for _, e := range treeExamples(trees, true, sst5Label) {
			if e.Text == "" || !utf8.ValidString(e.Text) {
				t.Fatalf("example %q", e.Text)
			}
		}
	})
}
