package zoo

import (
	"context"
	"slices"
	"testing"
)

// airline returns the test RMSE of each seed.
func airline(t *testing.T, c Config, seeds int) []float64 {
	t.Helper()
	var rmse []float64
	for seed := range seeds {
		c.Seed = uint64(seed + 1)
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		rmse = append(rmse, r.Metrics["rmse"])
	}
	t.Logf("%s: test RMSE of the seeds from 1 on: %.2f", c.Model, rmse)
	return rmse
}

func median(x []float64) float64 { return slices.Sorted(slices.Values(x))[len(x)/2] }

// TestAirline is the promise of the defaults: as good as y[t−1]·y[t−12]/y[t−13], 15.62, give or take the choice of a
// seed, and far from the 41.85 of the same month of the year before.
func TestAirline(t *testing.T) {
	seeds, limit := 5, 16.0
	if testing.Short() {
		seeds, limit = 1, 20 // of one seed, which varies more than the median
	}
	for _, m := range Models() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			rmse := airline(t, Defaults(m.Name, "airline"), seeds)
			if got := median(rmse); !(got < limit) {
				t.Errorf("the median is %.2f; want less than %v", got, limit)
			}
		})
	}
}

// TestAirlineWithoutSeason has no seasonal difference: the network must learn the season from a window of a year.
func TestAirlineWithoutSeason(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, m := range Models() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			c, err := Configure(m.Name, "airline", map[string]string{"lag": "0"})
			if err != nil {
				t.Fatal(err)
			}
			if f := forecastOf(c); !f.Log || f.Lag != 0 || f.Difference != 1 || f.Window != 12 {
				t.Fatalf("options %+v; want the logarithm, first differences alone and a window of 12", f)
			}
			rmse := airline(t, c, 5)
			if got, worst := median(rmse), slices.Max(rmse); !(got < 20 && worst < 25) {
				t.Errorf("the median is %.2f and the worst %.2f; want less than 20 and 25", got, worst)
			}
		})
	}
}
