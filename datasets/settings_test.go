package datasets

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

func TestSettingsAreOptions(t *testing.T) {
	settings := Settings{Columns: []string{"a", "b"}, Fill: "mean", Period: 12, Text: "review", Label: "stars", Encoding: "latin1", Quote: "none", SkipEmpty: true, FoldLabels: true, SentencesOnly: true, Lines: true, Length: 9}
	one, err := gather([]Option{Use(settings)})
	if err != nil {
		t.Fatal(err)
	}
	each, err := gather([]Option{Columns("a", "b"), Fill("mean"), Period(12), Text("review"), Label("stars"), Encoding("latin1"), Quote("none"), SkipEmpty(), FoldLabels(), SentencesOnly(), Lines(), Length(9)})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, each) {
		t.Errorf("settings are %+v, one by one %+v", one, each)
	}
	settings.Columns[0] = "changed"
	if one, err = gather([]Option{Use(settings), Period(7), SplitSeed(3), Use(Settings{Fill: "zero"}), Columns("c")}); err != nil {
		t.Fatal(err)
	}
	if want := (options{Settings: Settings{Fill: "zero", Columns: []string{"c"}}, split: 3}); !reflect.DeepEqual(one, want) {
		t.Errorf("got %+v, want %+v", one, want)
	}
	if each.Columns[0] != "a" {
		t.Error("an option shares its columns with whoever made it")
	}
}

// A request that makes no sense is told from a fault of the data.
func TestUsageErrors(t *testing.T) {
	for _, c := range []struct {
		setting, want string
		opts          []Option
	}{
		{"columns", `columns "b": chosen twice; name it once`, []Option{Columns("b", "a", "b")}},
		{"text", `text "label": it is the column of labels, too; name another`, []Option{Text("label")}},
		{"text", `text "text": it is the column of labels, too; name another`, []Option{Label("text")}},
	} {
		_, err := ReadLabelledCSV("f.csv", strings.NewReader("text,label\na,b\n"), c.opts...)
		var usage *option.UsageError
		if !errors.As(err, &usage) || usage.Setting != c.setting || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	for _, spec := range []string{"airline", "csv:none.csv"} {
		_, err := Open(spec, Columns("passengers", "passengers"))
		var usage *option.UsageError
		if !errors.As(err, &usage) || usage.Setting != "columns" {
			t.Errorf("Open(%q): %v; want a UsageError", spec, err)
		}
	}
}

func TestUseKeepsItsColumns(t *testing.T) {
	settings := Settings{Columns: []string{"passengers"}}
	option := Use(settings)
	d, err := Open("airline", option)
	if err != nil {
		t.Fatal(err)
	}
	d.(*Series).Variables[0] = "changed"
	if _, err := Open("airline", option); err != nil || settings.Columns[0] != "passengers" {
		t.Errorf("a series that was opened shares its names with the settings: %v", err)
	}
}

// Every setting can be set by its name, and is written and read under it.
func TestSettingsDeclared(t *testing.T) {
	var settings Settings
	s := new(option.Set)
	settings.Declare(s)
	values := map[string]string{
		"columns": "a,b", "fill": "previous", "period": "24", "text": "t", "label": "l", "source": "s", "target": "u",
		"known": "k,l", "past": "p", "static": "q", "ignore": "i", "id": "d", "time": "e,f", "decimal": ",", "thousands": "space", "missing": "x,-9", "holds": "sequences",
		"encoding": "latin1", "quote": "csv", "skip-empty": "true", "fold-labels": "true", "sentences-only": "true", "lines": "true", "length": "9",
	}
	for name, value := range values {
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(); err != nil || len(values) != len(s.Fields()) || len(values) != reflect.TypeFor[Settings]().NumField() {
		t.Errorf("%v; %d values of %d settings", err, len(values), len(s.Fields()))
	}
	if want := (Settings{[]string{"a", "b"}, "previous", 24, "t", "l", "s", "u", []string{"k", "l"}, []string{"p"}, []string{"q"}, []string{"i"}, []string{"d"}, []string{"e", "f"},
		",", "space", []string{"x", "-9"}, "sequences", "latin1", "csv", true, true, true, true, 9}); !reflect.DeepEqual(settings, want) {
		t.Errorf("got %+v, want %+v", settings, want)
	}
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	for name := range values {
		if !strings.Contains(string(data), `"`+strings.ReplaceAll(name, "-", "_")+`":`) {
			t.Errorf("%s is not written: %s", name, data)
		}
	}
	if data, err := json.Marshal(Settings{}); err != nil || string(data) != "{}" {
		t.Errorf("no settings are written %s, %v", data, err)
	}
	for _, f := range s.Fields() {
		if len(f.Data()) == 0 {
			t.Errorf("%s is for no kind of data", f.Name)
		}
		for _, kind := range f.Data() {
			if kind != KindSeries && kind != KindTexts && kind != KindPairs && kind != KindCorpus && kind != KindSequences {
				t.Errorf("%s is for data of the kind %q", f.Name, kind)
			}
		}
	}
}

func TestSettingsChecked(t *testing.T) {
	for _, c := range []struct {
		settings Settings
		want     string // "" if they are right
	}{
		{Settings{}, ""},
		{Settings{Encoding: "ISO-8859-1"}, ""},
		{Settings{Fill: "linaer"}, `fill "linaer": not found; did you mean linear? Choose one of previous, linear, mean, zero`},
		{Settings{Encoding: "latin7"}, `encoding "latin7": not found; did you mean latin1? Choose one of utf-8, latin1`},
		{Settings{Period: -1}, `period -1: want at least 0`},
	} {
		s := new(option.Set)
		settings := c.settings
		settings.Declare(s)
		err := s.Check()
		var usage *option.UsageError
		if (err == nil) != (c.want == "") || err != nil && (err.Error() != c.want || !errors.As(err, &usage)) {
			t.Errorf("%+v: %v; want %s", c.settings, err, c.want)
		}
	}
}
