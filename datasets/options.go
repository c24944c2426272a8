package datasets

import (
	"context"
	"encoding/csv"
	"slices"
	"strings"

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
// Several names with commas between them, of which one that holds a comma stands between quotation marks, join the texts
// of these columns with a blank: "subject,body".
func Text(column string) Option { return func(o *options) { o.Text = column } }

// Label names the column of labels in a file, and makes it a [Labelled]. The default is "label" where [Text] is given.
func Label(column string) Option { return func(o *options) { o.Label = column } }

// Holds says what a file of one's own holds that could be read as several kinds of data: [KindSequences], a sequence of numbers and its
// class a row, or one of those that the names of columns say. Any other, and one that the form of the file does not have, is an
// *[option.UsageError] when the dataset is opened.
func Holds(kind string) Option { return func(o *options) { o.Holds = kind } }

// Source names the column of texts in a file, and makes it a [Pairs]. The default is "source" where [Target] is given.
func Source(column string) Option { return func(o *options) { o.Source = column } }

// Target names the column of translations in a file, and makes it a [Pairs]. The default is "target" where [Source] is
// given. Of series it names the variables that are forecast, with commas between them; other columns are of use only if
// they are named, by [Known], [Past] or [Columns].
func Target(column string) Option { return func(o *options) { o.Target = column } }

// Known names the variables that are known ahead of the time for which is forecast, such as a price or a holiday.
func Known(names ...string) Option { return func(o *options) { o.Known = slices.Clone(names) } }

// Past names the variables that are known up to now, and are not forecast.
func Past(names ...string) Option { return func(o *options) { o.Past = slices.Clone(names) } }

// Static names the columns that have one value throughout a series. Without it they are those that do, and differ between
// series.
func Static(names ...string) Option { return func(o *options) { o.Static = slices.Clone(names) } }

// Ignore names the columns of a file that are of no use.
func Ignore(names ...string) Option { return func(o *options) { o.Ignore = slices.Clone(names) } }

// ID names the columns of a file that say of which series a row is; of several the names are joined by " / ". Without it
// the column is found where times repeat.
func ID(names ...string) Option { return func(o *options) { o.ID = slices.Clone(names) } }

// Time names the columns of a file that say the time of a row: one, or several such as year, month and day. Without it
// they are found.
func Time(names ...string) Option { return func(o *options) { o.Time = slices.Clone(names) } }

// Decimal is the decimal mark of the numbers in a file of series, "." or ",". Without it each column shows its own.
func Decimal(mark string) Option { return func(o *options) { o.Decimal = mark } }

// Thousands is what stands between thousands in a file of series: ".", ",", "space", "'" or "none". Without it each column
// shows its own.
func Thousands(mark string) Option { return func(o *options) { o.Thousands = mark } }

// Missing names what stands for a missing value in a file of series, beside the usual marks: "closed", "-999".
func Missing(marks ...string) Option { return func(o *options) { o.Missing = slices.Clone(marks) } }

// Quote says what quotation marks in a file are: "csv" if they hold a field together and are doubled within it, "none"
// if they are characters as any other. The default, "auto", is csv, but in a file with tabs, which many tools write
// without any quoting, the whole file decides. Any other is an *[UnknownError] when the dataset is opened.
func Quote(way string) Option { return func(o *options) { o.Quote = way } }

// SkipEmpty leaves out the rows of a file that lack a text, a label or a translation, which are errors without it.
func SkipEmpty() Option { return func(o *options) { o.SkipEmpty = true } }

// FoldLabels makes one class of the labels of a file that differ in case or in the blanks around them alone. Its name is
// the most frequent of them.
func FoldLabels() Option { return func(o *options) { o.FoldLabels = true } }

// Encoding says how the text of a file is written: "utf-8", the default, or "latin1" (ISO 8859-1, read as browsers do:
// as Windows-1252). Their other usual names, such as UTF8 and ISO-8859-1, do as well. Any other is an *[UnknownError]
// when the dataset is opened.
func Encoding(name string) Option { return func(o *options) { o.Encoding = name } }

// SentencesOnly leaves the labelled phrases of a treebank out of the training part, which then holds whole sentences
// alone.
func SentencesOnly() Option { return func(o *options) { o.SentencesOnly = true } }

// Lines makes of each line of a [Corpus] a text with an end. Lines without anything are left out. A file of one's own is then
// divided into parts by its lines: [SplitSeed] and the text of a line choose its part, so that equal lines are in one.
func Lines() Option { return func(o *options) { o.Lines = true } }

// Length has sequences that are made, such as those of adding, be so many steps long. The sequences of copy have ten
// more before and behind. At 0 or less it is what the dataset says.
func Length(steps int) Option { return func(o *options) { o.Length = max(0, steps) } }

// Use reads a dataset as the settings say, whatever the options before it said of them; those after it count more.
func Use(s Settings) Option {
	return func(o *options) {
		o.Settings = s
		for _, list := range []*[]string{&o.Columns, &o.Known, &o.Past, &o.Static, &o.Ignore, &o.ID, &o.Time, &o.Missing} {
			*list = slices.Clone(*list)
		}
	}
}

// SplitSeed chooses which examples, or with [Lines] which lines, are held out where a corpus has no split of its own. It is apart from the seed of a
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
	if o.labelled() && o.parallel() {
		name, value := "source", o.Source
		if value == "" {
			name, value = "target", o.Target
		}
		return o, option.Wrong(name, value, "it makes pairs of a file, and text and label make classes of it; leave one or the other out")
	}
	if _, err := o.textColumns(); err != nil {
		return o, err
	}
	if o.Quote != "" && !slices.Contains(table.Quotes(), o.Quote) {
		return o, errors.WithStack(&UnknownError{
			Kind:       "way of quoting",
			Setting:    "quote",
			Name:       o.Quote,
			Suggestion: suggest.Nearest(o.Quote, table.Quotes()),
			Hint:       "choose auto, csv or none",
		})
	}
	if err := o.checkRoles(); err != nil {
		return o, err
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

// labelled reports whether the options make labelled texts of a file.
func (o options) labelled() bool { return o.Text != "" || o.Label != "" }

// parallel reports whether the options make pairs of a file.
func (o options) parallel() bool { return o.Source != "" || o.Target != "" }

// kind returns the kind of a file that may hold several, by what the options name, or else the kind given.
func (o options) kind(otherwise string) string {
	switch {
	case o.Holds != "":
		return o.Holds
	case o.labelled():
		return KindTexts
	case o.parallel():
		return KindPairs
	}
	return otherwise
}

// textColumns returns the names of the columns of texts.
func (o options) textColumns() ([]string, error) {
	if o.Text == "" {
		return []string{"text"}, nil
	}
	r := csv.NewReader(strings.NewReader(o.Text))
	r.TrimLeadingSpace = true
	names, err := r.Read()
	if err != nil {
		return nil, option.Wrong("text", o.Text, `want names with commas between them, one that holds a comma between quotation marks: a,"b,c"`)
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if names[i] == "" {
			return nil, option.Wrong("text", o.Text, "a name in it is empty")
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, option.Wrong("text", o.Text, "%s is named twice; name it once", names[i])
		}
	}
	return names, nil
}

// rows returns how the rows of a file are read.
func (o options) rows() (table.Options, error) {
	decode, err := decoder(o.Encoding)
	return table.Options{Quote: o.Quote, Decoder: decode}, err
}
