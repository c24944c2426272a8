package datasets

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
	"github.com/rnnzoo/rnnzoo/datasets/internal/table"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// mostPairs are as many as a year of training sees here.
const mostPairs = 1 << 23

// ownPairs gathers the pairs of a person's own file.
type ownPairs struct {
	name        string
	skip        bool
	field       string   // what a text stands in: "column"
	names       []string // of the two fields
	pairs       []Pair
	skipped     int
	skippedLine int // the first
}

func newOwnPairs(name, field string, names []string, o options) *ownPairs {
	return &ownPairs{name: name, skip: o.SkipEmpty, field: field, names: names}
}

// add takes a pair, whose texts may share their memory with more.
func (p *ownPairs) add(line int, source, target string) error {
	source, target = oneLine(source), oneLine(target)
	if source == "" || target == "" {
		if p.skip {
			p.skipOne(line)
			return nil
		}
		i := 0
		if source != "" {
			i = 1
		}
		return emptyField(p.name, line, p.field, p.names[i])
	}
	if len(p.pairs) == mostPairs {
		return errors.Errorf("%s: line %d: more than %d pairs, the most that are read; cut it into smaller files", p.name, line, mostPairs)
	}
	p.pairs = append(p.pairs, Pair{strings.Clone(source), strings.Clone(target)})
	return nil
}

func (p *ownPairs) skipOne(line int) {
	if p.skipped++; p.skipped == 1 {
		p.skippedLine = line
	}
}

// oneLine returns a text without the space around it, on one line: what translates answers on one.
func oneLine(text string) string {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r\t") {
		text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(text)
	}
	return text
}

// dataset divides the pairs into parts.
func (p *ownPairs) dataset(meta Info) (*Pairs, error) {
	if p.skipped > 0 {
		meta.Notices = append(meta.Notices, leftOut(p.skipped, p.skippedLine, "a text or a translation"))
	}
	meta.Size = fault.Count(len(p.pairs), "pair")
	split := splitPairs(meta, p.pairs)
	if len(split.Test) == 0 {
		return nil, errors.Errorf("%s: %s of too few different texts to train, validate and test; give at least 3", p.name, fault.Count(len(p.pairs), "pair"))
	}
	return split, nil
}

// pairColumns returns the names of the columns of texts and of translations.
func (o options) pairColumns() ([]string, error) {
	names := []string{cmp.Or(o.Source, "source"), cmp.Or(o.Target, "target")}
	if names[0] == names[1] {
		return nil, option.Wrong("source", names[0], "it is the column of translations, too; name another")
	}
	return names, nil
}

// openPairsCSV reads texts and their translations from two columns of a file, which the options name.
func openPairsCSV(path string, o options) (p *Pairs, err error) {
	err = readFile(path, func(r io.Reader) (err error) {
		p, err = readPairsCSV(path, r, o)
		return err
	})
	return p, err
}

func readPairsCSV(name string, r io.Reader, o options) (*Pairs, error) {
	how, err := o.rows()
	if err != nil {
		return nil, err
	}
	return readPairRows(name, r, how, o)
}

// readPairRows reads pairs from two columns of a file.
func readPairRows(name string, r io.Reader, how table.Options, o options) (*Pairs, error) {
	wanted, err := o.pairColumns()
	if err != nil {
		return nil, err
	}
	rows, err := table.NewRows(name, r, how)
	if err != nil {
		return nil, err
	}
	var c pairLayout
	if o.parallel() {
		c, err = namedPairColumns(name, rows, wanted)
	} else {
		c, err = guessPairColumns(rows)
	}
	if err != nil {
		return nil, err
	}
	p := newOwnPairs(name, "column", c.names, o)
	if err := p.addRows(rows, c, !how.Uneven); err != nil {
		return nil, err
	}
	meta := describePairs(name)
	meta.Notices = append(rows.Notices(), c.notices...)
	return p.dataset(meta)
}

// addRows adds the rows of a file from its beginning.
func (p *ownPairs) addRows(rows *table.Rows, c pairLayout, even bool) error {
	rows.Rewind()
	first, width := 0, 0
	for {
		fields, line, err := rows.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(fields, func(f string) bool { return invalidUTF8(f) >= 0 }) {
			return encodingError(p.name, line)
		}
		if first == 0 {
			if first, width = line, len(fields); c.header {
				continue
			}
		}
		if even && len(fields) != width {
			return table.Unlike(p.name, line, len(fields), first, width)
		}
		if !slices.ContainsFunc(fields, func(f string) bool { return f != "" }) {
			continue
		}
		if len(fields) <= max(c.source, c.target) {
			if p.skip {
				p.skipOne(line)
				continue
			}
			return tooFewFields(p.name, line, fields, rows.Separator(), c)
		}
		if err := p.add(line, fields[c.source], fields[c.target]); err != nil {
			return err
		}
	}
}

// tooFewFields says that a row has no translation.
func tooFewFields(name string, line int, fields []string, separator string, c pairLayout) error {
	if len(fields) == 1 {
		return errors.Errorf("%s: line %d: there is no %s in %s; want a text, a %[3]s and its translation", name, line, separator, fault.Quote(fields[0]))
	}
	return errors.Errorf("%s: line %d: %s, and the texts are %s and %s; give every line as many, or name other columns (source, target)", name, line, fault.Count(len(fields), "field"), c.names[0], c.names[1])
}

// pairLayout is where the pairs of a file stand.
type pairLayout struct {
	source, target int
	names          []string // of these two columns
	header         bool     // whether the first row holds names
	notices        []string
}

// namedPairColumns finds the columns of two names.
func namedPairColumns(name string, rows *table.Rows, wanted []string) (pairLayout, error) {
	first, line, err := rows.Next()
	if err == io.EOF {
		return pairLayout{}, errors.Errorf("%s: the file is empty; give it a row of names and a row for each pair", name)
	}
	if err != nil {
		return pairLayout{}, err
	}
	if slices.ContainsFunc(first, func(f string) bool { return invalidUTF8(f) >= 0 }) {
		return pairLayout{}, encodingError(name, line)
	}
	names, header := columnNames(first, wanted)
	places, err := table.Locate(name, names, wanted)
	if err != nil {
		return pairLayout{}, err
	}
	return pairLayout{source: places[0], target: places[1], names: wanted, header: header}, nil
}

// guessPairColumns finds the texts and their translations in a file that has them first, or behind the numbers of a
// corpus such as Tatoeba: id, text, id, text.
func guessPairColumns(rows *table.Rows) (pairLayout, error) {
	c := pairLayout{source: 0, target: 1, names: []string{table.ColumnName(0), table.ColumnName(1)}}
	s, err := surveyColumns(rows)
	if err != nil || s.rows == 0 {
		return c, err
	}
	if isPairHeader(s.first) || s.rows > 2 && len(s.first) > 1 && s.columns[0].numbers && !wholeNumber(s.first[0]) {
		c.header = true
		c.notices = append(c.notices, fmt.Sprintf("line %d, %s and %s, is taken for the names of the columns and not for a pair", s.line, fault.Quote(s.first[0]), fault.Quote(s.first[1])))
	}
	if texts := s.texts(); s.least > 2 && s.columns[0].numbers && len(texts) > 1 && !(s.least == 3 && s.columns[2].origins) {
		c.source, c.target = texts[0], texts[1]
		c.names = []string{table.ColumnName(c.source), table.ColumnName(c.target)}
		c.notices = append(c.notices, fmt.Sprintf("%s holds numbers: the texts are read from %s, their translations from %s (source and target choose others)", table.ColumnName(0), c.names[0], c.names[1]))
	} else if s.most > 2 {
		c.notices = append(c.notices, "of each line the first two columns are read; what follows them is left out (source and target choose others)")
	}
	return c, nil
}

// survey is what the first columns of a file hold.
type survey struct {
	rows        int // that are not empty
	line        int // of the first of them
	first       []string
	least, most int // fields of a row
	columns     [surveyed]surveyedColumn
}

// surveyed is a column more than the widest layout has: id, language, text, id, language, text, origin.
const surveyed = 7

type surveyedColumn struct {
	numbers bool   // whether it holds whole numbers alone, but for the first row
	value   string // of the second row
	varies  bool   // whether others differ from it
	origins bool   // whether each says where a pair comes from
}

// surveyColumns looks at all rows of a file.
func surveyColumns(rows *table.Rows) (s survey, err error) {
	for i := range s.columns {
		s.columns[i] = surveyedColumn{numbers: true, origins: true}
	}
	for {
		fields, line, err := rows.Next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if !slices.ContainsFunc(fields, func(f string) bool { return f != "" }) {
			continue
		}
		if s.rows++; s.rows == 1 {
			s.line, s.first, s.least = line, slices.Clone(fields), len(fields)
		}
		s.least, s.most = min(s.least, len(fields)), max(s.most, len(fields))
		for i, f := range fields[:min(surveyed, len(fields))] {
			c := &s.columns[i]
			if s.rows == 1 && !wholeNumber(f) { // which may be a name
				continue
			}
			c.numbers = c.numbers && wholeNumber(f)
			c.origins = c.origins && isOrigin(f)
			if s.rows == 2 {
				c.value = f
			}
			c.varies = c.varies || s.rows > 2 && f != c.value
		}
	}
}

// texts returns the columns of each row that hold neither numbers nor the same in each row.
func (s survey) texts() []int {
	var texts []int
	for i, c := range s.columns[:min(surveyed, s.least)] {
		if !c.numbers && (c.varies || s.rows < 3) {
			texts = append(texts, i)
		}
	}
	return texts
}

func wholeNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// isOrigin reports whether a field says under which licence a pair is, as Tatoeba's do.
func isOrigin(text string) bool {
	return strings.HasPrefix(text, "CC") || strings.Contains(text, "tatoeba.org")
}

// isPairHeader reports whether the first row of a file begins with two names of columns.
func isPairHeader(first []string) bool {
	if len(first) < 2 {
		return false
	}
	return first[0] != first[1] && isPairName(first[0]) && isPairName(first[1])
}

// isPairName reports whether a column of that name holds texts, translations or what goes with them. Languages are
// known by their English names and the codes of ISO 639 that corpora come in most.
func isPairName(name string) bool {
	name = strings.ToLower(name)
	if base, _, found := strings.Cut(name, "_"); found { // text_en, source_id
		name = base
	}
	switch name {
	case "source", "target", "src", "tgt", "trg", "input", "output", "text", "translation", "sentence", "reference",
		"sentence1", "sentence2", "question", "answer", "original", "id", "lang", "language", "attribution", "licence", "license", "origin",
		"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk",
		"tr", "ar", "fa", "he", "hi", "zh", "ja", "ko", "vi", "th", "id1", "id2",
		"eng", "deu", "ger", "fra", "fre", "spa", "ita", "por", "nld", "rus", "cmn", "jpn", "tur", "ara",
		"english", "german", "french", "spanish", "italian", "portuguese", "dutch", "swedish", "danish", "norwegian", "finnish",
		"polish", "czech", "hungarian", "romanian", "greek", "russian", "ukrainian", "turkish", "arabic", "persian", "hebrew",
		"hindi", "chinese", "japanese", "korean", "vietnamese", "thai":
		return true
	}
	return false
}
