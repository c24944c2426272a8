package datasets

import (
	"io"
	"strings"

	"github.com/pkg/errors"
)

// tree is a sentence with a label for each phrase in it.
type tree struct {
	text    string
	phrases []phrase // each before those that hold it: the last is the sentence
}

// phrase is a part of a tree's text and its label, from 0 to 4.
type phrase struct{ from, to, label int }

// Far more than any treebank has: the time and the memory that the phrases of a sentence take grow with the square of
// its words.
const (
	mostWords   = 1000
	mostPhrases = 1 << 28 // bytes of all phrases together
)

// readTrees reads a treebank: one tree a line, such as
//
//	(3 (2 It) (4 (2 's) (4 (3 good) (2 .))))
//
// in which a number from 0 to 4 labels each phrase. Words are escaped as in the Penn Treebank (-LRB-, \/, “), which the
// text of a tree undoes. At most 32 MiB are read, 1 MiB a line, 2¹⁸ sentences of 1,000 words and 256 MiB of
// phrases.
func readTrees(name string, r io.Reader) ([]tree, error) {
	var trees []tree
	phrases := 0
	err := eachCorpusLine(name, r, mostCorpus, func(number int, line []byte) error {
		text := strings.TrimSpace(string(line))
		if text == "" {
			return nil
		}
		t, problem := parseTree(text)
		if problem != "" {
			return errors.Errorf("%s: line %d: %s; want trees such as (3 (2 so) (3 good))", name, number, problem)
		}
		for _, p := range t.phrases {
			phrases += p.to - p.from
		}
		if phrases > mostPhrases {
			return errors.Errorf("%s: line %d: more than %d MiB of phrases; is it a treebank of sentences?", name, number, mostPhrases>>20)
		}
		if len(trees) == mostSentences {
			return errors.Errorf("%s: line %d: more than %d sentences; is it of the corpus?", name, number, mostSentences)
		}
		trees = append(trees, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(trees) == 0 {
		return nil, errors.Errorf("%s: no tree; want one a line, such as (3 (2 so) (3 good))", name)
	}
	return trees, nil
}

// parseTree returns the tree of a line, or what is wrong with it.
func parseTree(line string) (t tree, problem string) {
	type open struct {
		label, from int // from is -1 until a word comes
		word        bool
		children    bool
	}
	var (
		stack []open
		text  strings.Builder
		words int
	)
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			i++
		case len(t.phrases) > 0 && len(stack) == 0:
			return t, "text behind the tree"
		case c == '(':
			i++
			if i == len(line) || line[i] < '0' || line[i] > '4' || i+1 < len(line) && !strings.ContainsRune(" ()\t", rune(line[i+1])) {
				return t, "a parenthesis without a label from 0 to 4 behind it"
			}
			if n := len(stack); n > 0 {
				if stack[n-1].word {
					return t, "a word and a phrase side by side"
				}
				stack[n-1].children = true
			}
			stack = append(stack, open{label: int(line[i] - '0'), from: -1})
			i++
		case c == ')':
			n := len(stack)
			if n == 0 {
				return t, "a closing parenthesis without an opening one"
			}
			top := stack[n-1]
			if top.from < 0 {
				return t, "a phrase without a word"
			}
			t.phrases = append(t.phrases, phrase{top.from, text.Len(), top.label})
			stack = stack[:n-1]
			if n > 1 && stack[n-2].from < 0 {
				stack[n-2].from = top.from
			}
			i++
		default:
			end := i
			for end < len(line) && !strings.ContainsRune(" \t()", rune(line[end])) {
				end++
			}
			n := len(stack)
			if n == 0 {
				return t, "a word outside a tree"
			}
			if stack[n-1].word || stack[n-1].children {
				return t, "two words in a phrase without labels of their own"
			}
			if words++; words > mostWords {
				return t, "more than 1,000 words"
			}
			if text.Len() > 0 {
				text.WriteByte(' ')
			}
			stack[n-1].word, stack[n-1].from = true, text.Len()
			text.WriteString(unescape(line[i:end]))
			i = end
		}
	}
	if len(stack) > 0 {
		return t, "a parenthesis is not closed"
	}
	t.text = text.String()
	return t, ""
}

// unescape returns the text of a word of the Penn Treebank.
func unescape(word string) string {
	switch word {
	case "-LRB-", "-lrb-":
		return "("
	case "-RRB-", "-rrb-":
		return ")"
	case "-LSB-", "-lsb-":
		return "["
	case "-RSB-", "-rsb-":
		return "]"
	case "``", "''":
		return `"`
	}
	if strings.Contains(word, `\`) {
		word = strings.ReplaceAll(word, `\/`, "/")
		word = strings.ReplaceAll(word, `\*`, "*")
	}
	return word
}
