package datasets

import (
	"cmp"
	"context"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Dataset is anything that models can learn from. Its dynamic type says what it holds, as the Kind of its [Info] does:
// a *[Series] rows of numbers in time order, a *[Panel] many of them, a *[Labelled] texts in classes, a *[Pairs] texts with their translations, a *[Corpus]
// running text, a *[Sequences] sequences of numbers.
type Dataset interface {
	// Info describes the dataset without its data.
	Info() Info
}

// The kinds of datasets.
const (
	KindSeries = "series" // a *[Series] or a *[Panel]
	KindTexts  = "texts"  // labelled texts: a *[Labelled]
	KindPairs  = "pairs"  // a *[Pairs]
	KindCorpus = "corpus" // running text: a *[Corpus]
	// Sequences of numbers, each with a class, a number, or a class at each step: a *[Sequences].
	KindSequences = "sequences"
)

// Info describes a dataset to a person.
type Info struct {
	Name    string // what Open takes, or a file's name without its folder and extension
	Kind    string // what it holds: KindSeries, KindTexts, KindPairs, KindCorpus or KindSequences
	Task    string // what is learnt from it unless a person wants something else: "forecast", "classify", "translate", "generate", "recognise", "detect" or "trade"
	Title   string // one line
	Size    string // for a person, with its unit: "144 months"
	Licence string // of the data, as far as it is stated
	Source  string // who published it, or the file's path
	Where   string // "embedded", "cached", "to download" or "file"
	// What a person should know of how a file was read, each in a line: what was guessed and what was left out. It is
	// nil before the file is read.
	Notices []string
	// Spec is what Open takes to open the dataset again, of a file with the Settings; "" if it was made by hand or read from
	// a reader. It says which dataset it is: another may have the same Name.
	Spec     string
	Settings Settings
}

// opened says how a dataset is opened again.
func (i *Info) opened(spec string, o options) {
	i.Spec = spec
	if i.Where == "file" {
		i.Settings = o.Settings
	}
}

// or fills in what the description of a dataset made by hand leaves out.
func (i Info) or(kind string) Info {
	i.Kind = cmp.Or(i.Kind, kind)
	if i.Where != "" && i.Where != "file" { // where it is does not matter
		i.Spec = cmp.Or(i.Spec, i.Name)
	}
	return i
}

// List returns the description of each dataset that Open knows by name, by task and then by name. It reads no data;
// where it is depends on [DataDir].
func List(opts ...Option) []Info {
	var o options
	args.Apply(&o, opts)
	entries := catalogue()
	list := make([]Info, len(entries))
	for i, e := range entries {
		list[i] = e.info.or(e.info.Kind)
		list[i].Where = o.where(e.source)
	}
	return list
}

// Open returns the dataset that spec names: a name from [List], such as "airline", or a file of one's own in one of the
// [Forms]:
//
//	csv:FILE            series, as CSVPanel reads them: a *Series if it is one, all of whose
//	                    values are there and are forecast, and else a *Panel
//	tsv:FILE            texts and translations, as TSV reads them
//	jsonl:FILE          labelled texts, as ReadJSONL reads them
//	fasttext:FILE       labelled texts, as ReadFastText reads them
//	parallel:FILE,FILE  texts and translations, as Parallel reads them
//	text:FILE           running text, a Corpus
//
// With [Text] or [Label] a file of csv or tsv is a [Labelled] as [LabelledCSV] reads it. With [Source] or [Target] a file
// of csv, tsv or jsonl is a [Pairs] of two columns, or fields, of these names; but with a target alone one of csv is series
// in which that is forecast, unless it has a column "source". A file of csv whose name ends with .jsonl
// or .ndjson is taken for one of jsonl.
//
// A text of one's own is read whenever a [Passage] of it is opened, and never held in memory: its file must stay as it is. It is
// UTF-8, UTF-16 with a byte order mark, or in the [Encoding], of at most 64 GiB. The first 90 % train, 5 % validate and 5 %
// test, cut where lines end, or between characters if none ends near there; with [Lines] the parts are chosen line by line, of
// at most 1 MiB each. Opening it reads it once, some seconds a GiB, and again with Lines.
//
// [Columns], [Target], [Known], [Past], [Ignore] and [Period] work on every series, [Length] on sequences that are made. [Fill] matters to files only, since the embedded series have no gaps. A
// dataset that is neither embedded nor in the folder of [DataDir] or of the environment variable ZOO_DATA is fetched
// from its official address into [CacheDir] once.
//
// An unknown name, prefix, fill method or encoding is an *[UnknownError], and a setting that makes no sense an
// *[option.UsageError]. Any other error is about the data itself, or the way to it.
func Open(spec string, opts ...Option) (Dataset, error) {
	return OpenContext(context.Background(), spec, opts...)
}

// OpenContext is [Open] with a context that may end while the dataset is fetched.
func OpenContext(ctx context.Context, spec string, opts ...Option) (Dataset, error) {
	o, err := gather(opts)
	if err != nil {
		return nil, err
	}
	o.ctx = ctx
	if f, path, ok := formOf(spec); ok {
		return opened(spec, o)(f.open(path, o))
	}
	e, err := named(spec)
	if err != nil {
		return nil, err
	}
	if e.source == nil {
		return e.open("", o)
	}
	dir, err := o.locate(spec, e.source)
	if err != nil {
		return nil, err
	}
	return e.open(dir, o)
}

// opened has a dataset say how it is opened again.
func opened(spec string, o options) func(Dataset, error) (Dataset, error) {
	return func(d Dataset, err error) (Dataset, error) {
		switch d := d.(type) {
		case *Series:
			d.Meta.opened(spec, o)
		case *Panel:
			d.Meta.opened(spec, o)
		case *Labelled:
			d.Meta.opened(spec, o)
		case *Pairs:
			d.Meta.opened(spec, o)
		case *Corpus:
			d.Meta.opened(spec, o)
		case *Sequences:
			d.Meta.opened(spec, o)
		}
		return d, err
	}
}

// Describe tells what a specification names without reading or fetching it: of a name what [List] says, and of a file
// of one's own all but its size and its notices. A file need not exist. The options decide as they do in [Open], of
// which the errors are too: with [Text] or [Label] "csv:FILE" is labelled texts.
func Describe(spec string, opts ...Option) (Info, error) {
	o, err := gather(opts)
	if err != nil {
		return Info{}, err
	}
	if f, path, ok := formOf(spec); ok {
		info, err := f.describe(path, o)
		if err == nil {
			info.opened(spec, o)
		}
		return info, err
	}
	e, err := named(spec)
	if err != nil {
		return Info{}, err
	}
	e.info.Where = o.where(e.source)
	return e.info.or(e.info.Kind), nil
}
