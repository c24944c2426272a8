//go:build !unix

package lineartest

import "time"

func processorTime() time.Duration { return time.Since(begin) }
