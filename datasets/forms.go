package datasets

import (
	"path/filepath"
	"slices"
	"strings"
)

// form is a way to name a file of one's own: a prefix, a colon and a path.
type form struct {
	prefix  string
	title   string   // one line
	endings []string // of the files that are probably meant by a path without a prefix, in lower case
	// describe returns what is known of a file without reading it: all of its Info but the size.
	describe func(path string, o options) Info
	open     func(path string, o options) (Dataset, error)
}

// forms returns the ways to name a file. A path without a prefix whose ending tells nothing is taken for one of the
// first.
func forms() []form {
	return []form{
		{"csv", "a series of your own, or texts in classes", []string{".csv", ".txt"}, describeCSV, openAnyCSV},
		{"tsv", "pairs of texts of your own", []string{".tsv"}, describeTSV, opener(openTSV)},
	}
}

// Form is a way to name a file of one's own, as in csv:FILE.
type Form struct {
	Prefix string
	Title  string // one line
}

// Forms returns the ways to name a file of one's own.
func Forms() []Form {
	var public []Form
	for _, f := range forms() {
		public = append(public, Form{f.prefix, f.title})
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

// formOf returns the form of a specification that names a file, and the file's path.
func formOf(spec string) (f form, path string, ok bool) {
	prefix, path, _ := strings.Cut(spec, ":")
	if path == "" {
		return form{}, "", false
	}
	all := forms()
	i := slices.IndexFunc(all, func(f form) bool { return f.prefix == prefix })
	if i < 0 {
		return form{}, "", false
	}
	return all[i], path, true
}

// guessForm returns the form of a path without a prefix, if it looks like one.
func guessForm(path string) (f form, ok bool) {
	all := forms()
	ending := strings.ToLower(filepath.Ext(path))
	if i := slices.IndexFunc(all, func(f form) bool { return slices.Contains(f.endings, ending) }); i >= 0 {
		return all[i], true
	}
	return all[0], strings.ContainsAny(path, `/\`)
}

// formNames returns how files are named, for a person: csv:FILE or tsv:FILE.
func formNames() string {
	var names []string
	for _, f := range forms() {
		names = append(names, f.prefix+":FILE")
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

// shortName returns the name of a file without its extension.
func shortName(base string) string {
	short := strings.TrimSuffix(base, filepath.Ext(base))
	if short == "" { // as of ".csv"
		return base
	}
	return short
}
