package lines

import (
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// endless is a file such as /dev/zero.
type endless string

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e[i%len(e)]
	}
	return len(p) / len(e) * len(e), nil
}

func readAll(r *Reader) (all []string, err error) {
	for {
		line, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, string(line))
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	for _, c := range []struct {
		name, text string
		want       []string
		notice     string
	}{
		{"empty", "", nil, ""},
		{"ends", "a\nb\r\n\nc", []string{"a", "b", "", "c"}, ""},
		{"mark", "\ufeffa\n", []string{"a"}, ""},
		{"UTF-16, little end first", "\xff\xfea\x00\n\x00\xfc\x00", []string{"a", "ü"}, "the text is UTF-16 and is read as such"},
		{"UTF-16, big end first", "\xfe\xff\x00a\x00\r\x00\n\x00\xfc", []string{"a", "ü"}, "the text is UTF-16 and is read as such"},
		{"carriage returns", "a\rb\r", []string{"a", "b"}, "lines end with a carriage return alone, and are read as such"},
		{"one line of Windows, cut", "a\r", []string{"a"}, ""},
		{"line separator", "a\u2028b\n", []string{"a\u2028b"}, ""},
		{"long", long + "\n" + long, []string{long, long}, ""},
	} {
		r, err := New("f", strings.NewReader(c.text), nil, Most)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(r)
		if err != nil || !slices.Equal(got, c.want) || strings.Join(r.Notices(), "; ") != c.notice {
			t.Errorf("%s: %.60q, %q, %v", c.name, got, r.Notices(), err)
		}
	}
	r, err := New("f", strings.NewReader("\x93\xe9\x94"), charmap.Windows1252.NewDecoder(), Most)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(r); err != nil || !slices.Equal(got, []string{"“é”"}) {
		t.Errorf("Latin-1: %q, %v", got, err)
	}
}

func TestLinesErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		in   io.Reader
		want string
	}{
		{"zeros", endless("\x00"), "f: line 1 holds a zero byte; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"one line", endless("a"), "f: line 1 is longer than 1048576 bytes; is it a file of text, line by line?"},
		{"too much", endless("a\n"), "f: it holds more than 4 MiB of text, the most that is read; cut it into smaller files"},
		{"a long text", strings.NewReader(strings.Repeat("a", 5<<20)), "f: it holds more than 4 MiB of text, the most that is read; cut it into smaller files"},
		{"a zero", strings.NewReader("a\nb\x00\n"), "f: line 2 holds a zero byte; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"gzip", strings.NewReader("\x1f\x8b\x08\x00"), "f: it is compressed by gzip; unpack it first (gunzip)"},
		{"zip", strings.NewReader("PK\x03\x04"), "f: it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV"},
		{"both ends", strings.NewReader("a\r" + strings.Repeat("b", 1<<16) + "\n"), "f: line 2: some lines end with a carriage return and others with a line feed; write all in one way"},
		{"half a character", strings.NewReader("\xff\xfea\x00\n\x00\x00\xd8"), "f: line 2 is not UTF-16, unlike what the file begins with; save it as UTF-8"},
	} {
		r, err := New("f", c.in, nil, 4<<20)
		if err == nil {
			_, err = readAll(r)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}
