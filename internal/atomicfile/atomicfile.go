// Package atomicfile writes files that are whole or not there at all.
package atomicfile

import (
	"bufio"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/pkg/errors"
)

// Write makes write's output the content of path: a reader sees the old file or the whole new one, also after a crash
// or a full disk. The output goes, buffered, to a temporary file in the same folder, which is synced to the disk and
// then renamed. On an error, from write too, the temporary is removed and path stays as it was.
//
// A file that is replaced keeps its permissions; a symbolic link is replaced by a file.
func Write(path string, write func(io.Writer) error) (err error) {
	f, err := create(path)
	if err != nil {
		return errors.Wrapf(err, "cannot write %s", path)
	}
	renamed := false
	defer func() { // also when write panics
		if !renamed {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err = write(w); err != nil {
		return err
	}
	if err = w.Flush(); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Close() // Windows renames closed files only
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Wrapf(err, "cannot write %s", path)
	}
	renamed = true
	syncFolder(filepath.Dir(path))
	return nil
}

// WriteData makes data the content of path as Write does.
func WriteData(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// create opens a new file beside path. os.CreateTemp would do, but its files are readable by their owner only.
func create(path string) (*os.File, error) {
	old, statErr := os.Stat(path)
	dir, base := filepath.Split(path)
	if statErr == nil && old.IsDir() {
		return nil, errors.New("it is a folder; give the name of a file")
	}
	const attempts = 100 // a second one is already unlikely
	for i := 1; ; i++ {
		name := filepath.Join(dir, "."+base+"."+strconv.FormatUint(rand.Uint64(), 36)+".tmp")
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if os.IsExist(err) && i < attempts {
			continue
		}
		if err == nil && statErr == nil {
			// Permissions are a courtesy: a file system without them must not prevent the write.
			_ = f.Chmod(old.Mode().Perm())
		}
		return f, err
	}
}

// syncFolder makes a rename durable where the system can sync a folder. The file is complete and in its place by then,
// so that a refusal, as on some network file systems, is no failure of the write.
func syncFolder(dir string) {
	if runtime.GOOS == "windows" {
		return
	}
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	d.Close()
}
