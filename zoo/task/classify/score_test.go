package classify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// scored returns the scores of texts, each with its class and what it was taken for.
func scored(classes []string, pairs ...[2]int) task.Scores {
	var logits [][]float64
	var labels []int
	for _, p := range pairs {
		row := make([]float64, len(classes))
		row[p[1]] = 1
		logits, labels = append(logits, row), append(labels, p[0])
	}
	return score(classes, logits, labels)
}

// exhibit returns the exhibit of a name.
func exhibit(t *testing.T, s task.Scores, name string) task.Exhibit {
	t.Helper()
	for _, e := range s.Exhibits {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("there is no exhibit %s", name)
	return task.Exhibit{}
}

// TestReportOfFewClasses shows all of them, and says what is undefined.
func TestReportOfFewClasses(t *testing.T) {
	s := scored([]string{"good", "bad", "odd", "none"}, [2]int{0, 0}, [2]int{0, 0}, [2]int{0, 1}, [2]int{1, 1}, [2]int{2, 0}, [2]int{2, 1})
	want := `class             precision    recall       f1  support
good                66.67 %   66.67 %  66.67 %        3
bad                 33.33 %  100.00 %  50.00 %        1
odd                       –    0.00 %   0.00 %        2
none                      –         –        –        0
macro average       33.33 %   55.56 %  38.89 %        6
weighted average    38.89 %   50.00 %  41.67 %        6
– is a part of nothing, which counts as 0: no text was taken for the class, or none is of it.
`
	if got := exhibit(t, s, "report").Table.String(); got != want {
		t.Errorf("the report is\n%swant\n%s", got, want)
	}
	if got := exhibit(t, s, "confusion").Table; got.Note != "" || len(got.Rows) != 4 || len(got.Header) != 5 {
		t.Errorf("the confusion is\n%s", got)
	}
}

// TestScoresOfManyClasses shows those with the most mistakes, and a program gets all.
func TestScoresOfManyClasses(t *testing.T) {
	var classes []string
	var pairs [][2]int
	for k := range 30 {
		classes = append(classes, fmt.Sprintf("class %d of a name that is longer than any table has room for", k))
		for range 30 {
			pairs = append(pairs, [2]int{k, k})
		}
		for i := range k % 3 { // 2, 5, 8 … 29 have the most mistakes
			pairs = append(pairs, [2]int{k, (k + 3*(i+1)) % 30})
		}
	}
	pairs = append(pairs, [2]int{0, 1}, [2]int{0, 1}, [2]int{0, 1}, [2]int{0, 1}, [2]int{0, 1}) // and 0 and 1 have still more
	s := scored(classes, pairs...)
	report, confusion := exhibit(t, s, "report").Table, exhibit(t, s, "confusion").Table
	const note = "The 10 classes with the most mistakes; zoo eval RUN --json has the other 20, too."
	if report.Note != note || confusion.Note != note || len(report.Rows) != 10+2 || len(confusion.Rows) != 10 || len(confusion.Header) != 1+10+1 {
		t.Errorf("the tables are\n%s\n%s", report, confusion)
	}
	text := confusion.String()
	for line := range strings.SplitSeq(text, "\n") {
		if len([]rune(line)) > 100 {
			t.Errorf("a line is wider than a terminal: %s", line)
		}
	}
	for _, want := range []string{"predicted                    1   2 ", " 10  others\n", "\n1 class 0 of a name that is lon…   30   5 ", "\n10 class 23 of"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	for _, unwanted := range []string{"class 3 of", "class 4 of", "\n\n"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("there is %q in\n%s", unwanted, text)
		}
	}
	for i, row := range confusion.Rows { // which add up to what there is
		sum := 0
		for _, cell := range row[1:] {
			n := 0
			fmt.Sscan(fmt.Sprint(cell), &n)
			sum += n
		}
		if want := fmt.Sprint(report.Rows[i][4]); fmt.Sprint(sum) != want {
			t.Errorf("row %v adds up to %d; want %s", row, sum, want)
		}
	}
	var back struct {
		Classes []metric.ClassScores
		Macro   metric.Average
	}
	data, err := json.Marshal(exhibit(t, s, "report").Data)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &back); err != nil || len(back.Classes) != 30 || back.Macro.F1 != s.Metrics["f1"] {
		t.Errorf("%s, %v", data, err)
	}
	if c := confusionOf(t, s); len(c.Classes) != 30 || len(c.Counts) != 30 {
		t.Errorf("a program gets %d classes", len(c.Classes))
	}
}
