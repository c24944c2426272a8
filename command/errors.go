package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	pkgerrors "github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// The exit statuses.
const (
	statusDone        = 0
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // as of a shell's command that SIGINT ends: 128 + 2
)

// lineError is a command line that is wrong.
type lineError struct{ msg string }

// Error implements error.
func (e *lineError) Error() string { return e.msg }

func linef(format string, args ...any) error {
	return pkgerrors.WithStack(&lineError{fmt.Sprintf(format, args...)})
}

// interruption is a run that the user ended.
type interruption struct{ msg string }

// Error implements error.
func (e *interruption) Error() string { return e.msg }

// bug is the error of a panic: the fault of the program, whatever the user did.
func bug(p any) error {
	return pkgerrors.Errorf("internal error: %v; please report it at https://github.com/rnnzoo/rnnzoo/issues with the command and what --debug adds", p)
}

// status returns the exit status of an error.
func status(err error) int {
	var (
		line        *lineError
		usage       *option.UsageError
		unknown     *datasets.UnknownError
		interrupted *interruption
	)
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &interrupted):
		return statusInterrupted
	case errors.As(err, &line), errors.As(err, &usage), errors.As(err, &unknown):
		return statusUsage
	}
	return statusFailed
}

// report prints an error of a command as one line, or with its stack, and returns the exit status.
func report(w io.Writer, cmd *cobra.Command, err error, debug bool) int {
	if debug {
		fmt.Fprintf(w, "zoo: %+v\n", err)
	} else {
		fmt.Fprintf(w, "zoo: %s\n", strings.Join(strings.FieldsFunc(inFlags(cmd, message(err)), isLineBreak), " "))
	}
	return status(err)
}

// message returns an error's text. A setting at fault is a flag here.
func message(err error) string {
	text := err.Error()
	var usage *option.UsageError
	if errors.As(err, &usage) && usage.Setting != "" {
		text = strings.Replace(text, usage.Error(), "--"+usage.Error(), 1)
	}
	var unknown *datasets.UnknownError
	if errors.As(err, &unknown) && unknown.Setting != "" {
		text = "--" + unknown.Setting + ": " + text
	}
	return text
}

func isLineBreak(r rune) bool { return r == '\n' || r == '\r' }

func wantsDebug(root *cobra.Command) bool {
	debug, err := root.PersistentFlags().GetBool("debug")
	return err == nil && debug
}
