package forecast

import "math"

// lens is how a window is normalised by itself: what is taken from each variable, and what it is divided by. Its unrest, the
// mean distance from row to row, says how far what comes may be from its forecast.
type lens struct{ center, spread, unrest []float64 }

// leastOf returns the least that a window is divided by: a window that hardly moves says little of how far the next will. In the
// units of a series' scale it is a twentieth; of logarithms, that are not scaled, a change of 0.1 %; else a part of the values.
func (f *Forecaster) leastOf(window [][]float64, v int) float64 {
	switch {
	case f.opts.Scale != scaleNone:
		return 0.05
	case f.opts.Log:
		return 1e-3
	}
	magnitude := 0.0
	for _, r := range window {
		magnitude += math.Abs(r[v]) / float64(len(window))
	}
	return 1e-6*magnitude + 1e-30
}

// look returns the lens of the window of rows before a row of the strand, into one that is there.
func (f *Forecaster) look(into *lens, scaled [][]float64, row int) {
	width := len(scaled[0])
	if len(into.center) != width {
		into.center, into.spread, into.unrest = make([]float64, width), make([]float64, width), make([]float64, width)
	}
	window := scaled[row-f.opts.Window : row]
	for v := range width {
		var mean, squares, magnitude float64
		switch f.opts.Normalize {
		case normalizeLast, normalizeChange:
			mean = window[len(window)-1][v]
		case normalizeMean, normalizeDeviation:
			for _, r := range window {
				mean += r[v] / float64(len(window))
			}
		}
		spread := 1.0
		switch f.opts.Normalize {
		case normalizeDeviation:
			for _, r := range window {
				squares += (r[v] - mean) * (r[v] - mean) / float64(len(window))
			}
			spread = math.Sqrt(squares) + f.leastOf(window, v)
		case normalizeMagnitude:
			for _, r := range window {
				magnitude += math.Abs(r[v]) / float64(len(window))
			}
			spread = magnitude + f.leastOf(window, v)
		case normalizeChange:
			for t := 1; t < len(window); t++ {
				magnitude += math.Abs(window[t][v]-window[t-1][v]) / float64(len(window)-1)
			}
			spread = magnitude + f.leastOf(window, v)
		}
		into.center[v], into.spread[v] = mean, spread
	}
}

// usualRows is how many rows the usual unrest of a series counts for beside those of a window: a short one says little, and paths
// that are drawn from it would stir themselves up.
const usualRows = 50

// stir sets the unrest of the window of rows before a row of the strand, whose usual unrest is known.
func (f *Forecaster) stir(into *lens, scaled [][]float64, row int, usual []float64) {
	window := scaled[row-f.opts.Window : row]
	for v := range into.unrest {
		sum := 0.0
		for t := 1; t < len(window); t++ {
			sum += math.Abs(window[t][v] - window[t-1][v])
		}
		n := float64(len(window) - 1)
		into.unrest[v] = (sum+usualRows*usual[v])/(n+usualRows) + f.leastOf(window, v)
	}
}

// base returns what the forecast of a variable h rows after a row is a difference from: with Residual the row a season
// before, of which the last that is there, else the center of the window.
func (f *Forecaster) base(l lens, scaled [][]float64, row, h, v int) float64 {
	if r := f.opts.Residual; r > 0 {
		return scaled[row+h-r*(h/r+1)][v]
	}
	return l.center[v]
}
