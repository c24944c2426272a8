// Package args is what exported functions have in common about their arguments.
package args

import (
	"context"
	"reflect"

	"github.com/pkg/errors"
)

// Apply has options set what they set. A nil one sets nothing: it is what a program has that chooses options by conditions.
func Apply[T any, O ~func(*T)](target *T, options []O) {
	for _, o := range options {
		if o != nil {
			o(target)
		}
	}
}

// Context returns an error if a context has ended, or is none.
func Context(ctx context.Context) error {
	if ctx == nil {
		return errors.New("the context is nil; give context.Background() where there is none")
	}
	return errors.WithStack(ctx.Err())
}

// Nil reports whether there is nothing in an interface, or a nil pointer.
func Nil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}
