package scoring

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// golden is what testdata/make_goldens.py has written.
type golden struct {
	Levels, Intervals       []float64
	Season                  int
	Train, Actual           [][][]*float64 // [series][variable][time]
	Forecast                [][][]float64
	Quantiles, Lower, Upper [][][][]float64
	Scales                  [][]float64
	Pooled                  map[string]float64
	Variables, Series       []map[string]float64
	Each                    [][]map[string]float64
	Samples                 []struct {
		Samples []float64
		Y, CRPS float64
	}
	Conformal []struct {
		Scores        []float64
		Share, Offset float64
		Enough        bool
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/goldens.json")
	if err == nil {
		err = json.Unmarshal(data, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func numbers(list []*float64) []float64 {
	x := make([]float64, len(list))
	for i, p := range list {
		x[i] = math.NaN()
		if p != nil {
			x[i] = *p
		}
	}
	return x
}

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))
}

func same(t *testing.T, what string, m Metrics, want map[string]float64) {
	t.Helper()
	if m.N != int(want["n"]) {
		t.Errorf("%s: %d values; want %v", what, m.N, want["n"])
	}
	got := m.Map()
	for name, w := range want {
		if g, ok := got[name]; name != "n" && (!ok || !near(g, w, 1e-12)) {
			t.Errorf("%s: %s is %v (%v); want %v", what, name, g, ok, w)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s has %s, which it cannot have", what, name)
		}
	}
}

// filled returns an accumulator of the golden observations, all numbers times a factor.
func (g golden) filled(t *testing.T, factor float64) *Accumulator {
	t.Helper()
	scales := make([][]float64, len(g.Train))
	for s, variables := range g.Train {
		for v, y := range variables {
			scales[s] = append(scales[s], NaiveScale(times(factor, numbers(y)), g.Season))
			if !near(scales[s][v]/factor, g.Scales[s][v], 1e-13) {
				t.Errorf("the scale of series %d, variable %d is %v; want %v", s, v, scales[s][v], g.Scales[s][v])
			}
		}
	}
	a, err := New(len(g.Actual), len(g.Actual[0]), Config{Scales: scales, Levels: g.Levels, Intervals: g.Intervals})
	if err != nil {
		t.Fatal(err)
	}
	for s, variables := range g.Actual {
		for v, y := range variables {
			for i, y := range numbers(y) {
				if err := a.Add(Observation{Series: s, Variable: v, Actual: factor * y, Forecast: factor * g.Forecast[s][v][i],
					Quantiles: times(factor, g.Quantiles[s][v][i]), Lower: times(factor, g.Lower[s][v][i]), Upper: times(factor, g.Upper[s][v][i])}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return a
}

func times(f float64, x []float64) []float64 {
	x = slices.Clone(x)
	for i := range x {
		x[i] *= f
	}
	return x
}

// TestGoldens has the metrics of numpy, of each variable of each series and of all together.
func TestGoldens(t *testing.T) {
	g := readGolden(t)
	a := g.filled(t, 1)
	same(t, "pooled", a.Pooled(), g.Pooled)
	for v, want := range g.Variables {
		same(t, "variable", a.Variable(v), want)
	}
	for s, want := range g.Series {
		same(t, "series", a.Series(s), want)
	}
	for s, list := range g.Each {
		for v, want := range list {
			same(t, "one", a.Of(s, v), want)
		}
	}
	scaled := a.Pooled().Scaled().Map()
	for _, name := range []string{"rmse", "mae", "crps", "pinball", "pinball50", "width80"} {
		if _, ok := scaled[name]; ok {
			t.Errorf("the metrics without units have %s", name)
		}
	}
	for _, name := range []string{"smape", "mase", "mape", "wql", "coverage80", "msis95"} {
		if scaled[name] != g.Pooled[name] && !near(scaled[name], g.Pooled[name], 1e-12) {
			t.Errorf("the metrics without units lack %s", name)
		}
	}
}

// TestHugeAndTiny has numbers beyond 1e300 and below 1e-200, whose squares no float64 holds: the same scores, times the factor.
func TestHugeAndTiny(t *testing.T) {
	g := readGolden(t)
	want := g.filled(t, 1).Pooled().Map()
	for _, factor := range []float64{0x1p1000, 0x1p-700, 0x1p470, 0x1p-470} {
		got := g.filled(t, factor).Pooled().Map()
		for name, w := range want {
			switch {
			case name == "rmse" || name == "mae" || name == "crps" || strings.HasPrefix(name, "pinball") || strings.HasPrefix(name, "width"):
				w *= factor
			}
			if !(math.Abs(got[name]/w-1) < 1e-12) {
				t.Errorf("times %g: %s is %v; want %v", factor, name, got[name], w)
			}
		}
	}
	// Errors of all magnitudes together.
	a, _ := New(1, 1, Config{})
	for _, e := range []float64{3e-200, 4e-200, 2, 1e200, 1e200} {
		if err := a.Add(Observation{Forecast: e}); err != nil {
			t.Fatal(err)
		}
	}
	if m := a.Pooled(); !near(m.RMSE/1e200, math.Sqrt(2.0/5), 1e-12) || !near(m.MAE/1e200, 0.4, 1e-12) || m.SMAPE != 200 || !math.IsNaN(m.MAPE) {
		t.Errorf("errors of all magnitudes: %+v", m)
	}
	a, _ = New(1, 1, Config{})
	for range 3 {
		a.Add(Observation{Actual: math.MaxFloat64 / 2, Forecast: -math.MaxFloat64 / 2})
	}
	if m := a.Pooled(); !near(m.RMSE/math.MaxFloat64, 1, 1e-12) || !near(m.MAE/math.MaxFloat64, 1, 1e-12) || !near(m.SMAPE, 200, 1e-12) || !near(m.MAPE, 200, 1e-12) {
		t.Errorf("errors of the largest number: %+v", m)
	}
}

// TestRefused are observations that have no score, and accumulators of nothing.
func TestRefused(t *testing.T) {
	NaN, Inf := math.NaN(), math.Inf(1)
	config := Config{Levels: []float64{0.5}, Intervals: []float64{0.9}, Scales: [][]float64{{1e-300}}, CRPS: true}
	a, err := New(1, 1, config)
	if err != nil {
		t.Fatal(err)
	}
	good := Observation{Actual: 1, Forecast: 1, Quantiles: []float64{1}, Lower: []float64{1}, Upper: []float64{1}, CRPS: 0.5}
	for want, change := range map[string]func(o *Observation){
		"no variable 0 of series 1":               func(o *Observation) { o.Series = 1 },
		"no variable -1 of series 0":              func(o *Observation) { o.Variable = -1 },
		"the value is 1 and the prediction NaN":   func(o *Observation) { o.Forecast = NaN },
		"the value is +Inf and the prediction 1":  func(o *Observation) { o.Actual = Inf },
		"scaled error +Inf":                       func(o *Observation) { o.Forecast = 1e20 },
		"quantile -Inf":                           func(o *Observation) { o.Quantiles = []float64{-Inf} },
		"0 quantiles":                             func(o *Observation) { o.Quantiles = nil },
		"0 and 1 bounds":                          func(o *Observation) { o.Lower = nil },
		"from 3 to 2":                             func(o *Observation) { o.Lower, o.Upper = []float64{3}, []float64{2} },
		"interval's score NaN":                    func(o *Observation) { o.Lower = []float64{NaN} },
		"CRPS +Inf":                               func(o *Observation) { o.CRPS = Inf },
		"interval's score +Inf":                   func(o *Observation) { o.Upper = []float64{1e200} },
		"the value is -1e+308 and the prediction": func(o *Observation) { o.Actual, o.Forecast = -1e308, 1e308 },
	} {
		o := good
		change(&o)
		if err := a.Add(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v; want one about %q", err, want)
		}
	}
	if m := a.Pooled(); m.N != 0 || len(m.Map()) != 0 {
		t.Errorf("what was refused counts: %+v", m)
	}
	if err := a.Add(good); err != nil {
		t.Fatal(err)
	}
	missing := good
	missing.Actual, missing.Forecast = NaN, NaN
	if err := a.Add(missing); err != nil {
		t.Errorf("a missing value: %v", err)
	}
	if m := a.Pooled(); m.N != 1 || m.CRPS != 0.5 || m.RMSE != 0 || m.MAPE != 0 || m.MASE != 0 || m.Coverage[0] != 1 {
		t.Errorf("one value that is met: %+v", m)
	}
	for _, c := range []struct {
		series, variables int
		config            Config
		want              string
	}{
		{0, 1, Config{}, "0 series"},
		{1 << 20, 1 << 20, Config{}, "2³¹"},
		{1, 1, Config{Levels: []float64{0.5, 0.5}}, "increasing"},
		{1, 1, Config{Levels: []float64{NaN}}, "NaN"},
		{1, 1, Config{Intervals: []float64{1}}, "cover 1"},
		{2, 1, Config{Scales: [][]float64{{1}}}, "scales of 1 series"},
		{1, 2, Config{Scales: [][]float64{{1}}}, "1 scales"},
	} {
		if _, err := New(c.series, c.variables, c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v; want one about %q", err, c.want)
		}
	}
	var none *Accumulator
	if none.Add(good) == nil || none.Pooled().N != 0 || a.Of(5, 5).N != 0 {
		t.Error("an accumulator that is none counts")
	}
}

// TestCRPS is exact for samples, and near it for quantiles.
func TestCRPS(t *testing.T) {
	for _, c := range readGolden(t).Samples {
		x := slices.Clone(c.Samples)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		if got := CRPSOfSamples(x, c.Y); !near(got, c.CRPS, 1e-12) {
			t.Errorf("of %v at %v: %v; want %v", c.Samples, c.Y, got, c.CRPS)
		}
		if got := CRPSOfSamples(times(0x1p1000, x), c.Y*0x1p1000) / 0x1p1000; !near(got, c.CRPS, 1e-12) {
			t.Errorf("of %v at %v, times 2¹⁰⁰⁰: %v; want %v", c.Samples, c.Y, got, c.CRPS)
		}
	}
	// Of the uniform distribution on [0, 1] it is y² − y + 1/3 within.
	var levels []float64
	for i := range 199 {
		levels = append(levels, float64(i+1)/200)
	}
	for _, y := range []float64{0.2, 0.5, 0.77} {
		if got, want := CRPSOfQuantiles(levels, levels, y), y*y-y+1.0/3; !near(got, want, 1e-4) {
			t.Errorf("of a uniform distribution at %v: %v; want %v", y, got, want)
		}
	}
	if !math.IsNaN(CRPSOfSamples(nil, 1)) || !math.IsNaN(CRPSOfQuantiles(nil, nil, 1)) {
		t.Error("a distribution that is none has a score")
	}
}

// TestOWA has the figures of M4's winner on the hourly series: ES-RNN 9.328 and 0.893, Naive2 18.383 and 2.395.
func TestOWA(t *testing.T) {
	if got := OWA(9.328, 0.893, 18.383, 2.395); !near(got, 0.440, 5e-4) {
		t.Errorf("OWA of ES-RNN is %v; the competition has 0.440", got)
	}
	if got := OWA(1, 1, 0, 1); !math.IsNaN(got) {
		t.Errorf("OWA against a forecast without error is %v", got)
	}
	for share, want := range map[float64]string{0.95: "95", 0.975: "97.5", 0.1: "10", 1.0 / 3: "33.333333", 0.29: "29", 0.57: "57"} {
		if got := Percent(share); got != want {
			t.Errorf("%v is %s percent; want %s", share, got, want)
		}
	}
	for _, y := range [][]float64{nil, {1}, {1, math.NaN(), 2}} {
		if got := NaiveScale(y, 0); !math.IsNaN(got) {
			t.Errorf("the scale of %v is %v", y, got)
		}
	}
	if got := NaiveScale([]float64{1, 2, 4}, 7); got != 1.5 {
		t.Errorf("the scale of a history shorter than its season is %v; want that of persistence", got)
	}
}
