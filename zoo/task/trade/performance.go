package trade

import "math"

// metrics returns those of Kind.Metrics, of which a year has so many days.
func (b *book) metrics(perYear float64) map[string]float64 {
	turnover := 0.0
	for _, t := range b.turnover {
		turnover += t
	}
	accuracy := 0.0
	if b.said > 0 {
		accuracy = float64(b.right) / float64(b.said)
	}
	return map[string]float64{
		sharpeName:     sharpe(b.returns, perYear),
		returnName:     annual(b.returns, perYear),
		volatilityName: deviation(b.returns) * math.Sqrt(perYear),
		drawdownName:   drawdown(b.returns),
		turnoverName:   turnover / float64(max(1, len(b.turnover))) * perYear,
		accuracyName:   accuracy,
	}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}

// deviation returns the sample standard deviation, √(Σ(x − x̄)²/(n − 1)); 0 of less than two.
func deviation(x []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	m, sum := mean(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}

// sharpe returns the Sharpe ratio of returns, x̄/s·√perYear, without an interest that is free of risk; 0 where nothing
// changes.
func sharpe(returns []float64, perYear float64) float64 {
	m, s := mean(returns), deviation(returns)
	if !(s > 1e-12*math.Abs(m)) { // what rounding leaves of returns that are all the same
		return 0
	}
	return m / s * math.Sqrt(perYear)
}

// annual returns the growth in a year, Π(1 + r)^(perYear/n) − 1.
func annual(returns []float64, perYear float64) float64 {
	sum := 0.0
	for _, r := range returns {
		sum += math.Log1p(r)
	}
	return math.Expm1(min(300, sum*perYear/float64(max(1, len(returns))))) // beyond that nothing is to be said
}

// drawdown returns the largest loss from a peak, max (1 − V_t/max_{s ≤ t} V_s) with V_0 = 1.
func drawdown(returns []float64) float64 {
	peak, capital, most := 0.0, 0.0, 0.0 // logarithms, which no number of days makes too large
	for _, r := range returns {
		capital += math.Log1p(r)
		peak = max(peak, capital)
		most = max(most, -math.Expm1(capital-peak))
		if math.IsInf(capital, -1) {
			return 1
		}
	}
	return most
}
