package train

import (
	"math"
	"testing"
)

func TestEarlyStopping(t *testing.T) {
	e := EarlyStopping{Patience: 2, MinDelta: 0.1}
	if _, _, ok := e.Best(); ok {
		t.Error("there is a best epoch before the first")
	}
	for epoch, c := range []struct {
		loss       float64
		best, stop bool
	}{
		{math.NaN(), false, false},
		{3, true, false},
		{2.95, false, false}, // not below by MinDelta
		{2, true, false},
		{2.5, false, false},
		{math.NaN(), false, true},
	} {
		if best, stop := e.Observe(epoch, c.loss); best != c.best || stop != c.stop {
			t.Errorf("epoch %d: best %v, stop %v; want %v, %v", epoch, best, stop, c.best, c.stop)
		}
	}
	if epoch, loss, ok := e.Best(); epoch != 3 || loss != 2 || !ok {
		t.Errorf("best epoch %d with %v, %v; want 3 with 2", epoch, loss, ok)
	}
}

func TestEarlyStoppingZeroNeverStops(t *testing.T) {
	var e EarlyStopping
	for epoch := range 100 {
		if _, stop := e.Observe(epoch, 1); stop {
			t.Fatalf("stops at epoch %d", epoch)
		}
	}
}

func TestEarlyStoppingMaximize(t *testing.T) {
	e := EarlyStopping{Patience: 2, MinDelta: 0.1, Maximize: true}
	for epoch, c := range []struct {
		accuracy   float64
		best, stop bool
	}{
		{0.5, true, false},
		{0.55, false, false}, // not above by MinDelta
		{0.7, true, false},
		{0.6, false, false},
		{math.NaN(), false, true},
	} {
		if best, stop := e.Observe(epoch, c.accuracy); best != c.best || stop != c.stop {
			t.Errorf("epoch %d: best %v, stop %v; want %v, %v", epoch, best, stop, c.best, c.stop)
		}
	}
	if epoch, accuracy, ok := e.Best(); epoch != 2 || accuracy != 0.7 || !ok {
		t.Errorf("best epoch %d with %v, %v; want 2 with 0.7", epoch, accuracy, ok)
	}
}
