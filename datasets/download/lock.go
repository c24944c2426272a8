package download

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/pkg/errors"
)

// openLock opens the file that is locked while the file or archive of that name is made in dir.
func openLock(dir, name string) (*os.File, error) {
	path := filepath.Join(dir, "."+name+".lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	return f, errors.Wrapf(reason(err), "cannot write %s", path)
}

// lockIn makes dir, and keeps other processes from the file or archive of that name in it until unlock is called or this
// one ends. It waits while another holds it.
func lockIn(ctx context.Context, dir, name string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, errors.Wrapf(reason(err), "cannot make the folder %s", dir)
	}
	f, err := openLock(dir, name)
	if err != nil {
		return nil, err
	}
	for {
		locked, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, errors.Wrapf(err, "cannot lock %s", f.Name())
		}
		if locked {
			// The file stays: removing it would let a third process lock a new one while a second one still waits for
			// the old.
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, errors.Wrapf(ctx.Err(), "another process holds %s", f.Name())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
