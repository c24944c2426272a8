package download

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// File is a file that the net offers.
type File struct {
	URL    string
	Name   string // of the file in the folder; "" is the last part of the URL
	Size   int64  // bytes; 0 if it is not known
	SHA256 string // in hexadecimal; "" if it is not known
}

// name returns the name of the file in the folder.
func (f File) name() string {
	if f.Name != "" {
		return f.Name
	}
	url, _, _ := strings.Cut(f.URL, "?")
	return path.Base(url)
}

// Path returns where the file is or would be in a folder.
func (f File) Path(dir string) string { return filepath.Join(dir, f.name()) }

// Progress is how far a download is.
type Progress struct {
	Name  string // of the file
	Done  int64  // bytes that are there
	Total int64  // bytes of the whole file; 0 if that is not known
}

// Client fetches files. The zero value works.
type Client struct {
	HTTP     *http.Client   // nil is one that gives up on a server that is silent for a minute
	Progress func(Progress) // called at the start, about ten times a second and at the end; may be nil

	wait  func(context.Context, time.Duration) error // nil waits in real time
	stall time.Duration                              // 0 is a minute
}

const (
	// attempts is how often a download may fail in a row without a byte more.
	attempts = 5
	// longestWait bounds what a server may ask for with Retry-After.
	longestWait = 2 * time.Minute
	// largest bounds files whose size is not known.
	largest = 8 << 30
	// silence is how long a server may send nothing.
	silence = time.Minute
)

// Get returns the path of the file in dir, after fetching it if it is not there. A file that is there is taken as it
// is, so that a person may put it there.
//
// A download that breaks off is resumed. Answers 429 and 5xx are tried again after the time that the server asks for,
// or else after 1, 2, 4, … seconds. Any other refusal, a wrong size and a wrong checksum are errors, each of one line
// with the URL and the place where the file may be put by hand. When ctx ends, so does Get, and a later call goes on.
func (c *Client) Get(ctx context.Context, dir string, f File) (string, error) {
	target := f.Path(dir)
	if isFile(target) {
		return target, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", errors.Wrapf(reason(err), "cannot make the folder %s", dir)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "."+f.name()+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if isFile(target) { // another process was faster
		return target, nil
	}
	if err := c.fetch(ctx, f, target); err != nil {
		if ctx.Err() != nil {
			return "", errors.Wrapf(ctx.Err(), "fetching %s was interrupted; it goes on where it stopped when it is called again", f.URL)
		}
		return "", errors.WithMessagef(err, "cannot fetch %s (or put the file at %s yourself)", f.URL, target)
	}
	return target, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// fetch downloads into a file beside the target and renames it once it is right.
func (c *Client) fetch(ctx context.Context, f File, target string) error {
	part := filepath.Join(filepath.Dir(target), "."+f.name()+".part")
	t := &transfer{client: c, file: f, part: part, validator: part + ".etag"}
	resumed := t.have() > 0
	for {
		if err := t.run(ctx); err != nil {
			return err
		}
		err := t.check()
		if err == nil {
			break
		}
		t.discard()
		if !resumed {
			return err
		}
		resumed = false // the first part may have been of another version
	}
	if err := os.Rename(part, target); err != nil {
		return errors.Wrap(reason(err), "cannot rename the finished download")
	}
	os.Remove(t.validator)
	return nil
}

// transfer is a download into a partial file.
type transfer struct {
	client    *Client
	file      File
	part      string // what has come so far
	validator string // a file with what tells this version of the file from others
	reported  time.Time
}

// permanent is an error that trying again does not mend.
type permanent struct{ error }

// later is a refusal for some time.
type later struct {
	error
	after time.Duration // 0 if the server did not say
}

// have returns how many bytes have come.
func (t *transfer) have() int64 {
	info, err := os.Stat(t.part)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (t *transfer) discard() {
	os.Remove(t.part)
	os.Remove(t.validator)
}

// run downloads until all bytes are there, trying again where that may help.
func (t *transfer) run(ctx context.Context) error {
	for failed := 0; ; {
		before := t.have()
		err := t.request(ctx, before)
		if err == nil || ctx.Err() != nil {
			return err
		}
		var never permanent
		if errors.As(err, &never) {
			return never.error
		}
		if t.have() > before {
			failed = 0
		}
		if failed++; failed == attempts {
			return errors.WithMessagef(err, "gave up after %d attempts", attempts)
		}
		pause := time.Second << (failed - 1)
		var busy later
		if errors.As(err, &busy) && busy.after > 0 {
			if busy.after > longestWait {
				return errors.WithMessagef(err, "the server asks to come back in %v", busy.after)
			}
			pause = busy.after
		}
		if err := t.sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func (t *transfer) sleep(ctx context.Context, d time.Duration) error {
	if t.client.wait != nil {
		return t.client.wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// request asks for the bytes from offset on and appends them to the partial file.
func (t *transfer) request(ctx context.Context, offset int64) error {
	if t.file.Size > 0 && offset == t.file.Size {
		return nil
	}
	stall := silence
	if t.client.stall > 0 {
		stall = t.client.stall
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(stall, func() { cancel(errors.Errorf("the server sends nothing for %v", stall)) })
	defer quiet.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.file.URL, nil)
	if err != nil {
		return permanent{errors.WithStack(err)}
	}
	// Compressed again on the way, lengths and offsets would mean something else.
	req.Header.Set("Accept-Encoding", "identity")
	validator, err := os.ReadFile(t.validator)
	if err != nil && t.file.SHA256 == "" {
		offset = 0 // nothing would show that the parts are of different versions
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		if len(validator) > 0 {
			req.Header.Set("If-Range", string(validator))
		}
	}
	client := t.client.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return connectionError(err)
	}
	defer resp.Body.Close()
	if offset, err = t.accept(resp, offset); err != nil {
		return err
	}
	total := t.file.Size
	if total == 0 && resp.ContentLength >= 0 {
		total = offset + resp.ContentLength
	}
	err = t.receive(resp.Body, offset, total, func() { quiet.Reset(stall) })
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// connectionError says why there is no answer. A machine without a net need not try again.
func connectionError(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	if errors.As(err, &dns) {
		return permanent{errors.Errorf("%s was not found; is there a connection to the net?", dns.Name)}
	}
	if errors.As(err, &op) && op.Op == "dial" {
		return permanent{errors.Errorf("no connection: %v", op.Err)}
	}
	return errors.WithStack(err)
}

// accept looks at an answer and returns the offset at which its bytes belong.
func (t *transfer) accept(resp *http.Response, offset int64) (int64, error) {
	switch {
	case resp.StatusCode == http.StatusOK:
		offset = 0
	case resp.StatusCode == http.StatusPartialContent:
		from, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || from != offset || t.file.Size > 0 && total > 0 && total != t.file.Size {
			t.discard()
			return 0, errors.Errorf("the server sends %q where byte %d follows", resp.Header.Get("Content-Range"), offset)
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		t.discard()
		return 0, errors.New("the file on the server is shorter than what is here of it")
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusRequestTimeout, resp.StatusCode >= 500:
		return 0, later{errors.Errorf("the server answers %s", resp.Status), retryAfter(resp.Header.Get("Retry-After"))}
	default:
		return 0, permanent{errors.Errorf("the server answers %s", resp.Status)}
	}
	if want := t.file.Size; want > 0 && resp.ContentLength >= 0 && offset+resp.ContentLength != want {
		t.discard()
		return 0, permanent{errors.Errorf("the server offers %d bytes where the file has %d: it is not the same file", offset+resp.ContentLength, want)}
	}
	if offset == 0 {
		v := resp.Header.Get("ETag")
		if strings.HasPrefix(v, "W/") || v == "" { // weak ones are not for parts
			v = resp.Header.Get("Last-Modified")
		}
		os.Remove(t.validator)
		if v != "" {
			if err := os.WriteFile(t.validator, []byte(v), 0o666); err != nil {
				return 0, permanent{errors.Wrap(reason(err), "cannot write")}
			}
		}
	}
	return offset, nil
}

// contentRange parses "bytes 200-1000/67589". The total is 0 if it is not known.
func contentRange(s string) (from, total int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, all, ok2 := strings.Cut(s, "/")
	first, _, ok3 := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil {
		return 0, 0, false
	}
	if all != "*" {
		if total, err = strconv.ParseInt(all, 10, 64); err != nil {
			return 0, 0, false
		}
	}
	return from, total, true
}

// retryAfter parses a number of seconds or a date.
func retryAfter(s string) time.Duration {
	if seconds, err := strconv.Atoi(s); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if date, err := http.ParseTime(s); err == nil {
		return max(time.Until(date), 0)
	}
	return 0
}

// receive appends the bytes of a body to the partial file from offset on. A total of 0 is not known.
func (t *transfer) receive(body io.Reader, offset, total int64, alive func()) error {
	out, err := os.OpenFile(t.part, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return permanent{errors.Wrap(reason(err), "cannot write")}
	}
	defer out.Close()
	if err := out.Truncate(offset); err != nil {
		return permanent{errors.Wrap(reason(err), "cannot write")}
	}
	if _, err := out.Seek(offset, io.SeekStart); err != nil {
		return permanent{errors.Wrap(reason(err), "cannot write")}
	}
	most := total
	if most == 0 {
		most = largest
	}
	t.report(offset, total, true)
	buffer := make([]byte, 64<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			alive()
			if offset+int64(n) > most {
				t.discard()
				return permanent{errors.Errorf("the server sends more than %d bytes", most)}
			}
			if _, err := out.Write(buffer[:n]); err != nil {
				return permanent{errors.Wrap(reason(err), "cannot write")}
			}
			offset += int64(n)
			t.report(offset, total, false)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.Wrapf(err, "the download broke off after %d bytes", offset)
		}
	}
	if offset < total {
		return errors.Errorf("the download broke off after %d of %d bytes", offset, total)
	}
	t.report(offset, total, true)
	if err := out.Sync(); err != nil {
		return permanent{errors.Wrap(reason(err), "cannot write")}
	}
	return nil
}

// report tells the progress, at most about ten times a second unless it must.
func (t *transfer) report(done, total int64, must bool) {
	if t.client.Progress == nil || !must && time.Since(t.reported) < 100*time.Millisecond {
		return
	}
	t.reported = time.Now()
	t.client.Progress(Progress{t.file.name(), done, total})
}

// check compares the size and the checksum of the partial file.
func (t *transfer) check() error {
	if size := t.have(); t.file.Size > 0 && size != t.file.Size {
		return errors.Errorf("the file has %d bytes where %d are right", size, t.file.Size)
	}
	if t.file.SHA256 == "" {
		return nil
	}
	sum, err := checksum(t.part)
	if err != nil {
		return errors.Wrap(reason(err), "cannot read the download")
	}
	if !strings.EqualFold(sum, t.file.SHA256) {
		return errors.Errorf("the checksum is %s where %s is right: it is not the same file", sum, t.file.SHA256)
	}
	return nil
}

// checksum returns the SHA-256 of a file in hexadecimal.
func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// reason returns what an error of the system says without its own path.
func reason(err error) error {
	var pathErr *os.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}
