package forecast

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/datasets"
)

func TestShares(t *testing.T) {
	days := func() []time.Time {
		var all []time.Time
		for i := range 30 {
			all = append(all, time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC))
		}
		return all
	}
	for _, c := range []struct {
		share Share
		want  int
		wrong string
	}{
		{"0.2", 6, ""}, {"1/3", 10, ""}, {"7", 7, ""}, {"2024-01-21", 10, ""}, {"2024-01", 30, ""}, {"2024-02-01", 0, ""}, {" 0.5 ", 15, ""},
		{"0", 0, "is no part of a series"}, {"-3", 0, "is no part"}, {"1.5", 0, "is no part"}, {"3/2", 0, "is no part"}, {"NaN", 0, "is no part"}, {"yesterday", 0, "is no part"},
	} {
		n, err := c.share.rows(30, days)
		if c.wrong == "" && (err != nil || n != c.want) || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%q is %d rows, %v; want %d, %s", c.share, n, err, c.want, c.wrong)
		}
	}
	if _, err := Share("2024-01-21").rows(30, func() []time.Time { return nil }); err == nil || !strings.Contains(err.Error(), "no times that can be read") {
		t.Errorf("a date of rows without times: %v", err)
	}
	split, err := cut(30, "0.25", "2024-01-21", days)
	if want := (datasets.Split{Train: datasets.Range{From: 0, To: 15}, Valid: datasets.Range{From: 15, To: 20}, Test: datasets.Range{From: 20, To: 30}}); err != nil || split != want {
		t.Errorf("%+v, %v; want %+v", split, err, want)
	}
	for _, c := range []struct{ valid, test Share }{{"1/8", "2024-02-01"}, {"20", "10"}, {"1/8", "40"}} {
		if split, err := cut(30, c.valid, c.test, days); err == nil {
			t.Errorf("%+v: %+v", c, split)
		}
	}
	// As runs kept them once, and do now.
	for text, want := range map[string]Share{`0.125`: "0.125", `"1/8"`: "1/8", `0`: "", `""`: "", `"2024-01-21"`: "2024-01-21"} {
		var s Share
		if err := json.Unmarshal([]byte(text), &s); err != nil || s != want {
			t.Errorf("%s is %q, %v; want %q", text, s, err, want)
		}
	}
}
