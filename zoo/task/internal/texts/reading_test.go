package texts

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// A question that was not told to read files takes every input for a text: those of a server are other people's.
func TestInputsOfOthersAreTexts(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("text\nsecret\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	read := func(r *Reading, inputs ...string) (got []string, err error) {
		err = r.Each(inputs, strings.NewReader("one\ntwo\n"), 2, func(all []Input) error {
			for _, in := range all {
				got = append(got, in.Text)
			}
			return nil
		})
		return got, err
	}
	r := &Reading{Column: "text"}
	inputs := []string{secret, "csv:" + secret, "none.csv", "-"}
	if got, err := read(r, inputs...); err != nil || fmt.Sprint(got) != fmt.Sprint(append(inputs[:3:3], "one", "two")) {
		t.Errorf("%q, %v", got, err)
	}
	var notices []string
	r.ReadFiles(func(n string) { notices = append(notices, n) })
	if got, err := read(r, secret, "x", "csv:"+secret, "csv: it said"); err != nil || fmt.Sprint(got) != "[secret x secret csv: it said]" || notices != nil {
		t.Errorf("%q, %v, %q", got, err, notices)
	}
	if _, err := read(r, secret, "none.csv"); err == nil || !strings.HasPrefix(err.Error(), "none.csv: no such file") {
		t.Errorf("error %v", err)
	}
}

// Files are read as those of the training were.
func TestReadingIsThatOfTheTraining(t *testing.T) {
	var notices, got []string
	r := &Reading{Column: "text", Lack: "no label", Training: datasets.Settings{Text: "a,b", Label: "c", Encoding: "latin1", Quote: "none"}}
	r.ReadFiles(func(n string) { notices = append(notices, n) })
	err := r.Each([]string{"-"}, strings.NewReader("a,n,b\n\"x,1,\xe9\n,2,\n"), 10, func(all []Input) error {
		for _, in := range all {
			got = append(got, fmt.Sprintf("%q of %q: %q", in.Text, in.Columns, in.Fields))
		}
		return nil
	})
	want := `["\"x é" of ["a" "n" "b"]: ["\"x" "1" "é"] "" of ["a" "n" "b"]: ["" "2" ""]]`
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v; want %s", got, err, want)
	}
	if all := strings.Join(notices, "\n"); len(notices) != 3 || !strings.Contains(all, "read as latin1, as in training") ||
		!strings.Contains(all, `line 1 names "a", "b"`) || !strings.Contains(all, "1 text is empty and has no label, the first on line 3") {
		t.Errorf("the notices are\n%s", all)
	}
}

// The first line is looked at when it is there, and not when more has come.
func TestFirstLineDoesNotWait(t *testing.T) {
	in, out := io.Pipe()
	go out.Write([]byte("a line\n"))
	r := bufio.NewReaderSize(in, 1<<16)
	if got := firstLine(r); got != "a line" {
		t.Errorf("got %q", got)
	}
	if line, err := r.ReadString('\n'); line != "a line\n" || err != nil {
		t.Errorf("then %q, %v", line, err)
	}
	out.Close()
	if got := firstLine(r); got != "" {
		t.Errorf("of nothing %q", got)
	}
	long := strings.Repeat("x", 100)
	if got := firstLine(bufio.NewReaderSize(strings.NewReader(long), 16)); got != long[:16] {
		t.Errorf("of a long line %q", got)
	}
}
