//go:build unix

package lineartest

import (
	"syscall"
	"time"
)

// processorTime returns how long the processors have worked for this process, whatever others do beside it.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return time.Since(begin)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
