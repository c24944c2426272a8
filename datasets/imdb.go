package datasets

import (
	"archive/tar"
	"bufio"
	"cmp"
	"compress/gzip"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

func imdbInfo() Info {
	return Info{
		Name:    "imdb",
		Kind:    KindTexts,
		Task:    "classify",
		Title:   "Film reviews from IMDb, negative or positive",
		Size:    "50,000 reviews",
		Licence: "none stated (cite Maas et al. 2011)",
		Source:  "https://ai.stanford.edu/~amaas/data/sentiment/",
		Where:   "cached",
	}
}

// The archives that are read: the official one, and one of its labelled part.
const (
	imdbArchive  = "aclImdb_v1.tar.gz"
	imdbLabelled = "aclImdb_labelled.tar.gz"
)

func imdbSource() *source {
	return &source{
		folder: "imdb",
		files: []download.File{{
			URL:    "https://ai.stanford.edu/~amaas/data/sentiment/" + imdbArchive,
			Size:   84125825,
			SHA256: "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
		}},
		forms: [][]string{{imdbArchive}, {imdbLabelled}},
	}
}

// openIMDB reads the archive as it is. Of its 25,000 training reviews, 2,500 are held out for validation.
//
// A. L. Maas et al., Learning word vectors for sentiment analysis, ACL 2011.
func openIMDB(dir string, o options) (Dataset, error) {
	l := &Labelled{Meta: imdbInfo(), Classes: []string{"negative", "positive"}}
	file := filepath.Join(dir, imdbArchive)
	if _, err := os.Stat(file); err != nil {
		file = filepath.Join(dir, imdbLabelled)
	}
	var train []Example
	err := readFile(file, func(r io.Reader) (err error) {
		train, l.Test, err = readIMDB(file, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if l.Train, l.Valid, err = holdOut(train, max(1, len(train)/10), o.split); err != nil {
		return nil, errors.WithMessage(err, file)
	}
	return l, nil
}

// The longest review has 14 kB, all 50,000 of them have 65 MB and the archive unpacks to some 300 MB. Far more is no
// archive of reviews.
const (
	mostReview      = 1 << 20 // bytes
	mostReviews     = 1 << 18
	mostReviewBytes = 1 << 28 // of all reviews with their names
	mostIMDB        = 1 << 30 // bytes that the archive unpacks to
)

// readIMDB reads a tar.gz of aclImdb/{train,test}/{pos,neg}/ID_RATING.txt, in any order, and returns the reviews in the
// order of their names. The mark of a new line, <br />, becomes one. At most 1 GiB is unpacked, 2¹⁸ reviews, 1 MiB of one
// and 256 MiB of all.
func readIMDB(name string, r io.Reader) (train, test []Example, err error) {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
	if err != nil {
		return nil, nil, archiveError(name, err)
	}
	type review struct {
		name string
		Example
	}
	parts := map[string][]review{}
	reviews, bytes := 0, int64(0)
	unpacked := limited(z, mostIMDB)
	newLines := strings.NewReplacer("<br />", "\n", "<br/>", "\n", "<br>", "\n")
	for t := tar.NewReader(bufio.NewReaderSize(unpacked, 64<<10)); ; {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, archiveError(name, err)
		}
		place := strings.Split(path.Clean(h.Name), "/")
		if h.Typeflag != tar.TypeReg || len(place) != 4 || !strings.HasSuffix(h.Name, ".txt") {
			continue
		}
		part, class := place[1], place[2]
		if part != "train" && part != "test" || class != "pos" && class != "neg" {
			continue
		}
		if reviews++; reviews > mostReviews || h.Size > mostReview {
			return nil, nil, errors.Errorf("%s: %s: more than %d reviews or %d bytes in one; is this the archive of IMDb?", name, h.Name, mostReviews, mostReview)
		}
		if bytes += h.Size + int64(len(h.Name)); bytes > mostReviewBytes {
			return nil, nil, errors.Errorf("%s: %s: more than %d MiB of reviews; is this the archive of IMDb?", name, h.Name, mostReviewBytes>>20)
		}
		data, err := io.ReadAll(t)
		if err != nil {
			return nil, nil, archiveError(name, err)
		}
		text := strings.TrimSpace(newLines.Replace(string(data)))
		if invalidUTF8(text) >= 0 {
			return nil, nil, errors.Errorf("%s: %s is not UTF-8; fetch the archive again", name, h.Name)
		}
		if text == "" {
			return nil, nil, errors.Errorf("%s: %s is empty; fetch the archive again", name, h.Name)
		}
		label := 0
		if class == "pos" {
			label = 1
		}
		parts[part] = append(parts[part], review{h.Name, Example{text, label}})
	}
	// What follows the end of the tar holds the checksum.
	if _, err := io.Copy(io.Discard, unpacked); err != nil {
		return nil, nil, archiveError(name, err)
	}
	for part, examples := range map[string]*[]Example{"train": &train, "test": &test} {
		list := parts[part]
		if len(list) == 0 {
			return nil, nil, errors.Errorf("%s: no reviews in aclImdb/%s/{pos,neg}; is this the archive of IMDb?", name, part)
		}
		slices.SortFunc(list, func(a, b review) int { return cmp.Compare(a.name, b.name) })
		for _, r := range list {
			*examples = append(*examples, r.Example)
		}
	}
	return train, test, nil
}

// archiveError says that a compressed archive is damaged.
func archiveError(name string, err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return errors.Errorf("%s: %v; delete it and fetch it again", name, err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.Errorf("%s: the archive is cut short; delete it and fetch it again", name)
	case errors.Is(err, gzip.ErrChecksum):
		return errors.Errorf("%s: the archive has a wrong checksum; delete it and fetch it again", name)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, tar.ErrHeader):
		return errors.Errorf("%s: it is no tar.gz; delete it and fetch it again", name)
	}
	return fault.Reading(name, err)
}
