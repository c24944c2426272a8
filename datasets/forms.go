package datasets

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// form is a way to name a file of one's own: a prefix, a colon and a path.
type form struct {
	prefix  string
	paths   string   // what stands behind the colon, for a person
	title   string   // one line
	kind    string   // of what a file holds where the options do not say it
	endings []string // of the files that are probably meant by a path without a prefix, in lower case
	// readers are those of the kinds that a file of the form may hold.
	readers map[string]func(path string, o options) (Dataset, error)
}

// forms returns the ways to name a file. A path without a prefix whose ending tells nothing is taken for one of the
// first.
func forms() []form {
	type readers = map[string]func(path string, o options) (Dataset, error)
	return []form{
		{"csv", "FILE", "a series of your own, or texts in classes, pairs of texts, or sequences of numbers in classes", KindSeries, []string{".csv"},
			readers{KindSeries: openSeriesCSV, KindTexts: opener(openLabelledCSV), KindPairs: opener(openPairsCSV), KindSequences: opener(openSequencesCSV)}},
		{"tsv", "FILE", "pairs of texts of your own, or texts or sequences of numbers in classes", KindPairs, []string{".tsv"},
			readers{KindTexts: opener(openLabelledTSV), KindPairs: opener(openTSV), KindSequences: opener(openSequencesCSV)}},
		{"jsonl", "FILE", "texts in classes of your own, or pairs of texts, one JSON object a line", KindTexts, []string{".jsonl", ".ndjson"},
			readers{KindTexts: opener(openJSONL), KindPairs: opener(openPairsJSONL)}},
		{"fasttext", "FILE", "texts in classes of your own, as fastText writes them", KindTexts, nil,
			readers{KindTexts: opener(openFastText)}},
		{"parallel", "FILE,FILE", "pairs of texts of your own in two files, line by line", KindPairs, nil,
			readers{KindPairs: opener(openParallel)}},
		{"text", "FILE", "running text of your own", KindCorpus, []string{".txt"},
			readers{KindCorpus: opener(openOwnCorpus)}},
	}
}

// Form is a way to name a file of one's own, as in csv:FILE.
type Form struct {
	Prefix string
	Title  string // one line
	Usage  string // how it is written: "csv:FILE", "parallel:FILE,FILE"
}

// Forms returns the ways to name a file of one's own.
func Forms() []Form {
	var public []Form
	for _, f := range forms() {
		public = append(public, Form{f.prefix, f.title, f.prefix + ":" + f.paths})
	}
	return public
}

// opener makes what opens one kind of dataset open any, without a typed nil beside an error.
func opener[D Dataset](open func(path string, o options) (D, error)) func(string, options) (Dataset, error) {
	return func(path string, o options) (Dataset, error) {
		d, err := open(path, o)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
}

// formOf returns the form of a specification that names a file, and the file's path. A file of JSON lines is one
// whatever the prefix of tables before it.
func formOf(spec string) (f form, path string, ok bool) {
	prefix, path, _ := strings.Cut(spec, ":")
	if path == "" {
		return form{}, "", false
	}
	all := forms()
	if near, found := byEnding(path); found && near.prefix == "jsonl" && prefix == "csv" {
		prefix = "jsonl"
	}
	i := slices.IndexFunc(all, func(f form) bool { return f.prefix == prefix })
	if i < 0 {
		return form{}, "", false
	}
	return all[i], path, true
}

// holds returns the kind of dataset that a file is with the options: of those of the form one that they ask for. A target
// alone is a variable of series, unless the file has the column of texts that it would be the translation of.
func (f form) holds(path string, o options) string {
	if f.kind == KindSeries && o.Holds == "" && o.Source == "" && !o.labelled() && !hasSource(path) {
		return f.kind
	}
	if kind := o.kind(f.kind); f.readers[kind] != nil {
		return kind
	}
	return f.kind
}

// open reads a file.
func (f form) open(path string, o options) (Dataset, error) {
	if err := f.checkHolds(o); err != nil {
		return nil, err
	}
	return f.readers[f.holds(path, o)](path, o)
}

// checkHolds returns an error if a file of the form cannot hold what is asked for.
func (f form) checkHolds(o options) error {
	if o.Holds == "" || f.readers[o.Holds] != nil {
		return nil
	}
	return option.Wrong("holds", o.Holds, "%s:%s holds %s", f.prefix, f.paths, strings.Join(slices.Sorted(maps.Keys(f.readers)), " or "))
}

// describe returns what is known of a file without reading it: all of its Info but the size.
func (f form) describe(path string, o options) (Info, error) {
	if err := f.checkHolds(o); err != nil {
		return Info{}, err
	}
	if f.prefix == "parallel" {
		return describeParallel(path)
	}
	switch f.holds(path, o) {
	case KindTexts:
		return describeTexts(path), nil
	case KindPairs:
		return describePairs(path), nil
	case KindCorpus:
		return describeCorpus(path), nil
	case KindSequences:
		return describeSequences(path), nil
	}
	return describeSeriesCSV(path), nil
}

// byEnding returns the form of the files whose names end as a path does.
func byEnding(path string) (f form, ok bool) {
	all := forms()
	ending := strings.ToLower(filepath.Ext(path))
	if i := slices.IndexFunc(all, func(f form) bool { return slices.Contains(f.endings, ending) }); i >= 0 {
		return all[i], true
	}
	return all[0], false
}

// guessForm returns the form of a path without a prefix, if it looks like one. What ends in .txt is running text unless the
// file is there and begins as a table does.
func guessForm(path string) (f form, ok bool) {
	f, ok = byEnding(path)
	if f.kind == KindCorpus && looksLikeTable(path) {
		f = forms()[0]
	}
	return f, ok || strings.ContainsAny(path, `/\`)
}

// looksLikeTable reports whether the first lines of a file have as many tabs, or as many semicolons or commas and below the
// first line numbers between them.
func looksLikeTable(path string) bool {
	lines := firstLines(path)
	if len(lines) < 2 {
		return false
	}
	isNumber := func(field string) bool {
		_, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(field), ",", ".", 1), 64)
		return err == nil
	}
	for _, separator := range []string{"\t", ";", ","} {
		n := strings.Count(lines[0], separator)
		if n > 0 && !slices.ContainsFunc(lines[1:], func(line string) bool {
			return strings.Count(line, separator) != n || separator != "\t" && !slices.ContainsFunc(strings.Split(line, separator), isNumber)
		}) {
			return true
		}
	}
	return false
}

// hasSource reports whether the first line of a file names a column "source".
func hasSource(path string) bool {
	lines := firstLines(path)
	return len(lines) > 0 && slices.ContainsFunc(strings.FieldsFunc(lines[0], func(r rune) bool { return strings.ContainsRune(",;\t|", r) }), func(name string) bool {
		return strings.Trim(name, " \"\r") == "source"
	})
}

// firstLines returns up to five lines with which a file begins, none if it cannot be read.
func firstLines(path string) []string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // others may wait for what never comes
		return nil
	}
	var head []byte
	err := readFile(path, func(r io.Reader) (err error) {
		head, err = io.ReadAll(io.LimitReader(r, 4<<10))
		return err
	})
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimPrefix(string(head), "\ufeff"), "\n")
	return lines[:min(5, len(lines)-1)] // what follows the last \n is a part of a line or none
}

// formNames returns how files are named, for a person: csv:FILE or tsv:FILE.
func formNames() string {
	var names []string
	for _, f := range Forms() {
		names = append(names, f.Usage)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// describeFile describes a person's own file.
func describeFile(path, kind, task, title string) Info {
	base := filepath.Base(path)
	return Info{
		Name:    shortName(base),
		Kind:    kind,
		Task:    task,
		Title:   title + " in " + base,
		Licence: "none stated (your own file)",
		Source:  path,
		Where:   "file",
	}
}

// describeTexts describes a person's own labelled texts.
func describeTexts(path string) Info {
	return describeFile(path, KindTexts, "classify", "Labelled text")
}

// describePairs describes a person's own pairs of texts.
func describePairs(path string) Info {
	return describeFile(path, KindPairs, "translate", "Texts and translations")
}

// describeCorpus describes a person's own running text.
func describeCorpus(path string) Info {
	return describeFile(path, KindCorpus, "generate", "Text")
}

// shortName returns the name of a file without its extension.
func shortName(base string) string {
	short := strings.TrimSuffix(base, filepath.Ext(base))
	if short == "" { // as of ".csv"
		return base
	}
	return short
}

// InFolder returns a specification of files whose paths are relative with the paths in a folder; ok is false of any other.
func InFolder(spec, dir string) (moved string, ok bool) {
	f, paths, ok := formOf(spec)
	if !ok {
		return spec, false
	}
	prefix, _, _ := strings.Cut(spec, ":")
	if f.prefix == "parallel" {
		source, target, err := twoPaths(paths)
		if err != nil || filepath.IsAbs(source) && filepath.IsAbs(target) {
			return spec, false
		}
		in := func(path string) string {
			if filepath.IsAbs(path) {
				return path
			}
			return filepath.Join(dir, path)
		}
		return prefix + ":" + joinPaths(in(source), in(target)), true
	}
	if filepath.IsAbs(paths) {
		return spec, false
	}
	return prefix + ":" + filepath.Join(dir, paths), true
}
