package scoring

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestConformalQuantile has numpy's order statistics.
func TestConformalQuantile(t *testing.T) {
	for _, g := range readGolden(t).Conformal {
		c, err := NewConformal(1, []float64{g.Share}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, score := range g.Scores { // of a point: the distance from a value at 0 is below 0 inside
			if err := c.Add(0, score, []float64{-1e9}, []float64{0}, 1); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Calibration().Offsets[0][0]; got != g.Offset {
			t.Errorf("%d scores, share %v: the offset is %v; want %v", len(g.Scores), g.Share, got, g.Offset)
		}
		if _, ok := conformalQuantile(make([]float64, len(g.Scores)), g.Share); ok != g.Enough {
			t.Errorf("%d scores for %v are enough: %v", len(g.Scores), g.Share, ok)
		}
	}
}

// TestConformalCovers calibrates intervals that are far too narrow at some steps and too wide at others, of series of very
// different scale, and counts how much of new values they cover: the shares that were asked for, which without calibration
// they miss by far.
func TestConformalCovers(t *testing.T) {
	const steps, n = 3, 4000
	shares := []float64{0.8, 0.95}
	rng := rand.New(rand.NewPCG(5, 6))
	spread := []float64{0.5, 1, 3} // of the error at each step, which the intervals do not know
	draw := func() (step int, scale, y float64, lower, upper []float64) {
		step = rng.IntN(steps)
		scale = math.Exp(3 * rng.NormFloat64())
		width := 1 + rng.Float64() // heteroscedastic: the interval knows it in part
		y = scale * width * spread[step] * rng.NormFloat64()
		return step, scale, y, []float64{-scale * width, -1.5 * scale * width}, []float64{scale * width, 1.5 * scale * width}
	}
	c, err := NewConformal(steps, shares, 7)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		step, scale, y, lower, upper := draw()
		if err := c.Add(step, y, lower, upper, scale); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Add(0, math.NaN(), []float64{0, 0}, []float64{1, 1}, 1); err != nil {
		t.Errorf("a missing value: %v", err)
	}
	data, err := json.Marshal(c.Calibration())
	var k Calibration
	if err == nil {
		err = json.Unmarshal(data, &k)
	}
	if err != nil {
		t.Fatal(err)
	}
	var inside, plain [steps][2]float64
	var count [steps]float64
	for range 30000 {
		step, scale, y, lower, upper := draw()
		count[step]++
		for i := range shares {
			l, u := k.Apply(i, step, lower[i], upper[i], scale)
			if l <= y && y <= u {
				inside[step][i]++
			}
			if lower[i] <= y && y <= upper[i] {
				plain[step][i]++
			}
		}
	}
	for step := range steps {
		for i, share := range shares {
			got, before := inside[step][i]/count[step], plain[step][i]/count[step]
			if math.Abs(got-share) > 0.02 {
				t.Errorf("step %d: intervals for %v cover %.3f", step, share, got)
			}
			if step != 0 && math.Abs(before-share) < 0.05 {
				t.Errorf("step %d: without calibration they cover %.3f of %v: the test shows nothing", step, before, share)
			}
		}
	}
}

// TestConformalEdges has steps with too few scores, more scores than are kept, and what makes no sense.
func TestConformalEdges(t *testing.T) {
	c, err := NewConformal(3, []float64{0.9}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		c.Add(0, float64(i), []float64{-1}, []float64{0}, 1)
	}
	c.Add(1, 100, []float64{-1}, []float64{0}, 1)
	k := c.Calibration()
	if k.Offsets[0][0] != 27 || k.Offsets[0][1] != 28 || k.Offsets[0][2] != 28 { // ⌈31·0.9⌉ = 28th of 30, ⌈32·0.9⌉ = 29th of 31
		t.Errorf("the offsets are %v; want the 28th of the first step, and the 29th of all for those with few", k.Offsets)
	}
	if l, u := k.Apply(0, 99, 5, 6, 0.5); l != 5-14 || u != 6+14 {
		t.Errorf("beyond the last step the interval is %v to %v", l, u)
	}
	shrunk := &Calibration{Shares: []float64{0.9}, Offsets: [][]float64{{-10}}}
	if l, u := shrunk.Apply(0, 0, 1, 3, 1); l != 2 || u != 2 {
		t.Errorf("an interval made less than nothing is %v to %v", l, u)
	}
	for _, k := range []*Calibration{nil, {}, {Offsets: [][]float64{nil}}} {
		if l, u := k.Apply(0, 0, 1, 2, 1); l != 1 || u != 2 {
			t.Errorf("no calibration changes an interval to %v, %v", l, u)
		}
	}
	many, _ := NewConformal(1, []float64{0.5}, 1)
	for i := range 5 * MaxResiduals {
		many.Add(0, float64(i%1000), []float64{-1}, []float64{0}, 1)
	}
	if n, offset := len(many.scores[0][0]), many.Calibration().Offsets[0][0]; n != MaxResiduals || math.Abs(offset-500) > 25 {
		t.Errorf("of many scores %d are kept, with the median %v", n, offset)
	}
	if none, _ := NewConformal(2, []float64{0.9}, 1); none.Calibration().Offsets[0][1] != 0 {
		t.Error("without scores the offset is not 0")
	}
	for want, err := range map[string]error{
		"0 and 1 bounds":     c.Add(0, 1, nil, []float64{1}, 1),
		"no step 3":          c.Add(3, 1, []float64{0}, []float64{1}, 1),
		"no step -1":         c.Add(-1, 1, []float64{0}, []float64{1}, 1),
		"scale of":           c.Add(0, 1, []float64{0}, []float64{1}, 0),
		"no finite distance": c.Add(0, math.Inf(1), []float64{0}, []float64{1}, 1),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v; want one about %q", err, want)
		}
	}
	for _, share := range []float64{0, 1, math.NaN()} {
		if _, err := NewConformal(1, []float64{share}, 1); err == nil {
			t.Errorf("an interval covers %v", share)
		}
	}
	if _, err := NewConformal(0, nil, 1); err == nil {
		t.Error("intervals of no steps")
	}
}
