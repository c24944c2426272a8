package calendar

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"
)

// TestAsPython compares with what Python's datetime has made of forms and frequencies (testdata/make_next.py).
func TestAsPython(t *testing.T) {
	text, err := os.ReadFile("testdata/next.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Every, Last string
		Labels, Next      []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		form, times, err := Read(c.Labels)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		last := times[len(times)-1]
		// By the clock, unless offsets change.
		if c.Last != last.Format(time.DateTime) && c.Last != last.UTC().Format(time.DateTime) {
			t.Errorf("%s: the last of %q is %v by %v; want %s", c.Name, c.Labels, last, form, c.Last)
		}
		every, err := Find(times)
		if err != nil || every.String() != c.Every {
			t.Errorf("%s: %q come %v, %v; want %s", c.Name, c.Labels, every, err, c.Every)
		}
		if next := Next(c.Labels, len(c.Next)); !slices.Equal(next, c.Next) {
			t.Errorf("%s: after %q by %v comes\n%q; want\n%q", c.Name, c.Labels, form, next, c.Next)
		}
		for i, label := range c.Labels {
			if got := form.Write(times[i]); got != label {
				t.Errorf("%s: %s is written %s", c.Name, label, got)
			}
			if back, err := form.Parse(label); err != nil || !back.Equal(times[i]) {
				t.Errorf("%s: %s is read as %v, %v; want %v", c.Name, label, back, err, times[i])
			}
		}
		slices.Reverse(times)
		newest, err := Find(times)
		if err != nil || newest != every || Order(times) != NewestFirst {
			t.Errorf("%s: newest first it comes %v, %v, %v", c.Name, newest, err, Order(times))
		}
		again, err := ParseForm(form.String())
		if err != nil || again != form {
			t.Errorf("%s: form %v becomes %v, %v", c.Name, form, again, err)
		}
	}
}
