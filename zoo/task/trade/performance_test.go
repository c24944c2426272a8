package trade

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// golden is what numpy has computed (testdata/make_goldens.py).
type golden struct {
	Own, Holding, Low, High []float64
	PerYear                 float64 `json:"per_year"`
	Sharpe, Drawdown        float64
	Return, Volatility      float64
}

func readGolden(t *testing.T) golden {
	t.Helper()
	data, err := os.ReadFile("testdata/performance.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// near fails the test unless two numbers agree to some 1e-10.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-10*max(1, math.Abs(want))) {
		t.Errorf("%s is %v; want %v", what, got, want)
	}
}

func TestPerformanceAgainstNumpy(t *testing.T) {
	g := readGolden(t)
	m := (&book{returns: g.Own}).metrics(g.PerYear)
	near(t, "sharpe", m[sharpeName], g.Sharpe)
	near(t, "drawdown", m[drawdownName], g.Drawdown)
	near(t, "return", m[returnName], g.Return)
	near(t, "volatility", m[volatilityName], g.Volatility)
}

// TestPerformanceOfLittle looks at what has no ratio, and at a capital that is lost.
func TestPerformanceOfLittle(t *testing.T) {
	for name, c := range map[string]struct {
		returns                  []float64
		sharpe, annual, drawdown float64
	}{
		"none":      {nil, 0, 0, 0},
		"one":       {[]float64{0.1}, 0, math.Pow(1.1, 252) - 1, 0},
		"constant":  {[]float64{0.01, 0.01, 0.01}, 0, math.Pow(1.01, 252) - 1, 0},
		"nothing":   {[]float64{0, 0}, 0, 0, 0},
		"all lost":  {[]float64{0.5, -1, 0}, sharpe([]float64{0.5, -1, 0}, 252), -1, 1},
		"up, down":  {[]float64{0.5, -0.5, -0.2, 3}, sharpe([]float64{0.5, -0.5, -0.2, 3}, 252), math.Pow(1.5*0.5*0.8*4, 63) - 1, 0.6},
		"first day": {[]float64{-0.25, 0.1}, sharpe([]float64{-0.25, 0.1}, 252), math.Pow(0.825, 126) - 1, 0.25},
	} {
		m := (&book{returns: c.returns}).metrics(252)
		near(t, name+": sharpe", m[sharpeName], c.sharpe)
		near(t, name+": return", m[returnName]/max(1, math.Abs(c.annual)), c.annual/max(1, math.Abs(c.annual)))
		near(t, name+": drawdown", m[drawdownName], c.drawdown)
		for metric, v := range m {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %s is %v", name, metric, v)
			}
		}
	}
}
