package download

import (
	"context"
	"os"
	"time"

	"github.com/pkg/errors"
)

// lock keeps other processes out until unlock is called or this one ends. It waits while another holds the file of that
// path locked.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, errors.Wrapf(reason(err), "cannot write %s", path)
	}
	for {
		locked, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, errors.Wrapf(err, "cannot lock %s", path)
		}
		if locked {
			// The file stays: removing it would let a third process lock a new one while a second one still waits for
			// the old.
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, errors.Wrapf(ctx.Err(), "another process holds %s", path)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
