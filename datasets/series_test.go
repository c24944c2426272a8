package datasets

import (
	"reflect"
	"testing"
)

func twoVariables() *Series {
	return &Series{
		Meta:      Info{Name: "two"},
		Variables: []string{"a", "b"},
		Values:    [][]float64{{1, 10}, {2, 20}, {3, 30}},
	}
}

func TestSeriesShape(t *testing.T) {
	s := twoVariables()
	if s.Len() != 3 || s.Width() != 2 {
		t.Errorf("shape [%d, %d], want [3, 2]", s.Len(), s.Width())
	}
	if empty := (&Series{}); empty.Len() != 0 || empty.Width() != 0 {
		t.Errorf("shape of the zero value [%d, %d]", empty.Len(), empty.Width())
	}
}

func TestSeriesColumn(t *testing.T) {
	s := twoVariables()
	column := s.Column(1)
	if want := []float64{10, 20, 30}; !reflect.DeepEqual(column, want) {
		t.Errorf("Column(1) = %v, want %v", column, want)
	}
	column[0] = -1
	if s.Values[0][1] != 10 {
		t.Error("Column shares memory with the series")
	}
	for _, v := range []int{-1, 2} {
		if got := s.Column(v); got != nil {
			t.Errorf("Column(%d) = %v, want nil", v, got)
		}
	}
}

func TestSeriesChoose(t *testing.T) {
	s := twoVariables()
	if err := s.choose([]string{"b", "a"}); err != nil {
		t.Fatal(err)
	}
	if want := [][]float64{{10, 1}, {20, 2}, {30, 3}}; !reflect.DeepEqual(s.Values, want) {
		t.Errorf("values %v, want %v", s.Values, want)
	}
	if err := s.choose([]string{"a"}); err != nil {
		t.Fatal(err)
	}
	if want := [][]float64{{1}, {2}, {3}}; !reflect.DeepEqual(s.Values, want) || !reflect.DeepEqual(s.Variables, []string{"a"}) {
		t.Errorf("values %v of %v, want %v", s.Values, s.Variables, want)
	}
}

// Appending to a row must not write into the next one.
func TestRowsAreSeparate(t *testing.T) {
	values := rows([][]float64{{1, 2}, {10, 20}})
	_ = append(values[0], -1)
	if want := [][]float64{{1, 10}, {2, 20}}; !reflect.DeepEqual(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}
