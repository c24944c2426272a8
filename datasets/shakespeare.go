package datasets

import (
	"io"
	"path/filepath"
	"unicode/utf8"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

func shakespeareInfo() Info {
	return Info{
		Name:    "shakespeare",
		Kind:    KindCorpus,
		Task:    "generate",
		Title:   "Plays by Shakespeare, the tiny edition of char-rnn",
		Size:    "1,115,394 characters",
		Licence: "public domain (the text); MIT (its compilation)",
		Source:  "https://github.com/karpathy/char-rnn/tree/master/data/tinyshakespeare",
		Where:   "cached",
	}
}

const shakespeareFile = "input.txt"

func shakespeareSource() *source {
	return &source{
		folder: "tinyshakespeare",
		files: []download.File{{
			URL:    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/" + shakespeareFile,
			Size:   1115394,
			SHA256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
		}},
	}
}

// openShakespeare reads the plays. The first ⌊0.9 n⌋ of their n characters train, as nanoGPT has it and published figures do.
// The last tenth, which these figures are of, is halved: its first half validates and its second tests.
//
// A. Karpathy, The unreasonable effectiveness of recurrent neural networks, 2015.
func openShakespeare(dir string, o options) (Dataset, error) {
	path := filepath.Join(dir, shakespeareFile)
	var text string
	err := readFile(path, func(r io.Reader) (err error) {
		text, err = readCorpusText(path, r, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	n := utf8.RuneCountInString(text)
	first := n * 9 / 10
	train := characters(text, first)
	valid := train + characters(text[train:], (n-first)/2)
	c, err := corpusOf(shakespeareInfo(), o, [3]string{text[:train], text[train:valid], text[valid:]})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// characters returns how many bytes the first n characters of a text have.
func characters(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}
