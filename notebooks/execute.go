package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// cellTimeout is how many seconds a cell may take, on a machine that does other work too. A whole notebook takes less
// than a minute.
const cellTimeout = "180"

// executeAll runs the notebooks of these names, or all, and reports on each.
func executeAll(w io.Writer, dir string, names []string, write bool) error {
	if err := needsKernel(dir); err != nil {
		return err
	}
	if _, err := exec.LookPath("jupyter-nbconvert"); err != nil {
		return errors.New("jupyter-nbconvert is not installed: apt install jupyter-nbconvert, or pip install nbconvert jupyter_client")
	}
	figures, err := readFigures(dir)
	if err != nil {
		return err
	}
	paths, err := notebooks(dir, names)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "notebooks")
	if err != nil {
		return errors.WithStack(err)
	}
	defer os.RemoveAll(scratch)
	failed := 0
	for _, path := range paths {
		name := nameOf(path)
		start := time.Now()
		err := execute(dir, path, scratch, figures[name], write)
		seconds := time.Since(start).Seconds()
		if err != nil {
			failed++
			fmt.Fprintf(w, "FAIL  %-32s %5.1f s  %v\n", name, seconds, err)
			continue
		}
		fmt.Fprintf(w, "ok    %-32s %5.1f s  %d key figures\n", name, seconds, len(figures[name]))
	}
	if write {
		if err := writeFigures(dir, figures); err != nil {
			return err
		}
	}
	if failed > 0 {
		return errors.Errorf("%d of %d notebooks failed", failed, len(paths))
	}
	return nil
}

// notebooks returns the files of the notebooks of these names, or of all.
func notebooks(dir string, names []string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.ipynb"))
	if err != nil || len(paths) == 0 {
		return nil, errors.Errorf("%s: there are no notebooks", dir)
	}
	if len(names) == 0 {
		return paths, nil
	}
	var chosen []string
	for _, name := range names {
		found := false
		for _, path := range paths {
			if nameOf(path) == nameOf(name) {
				chosen, found = append(chosen, path), true
			}
		}
		if !found {
			return nil, errors.Errorf("notebook %q not found in %s", name, dir)
		}
	}
	return chosen, nil
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".ipynb") }

// execute runs a notebook and compares its figures, which it updates if it is to write.
func execute(dir, path, scratch string, figures []figure, write bool) error {
	convert := exec.Command("jupyter-nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout="+cellTimeout,
		"--output-dir", scratch, "--output", filepath.Base(path), path)
	convert.Env = environment(dir)
	var complaints bytes.Buffer
	convert.Stdout, convert.Stderr = &complaints, &complaints
	if err := convert.Run(); err != nil {
		return errors.Errorf("jupyter-nbconvert: %v\n%s", err, complaints.String())
	}
	n, err := readNotebook(filepath.Join(scratch, filepath.Base(path)))
	if err != nil {
		return err
	}
	if f := n.failure(); f != "" {
		return errors.New(f)
	}
	if write {
		for i := range figures {
			if f := &figures[i]; f.Value != nil {
				if *f.Value, err = f.find(n.printed()); err != nil {
					return err
				}
			}
		}
		if err := n.write(path); err != nil {
			return err
		}
	}
	return compare(n, figures)
}

// compare returns an error that names every figure that is not as it should be.
func compare(n *notebook, figures []figure) error {
	if len(figures) == 0 {
		return errors.Errorf("%s has no key figures", figuresFile)
	}
	var wrong []string
	for _, f := range figures {
		if err := f.check(n.printed()); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if wrong != nil {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}
