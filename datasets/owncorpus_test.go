package datasets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"
)

// ownFile writes a file and returns its path.
func ownFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// verses are n lines of 20 bytes.
func verses(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "the verse of no %03d\n", i)
	}
	return b.String()
}

// utf16Text writes a text in UTF-16.
func utf16Text(text string, big bool) string {
	b := []byte("\xff\xfe")
	if big {
		b = []byte("\xfe\xff")
	}
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestOwnCorpus(t *testing.T) {
	lines := verses(100)
	long := strings.Repeat("aé𝄞b", 500) // 2,000 characters of 1, 2, 4 and 1 bytes
	const utf16Notice, within = "the text is UTF-16 and is read as such", "no line ends where the parts should: the text is cut between two characters of a line"
	for _, c := range []struct {
		name, text string
		opts       []Option
		want       string // the whole text
		cuts       [2]int // of its bytes
		size       string
		notices    []string
	}{
		{"lines", lines, nil, lines, [2]int{1800, 1900}, "2000 characters", nil},
		{"ten lines", verses(10), nil, verses(10), [2]int{160, 180}, "200 characters", nil},
		{"no end", lines[:1999], nil, lines[:1999], [2]int{1780, 1880}, "1999 characters", nil},
		{"Windows", strings.ReplaceAll(lines, "\n", "\r\n"), nil, lines, [2]int{1800, 1900}, "2000 characters", nil},
		{"mark", "\ufeff" + lines, nil, lines, [2]int{1800, 1900}, "2000 characters", nil},
		{"mark of another coding", "\ufeff" + lines, []Option{Encoding("latin1")}, lines, [2]int{1800, 1900}, "2000 characters", nil},
		{"carriage returns", strings.ReplaceAll(lines, "\n", "\r"), nil, lines, [2]int{1800, 1900}, "2000 characters",
			[]string{"lines end with a carriage return alone, and are read as such"}},
		{"some carriage returns", "a\rb\r\r\n" + lines, nil, "a\rb\r\n" + lines, [2]int{1785, 1885}, "2005 characters",
			[]string{"2 carriage returns at the end of no line kept as they are"}},
		{"UTF-16", utf16Text(strings.ReplaceAll(lines, "\n", "\r\n"), false), nil, lines, [2]int{1800, 1900}, "2000 characters", []string{utf16Notice}},
		{"UTF-16, big end first", utf16Text(lines, true), nil, lines, [2]int{1800, 1900}, "2000 characters", []string{utf16Notice}},
		{"UTF-16 of carriage returns", utf16Text(strings.ReplaceAll(lines, "\n", "\r"), true), nil, lines, [2]int{1800, 1900}, "2000 characters",
			[]string{utf16Notice, "lines end with a carriage return alone, and are read as such"}},
		{"UTF-16 that looks like line feeds", utf16Text(strings.Repeat("\u0a0a\u0a00", 100), false), nil, strings.Repeat("\u0a0a\u0a00", 100), [2]int{540, 570}, "200 characters", []string{utf16Notice, within}},
		{"Latin-1", strings.Repeat("na\xefve\x93\x80\r\n", 100), []Option{Encoding("latin1")}, strings.Repeat("naïve“€\n", 100), [2]int{90 * 13, 95 * 13}, "800 characters", nil},
		{"one line", long, nil, long, [2]int{3600, 3800}, "2000 characters", []string{within}},
		{"one line with its end", long + "\n", nil, long + "\n", [2]int{3600, 3800}, "2001 characters", []string{within}},
		{"one line of UTF-16", utf16Text(long, true), nil, long, [2]int{3600, 3800}, "2000 characters", []string{utf16Notice, within}},
		{"one line, between bytes", "é" + strings.Repeat("€", 100), nil, "é" + strings.Repeat("€", 100), [2]int{272, 287}, "101 characters", []string{within}},
		{"one line of UTF-16, between units", utf16Text("a"+strings.Repeat("𝄞", 100), false), nil, "a" + strings.Repeat("𝄞", 100), [2]int{1 + 4*90, 1 + 4*95}, "101 characters", []string{utf16Notice, within}},
		{"the longest line last", "a\n" + long, nil, "a\n" + long, [2]int{3601, 3801}, "2002 characters", []string{within}},
		{"ends of lines only", strings.Repeat("\r\n", 20), nil, strings.Repeat("\n", 20), [2]int{18, 19}, "20 characters", nil},
		{"twenty characters", "abcdefghijklmnopqrst", nil, "abcdefghijklmnopqrst", [2]int{18, 19}, "20 characters", []string{within}},
	} {
		path := ownFile(t, c.text)
		d, err := Open("text:"+path, c.opts...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		info := d.Info()
		if got, want := textsOf(t, d), [3]string{c.want[:c.cuts[0]], c.want[c.cuts[0]:c.cuts[1]], c.want[c.cuts[1]:]}; got != want {
			t.Errorf("%s: parts of %d, %d and %d bytes, the first ending with %q; want %d, %d and %d", c.name, len(got[0]), len(got[1]), len(got[2]), got[0][max(0, len(got[0])-10):], len(want[0]), len(want[1]), len(want[2]))
		}
		if info.Size != c.size || !slices.Equal(info.Notices, c.notices) || info.Spec != "text:"+path || info.Where != "file" {
			t.Errorf("%s: %+v; want the size %s and the notices %q", c.name, info, c.size, c.notices)
		}
		if sum := d.(*Corpus).Train.Size() + d.(*Corpus).Valid.Size() + d.(*Corpus).Test.Size(); sum > int64(len(c.text)) || sum < int64(len(c.text)-3) {
			t.Errorf("%s: parts of %d bytes together, of %d", c.name, sum, len(c.text))
		}
	}
}

// Characters, ends of lines and marks are found wherever a block of what is read ends.
func TestOwnCorpusAtEdgesOfBlocks(t *testing.T) {
	for _, edge := range []int{64 << 10, 256 << 10} {
		for shift := range 4 {
			for _, mid := range []string{"\r\n", "𝄞", "é\r\r\n"} {
				plain := strings.Repeat("a", edge-shift) + mid + strings.Repeat("line\r\n", 1000)
				want := strings.ReplaceAll(plain, "\r\n", "\n")
				for _, text := range []string{plain, utf16Text(plain, false)} {
					d, err := Open("text:" + ownFile(t, text))
					if err != nil {
						t.Fatal(err)
					}
					if got := textsOf(t, d); got[0]+got[1]+got[2] != want {
						t.Errorf("%q %d bytes before %d: not what is in the file", mid, shift, edge)
					}
					if want := fmt.Sprintf("%d characters", len([]rune(want))); d.Info().Size != want {
						t.Errorf("%q %d bytes before %d: %s, want %s", mid, shift, edge, d.Info().Size, want)
					}
				}
				bad := strings.Repeat("a", edge-shift) + "\n\xf0\x9d\x84" + strings.Repeat("line\r\n", 1000)
				path := ownFile(t, bad)
				if _, err := Open("text:" + path); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("line 2 is not UTF-8: byte 0xf0 at offset %d of", edge-shift+1)) {
					t.Errorf("%d bytes before %d: %v", shift, edge, err)
				}
			}
		}
	}
}

func TestOwnCorpusErrors(t *testing.T) {
	words := strings.Repeat("words of it\n", 50)
	for _, c := range []struct {
		name, text string
		opts       []Option
		want       string // behind the path
	}{
		{"empty", "", nil, ": it is empty; give it a text"},
		{"empty, of lines", "", []Option{Lines()}, ": it is empty; give it a text"},
		{"a mark", "\ufeff", nil, ": it is empty; give it a text"},
		{"a mark of UTF-16", "\xff\xfe", nil, ": it is empty; give it a text"},
		{"short", "too short", nil, ": it holds 9 characters, too little for training, validation and test; give it 20 characters or more"},
		{"one character", "é", nil, ": it holds 1 character, too little for training, validation and test; give it 20 characters or more"},
		{"few lines", "a\n\nb\na\n a\n\n", []Option{Lines()}, ": it holds 2 different lines, too little for training, validation and test; give it 3 different lines or more"},
		{"no lines", "\n \n", []Option{Lines()}, ": it holds 0 different lines, too little for training, validation and test; give it 3 different lines or more"},
		{"Latin-1", words + "na\xefve\n", nil, ": line 51 is not UTF-8: byte 0xef at offset 602 of the file; if it is in Latin-1, say so (encoding: latin1)"},
		{"Latin-1 of Windows behind a mark", "\ufeffa\r\nna\xefve\r\n", nil, ": line 2 is not UTF-8: byte 0xef at offset 8 of the file; if it is in Latin-1, say so (encoding: latin1)"},
		{"Latin-1 of carriage returns", "a\rb\rna\xefve\r", nil, ": line 3 is not UTF-8: byte 0xef at offset 6 of the file; if it is in Latin-1, say so (encoding: latin1)"},
		{"a character cut off", words + "€"[:2], nil, ": line 51 is not UTF-8: byte 0xe2 at offset 600 of the file; if it is in Latin-1, say so (encoding: latin1)"},
		{"a surrogate", words + "\xed\xa0\x80", []Option{Lines()}, ": line 51 is not UTF-8: byte 0xed at offset 600 of the file; if it is in Latin-1, say so (encoding: latin1)"},
		{"zero", words + "a\x00\n", nil, ": line 51 holds a zero byte, at offset 601 of the file; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"zero before what is not UTF-8", "a\n\x00\n\xff\n", nil, ": line 2 holds a zero byte, at offset 2 of the file; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"zero in Latin-1", "a\r\n\x00\n", []Option{Encoding("latin1")}, ": line 2 holds a zero byte, at offset 3 of the file; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"no Latin-1", words + "\x93a\x9d\n", []Option{Encoding("latin1")}, ": line 51 is not Latin-1: byte 0x9d at offset 602 of the file; save it as UTF-8"},
		{"zero in UTF-16", utf16Text("a\r\n\x00", false), nil, ": line 2 holds a zero byte, at offset 8 of the file; is it a file of text? UTF-16 without a byte order mark is to be saved as UTF-8"},
		{"half a character of UTF-16", utf16Text("a\n", true) + "\xd8\x00", nil, ": line 2 is not UTF-16, unlike what the file begins with: half a character at offset 6 of the file; save it as UTF-8"},
		{"the other half", utf16Text("a\n", true) + "\xdc\x00\x00a", nil, ": line 2 is not UTF-16, unlike what the file begins with: half a character at offset 6 of the file; save it as UTF-8"},
		{"half a unit", utf16Text("ab\n", false) + "a", nil, ": line 2 is not UTF-16, unlike what the file begins with: half a character at offset 8 of the file; save it as UTF-8"},
		{"gzip", "\x1f\x8b\b", nil, ": it is compressed by gzip; unpack it first (gunzip)"},
		{"zip", "PK\x03\x04", []Option{Encoding("latin1")}, ": it is a zip archive, as spreadsheets are, too; unpack it, or save the table as CSV"},
		{"a long line", words + strings.Repeat("a", 1<<20+1), []Option{Lines()}, ": line 51 is longer than 1048576 bytes; is each line a text of its own? Without that setting the file is one (lines: false)"},
	} {
		path := ownFile(t, c.text)
		if d, err := Open("text:"+path, c.opts...); d != nil || err == nil || err.Error() != path+c.want {
			t.Errorf("%s:\n got %v, %v\nwant %s", c.name, d, err, path+c.want)
		}
	}
	dir := t.TempDir()
	if _, err := Open("text:" + dir); err == nil || err.Error() != dir+": it is a folder; name a file of text in it" {
		t.Errorf("a folder: %v", err)
	}
	none := filepath.Join(dir, "none.txt")
	if _, err := Open("text:" + none); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), fmt.Sprintf("cannot open %q; check the path: ", none)) {
		t.Errorf("no file: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := OpenContext(ctx, "text:"+ownFile(t, words)); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	// The longest line that is one.
	if _, err := Open("text:"+ownFile(t, words+strings.Repeat("a", 1<<20)+"\na\nb"), Lines()); err != nil {
		t.Error(err)
	}
}

// A file that is written after it was opened is not read as if it were the same.
func TestOwnCorpusChanged(t *testing.T) {
	for _, opts := range [][]Option{nil, {Lines()}} {
		for name, change := range map[string]func(path string) error{
			"longer":  func(path string) error { return os.WriteFile(path, []byte(verses(101)), 0o600) },
			"shorter": func(path string) error { return os.Truncate(path, 100) },
			"touched": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
			"gone":    os.Remove,
		} {
			path := ownFile(t, verses(100))
			d, err := Open("text:"+path, opts...)
			if err != nil {
				t.Fatal(err)
			}
			before, err := d.(*Corpus).Train.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			want := path + ": the file has changed since it was opened; open it anew"
			_, err = d.(*Corpus).Test.Open()
			if name == "gone" {
				if !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s: %v", name, err)
				}
				before.Close()
				continue
			}
			if err == nil || err.Error() != want {
				t.Errorf("%s: %v; want %s", name, err, want)
			}
			if _, err := io.ReadAll(before); err == nil || err.Error() != want {
				t.Errorf("%s while it is read: %v; want %s", name, err, want)
			}
			before.Close()
		}
	}
}

func TestOwnCorpusLines(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "Line %d of it\r\n", i%1000)
		if i%500 == 7 {
			b.WriteString(" \r\n")
		}
	}
	path := ownFile(t, b.String()+"the last")
	open := func(opts ...Option) ([3]string, Info) {
		d, err := Open("text:"+path, append(opts, Lines())...)
		if err != nil {
			t.Fatal(err)
		}
		c := d.(*Corpus)
		texts := textsOf(t, d)
		for i, p := range []Passage{c.Train, c.Valid, c.Test} {
			if p.Size() != int64(len(texts[i])) {
				t.Errorf("part %d has the size %d, of %d bytes", i, p.Size(), len(texts[i]))
			}
		}
		if !c.Lines {
			t.Error("its lines are no texts")
		}
		return texts, d.Info()
	}
	texts, info := open()
	if want := []string{"6 empty lines left out, the first is line 9"}; info.Size != "3001 lines" || !slices.Equal(info.Notices, want) || !info.Settings.Lines {
		t.Errorf("it is %+v, want the notices %q", info, want)
	}
	places, n := map[string]int{}, 0
	for part, text := range texts {
		var order []string
		for line := range strings.Lines(text) {
			if before, ok := places[line]; ok && before != part {
				t.Errorf("%q is in the parts %d and %d", line, before, part)
			}
			places[line] = part
			n++
			order = append(order, line)
		}
		if strings.ContainsAny(text, "\r") || !strings.HasSuffix(text, "\n") {
			t.Errorf("part %d is %.40q", part, text)
		}
		// They are in the order of the file, in each of its three rounds.
		if i, j := slices.Index(order, order[0]), len(order)/3; order[i] != order[j] && !strings.Contains(strings.Join(order, ""), "the last\n") {
			t.Errorf("part %d begins its second round with %q, its first with %q", part, order[j], order[i])
		}
	}
	if n != 3001 || len(places) != 1001 {
		t.Errorf("%d lines, %d different", n, len(places))
	}
	var sizes [3]int
	for _, part := range places {
		sizes[part]++
	}
	if want := [3]int{901, 50, 50}; sizes != want {
		t.Errorf("%v different lines in the parts, want %v", sizes, want)
	}
	if again, _ := open(SplitSeed(0)); again != texts {
		t.Error("the same seed makes other parts")
	}
	if other, _ := open(SplitSeed(1)); other == texts {
		t.Error("another seed makes the same parts")
	}
	for n := 3; n < 60; n++ { // no part is empty
		path = ownFile(t, verses(n))
		if few, _ := open(); len(few[1]) != 20*max(1, (n+10)/20) || len(few[2]) != len(few[1]) {
			t.Errorf("%d lines: parts of %d, %d and %d bytes", n, len(few[0]), len(few[1]), len(few[2]))
		}
	}
}

// Of many lines the hash of each chooses its part, evenly: within five standard errors of its share. Lines that are alike
// but for white space around them stand together.
func TestOwnCorpusManyLines(t *testing.T) {
	const n = 20000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\n\t%d \n", i, i)
	}
	path := ownFile(t, b.String())
	for seed := range uint64(2) {
		d, err := Open("text:"+path, Lines(), SplitSeed(seed))
		if err != nil {
			t.Fatal(err)
		}
		if info := d.Info(); info.Size != fmt.Sprintf("%d lines", 2*n) || info.Notices != nil {
			t.Errorf("it is %+v", info)
		}
		all := 0
		for part, text := range textsOf(t, d) {
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			for i := 0; i < len(lines); i += 2 {
				if lines[i+1] != "\t"+lines[i]+" " {
					t.Fatalf("part %d has %q, then %q", part, lines[i], lines[i+1])
				}
			}
			share := [3]float64{0.9, 0.05, 0.05}[part]
			if got, sigma := float64(len(lines)/2), math.Sqrt(n*share*(1-share)); math.Abs(got-n*share) > 5*sigma {
				t.Errorf("seed %d: part %d has %v of %d lines", seed, part, got, n)
			}
			all += len(lines)
		}
		if all != 2*n {
			t.Errorf("%d lines", all)
		}
	}
}

// A passage serves any number of goroutines, each with a reader of its own.
func TestOwnCorpusTogether(t *testing.T) {
	path := ownFile(t, verses(20000))
	for _, opts := range [][]Option{nil, {Lines()}} {
		d, err := Open("text:"+path, opts...)
		if err != nil {
			t.Fatal(err)
		}
		want := textsOf(t, d)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for i, p := range []Passage{d.(*Corpus).Train, d.(*Corpus).Valid, d.(*Corpus).Test} {
					r, err := p.Open()
					if err != nil {
						t.Error(err)
						return
					}
					if got, err := io.ReadAll(iotest.HalfReader(r)); err != nil || string(got) != want[i] {
						t.Errorf("part %d: %d bytes, %v", i, len(got), err)
					}
					r.Close()
				}
			})
		}
		all.Wait()
	}
}

// Memory does not grow with the file: ZOO_LARGE=1 makes it one of 1 GiB.
func TestOwnCorpusMemory(t *testing.T) {
	size := 8 << 20
	if os.Getenv("ZOO_LARGE") != "" {
		size = 1 << 30
	}
	path := filepath.Join(t.TempDir(), "large.txt")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := []byte(strings.Repeat("All the world's a stage, and all the men and women merely players — öfter.\r\n", 1<<14))
	lines := 0
	for n := 0; n < size; n += len(block) {
		copy(block, fmt.Sprint(n)) // or all lines were one
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
		lines += 1 << 14
	}
	f.Close()
	for _, opts := range [][]Option{nil, {Lines()}} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		d, err := Open("text:"+path, opts...)
		if err != nil {
			t.Fatal(err)
		}
		opened := time.Since(start)
		r, err := d.(*Corpus).Train.Open()
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		runtime.ReadMemStats(&after)
		all := after.TotalAlloc - before.TotalAlloc
		t.Logf("%d MiB, %d lines, settings %+v: opened in %v, %d MiB read again in %v, %d KiB allocated in all", size>>20, lines, d.Info().Settings, opened, n>>20, time.Since(start)-opened, all>>10)
		if all > 4<<20 {
			t.Errorf("%d MiB were allocated for a file of %d MiB", all>>20, size>>20)
		}
		if n < int64(size)/2 && !d.(*Corpus).Lines {
			t.Errorf("%d bytes train", n)
		}
	}
}

// What is said of a path without a prefix follows from the file, if it is there.
func TestGuessText(t *testing.T) {
	for text, want := range map[string]string{
		"Once upon a time,\nthere was a king, who had, say, 3 daughters.\n": "text",
		"One, two\nthree, four\nfive, six\n":                                "text",
		"a,b\n1,x\n2,y\n":                                                   "csv",
		"a;b\n1,5;x\n2,5;y\n":                                               "csv",
		"Go.\tVa !\nRun.\tCours !\n":                                        "csv",
		"one line":                                                          "text",
		"":                                                                  "text",
	} {
		path := ownFile(t, text)
		_, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("did you mean %q?", want+":"+path)) {
			t.Errorf("%q: %v; want %s", text, err, want)
		}
	}
}

// FuzzOwnCorpus checks that every file is an error of one line, or three parts that are together what the file holds.
func FuzzOwnCorpus(f *testing.F) {
	for _, text := range []string{"", verses(30), "\ufeff" + strings.ReplaceAll(verses(9), "\n", "\r\n"), strings.Repeat("é\r", 30), strings.Repeat("\r\n", 30), utf16Text("a\r\n\r𝄞"+verses(3), true), utf16Text(verses(20), false), "\xff\xfea", strings.Repeat("€", 30)} {
		for _, lines := range []bool{false, true} {
			f.Add([]byte(text), lines, false)
			f.Add([]byte(text), lines, true)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, lines, latin1 bool) {
		path := ownFile(t, string(file))
		o := options{Settings: Settings{Lines: lines}}
		if latin1 {
			o.Encoding = "latin1"
		}
		c, err := openOwnCorpus(path, o)
		if err != nil {
			if !strings.HasPrefix(err.Error(), path+": ") || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("error %q", err)
			}
			return
		}
		want := naiveText(file, latin1)
		got := textsOf(t, c)
		if got[0] == "" || got[1] == "" || got[2] == "" {
			t.Fatalf("an empty part of %q", got)
		}
		if !lines {
			if got[0]+got[1]+got[2] != want {
				t.Fatalf("%q, want %q", got, want)
			}
			return
		}
		var all, wanted []string
		for line := range strings.SplitSeq(want, "\n") {
			if strings.TrimSpace(line) != "" {
				wanted = append(wanted, line)
			}
		}
		for _, text := range got {
			all = append(all, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
		}
		slices.Sort(all)
		slices.Sort(wanted)
		if !reflect.DeepEqual(all, wanted) {
			t.Fatalf("lines %q, want %q", all, wanted)
		}
	})
}

// naiveText is what a file holds, in the plainest way.
func naiveText(file []byte, latin1 bool) string {
	text := string(file)
	unit := func(i int) uint16 { return uint16(text[i]) | uint16(text[i+1])<<8 }
	switch {
	case strings.HasPrefix(text, "\xfe\xff"):
		unit = func(i int) uint16 { return uint16(text[i])<<8 | uint16(text[i+1]) }
		fallthrough
	case strings.HasPrefix(text, "\xff\xfe"):
		var units []uint16
		for i := 2; i < len(text); i += 2 {
			units = append(units, unit(i))
		}
		text = string(utf16.Decode(units))
	case strings.HasPrefix(text, "\ufeff"):
		text = text[3:]
	case latin1:
		decode, _ := decoder("latin1")
		text, _ = decode.String(text)
	}
	if !strings.Contains(text, "\n") {
		return strings.ReplaceAll(text, "\r", "\n")
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// TestOwnCorpusHoldsOutLittle has a long text validate and test on some megabytes of it, whether it runs on or is lines.
func TestOwnCorpusHoldsOutLittle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.txt")
	var b strings.Builder
	for i := 0; b.Len() < 60<<20; i++ {
		fmt.Fprintf(&b, "line %d of many\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, opts := range [][]Option{nil, {Lines()}} {
		d, err := Open("text:"+path, opts...)
		if err != nil {
			t.Fatal(err)
		}
		c := d.(*Corpus)
		for name, p := range map[string]Passage{"valid": c.Valid, "test": c.Test} {
			if p.Size() > mostHeldOut*11/10 || p.Size() < mostHeldOut*9/10 {
				t.Errorf("lines %v: the %s part has %d bytes; want about %d", c.Lines, name, p.Size(), mostHeldOut)
			}
		}
		if len(c.Meta.Notices) > 0 || c.Train.Size()+c.Valid.Size()+c.Test.Size() != int64(b.Len()) {
			t.Errorf("lines %v: %q, %d bytes to train", c.Lines, c.Meta.Notices, c.Train.Size())
		}
	}
}
