package download

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// nested is an archive with files in folders of folders.
func nested(t *testing.T) []byte {
	var members []member
	for i := range 20 {
		members = append(members, member{name: fmt.Sprintf("a/%d/%d.txt", i%4, i), text: strings.Repeat(fmt.Sprint(i), 1000)})
	}
	return zipOf(t, members...)
}

// checkNested fails the test unless dir holds what is in it, whole, and nothing else but the lock.
func checkNested(t *testing.T, dir string) {
	t.Helper()
	for i := range 20 {
		holds(t, filepath.Join(dir, fmt.Sprintf("a/%d/%d.txt", i%4, i)), strings.Repeat(fmt.Sprint(i), 1000))
	}
	only(t, dir, ".d.zip.lock", "a", "d.zip")
}

// TestUnpackTogether unpacks one archive many times at once.
func TestUnpackTogether(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "d.zip"), nested(t))
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if err := Unpack(filepath.Join(dir, "d.zip"), dir, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	checkNested(t, dir)
}

// TestUnpackBesideOthers unpacks archives with folders in common at once.
func TestUnpackBesideOthers(t *testing.T) {
	for range 10 {
		dir := t.TempDir()
		var wg sync.WaitGroup
		for i := range 8 {
			archive := filepath.Join(dir, fmt.Sprintf("%d.zip", i))
			write(t, archive, zipOf(t, member{name: fmt.Sprintf("a/b/%d.txt", i), text: "text"}))
			wg.Go(func() {
				if err := Unpack(archive, dir, nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range 8 {
			holds(t, filepath.Join(dir, fmt.Sprintf("a/b/%d.txt", i)), "text")
		}
	}
}

// helper names what TestHelper does in another process: a URL and a folder.
const helper = "DOWNLOAD_TEST_HELPER"

// getNested fetches the archive at url, and unpacks it unless another has.
func getNested(url, dir string) error {
	return (&Client{}).GetArchive(context.Background(), dir, File{URL: url}, nil, func() bool {
		_, err := os.Stat(filepath.Join(dir, "a/3/19.txt"))
		return err == nil
	})
}

// TestHelper is no test: it is what the processes do that others start.
func TestHelper(t *testing.T) {
	url, dir, ok := strings.Cut(os.Getenv(helper), " ")
	if !ok {
		t.Skip("only for other tests")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := getNested(url, dir); err != nil {
				t.Error(err)
			}
			if _, err := os.ReadFile(filepath.Join(dir, "a/0/0.txt")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestProcesses fetches and unpacks one archive in several processes at once.
func TestProcesses(t *testing.T) {
	data := nested(t)
	s := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) { w.Write(data) })
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestHelper$")
			c.Env = append(os.Environ(), helper+"="+s.URL+"/d.zip "+dir)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	checkNested(t, dir)
	if len(s.ranges) != 1 {
		t.Errorf("%d requests; want 1", len(s.ranges))
	}
}

// TestKilled kills processes as they fetch and unpack: the next one has it all, and nothing of theirs is left.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	data := nested(t)
	var killed atomic.Bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("ETag", `"1"`)
		if n == 0 && !killed.Load() { // the first is killed as it waits for the rest
			w.Header().Set("Content-Length", fmt.Sprint(len(data)))
			w.Write(data[:100])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(data)))
	})
	dir := t.TempDir()
	for i := range 8 {
		c := exec.Command(os.Args[0], "-test.run=^TestHelper$")
		c.Env = append(os.Environ(), helper+"="+s.URL+"/d.zip "+dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(40+10*i) * time.Millisecond)
		c.Process.Kill()
		c.Wait()
	}
	killed.Store(true)
	if err := getNested(s.URL+"/d.zip", dir); err != nil {
		t.Fatal(err)
	}
	// Where one was killed as it removed its folder, all was in its place, and nothing called for the lock.
	if _, err := (&Client{}).Get(context.Background(), dir, File{URL: s.URL + "/d.zip"}); err != nil {
		t.Fatal(err)
	}
	checkNested(t, dir)
}

// TestLeftovers: what a process that was killed left goes with the next call, and what another one is at does not.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	litter := func() {
		write(t, filepath.Join(dir, ".d.zip.part"), []byte("part"))
		write(t, filepath.Join(dir, ".d.zip.part.etag"), []byte(`"1"`))
		if err := os.MkdirAll(filepath.Join(dir, ".d.zip.unpack", "a"), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, ".d.zip.unpack", "a", "x.txt"), []byte("half"))
	}
	write(t, filepath.Join(dir, "d.zip"), nested(t))
	litter()
	f := File{URL: "http://127.0.0.1:0/d.zip"}
	if err := (&Client{}).GetArchive(context.Background(), dir, f, nil, nil); err != nil {
		t.Fatal(err)
	}
	checkNested(t, dir)

	litter()
	unlock, err := lockIn(context.Background(), dir, "d.zip")
	if err != nil {
		t.Fatal(err)
	}
	get := func() {
		t.Helper()
		if _, err := (&Client{}).Get(context.Background(), dir, f); err != nil {
			t.Fatal(err)
		}
	}
	get()
	only(t, dir, ".d.zip.lock", ".d.zip.part", ".d.zip.part.etag", ".d.zip.unpack", "a", "d.zip")
	unlock()
	get()
	only(t, dir, ".d.zip.lock", "a", "d.zip")
}
