package datasets

import (
	"io"
	"os"

	"github.com/rnnzoo/rnnzoo/datasets/internal/fault"
)

// readFile opens the file at path and reads it.
func readFile(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.Opening(path, err)
	}
	defer f.Close()
	return read(f)
}
