package datasets

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

func sst2Info() Info {
	return Info{
		Name:    "sst2",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Stanford Sentiment Treebank: film reviews, negative or positive",
		Size:    "9,613 sentences",
		Licence: "none stated (cite Socher et al. 2013)",
		Source:  "https://nlp.stanford.edu/sentiment/",
		Where:   "cached",
	}
}

func sst5Info() Info {
	return Info{
		Name:    "sst5",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Stanford Sentiment Treebank: film reviews in five grades",
		Size:    "11,855 sentences",
		Licence: "none stated (cite Socher et al. 2013)",
		Source:  "https://nlp.stanford.edu/sentiment/",
		Where:   "cached",
	}
}

func sstSource() *source {
	return &source{
		folder: "sst-trees",
		files: []download.File{{
			URL:    "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
			Size:   789539,
			SHA256: "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc",
		}},
		unpack: true,
		forms:  [][]string{{"trees/train.txt", "trees/dev.txt", "trees/test.txt"}},
	}
}

// The classes of either dataset.
var (
	sst2Classes = []string{"negative", "positive"}
	sst5Classes = []string{"very negative", "negative", "neutral", "positive", "very positive"}
)

// sst2Label makes two classes of five labels; neutral is none.
func sst2Label(label int) (int, bool) {
	switch {
	case label < 2:
		return 0, true
	case label > 2:
		return 1, true
	}
	return 0, false
}

func sst5Label(label int) (int, bool) { return label, true }

// openSST returns how the treebank is opened with the classes of a label.
//
// R. Socher et al., Recursive deep models for semantic compositionality over a sentiment treebank, EMNLP 2013.
func openSST(info Info, classes []string, label func(int) (int, bool)) func(string, options) (Dataset, error) {
	return func(dir string, o options) (Dataset, error) {
		l := &Labelled{Meta: info, Classes: append([]string(nil), classes...)}
		for _, p := range []struct {
			file     string
			phrases  bool
			examples *[]Example
		}{
			{"train.txt", !o.SentencesOnly, &l.Train},
			{"dev.txt", false, &l.Valid},
			{"test.txt", false, &l.Test},
		} {
			path := filepath.Join(dir, "trees", p.file)
			err := readFile(path, func(r io.Reader) error {
				trees, err := readTrees(path, r)
				*p.examples = treeExamples(trees, p.phrases, label)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		return l, nil
	}
}

// treeExamples returns the sentences of trees, and their phrases if these are wanted. A phrase that is there before
// with the same label, but for its case, is left out.
func treeExamples(trees []tree, phrases bool, class func(int) (int, bool)) []Example {
	type key struct {
		text  string
		label int
	}
	var examples []Example
	seen := map[key]bool{}
	for _, t := range trees {
		for i, p := range t.phrases {
			label, ok := class(p.label)
			sentence := i == len(t.phrases)-1
			if !ok || !sentence && !phrases {
				continue
			}
			text := t.text[p.from:p.to]
			if phrases {
				k := key{strings.ToLower(text), label}
				if seen[k] {
					continue
				}
				seen[k] = true
			}
			examples = append(examples, Example{text, label})
		}
	}
	return examples
}
