package datasets

import (
	"io"

	"github.com/pkg/errors"
)

// errTooLarge says that what is unpacked is far larger than what it should be.
var errTooLarge = errors.New("it unpacks to far more than the corpus; it may be a decompression bomb")

// limited returns a reader that ends with errTooLarge if there are more than most bytes.
func limited(r io.Reader, most int64) io.Reader { return &limitedReader{r, most} }

type limitedReader struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
