package datasets

import (
	"io"
	"path/filepath"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
)

// Where the files of prices come from.
const (
	plotlyDatasets = "https://raw.githubusercontent.com/plotly/datasets/master/"
	vegaDatasets   = "https://cdn.jsdelivr.net/npm/vega-datasets@3.2.1/data/"
)

// stocks are the datasets of prices, each one file. All prices are Yahoo's.
func stocks() []entry {
	var all []entry
	for _, s := range []struct {
		info     Info
		from     string // the folder on the server
		sum      string
		prices   prices
		adjusted string // what is known of the prices
	}{
		{Info{
			Name: "stocks", Title: "Daily closes of Microsoft, IBM, Starbucks, Apple and the S&P 500, 2007 to 2016", Size: "5 shares, 2,306 days", Licence: "MIT (Plotly)",
		}, plotlyDatasets, "60bf505fec160ce05ba959382adee32ea6e53ce14fe22886db27c58fe1b0d26b", prices{
			file: "stockdata.csv", date: "Date", layout: isoDate, shares: []string{"MSFT", "IBM", "SBUX", "AAPL", "GSPC"},
		}, "the closes of the four shares are adjusted for dividends and splits already, those of the index GSPC have no dividends"},
		{Info{
			Name: "stocks-apple", Title: "Apple, daily prices and volumes, 2015 to 2017", Size: "1 share, 506 days", Licence: "MIT (Plotly)",
		}, plotlyDatasets, "24c7604edfd5afe862ddb9f9535e2fd7351f43711bfc442bca52055e15e37bcd", prices{
			file: "finance-charts-apple.csv", date: "Date", layout: isoDate, share: "AAPL",
			columns: []priceColumn{{"AAPL.Open", "open"}, {"AAPL.High", "high"}, {"AAPL.Low", "low"}, {"AAPL.Close", "close"}, {"AAPL.Adjusted", "adjusted close"}, {"AAPL.Volume", "volume"}},
		}, ""},
		{Info{
			Name: "stocks-monthly", Title: "Monthly prices of Microsoft, Amazon, IBM, Google and Apple, 2000 to 2010", Size: "5 shares, 123 months", Licence: "BSD-3-Clause (Vega)",
		}, vegaDatasets, "f9953ac6693e587476b4ebf2f0b00d9bb95371ca8c39da4cc6155077b3e417cd", prices{
			file: "stocks.csv", date: "date", layout: "Jan 2 2006", symbol: "symbol", columns: []priceColumn{{"price", "close"}},
		}, ""},
		{Info{
			Name: "stocks-sp500", Title: "The S&P 500, daily prices and volumes, 2000 to 2020", Size: "1 share, 5,105 days", Licence: "BSD-3-Clause (Vega)",
		}, vegaDatasets, "9409e9342d0657c747324e4cfabce8a8c7f663bc485b95a3378f36b0a160f8c8", prices{
			file: "sp500-2000.csv", date: "date", layout: isoDate, share: "GSPC",
			columns: []priceColumn{{"open", "open"}, {"high", "high"}, {"low", "low"}, {"close", "close"}, {"adjclose", "adjusted close"}, {"volume", "volume"}},
		}, "it is an index, which nobody can buy, without dividends: adjusted closes are closes"},
		{Info{
			Name: "stocks-tesla", Title: "Tesla, daily prices and volumes, 2015 to 2018", Size: "1 share, 756 days", Licence: "MIT (Plotly)",
		}, plotlyDatasets, "817d01d348116adb93f82908b659cfe11456599a7accd809df81cf9dc23f373d", prices{
			file: "tesla-stock-price.csv", date: "date", layout: "2006/01/02", share: "TSLA",
			columns: []priceColumn{{"open", "open"}, {"high", "high"}, {"low", "low"}, {"close", "close"}, {"volume", "volume"}},
		}, ""},
	} {
		info := s.info
		info.Kind, info.Task, info.Source, info.Where = KindSeries, "trade", s.from+s.prices.file, "cached"
		from := &source{folder: "stocks", files: []download.File{{URL: s.from + s.prices.file, SHA256: s.sum}}}
		all = append(all, entry{info, from, func(dir string, o options) (Dataset, error) {
			return openStocks(info, filepath.Join(dir, s.prices.file), s.prices, s.adjusted, o)
		}})
	}
	return all
}

// openStocks reads a file of prices as a panel, of which each share is a series. Columns choose shares.
func openStocks(info Info, path string, as prices, adjusted string, o options) (Dataset, error) {
	p := &Panel{Meta: info, Targets: []string{"close"}, Period: o.Period}
	for _, c := range as.columns {
		if c.variable != "close" {
			p.Past = append(p.Past, c.variable)
		}
	}
	if adjusted != "" {
		p.Meta.Notices = []string{adjusted}
	}
	err := readFile(path, func(r io.Reader) error {
		series, notices, err := as.read(path, r)
		p.Series, p.Meta.Notices = series, append(p.Meta.Notices, notices...)
		return err
	})
	if err != nil || len(o.Columns) == 0 {
		return p, err
	}
	var names []string
	for _, s := range p.Series {
		names = append(names, s.ID)
	}
	places, err := table.Locate(info.Name, names, o.Columns)
	if err != nil {
		return nil, err
	}
	chosen := make([]*Series, len(places))
	for i, at := range places {
		chosen[i] = p.Series[at]
	}
	p.Series = chosen
	p.Meta.Size = fault.Count(len(chosen), "share") + " of " + fault.Count(len(names), "share")
	return p, nil
}
