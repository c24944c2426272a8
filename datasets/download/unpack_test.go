package download

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// member is a file of an archive.
type member struct {
	name, text string
	kind       byte // of tar; 0 is a file
}

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.kind == tar.TypeSymlink {
			h.SetMode(os.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(m.text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.text)), Typeflag: m.kind}
		if m.kind == tar.TypeSymlink || m.kind == tar.TypeLink {
			h.Linkname, h.Size, m.text = m.text, 0, ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(m.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	members := []member{
		{name: "a/", kind: tar.TypeDir}, {name: "a/b c/1.txt", text: "one"}, {name: "./2.txt", text: "zwei"}, {name: "__MACOSX/x", text: "?"},
	}
	for name, data := range map[string][]byte{
		"d.zip":    zipOf(t, members[1:]...),
		"d.tar.gz": gzipOf(t, tarOf(t, members...)),
		"d.tgz":    gzipOf(t, tarOf(t, members...)),
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, name), data)
		write(t, filepath.Join(dir, "2.txt"), []byte("old"))
		if err := os.Mkdir(filepath.Join(dir, "a"), 0o777); err != nil {
			t.Fatal(err)
		}
		keep := func(name string) bool { return !strings.HasPrefix(name, "__") }
		if err := Unpack(filepath.Join(dir, name), dir, keep); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		holds(t, filepath.Join(dir, "a/b c/1.txt"), "one")
		holds(t, filepath.Join(dir, "2.txt"), "zwei")
		only(t, dir, "."+name+".lock", "2.txt", "a", name)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "words.txt.gz"), gzipOf(t, []byte("text")))
	if err := Unpack(filepath.Join(dir, "words.txt.gz"), dir, nil); err != nil {
		t.Error(err)
	}
	holds(t, filepath.Join(dir, "words.txt"), "text")
}

func holds(t *testing.T, path, text string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, text)
	}
}

func TestUnpackRefuses(t *testing.T) {
	many := strings.Repeat("one and another line of text\n", 1000)
	whole := gzipOf(t, tarOf(t, member{name: "1.txt", text: many}))
	broken := bytes.Clone(whole)
	broken[len(broken)-6]++ // of the checksum
	brokenZip := zipOf(t, member{name: "1.txt", text: many})
	brokenZip[50]++
	const small = 1 << 20
	zeros := string(make([]byte, 3*small/2))
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string
	}{
		{"parent", "d.zip", zipOf(t, member{name: "../x", text: "1"}), `"../x" would leave the folder`},
		{"parent within", "d.tar.gz", gzipOf(t, tarOf(t, member{name: "a/../../x", text: "1"})), `"a/../../x" would leave the folder`},
		{"absolute", "d.tar.gz", gzipOf(t, tarOf(t, member{name: "/etc/x", text: "1"})), `"/etc/x" would leave the folder`},
		{"backslash", "d.zip", zipOf(t, member{name: `..\x`, text: "1"}), `"..\\x" would leave the folder`},
		{"symbolic link", "d.tar.gz", gzipOf(t, tarOf(t, member{"a", "/etc", tar.TypeSymlink}, member{name: "a/x", text: "1"})), `"a" is neither a file nor a folder`},
		{"hard link", "d.tgz", gzipOf(t, tarOf(t, member{"a", "/etc/passwd", tar.TypeLink})), `"a" is neither a file nor a folder`},
		{"link in a zip", "d.zip", zipOf(t, member{"a", "/etc", tar.TypeSymlink}), `"a" is neither a file nor a folder`},
		{"bomb in a zip", "d.zip", zipOf(t, member{name: "0", text: zeros}), `"0": it unpacks to far more than its size; it may be a decompression bomb`},
		{"bomb", "d.gz", gzipOf(t, []byte(zeros)), `"d": it unpacks to far more than its size; it may be a decompression bomb`},
		{"bomb in parts", "d.tar.gz", gzipOf(t, tarOf(t, member{name: "0", text: zeros[:small]}, member{name: "1", text: zeros[:small/4]})), `"1": it unpacks to far more than its size; it may be a decompression bomb`},
		{"cut short", "d.tar.gz", whole[:len(whole)/2], "the archive is cut short; delete it and fetch it again"},
		{"without its end", "d.tar.gz", whole[:len(whole)-8], "the archive is cut short; delete it and fetch it again"},
		{"zip cut short", "d.zip", brokenZip[:len(brokenZip)/2], "it is no archive of its ending; delete it and fetch it again"},
		{"wrong checksum", "d.tar.gz", broken, "the archive has a wrong checksum; delete it and fetch it again"},
		{"empty", "d.tar.gz", nil, "the archive is cut short; delete it and fetch it again"},
		{"a page", "d.zip", []byte("<html>Log in</html>"), "it is no archive of its ending; delete it and fetch it again"},
		{"a page as gzip", "d.tar.gz", []byte("<html>Log in, please</html>"), "it is no archive of its ending; delete it and fetch it again"},
		{"another kind", "d.rar", gzipOf(t, nil), "want the ending .zip, .tar.gz, .tgz or .gz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "in")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, c.file)
			write(t, path, c.data)
			err := unpack(path, dir, nil, small)
			if err == nil || !strings.HasPrefix(err.Error(), "cannot unpack "+path+": ") || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("got %v; want %s", err, c.want)
			}
			only(t, dir, c.file)
			only(t, filepath.Dir(dir), "in")
		})
	}
	// A damaged member of a zip shows in its checksum or in the format, as chance has it.
	dir := t.TempDir()
	write(t, filepath.Join(dir, "d.zip"), brokenZip)
	if err := Unpack(filepath.Join(dir, "d.zip"), dir, nil); err == nil {
		t.Error("a damaged zip was unpacked")
	}
	only(t, dir, ".d.zip.lock", "d.zip")
}
