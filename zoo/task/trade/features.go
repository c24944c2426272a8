package trade

import (
	"math"
	"slices"

	"github.com/pkg/errors"
)

// How many days back a feature looks: a week, a month, and what steadies the volatility of a month.
const (
	week   = 5
	month  = 20
	memory = 100
)

// The features of a share on a day, of which each looks at that day and those before it. r are logarithmic returns from one
// price of the share to the next, σ is the volatility so far.
//
//	return 1      r over 1 day, over σ
//	return 5      over 5 days, over σ·√5
//	return 20     over 20 days, over σ·√20
//	volatility    log σ
//	calm          log of the volatility of 5 days over σ, at least −3
//	place         of the close between the least and the largest of 20 days, −½ to ½
//	market        the mean of return 1 over all shares of the day, where there are several
//	range         of the close between the low and the high of the day, −½ to ½, where there are these
//	volume        log of the volume over its mean of 20 days, −5 to 5, where there is one
//
// σ² is ¾ of the mean square of r over 20 days and ¼ of that over 100, or as many as there are.
const (
	return1 = iota
	return5
	return20
	volatilityFeature
	calm
	place
	always // features that there always are
)

const (
	marketFeature = "market"
	rangeFeature  = "range"
	volumeFeature = "volume"
)

// featureNames returns the names of the features that a market has.
func featureNames(m *market) []string {
	names := []string{"return 1", "return 5", "return 20", "volatility", "calm", "place"}
	if len(m.shares) > 1 {
		names = append(names, marketFeature)
	}
	if m.hasRanges() {
		names = append(names, rangeFeature)
	}
	if m.hasVolumes() {
		names = append(names, volumeFeature)
	}
	return names
}

// features are those of all shares, with the volatility so far that they are measured by.
type features struct {
	names      []string
	values     [][]float64 // [S][n·F] of the days of each share; NaN where there are too few before it
	volatility [][]float64 // [S][n] σ; NaN where there is none
}

// at returns the [F] features of a share on one of its days.
func (f *features) at(share, bar int) []float64 {
	n := len(f.names)
	return f.values[share][bar*n : (bar+1)*n]
}

// featuresOf returns the features of these names of a market, or what it lacks for them.
func featuresOf(m *market, names []string) (*features, error) {
	for _, missing := range []struct {
		name string
		has  bool
	}{{rangeFeature, m.hasRanges()}, {volumeFeature, m.hasVolumes()}} {
		if slices.Contains(names, missing.name) && !missing.has {
			what := map[string]string{rangeFeature: "columns high and low", volumeFeature: "a column of volumes"}[missing.name]
			return nil, errors.Errorf("trade %s: the model reads the %s of a day; give prices with %s", m.name, missing.name, what)
		}
	}
	f := &features{names: names}
	for i := range m.shares {
		values, volatility := m.shares[i].features(names)
		f.values, f.volatility = append(f.values, values), append(f.volatility, volatility)
	}
	if at := slices.Index(names, marketFeature); at >= 0 {
		f.together(m, at)
	}
	return f, nil
}

// together sets the feature that all shares of a day have in common.
func (f *features) together(m *market, at int) {
	n := len(f.names)
	for day := range m.length() {
		sum, count := 0.0, 0
		for s := range m.shares {
			if bar := m.bar[s][day]; bar >= 0 {
				if r := f.values[s][int(bar)*n+return1]; !math.IsNaN(r) {
					sum += r
					count++
				}
			}
		}
		for s := range m.shares {
			if bar := m.bar[s][day]; bar >= 0 {
				f.values[s][int(bar)*n+at] = sum / float64(count)
			}
		}
	}
}

// features returns those of the names but that of the market, and the volatilities.
func (s *share) features(names []string) (values, volatility []float64) {
	n, width := len(s.close), len(names)
	values, volatility = make([]float64, n*width), make([]float64, n)
	squares := make([]float64, n+1) // of returns, summed up
	logs := make([]float64, n)
	for i, c := range s.close {
		if logs[i] = math.Log(c); i > 0 {
			r := logs[i] - logs[i-1]
			squares[i+1] = squares[i] + r*r
		}
	}
	// meanSquare is that of the last k returns up to bar i, without what rounding leaves of larger ones before.
	meanSquare := func(i, k int) float64 {
		k = min(k, i)
		sum := squares[i+1] - squares[i+1-k]
		if sum <= 1e-12*squares[i+1] {
			sum = 0
			for j := i - k + 1; j <= i; j++ {
				r := logs[j] - logs[j-1]
				sum += r * r
			}
		}
		return sum / float64(k)
	}
	rangeAt, volumeAt := slices.Index(names, rangeFeature), slices.Index(names, volumeFeature)
	for i := range n {
		row := values[i*width : (i+1)*width]
		volatility[i] = math.NaN()
		if i >= month {
			if v := math.Sqrt(0.75*meanSquare(i, month) + 0.25*meanSquare(i, memory)); v > 0 {
				volatility[i] = v
			}
		}
		sigma := volatility[i]
		if math.IsNaN(sigma) {
			for k := range row {
				row[k] = math.NaN()
			}
			continue
		}
		row[return1] = (logs[i] - logs[i-1]) / sigma
		row[return5] = (logs[i] - logs[i-week]) / (sigma * math.Sqrt(week))
		row[return20] = (logs[i] - logs[i-month]) / (sigma * math.Sqrt(month))
		row[volatilityFeature] = math.Log(sigma)
		row[calm] = max(-3, math.Log(math.Sqrt(meanSquare(i, week))/sigma))
		row[place] = between(s.close[i], slices.Min(s.close[i-month+1:i+1]), slices.Max(s.close[i-month+1:i+1]))
		if rangeAt >= 0 {
			row[rangeAt] = between(s.close[i], s.low[i], s.high[i])
		}
		if volumeAt >= 0 {
			row[volumeAt] = relative(s.volume[i-month+1 : i+1])
		}
	}
	return values, volatility
}

// between returns where x lies between low and high, −½ to ½; 0 if they are one or missing.
func between(x, low, high float64) float64 {
	if !(high > low) {
		return 0
	}
	return min(max((x-low)/(high-low)-0.5, -0.5), 0.5)
}

// relative returns the logarithm of the last volume over the mean of all that are there, 0 if there is none.
func relative(volumes []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range volumes {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	last := volumes[len(volumes)-1]
	if math.IsNaN(last) || !(sum > 0) || math.IsInf(sum, 0) {
		return 0
	}
	return max(-5, min(5, math.Log(last*float64(n)/sum)))
}

// warmUp is how many prices of a share there must be before one that has features.
const warmUp = month
