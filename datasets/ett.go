package datasets

import (
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// ettFile is one of the two transformers: the name of its dataset and file, and the checksum of this.
type ettFile struct{ name, title, file, sum string }

var ettFiles = [2]ettFile{
	{"etth1", "Load and oil temperature of an electricity transformer, hourly, 2016-07 to 2018-06", "ETTh1.csv", "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"},
	{"etth2", "Load and oil temperature of a second electricity transformer, hourly, 2016-07 to 2018-06", "ETTh2.csv", "a3dc2c597b9218c7ce1cd55eb77b283fd459a1d09d753063f944967dd6b9218b"},
}

const (
	ettRows  = 17_420
	ettMonth = 30 * 24 // rows that count as a month
)

// ett returns the entry of a transformer.
func ett(f ettFile) entry {
	info := Info{
		Name:    f.name,
		Kind:    KindSeries,
		Task:    "forecast",
		Title:   f.title,
		Size:    "17,420 hours, 7 variables",
		Licence: "CC BY-ND 4.0",
		Source:  "https://github.com/zhouhaoyi/ETDataset",
		Where:   "cached",
	}
	source := &source{folder: "ett", files: []download.File{{
		URL:    "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/" + f.file,
		SHA256: f.sum,
	}}}
	return entry{info, source, func(dir string, o options) (Dataset, error) {
		s, err := openETT(info, filepath.Join(dir, f.file))
		if err != nil {
			return nil, err
		}
		return s.heed(o)
	}}
}

// openETT reads the file of a transformer: six loads (high, middle and low; useful and useless) and the temperature of its
// oil, OT, in °C. The season is a day. The parts are those of Informer's protocol: months of 30 days, of which 12 train, 4
// validate and 4 test; the rows behind them are not used.
//
// H. Zhou et al., Informer: beyond efficient transformer for long sequence time-series forecasting, AAAI 2021.
func openETT(info Info, path string) (*Series, error) {
	s, err := openCSV(path, options{Settings: Settings{Columns: []string{"HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"}}})
	if err != nil {
		return nil, err
	}
	if len(s.Times) != ettRows {
		return nil, errors.Errorf("%s: it has %d rows with a time where the dataset has %d; delete it and fetch it again", path, len(s.Times), ettRows)
	}
	const valid, test, end = 12 * ettMonth, 16 * ettMonth, 20 * ettMonth
	s.Meta, s.Period = info, 24
	s.Split = &Split{Train: Range{0, valid}, Valid: Range{valid, test}, Test: Range{test, end}}
	return s, nil
}
