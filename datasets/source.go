package datasets

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets/download"
	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// source is where the files of a dataset come from, and how they lie in a folder of data.
type source struct {
	folder string          // of the dataset, below the folder of data
	files  []download.File // what is fetched
	unpack bool            // whether these are archives whose content is wanted
	// The files that make the dataset, below its folder, in each of the forms in which it may be there. Nil stands for
	// the fetched files as they are.
	forms [][]string
	// check reads what was fetched into a folder, where there is no checksum of it.
	check func(dir string) error
}

// incoming is the folder, below that of a dataset, of what is not checked yet.
const incoming = "incoming"

// want returns the forms.
func (s *source) want() [][]string {
	if s.forms != nil {
		return s.forms
	}
	var names []string
	for _, f := range s.files {
		names = append(names, filepath.Base(f.Path("")))
	}
	return [][]string{names}
}

// in reports whether a folder of data holds the dataset.
func (s *source) in(data string) bool {
	return slices.ContainsFunc(s.want(), func(form []string) bool { return allThere(filepath.Join(data, s.folder), form) })
}

// allThere reports whether a folder holds all of some files.
func allThere(dir string, files []string) bool {
	return !slices.ContainsFunc(files, func(file string) bool {
		_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file)))
		return err != nil
	})
}

// dataVariable names the folder of data that a person has.
const dataVariable = "ZOO_DATA"

// CacheDir returns the folder in which fetched datasets are kept: rnnzoo/datasets in the user's cache, which is
// $XDG_CACHE_HOME or ~/.cache on Linux.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", errors.Wrap(err, "no folder to keep datasets in; name one that holds them (data: FOLDER), or set "+dataVariable)
	}
	return filepath.Join(dir, "rnnzoo", "datasets"), nil
}

// find returns the folder of the dataset, or "" if it has to be fetched. The folder of the option comes first, then
// that of the environment, then the cache.
func (o options) find(s *source) string {
	cache, _ := CacheDir() // its error matters only if something is to be fetched
	for _, data := range []string{o.data, os.Getenv(dataVariable), cache} {
		if data != "" && s.in(data) {
			return filepath.Join(data, s.folder)
		}
	}
	return ""
}

// locate returns the folder of the dataset of that name, fetching what is not there.
func (o options) locate(name string, s *source) (string, error) {
	if dir := o.find(s); dir != "" {
		return dir, nil
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, s.folder)
	ctx := o.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	client := &download.Client{Progress: o.progress}
	into := dir
	if s.check != nil {
		into = filepath.Join(dir, incoming)
	}
	for _, f := range s.files {
		var err error
		if s.unpack {
			err = client.GetArchive(ctx, dir, f, s.wanted, func() bool { return s.in(cache) })
		} else {
			_, err = client.Get(ctx, into, f)
		}
		if err != nil {
			return "", errors.WithMessagef(err, "dataset %s", name)
		}
	}
	if s.check != nil {
		if err := s.keep(into, dir); err != nil {
			return "", errors.WithMessagef(err, "dataset %s", name)
		}
	}
	if !s.in(cache) {
		return "", errors.Errorf("dataset %s: what was fetched from %s does not hold %s; delete %s and fetch it again", name, s.files[0].URL, strings.Join(s.want()[0], ", "), dir)
	}
	return dir, nil
}

// keep moves the fetched files into the folder of the dataset if they are what they should be, and else deletes them.
func (s *source) keep(from, dir string) error {
	if err := s.check(from); err != nil {
		for _, f := range s.files {
			_ = os.Remove(f.Path(from)) // or it is checked again
		}
		reason, _, _ := strings.Cut(err.Error(), "; delete")
		return errors.Errorf("what came from %s is not the corpus, and is deleted: %s; try again later, or put the file at %s yourself", s.files[0].URL, reason, s.files[0].Path(dir))
	}
	for _, f := range s.files {
		if err := os.Rename(f.Path(from), f.Path(dir)); err != nil {
			return errors.Wrapf(fault.Cause(err), "cannot write %s", f.Path(dir))
		}
	}
	return nil
}

// wanted reports whether a file of an archive is part of the dataset.
func (s *source) wanted(name string) bool {
	return slices.ContainsFunc(s.want(), func(form []string) bool { return slices.Contains(form, name) })
}

// where says where a dataset is, as [Info] does.
func (o options) where(s *source) string {
	if s == nil {
		return "embedded"
	}
	if o.find(s) != "" {
		return "cached"
	}
	return "to download"
}
