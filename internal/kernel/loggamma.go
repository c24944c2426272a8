package kernel

import "github.com/rnnzoo/rnnzoo/internal/gamma"

// LogGamma sets y to a derivative of ln|Γ| at x: of order 0 the function itself, 1 digamma, 2 trigamma. Where n has data it
// is by how much the derivative at x + n is greater than that at x, exactly even if both are large, as in the densities of
// counts and of Student's t. All is computed in float64, whatever the elements.
func LogGamma[F Float](order, rows, cols int, y, x, n Rows[F]) {
	for i := range rows {
		to, from := y.row(i, cols), x.row(i, cols)
		if n.Data == nil {
			for j, v := range from {
				to[j] = F(gamma.Log(order, float64(v)))
			}
			continue
		}
		for j, by := range n.row(i, cols) {
			to[j] = F(gamma.LogRise(order, float64(from[j]), float64(by)))
		}
	}
}
