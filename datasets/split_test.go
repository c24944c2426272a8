package datasets

import (
	"math"
	"strings"
	"testing"
)

func TestChronological(t *testing.T) {
	for _, c := range []struct {
		n           int
		valid, test float64
		want        Split
	}{
		{144, 0.15, 1.0 / 3, Split{Range{0, 82}, Range{82, 96}, Range{96, 144}}},
		{144, 0.125, 1.0 / 3, Split{Range{0, 84}, Range{84, 96}, Range{96, 144}}},
		{100, 0.25, 0.2, Split{Range{0, 60}, Range{60, 80}, Range{80, 100}}},
		{3, 0.5, 1.0 / 3, Split{Range{0, 1}, Range{1, 2}, Range{2, 3}}},
		{10, 0.5, 0.25, Split{Range{0, 3}, Range{3, 7}, Range{7, 10}}}, // 2.5 and 3.5 round away from 0
	} {
		got, err := Chronological(c.n, c.valid, c.test)
		if err != nil || got != c.want {
			t.Errorf("Chronological(%d, %v, %v) = %v, %v; want %v", c.n, c.valid, c.test, got, err, c.want)
		}
		if sum := got.Train.Len() + got.Valid.Len() + got.Test.Len(); sum != c.n {
			t.Errorf("Chronological(%d, %v, %v): parts hold %d rows", c.n, c.valid, c.test, sum)
		}
	}
}

func TestChronologicalErrors(t *testing.T) {
	for _, c := range []struct {
		n           int
		valid, test float64
		want        string
	}{
		{100, 0, 0.2, "validation fraction 0 out of range"},
		{100, 1, 0.2, "validation fraction 1 out of range"},
		{100, math.NaN(), 0.2, "validation fraction NaN out of range"},
		{100, 0.2, 0, "test fraction 0 out of range"},
		{100, 0.2, -0.5, "test fraction -0.5 out of range"},
		{100, 0.2, math.Inf(1), "test fraction +Inf out of range"},
		{0, 0.2, 0.2, "0 rows leave none for the training part"},
		{-5, 0.2, 0.2, "-5 rows leave none for the training part"},
		{4, 0.2, 0.1, "4 rows leave none for the test part"},
		{4, 0.1, 0.25, "4 rows leave none for the validation part"},
		{4, 0.9, 0.5, "4 rows leave none for the training part"},
	} {
		_, err := Chronological(c.n, c.valid, c.test)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("Chronological(%d, %v, %v): error %v, want %s…", c.n, c.valid, c.test, err, c.want)
		}
	}
}
