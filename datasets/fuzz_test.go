package datasets

import (
	"math"
	"strings"
	"testing"
)

// FuzzReadCSV checks what holds for every file: an error of one line that names the file, or a series of the promised
// shape with finite values alone.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"",
		"Date,Sales\n2024-01-01,1.5\n2024-01-02,-2\n",
		"\ufeffMonth;a;b\r\n2024-01;1;NA\r\n2024-02;?;4\r\n",
		"a\tb\n\t1\n2\t\n",
		"Year,y\n1999,5\n2000,6\n",
		",y\n0,5\n1,6\n",
		"1/31/2024,1\n2/1/2024,-\n",
		"y\n-1.7976931348623157e308\n\nNaN\n1.7976931348623157e308\n?\n",
		"\"a\nb\",\"c\"\"d\"\n1,1e999\n",
		"Date,y\n11:34,1\n2024/01/01,2\n",
		"\xff\xfea\x00",
	} {
		for fill := range byte(5) {
			f.Add([]byte(text), fill, "")
		}
		f.Add([]byte(text), byte(2), "a")
	}
	f.Fuzz(func(t *testing.T, text []byte, fill byte, column string) {
		opts := []Option{Fill([]string{"", "previous", "linear", "mean", "zero"}[fill%5])}
		if column != "" {
			opts = append(opts, Columns(column))
		}
		s, err := ReadCSV("f.csv", strings.NewReader(string(text)), opts...)
		if err != nil {
			if message := err.Error(); s != nil || !strings.HasPrefix(message, "f.csv: ") || strings.ContainsAny(message, "\r\n") {
				t.Fatalf("series %v, error %q", s, message)
			}
			return
		}
		if s.Len() == 0 || s.Width() == 0 {
			t.Fatalf("shape [%d, %d]", s.Len(), s.Width())
		}
		if s.Times != nil && len(s.Times) != s.Len() {
			t.Fatalf("%d times for %d rows", len(s.Times), s.Len())
		}
		for i, row := range s.Values {
			if len(row) != s.Width() {
				t.Fatalf("row %d has %d values for %d variables", i, len(row), s.Width())
			}
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("row %d holds %v", i, v)
				}
			}
		}
	})
}
