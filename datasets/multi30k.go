package datasets

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// multi30kFiles are the parts of the corpus.
var multi30kFiles = [3]string{"train", "val", "test_2016_flickr"}

// multi30kSums are the checksums of the files of each language in that order.
var multi30kSums = map[string][3]string{
	"de": {
		"726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
		"f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
		"9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
	},
	"en": {
		"d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
		"14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
		"611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
	},
	"fr": {
		"622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
		"ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
		"6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
	},
}

// multi30k returns the entry of the corpus for one language into another.
//
// D. Elliott, S. Frank, K. Sima'an and L. Specia, Multi30K: multilingual English–German image descriptions, 2016; the
// test part is that of 2016, flickr.
func multi30k(from, to string) entry {
	languages := map[string]string{"de": "German", "en": "English", "fr": "French"}
	s := &source{folder: "multi30k/raw"}
	for _, language := range []string{from, to} {
		for i, part := range multi30kFiles {
			s.files = append(s.files, download.File{
				URL:    "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/" + part + "." + language + ".gz",
				SHA256: multi30kSums[language][i],
			})
		}
	}
	info := Info{
		Name:    "multi30k-" + from + "-" + to,
		Kind:    KindPairs,
		Task:    "translate",
		Title:   "Captions of photographs, " + languages[from] + " to " + languages[to],
		Size:    "31,014 pairs",
		Licence: "CC BY-NC-SA 4.0 (translations, as commonly given); captions of Flickr30k for research",
		Source:  "https://github.com/multi30k/dataset",
		Where:   "cached",
	}
	return entry{info, s, func(dir string, _ options) (Dataset, error) {
		p := &Pairs{Meta: info}
		for i, part := range []*[]Pair{&p.Train, &p.Valid, &p.Test} {
			file := filepath.Join(dir, multi30kFiles[i])
			var err error
			if *part, err = readParallel(file+"."+from+".gz", file+"."+to+".gz"); err != nil {
				return nil, err
			}
		}
		return p, nil
	}}
}

// readParallel reads two files of which each line is the translation of the other's.
func readParallel(source, target string) ([]Pair, error) {
	sources, err := readGzipLines(source)
	if err != nil {
		return nil, err
	}
	targets, err := readGzipLines(target)
	if err != nil {
		return nil, err
	}
	if len(sources) != len(targets) {
		return nil, errors.Errorf("%s has %s and %s has %s; they must translate one another line by line: fetch them again",
			source, fault.Count(len(sources), "line"), target, fault.Count(len(targets), "line"))
	}
	pairs := make([]Pair, len(sources))
	for i := range pairs {
		pairs[i] = Pair{sources[i], targets[i]}
	}
	return pairs, nil
}

// mostCaptions is some times what the files hold, of which the largest unpacks to 2 MB.
const (
	mostCaptions     = 1 << 18
	mostCaptionBytes = 1 << 26
)

// readGzipLines reads a compressed file of texts, one a line. At most 64 MiB are unpacked, 1 MiB a line and 2¹⁸ lines.
func readGzipLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Opening(path, err)
	}
	defer f.Close()
	return readCaptions(path, f)
}

func readCaptions(path string, r io.Reader) ([]string, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, errors.Errorf("%s: it is not compressed by gzip; delete it and fetch it again", path)
	}
	var lines []string
	err = eachCorpusLine(path, limited(z, mostCaptionBytes), mostCaptionBytes, func(number int, raw []byte) error {
		line := strings.TrimSpace(string(raw))
		if line == "" {
			return errors.Errorf("%s: line %d is empty; a text without its translation is no use: fetch the file again", path, number)
		}
		if len(lines) == mostCaptions {
			return errors.Errorf("%s: more than %d lines; is it of the corpus?", path, mostCaptions)
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return lines, nil
}
