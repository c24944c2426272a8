package datasets

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/pkg/errors"
)

func TestListIsOrderedAndOpens(t *testing.T) {
	var names []string
	for _, info := range List() {
		names = append(names, info.Name)
		if info.Where == "to download" {
			continue
		}
		d, err := Open(info.Name)
		if err != nil {
			t.Errorf("Open(%q): %v", info.Name, err)
			continue
		}
		opened := d.Info()
		if opened.Notices = nil; !reflect.DeepEqual(opened, info) { // which are known when a file is read
			t.Errorf("Open(%q).Info() = %+v, listed as %+v", info.Name, opened, info)
		}
		kind := ""
		switch d.(type) {
		case *Series, *Panel:
			kind = KindSeries
		case *Labelled:
			kind = KindTexts
		case *Pairs:
			kind = KindPairs
		case *Corpus:
			kind = KindCorpus
		case *Sequences:
			kind = KindSequences
		}
		if info.Kind != kind {
			t.Errorf("%s is listed as %q, and is %q", info.Name, info.Kind, kind)
		}
		for _, field := range []string{info.Kind, info.Task, info.Title, info.Size, info.Licence, info.Source, info.Where} {
			if field == "" {
				t.Errorf("%s: empty field in %+v", info.Name, info)
			}
		}
	}
	if want := []string{"imdb", "names", "phrases", "sst2", "sst5", "uci-sentiment", "ecg5000", "ecg5000-pooled", "nab", "airline", "co2", "etth1", "etth2", "m4-daily", "m4-hourly", "m4-weekly", "sunspots", "temperatures",
		"ptb", "ptb-chars", "shakespeare", "wikitext2", "adding", "copy", "psmnist", "rows-mnist", "smnist", "stocks", "stocks-apple", "stocks-monthly", "stocks-sp500", "stocks-tesla", "dates", "multi30k-de-en", "multi30k-en-de", "multi30k-en-fr", "numbers-en-de", "numbers-en-fr", "tatoeba-fra-eng"}; !reflect.DeepEqual(names, want) {
		t.Errorf("List() names %v, want %v", names, want)
	}
}

// A dataset that a person makes by hand says what it holds.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		d    Dataset
		want string
	}{
		{&Series{}, "series"},
		{&Panel{}, "series"},
		{&Labelled{}, "texts"},
		{&Pairs{}, "pairs"},
		{&Corpus{}, "corpus"},
		{&Sequences{}, "sequences"},
		{&Series{Meta: Info{Kind: "rolls"}}, "rolls"},
	} {
		if info := c.d.Info(); !reflect.DeepEqual(info, Info{Kind: c.want}) {
			t.Errorf("%T: %+v, want the kind %s alone", c.d, info, c.want)
		}
	}
}

func TestListCannotBeChanged(t *testing.T) {
	List()[0].Name = "changed"
	if got := List()[0].Name; got != "imdb" {
		t.Errorf("a caller changed the list: first name is %q", got)
	}
}

func TestOpenUnknown(t *testing.T) {
	for _, c := range []struct{ spec, want string }{
		{"arline", `dataset "arline" not found; did you mean "airline"? (zoo datasets lists them)`},
		{"Airline", `dataset "Airline" not found; did you mean "airline"? (zoo datasets lists them)`},
		{"co", `dataset "co" not found; did you mean "co2"? (zoo datasets lists them)`},
		{"mnist", `dataset "mnist" not found; did you mean "smnist"? (zoo datasets lists them)`},
		{"cifar", `dataset "cifar" not found; zoo datasets lists them, and csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE is a file of your own`},
		{"", `dataset "" not found; zoo datasets lists them, and csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE is a file of your own`},
		{"sales.csv", `dataset "sales.csv" not found; did you mean "csv:sales.csv"? (zoo datasets lists them)`},
		{"./sales", `dataset "./sales" not found; did you mean "csv:./sales"? (zoo datasets lists them)`},
		{"Pairs.TSV", `dataset "Pairs.TSV" not found; did you mean "tsv:Pairs.TSV"? (zoo datasets lists them)`},
		{`a\b`, `dataset "a\\b" not found; did you mean "csv:a\\b"? (zoo datasets lists them)`},
		{"notes.txt", `dataset "notes.txt" not found; did you mean "text:notes.txt"? (zoo datasets lists them)`},
		{"cvs:sales.csv", `dataset "cvs:sales.csv" not found; did you mean "csv:sales.csv"? (a file is csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE, and zoo datasets lists the names)`},
		{"parquet:x", `dataset "parquet:x" not found; a file is csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE, and zoo datasets lists the names`},
		{"csv:", `dataset "csv:" not found; write csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE with the path of a file`},
		{"a\nb", `dataset "a\nb" not found; zoo datasets lists them, and csv:FILE, tsv:FILE, jsonl:FILE, fasttext:FILE, parallel:FILE,FILE or text:FILE is a file of your own`},
	} {
		d, err := Open(c.spec)
		if d != nil || err == nil {
			t.Errorf("Open(%q) = %v, %v; want an error", c.spec, d, err)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("Open(%q):\n got %s\nwant %s", c.spec, err, c.want)
		}
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.Name != c.spec || unknown.Kind != "dataset" {
			t.Errorf("Open(%q): %#v is no UnknownError of that name", c.spec, err)
		}
		if info, again := Describe(c.spec); !reflect.DeepEqual(info, Info{}) || again == nil || again.Error() != c.want {
			t.Errorf("Describe(%q) = %+v, %v; want the error of Open", c.spec, info, again)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, info := range List() {
		if got, err := Describe(info.Name); err != nil || !reflect.DeepEqual(got, info) {
			t.Errorf("Describe(%q) = %+v, %v; listed as %+v", info.Name, got, err, info)
		}
	}
	const series, texts, pairs, corpus = "Time series in my.csv", "Labelled text in my.csv", "Texts and translations in my.csv", "Text in my.csv"
	for _, c := range []struct {
		spec              string
		opts              []Option
		kind, task, title string
	}{
		{"csv:no/my.csv", nil, KindSeries, "forecast", series},
		{"csv:no/my.csv", []Option{Fill("zero"), Columns("a"), Encoding("latin1")}, KindSeries, "forecast", series},
		{"csv:no/my.csv", []Option{Text("a")}, KindTexts, "classify", texts},
		{"csv:no/my.csv", []Option{Use(Settings{Label: "a"})}, KindTexts, "classify", texts},
		{"csv:no/my.csv", []Option{Source("a")}, KindPairs, "translate", pairs},
		{"csv:no/my.csv", []Option{Use(Settings{Source: "a"})}, KindPairs, "translate", pairs},
		{"csv:no/my.csv", []Option{Use(Settings{Target: "a"})}, KindSeries, "forecast", series},
		{"tsv:no/my.csv", nil, KindPairs, "translate", pairs},
		{"tsv:no/my.csv", []Option{Text("a")}, KindTexts, "classify", texts},
		{"jsonl:no/my.csv", nil, KindTexts, "classify", texts},
		{"jsonl:no/my.csv", []Option{Source("a")}, KindPairs, "translate", pairs},
		{"fasttext:no/my.csv", nil, KindTexts, "classify", texts},
		{"fasttext:no/my.csv", []Option{Source("a")}, KindTexts, "classify", texts},
		{"text:no/my.csv", nil, KindCorpus, "generate", corpus},
		{"text:no/my.csv", []Option{Lines(), Text("a")}, KindCorpus, "generate", corpus},
	} {
		want := Info{Name: "my", Kind: c.kind, Task: c.task, Title: c.title, Licence: "none stated (your own file)", Source: "no/my.csv", Where: "file", Spec: c.spec}
		var o options
		for _, opt := range c.opts {
			opt(&o)
		}
		want.Settings = o.Settings
		if got, err := Describe(c.spec, c.opts...); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Describe(%q) = %+v, %v; want %+v", c.spec, got, err, want)
		}
	}
	var unknown *UnknownError
	if info, err := Describe("airline", Fill("linaer")); !errors.As(err, &unknown) || !reflect.DeepEqual(info, Info{}) {
		t.Errorf("a fill method that is unknown: %+v, %v", info, err)
	}
}

// What Describe says of a file is what opening it says, but for the size.
func TestDescribeIsOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	series := write("s.csv", "Month,Sales\n2024-01,1\n")
	texts := write("t.csv", labelledFile("text,label\n", "t %d,%s\n", 20, "a", "b"))
	pairs := write("p.tsv", tsvLines(10))
	texts2 := write("t.tsv", labelledFile("text\tlabel\n", "t %d\t%s\n", 20, "a", "b"))
	lines := write("l.jsonl", labelledFile("", "{\"text\": \"t %d\", \"label\": \"%s\"}\n", 20, "a", "b"))
	words := write("w.txt", labelledFile("", "t %d __label__%s\n", 20, "a", "b"))
	for _, c := range []struct {
		spec string
		opts []Option
	}{{"csv:" + series, nil}, {"csv:" + texts, []Option{Label("label")}}, {"tsv:" + pairs, nil}, {"tsv:" + texts2, []Option{Text("text")}}, {"jsonl:" + lines, nil}, {"csv:" + lines, nil}, {"fasttext:" + words, nil}, {"parallel:" + words + "," + words, nil}, {"text:" + words, nil}, {"text:" + words, []Option{Lines()}}, {"csv:" + texts, []Option{Source("text"), Target("label")}}} {
		spec, opts := c.spec, c.opts
		d, err := Open(spec, opts...)
		if err != nil {
			t.Fatal(err)
		}
		want := d.Info()
		if want.Size == "" {
			t.Errorf("%s has no size", spec)
		}
		want.Size = ""
		if got, err := Describe(spec, opts...); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Describe(%q) = %+v, %v; opened it is %+v", spec, got, err, want)
		}
	}
}

func TestOpenUnknownFillMethod(t *testing.T) {
	for _, spec := range []string{"imdb", "names", "phrases", "sst2", "sst5", "uci-sentiment", "ecg5000", "ecg5000-pooled", "nab", "airline", "csv:no-such-file.csv"} {
		_, err := Open(spec, Fill("linaer"))
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.Suggestion != "linear" || unknown.Setting != "fill" {
			t.Errorf("Open(%q): got %v, want an UnknownError that suggests linear", spec, err)
		}
	}
	_, err := Open("airline", Fill("spline"))
	if want := `fill method "spline" not found; choose previous, linear, mean or zero`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenFileProblemIsNotUnknown(t *testing.T) {
	for _, c := range []struct {
		spec string
		is   error
	}{
		{"csv:" + filepath.Join(t.TempDir(), "none.csv"), os.ErrNotExist},
		{"csv:" + t.TempDir(), nil},
	} {
		d, err := Open(c.spec)
		var unknown *UnknownError
		if err == nil || d != nil || errors.As(err, &unknown) {
			t.Errorf("Open(%q) = %v, %v; want an error about the file", c.spec, d, err)
		}
		if c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("Open(%q): %v is not %v", c.spec, err, c.is)
		}
	}
}

func TestOpenEmbeddedWithOptions(t *testing.T) {
	d, err := Open("airline", Period(6), Columns("passengers"), Fill("zero"))
	if err != nil {
		t.Fatal(err)
	}
	want := Airline()
	want.Period = 6
	if !reflect.DeepEqual(d, Dataset(want)) {
		t.Errorf("got %+v, want %+v", d, want)
	}
	if d, err := Open("airline", Period(0)); err != nil || d.(*Series).Period != 12 {
		t.Errorf("Period(0): got %v, %v; want the dataset's own period", d, err)
	}
	_, err = Open("airline", Columns("passenger"))
	if want := `airline: column "passenger" not found; did you mean "passengers"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my sales.csv")
	if err := os.WriteFile(path, []byte("Month,Sales\n2024-01,1\n2024-02,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open("csv:"+path, Period(12))
	if err != nil {
		t.Fatal(err)
	}
	want := &Series{
		Meta: Info{
			Name: "my sales", Kind: "series", Task: "forecast", Title: "Time series in my sales.csv", Size: "2 rows, 1 variable",
			Licence: "none stated (your own file)", Source: path, Where: "file",
			Spec: "csv:" + path, Settings: Settings{Period: 12}, Notices: []string{"Month from 2024-01 to 2024-02, monthly"},
		},
		Variables: []string{"Sales"},
		Times:     []string{"2024-01", "2024-02"},
		Values:    [][]float64{{1}, {2}},
		Period:    12,
	}
	got := *d.(*Series)
	if form, times, every, err := got.Clock(); err != nil || form.Write(every.Next(times[1], 1)) != "2024-03" {
		t.Errorf("the clock of %v: %v, %v, %v", got.Times, times, every, err)
	}
	got.form, got.every = nil, nil
	if !reflect.DeepEqual(&got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
