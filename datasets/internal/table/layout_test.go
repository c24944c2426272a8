package table

import (
	"reflect"
	"strings"
	"testing"
)

func TestNumbersSeparator(t *testing.T) {
	for _, c := range []struct {
		start string
		want  byte
	}{
		{"", ','},
		{"y\n1\n2\n", ','},
		{"a|b\n1|2\n", '|'},
		{"01.01.2020;1,5;2,5\n02.01.2020;1,5;2,5\n", ';'},
		{"Report, of 2020, in euros\n\na;b\n1;2\n3;4\n5;6\n7;8\n9;1\n1;2\n3;4\n5;6\n", ';'},
		{"# a, b, c\na\tb\n1\t2\n", '\t'},
		{"a  b\n1   2\n10  2\n", ' '},
		{"y\n1 100,5\n2 200,5\n", ';'}, // blanks between thousands, and nothing that separates
		{"y\n1\u00a0100\n2\u00a0200\n", ','},
	} {
		if got := numbersSeparator([]byte(c.start)); got != c.want {
			t.Errorf("numbersSeparator(%q) = %q, want %q", c.start, got, c.want)
		}
	}
}

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		text  string
		names []string
		top   int // rows above the numbers
	}{
		{"a,b\n1,2\n", []string{"a", "b"}, 1},
		{"1,2\n3,4\n", []string{"column 1", "column 2"}, 0},
		{"T\na,b\n1,2\n3,4\n", []string{"a", "b"}, 2},
		{"2020\na,b\n1,2\n3,4\n", []string{"column 1"}, 0}, // a number is no title, and the rows below are faults
		{"a,b\nx,y\n1,2\n", []string{"a", "b"}, 2},
		{"date,y\n2020-01-01,x\n2020-01-02,2\n", []string{"date", "y"}, 1}, // a bad value
		{"name,y\nA,x\nB,3\n", []string{"name", "y"}, 1},
		{"country,1990,1991,1992\nA,1,2,3\n", []string{"country", "1990", "1991", "1992"}, 1},
		{"A,1990,5,7\nB,1991,5,6\n", []string{"column 1", "column 2", "column 3", "column 4"}, 0},
		{"Date,x\n2020-01-01,3,4\n2020-01-02,5,6\n", []string{"Date", "x"}, 1}, // whose rows are faults
		{"x,y\n2020-01-01,3,4\n2020-01-02,5,6\n", []string{"column 1", "x", "y"}, 1},
		{"x y\n1 3 4\n2 5 6\n", []string{"column 1", "x", "y"}, 1},
	} {
		rows, err := NewRows("f", strings.NewReader(c.text), Options{Numbers: true})
		if err != nil {
			t.Fatal(err)
		}
		l, _, err := findLayout(rows, "f")
		f := file{layout: l}
		if err != nil || !reflect.DeepEqual(l.names, c.names) || f.top() != c.top {
			t.Errorf("%q: names %q behind %d rows, %v; want %q, %d", c.text, l.names, f.top(), err, c.names, c.top)
		}
	}
}
