package train

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestNewSchedule(t *testing.T) {
	const base, epochs, perEpoch = 0.5, 4, 25
	for spec, want := range map[string]Schedule{
		"":                   Constant(base),
		"constant":           Constant(base),
		"step:30":            StepDecay{Base: base, Every: 30 * perEpoch, Gamma: 0.1},
		"step:2:0.5":         StepDecay{Base: base, Every: 2 * perEpoch, Gamma: 0.5},
		"exponential:0.95":   StepDecay{Base: base, Every: perEpoch, Gamma: 0.95},
		"cosine":             CosineAnnealing{Base: base, Steps: 100},
		"cosine:0.01":        CosineAnnealing{Base: base, Steps: 100, Min: 0.01},
		"onecycle":           OneCycle{Max: base, Steps: 100},
		"plateau":            &ReduceOnPlateau{Base: base, Factor: 0.1, Patience: 10},
		"plateau:0.5":        &ReduceOnPlateau{Base: base, Factor: 0.5, Patience: 10},
		"plateau:0.5:0":      &ReduceOnPlateau{Base: base, Factor: 0.5, Patience: -1},
		"warmup:10":          Warmup{10, Constant(base)},
		"warmup:10,cosine":   Warmup{10, CosineAnnealing{Base: base, Steps: 90}},
		"warmup:500,cosine":  Warmup{500, CosineAnnealing{Base: base, Steps: 1}},
		"warmup:10,step:1:1": Warmup{10, StepDecay{Base: base, Every: perEpoch, Gamma: 1}},
	} {
		got, err := NewSchedule(spec, base, epochs, perEpoch)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %#v, %v; want %#v", spec, got, err, want)
		}
	}
}

func TestNewScheduleErrors(t *testing.T) {
	for spec, want := range map[string]string{
		"stp:30":              "not found; choose one of constant, step:EPOCHS[:FACTOR], exponential:FACTOR",
		"constant:1":          "takes at most 0 values, not 1",
		"step":                "has no EPOCHS; write it as one of constant",
		"step:":               `has "" for EPOCHS; give a whole number above 0`,
		"step:x":              `has "x" for EPOCHS`,
		"step:0":              `has "0" for EPOCHS`,
		"step:99999999999":    `has "99999999999" for EPOCHS`,
		"step:3:0":            `has "0" for FACTOR; give a number above 0 and at most 1`,
		"step:3:0.1:7":        "takes at most 2 values, not 3",
		"exponential":         "has no FACTOR",
		"exponential:nan":     `has "nan" for FACTOR`,
		"cosine:0.7":          `has "0.7" for MIN; give a number from 0 to the learning rate 0.5`,
		"plateau:2":           `has "2" for FACTOR`,
		"plateau:0.5:-1":      `has "-1" for PATIENCE; give a whole number of at least 0`,
		"warmup:":             `has "" for STEPS`,
		"warmup:5,linear":     "not found",
		"warmup:5,warmup:5":   "two warm-ups",
		"warmup:5,step:3:2:1": "takes at most 2 values",
	} {
		s, err := NewSchedule(spec, 0.5, 4, 25)
		if err == nil || s != nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), `schedule "`+spec) {
			t.Errorf("%q: %v, error %v; want %q", spec, s, err, want)
		}
	}
	for _, base := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := NewSchedule("cosine", base, 1, 1); err == nil || !strings.Contains(err.Error(), "learning rate") {
			t.Errorf("base %v: error %v; want one of the learning rate", base, err)
		}
	}
}

// TestSchedulesAreFinite runs every form over runs of all small sizes and beyond their ends.
func TestSchedulesAreFinite(t *testing.T) {
	for _, spec := range []string{"constant", "step:1", "exponential:0.5", "cosine", "onecycle", "plateau", "warmup:3", "warmup:3,onecycle", "warmup:3,plateau:0.5:0"} {
		for size := range 12 {
			s, err := NewSchedule(spec, 0.5, 1, size)
			if err != nil {
				t.Fatal(err)
			}
			for step := -1; step < size+5; step++ {
				if lr := s.At(step); !(lr >= 0 && lr <= 0.5) {
					t.Errorf("%s of %d steps: %v at step %d; want 0 to 0.5", spec, size, lr, step)
				}
			}
		}
	}
}

func TestSchedulesOfZeroSettings(t *testing.T) {
	for _, s := range []Schedule{Constant(2), StepDecay{Base: 2}, ExponentialDecay{Base: 2}, CosineAnnealing{Base: 2}, OneCycle{Max: 2}, &ReduceOnPlateau{Base: 2}, Warmup{After: Constant(2)}} {
		if lr := s.At(7); lr != 2 {
			t.Errorf("%#v: %v; want 2", s, lr)
		}
	}
	if lr := (Warmup{Steps: 3}).At(1); lr != 0 {
		t.Errorf("a warm-up to nothing gives %v", lr)
	}
	if lr := (OneCycle{Max: 2, Steps: 10, Rise: 1}).At(9); lr != 2 {
		t.Errorf("a cycle that only rises ends at %v; want 2", lr)
	}
}

func TestWarmup(t *testing.T) {
	s := Warmup{Steps: 3, After: StepDecay{Base: 4, Every: 2, Gamma: 0.5}}
	for step, want := range []float64{1, 2, 3, 4, 4, 2, 2, 1} {
		if lr := s.At(step); lr != want {
			t.Errorf("step %d: %v; want %v", step, lr, want)
		}
	}
}

func TestWarmupPassesMetricOn(t *testing.T) {
	s, err := NewSchedule("warmup:1,plateau:0.5:0", 1, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := s.(MetricSchedule)
	m.Observe(1)
	m.Observe(1)
	if lr := s.At(5); lr != 0.5 {
		t.Errorf("rate %v; want 0.5", lr)
	}
	Warmup{After: Constant(1)}.Observe(1) // ignored
}

func TestReduceOnPlateau(t *testing.T) {
	s := &ReduceOnPlateau{Base: 1, Factor: 0.5, Patience: 1, Cooldown: 2, Min: 0.3}
	nan := math.NaN()
	for i, c := range []struct{ metric, want float64 }{
		{-1, 1}, {-2, 1}, // losses below zero fall too
		{-2, 1}, {nan, 0.5}, // twice no progress
		{5, 0.5}, {5, 0.5}, // cooling down
		{5, 0.5}, {5, 0.3}, // not below Min
	} {
		s.Observe(c.metric)
		if lr := s.At(i); lr != c.want {
			t.Errorf("after observation %d: %v; want %v", i, lr, c.want)
		}
	}
}
