package classical

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

type golden struct {
	Name          string
	Season        int
	History, More []float64
	Seasonal      bool
	Forecasts     map[string]map[string][]float64
	HoltWinters   struct {
		Parameters        []float64 // α, β, γ, φ
		Level, Trend, SSE float64
		Forecast          []float64
	} `json:"holt-winters"`
}

// goldens are those that testdata/make_goldens.py has written.
func goldens(t *testing.T) (all []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/goldens.json")
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil || len(all) < 5 {
		t.Fatalf("%d goldens, %v", len(all), err)
	}
	return all
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values; want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= tolerance*math.Max(1, math.Abs(w))) {
			t.Errorf("%s: value %d is %v; want %v", what, i, got[i], w)
			return
		}
	}
}

// TestGoldens compares the forecasts after a history, and after further values, with those of Python. Theta's parameter is
// known only as exactly as a minimum can be.
func TestGoldens(t *testing.T) {
	compared := map[string]int{}
	for _, g := range goldens(t) {
		if got := isSeasonal(g.History, g.Season); got != g.Seasonal {
			t.Errorf("%s: seasonal %v; want %v", g.Name, got, g.Seasonal)
		}
		for _, m := range Methods() {
			if m.Name == "holt-winters" {
				continue
			}
			model, err := m.Fit(g.History, g.Season)
			if err != nil {
				if !errors.Is(err, ErrUnsuited) || g.Forecasts["0"][m.Name] != nil {
					t.Errorf("%s, %s: %v", g.Name, m.Name, err)
				}
				continue
			}
			tolerance := 1e-10
			if m.Name == "theta" {
				tolerance = 1e-6
			}
			for _, k := range []int{0, 1, len(g.More)} {
				if k > 0 {
					model.Update(g.More[min(k-1, 1):k]...)
				}
				want, ok := g.Forecasts[strconv.Itoa(k)][m.Name]
				if !ok {
					if m.Name != "growth" {
						t.Errorf("%s: there is no golden of %s", g.Name, m.Name)
					}
					continue
				}
				got, err := model.Forecast(len(want))
				if err != nil {
					t.Fatal(err)
				}
				near(t, g.Name+", "+m.Name+" after "+strconv.Itoa(k), got, want, tolerance)
				compared[m.Name]++
			}
		}
	}
	for _, m := range Methods() {
		if m.Name != "holt-winters" && compared[m.Name] < 6 {
			t.Errorf("%s: %d comparisons", m.Name, compared[m.Name])
		}
	}
}

// TestHoltWinters has the recursion of statsmodels at its parameters, and finds parameters as good as scipy's.
func TestHoltWinters(t *testing.T) {
	for _, g := range goldens(t) {
		want := g.HoltWinters
		season := g.Season
		if len(g.History) < 3*season {
			season = 0
		}
		m := &holtWinters{alpha: want.Parameters[0], beta: want.Parameters[1], gamma: want.Parameters[2], phi: want.Parameters[3],
			level: want.Level, trend: want.Trend, season: []float64{0}}
		if season > 1 {
			m.season = decompose(g.History, season, true)
		}
		sum := 0.0
		for _, y := range g.History {
			e := m.step(y)
			sum += e * e
		}
		near(t, g.Name+": sum of squares", []float64{sum}, []float64{want.SSE}, 1e-9)
		out := make([]float64, len(want.Forecast))
		m.forecast(out)
		near(t, g.Name+": forecast at statsmodels' parameters", out, want.Forecast, 1e-8)

		fitted := fitHoltWinters(g.History, season)
		f := &holtWintersFit{y: g.History}
		got := f.errorsOf(fitted, g.History, season)
		if !(got <= want.SSE*(1+1e-4)) {
			t.Errorf("%s: the sum of squares of the fit is %v; scipy finds %v (%v)", g.Name, got, want.SSE, want.Parameters)
		}
		t.Logf("%s: %.6g of scipy's sum, parameters %.4f %.4f %.4f %.4f, scipy %.4f", g.Name, got/want.SSE, fitted.alpha, fitted.beta, fitted.gamma, fitted.phi, want.Parameters)
	}
}

// errorsOf returns the sum of squares of a fitted model's parameters with the best first level and trend.
func (*holtWintersFit) errorsOf(m *holtWinters, y []float64, season int) float64 {
	first := []float64{0}
	if season > 1 {
		first = decompose(y, season, true)
	}
	f := &holtWintersFit{y: y, first: first, seasonal: season > 1}
	for i := range f.buffers {
		f.buffers[i] = make([]float64, len(first))
	}
	x := []float64{logit(m.alpha), logit(m.beta / m.alpha), logit((m.phi - 0.8) / 0.18), logit(m.gamma / (1 - m.alpha))}
	s, _, _ := f.squares(x)
	return s
}

// TestUpdate is a fit to a longer history where the method has no parameters, and serves a method that has them with a
// value that is missing as if it had been what was forecast.
func TestUpdate(t *testing.T) {
	g := goldens(t)[0]
	whole := append(append([]float64(nil), g.History...), g.More...)
	for _, m := range Methods() {
		model, err := m.Fit(g.History, g.Season)
		if err != nil {
			t.Fatal(err)
		}
		next, err := model.Forecast(1)
		if err != nil {
			t.Fatal(err)
		}
		missing, _ := m.Fit(g.History, g.Season)
		model.Update(next[0])
		missing.Update(math.NaN())
		a, err := model.Forecast(20)
		b, err2 := missing.Forecast(20)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		near(t, m.Name+" with a missing value", b, a, 1e-12)

		switch m.Name {
		case "persistence", "seasonal", "drift", "growth":
			model, _ = m.Fit(g.History, g.Season)
			model.Update(g.More...)
			a, _ = model.Forecast(30)
			b, _ = m.Forecast(whole, g.Season, 30)
			near(t, m.Name+" updated", a, b, 0)
		}
	}
}

// TestScale forecasts values up to 1e300 and down to 1e-300 as those of usual size, and says so where a float64 holds no
// forecast.
func TestScale(t *testing.T) {
	for _, g := range goldens(t) {
		for _, m := range Methods() {
			want, err := m.Forecast(g.History, g.Season, 12)
			if err != nil {
				continue
			}
			for _, e := range []int{990, -990} { // 2⁹⁹⁰ is 1e298
				y := make([]float64, len(g.History))
				for i, v := range g.History {
					y[i] = math.Ldexp(v, e)
				}
				got, err := m.Forecast(y, g.Season, 12)
				if err != nil {
					t.Errorf("%s, %s times 2^%d: %v", g.Name, m.Name, e, err)
					continue
				}
				for i := range got {
					got[i] = math.Ldexp(got[i], -e)
				}
				near(t, g.Name+", "+m.Name+" scaled", got, want, 1e-9)
			}
		}
	}
	if f, err := Drift().Forecast([]float64{-1e308, 1e308}, 0, 3); !errors.Is(err, ErrUnsuited) {
		t.Errorf("drift beyond the largest number gives %v, %v", f, err)
	}
	model, err := HoltWinters().Fit([]float64{1, 2, 3, 2, 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	model.Update(math.Inf(1))
	if f, err := model.Forecast(2); !errors.Is(err, ErrUnsuited) {
		t.Errorf("after an infinite value the forecast is %v, %v", f, err)
	}
}

// TestEdges has histories of one value, of two, constant and of zeros: each method forecasts them or says that they do not
// suit it.
func TestEdges(t *testing.T) {
	constant := make([]float64, 50)
	zeros := make([]float64, 50)
	for i := range constant {
		constant[i] = 7.25
	}
	step := append(append([]float64(nil), zeros...), constant...)
	for _, m := range Methods() {
		for name, y := range map[string][]float64{"one": {3}, "two": {3, 5}, "constant": constant, "zeros": zeros, "step": step} {
			for _, season := range []int{0, 1, 2, 7, 49, 51} {
				f, err := m.Forecast(y, season, 5)
				switch {
				case errors.Is(err, ErrUnsuited):
					if m.Name == "persistence" || m.Name == "drift" || m.Name == "naive2" || m.Name == "theta" || season < 2 && m.Name == "holt-winters" && len(y) > 3 {
						t.Errorf("%s of %s with season %d: %v", m.Name, name, season, err)
					}
				case err != nil:
					t.Errorf("%s of %s with season %d: %v", m.Name, name, season, err)
				case name == "constant" || name == "zeros":
					near(t, m.Name+" of "+name, f, []float64{y[0], y[0], y[0], y[0], y[0]}, 1e-9)
				}
			}
		}
		for _, bad := range []struct {
			y         []float64
			season, h int
			want      string
		}{
			{nil, 0, 1, "no values"},
			{[]float64{1, math.NaN()}, 0, 1, "value 2 of the history is NaN"},
			{[]float64{math.Inf(-1), 1}, 0, 1, "value 1 of the history is -Inf"},
			{step, -1, 1, "season is -1"},
			{constant, 7, 0, "0 steps"},
			{constant, 7, MaxHorizon + 1, "1000001 steps"},
		} {
			if _, err := m.Forecast(bad.y, bad.season, bad.h); err == nil || !strings.Contains(err.Error(), bad.want) || !strings.HasPrefix(err.Error(), m.Name) {
				t.Errorf("%s: the error is %v; want one about %q", m.Name, err, bad.want)
			}
		}
	}
	for _, m := range []Method{Naive2(), Theta(), HoltWinters()} {
		if _, err := m.Fit(make([]float64, 3), MaxSeason+1); !errors.Is(err, ErrUnsuited) {
			t.Errorf("%s with a season that is too long: %v", m.Name, err)
		}
	}
	if _, err := (Method{}).Fit(constant, 0); err == nil {
		t.Error("a method that is none fits")
	}
	var none *Model
	none.Update(1)
	if _, err := none.Forecast(1); err == nil {
		t.Error("a model that is none forecasts")
	}
	if f, err := Growth().Forecast([]float64{1, 0, 2}, 2, 1); !errors.Is(err, ErrUnsuited) {
		t.Errorf("growth from 0 is %v, %v", f, err)
	}
}

// TestMinimum finds the least of a function of one number and of several.
func TestMinimum(t *testing.T) {
	if x := minimum(func(x float64) float64 { return math.Cos(x) + 0.01*x }, -2, 12); math.Abs(x-(math.Pi-math.Asin(0.01))) > 1e-6 {
		t.Errorf("cos x + x/100 is least at %v; want %v, not the next one", x, math.Pi-math.Asin(0.01))
	}
	if x := minimum(func(x float64) float64 { return -x }, 0, 2); x != 2 {
		t.Errorf("−x is least at %v", x)
	}
	rosenbrock := func(x []float64) float64 {
		return math.Pow(1-x[0], 2) + 100*math.Pow(x[1]-x[0]*x[0], 2)
	}
	x, least := nelderMead(rosenbrock, []float64{-1.2, 1}, 0.5, 1000)
	if math.Abs(x[0]-1) > 1e-4 || math.Abs(x[1]-1) > 1e-4 || least > 1e-8 {
		t.Errorf("Rosenbrock's function is least at %v, %v", x, least)
	}
	x, _ = nelderMead(func(x []float64) float64 {
		if x[0] < 1 {
			return math.NaN()
		}
		return x[0]
	}, []float64{3}, 0.5, 500)
	if math.Abs(x[0]-1) > 1e-6 {
		t.Errorf("x where it is a number is least at %v", x)
	}
}

func BenchmarkFit(b *testing.B) {
	y := make([]float64, Window)
	for t := range y {
		y[t] = 20 + 5*math.Sin(2*math.Pi*float64(t)/24) + math.Sin(float64(t*t%1013))
	}
	for _, m := range Methods() {
		b.Run(m.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Fit(y, 24); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
