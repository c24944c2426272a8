package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// everySequence returns the sequences of all parts by their class and their numbers, in order.
func everySequence(s *Sequences) []string {
	var lines []string
	for _, part := range []SequenceList{s.Train, s.Valid, s.Test} {
		for i := range part.Len() {
			q := part.At(i)
			lines = append(lines, strings.Trim(fmt.Sprint(s.Classes[q.Label]+" ", q.Values), "[]"))
		}
	}
	slices.Sort(lines)
	return lines
}

// TestSequencesCSV reads the ways in which people write sequences with classes: always the same ones.
func TestSequencesCSV(t *testing.T) {
	want := []string{"1 [1 2 3", "1 [1.5 2 3.5", "1 [2 2 2", "1 [3 2 1", "1 [4 5", "2 [-1 0 1", "2 [0 0 0", "2 [1 -1 1", "2 [5 4 3", "2 [9"}
	ucr := make([]string, len(want))
	ends := make([]string, len(want))
	text := []string{"kind,t0,t1,t2"}
	named := []string{"t0;t1;t2;class"}
	for i, w := range want {
		class, numbers, _ := strings.Cut(w, " [")
		fields := strings.Fields(numbers)
		ucr[i] = class + ".0000e+00\t" + strings.Join(fields, "\t")
		ends[i] = strings.Join(fields, ",") + "," + map[string]string{"1": "one", "2": "two"}[class]
		text = append(text, map[string]string{"1": "a", "2": "b"}[class]+","+strings.Join(fields, ",")+strings.Repeat(",", 3-len(fields)))
		named = append(named, fmt.Sprintf("%s;%s", strings.Join(append(fields, "0", "0", "0")[:3], ";"), class))
	}
	renamed := func(lines []string, names ...string) []string {
		var all []string
		for _, l := range lines {
			all = append(all, strings.NewReplacer(names...).Replace(l))
		}
		slices.Sort(all)
		return all
	}
	for name, c := range map[string]struct {
		text    string
		opts    []Option
		want    []string
		notices []string
	}{
		"UCR":         {strings.Join(ucr, "\n"), nil, want, []string{"the first column holds the classes (label: COLUMN names another)"}},
		"at the end":  {strings.Join(ends, "\n"), nil, renamed(want, "1 [", "one [", "2 [", "two ["), []string{"the last column holds the classes (label: COLUMN names another)"}},
		"names":       {strings.Join(text, "\n"), nil, renamed(want, "1 [", "a [", "2 [", "b ["), []string{"the first column holds the classes (label: COLUMN names another)"}},
		"named":       {strings.Join(text, "\n"), []Option{Label("kind")}, renamed(want, "1 [", "a [", "2 [", "b ["), nil},
		"by a number": {strings.Join(ucr, "\n"), []Option{Label("column 1")}, want, nil},
		"semicolons":  {strings.Join(named, "\n"), []Option{Label("class")}, renamed(want, "[4 5", "[4 5 0", "[9", "[9 0 0"), nil},
	} {
		s, err := ReadSequencesCSV("f", strings.NewReader(c.text), c.opts...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := everySequence(s); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
		if !slices.Equal(s.Meta.Notices, c.notices) || s.Width != 1 || s.Train.Len() != 7 || s.Valid.Len() != 1 || s.Test.Len() != 2 {
			t.Errorf("%s: %q; %d, %d and %d sequences of width %d", name, s.Meta.Notices, s.Train.Len(), s.Valid.Len(), s.Test.Len(), s.Width)
		}
	}
}

func TestSequencesCSVRefused(t *testing.T) {
	for _, c := range []struct {
		text string
		opts []Option
		want string
	}{
		{"", nil, "f: the file is empty; give it a sequence and its class a row"},
		{"1.5,2.5\n2.5,3.7\n", nil, "f: neither the first nor the last column holds text or a few whole numbers, as classes are; name the column of the classes (label: COLUMN)"},
		{"a,1,2\nb,1,x\n", nil, `f: line 2, column 3: "x" is no finite number; want a sequence a row, and one column of classes (label: COLUMN names it)`},
		{"a,1,2\nb,,2\n", nil, `f: line 2, column 2: "" is no finite number; want a sequence a row, and one column of classes (label: COLUMN names it)`},
		{"a,1,2\na,3,2\n", nil, "f: 1 class; want at least 2: is the column of the classes another (label: COLUMN names it)?"},
		{"a,1,2\nb,3,2\n", []Option{Label("kind")}, `label "kind": the file has no row of names; count its columns, as in "column 1"`},
		{"k,x,y\na,1,2\nb,3,2\n", []Option{Label("kind")}, `f: column "kind" not found; choose from "k", "x", "y"`},
		{"a,1,2\nb,3,2\n", []Option{Label("column 9")}, "f: line 1: it has no class in column 9"},
		{"a,1,2\nb,3,1e60\n", nil, `f: line 2, column 3: "1e60" is no finite number; want a sequence a row, and one column of classes (label: COLUMN names it)`},
		{"a,1,2\nb,3,2\n", nil, "f: 2 examples are too few for training, validation and test; use 10 or more"},
	} {
		if _, err := ReadSequencesCSV("f", strings.NewReader(c.text), c.opts...); err == nil || err.Error() != c.want {
			t.Errorf("%q: error %v; want %s", c.text, err, c.want)
		}
	}
	if _, err := ReadSequencesCSV("f", nil); err == nil {
		t.Error("a nil reader is read")
	}
}

// TestHolds opens one file as what it is said to hold, and again by what its Info says.
func TestHolds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.csv")
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, "%d,%d.5,%d\n", i%2+1, i, i*i)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open("csv:"+file, Holds(KindSequences))
	if err != nil {
		t.Fatal(err)
	}
	info := d.Info()
	again, err := Open(info.Spec, Use(info.Settings))
	if err != nil || !reflect.DeepEqual(again.Info(), info) || info.Kind != KindSequences {
		t.Errorf("%+v, %v; want %+v", again, err, info)
	}
	direct, err := SequencesCSV(file)
	if err != nil || !reflect.DeepEqual(everySequence(direct), everySequence(d.(*Sequences))) || !reflect.DeepEqual(direct.Info(), info) {
		t.Errorf("%+v, %v; want %+v", direct.Info(), err, info)
	}
	if described, err := Describe("csv:"+file, Holds(KindSequences)); err != nil || described.Kind != KindSequences || described.Task != "recognise" {
		t.Errorf("%+v, %v", described, err)
	}
	if series, err := Open("csv:" + file); err != nil || series.Info().Kind != KindSeries {
		t.Errorf("%v; want a series where nothing is said", err)
	}
	for _, kind := range []string{KindCorpus, "riddles"} {
		_, err := Open("csv:"+file, Holds(kind))
		var usage *option.UsageError
		if !errors.As(err, &usage) || err.Error() != `holds "`+kind+`": csv:FILE holds pairs or sequences or series or texts` {
			t.Errorf("%s: error %v", kind, err)
		}
		if _, other := Describe("csv:"+file, Holds(kind)); other == nil || other.Error() != err.Error() {
			t.Errorf("%s: described with the error %v; want %v", kind, other, err)
		}
	}
}
