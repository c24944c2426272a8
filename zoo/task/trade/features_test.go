package trade

import (
	"math"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// TestFeaturesByHand computes the features of a day anew, each by its formula.
func TestFeaturesByHand(t *testing.T) {
	p := withRanges(walks(160, 2, 0.1, 3), 4)
	m, err := newMarket(p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := featuresOf(m, featureNames(m))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{20, 21, 100, 101, 159} {
		row := p.Series[0].Values
		r := func(s, i, k int) float64 {
			return math.Log(p.Series[s].Values[i][0] / p.Series[s].Values[i-k][0])
		}
		square := func(s, k int) float64 {
			sum, n := 0.0, 0
			for j := i; j > 0 && j > i-k; j-- {
				sum += r(s, j, 1) * r(s, j, 1)
				n++
			}
			return sum / float64(n)
		}
		sigma := func(s int) float64 { return math.Sqrt(0.75*square(s, 20) + 0.25*square(s, 100)) }
		low, high, volume := math.Inf(1), 0.0, 0.0
		for j := i - 19; j <= i; j++ {
			low, high, volume = min(low, row[j][0]), max(high, row[j][0]), volume+row[j][3]/20
		}
		for k, want := range []float64{
			r(0, i, 1) / sigma(0), r(0, i, 5) / (sigma(0) * math.Sqrt(5)), r(0, i, 20) / (sigma(0) * math.Sqrt(20)),
			math.Log(sigma(0)), max(-3, math.Log(math.Sqrt(square(0, 5))/sigma(0))), (row[i][0]-low)/(high-low) - 0.5,
			(r(0, i, 1)/sigma(0) + r(1, i, 1)/sigma(1)) / 2,
			(row[i][0]-row[i][2])/(row[i][1]-row[i][2]) - 0.5, math.Log(row[i][3] / volume),
		} {
			near(t, f.names[k], f.at(0, i)[k], want)
		}
		near(t, "volatility", f.volatility[0][i], sigma(0))
	}
	for i := range 20 {
		if !math.IsNaN(f.at(0, i)[return1]) || !math.IsNaN(f.volatility[0][i]) {
			t.Errorf("day %d has features before there are 20 returns", i)
		}
	}
}

// TestFeaturesOfRest looks at a price that rests: no volatility, no features; and as it moves again they are finite.
func TestFeaturesOfRest(t *testing.T) {
	s := &datasets.Series{ID: "X", Variables: []string{"close"}}
	for i := range 300 {
		price := 50.0
		switch {
		case i < 40:
			price += float64(i % 3)
		case i > 250:
			price += float64(i % 2)
		}
		s.Values = append(s.Values, []float64{price})
	}
	m, err := newMarket(s.Panel())
	if err != nil {
		t.Fatal(err)
	}
	f, err := featuresOf(m, featureNames(m))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		rest := i < 20 || i >= 139 && i <= 250 // of 100 returns none is left
		if math.IsNaN(f.volatility[0][i]) != rest {
			t.Errorf("day %d: volatility %v", i, f.volatility[0][i])
		}
		for k, v := range f.at(0, i) {
			if math.IsNaN(v) != rest || math.IsInf(v, 0) {
				t.Errorf("day %d: %s is %v", i, f.names[k], v)
			}
		}
	}
}
