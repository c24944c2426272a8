package datasets

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets/download"
)

// TestECG5000 compares what is read with what Python reads of the files: sizes, classes, and sums of the first and last beats.
func TestECG5000(t *testing.T) {
	corpus(t, ecgSource())
	for _, c := range []struct {
		name  string
		sizes [3][2]int // normal and not
	}{
		{"ecg5000", [3][2]int{{234, 166}, {58, 42}, {2627, 1873}}},
		{"ecg5000-pooled", [3][2]int{{2481, 0}, {293, 293}, {145, 145}}},
	} {
		d, err := Open(c.name)
		if err != nil {
			t.Fatal(err)
		}
		s := d.(*Sequences)
		seen := make(map[float32]int)
		for i, part := range []SequenceList{s.Train, s.Valid, s.Test} {
			var sizes [2]int
			for _, q := range all(t, s, part) {
				sizes[q.Label]++
				seen[q.Values[7]]++
				if len(q.Values) != 140 {
					t.Fatalf("%s: a beat of %d", c.name, len(q.Values))
				}
			}
			if sizes != c.sizes[i] {
				t.Errorf("%s: part %d has %v; want %v", c.name, i, sizes, c.sizes[i])
			}
		}
		other, err := Open(c.name, SplitSeed(1))
		if err != nil {
			t.Fatal(err)
		}
		if o := other.(*Sequences); o.Valid.At(0).Values[0] == s.Valid.At(0).Values[0] && o.Valid.At(1).Values[0] == s.Valid.At(1).Values[0] {
			t.Errorf("%s: another seed divides it in the same way", c.name)
		}
	}
	s, err := Open("ecg5000")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for k, v := range s.(*Sequences).Test.At(4499).Values {
		sum += float64(k) * float64(v)
	}
	if math.Abs(sum-4466.0290) > 1e-3 {
		t.Errorf("the numbers of the last beat, each times its place, add up to %v; want %v", sum, 4466.0290)
	}
}

// TestECG5000Fetched fetches an archive that is none, one of too few beats, and one with as many as there should be.
func TestECG5000Fetched(t *testing.T) {
	cache := emptyCache(t)
	beats := func(n, normal int) string {
		var b strings.Builder
		for i := range n {
			class := "1.0000000e+00"
			if i >= normal {
				class = fmt.Sprint(2 + i%4)
			}
			b.WriteString("  " + class + strings.Repeat(" 1.5", ecgSteps-1) + fmt.Sprint(" ", i) + "\n")
		}
		return b.String()
	}
	answer := []byte("gone")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(answer) }))
	defer server.Close()
	s := ecgSource()
	s.files = []download.File{{URL: server.URL + "/" + ecgArchive}}
	for want, files := range map[string]map[string]string{
		"it is no zip archive":             nil,
		"there is no ECG5000_TRAIN.txt":    {"README.md": "moved"},
		"it has 7 beats, 7 of them normal": {"ECG5000_TRAIN.txt": beats(7, 7)},
	} {
		if answer = []byte("gone"); files != nil {
			answer = zipped(t, files)
		}
		if _, err := (options{}).locate("ecg5000", s); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "and is deleted") {
			t.Errorf("error %v; want … %s …", err, want)
		}
	}
	answer = zipped(t, map[string]string{"ECG5000_TRAIN.txt": beats(500, 292), "ECG5000_TEST.txt": beats(4500, 2627), "ECG5000_TEST.ts": "@problemName ECG5000"})
	dir, err := (options{}).locate("ecg5000", s)
	if err != nil || dir != filepath.Join(cache, ecgFolder) {
		t.Fatalf("%s, %v", dir, err)
	}
	if train, test, err := readECG(dir); err != nil || len(train) != 500 || len(test) != 4500 {
		t.Errorf("%d and %d beats, %v", len(train), len(test), err)
	}
}

// TestBeatsRefused reads what is no file of beats.
func TestBeatsRefused(t *testing.T) {
	row := strings.Repeat(" 1.5", ecgSteps)
	for text, want := range map[string]string{
		"1 2 3":                 "f: line 1: it has 3 numbers; want a class and 140; delete it and fetch it again",
		"1" + row + "\n7" + row: `f: line 2: "7" is no class; delete it and fetch it again`,
		"1.5" + row:             `f: line 1: "1.5" is no class; delete it and fetch it again`,
		"1" + row[4:] + " x":    `f: line 1: "x" is no finite number; delete it and fetch it again`,
		"1" + row[4:] + " NaN":  `f: line 1: "NaN" is no finite number; delete it and fetch it again`,
	} {
		if _, err := readBeats("f", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%.20q: error %v; want %s", text, err, want)
		}
	}
	all, err := readBeats("f", strings.NewReader("\n 1.0e0"+row+"\n 0"+row+"\n5.0"+row+"\n"))
	if err != nil || len(all) != 3 || all[0].Label != 0 || all[1].Label != 1 || all[2].Label != 1 || all[2].Values[139] != 1.5 {
		t.Errorf("%d beats, %v", len(all), err)
	}
}
