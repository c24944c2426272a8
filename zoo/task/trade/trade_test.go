package trade

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// TestWalk looks at what a walk over folds is made of: blocks that follow one another to the last day, each learnt from more
// than the one before, from nothing of its own days, and all of it again the same.
func TestWalk(t *testing.T) {
	p := walks(260, 2, 0, 1)
	o := Options{Window: 5, Folds: 4, Embargo: 3, Costs: 5}
	trade := made(t, p, o, quick())
	w, err := trade.walk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(w.folds) != 4 || w.folds[0].days.From != trade.test.From || w.folds[3].days.To != 259 || len(w.edges) != w.days.Len() || len(w.book.returns) != w.days.Len() {
		t.Fatalf("%d folds of %v", len(w.folds), w.days)
	}
	for i, f := range w.folds {
		if i > 0 && (f.days.From != w.folds[i-1].days.To || f.learnt <= w.folds[i-1].learnt) {
			t.Errorf("fold %d: %+v after %+v", i+1, f, w.folds[i-1])
		}
		if f.parts.validBy != f.days.From-3 || f.parts.trainBy != f.parts.valid.From-3 {
			t.Errorf("fold %d has learnt from prices up to %d and %d", i+1, f.parts.trainBy, f.parts.validBy)
		}
	}
	again, err := made(t, p, o, quick()).walk(t.Context())
	if err != nil || !reflect.DeepEqual(again.edges, w.edges) || !reflect.DeepEqual(again.book, w.book) || again.sure != w.sure {
		t.Errorf("again it is another, %v", err)
	}
	r := quick()
	r.Seed = 2
	if other, err := made(t, p, o, r).walk(t.Context()); err != nil || reflect.DeepEqual(other.edges, w.edges) {
		t.Errorf("with another seed it is the same, %v", err)
	}
	if few := made(t, p, Options{Window: 5, Folds: mostFolds, Test: 0.05}, quick()); len(few.blocks()) != few.test.Len() {
		t.Errorf("%d blocks of %d days", len(few.blocks()), few.test.Len())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := trade.walk(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestEvaluateShows looks at the exhibits and notes of the test part.
func TestEvaluateShows(t *testing.T) {
	trade := made(t, withRanges(walks(200, 2, 0, 1), 1), Options{Window: 5, Folds: 2, Costs: 7}, quick())
	scores, err := trade.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	n := trade.test.Len()
	byName := make(map[string]task.Exhibit)
	for _, e := range scores.Exhibits {
		byName[e.Name] = e
	}
	if e := byName["folds"]; e.Table == nil || len(e.Table.Rows) != 2 || e.Table.Rows[1][1] != trade.data.labels[199] {
		t.Errorf("folds %+v", e.Table)
	}
	if e := byName["intervals"]; e.Table == nil || len(e.Table.Rows) != 3 {
		t.Errorf("intervals %+v", e.Table)
	}
	e := byName["equity"]
	if e.Chart == nil || len(e.Chart.Lines) != 2 || len(e.Chart.Lines[0].Y) != n+1 || e.Chart.Lines[0].Y[0] != 1 || len(e.Chart.Times) != n+1 || !strings.Contains(e.Chart.SVG(), "buy-and-hold") {
		t.Errorf("equity %+v", e.Chart)
	}
	data, err := json.Marshal(e.Data)
	var curve struct {
		Days     []string
		Strategy []float64
	}
	if err == nil {
		err = json.Unmarshal(data, &curve)
	}
	if err != nil || len(curve.Days) != n+1 || len(curve.Strategy) != n+1 {
		t.Errorf("%s, %v", data, err)
	}
	notes := strings.Join(scores.Notes, "\n")
	for _, want := range []string{"Prices are closes.", "at 7 basis points a side, with at most 1 of 2 shares", NoAdvice, "Momentum is the return from 20 to 0 days ago."} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q: %s", want, notes)
		}
	}
	if !slices.Contains(scores.Notes, NoAdvice) {
		t.Error("it is not said that this is no investment advice")
	}
}

// TestLimitReachesFolds has each training of the walk learn from as many examples.
func TestLimitReachesFolds(t *testing.T) {
	trade := made(t, walks(200, 2, 0, 1), Options{Window: 5, Folds: 2}, quick())
	all, err := trade.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	trade.Limit(20)
	few, err := trade.Evaluate(t.Context(), task.TestPart)
	if err != nil || reflect.DeepEqual(all.Metrics, few.Metrics) {
		t.Errorf("%v, %v", few.Metrics, err)
	}
	for _, f := range trade.walked.folds {
		if f.learnt != 20 {
			t.Errorf("a fold has learnt from %d examples", f.learnt)
		}
	}
	trade.Limit(-3)
	if again, err := trade.Evaluate(t.Context(), task.TestPart); err != nil || !reflect.DeepEqual(all.Metrics, again.Metrics) {
		t.Errorf("%v, %v; want %v", again.Metrics, err, all.Metrics)
	}
}

// TestRecommend ranks shares of the kept days as of all days, alone and among others, and says what to do with what is held.
func TestRecommend(t *testing.T) {
	p := withRanges(walks(300, 3, 0.2, 4), 2)
	o := Options{Window: 5, Folds: 2, Costs: 5, Margin: 1}
	trade := made(t, p, o, quick())
	if _, err := train.Run(t.Context(), trade, train.Use(quick())); err != nil {
		t.Fatal(err)
	}
	whole, err := trade.Recommend(p)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := trade.Recommend(nil)
	if err != nil || len(kept) != 3 {
		t.Fatalf("%v, %v", kept, err)
	}
	for i, r := range kept {
		if w := whole[i]; r.Share != w.Share || r.Action != w.Action || r.Rank != i+1 || r.Day != trade.data.labels[299] || i > 0 && r.Return > kept[i-1].Return {
			t.Errorf("of the kept days %+v; of all %+v", r, w)
		}
		near(t, "return", r.Return, whole[i].Return)
	}
	if n := trade.recent.Series[0].Len(); n > 250 {
		t.Errorf("%d days are kept", n)
	}
	// With costs without measure nobody buys, and nobody sells.
	trade.opts.Costs = 1000
	held, err := trade.Recommend(p, "B")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range held {
		if want := map[bool]string{true: hold, false: stayOut}[r.Share == "B"]; r.Action != want {
			t.Errorf("%+v; want %s", r, want)
		}
	}
	trade.opts.Costs, trade.opts.Margin = 0, 0
	free, err := trade.Recommend(p, "A", "-B")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range free {
		want := map[string]string{"A": sell, "B": cover, "C": stayOut}
		if i < 2 && r.Return > 0 { // half of three shares, rounded up
			want = map[string]string{"A": hold, "B": buy, "C": buy}
		}
		if r.Action != want[r.Share] {
			t.Errorf("%+v; want %s", r, want[r.Share])
		}
	}
	if _, err := trade.Recommend(p, "D"); err == nil || err.Error() != `held "D": there is no such share` {
		t.Errorf("error %v", err)
	}
	if _, err := trade.Recommend(walks(100, 1, 0, 1)); err == nil || err.Error() != "trade walks: the model reads the range of a day; give prices with columns high and low" {
		t.Errorf("error %v", err)
	}
	if _, err := trade.Recommend(withRanges(walks(20, 1, 0, 1), 1)); err == nil || err.Error() != "trade walks: no share has the 25 prices up to 2001-01-26 that a window of 5 takes; give more days" {
		t.Errorf("error %v", err)
	}
}

// TestRecommendOfWhatIsMissing keeps shares with gaps, and volumes and ranges that are missing, and says the same of them.
func TestRecommendOfWhatIsMissing(t *testing.T) {
	p := withRanges(walks(300, 3, 0.2, 4), 2)
	for i := 40; i < 300; i += 7 {
		p.Series[0].Values[i][0] = math.NaN()
		p.Series[1].Values[i][3] = math.NaN()
		p.Series[2].Values[i][1] = math.NaN()
	}
	trade := made(t, p, Options{Window: 5, Folds: 2, Learn: learnDirection}, quick())
	if _, err := train.Run(t.Context(), trade, train.Use(quick())); err != nil {
		t.Fatal(err)
	}
	files := train.Folder(t.TempDir())
	if err := trade.Save(files); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(gru.New(graph.Hidden(8)), trade.Params(), trade.Options(), files)
	if err != nil {
		t.Fatal(err)
	}
	want, err := trade.Recommend(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := opened.Recommend(nil)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%v, %v; want %v", got, err, want)
	}
	for i, r := range got {
		near(t, r.Share, r.Probability, want[i].Probability)
		if r.Share != want[i].Share || !(r.Probability > 0 && r.Probability < 1) {
			t.Errorf("%+v; want %+v", r, want[i])
		}
	}
}

// TestAsk asks by the query, of a file and of the kept days.
func TestAsk(t *testing.T) {
	trade := made(t, walks(200, 2, 0, 1), Options{Window: 5, Folds: 2}, quick())
	var b strings.Builder
	b.WriteString("Date,Left,Right\n")
	for i, day := range weekdays(60) {
		b.WriteString(day + "," + []string{"10", "11", "12"}[i%3] + "," + []string{"5", "4"}[i%2] + "\n")
	}
	text := ""
	var rows []task.Row
	err := trade.Query().Run(t.Context(), []string{"-"}, strings.NewReader(b.String()), func(p task.Prediction) error {
		text += p.Text()
		row, err := p.(task.Tabular).Row()
		rows = append(rows, row)
		return err
	})
	if err != nil || !strings.HasPrefix(text, "rank  share  day") || !strings.HasSuffix(text, NoAdvice+"\n") || strings.Count(text, "\n") != 4 {
		t.Errorf("%s, %v", text, err)
	}
	if len(rows) != 2 || !slices.Equal(rows[0].Columns, []string{"day", "share"}) || !slices.Equal(rows[0].Names, []string{"rank", "return", "action"}) || rows[1].Predicted[0] != "2" {
		t.Errorf("%+v", rows)
	}
	for want, inputs := range map[string][]string{
		`the shares of one file are ranked; "b" is one too many`: {"a", "b"},
		"there is no input to read prices from; name a file":     {"-"},
		`cannot open "none.csv"; check the path`:                 {"none.csv"},
	} {
		err := trade.Query().Run(t.Context(), inputs, nil, func(task.Prediction) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
	if (Prediction{}).Text() != "" || trade.Query().Example() != "--held A" || (Kind{}).Query().Example() != "prices.csv" {
		t.Error("examples")
	}
}

func TestKind(t *testing.T) {
	s := task.Setting{Network: gru.New(graph.Hidden(4)), Params: graph.NewParams(tensor.Float32), Options: &Options{Window: 4000}}
	if err := (Kind{}).Check(s); err != nil {
		t.Error(err)
	}
	s.Recipe.Batch, s.Network = 4096, gru.New(graph.Hidden(256))
	s.Options = &Options{Window: 200}
	if _, err := (Kind{}).New(s, walks(4000, 2, 0, 1)); err == nil || !strings.HasPrefix(err.Error(), "window 200: want at most") {
		t.Errorf("error %v", err)
	}
	if _, err := (Kind{}).New(s, datasets.Phrases()); err == nil || err.Error() != "trade phrases: the dataset has no series of prices" {
		t.Errorf("error %v", err)
	}
	if o := (Kind{}).Defaults(nil, task.Subject{}).(*Options); o.Costs != 5 || o.Folds != 8 {
		t.Errorf("%+v", o)
	}
}
