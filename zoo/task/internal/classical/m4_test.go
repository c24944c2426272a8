package classical

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestM4 has the figures that the M4 competition has published for its hourly series, 414 of them with a horizon of 48:
// sMAPE and MASE of the seasonal naive forecast, Naive2 and Theta.
func TestM4(t *testing.T) {
	root := os.Getenv("ZOO_DATA")
	if root == "" {
		t.Skip("needs ZOO_DATA, the folder of datasets")
	}
	train, test := readM4(t, filepath.Join(root, "m4/Train/Hourly-train.csv")), readM4(t, filepath.Join(root, "m4/Test/Hourly-test.csv"))
	if len(train) != 414 || len(test) != 414 {
		t.Fatalf("%d and %d series; want 414", len(train), len(test))
	}
	const season, horizon = 24, 48
	for _, c := range []struct {
		method      Method
		smape, mase float64 // 0 where it is not known
		tolerance   float64
	}{
		{Seasonal(), 13.912, 0, 0.0005},
		{Naive2(), 18.383, 2.395, 0.0005},
		{Theta(), 18.138, 2.455, 0.0005},
		{HoltWinters(), 0, 0, 0}, // for the log
	} {
		smape, mase := 0.0, 0.0
		for i, y := range train {
			f, err := c.method.Forecast(y, season, horizon)
			if err != nil {
				t.Fatal(err)
			}
			scale := 0.0
			for k := season; k < len(y); k++ {
				scale += math.Abs(y[k]-y[k-season]) / float64(len(y)-season)
			}
			for h, want := range test[i] {
				e := math.Abs(f[h] - want)
				smape += 200 * e / (math.Abs(f[h]) + math.Abs(want)) / horizon / float64(len(train))
				mase += e / scale / horizon / float64(len(train))
			}
		}
		t.Logf("%s: sMAPE %.3f, MASE %.3f", c.method.Name, smape, mase)
		if c.smape != 0 && math.Abs(smape-c.smape) > c.tolerance || c.mase != 0 && math.Abs(mase-c.mase) > c.tolerance {
			t.Errorf("%s: sMAPE %.4f, MASE %.4f; published are %g and %g", c.method.Name, smape, mase, c.smape, c.mase)
		}
	}
}

// readM4 reads a file of M4, packed or not: a series a row behind its name, with empty fields at its end.
func readM4(t *testing.T, path string) (all [][]float64) {
	t.Helper()
	var r io.Reader
	f, err := os.Open(path)
	if err != nil {
		if f, err = os.Open(path + ".gz"); err != nil {
			t.Skipf("%v; it is of https://github.com/Mcompetitions/M4-methods, Dataset", err)
		}
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	} else {
		r = f
	}
	defer f.Close()
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	records, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		var y []float64
		for _, field := range record[1:] {
			if field = strings.TrimSpace(field); field == "" {
				break
			}
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			y = append(y, v)
		}
		all = append(all, y)
	}
	return all
}
