package trade

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// changed returns a panel whose rows behind a day are others: prices that go on at random from those of the day.
func changed(p *datasets.Panel, day int) *datasets.Panel {
	rng := rand.New(rand.NewPCG(99, 0))
	q := &datasets.Panel{Meta: p.Meta, Targets: p.Targets}
	for _, s := range p.Series {
		x := &datasets.Series{ID: s.ID, Variables: s.Variables, Times: s.Times, Values: slices.Clone(s.Values)}
		level := 1.0
		for i := day + 1; i < len(x.Values); i++ {
			level *= math.Exp(0.08 * rng.NormFloat64())
			row := slices.Clone(x.Values[i])
			for k := range row {
				row[k] *= level
			}
			x.Values[i] = row
		}
		q.Series = append(q.Series, x)
	}
	return q
}

// TestFeaturesLookBack changes what comes after each day: the features up to it are the same, bit for bit, and some behind
// it are others.
func TestFeaturesLookBack(t *testing.T) {
	p := withRanges(walks(150, 3, 0.2, 5), 1)
	featuresOf := func(p *datasets.Panel) *prepared {
		m, err := newMarket(p)
		if err != nil {
			t.Fatal(err)
		}
		d, err := prepare(m, featureNames(m), 3)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	want := featuresOf(p)
	if !slices.Equal(want.names, []string{"return 1", "return 5", "return 20", "volatility", "calm", "place", "market", "range", "volume"}) {
		t.Errorf("the features are %q", want.names)
	}
	for day := 20; day < 149; day += 3 {
		got := featuresOf(changed(p, day))
		for s := range p.Series {
			for bar := range 150 {
				same := reflect.DeepEqual(bits(got.at(s, bar)), bits(want.at(s, bar))) && math.Float64bits(got.volatility[s][bar]) == math.Float64bits(want.volatility[s][bar])
				if bar <= day && !same {
					t.Fatalf("share %d: the features of day %d are others when prices after day %d change", s, bar, day)
				}
				if bar == day+1 && same {
					t.Errorf("share %d: the features of day %d do not see its price", s, bar)
				}
			}
		}
	}
}

func bits(x []float64) []uint64 {
	b := make([]uint64, len(x))
	for i, v := range x {
		b[i] = math.Float64bits(v)
	}
	return b
}

// TestNoLookAhead trades days that are tested with prices after one of them changed, in each fold: what was predicted
// and decided up to that day is the same, bit for bit, and later there is another decision. Rivals are no better off.
func TestNoLookAhead(t *testing.T) {
	for name, o := range map[string]Options{
		"returns":    {Window: 5, Folds: 3, Embargo: 2, Costs: 5, Margin: 1},
		"directions": {Window: 5, Folds: 3, Costs: 5, Short: true, Learn: learnDirection},
	} {
		p := withRanges(walks(220, 3, 0.2, 6), 1)
		walkOf := func(p *datasets.Panel) (*Trade, *walk) {
			task := made(t, p, o, quick())
			w, err := task.walk(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return task, w
		}
		trade, want := walkOf(p)
		if len(want.folds) != 3 || want.days.To != 219 {
			t.Fatalf("%d folds of the days %v", len(want.folds), want.days)
		}
		for _, f := range want.folds {
			if last := f.parts.validBy + trade.opts.Embargo; last != f.days.From {
				t.Errorf("%s: what is tested from day %d on has learnt up to day %d", name, f.days.From, last)
			}
			day := f.days.From + f.days.Len()/2
			other, got := walkOf(changed(p, day))
			n := day - want.days.From + 1
			for d := range n {
				if !slices.Equal(bits(got.edges[d]), bits(want.edges[d])) {
					t.Fatalf("%s: the predictions of day %d are others when prices after day %d change", name, want.days.From+d, day)
				}
			}
			if !slices.Equal(bits(got.book.turnover[:n]), bits(want.book.turnover[:n])) || !slices.Equal(bits(got.book.returns[:n-1]), bits(want.book.returns[:n-1])) {
				t.Errorf("%s: the decisions up to day %d are others when prices after it change", name, day)
			}
			if day+1 < want.days.To && slices.Equal(bits(got.edges[n]), bits(want.edges[n])) {
				t.Errorf("%s: the predictions of day %d do not see its price", name, day+1)
			}
			for rival, edge := range map[string]func(t *Trade) *book{
				"momentum": func(t *Trade) *book {
					return t.byEdges(t.test, func(s, bar int) float64 { return t.data.shares[s].over(bar-20, bar) })
				},
				"persistence": func(t *Trade) *book {
					return t.byEdges(t.test, func(s, bar int) float64 { return t.data.shares[s].over(bar-1, bar) })
				},
				"holding": func(t *Trade) *book { return t.data.hold(t.test, t.opts.costs()) },
			} {
				a, b := edge(trade), edge(other)
				if !slices.Equal(bits(a.turnover[:n]), bits(b.turnover[:n])) || slices.Equal(a.returns, b.returns) {
					t.Errorf("%s: %s decides otherwise up to day %d when prices after it change", name, rival, day)
				}
			}
		}
	}
}

// TestKeptLearnsFromTheTrainingPartAlone changes prices of the days that validate the kept network: nothing that is
// learnt before the first step is another, and neither are the targets.
func TestKeptLearnsFromTheTrainingPartAlone(t *testing.T) {
	p := walks(200, 2, 0, 7)
	o := Options{Window: 5, Folds: 2, Embargo: 3}
	want := made(t, p, o, quick())
	got := made(t, changed(p, want.parts.trainBy), o, quick())
	if !reflect.DeepEqual(got.scale, want.scale) || !reflect.DeepEqual(got.train, want.train) {
		t.Error("the scale or the examples are others when prices behind the training part change")
	}
	for _, e := range want.train {
		if got.data.target(e, learnReturn) != want.data.target(e, learnReturn) {
			t.Fatalf("the target of %+v is another when prices behind the training part change", e)
		}
	}
	if reflect.DeepEqual(made(t, changed(p, want.parts.trainBy-1), o, quick()).data.target(want.train[len(want.train)-1], learnReturn), want.data.target(want.train[len(want.train)-1], learnReturn)) {
		t.Error("the last target does not see the last price that may be known: the test does not look where it should")
	}
	if gap := want.parts.valid.From - want.parts.trainBy; gap != 3 {
		t.Errorf("%d days are between what is learnt and what validates; want 3", gap)
	}
	if _, err := want.Evaluate(t.Context(), task.ValidPart); err != nil {
		t.Error(err)
	}
}
