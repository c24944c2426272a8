package download

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/errors"
)

// content is the file that the test servers offer.
var content = func() []byte {
	b := make([]byte, 300<<10)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return b
}()

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// site is a server and what it was asked.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	ranges []string
}

// serve starts a server whose answers depend on how many requests came before.
func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		n := len(s.ranges)
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		s.mu.Unlock()
		answer(w, r, n)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) file() File {
	return File{URL: s.URL + "/data/file.bin?x=1", Size: int64(len(content)), SHA256: sum(content)}
}

// good answers as servers do, with ranges.
func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"1"`)
	http.ServeContent(w, r, "file.bin", time.Time{}, strings.NewReader(string(content)))
}

// breakOff sends n bytes of a promised rest and closes the connection.
func breakOff(w http.ResponseWriter, from, n int) {
	w.Header().Set("ETag", `"1"`)
	w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(content[from : from+n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// quick is a client that does not wait but notes how long it would.
func quick() (*Client, *[]time.Duration) {
	var waits []time.Duration
	return &Client{wait: func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}}, &waits
}

// right fails the test unless dir holds the file and nothing else but the lock.
func right(t *testing.T, dir, path string, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || sum(got) != sum(content) || path != filepath.Join(dir, "file.bin") {
		t.Fatalf("%s holds %d bytes, %v", path, len(got), err)
	}
	only(t, dir, ".file.bin.lock", "file.bin")
}

func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !reflect.DeepEqual(got, names) {
		t.Errorf("the folder holds %q; want %q", got, names)
	}
}

func TestGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { good(w, r) })
	c, _ := quick()
	var last Progress
	c.Progress = func(p Progress) {
		if p.Done < last.Done {
			t.Errorf("progress went from %v to %v", last, p)
		}
		last = p
	}
	dir := filepath.Join(t.TempDir(), "new", "folder")
	for range 2 {
		path, err := c.Get(context.Background(), dir, s.file())
		right(t, dir, path, err)
	}
	if len(s.ranges) != 1 {
		t.Errorf("%d requests for a file that is there", len(s.ranges))
	}
	if want := (Progress{"file.bin", int64(len(content)), int64(len(content))}); last != want {
		t.Errorf("the progress ended at %v; want %v", last, want)
	}
}

func TestGetUnknownSize(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Write(content[:1000])
		w.(http.Flusher).Flush() // no Content-Length then
		w.Write(content[1000:])
	})
	c, _ := quick()
	dir := t.TempDir()
	// Of a version that nobody knows: it must not become a part of this one.
	write(t, filepath.Join(dir, ".file.bin.part"), make([]byte, 5000))
	path, err := c.Get(context.Background(), dir, File{URL: s.URL + "/file.bin"})
	right(t, dir, path, err)
	if !reflect.DeepEqual(s.ranges, []string{""}) {
		t.Errorf("asked for %q", s.ranges)
	}
}

func TestGetRecovers(t *testing.T) {
	const half = 100 << 10
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request, n int)
		part   []byte // what is there of an earlier download
		etag   string
		ranges []string
		waits  []time.Duration
	}{
		{
			name: "breaks off twice",
			answer: func(w http.ResponseWriter, r *http.Request, n int) {
				switch n {
				case 0:
					breakOff(w, 0, half)
				case 1:
					breakOff(w, half, half)
				}
				good(w, r)
			},
			ranges: []string{"", "bytes=102400-", "bytes=204800-"},
			waits:  []time.Duration{time.Second, time.Second},
		},
		{
			name: "knows no ranges",
			answer: func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 0 {
					breakOff(w, 0, half)
				}
				w.Write(content)
			},
			ranges: []string{"", "bytes=102400-"},
			waits:  []time.Duration{time.Second},
		},
		{
			name:   "an earlier process was interrupted",
			answer: func(w http.ResponseWriter, r *http.Request, n int) { good(w, r) },
			part:   content[:half],
			etag:   `"1"`,
			ranges: []string{"bytes=102400-"},
		},
		{
			name:   "all was there but the name",
			answer: func(w http.ResponseWriter, r *http.Request, n int) { good(w, r) },
			part:   content,
		},
		{
			name:   "the file on the server has changed",
			answer: func(w http.ResponseWriter, r *http.Request, n int) { good(w, r) },
			part:   make([]byte, half),
			etag:   `"0"`,
			ranges: []string{"bytes=102400-"},
		},
		{
			name:   "the part was of another file",
			answer: func(w http.ResponseWriter, r *http.Request, n int) { good(w, r) },
			part:   make([]byte, half),
			ranges: []string{"bytes=102400-", ""},
		},
		{
			name:   "the part is too long",
			answer: func(w http.ResponseWriter, r *http.Request, n int) { good(w, r) },
			part:   make([]byte, 2*len(content)),
			ranges: []string{"bytes=614400-", ""},
			waits:  []time.Duration{time.Second},
		},
		{
			name: "sends another range than asked for",
			answer: func(w http.ResponseWriter, r *http.Request, n int) {
				if n == 0 {
					w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(content)-1, len(content)))
					w.WriteHeader(http.StatusPartialContent)
					return
				}
				good(w, r)
			},
			part:   content[:half],
			ranges: []string{"bytes=102400-", ""},
			waits:  []time.Duration{time.Second},
		},
		{
			name: "is busy",
			answer: func(w http.ResponseWriter, r *http.Request, n int) {
				switch n {
				case 0:
					w.Header().Set("Retry-After", "7")
					w.WriteHeader(http.StatusTooManyRequests)
				case 1:
					w.WriteHeader(http.StatusServiceUnavailable)
				default:
					good(w, r)
				}
			},
			ranges: []string{"", "", ""},
			waits:  []time.Duration{7 * time.Second, 2 * time.Second},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.answer)
			client, waits := quick()
			dir := t.TempDir()
			if c.part != nil {
				write(t, filepath.Join(dir, ".file.bin.part"), c.part)
			}
			if c.etag != "" {
				write(t, filepath.Join(dir, ".file.bin.part.etag"), []byte(c.etag))
			}
			path, err := client.Get(context.Background(), dir, s.file())
			right(t, dir, path, err)
			if !reflect.DeepEqual(s.ranges, c.ranges) {
				t.Errorf("asked for %q; want %q", s.ranges, c.ranges)
			}
			if len(*waits)+len(c.waits) > 0 && !reflect.DeepEqual(*waits, c.waits) {
				t.Errorf("waited %v; want %v", *waits, c.waits)
			}
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestGetErrors(t *testing.T) {
	wrong := append([]byte{1}, content[1:]...)
	for _, c := range []struct {
		name     string
		answer   func(w http.ResponseWriter, r *http.Request, n int)
		want     string // in the error, with the URL before it
		requests int
		kept     bool // whether what came stays for the next time
	}{
		{"not there", func(w http.ResponseWriter, r *http.Request, _ int) { http.NotFound(w, r) },
			"the server answers 404 Not Found", 1, false},
		{"busy for long", func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "the server asks to come back in 1h0m0s: the server answers 429 Too Many Requests", 1, false},
		{"busy for ever", func(w http.ResponseWriter, r *http.Request, _ int) { w.WriteHeader(http.StatusTooManyRequests) },
			"gave up after 5 attempts: the server answers 429 Too Many Requests", 5, false},
		{"wrong file", func(w http.ResponseWriter, r *http.Request, _ int) { w.Write(wrong) },
			"the checksum is " + sum(wrong) + " where " + sum(content) + " is right: it is not the same file", 1, false},
		{"another length", func(w http.ResponseWriter, r *http.Request, _ int) { w.Write(content[:9]) },
			"the server offers 9 bytes where the file has 307200: it is not the same file", 1, false},
		{"more than it says", func(w http.ResponseWriter, r *http.Request, _ int) {
			w.(http.Flusher).Flush()
			w.Write(content)
			w.Write(content)
		}, "the server sends more than 307200 bytes", 1, false},
		{"less than it says", func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:5000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "gave up after 5 attempts: the download broke off after 5000 bytes: unexpected EOF", 5, true},
		{"less without saying", func(w http.ResponseWriter, r *http.Request, _ int) {
			w.(http.Flusher).Flush()
			w.Write(content[:5000])
		}, "gave up after 5 attempts: the download broke off after 5000 of 307200 bytes", 5, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, c.answer)
			client, _ := quick()
			dir := t.TempDir()
			path, err := client.Get(context.Background(), dir, s.file())
			want := fmt.Sprintf("cannot fetch %s (or put the file at %s yourself): %s", s.file().URL, filepath.Join(dir, "file.bin"), c.want)
			if path != "" || err == nil || err.Error() != want {
				t.Errorf("%q and error\n     %v\nwant %s", path, err, want)
			}
			if len(s.ranges) != c.requests {
				t.Errorf("%d requests; want %d", len(s.ranges), c.requests)
			}
			names := []string{".file.bin.lock"}
			if c.kept {
				names = append(names, ".file.bin.part")
			}
			only(t, dir, names...)
		})
	}
}

// TestGetOffline checks that a connection that cannot be made is not tried again.
func TestGetOffline(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	proxy, err := url.Parse(closed.URL)
	if err != nil {
		t.Fatal(err)
	}
	unproven := httptest.NewUnstartedServer(nil)
	unproven.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake
	unproven.StartTLS()
	defer unproven.Close()
	for _, c := range []struct {
		name, url string
		transport *http.Transport
		want      string
	}{
		{"refused", closed.URL, &http.Transport{}, "no connection: "},
		{"proxy", "https://example.com", &http.Transport{Proxy: http.ProxyURL(proxy)}, "no connection to the proxy: "},
		{"unknown", "http://nowhere.invalid", &http.Transport{DialContext: func(_ context.Context, _, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
		}}, "nowhere.invalid was not found; is there a connection to the net?"},
		{"certificate", unproven.URL, &http.Transport{}, "tls: failed to verify certificate: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, waits := quick()
			client.HTTP = &http.Client{Transport: c.transport}
			dir := t.TempDir()
			f := File{URL: c.url + "/file.bin", Size: int64(len(content)), SHA256: sum(content)}
			_, err := client.Get(context.Background(), dir, f)
			if err == nil || !strings.HasPrefix(err.Error(), "cannot fetch "+f.URL+" (or put the file at "+f.Path(dir)+" yourself): "+c.want) || len(*waits) > 0 {
				t.Errorf("got %v after %v", err, *waits)
			}
			// A file put there by hand is taken as it is.
			write(t, f.Path(dir), content)
			path, err := client.Get(context.Background(), dir, f)
			right(t, dir, path, err)
		})
	}
}

func TestGetSilence(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:1000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		good(w, r)
	})
	client, _ := quick()
	client.window = 200 * time.Millisecond
	dir := t.TempDir()
	path, err := client.Get(context.Background(), dir, s.file())
	right(t, dir, path, err)
}

func TestGetInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Header().Set("ETag", `"1"`)
			w.Write(content[:5000])
			w.(http.Flusher).Flush()
			for {
				if info, err := os.Stat(filepath.Join(dir, ".file.bin.part")); err == nil && info.Size() == 5000 {
					break
				}
				time.Sleep(time.Millisecond)
			}
			cancel()
			<-r.Context().Done()
			return
		}
		good(w, r)
	})
	client, _ := quick()
	_, err := client.Get(ctx, dir, s.file())
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "was interrupted; it goes on where it stopped") {
		t.Fatalf("got %v", err)
	}
	path, err := client.Get(context.Background(), dir, s.file())
	right(t, dir, path, err)
	if want := []string{"", "bytes=5000-"}; !reflect.DeepEqual(s.ranges, want) {
		t.Errorf("asked for %q; want %q", s.ranges, want)
	}
}

func TestGetTwice(t *testing.T) {
	var running atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if running.Add(1) > 1 {
			t.Error("two downloads at a time")
		}
		time.Sleep(150 * time.Millisecond)
		good(w, r)
		running.Add(-1)
	})
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := (&Client{}).Get(context.Background(), dir, s.file()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	right(t, dir, s.file().Path(dir), nil)
	if len(s.ranges) != 1 {
		t.Errorf("%d requests; want 1", len(s.ranges))
	}
}
