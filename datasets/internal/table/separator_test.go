package table

import "testing"

func TestSeparator(t *testing.T) {
	for _, c := range []struct {
		start string
		want  byte
	}{
		{"", ','},
		{"1\n2\n", ','},
		{"a,b\n1,2\n", ','},
		{"a;b\n1;2\n", ';'},
		{"a\tb\n1\t2\n", '\t'},
		{"2024-01;1,5\n2024-02;2,5\n", ';'},         // decimal commas
		{"a (x, y, z);b\n1;2\n", ';'},               // commas in a name
		{"\"a;b;c\",d\n\"1;2;3\",4\n", ','},         // semicolons between quotes
		{"\n  \na\tb;c\n1\t2\n", '\t'},              // blank lines first
		{"a;b\r\n", ';'},                            // one line
		{"date time;y\n2024-01-01 00:00;1\n", ';'},  // spaces do not count
		{"a,b\n1,2\nx;y;z;1;2;3;4\n;;;;;;;;;", ','}, // two lines decide
	} {
		if got := separator([]byte(c.start)); got != c.want {
			t.Errorf("separator(%q) = %q, want %q", c.start, got, c.want)
		}
	}
}
