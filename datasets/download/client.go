package download

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/args"
)

// File is a file that the net offers.
type File struct {
	URL    string
	Name   string // of the file in the folder; "" is the last part of the URL
	Size   int64  // bytes; 0 if it is not known, and then at most 1 GiB is taken
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

	wait   func(context.Context, time.Duration) error // nil waits in real time
	stall  time.Duration                              // 0 is silence
	window time.Duration                              // 0 is pace
	most   int64                                      // 0 is largest
}

const (
	// attempts is how often a download may fail in a row without enough bytes more, and how often it may start anew.
	attempts = 5
	// longestWait bounds what a server may ask for with Retry-After.
	longestWait = 2 * time.Minute
	// largest bounds files whose size is not known.
	largest = 1 << 30
	// silence is how long a server may take to answer.
	silence = time.Minute
	// leastRate is the rate, in bytes a second over pace, below which a download counts as broken off: that of a modem of
	// 1990, at which no dataset comes within a day.
	leastRate = 1000
	pace      = 30 * time.Second
)

// Get returns the path of the file in dir, after fetching it if it is not there.
// A file that is there is taken as it is, so that a person may put it there.
//
// A download that breaks off is resumed, unless the file on the server is another one by then. It counts as broken off
// when the server takes a minute to answer or sends less than 1 kB a second for half a minute. Answers 429 and 5xx are
// tried again after the time that the server asks for, or else after 1, 2, 4, … seconds. Any other refusal, also of a
// proxy, no connection at all, a redirect from https to http, a wrong size and a wrong checksum are errors, each of one
// line with the URL and the place where the file may be put by hand. When ctx ends, so does Get, and a later call goes on.
func (c *Client) Get(ctx context.Context, dir string, f File) (string, error) {
	if err := args.Context(ctx); err != nil {
		return "", err
	}
	target := f.Path(dir)
	if isFile(target) {
		sweep(dir, f)
		return target, nil
	}
	unlock, err := lockIn(ctx, dir, f.name())
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := c.get(ctx, dir, f); err != nil {
		return "", err
	}
	return target, nil
}

// GetArchive fetches an archive as [Client.Get] does, and unpacks it into dir as [Unpack] does. Of several processes one
// does both while the others wait; to them there reports that dir holds what is wanted, so that they need not unpack it
// again. It may be nil.
func (c *Client) GetArchive(ctx context.Context, dir string, f File, keep func(name string) bool, there func() bool) error {
	if err := args.Context(ctx); err != nil {
		return err
	}
	unlock, err := lockIn(ctx, dir, f.name())
	if err != nil {
		return err
	}
	defer unlock()
	if there != nil && there() {
		return nil
	}
	if err := c.get(ctx, dir, f); err != nil {
		return err
	}
	return unpack(f.Path(dir), dir, keep, mostSmall)
}

// get fetches the file if it is not there. The caller has its lock.
func (c *Client) get(ctx context.Context, dir string, f File) error {
	target := f.Path(dir)
	if isFile(target) { // of another process or a person
		removeLeftovers(dir, f)
		return nil
	}
	if err := c.fetch(ctx, f, target); err != nil {
		if ctx.Err() != nil {
			return errors.Wrapf(ctx.Err(), "fetching %s was interrupted; it goes on where it stopped when it is called again", f.URL)
		}
		return errors.WithMessagef(err, "cannot fetch %s (or put the file at %s yourself)", f.URL, target)
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// partPath is where a file grows, and versionPath where it is kept of which version it is.
func partPath(dir string, f File) string    { return filepath.Join(dir, "."+f.name()+".part") }
func versionPath(dir string, f File) string { return partPath(dir, f) + ".etag" }

// leftovers are the temporary files and folders of a download that do not matter once the file is there.
func leftovers(dir string, f File) []string {
	return []string{partPath(dir, f), versionPath(dir, f), unpackPath(dir, f.name())}
}

// sweep removes what a process that was killed, or one before a person put the file there, left, unless another process
// is at it.
func sweep(dir string, f File) {
	if !slices.ContainsFunc(leftovers(dir, f), func(path string) bool { _, err := os.Lstat(path); return err == nil }) {
		return
	}
	if l, err := openLock(dir, f.name()); err == nil {
		if locked, err := tryLock(l); err == nil && locked {
			removeLeftovers(dir, f)
		}
		l.Close()
	}
}

// removeLeftovers removes them; the caller has the lock.
func removeLeftovers(dir string, f File) {
	for _, path := range leftovers(dir, f) {
		os.RemoveAll(path)
	}
}

// fetch downloads into a file beside the target and renames it once it is right.
func (c *Client) fetch(ctx context.Context, f File, target string) error {
	dir := filepath.Dir(target)
	connection, end := c.connection()
	defer end()
	t := &transfer{client: c, http: connection, file: f, part: partPath(dir, f), versionPath: versionPath(dir, f)}
	t.joined = t.have() > 0
	for {
		if err := t.run(ctx); err != nil {
			return err
		}
		err := t.check()
		if err == nil {
			break
		}
		joined := t.joined
		t.discard()
		if !joined || t.anew >= attempts {
			return err
		}
		// The parts may have been of different versions.
	}
	if err := os.Rename(t.part, target); err != nil {
		return errors.Wrap(reason(err), "cannot rename the finished download")
	}
	os.Remove(t.versionPath)
	return nil
}

// transfer is a download into a partial file.
type transfer struct {
	client      *Client
	http        *http.Client
	file        File
	part        string // what has come so far
	versionPath string // a file with what tells this version of the file from others
	joined      bool   // whether the part came in pieces
	anew        int    // how often what had come was of no use
	high        int64  // bytes at which the download last went on well
	reported    time.Time
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

// version returns of which version they are.
func (t *transfer) version() version {
	text, err := os.ReadFile(t.versionPath)
	if err != nil {
		return version{}
	}
	return parseVersion(string(text))
}

func (t *transfer) discard() {
	os.Remove(t.part)
	os.Remove(t.versionPath)
	t.joined, t.high = false, 0
	t.anew++
}

// most returns how many bytes the file may have.
func (t *transfer) most() int64 {
	switch {
	case t.file.Size > 0:
		return t.file.Size
	case t.client.most > 0:
		return t.client.most
	}
	return largest
}

// run downloads until all bytes are there, trying again where that may help.
func (t *transfer) run(ctx context.Context) error {
	const enough = leastRate * int64(pace/time.Second) // what shows that a further attempt is worth it
	t.high = t.have()
	for failed := 0; ; {
		err := t.request(ctx, t.have())
		if err == nil || ctx.Err() != nil {
			return err
		}
		var never permanent
		if errors.As(err, &never) {
			return never.error
		}
		if have := t.have(); have >= t.high+enough {
			t.high = have
			failed = 0
		}
		if failed++; failed == attempts {
			return errors.WithMessagef(err, "gave up after %d attempts", attempts)
		}
		if t.anew >= attempts {
			return errors.WithMessagef(err, "gave up after starting anew %d times", attempts)
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
	quiet := time.AfterFunc(stall, func() { cancel(errors.Errorf("the server does not answer for %v", stall)) })
	defer quiet.Stop()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.file.URL, nil)
	if err != nil {
		return permanent{errors.WithStack(err)}
	}
	// Compressed again on the way, lengths and offsets would mean something else.
	req.Header.Set("Accept-Encoding", "identity")
	validator := t.version().validator()
	if validator == "" && t.file.SHA256 == "" {
		offset = 0 // nothing would show that the parts are of different versions
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		if validator != "" {
			req.Header.Set("If-Range", validator)
		}
	}
	resp, err := t.http.Do(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return connectionError(err)
	}
	defer resp.Body.Close()
	quiet.Stop()
	offset, total, err := t.accept(resp, offset)
	if err != nil {
		return err
	}
	var came atomic.Int64
	go t.watch(ctx, cancel, &came)
	err = t.receive(resp.Body, offset, total, &came)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// watch cancels a request while fewer bytes come than leastRate.
func (t *transfer) watch(ctx context.Context, cancel context.CancelCauseFunc, came *atomic.Int64) {
	window := pace
	if t.client.window > 0 {
		window = t.client.window
	}
	least := int64(leastRate * window.Seconds())
	ticker := time.NewTicker(window)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if n := came.Swap(0); n < least {
				cancel(errors.Errorf("the server sends %d bytes in %v", n, window))
				return
			}
		}
	}
}

// receive appends the bytes of a body to the partial file from offset on, and counts them. A total of 0 is not known.
func (t *transfer) receive(body io.Reader, offset, total int64, came *atomic.Int64) error {
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
	t.joined = offset > 0
	most := total
	if most == 0 {
		most = t.most()
	}
	t.report(offset, total, true)
	buffer := make([]byte, 64<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			came.Add(int64(n))
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
			return errors.Errorf("the download broke off after %d bytes: %v", offset, oneLine(err))
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

// oneLine is an error of a connection, whose text may quote what the server sent.
func oneLine(err error) string {
	const most = 200
	text := err.Error()
	if len(text) > most || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return fmt.Sprintf("%.*q", most, text)
	}
	return text
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
