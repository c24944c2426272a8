package datasets

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

func uciInfo() Info {
	return Info{
		Name:    "uci-sentiment",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Sentences from reviews of films, restaurants and products, negative or positive",
		Size:    "3,000 sentences",
		Licence: "CC BY 4.0 (cite Kotzias et al. 2015)",
		Source:  "https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences",
		Where:   "cached",
	}
}

// uciFiles are those of a thousand sentences each.
var uciFiles = []string{
	"sentiment labelled sentences/amazon_cells_labelled.txt",
	"sentiment labelled sentences/imdb_labelled.txt",
	"sentiment labelled sentences/yelp_labelled.txt",
}

func uciSource() *source {
	return &source{
		folder: "uci-sentiment",
		files: []download.File{{
			URL:    "https://archive.ics.uci.edu/static/public/331/sentiment+labelled+sentences.zip",
			SHA256: "afc26626d710899948693e1a61405dce197f57ffa719fa1130d346b4cc095343",
		}},
		unpack: true,
		forms:  [][]string{uciFiles},
	}
}

// openUCI reads the three files. They have no split: 600 sentences are held out for the test and 300 for validation.
//
// D. Kotzias et al., From group to individual labels using deep features, KDD 2015.
func openUCI(dir string, o options) (Dataset, error) {
	info := uciInfo()
	var all []Example
	for _, file := range uciFiles {
		path := filepath.Join(dir, filepath.FromSlash(file))
		err := readFile(path, func(r io.Reader) error {
			examples, err := readUCI(path, r)
			all = append(all, examples...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	l := &Labelled{Meta: info, Classes: []string{"negative", "positive"}}
	if err := l.divide(info.Name, all, 0.2, 0.1, o.split); err != nil {
		return nil, err
	}
	return l, nil
}

// readUCI reads lines of a sentence, a tab and 0 or 1. Sentences hold quotation marks, tabs and Unicode's line
// separators, so that only the last tab of a line that ends with \n counts. At most 32 MiB are read, 1 MiB a line and
// 2¹⁸ sentences.
func readUCI(name string, r io.Reader) ([]Example, error) {
	var examples []Example
	err := eachCorpusLine(name, r, mostCorpus, func(number int, raw []byte) error {
		line := string(raw)
		if strings.TrimSpace(line) == "" {
			return nil
		}
		tab := strings.LastIndexByte(line, '\t')
		text, label := strings.TrimSpace(line[:max(tab, 0)]), strings.TrimSpace(line[tab+1:])
		if tab < 0 || text == "" || label != "0" && label != "1" {
			return errors.Errorf("%s: line %d: %s is not a sentence, a tab and 0 or 1", name, number, fault.Quote(strings.TrimSpace(line)))
		}
		if len(examples) == mostSentences {
			return errors.Errorf("%s: line %d: more than %d sentences; is it of the corpus?", name, number, mostSentences)
		}
		examples = append(examples, Example{text, int(label[0] - '0')})
		return nil
	})
	return examples, err
}
