package datasets

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestETT(t *testing.T) {
	corpus(t, &source{folder: "ett", forms: [][]string{{"ETTh1.csv", "ETTh2.csv"}}})
	for _, c := range []struct {
		name       string
		first, end float64 // of HUFL in the first row, of OT in the last
	}{
		{"etth1", 5.827000141143799, 9.56700038909912},
		{"etth2", 41.13000106811523, 45.98649978637695},
	} {
		d, err := Open(c.name)
		if err != nil {
			t.Fatal(err)
		}
		s := d.(*Series)
		if want := []string{"HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"}; !reflect.DeepEqual(s.Variables, want) || s.Len() != 17_420 || s.Period != 24 {
			t.Fatalf("%s: %d rows of %v, season %d", c.name, s.Len(), s.Variables, s.Period)
		}
		if s.Values[0][0] != c.first || s.Values[17_419][6] != c.end {
			t.Errorf("%s: first and last value %v and %v; want %v and %v", c.name, s.Values[0][0], s.Values[17_419][6], c.first, c.end)
		}
		if s.Times[0] != "2016-07-01 00:00:00" || s.Times[17_419] != "2018-06-26 19:00:00" {
			t.Errorf("%s: from %s to %s", c.name, s.Times[0], s.Times[17_419])
		}
		if want := (Split{Range{0, 8640}, Range{8640, 11520}, Range{11520, 14400}}); s.Split == nil || *s.Split != want {
			t.Errorf("%s: parts %v; want %v", c.name, s.Split, want)
		}
	}
	d, err := Open("etth1", Columns("OT"))
	if err != nil {
		t.Fatal(err)
	}
	if s := d.(*Series); s.Width() != 1 || s.Values[0][0] != 30.5310001373291 || PanelOf(s).Series[0].Split == nil {
		t.Errorf("%d variables, the first value %v", s.Width(), s.Values[0])
	}
}

func TestETTShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ETTh1.csv")
	write(t, path, "date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT\n2016-07-01 00:00:00,1,2,3,4,5,6,7\n")
	if _, err := openETT(Info{}, path); err == nil || !strings.HasSuffix(err.Error(), "it has 1 rows with a time where the dataset has 17420; delete it and fetch it again") {
		t.Errorf("a file of one row: %v", err)
	}
}

// write makes a file of a text.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
