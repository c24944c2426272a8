package datasets

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// ecgForms are the two ways to divide the beats.
var ecgForms = [...]struct{ name, title string }{
	{"ecg5000", "Heartbeats of a patient with heart failure, normal or not"},
	{"ecg5000-pooled", "The same heartbeats, trained on normal ones of all: 145 normal and 145 others to be told apart"},
}

const (
	ecgSteps  = 140
	ecgTrain  = 500
	ecgTest   = 4_500
	ecgFolder = "ecg5000"
)

// ecgArchive holds the official files, and ecgFiles are the names of these, and of those of a copy whose test part knows no
// classes but normal and abnormal.
const ecgArchive = "ECG5000.zip"

var ecgFiles = [2][]string{
	{"ECG5000_TRAIN.txt", "ECG5000_TEST.txt"},
	{"ECG5000_TRAIN.txt.gz", "ECG5000_TEST.normal-vs-abnormal.txt.gz"},
}

// ecg returns the entry of a form, by its place.
func ecg(form int) entry {
	f := ecgForms[form]
	info := Info{
		Name:    f.name,
		Kind:    KindSequences,
		Task:    "detect",
		Title:   f.title,
		Size:    "5,000 beats of " + stepsText(ecgSteps),
		Licence: "none stated (UCR archive; the record is PhysioNet's, ODC-BY 1.0)",
		Source:  "https://www.timeseriesclassification.com/description.php?Dataset=ECG5000",
		Where:   "cached",
	}
	return entry{info, ecgSource(), func(dir string, o options) (Dataset, error) {
		if err := o.notMade(f.name, ecgSteps); err != nil {
			return nil, err
		}
		train, test, err := readECG(dir)
		if err != nil {
			return nil, err
		}
		s := &Sequences{Meta: info, Width: 1, Classes: []string{"normal", "abnormal"}}
		if form == 0 {
			err = s.hold(train, test, o.split)
		} else {
			s.pool(append(train, test...), o.split)
		}
		return s, errors.WithMessage(err, f.name)
	}}
}

func ecgSource() *source {
	return &source{
		folder: ecgFolder,
		files:  []download.File{{URL: "https://www.timeseriesclassification.com/aeon-toolkit/" + ecgArchive}},
		forms:  [][]string{{ecgArchive}, ecgFiles[0], ecgFiles[1]},
		check: func(dir string) error {
			_, _, err := readECG(dir)
			return err
		},
	}
}

// readECG reads the 500 training and the 4,500 test beats of a folder. What is fetched has no published checksum, so that the
// numbers of normal beats in it are what is looked at. The record is chf07 of PhysioNet's BIDMC database; the five classes of the beats,
// of which the first is normal, are those that Y. Chen et al., A general framework for never-ending learning from time
// series streams, 2015, gave them.
func readECG(dir string) (train, test []Sequence, err error) {
	files := ecgFiles[0]
	open := func(name string) (io.ReadCloser, error) { return os.Open(name) }
	switch archive := filepath.Join(dir, ecgArchive); {
	case allThere(dir, []string{ecgArchive}):
		z, err := zip.OpenReader(archive)
		if err != nil {
			return nil, nil, errors.Wrapf(fault.Cause(err), "%s: it is no zip archive; delete it and fetch it again", archive)
		}
		defer z.Close()
		open = func(name string) (io.ReadCloser, error) {
			for _, f := range z.File {
				if path.Base(f.Name) == filepath.Base(name) {
					return f.Open()
				}
			}
			return nil, errors.Errorf("%s: there is no %s in it; delete it and fetch it again", archive, filepath.Base(name))
		}
	case !allThere(dir, files):
		files = ecgFiles[1]
	}
	for i, into := range []*[]Sequence{&train, &test} {
		name := filepath.Join(dir, files[i])
		f, err := open(name)
		if err != nil {
			return nil, nil, fault.Opening(name, err)
		}
		*into, err = readBeats(name, f)
		f.Close()
		if err != nil {
			return nil, nil, err
		}
		normal := 0
		for _, q := range *into {
			normal += 1 - q.Label
		}
		if want := [2][2]int{{ecgTrain, 292}, {ecgTest, 2627}}[i]; len(*into) != want[0] || normal != want[1] {
			return nil, nil, errors.Errorf("%s: it has %d beats, %d of them normal; want %d and %d: delete it and fetch it again", name, len(*into), normal, want[0], want[1])
		}
	}
	return train, test, nil
}

// readBeats reads a class and 140 numbers a line, which blanks separate, packed if the name ends in .gz. Class 1 is normal,
// and any other from 0 to 5 is not. At most 16 MiB are read.
func readBeats(name string, r io.Reader) ([]Sequence, error) {
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bufio.NewReader(r))
		if err != nil {
			return nil, archiveError(name, err)
		}
		r = z
	}
	const most = 1 << 24
	lines := bufio.NewScanner(limited(r, most))
	lines.Buffer(nil, 1<<16)
	var all []Sequence
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 1+ecgSteps {
			return nil, errors.Errorf("%s: line %d: it has %d numbers; want a class and %d; delete it and fetch it again", name, n, len(fields), ecgSteps)
		}
		numbers := make([]float32, len(fields))
		for i, field := range fields {
			v, err := strconv.ParseFloat(field, 32)
			if err != nil || math.IsNaN(v) {
				return nil, errors.Errorf("%s: line %d: %s is no finite number; delete it and fetch it again", name, n, fault.Quote(field))
			}
			numbers[i] = float32(v)
		}
		q := Sequence{Values: numbers[1:]}
		switch class := numbers[0]; {
		case class != float32(int(class)) || class < 0 || class > 5:
			return nil, errors.Errorf("%s: line %d: %s is no class; delete it and fetch it again", name, n, fault.Quote(fields[0]))
		case class != 1:
			q.Label = 1
		}
		all = append(all, q)
	}
	if err := lines.Err(); err != nil {
		return nil, archiveError(name, err)
	}
	return all, nil
}

// hold makes parts of those of the archive: a fifth of the training beats validates, each class in its share.
func (s *Sequences) hold(train, test []Sequence, seed uint64) error {
	kept, held, err := holdOutSequences(train, len(train)/5, seed)
	if err != nil {
		return err
	}
	s.Train, s.Valid, s.Test = NewSequenceList(1, kept...), NewSequenceList(1, held...), NewSequenceList(1, test...)
	return nil
}

// How many beats of each class validate and test where all are pooled.
const (
	pooledValid = 293
	pooledTest  = 145
)

// pool makes parts of all beats together, as usual recipes for autoencoders do: 2,481 normal ones to learn from, 293 normal and as
// many others to choose a threshold by, 145 of each to test, chosen by the seed.
func (s *Sequences) pool(all []Sequence, seed uint64) {
	var of [2][]Sequence
	for _, q := range all {
		of[q.Label] = append(of[q.Label], q)
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, list := range of {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	cut := len(of[0]) - pooledValid - pooledTest
	both := func(from, n int) SequenceList {
		return NewSequenceList(1, append(of[0][cut+from:cut+from+n:cut+from+n], of[1][from:from+n]...)...)
	}
	s.Train, s.Valid, s.Test = NewSequenceList(1, of[0][:cut]...), both(0, pooledValid), both(pooledValid, pooledTest)
}
