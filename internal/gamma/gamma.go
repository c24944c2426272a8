// Package gamma has the logarithm of the gamma function, its derivatives, and their differences without the loss of digits.
package gamma

import "math"

// stirling is from where on the asymptotic series below are exact to the last bits of a float64.
const stirling = 12

// Log returns the derivative of ln|Γ| of an order from 0 to 2 at x: the function itself, digamma or trigamma. At 0 and at the
// negative integers there is none: ∞ for the function, NaN for its derivatives.
func Log(order int, x float64) float64 {
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
			return Log(1, 1-x) - math.Pi*cos/sin
		}
		return math.Pi/sin*math.Pi/sin - Log(2, 1-x)
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
		return sum + math.Log(x) + tail(1, x)
	}
	return sum + 1/x + tail(2, x)
}

// tail returns what the derivative of ln Γ is more than that of (x − ½)·ln x − x + ½·ln 2π for order 0, and more than
// ln x and 1/x for 1 and 2: the terms with Bernoulli's numbers B₂ₖ, and half a term before them.
func tail(order int, x float64) float64 {
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

// LogRise returns the derivative of ln|Γ| at x + n less that at x. For large x the large parts of both are subtracted by hand.
func LogRise(order int, x, n float64) float64 {
	if !(x >= stirling && n >= 0) || math.IsInf(x, 1) || math.IsInf(n, 1) {
		return Log(order, x+n) - Log(order, x)
	}
	rest := tail(order, x+n) - tail(order, x)
	switch order {
	case 0: // (x + n − ½)·ln(x + n) − (x − ½)·ln x − n
		return n*math.Log(x) + ((x+n-0.5)*math.Log1p(n/x) - n) + rest
	case 1:
		return math.Log1p(n/x) + rest
	}
	return rest - n/x/(x+n)
}
