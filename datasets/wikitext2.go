package datasets

import (
	"io"
	"path/filepath"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

func wikiText2Info() Info {
	return Info{
		Name:    "wikitext2",
		Kind:    KindCorpus,
		Task:    "generate",
		Title:   "WikiText-2, words of good articles of Wikipedia, 33,278 different ones",
		Size:    "2,507,007 words",
		Licence: "CC BY-SA 3.0 (Wikipedia)",
		Source:  "https://wikitext.smerity.com/",
		Where:   "cached",
	}
}

// wikiText2Parts are the files of the parts.
var wikiText2Parts = [3]string{"wiki.train.tokens", "wiki.valid.tokens", "wiki.test.tokens"}

// wikiText2Source fetches the archive from the site of its first author, since the bucket that papers name is gone. The
// checksum is that of the bucket's archive. Its files are in a folder of the archive, and may be without that.
func wikiText2Source() *source {
	s := &source{
		folder: "wikitext-2",
		files: []download.File{{
			URL:    "https://wikitext.smerity.com/wikitext-2-v1.zip",
			SHA256: "92675f1d63015c1c8b51f1656a52d5bdbc33aafa60cc47a218a66e7ee817488c",
		}},
		unpack: true,
		forms:  make([][]string, 2),
	}
	for _, name := range wikiText2Parts {
		s.forms[0] = append(s.forms[0], name)
		s.forms[1] = append(s.forms[1], "wikitext-2/"+name)
	}
	return s
}

// openWikiText2 reads the articles: words with a blank between them, rare ones written <unk>, a paragraph or a title a line,
// some of which have nothing. Blanks at the ends of lines are taken off. With their ends the parts have 2,088,628, 217,646 and
// 245,569 words.
//
// S. Merity, C. Xiong, J. Bradbury and R. Socher, Pointer sentinel mixture models, ICLR 2017.
func openWikiText2(dir string, o options) (Dataset, error) {
	if !allThere(dir, wikiText2Parts[:]) {
		dir = filepath.Join(dir, "wikitext-2")
	}
	var texts [3]string
	for i, name := range wikiText2Parts {
		path := filepath.Join(dir, name)
		err := readFile(path, func(r io.Reader) (err error) {
			texts[i], err = readCorpusText(path, r, true)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	c, err := corpusOf(wikiText2Info(), o, texts)
	if err != nil {
		return nil, err
	}
	return c, nil
}
