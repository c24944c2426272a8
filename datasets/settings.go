package datasets

import (
	"math"

	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Settings are how a dataset is read, as plain data that can be written down: each field is what the option of its name
// says. [Use] makes an option of them. The zero value is the default.
type Settings struct {
	Columns       []string `json:"columns,omitempty"`
	Fill          string   `json:"fill,omitempty"`
	Period        int      `json:"period,omitempty"`
	Text          string   `json:"text,omitempty"`
	Label         string   `json:"label,omitempty"`
	Source        string   `json:"source,omitempty"`
	Target        string   `json:"target,omitempty"`
	Known         []string `json:"known,omitempty"`
	Past          []string `json:"past,omitempty"`
	Static        []string `json:"static,omitempty"`
	Ignore        []string `json:"ignore,omitempty"`
	ID            []string `json:"id,omitempty"`
	Time          []string `json:"time,omitempty"`
	Decimal       string   `json:"decimal,omitempty"`
	Thousands     string   `json:"thousands,omitempty"`
	Missing       []string `json:"missing,omitempty"`
	Holds         string   `json:"holds,omitempty"`
	Encoding      string   `json:"encoding,omitempty"`
	Quote         string   `json:"quote,omitempty"`
	SkipEmpty     bool     `json:"skip_empty,omitempty"`
	FoldLabels    bool     `json:"fold_labels,omitempty"`
	SentencesOnly bool     `json:"sentences_only,omitempty"`
	Lines         bool     `json:"lines,omitempty"`
	Length        int      `json:"length,omitempty"`
}

// Declare declares the settings, each for the kinds of data that heed it. An encoding that is named in another of the
// ways that [Encoding] takes, as in a file of settings, gets its usual name.
func (c *Settings) Declare(s *option.Set) {
	c.Encoding = encodingName(c.Encoding)
	s.List(&c.Columns, "columns", "names of the variables, with commas between them; none is all columns of numbers").For(KindSeries)
	s.Text(&c.Fill, "fill", "what stands in for missing values, which are an error without").OneOf(table.FillMethods()...).For(KindSeries)
	s.Int(&c.Period, "period", "rows in a season, for the baselines; 0 is what the dataset says").AtLeast(0).Below(math.MaxInt32).For(KindSeries)
	s.Text(&c.Text, "text", "name of the column of texts in a file of your own, or of several with commas between them, whose texts are joined").For(KindTexts)
	s.Text(&c.Label, "label", "name of the column of classes in a file of your own").For(KindTexts, KindSequences)
	s.Text(&c.Holds, "holds", "what a file of your own holds, where it may be several: series, texts, pairs or sequences, each a row with its class; the task says it, or the columns that are named").For(KindSeries, KindTexts, KindPairs, KindSequences)
	s.Text(&c.Source, "source", "name of the column of texts to translate in a file of your own").For(KindPairs)
	s.Text(&c.Target, "target", "name of the column of translations in a file of your own; of series the variables that are forecast, with commas between them").For(KindPairs, KindSeries)
	s.List(&c.Known, "known", "names of the variables that are known ahead, such as a price, with commas between them").For(KindSeries)
	s.List(&c.Past, "past", "names of the variables that are known up to now and not forecast").For(KindSeries)
	s.List(&c.Static, "static", "names of the columns that stay the same in a series; none is found").For(KindSeries)
	s.List(&c.Ignore, "ignore", "names of the columns that are of no use").For(KindSeries)
	s.List(&c.ID, "id", "names of the columns that say of which series a row is; none is found where times repeat").For(KindSeries)
	s.List(&c.Time, "time", "names of the columns that say the time, such as year and month; none is found").For(KindSeries)
	s.Text(&c.Decimal, "decimal", "decimal mark of the numbers in a file of your own; none is found").OneOf(decimals()...).For(KindSeries)
	s.Text(&c.Thousands, "thousands", "what stands between thousands in a file of your own; none is found").OneOf(thousands()...).For(KindSeries)
	s.List(&c.Missing, "missing", "what stands for a missing value in a file of your own, beside the usual marks such as NA").For(KindSeries)
	s.Text(&c.Encoding, "encoding", "encoding of a file of your own; UTF-16 with a byte order mark is recognised").OneOf(encodings()...).For(KindTexts, KindPairs, KindCorpus)
	s.Text(&c.Quote, "quote", "quotation marks in a file of your own: whether they hold fields together (csv), are part of the text (none), or the file shows it (auto)").OneOf(table.Quotes()...).For(KindSeries, KindTexts, KindPairs)
	s.Bool(&c.SkipEmpty, "skip-empty", "leave out the rows of a file of your own that lack a text, a class or a translation").For(KindTexts, KindPairs)
	s.Bool(&c.FoldLabels, "fold-labels", "make one class of those of a file of your own that differ in case or in blanks around them alone").For(KindTexts)
	s.Bool(&c.SentencesOnly, "sentences-only", "train on the sentences of a treebank alone, not on their phrases").For(KindTexts)
	s.Bool(&c.Lines, "lines", "make a text with an end of each line of running text").For(KindCorpus)
	s.Int(&c.Length, "length", "steps that sequences which are made have, or over which they must be remembered; 0 is what the dataset says").AtLeast(0).AtMost(mostLength).For(KindSequences)
}

// decimals returns the decimal marks.
func decimals() []string { return []string{".", ","} }

// thousands returns what may stand between thousands.
func thousands() []string { return []string{".", ",", "space", "'", "none"} }
