package bench

import "testing"

func TestMeasure(t *testing.T) {
	w := small(Workloads()[0])
	r, err := Best(w, []int{1, 2}, 0.01)
	if err != nil {
		t.Fatal(err)
	}
	if r.Workload != w || r.Threads != 1 && r.Threads != 2 || r.Allocs != 0 {
		t.Errorf("%+v", r)
	}
	for name, v := range map[string]float64{
		"Milliseconds": r.Milliseconds, "FastestMilliseconds": r.FastestMilliseconds, "CompileMilliseconds": r.CompileMilliseconds,
		"PeakGFLOPS": r.PeakGFLOPS, "GFLOPS": r.GFLOPS(), "PeakShare": r.PeakShare(),
	} {
		if !(v > 0) {
			t.Errorf("%s is %v", name, v)
		}
	}
	if r.FastestMilliseconds > r.Milliseconds {
		t.Errorf("the fastest run took %v ms, longer than the median of %v", r.FastestMilliseconds, r.Milliseconds)
	}
	w.Cell = "none"
	if _, err := Best(w, []int{1}, 0.01); err == nil {
		t.Error("an unknown cell was measured")
	}
}
