package download

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzUnpack checks what holds for every archive: files within the folder that have no more bytes than they may, or an
// error of one line and a folder as it was.
func FuzzUnpack(f *testing.F) {
	add := func(m ...member) { f.Add(zipOf(f, m...), byte(0)); f.Add(tarOf(f, m...), byte(1)) }
	add(member{name: "a/b.txt", text: "text"}, member{name: "./c.txt", text: "more"})
	add(member{name: "../x", text: "1"})
	add(member{name: "a", text: "1"}, member{name: "a/b", text: "1"}, member{name: "a", text: "2"})
	add(member{"a", "/etc", tar.TypeSymlink}, member{name: "a/x", text: "1"})
	f.Add([]byte("plain"), byte(2))
	f.Add([]byte("no gzip"), byte(3))
	const small = 1 << 12
	f.Fuzz(func(t *testing.T, data []byte, kind byte) {
		name := []string{"d.zip", "d.tar.gz", "d.gz", "d.tgz"}[kind%4]
		if kind%4 == 1 || kind%4 == 2 { // else hardly any would reach the format inside
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(data)
			z.Close()
			data = b.Bytes()
		}
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		write(t, path, data)
		err := unpack(path, dir, nil, small)
		only(t, outer, "in")
		if err != nil {
			if message := err.Error(); strings.ContainsAny(message, "\r\n") {
				t.Fatalf("error of several lines: %q", message)
			}
			if strings.HasPrefix(err.Error(), "cannot unpack ") { // else to put the files into their places failed
				only(t, dir, name)
			}
			return
		}
		var bytes int64
		filepath.WalkDir(dir, func(at string, e fs.DirEntry, _ error) error {
			info, err := e.Info()
			if err != nil || !e.IsDir() && !info.Mode().IsRegular() {
				t.Fatalf("%s: %v, %v", at, info, err)
			}
			if !e.IsDir() && at != path {
				bytes += info.Size()
			}
			return nil
		})
		if most := max(mostRatio*int64(len(data)), small); bytes > most {
			t.Fatalf("%d bytes of %d", bytes, len(data))
		}
	})
}
