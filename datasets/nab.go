package datasets

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

func nabInfo() Info {
	return Info{
		Name:    "nab",
		Kind:    KindSeries,
		Task:    "detect",
		Title:   "The Numenta Anomaly Benchmark: servers, advertisements, traffic, tweets, with 116 windows of anomalies",
		Size:    "58 series, 365,558 rows",
		Licence: "MIT (Numenta)",
		Source:  "https://github.com/numenta/NAB",
		Where:   "cached",
	}
}

// nabCommit is the last one of the benchmark's repository, of version 1.1, and nabWindowsSum the checksum of its windows there.
const (
	nabCommit     = "ea702d75cc2258d9d7dd35ca8e5e2539d71f3140"
	nabWindows    = "combined_windows.json"
	nabWindowsSum = "1e1fbc4601321aad8d0f8b3784c8134299379f68f6c1f7777565f8ffd57ab6b1"
)

// nabSource fetches the files one by one, of a commit, into one folder: no two have one name. A copy of the repository will
// do as well.
func nabSource() *source {
	const raw = "https://raw.githubusercontent.com/numenta/NAB/" + nabCommit
	s := &source{folder: "nab", files: []download.File{{URL: raw + "/labels/" + nabWindows, SHA256: nabWindowsSum}}}
	flat, nested := []string{nabWindows}, []string{"labels/" + nabWindows}
	for _, f := range nabSums {
		s.files = append(s.files, download.File{URL: raw + "/data/" + f.name, SHA256: f.sum})
		flat, nested = append(flat, path.Base(f.name)), append(nested, "data/"+f.name)
	}
	s.forms = [][]string{nested, flat}
	return s
}

// openNAB reads the series in the order of their names, each with the windows of its anomalies. They are as the benchmark
// has them, row by row: a few have a time twice, and one goes back an hour in winter.
//
// S. Ahmad, A. Lavin, S. Purdy and Z. Agha, Unsupervised real-time anomaly detection for streaming data, 2017.
func openNAB(dir string, o options) (Dataset, error) {
	nested := allThere(dir, nabSource().forms[0])
	at := func(folder, name string) string {
		if nested {
			return filepath.Join(dir, folder, filepath.FromSlash(name))
		}
		return filepath.Join(dir, path.Base(name))
	}
	windows := make(map[string][][2]string)
	labels := at("labels", nabWindows)
	err := readFile(labels, func(r io.Reader) error {
		err := json.NewDecoder(io.LimitReader(r, mostNABBytes)).Decode(&windows)
		return errors.Wrapf(err, "%s: it does not hold windows; delete it and fetch it again", labels)
	})
	if err != nil {
		return nil, err
	}
	p := &Panel{Meta: nabInfo(), Targets: []string{nabVariable}}
	for _, f := range nabSums {
		file := at("data", f.name)
		var s *Series
		err := readFile(file, func(r io.Reader) (err error) {
			s, err = readNAB(file, r)
			return err
		})
		if err != nil {
			return nil, err
		}
		s.ID = strings.TrimSuffix(f.name, ".csv")
		if s.Anomalies, err = nabRanges(s.Times, windows[f.name]); err != nil {
			return nil, errors.WithMessagef(err, "%s: %s", labels, f.name)
		}
		p.Series = append(p.Series, s)
	}
	return p.heed(o)
}

// What a series of the benchmark has, and some times what the longest has.
const (
	nabVariable  = "value"
	nabHeader    = "timestamp,value"
	mostNABRows  = 1 << 17
	mostNABBytes = 1 << 24
)

// readNAB reads rows of a time and a finite number below the row of their names. At most 2¹⁷ rows and 16 MiB are read.
func readNAB(name string, r io.Reader) (*Series, error) {
	rows := csv.NewReader(limited(r, mostNABBytes))
	rows.FieldsPerRecord, rows.ReuseRecord = 2, true
	s := &Series{Meta: nabInfo(), Variables: []string{nabVariable}}
	wrong := func(line int, what string) error {
		return errors.Errorf("%s: line %d: %s; delete it and fetch it again", name, line, what)
	}
	for line := 1; ; line++ {
		fields, err := rows.Read()
		switch {
		case err == io.EOF && len(s.Values) > 0:
			return s, nil
		case err == io.EOF:
			return nil, errors.Errorf("%s: there are no rows in it; delete it and fetch it again", name)
		case errors.Is(err, csv.ErrFieldCount):
			return nil, wrong(line, "it is no time and a number")
		case errors.Is(err, errTooLarge):
			return nil, wrong(line, "the file is larger than any of the benchmark")
		case err != nil:
			return nil, fault.Reading(name, err)
		case line == 1:
			if strings.Join(fields, ",") != nabHeader {
				return nil, wrong(line, "it is not "+nabHeader)
			}
			continue
		case len(s.Values) == mostNABRows:
			return nil, wrong(line, "there are more rows than in any of the benchmark")
		}
		v, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, wrong(line, fault.Quote(fields[1])+" is no finite number")
		}
		s.Times = append(s.Times, strings.Clone(fields[0]))
		s.Values = append(s.Values, []float64{v})
	}
}

// nabRanges returns windows, each from a time to another and with it, as ranges of rows. Where a time is there twice, the
// first one counts.
func nabRanges(times []string, windows [][2]string) ([]Range, error) {
	ranges := make([]Range, 0, len(windows)) // none is known to be none
	for _, w := range windows {
		var r [2]int
		for i, at := range w {
			at, _, _ = strings.Cut(at, ".") // the fraction of a second, which is always 0
			if r[i] = slices.Index(times, at); r[i] < 0 {
				return nil, errors.Errorf("no row has the time %s; fetch the benchmark again", fault.Quote(at))
			}
		}
		if r[1] < r[0] || len(ranges) > 0 && r[0] < ranges[len(ranges)-1].To {
			return nil, errors.Errorf("the window that begins at %s does not follow the one before; fetch the benchmark again", w[0])
		}
		ranges = append(ranges, Range{r[0], r[1] + 1})
	}
	return ranges, nil
}
