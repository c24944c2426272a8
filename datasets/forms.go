package datasets

import (
	"path/filepath"
	"slices"
	"strings"
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
		{"csv", "FILE", "a series of your own, or texts in classes, or pairs of texts", KindSeries, []string{".csv", ".txt"},
			readers{KindSeries: opener(openCSV), KindTexts: opener(openLabelledCSV), KindPairs: opener(openPairsCSV)}},
		{"tsv", "FILE", "pairs of texts of your own, or texts in classes", KindPairs, []string{".tsv"},
			readers{KindTexts: opener(openLabelledTSV), KindPairs: opener(openTSV)}},
		{"jsonl", "FILE", "texts in classes of your own, or pairs of texts, one JSON object a line", KindTexts, []string{".jsonl", ".ndjson"},
			readers{KindTexts: opener(openJSONL), KindPairs: opener(openPairsJSONL)}},
		{"fasttext", "FILE", "texts in classes of your own, as fastText writes them", KindTexts, nil,
			readers{KindTexts: opener(openFastText)}},
		{"parallel", "FILE,FILE", "pairs of texts of your own in two files, line by line", KindPairs, nil,
			readers{KindPairs: opener(openParallel)}},
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

// holds returns the kind of dataset that a file is with the options: of those of the form one that they ask for.
func (f form) holds(o options) string {
	if kind := o.kind(f.kind); f.readers[kind] != nil {
		return kind
	}
	return f.kind
}

// open reads a file.
func (f form) open(path string, o options) (Dataset, error) {
	return f.readers[f.holds(o)](path, o)
}

// describe returns what is known of a file without reading it: all of its Info but the size.
func (f form) describe(path string, o options) (Info, error) {
	if f.prefix == "parallel" {
		return describeParallel(path)
	}
	switch f.holds(o) {
	case KindTexts:
		return describeTexts(path), nil
	case KindPairs:
		return describePairs(path), nil
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

// guessForm returns the form of a path without a prefix, if it looks like one.
func guessForm(path string) (f form, ok bool) {
	f, ok = byEnding(path)
	return f, ok || strings.ContainsAny(path, `/\`)
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
