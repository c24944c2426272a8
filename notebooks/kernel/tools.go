//go:build tools

// Package kernel keeps in go.mod what the kernel is built of but no package here imports.
package kernel

import _ "github.com/gopherdata/gophernotes"
