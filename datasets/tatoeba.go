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
	}
}

// mostTatoeba is some times what the file holds.
const mostTatoeba = 1 << 28

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
	pairs, err := readPairLines(name, io.LimitReader(f, mostTatoeba))
	if err != nil {
		return nil, err
	}
	for i, p := range pairs {
		// Typographers' narrow and other spaces, which some sentences have and others do not.
		pairs[i] = Pair{strings.Join(strings.Fields(p.Target), " "), p.Source}
	}
	p := splitPairs(tatoebaFraEngInfo(), pairs)
	if len(p.Test) == 0 {
		return nil, errors.Errorf("%s: it holds %s; delete the archive and fetch it again", name, fault.Count(len(pairs), "pair"))
	}
	return p, nil
}
