package command

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ticketsRun returns a folder with the run gru-history-1 below runs, which has learnt from two columns, and files to
// predict.
func ticketsRun(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id;subject;body;queue\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d;Help;the invoice %d is wrong;billing\n%d;;the app %d crashes;bug\n", i, i, i, i)
	}
	write(t, dir, "history.csv", b.String())
	command(t, dir, "run", "gru", "csv:history.csv", "--text", "subject,body", "--label", "queue", "--epochs", "1", "--hidden", "4", "--quiet").done(t)
	write(t, dir, "tickets.csv", tickets)
	return dir
}

// tickets have a field of several lines, one without a text, and numbers that are none.
const tickets = "id,subject,body\n007,Help,\"the invoice,\nwhole, \"\"is\"\" wrong\"\n008,,\n009,,the app crashes\n"

// readTable reads a table.
func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	if strings.HasSuffix(path, ".tsv") {
		r.Comma = '\t'
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestPredictTable(t *testing.T) {
	t.Parallel()
	dir := ticketsRun(t)
	predict := func(args ...string) outcome {
		t.Helper()
		return command(t, dir, append([]string{"predict", "gru-history-1"}, args...)...)
	}
	piped := func(in string, args ...string) outcome {
		t.Helper()
		return start(t, exec.Command(binary, append([]string{"predict", "gru-history-1"}, args...)...), dir, in)
	}
	const empty = "1 text is empty and has no label, the first on line 4\n"

	// One prediction a row, of the columns of the training.
	o := predict("tickets.csv").done(t)
	lines := strings.SplitAfter(o.out, "\n")
	if len(lines) != 4 || lines[1] != "\t\n" || o.err != "tickets.csv: "+empty {
		t.Fatalf("three rows are\n%s%s", o.out, o.err)
	}
	if one := predict("Help the invoice,\nwhole, \"is\" wrong").done(t).out; one != lines[0] {
		t.Errorf("the first row is %s; as a text it is %s", lines[0], one)
	}
	if one := predict("the app crashes").done(t).out; one != lines[2] {
		t.Errorf("the last row is %s; as a text it is %s", lines[2], one)
	}
	all := events(t, predict("tickets.csv", "--json").done(t).out)
	if len(all) != 3 || all[0]["text"] != "Help the invoice,\nwhole, \"is\" wrong" || all[1]["text"] != "" || all[1]["label"] != "" || len(all[1]["probabilities"].(map[string]any)) != 0 {
		t.Errorf("the events are %v", all)
	}
	// However it is given.
	for _, same := range []outcome{predict("csv:tickets.csv"), piped(tickets, "-"), piped(tickets, "csv:-"), piped("\ufeff"+strings.ReplaceAll(tickets, "\n", "\r\n"), "-")} {
		if same.done(t).out != o.out || !strings.Contains(same.err, empty) {
			t.Errorf("got\n%s%swant\n%s", same.out, same.err, o.out)
		}
	}
	contains(t, piped(tickets, "-").err, `standard input: line 1 names "subject", "body": what follows is read as a table, separated by commas`)
	// Other columns are named.
	body := predict("tickets.csv", "--text", "body").done(t).out
	if other := piped("body\tid\nthe invoice is wrong\t1\n\t2\nthe app crashes\t3\n", "-", "--text", "body").done(t).out; len(body) == 0 || strings.SplitAfter(other, "\n")[2] != lines[2] {
		t.Errorf("the column body alone is\n%s, separated by tabs\n%s", body, other)
	}
	// Lines of JSON, lines of text, and texts beside files.
	write(t, dir, "other.jsonl", `{"title": "Help"}`+"\n")
	write(t, dir, "tickets.jsonl", `{"subject": "Help", "body": "the invoice,\nwhole, \"is\" wrong"}`+"\n"+`{"subject": "", "body": null}`+"\n"+`{"subject": "", "body": "the app crashes"}`+"\n")
	if got := predict("tickets.jsonl").done(t).out; got != o.out {
		t.Errorf("lines of JSON are\n%s; want\n%s", got, o.out)
	}
	write(t, dir, "notes.txt", "the app crashes\n\nthe app crashes\n")
	notes := predict("the app crashes", "notes.txt", "the app crashes").done(t)
	if notes.out != lines[2]+lines[2]+"\t\n"+lines[2]+lines[2] {
		t.Errorf("notes are\n%s", notes.out)
	}
	contains(t, notes.err, "notes.txt: each line is taken for a text", "notes.txt: 1 text is empty and has no label, the first on line 2\n")
	contains(t, piped("id,body\n", "-").done(t).err, `standard input: each line is taken for a text, though line 1, "id,body", looks like the row of a table`)
	write(t, dir, "old.csv", "subject,body\nHelp,sch\xf6n\n")
	predict("old.csv", "--encoding", "latin1").done(t)
	if got := events(t, piped("sch\xf6n\n", "-", "--encoding", "latin1", "--json").done(t).out); got[0]["text"] != "schön" {
		t.Errorf("Latin-1 is %v", got)
	}

	// What is no file, or not what it seems, is no text either.
	write(t, dir, "empty.csv", "")
	write(t, dir, "names.csv", "subject,body\n")
	write(t, dir, "shop.xlsx", "PK\x03\x04")
	for _, c := range []struct {
		status int
		args   []string
		want   []string
	}{
		{statusFailed, []string{"nowhere.csv"}, []string{"nowhere.csv: no such file or directory", "standard input (-)"}},
		{statusFailed, []string{"the app crashes", "my notes.txt"}, []string{"my notes.txt: no such file"}},
		{statusFailed, []string{"csv:nowhere"}, []string{"nowhere: no such file"}},
		{statusFailed, []string{"fasttext:notes.txt"}, []string{"fasttext:notes.txt", "csv:FILE"}},
		{statusFailed, []string{"text:notes.txt"}, []string{"text:notes.txt", "lines:FILE"}},
		{statusFailed, []string{"runs"}, []string{"runs: it is a folder"}},
		{statusFailed, []string{"empty.csv"}, []string{"empty.csv: the file is empty"}},
		{statusFailed, []string{"names.csv"}, []string{"names.csv: line 1: names and no rows"}},
		{statusFailed, []string{"shop.xlsx"}, []string{"shop.xlsx: it is a zip archive"}},
		{statusFailed, []string{"old.csv"}, []string{"old.csv: line 2 is not UTF-8", "(--encoding latin1)"}},
		{statusFailed, []string{"other.jsonl"}, []string{`other.jsonl: line 1: there is no field "subject"; choose from "title", or name it (--text FIELD)`}},
		{statusFailed, []string{"tickets.csv", "--text", "bdy"}, []string{`tickets.csv: column "bdy" not found; did you mean "body"?`}},
		{statusFailed, []string{"tickets.csv", "--quote", "none"}, []string{"tickets.csv: line 2: 4 fields"}},
		{statusUsage, []string{"tickets.csv", "--text", "a,,b"}, []string{`--text "a,,b": a name in it is empty`}},
		{statusUsage, []string{"tickets.csv", "--encoding", "latin7"}, []string{`--encoding "latin7"`}},
		{statusUsage, []string{"notes.txt", "--quote", "csv"}, []string{`--quote "csv": notes.txt is read line by line`}},
		{statusUsage, []string{"-", "-"}, []string{"standard input", "once"}},
	} {
		if o := predict(c.args...); o.out != "" {
			t.Errorf("%q: %s", c.args, o.out)
		} else {
			o.failed(t, c.status, c.want...)
		}
	}
}

func TestPredictOut(t *testing.T) {
	t.Parallel()
	dir := ticketsRun(t)
	predict := func(args ...string) outcome {
		t.Helper()
		return command(t, dir, append([]string{"predict", "gru-history-1"}, args...)...)
	}
	o := predict("tickets.csv", "--out", "labelled.csv").done(t)
	if o.out != "3 rows of id, subject, body, label, p(billing), p(bug) are written to labelled.csv\n" {
		t.Errorf("it says %s", o.out)
	}
	contains(t, o.err, "tickets.csv: 1 text is empty")
	rows := readTable(t, filepath.Join(dir, "labelled.csv"))
	if len(rows) != 4 || !slices.Equal(rows[0], []string{"id", "subject", "body", "label", "p(billing)", "p(bug)"}) ||
		!slices.Equal(rows[1][:3], []string{"007", "Help", "the invoice,\nwhole, \"is\" wrong"}) ||
		!slices.Equal(rows[2], []string{"008", "", "", "", "", ""}) || rows[3][0] != "009" {
		t.Errorf("the table is %q", rows)
	}
	e := events(t, predict("tickets.csv", "--json").done(t).out)[0]
	if p := e["probabilities"].(map[string]any); rows[1][3] != e["label"] || rows[1][4] != fmt.Sprintf("%.6f", p["billing"]) || rows[1][5] != fmt.Sprintf("%.6f", p["bug"]) {
		t.Errorf("the row is %q, the event %v", rows[1], e)
	}
	// What was written can be read: the names that are taken are kept.
	o = predict("labelled.csv", "--out", "again.tsv").done(t)
	contains(t, o.err, `again.tsv: there is a column "label" already; what is predicted is in "predicted label"`)
	again := readTable(t, filepath.Join(dir, "again.tsv"))
	if !slices.Equal(again[0][3:], []string{"label", "p(billing)", "p(bug)", "predicted label", "predicted p(billing)", "predicted p(bug)"}) || !slices.Equal(again[1][3:6], again[1][6:]) {
		t.Errorf("again it is %q", again)
	}
	predict("again.tsv", "--out", "third.csv").done(t)
	if third := readTable(t, filepath.Join(dir, "third.csv")); third[0][9] != "predicted label 2" || third[1][2] != rows[1][2] {
		t.Errorf("a third time it is %q", third)
	}
	// Lines and texts are rows, too; a folder of runs is one as before.
	predict("the app crashes", "the invoice", "--out", "texts.csv").done(t)
	if got := readTable(t, filepath.Join(dir, "texts.csv")); len(got) != 3 || got[0][0] != "text" || got[2][0] != "the invoice" {
		t.Errorf("texts are %q", got)
	}
	predict("the app crashes", "--out", "runs").done(t)

	// Nothing is written where something is wrong.
	write(t, dir, "torn.csv", "id,subject,body\n1,a,b\n2,a,b,c\n")
	predict("torn.csv", "--out", "new.csv").failed(t, statusFailed, "torn.csv: line 3: 4 fields")
	write(t, dir, "full.csv", "id,subject,body\n1,a,b\n")
	predict("full.csv", "the app crashes", "--out", "new.csv").failed(t, statusFailed, "new.csv", "columns")
	predict("tickets.csv", "--out", "nowhere/new.csv").failed(t, statusFailed, "nowhere/new.csv")
	predict("tickets.csv", "--out", "new.txt").failed(t, statusUsage, `--out "new.txt"`, ".csv or .tsv")
	predict("tickets.csv", "--out", "new.csv", "--json").failed(t, statusUsage, "--json", "--out new.csv")
	if _, err := os.Stat(filepath.Join(dir, "new.csv")); err == nil {
		t.Error("half a table is written")
	}
}

// The other tasks read and write tables, too.
func TestPredictOutOfOtherTasks(t *testing.T) {
	t.Parallel()
	dir := trained(t)
	command(t, dir, "predict", "lstm-airline-1", "--steps", "2", "--out", "next.csv").done(t)
	if rows := readTable(t, filepath.Join(dir, "next.csv")); len(rows) != 3 || !slices.Equal(rows[0], []string{"time", "passengers"}) || rows[2][0] != "1961-02" {
		t.Errorf("a forecast is %q", rows)
	}
	command(t, dir, "run", "gru", "dates", "--epochs", "1", "--hidden", "8", "--limit", "100", "--quiet").done(t)
	write(t, dir, "dates.csv", "id,date\n1,3 May 1984\n2,\n3,24 December 2012\n")
	o := command(t, dir, "predict", "gru-dates-1", "dates.csv", "--source", "date", "--out", "iso.csv").done(t)
	rows := readTable(t, filepath.Join(dir, "iso.csv"))
	if len(rows) != 4 || !slices.Equal(rows[0], []string{"id", "date", "translation", "score"}) || rows[2][2]+rows[2][3] != "" || rows[3][3] == "" || rows[3][1] != "24 December 2012" || o.err != "" {
		t.Errorf("translations are %q, %s", rows, o.err)
	}
	command(t, dir, "predict", "gru-dates-1", "dates.csv").failed(t, statusFailed, `dates.csv: column "source" not found`, "(--source COLUMN names another)")
	command(t, dir, "predict", "gru-dates-1", "nowhere.txt").failed(t, statusFailed, "nowhere.txt: no such file")
	command(t, dir, "predict", "gru-dates-1", "dates.csv", "--source", "date", "--attention=a.svg").failed(t, statusUsage, "--attention", "one text")
	command(t, dir, "predict", "gru-dates-1", "dates.csv", "--source", "date", "--attention", "--out", "b.csv").failed(t, statusUsage, "--attention", "no place")
}
