package download

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// status is a status of HTTP in our words: those of the server may be anything.
func status(resp *http.Response) string {
	return strings.TrimSpace(fmt.Sprintf("%03d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
}

// busy reports whether a refusal may be one for some time.
func busy(code int) bool {
	return code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500
}

// accept looks at an answer to a request for the bytes from offset on. It returns the offset at which its bytes belong,
// and the length of the whole file, or 0 if that is not known.
func (t *transfer) accept(resp *http.Response, offset int64) (from, total int64, err error) {
	now := versionOf(resp)
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		offset, total = 0, max(resp.ContentLength, 0)
	case code == http.StatusPartialContent:
		header := resp.Header.Get("Content-Range")
		r, ok := contentRange(header)
		if !ok || r.first != offset || resp.ContentLength >= 0 && resp.ContentLength != r.last-r.first+1 {
			t.discard()
			return 0, 0, errors.Errorf("the server sends %.80q where byte %d follows", header, offset)
		}
		now.total, total = r.total, r.total
		if offset > 0 && t.version().differs(now) {
			t.discard()
			return 0, 0, errors.New("the file on the server has changed since its first part came")
		}
	case code == http.StatusRequestedRangeNotSatisfiable:
		t.discard()
		return 0, 0, errors.New("the file on the server is shorter than what is here of it")
	case busy(code):
		return 0, 0, later{errors.Errorf("the server answers %s", status(resp)), retryAfter(resp.Header.Get("Retry-After"))}
	default:
		return 0, 0, permanent{errors.Errorf("the server answers %s", status(resp))}
	}
	if want := t.file.Size; want > 0 {
		if total > 0 && total != want {
			t.discard()
			return 0, 0, permanent{errors.Errorf("the server offers %d bytes where the file has %d: it is not the same file", total, want)}
		}
		total = want
	}
	if most := t.most(); total > most {
		t.discard()
		return 0, 0, permanent{errors.Errorf("the server offers %d bytes; a file whose size is not known may have %d", total, most)}
	}
	if offset == 0 {
		now.total = total
		// The version that is kept is never newer than the bytes that are kept.
		os.Remove(t.versionPath)
		if err := os.Truncate(t.part, 0); err != nil && !os.IsNotExist(err) {
			return 0, 0, permanent{errors.Wrap(reason(err), "cannot write")}
		}
		if text := now.String(); text != "" {
			if err := os.WriteFile(t.versionPath, []byte(text), 0o666); err != nil {
				return 0, 0, permanent{errors.Wrap(reason(err), "cannot write")}
			}
		}
	}
	return offset, total, nil
}

// span is what Content-Range says: the first and the last byte, and the length of the file or 0 if it is not known.
type span struct{ first, last, total int64 }

// contentRange parses "bytes 200-999/67589".
func contentRange(s string) (r span, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	bytes, all, ok2 := strings.Cut(s, "/")
	first, last, ok3 := strings.Cut(bytes, "-")
	if !ok || !ok2 || !ok3 {
		return r, false
	}
	number := func(s string) (n int64) {
		u, err := strconv.ParseUint(s, 10, 63) // without a sign
		ok = ok && err == nil
		return int64(u)
	}
	r.first, r.last = number(first), number(last)
	if all != "*" {
		r.total = number(all)
		ok = ok && r.last < r.total
	}
	return r, ok && r.first <= r.last
}

// retryAfter parses a number of seconds or a date.
func retryAfter(s string) time.Duration {
	const most = 1 << 32 // seconds, which a Duration holds
	if seconds, err := strconv.Atoi(s); err == nil {
		return time.Duration(min(max(seconds, 0), most)) * time.Second
	}
	if date, err := http.ParseTime(s); err == nil {
		return max(time.Until(date), 0)
	}
	return 0
}

// version tells one version of a file on a server from others.
type version struct {
	etag     string // a strong one
	modified string // a date that tells versions apart
	total    int64  // the length; 0 if it is not known
}

// versionOf returns what an answer says of the version, without what does not serve: weak tags, and dates within a
// second of which the file may have changed once more (RFC 9110, 8.8.2.2).
func versionOf(resp *http.Response) (v version) {
	if tag := resp.Header.Get("ETag"); strongTag(tag) {
		v.etag = tag
	}
	modified, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	date, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err == nil && err2 == nil && date.Sub(modified) >= time.Second {
		v.modified = modified.UTC().Format(http.TimeFormat)
	}
	return v
}

// strongTag reports whether s is a strong ETag of the form that HTTP knows: it goes into a file and back to the server.
func strongTag(s string) bool {
	const longest = 1 << 10
	if len(s) < 2 || len(s) > longest || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c <= ' ' || c == '"' || c == 0x7f {
			return false
		}
	}
	return true
}

// String is the version as it is kept: a line for each part, of which the last may be left out.
func (v version) String() string {
	if v.validator() == "" {
		return ""
	}
	return fmt.Sprintf("%s\n%s\n%d\n", v.etag, v.modified, v.total)
}

// parseVersion reads what String wrote. What is no version, as after a process was killed, has no validator.
func parseVersion(text string) (v version) {
	lines := append(strings.Split(text, "\n"), "", "")
	if strongTag(lines[0]) {
		v.etag = lines[0]
	}
	if date, err := http.ParseTime(lines[1]); err == nil {
		v.modified = date.UTC().Format(http.TimeFormat)
	}
	if total, err := strconv.ParseUint(lines[2], 10, 63); err == nil {
		v.total = int64(total)
	}
	return v
}

// validator is what If-Range takes; "" if there is none.
func (v version) validator() string {
	if v.etag != "" {
		return v.etag
	}
	return v.modified
}

// differs reports whether two versions have a part that differs; a part that is not known does not.
func (v version) differs(w version) bool {
	return v.etag != "" && w.etag != "" && v.etag != w.etag ||
		v.modified != "" && w.modified != "" && v.modified != w.modified ||
		v.total > 0 && w.total > 0 && v.total != w.total
}
