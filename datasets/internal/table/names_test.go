package table

import (
	"strings"
	"testing"
)

func TestLocateErrors(t *testing.T) {
	many := strings.Split("a b c d e f g h i j k l", " ")
	for _, c := range []struct {
		names, wanted []string
		want          string
	}{
		{[]string{"Date", "Sales"}, []string{"sales"}, `f: column "sales" not found; did you mean "Sales"?`},
		{[]string{"Date", "Sales"}, []string{"profit"}, `f: column "profit" not found; choose from "Date", "Sales"`},
		{many, []string{"profit"}, `f: column "profit" not found; choose from "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", …`},
	} {
		if _, err := Locate("f", c.names, c.wanted); err == nil || err.Error() != c.want {
			t.Errorf("Locate(%v, %v): %v\nwant %s", c.names, c.wanted, err, c.want)
		}
	}
}
