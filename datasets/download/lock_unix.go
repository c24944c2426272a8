//go:build unix && !solaris && !aix

package download

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock locks the file until it is closed, or reports that it is locked.
func tryLock(f *os.File) (bool, error) {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
		case nil:
			return true, nil
		case unix.EWOULDBLOCK:
			return false, nil
		case unix.EINTR:
		case unix.ENOTSUP, unix.ENOSYS, unix.ENOLCK:
			// Some network file systems have no locks; a download is renamed into its place all the same.
			return true, nil
		default:
			return false, err
		}
	}
}
