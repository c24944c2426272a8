package calendar

import (
	"math"
	"slices"
	"testing"
	"time"
)

// The values are Python's math.sin and math.cos of two pi times the fractions.
func TestFeatures(t *testing.T) {
	at := time.Date(2024, 5, 15, 18, 30, 0, 0, time.UTC) // a Wednesday, day 136 of 366
	hour := []float64{-0.9914448613738105, 0.13052619222005127}
	weekday := []float64{0.9749279121818236, -0.22252093395631434}
	yearday := []float64{0.7338853664321991, -0.6792733388972931}
	month := []float64{0.8660254037844387, -0.4999999999999998}
	for _, c := range []struct {
		f     Frequency
		names []string
		want  []float64
	}{
		{Frequency{Unit: Minute, Count: 15}, []string{"hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "yearday_sin", "yearday_cos"}, slices.Concat(hour, weekday, yearday)},
		{Frequency{Unit: Hour}, []string{"hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "yearday_sin", "yearday_cos"}, slices.Concat(hour, weekday, yearday)},
		{Frequency{Unit: BusinessDay}, []string{"weekday_sin", "weekday_cos", "yearday_sin", "yearday_cos"}, slices.Concat(weekday, yearday)},
		{Frequency{Unit: Day}, []string{"weekday_sin", "weekday_cos", "yearday_sin", "yearday_cos"}, slices.Concat(weekday, yearday)},
		{Frequency{Unit: Week}, []string{"yearday_sin", "yearday_cos"}, yearday},
		{Frequency{Unit: Month}, []string{"month_sin", "month_cos"}, month},
		{Frequency{Unit: MonthEnd, Count: 3}, []string{"month_sin", "month_cos"}, month},
		{Frequency{Unit: MonthEnd, Count: 12}, nil, nil},
		{Frequency{Unit: Quarter}, []string{"month_sin", "month_cos"}, month},
		{Frequency{Unit: Year}, nil, nil},
		{Frequency{}, nil, nil},
	} {
		values, names := Features(at, c.f)
		if !slices.Equal(names, c.names) || !slices.EqualFunc(values, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%v: %v, %v; want %v, %v", c.f, names, values, c.names, c.want)
		}
	}
}
