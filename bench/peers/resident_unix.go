//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// maxResident returns the largest resident memory of a process that has ended, in megabytes.
func maxResident(s *os.ProcessState) float64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	unit := 1024.0
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return float64(usage.Maxrss) * unit / 1e6
}
