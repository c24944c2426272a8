package trade

import (
	"math"
	"slices"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// marketOf returns a market of shares with closes, NaN for a day without one.
func marketOf(t *testing.T, closes ...[]float64) *market {
	t.Helper()
	p := &datasets.Panel{Meta: datasets.Info{Name: "m"}}
	labels := weekdays(len(closes[0]))
	for s, column := range closes {
		x := &datasets.Series{ID: string(rune('A' + s)), Variables: []string{"close"}, Times: labels}
		for _, c := range column {
			x.Values = append(x.Values, []float64{c})
		}
		p.Series = append(p.Series, x)
	}
	m, err := newMarket(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTradeByHand follows weights that are given, with costs of 1 % a side.
func TestTradeByHand(t *testing.T) {
	m := marketOf(t, []float64{100, 110, 99, 99}, []float64{50, 50, 55, 44})
	plan := [][]float64{{0.5, 0.5}, {0, 1}, {-0.5, 0}}
	b := m.trade(datasets.Range{From: 0, To: 3}, 0.01, func(day int, held, to []float64) { copy(to, plan[day]) }, nil)
	// Day 0 buys all of the capital, which grows by (10 % + 0 %)/2.
	near(t, "return 0", b.returns[0], 0.99*1.05-1)
	near(t, "turnover 0", b.turnover[0], 1)
	// By then A is 0.55 of 1.05 and B 0.5 of it: A is sold, and as much of B bought.
	near(t, "turnover 1", b.turnover[1], 0.55/1.05+(1-0.5/1.05))
	near(t, "return 1", b.returns[1], (1-0.01*b.turnover[1])*1.1-1)
	// B, all of the capital, is sold, and half of it in A sold short; A stays where it is.
	near(t, "turnover 2", b.turnover[2], 1.5)
	near(t, "return 2", b.returns[2], 1-0.015-1)
	near(t, "capital", b.curve()[3], 0.99*1.05*(1-0.01*b.turnover[1])*1.1*0.985)
	if free := m.trade(datasets.Range{From: 0, To: 3}, 0, func(day int, held, to []float64) { copy(to, plan[day]) }, nil); math.Abs(free.curve()[3]-1.05*1.1) > 1e-12 {
		t.Errorf("without costs the capital is %v; want %v", free.curve()[3], 1.05*1.1)
	}
}

// TestHold buys once, and lets weights drift.
func TestHold(t *testing.T) {
	m := marketOf(t, []float64{100, 110, 99, 99}, []float64{50, 50, 55, 44}, []float64{math.NaN(), 7, 8, 9})
	b := m.hold(datasets.Range{From: 0, To: 3}, 0.01)
	near(t, "capital", b.curve()[3], 0.99*(0.99/2+0.88/2)) // C could not be bought on the first day
	if !slices.Equal(b.turnover, []float64{1, 0, 0}) {
		t.Errorf("the turnover is %v; want all on the first day", b.turnover)
	}
	if b.said != 6 || b.right != 4 { // A up, down and the same; B the same, up and down; C up twice
		t.Errorf("%d of %d directions are right; want 4 of 6", b.right, b.said)
	}
}

// TestMissingDays keeps a position where there is no price, and gives it the whole return when there is one again.
func TestMissingDays(t *testing.T) {
	none := math.NaN()
	m := marketOf(t, []float64{100, none, none, 120, 126}, []float64{10, 10, 10, 10, 11})
	r := rule{top: 1}
	edges := [][]float64{{1, 0.5}, {none, 2}, {none, 2}, {-1, 2}}
	b := m.trade(datasets.Range{From: 0, To: 4}, 0.001, func(day int, held, to []float64) { r.choose(edges[day], held, to, m.tradable(day)) }, edges)
	want := []float64{0.999 - 1, 0, 0.2, 0.998*1.1 - 1}
	for i, v := range want {
		near(t, "return", b.returns[i], v)
	}
	if !slices.Equal(b.turnover, []float64{1, 0, 0, 2}) {
		t.Errorf("turnover %v; want none while there is no price, and then from A to B", b.turnover)
	}
}

// TestRuin loses all, and stays there.
func TestRuin(t *testing.T) {
	m := marketOf(t, []float64{100, 250, 100, 50})
	b := m.trade(datasets.Range{From: 0, To: 3}, 0, func(_ int, _, to []float64) { to[0] = -1 }, nil)
	if !slices.Equal(b.returns, []float64{-1, 0, 0}) || drawdown(b.returns) != 1 {
		t.Errorf("returns %v of a short position whose price rises by 150 %%", b.returns)
	}
}

func TestChoose(t *testing.T) {
	none := math.NaN()
	for name, c := range map[string]struct {
		rule             rule
		edge, held, want []float64
		shut             int // a share without a price, from 1
	}{
		"best of all":            {rule{top: 2}, []float64{0.1, 0.3, 0.2, -0.1}, []float64{0, 0, 0, 0}, []float64{0, 0.5, 0.5, 0}, 0},
		"fewer than places":      {rule{top: 3}, []float64{0.1, -0.3}, []float64{0, 0}, []float64{1.0 / 3, 0}, 0},
		"nothing predicted":      {rule{top: 1}, []float64{none, 0}, []float64{0, 0}, []float64{0, 0}, 0},
		"short":                  {rule{top: 2, short: true}, []float64{0.1, -0.3, 0.2}, []float64{0, 0, 0}, []float64{0, -0.5, 0.5}, 0},
		"no short":               {rule{top: 1}, []float64{-0.3}, []float64{0}, []float64{0}, 0},
		"too little to buy":      {rule{top: 1, bonus: 0.2}, []float64{0.1}, []float64{0}, []float64{0}, 0},
		"too little to sell":     {rule{top: 1, bonus: 0.2}, []float64{-0.1}, []float64{0.7}, []float64{1}, 0},
		"sold":                   {rule{top: 1, bonus: 0.2}, []float64{-0.3}, []float64{1}, []float64{0}, 0},
		"kept before a new one":  {rule{top: 1, bonus: 0.2}, []float64{0.3, 0.1}, []float64{0, 1}, []float64{0, 1}, 0},
		"a new one, much better": {rule{top: 1, bonus: 0.2}, []float64{0.6, 0.1}, []float64{0, 1}, []float64{1, 0}, 0},
		"short is kept":          {rule{top: 1, bonus: 0.2, short: true}, []float64{0.1}, []float64{-1}, []float64{-1}, 0},
		"turned":                 {rule{top: 1, bonus: 0.2, short: true}, []float64{0.3}, []float64{-1}, []float64{1}, 0},
		"stuck":                  {rule{top: 2}, []float64{0.9, 0.3, 0.2}, []float64{0.6, 0, 0}, []float64{0.6, 0.5, 0}, 1},
		"the first of equals":    {rule{top: 1}, []float64{0.2, 0.2}, []float64{0, 0}, []float64{1, 0}, 0},
	} {
		to := make([]float64, len(c.edge))
		c.rule.choose(c.edge, c.held, to, func(s int) bool { return s+1 != c.shut })
		if !slices.Equal(to, c.want) {
			t.Errorf("%s: %v; want %v", name, to, c.want)
		}
	}
}
