package detect

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
)

// benchmark returns the series of NAB, or skips the test.
func benchmark(t testing.TB) *datasets.Panel {
	t.Helper()
	data := os.Getenv("ZOO_DATA")
	if _, err := os.Stat(filepath.Join(data, "nab", "labels", "combined_windows.json")); data == "" || err != nil {
		t.Skip("nab is not in the folder of ZOO_DATA")
	}
	d, err := datasets.Open("nab")
	if err != nil {
		t.Fatal(err)
	}
	return d.(*datasets.Panel)
}

// TestNABOfficial holds the scorer against results of the benchmark's repository: windowedGaussian computes what its
// detector of that name does, and null flags nothing.
func TestNABOfficial(t *testing.T) {
	panel := benchmark(t)
	var gaussian, null []scored
	for _, s := range panel.Series {
		gaussian = append(gaussian, scored{windowedGaussian(s.Column(0)), s.Anomalies})
		null = append(null, scored{make([]float64, s.Len()), s.Anomalies})
	}
	for i, want := range []float64{39.649523496077585, 20.86798582474138, 47.4100271583046} {
		if got := nab(gaussian, profiles[i]); math.Abs(got.Score-want) > 1e-9 || got.Windows != 116 {
			t.Errorf("%s: %+v; want a score of %v", profiles[i].name, got, want)
		}
		if got := nab(null, profiles[i]); got.Score != 0 || got.Found != 0 || got.False != 0 {
			t.Errorf("%s: %+v of a detector that flags nothing", profiles[i].name, got)
		}
	}
}
