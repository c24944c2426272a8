package kernel

import "math"

// LogGamma sets y to a derivative of ln|Γ| at x: of order 0 the function itself, 1 digamma, 2 trigamma. Where n has data it
// is by how much the derivative at x + n is greater than that at x, exactly even if both are large, as in the densities of
// counts and of Student's t. All is computed in float64, whatever the elements.
func LogGamma[F Float](order, rows, cols int, y, x, n Rows[F]) {
	for i := range rows {
		to, from := y.row(i, cols), x.row(i, cols)
		if n.Data == nil {
			for j, v := range from {
				to[j] = F(logGamma(order, float64(v)))
			}
			continue
		}
		for j, by := range n.row(i, cols) {
			to[j] = F(logGammaRise(order, float64(from[j]), float64(by)))
		}
	}
}

// stirling is from where on the asymptotic series below are exact to the last bits of a float64.
const stirling = 12

// logGamma returns the derivative at x, of which there is none at 0 and at the negative integers: ∞ for the function, NaN for
// its derivatives.
func logGamma(order int, x float64) float64 {
	if order == 0 {
		y, _ := math.Lgamma(x)
		return y
	}
	if x <= 0 {
		if x == math.Floor(x) {
			return math.NaN()
		}
		// ψ(x) = ψ(1 − x) − π/tan πx,  ψ′(x) = (π/sin πx)² − ψ′(1 − x)
		sin, cos := math.Sincos(math.Pi * (x - math.Floor(x)))
		if order == 1 {
			return logGamma(1, 1-x) - math.Pi*cos/sin
		}
		return math.Pi/sin*math.Pi/sin - logGamma(2, 1-x)
	}
	sum := 0.0
	for ; x < stirling; x++ { // ψ(x) = ψ(x + 1) − 1/x,  ψ′(x) = ψ′(x + 1) + 1/x²
		if order == 1 {
			sum -= 1 / x
		} else {
			sum += 1 / x / x
		}
	}
	if order == 1 {
		return sum + math.Log(x) + logGammaTail(1, x)
	}
	return sum + 1/x + logGammaTail(2, x)
}

// logGammaTail returns what the derivative of ln Γ is more than that of (x − ½)·ln x − x + ½·ln 2π for order 0, and more than
// ln x and 1/x for 1 and 2: the terms with Bernoulli's numbers B₂ₖ, and half a term before them.
func logGammaTail(order int, x float64) float64 {
	z := 1 / x
	w := z * z
	switch order {
	case 0: // Σ B₂ₖ/(2k·(2k−1)·x²ᵏ⁻¹)
		return z * (1.0/12 - w*(1.0/360-w*(1.0/1260-w*(1.0/1680-w*(1.0/1188-w*(691.0/360360-w/156))))))
	case 1: // −1/2x − Σ B₂ₖ/(2k·x²ᵏ)
		return -z/2 - w*(1.0/12-w*(1.0/120-w*(1.0/252-w*(1.0/240-w*(1.0/132-w*(691.0/32760-w/12))))))
	}
	// 1/2x² + Σ B₂ₖ/x²ᵏ⁺¹
	return w/2 + z*w*(1.0/6-w*(1.0/30-w*(1.0/42-w*(1.0/30-w*(5.0/66-w*(691.0/2730-w*7/6))))))
}

// logGammaRise returns the derivative at x + n less that at x. For large x the large parts of both are subtracted by hand.
func logGammaRise(order int, x, n float64) float64 {
	if !(x >= stirling && n >= 0) || math.IsInf(x, 1) || math.IsInf(n, 1) {
		return logGamma(order, x+n) - logGamma(order, x)
	}
	tail := logGammaTail(order, x+n) - logGammaTail(order, x)
	switch order {
	case 0: // (x + n − ½)·ln(x + n) − (x − ½)·ln x − n
		return n*math.Log(x) + ((x+n-0.5)*math.Log1p(n/x) - n) + tail
	case 1:
		return math.Log1p(n/x) + tail
	}
	return tail - n/x/(x+n)
}
