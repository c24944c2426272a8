package datasets

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The figures of the competition for the seasonal naive forecast of the hourly series: a sMAPE of 13.912.
func TestM4Hourly(t *testing.T) {
	corpus(t, m4Source(Info{}, m4Parts[1]))
	d, err := Open("m4-hourly")
	if err != nil {
		t.Fatal(err)
	}
	p := d.(*Panel)
	if len(p.Series) != 414 || p.Horizon != 48 || p.Period != 24 || p.Series[413].ID != "H414" {
		t.Fatalf("%d series, horizon %d, season %d, the last %s", len(p.Series), p.Horizon, p.Period, p.Series[len(p.Series)-1].ID)
	}
	smape, n := 0.0, 0
	for _, s := range p.Series {
		if len(s.Variables) != 1 || s.Period != 24 {
			t.Fatalf("%s: variables %v, season %d", s.ID, s.Variables, s.Period)
		}
		y, cut := s.Column(0), s.Len()-p.Horizon
		for h := range p.Horizon {
			actual, forecast := y[cut+h], y[cut-24+h%24]
			smape += 200 * math.Abs(actual-forecast) / (math.Abs(actual) + math.Abs(forecast))
			n++
		}
	}
	if smape /= float64(n); math.Abs(smape-13.912) > 0.0005 {
		t.Errorf("sMAPE of the seasonal naive forecast %.4f; the competition has 13.912", smape)
	}
	if s := p.Series[0]; s.Len() != 748 || s.Values[0][0] != 605 || s.Values[700][0] != 619 {
		t.Errorf("%d values, the first %v, the first to forecast %v", s.Len(), s.Values[0], s.Values[700])
	}
}

func TestM4Other(t *testing.T) {
	for _, part := range []m4Part{m4Parts[0], m4Parts[2]} {
		t.Run(part.name, func(t *testing.T) {
			info := m4(part).info
			corpus(t, m4Source(info, part))
			d, err := Open(info.Name)
			if err != nil {
				t.Fatal(err)
			}
			if p := d.(*Panel); len(p.Series) != part.series || p.Horizon != part.horizon || p.Period != 1 {
				t.Errorf("%d series, horizon %d, season %d", len(p.Series), p.Horizon, p.Period)
			}
		})
	}
}

func TestM4Files(t *testing.T) {
	part := m4Part{name: "Weekly", series: 2, horizon: 2, period: 1}
	const train = "\"V1\",\"V2\",\"V3\",\"V4\"\n\"W1\",\"1\",\"2.5\",\"3\"\n\"W2\",\"4\",,\n"
	const test = "\"V1\",\"V2\",\"V3\"\n\"W1\",\"5\",\"6\"\n\"W2\",\"7\",\"8\"\n"
	for _, c := range []struct {
		name, train, test string
		want              string // in the error; "" if there is none
	}{
		{"right", train, test, ""},
		{"a series less", strings.Replace(train, "\"W2\",\"4\",,\n", "", 1), test, "it has 1 series where the competition has 2"},
		{"in another order", strings.Replace(train, "W1", "W3", 1), test, `line 2: series "W3" where W1 is to come`},
		{"too few to forecast", train, strings.Replace(test, "\"8\"", "", 1), `series "W2" has 1 value where 2 are to be forecast`},
		{"no number", strings.Replace(train, "2.5", "x", 1), test, `line 2: value 2 is "x", which is not a finite number`},
		{"a gap", strings.Replace(train, "\"2.5\"", "", 1), test, `line 2: value 2 is "", which is not a finite number`},
		{"empty", "", test, "it has 0 series"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "Train"), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "Train", "Weekly-train.csv"), c.train)
			write(t, filepath.Join(dir, "Weekly-test.csv"), c.test)
			p, err := openM4(Info{Name: "m4-weekly"}, part, dir)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v; want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Series[0].Column(0); len(got) != 5 || got[1] != 2.5 || got[4] != 6 {
				t.Errorf("the first series is %v", got)
			}
			if got := p.Series[1].Column(0); len(got) != 3 || got[0] != 4 || got[2] != 8 {
				t.Errorf("the second series is %v", got)
			}
		})
	}
}
