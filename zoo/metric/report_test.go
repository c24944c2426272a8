package metric

import (
	"encoding/json"
	"math"
	"testing"
)

// TestReport has the numbers of scikit-learn 1.9.1's classification_report with zero_division=0: a class that nothing was
// taken for, one that does not occur, and one of neither kind, which does not count.
func TestReport(t *testing.T) {
	c := NewConfusion([]string{"a", "b", "c", "d", "e"})
	for _, pair := range [][2]int{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}, {1, 0}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {2, 0}, {2, 3}} {
		c.Counts[pair[0]][pair[1]]++
	}
	r := c.Report()
	near := func(what string, got, want [3]float64) {
		t.Helper()
		for i := range want {
			if !(math.Abs(got[i]-want[i]) < 1e-15) {
				t.Errorf("%s: precision, recall and F1 %v; scikit-learn has %v", what, got, want)
				return
			}
		}
	}
	for i, want := range []struct {
		ClassScores
		scores [3]float64
	}{
		{ClassScores{Class: "a", Support: 4, Predicted: 6}, [3]float64{0.5, 0.75, 0.6}},
		{ClassScores{Class: "b", Support: 6, Predicted: 5}, [3]float64{0.8, 0.6666666666666666, 0.7272727272727273}},
		{ClassScores{Class: "c", Support: 2}, [3]float64{}},
		{ClassScores{Class: "d", Predicted: 1}, [3]float64{}},
		{ClassScores{Class: "e"}, [3]float64{}},
	} {
		got := r.Classes[i]
		near(want.Class, [3]float64{got.Precision, got.Recall, got.F1}, want.scores)
		if got.Class != want.Class || got.Support != want.Support || got.Predicted != want.Predicted {
			t.Errorf("%+v; want %+v", got, want.ClassScores)
		}
	}
	near("macro", [3]float64{r.Macro.Precision, r.Macro.Recall, r.Macro.F1}, [3]float64{0.325, 0.35416666666666663, 0.3318181818181818})
	near("weighted", [3]float64{r.Weighted.Precision, r.Weighted.Recall, r.Weighted.F1}, [3]float64{0.5666666666666668, 0.5833333333333334, 0.5636363636363636})
	if c.F1() != r.Macro.F1 {
		t.Errorf("F1 is %v; the macro average is %v", c.F1(), r.Macro.F1)
	}
	if _, err := json.Marshal(r); err != nil { // undefined is 0, which JSON has
		t.Error(err)
	}
	if none := (&Confusion{}).Report(); len(none.Classes) != 0 || none.Macro != (Average{}) || none.Weighted != (Average{}) {
		t.Errorf("of nothing it is %+v", none)
	}
}
