package datasets

import (
	"archive/zip"
	"io"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

func tatoebaFraEngInfo() Info {
	return Info{
		Name:    "tatoeba-fra-eng",
		Kind:    KindPairs,
		Task:    "translate",
		Title:   "French sentences and English translations from Tatoeba",
		Size:    "142,787 pairs in 2017, more today",
		Licence: "CC BY 2.0 France (tatoeba.org, manythings.org/anki)",
		Source:  "https://www.manythings.org/anki/",
		Where:   "cached",
	}
}

// The archive of pairs, which is made anew from time to time, so that there is no checksum of it, and the file in it.
const (
	tatoebaArchive = "fra-eng.zip"
	tatoebaFile    = "fra.txt"
)

func tatoebaFraEngSource() *source {
	return &source{
		folder: "tatoeba-fra-eng",
		files:  []download.File{{URL: "https://www.manythings.org/anki/" + tatoebaArchive}},
		check: func(dir string) error {
			_, err := openTatoebaFraEng(dir, options{})
			return err
		},
	}
}

// mostTatoeba is some times what the file holds, of which the edition of 2017 has 142,787 lines and 20 MB.
const (
	mostTatoeba      = 1 << 21 // lines
	mostTatoebaBytes = 1 << 28
)

// openTatoebaFraEng reads the archive as it is. The file has English first.
func openTatoebaFraEng(dir string, _ options) (Dataset, error) {
	archive := filepath.Join(dir, tatoebaArchive)
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, errors.Wrapf(fault.Cause(err), "%s: it is no zip archive; delete it and fetch it again", archive)
	}
	defer z.Close()
	f, err := z.Open(tatoebaFile)
	if err != nil {
		return nil, errors.Errorf("%s: there is no %s in it; delete it and fetch it again", archive, tatoebaFile)
	}
	defer f.Close()
	name := archive + ": " + tatoebaFile
	pairs, err := readTatoeba(name, f)
	if err != nil {
		return nil, err
	}
	p := splitPairs(tatoebaFraEngInfo(), pairs)
	if len(p.Test) == 0 {
		return nil, errors.Errorf("%s: it holds %s; delete the archive and fetch it again", name, fault.Count(len(pairs), "pair"))
	}
	return p, nil
}

// readTatoeba reads lines of a sentence in English, a tab, one in French and, behind another tab, where it comes from. At
// most 256 MiB are read, 1 MiB a line and 2²¹ lines.
func readTatoeba(name string, r io.Reader) ([]Pair, error) {
	var pairs []Pair
	err := eachCorpusLine(name, r, mostTatoebaBytes, func(number int, line []byte) error {
		if strings.TrimSpace(string(line)) == "" {
			return nil
		}
		fields := strings.SplitN(string(line), "\t", 3)
		if len(fields) < 2 || strings.TrimSpace(fields[0]) == "" || strings.TrimSpace(fields[1]) == "" {
			return errors.Errorf("%s: line %d: %s is not a sentence, a tab and its translation; delete the archive and fetch it again", name, number, fault.Quote(strings.TrimSpace(string(line))))
		}
		if len(pairs) == mostTatoeba {
			return errors.Errorf("%s: more than %d lines; is it the corpus?", name, mostTatoeba)
		}
		// Typographers' narrow and other spaces, which some sentences have and others do not.
		french := strings.Join(strings.Fields(fields[1]), " ")
		pairs = append(pairs, Pair{french, strings.Clone(strings.TrimSpace(fields[0]))})
		return nil
	})
	return pairs, err
}
