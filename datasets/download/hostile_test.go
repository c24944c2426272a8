package download

import (
	"bufio"
	"bytes"
	"context"
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
	"testing"
	"time"
)

// TestGetChanged breaks off, and then the file on the server is another one. A server that does not know If-Range sends
// the rest of that.
func TestGetChanged(t *testing.T) {
	old := bytes.Repeat([]byte("old "), len(content)/4)
	const half = 100 << 10
	day := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for name, headers := range map[string][2]http.Header{
		"another ETag": {{"Etag": {`"1"`}}, {"Etag": {`"2"`}}},
		"another date": {{"Last-Modified": {day.Format(http.TimeFormat)}}, {"Last-Modified": {day.Add(time.Hour).Format(http.TimeFormat)}}},
		"another date, with weak ETags": {{"Etag": {`W/"1"`}, "Last-Modified": {day.Format(http.TimeFormat)}},
			{"Etag": {`W/"1"`}, "Last-Modified": {day.Add(time.Hour).Format(http.TimeFormat)}}},
		"another length":                         {{"Etag": {`"1"`}, "Content-Length": {"900000"}}, {"Etag": {`"1"`}}},
		"nothing to tell":                        {{}, {}},
		"a weak ETag":                            {{"Etag": {`W/"1"`}}, {"Etag": {`W/"1"`}}},
		"an ETag that is none":                   {{"Etag": {`"a b"`}}, {"Etag": {`"2"`}}},
		"a date of the same second as the first": {{"Last-Modified": {time.Now().UTC().Add(time.Hour).Format(http.TimeFormat)}}, {}},
	} {
		for _, sum256 := range []string{"", sum(content)} {
			t.Run(fmt.Sprint(name, sum256 != ""), func(t *testing.T) {
				s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
					for key, v := range headers[min(n, 1)] {
						w.Header()[key] = v
					}
					if n == 0 {
						if w.Header().Get("Content-Length") == "" {
							w.Header().Set("Content-Length", fmt.Sprint(len(content)))
						}
						w.Write(old[:half])
						w.(http.Flusher).Flush()
						panic(http.ErrAbortHandler)
					}
					from := 0
					fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
					if from > 0 {
						w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
						w.WriteHeader(http.StatusPartialContent)
					}
					w.Write(content[from:])
				})
				c, _ := quick()
				dir := t.TempDir()
				path, err := c.Get(context.Background(), dir, File{URL: s.URL + "/file.bin", SHA256: sum256})
				right(t, dir, path, err)
			})
		}
	}
}

// TestGetPart: a part that was not asked for is not taken for the whole.
func TestGetPart(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 0 {
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-99/%d", len(content)))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(content[:100])
			return
		}
		good(w, r)
	})
	c, _ := quick()
	dir := t.TempDir()
	path, err := c.Get(context.Background(), dir, File{URL: s.URL + "/file.bin"})
	right(t, dir, path, err)
	if want := []string{"", "bytes=100-"}; !reflect.DeepEqual(s.ranges, want) {
		t.Errorf("asked for %q; want %q", s.ranges, want)
	}
}

// TestGetEndless: what changes or breaks off for ever is given up.
func TestGetEndless(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request, n int)
		want   string
	}{
		"a version for each request": {func(w http.ResponseWriter, r *http.Request, n int) {
			from := 0
			fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(n)))
			w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
			if from > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
				w.WriteHeader(http.StatusPartialContent)
			}
			w.Write(content[from : from+100<<10])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "gave up after starting anew 5 times: the file on the server has changed since its first part came"},
		"a byte for each request": {func(w http.ResponseWriter, r *http.Request, n int) { breakOff(w, n, 1) },
			"gave up after 5 attempts: the download broke off after 5 bytes: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.answer)
			client, _ := quick()
			_, err := client.Get(context.Background(), t.TempDir(), s.file())
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("got %v; want %s", err, c.want)
			}
		})
	}
}

// TestGetSlow gets a byte now and then.
func TestGetSlow(t *testing.T) {
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Header().Set("ETag", `"1"`)
		for _, b := range content {
			w.Write([]byte{b})
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n < 2 {
			drip(w, r)
			return
		}
		good(w, r)
	})
	c, waits := quick()
	c.window = 300 * time.Millisecond
	dir := t.TempDir()
	path, err := c.Get(ctx, dir, s.file())
	right(t, dir, path, err)
	if want := []time.Duration{time.Second, 2 * time.Second}; !reflect.DeepEqual(*waits, want) {
		t.Errorf("waited %v; want %v", *waits, want)
	}

	s = serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { drip(w, r) })
	_, err = c.Get(ctx, t.TempDir(), s.file())
	if err == nil || !strings.Contains(err.Error(), ": gave up after 5 attempts: the server sends ") || !strings.HasSuffix(err.Error(), " bytes in 300ms") {
		t.Errorf("got %v", err)
	}

	silent := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() })
	c.stall = 50 * time.Millisecond
	_, err = c.Get(ctx, t.TempDir(), silent.file())
	if err == nil || !strings.HasSuffix(err.Error(), ": gave up after 5 attempts: the server does not answer for 50ms") {
		t.Errorf("got %v", err)
	}
}

// TestGetUnbounded has files of unknown size that are larger than they may be.
func TestGetUnbounded(t *testing.T) {
	const most = 1 << 20
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request, n int)
		want   string
	}{
		"says so": {func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("Content-Length", "9223372036854775807")
		},
			"the server offers 9223372036854775807 bytes; a file whose size is not known may have 1048576"},
		"says so of a part": {func(w http.ResponseWriter, r *http.Request, _ int) {
			w.Header().Set("Content-Range", "bytes 0-0/9223372036854775807")
			w.WriteHeader(http.StatusPartialContent)
			w.Write([]byte{1})
		}, "the server offers 9223372036854775807 bytes; a file whose size is not known may have 1048576"},
		"does not say so": {func(w http.ResponseWriter, r *http.Request, _ int) {
			for r.Context().Err() == nil {
				if _, err := w.Write(content); err != nil {
					return
				}
			}
		}, "the server sends more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.answer)
			client, waits := quick()
			client.most = most
			dir := t.TempDir()
			_, err := client.Get(context.Background(), dir, File{URL: s.URL + "/file.bin"})
			if err == nil || !strings.HasSuffix(err.Error(), ": "+c.want) || len(*waits) > 0 {
				t.Errorf("got %v after %v; want %s", err, *waits, c.want)
			}
			only(t, dir, ".file.bin.lock")
		})
	}
}

// TestGetRedirects: a loop ends at once, and https stays https.
func TestGetRedirects(t *testing.T) {
	loop := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		http.Redirect(w, r, fmt.Sprintf("/%d?secret=1", n), http.StatusFound)
	})
	plain := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { good(w, r) })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL+"/file.bin", http.StatusFound)
	}))
	defer secure.Close()
	nowhere := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		w.Header().Set("Location", "http://[::bad/")
		w.WriteHeader(http.StatusFound)
	})
	for _, c := range []struct {
		name, url string
		http      *http.Client
		want      string
	}{
		{"loop", loop.URL, nil, "more than 10 redirects, the last to " + loop.URL + "/9"},
		{"from https to http", secure.URL, secure.Client(), secure.Listener.Addr().String() + " redirects to " + plain.URL + "/file.bin, where nothing proves who answers"},
		{"nowhere", nowhere.URL, nil, `no answer that can be used: failed to parse Location header`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, waits := quick()
			client.HTTP = c.http
			_, err := client.Get(context.Background(), t.TempDir(), File{URL: c.url + "/file.bin", Size: int64(len(content)), SHA256: sum(content)})
			if err == nil || !strings.Contains(err.Error(), " yourself): "+c.want) || strings.Contains(err.Error(), "secret") || len(*waits) > 0 {
				t.Errorf("got %v after %v; want %s", err, *waits, c.want)
			}
		})
	}
	if len(plain.ranges) > 0 {
		t.Error("http was asked for what https was asked for")
	}
	// A redirect from one https to another, and one from http, are followed.
	good := httptest.NewTLSServer(http.HandlerFunc(good))
	defer good.Close()
	from := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, good.URL+"/file.bin", http.StatusFound)
	})
	dir := t.TempDir()
	client := &Client{HTTP: good.Client()}
	path, err := client.Get(context.Background(), dir, File{URL: from.URL + "/file.bin", SHA256: sum(content)})
	right(t, dir, path, err)
}

// TestGetProxyRefuses: what a proxy forbids is not asked for again, and what it cannot do now is.
func TestGetProxyRefuses(t *testing.T) {
	for _, c := range []struct {
		code     int
		want     string
		requests int
	}{
		{http.StatusForbidden, "the proxy %s answers 403 Forbidden", 1},
		{http.StatusProxyAuthRequired, "the proxy %s answers 407 Proxy Authentication Required", 1},
		{http.StatusServiceUnavailable, "gave up after 5 attempts: the proxy %s answers 503 Service Unavailable", 5},
	} {
		requests := 0
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			if r.Method != http.MethodConnect {
				t.Errorf("the proxy was asked to %s", r.Method)
			}
			w.WriteHeader(c.code)
		}))
		defer proxy.Close()
		at, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		client, _ := quick()
		client.HTTP = &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(at)}}
		_, err = client.Get(context.Background(), t.TempDir(), File{URL: "https://example.com/file.bin"})
		if want := fmt.Sprintf(c.want, at.Host); err == nil || !strings.HasSuffix(err.Error(), " yourself): "+want) || requests != c.requests {
			t.Errorf("%d: got %v after %d requests; want %s", c.code, err, requests, want)
		}
	}
}

// TestGetHostileHeaders: whatever a server says of lengths and ranges, it costs no retries and one line.
func TestGetHostileHeaders(t *testing.T) {
	for _, c := range []struct {
		answer string
		want   string
		quick  bool // not tried again
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", `no answer that can be used: `, true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", `no answer that can be used: `, true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", `no answer that can be used: `, true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "the server offers 9223372036854775807 bytes", true},
		{"HTTP/9.9 ok\r\n\r\n", "no answer that can be used: ", true},
		{"SSH-2.0-OpenSSH_9.6\r\n", "no answer that can be used: ", true},
		{"HTTP/1.1 404 \x1b[31mred\r\n\r\n", "the server answers 404 Not Found", true},
		{"HTTP/1.1 799 \r\n\r\n", "gave up after 5 attempts: the server answers 799", false},
		{"HTTP/1.1 503 no\r\nRetry-After: 9223372036854775807\r\n\r\n", "the server asks to come back in ", true},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "gave up after 5 attempts: the download broke off after 0 bytes: ", false},
		{"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 11<<20) + "\r\n\r\n", "no answer that can be used: ", true},
		{"HTTP/1.1 206 P\r\nContent-Range: bytes 0--1/5\r\nContent-Length: 5\r\n\r\nabcde", `the server sends "bytes 0--1/5" where byte 0 follows`, false},
		{"HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/5\r\nContent-Length: 5\r\n\r\nabcde", `the server sends "bytes 0-9/5" where byte 0 follows`, false},
		{"HTTP/1.1 206 P\r\nContent-Range: bytes 0-8/9\r\nContent-Length: 5\r\n\r\nabcde", `the server sends "bytes 0-8/9" where byte 0 follows`, false},
		{"HTTP/1.1 206 P\r\nContent-Range: bytes +0-+8/+9\r\nContent-Length: 9\r\n\r\nabcde", `the server sends "bytes +0-+8/+9" where byte 0 follows`, false},
		{"HTTP/1.1 206 P\r\nContent-Type: multipart/byteranges\r\nContent-Length: 5\r\n\r\nabcde", `the server sends "" where byte 0 follows`, false},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
						io.WriteString(conn, c.answer)
					}
				}()
			}
		}()
		client, waits := quick()
		dir := t.TempDir()
		_, err = client.Get(context.Background(), dir, File{URL: "http://" + l.Addr().String() + "/file.bin"})
		l.Close()
		if err == nil {
			t.Errorf("%.80q was accepted", c.answer)
			continue
		}
		if message := err.Error(); !strings.Contains(message, c.want) || len(message) > 600 || strings.ContainsAny(message, "\r\n\x1b") || c.quick && len(*waits) > 0 {
			t.Errorf("%.80q: got %d bytes after %v: %.400q; want %s", c.answer, len(message), *waits, message, c.want)
		}
		only(t, dir, names(t, dir, ".file.bin.lock")...)
	}
}

// names returns the names, and that of a partial file if it is there.
func names(t *testing.T, dir string, names ...string) []string {
	t.Helper()
	if isFile(filepath.Join(dir, ".file.bin.part")) {
		names = append(names, ".file.bin.part")
	}
	return names
}

// TestVersion reads what was written, and nothing of what was cut short.
func TestVersion(t *testing.T) {
	v := version{`"abc"`, "Mon, 06 May 2024 07:08:09 GMT", 12}
	text := v.String()
	for n := range text {
		got := parseVersion(text[:n])
		if got.etag != "" && got.etag != v.etag || got.modified != "" && got.modified != v.modified {
			t.Errorf("of %q: %+v", text[:n], got)
		}
	}
	if got := parseVersion(text); got != v {
		t.Errorf("read %+v; want %+v", got, v)
	}
}

// answers is a transport that reads answers from memory, the last for ever.
type answers [][]byte

func (a *answers) RoundTrip(req *http.Request) (*http.Response, error) {
	data := (*a)[0]
	if len(*a) > 1 {
		*a = (*a)[1:]
	}
	return http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), req)
}

// FuzzAnswers checks what holds for all that servers may send: a file of the right size and checksum, or an error of one
// line and nothing but what may become a part.
func FuzzAnswers(f *testing.F) {
	const text = "The quick brown fox jumps over the lazy dog.\n"
	for _, a := range [][2]string{
		{"HTTP/1.1 200 OK\r\nContent-Length: 45\r\n\r\n" + text, ""},
		{"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 45\r\n\r\nThe quick", "HTTP/1.1 206 P\r\nETag: \"1\"\r\nContent-Range: bytes 9-44/45\r\nContent-Length: 36\r\n\r\n" + text[9:]},
		{"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 45\r\n\r\nThe quick", "HTTP/1.1 206 P\r\nETag: \"2\"\r\nContent-Range: bytes 9-44/45\r\n\r\n" + text[9:]},
		{"HTTP/1.1 200 OK\r\nLast-Modified: Mon, 06 May 2024 07:08:09 GMT\r\nDate: Mon, 06 May 2024 07:08:10 GMT\r\n\r\n" + text, "HTTP/1.1 416 no\r\n\r\n"},
		{"HTTP/1.1 503 no\r\nRetry-After: Mon, 06 May 2024 07:08:09 GMT\r\n\r\n", "HTTP/1.1 302 no\r\nLocation: /x\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nThe\r\n0\r\n\r\n", "HTTP/1.1 206 P\r\nContent-Range: bytes 3-/*\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
	} {
		f.Add([]byte(a[0]), []byte(a[1]), true)
		f.Add([]byte(a[0]), []byte(a[1]), false)
	}
	log.SetOutput(io.Discard) // of net/http
	f.Cleanup(func() { log.SetOutput(os.Stderr) })
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, first, second []byte, known bool) {
		for _, name := range []string{"file.bin", ".file.bin.part", ".file.bin.part.etag"} {
			os.Remove(filepath.Join(dir, name))
		}
		client, waits := quick()
		client.HTTP = &http.Client{Transport: &answers{first, second}}
		client.most = 1 << 10
		file := File{URL: "http://127.0.0.1/file.bin"}
		if known {
			file.Size, file.SHA256 = int64(len(text)), sum([]byte(text))
		}
		path, err := client.Get(context.Background(), dir, file)
		if len(*waits) > 50 {
			t.Fatalf("%d attempts", len(*waits))
		}
		if err != nil {
			if message := err.Error(); path != "" || strings.ContainsAny(message, "\r\n") || len(message) > 1000 {
				t.Fatalf("%q and an error of %d bytes: %q", path, len(message), message)
			}
			if isFile(filepath.Join(dir, "file.bin")) {
				t.Fatalf("the file is there with %v", err)
			}
			return
		}
		got, err := os.ReadFile(path)
		if err != nil || known && string(got) != text || len(got) > 1<<10 {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}
