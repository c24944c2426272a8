package datasets

import (
	"context"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/internal/suggest"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Option changes how a dataset is opened.
type Option func(*options)

// options is what the options add up to. Its zero value is the default.
type options struct {
	Settings
	split    uint64
	data     string
	progress func(download.Progress)
	ctx      context.Context // of OpenContext and Get; nil is none
}

// Fill says what stands in for a missing value of a file. The default, "", refuses missing values, since each method
// invents data:
//
//	previous  the last known value before it; an error where there is none
//	linear    on the straight line, in rows, between its known neighbours, and at
//	          either end of the series the nearest known value
//	mean      the mean of the known values before it; an error where there is none
//	zero      0
//
// previous, mean and zero look at the past alone. linear looks at the next known value as well, so a gap that meets the
// edge between two parts of a split carries a little of the later part into the earlier one.
//
// Any other method is an *[UnknownError] when the dataset is opened.
func Fill(method string) Option {
	return func(o *options) { o.Fill = method }
}

// Columns chooses the variables and their order by name. Without it, or without names, they are all the columns of
// numbers in the order of the file. In a file without a header the columns are named "column 1", "column 2" and so on.
// A name that is there twice is an *[option.UsageError] when the dataset is opened.
func Columns(names ...string) Option {
	return func(o *options) { o.Columns = append([]string(nil), names...) }
}

// Period sets the season of a series in steps, such as 12 for months with a yearly season. At 0 or less the dataset's
// own is kept, which for a file is unknown.
func Period(steps int) Option {
	return func(o *options) { o.Period = steps }
}

// Text names the column of texts in a file, and makes it a [Labelled]. The default is "text" where [Label] is given.
func Text(column string) Option { return func(o *options) { o.Text = column } }

// Label names the column of labels in a file, and makes it a [Labelled]. The default is "label" where [Text] is given.
func Label(column string) Option { return func(o *options) { o.Label = column } }

// Encoding says how the text of a file is written: "utf-8", the default, or "latin1" (ISO 8859-1, read as browsers do:
// as Windows-1252). Their other usual names, such as UTF8 and ISO-8859-1, do as well. Any other is an *[UnknownError]
// when the dataset is opened.
func Encoding(name string) Option { return func(o *options) { o.Encoding = name } }

// SentencesOnly leaves the labelled phrases of a treebank out of the training part, which then holds whole sentences
// alone.
func SentencesOnly() Option { return func(o *options) { o.SentencesOnly = true } }

// Use reads a dataset as the settings say, whatever the options before it said of them; those after it count more.
func Use(s Settings) Option {
	return func(o *options) {
		o.Settings = s
		o.Columns = slices.Clone(s.Columns)
	}
}

// SplitSeed chooses which examples are held out where a corpus has no split of its own. It is apart from the seed of a
// training, so that runs with different seeds are judged on the same examples. The default is 0.
func SplitSeed(seed uint64) Option { return func(o *options) { o.split = seed } }

// DataDir names a folder that is searched for a dataset's files before the one of the environment variable ZOO_DATA and
// the cache.
func DataDir(dir string) Option { return func(o *options) { o.data = dir } }

// OnProgress is called now and then while a dataset is fetched.
func OnProgress(call func(download.Progress)) Option {
	return func(o *options) { o.progress = call }
}

// gather adds options up and checks what can be checked without data.
func gather(opts []Option) (options, error) {
	var o options
	args.Apply(&o, opts)
	if _, err := decoder(o.Encoding); err != nil {
		return o, err
	}
	for i, name := range o.Columns {
		if slices.Contains(o.Columns[:i], name) {
			return o, option.Wrong("columns", name, "chosen twice; name it once")
		}
	}
	if o.Fill == "" || slices.Contains(table.FillMethods(), o.Fill) {
		return o, nil
	}
	return o, errors.WithStack(&UnknownError{
		Kind:       "fill method",
		Setting:    "fill",
		Name:       o.Fill,
		Suggestion: suggest.Nearest(o.Fill, table.FillMethods()),
		Hint:       "choose previous, linear, mean or zero",
	})
}
