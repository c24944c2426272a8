//go:build (!unix && !windows) || solaris || aix

package download

import "os"

// tryLock does nothing: these systems have no lock of a whole file. A download is renamed into its place all the same.
func tryLock(*os.File) (bool, error) { return true, nil }
