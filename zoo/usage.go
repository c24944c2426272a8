package zoo

import (
	"github.com/pkg/errors"
)

// UsageError is a request that makes no sense, whatever the data: an unknown name, a value out of range, a pair of model
// and dataset that cannot work. The command exits 2 on it, and 1 on any other error.
type UsageError struct{ msg string }

// Error implements error.
func (e *UsageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return errors.WithStack(&UsageError{errors.Errorf(format, args...).Error()})
}
