package datasets

import (
	"bufio"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
)

// m4Part is the series of the M4 competition of one frequency.
type m4Part struct {
	name    string // of its files
	size    string // for a person
	series  int
	horizon int // steps to be forecast
	period  int // of the competition's scaled errors
	train   string
	test    string // the checksums, or "" where the files are read through before they are kept
}

var m4Parts = [3]m4Part{
	{"Daily", "4,227 series, 14 days to forecast", 4227, 14, 1, "", ""},
	{"Hourly", "414 series, 48 hours to forecast", 414, 48, 24, "ea59b7783573c49077a835ab6465c7d66f1474783360f310988a9a737fbca62f", "71a57fccb15e534d973626ada4fb87febf789e9317715b7cc6dd3b5f90db6f42"},
	{"Weekly", "359 series, 13 weeks to forecast", 359, 13, 1, "", ""},
}

// mostM4 is some times what the largest file has, the daily ones to train on with 96 MB.
const mostM4 = 1 << 28

// m4 returns the entry of the series of one frequency.
func m4(p m4Part) entry {
	info := Info{
		Name:    "m4-" + strings.ToLower(p.name),
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   "M4 competition, the " + strings.ToLower(p.name) + " series",
		Size:    p.size,
		Licence: "none stated (published data of the competition)",
		Source:  "https://github.com/Mcompetitions/M4-methods",
		Where:   "cached",
	}
	return entry{info, m4Source(info, p), func(dir string, o options) (Dataset, error) {
		panel, err := openM4(info, p, dir)
		if err != nil {
			return nil, err
		}
		return panel.heed(o)
	}}
}

// files returns the names of a part's files in the repository of the competition.
func (p m4Part) files() (train, test string) { return p.name + "-train.csv", p.name + "-test.csv" }

// m4Source fetches the two files one beside the other. They may be there in the folders that the competition has for
// them, too, and compressed.
func m4Source(info Info, p m4Part) *source {
	train, test := p.files()
	const from = "https://raw.githubusercontent.com/Mcompetitions/M4-methods/master/Dataset/"
	s := &source{folder: "m4", files: []download.File{
		{URL: from + "Train/" + train, SHA256: p.train},
		{URL: from + "Test/" + test, SHA256: p.test},
	}}
	for _, a := range m4Places("Train", train) {
		for _, b := range m4Places("Test", test) {
			s.forms = append(s.forms, []string{a, b})
		}
	}
	if p.train == "" {
		s.check = func(dir string) error {
			_, err := openM4(info, p, dir)
			return err
		}
	}
	return s
}

// m4Places returns where a file may be.
func m4Places(folder, file string) []string {
	return []string{file, folder + "/" + file, file + ".gz", folder + "/" + file + ".gz"}
}

// openM4 reads the series of one frequency. What the competition tests on is the last rows of each, as many as the
// horizon of the panel. The series have no times. A season is that of the competition's scaled errors: 24 hours, and 1 for
// weeks and days.
//
// S. Makridakis, E. Spiliotis and V. Assimakopoulos, The M4 competition: 100,000 time series and 61 forecasting methods,
// International Journal of Forecasting 36, 2020.
func openM4(info Info, p m4Part, dir string) (*Panel, error) {
	train, test := p.files()
	ids, past, trainPath, err := readM4(dir, "Train", train, p)
	if err != nil {
		return nil, err
	}
	others, future, testPath, err := readM4(dir, "Test", test, p)
	if err != nil {
		return nil, err
	}
	panel := &Panel{Meta: info, Targets: []string{"value"}, Period: p.period, Horizon: p.horizon}
	for i, id := range ids {
		switch {
		case others[i] != id:
			return nil, errors.Errorf("%s: series %d is %s, and in %s it is %s; delete both files and fetch them again", testPath, i+1, fault.Quote(others[i]), trainPath, fault.Quote(id))
		case len(future[i]) != p.horizon:
			return nil, errors.Errorf("%s: series %s has %s where %d are to be forecast; delete it and fetch it again", testPath, fault.Quote(id), fault.Count(len(future[i]), "value"), p.horizon)
		}
		panel.Series = append(panel.Series, &Series{
			ID:        id,
			Variables: panel.Targets,
			Values:    rows([][]float64{append(past[i], future[i]...)}),
			Period:    p.period,
		})
		past[i], future[i] = nil, nil // the daily ones are 10 million numbers
	}
	return panel, nil
}

// readM4 reads one of the two files: a row of names, and a row for each series of its id and its values, behind which
// fields are empty up to the length of the longest.
func readM4(dir, folder, file string, p m4Part) (ids []string, values [][]float64, path string, err error) {
	for _, place := range m4Places(folder, file) {
		path = filepath.Join(dir, filepath.FromSlash(place))
		if _, err := os.Stat(path); err == nil {
			break
		}
	}
	err = readFile(path, func(r io.Reader) error {
		if strings.HasSuffix(path, ".gz") {
			z, err := gzip.NewReader(bufio.NewReaderSize(r, 64<<10))
			if err != nil {
				return errors.Errorf("%s: it is not compressed by gzip; delete it and fetch it again", path)
			}
			r = limited(z, mostM4)
		}
		all, err := table.NewRows(path, r, table.Options{Separator: ',', Quote: table.QuoteCSV})
		if err != nil {
			return err
		}
		ids, values, err = m4Rows(path, all, p)
		return err
	})
	return ids, values, path, err
}

// m4Rows reads the rows of one of the files.
func m4Rows(path string, all *table.Rows, p m4Part) (ids []string, values [][]float64, err error) {
	if _, _, err := all.Next(); err != nil && err != io.EOF {
		return nil, nil, err
	}
	for {
		fields, line, err := all.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		if want := p.name[:1] + strconv.Itoa(len(ids)+1); fields[0] != want {
			return nil, nil, errors.Errorf("%s: line %d: series %s where %s is to come; delete it and fetch it again", path, line, fault.Quote(fields[0]), want)
		}
		ids = append(ids, strings.Clone(fields[0]))
		fields = fields[1:]
		for len(fields) > 0 && fields[len(fields)-1] == "" {
			fields = fields[:len(fields)-1]
		}
		series := make([]float64, len(fields), len(fields)+p.horizon)
		for i, field := range fields {
			value, err := strconv.ParseFloat(field, 64)
			if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
				return nil, nil, errors.Errorf("%s: line %d: value %d is %s, which is not a finite number; delete it and fetch it again", path, line, i+1, fault.Quote(field))
			}
			series[i] = value
		}
		values = append(values, series)
	}
	if len(ids) != p.series {
		return nil, nil, errors.Errorf("%s: it has %d series where the competition has %d; delete it and fetch it again", path, len(ids), p.series)
	}
	return ids, values, nil
}
