package classify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rnnzoo/rnnzoo/zoo/metric"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// score compares logits [n][classes] with the true classes.
func score(classes []string, logits [][]float64, labels []int) task.Scores {
	confusion := metric.NewConfusion(classes)
	loss := 0.0
	for i, row := range logits {
		confusion.Counts[labels[i]][program.Largest(row)]++
		loss += program.CrossEntropy(row, labels[i]) / float64(len(labels))
	}
	report := confusion.Report()
	shown := mostMistaken(confusion, report)
	return task.Scores{
		Metrics: map[string]float64{accuracyName: confusion.Accuracy(), "f1": report.Macro.F1, "loss": loss},
		Exhibits: []task.Exhibit{
			{Name: "confusion", Table: confusionTable(confusion, shown), Data: confusion},
			{Name: "report", Table: reportTable(report, shown), Data: report},
		},
	}
}

// mostClasses is how many classes a table of who was taken for whom has room for on a terminal.
const mostClasses = 10

// mostMistaken returns the places of the classes that tables show: all of them, or of many those with the most mistakes,
// their own texts that were taken for others' and the other way round, and of equals the larger. They are in order.
func mostMistaken(c *metric.Confusion, r metric.Report) []int {
	order := make([]int, len(r.Classes))
	for i := range order {
		order[i] = i
	}
	if len(order) <= mostClasses {
		return order
	}
	mistakes := func(k int) int { return r.Classes[k].Support + r.Classes[k].Predicted - 2*c.Counts[k][k] }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(mistakes(b), mistakes(a)), cmp.Compare(r.Classes[b].Support, r.Classes[a].Support))
	})
	order = order[:mostClasses]
	slices.Sort(order)
	return order
}

// leftOut says which classes a table has, if these are not all.
func leftOut(shown, all int) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf("The %d classes with the most mistakes; zoo eval RUN --json has the other %s, too.", shown, show.Count(all-shown))
}

// undefined stands for a part of nothing.
const undefined = show.Number("–")

// reportTable shows how well some classes are told from the others, and the means over all.
func reportTable(r metric.Report, shown []int) *show.Table {
	t := &show.Table{Header: []string{"class", "precision", "recall", "f1", "support"}}
	examples, unknown := 0, false
	part := func(value float64, of int) show.Number {
		if of == 0 {
			unknown = true
			return undefined
		}
		return show.Percent(value)
	}
	for _, k := range shown {
		s := r.Classes[k]
		t.Rows = append(t.Rows, []any{cut(s.Class, widestName), part(s.Precision, s.Predicted), part(s.Recall, s.Support), part(s.F1, s.Support+s.Predicted), show.Count(s.Support)})
	}
	for _, s := range r.Classes {
		examples += s.Support
	}
	for _, mean := range []struct {
		name string
		metric.Average
	}{{"macro average", r.Macro}, {"weighted average", r.Weighted}} {
		t.Rows = append(t.Rows, []any{mean.name, show.Percent(mean.Precision), show.Percent(mean.Recall), show.Percent(mean.F1), show.Count(examples)})
	}
	notes := []string{leftOut(len(shown), len(r.Classes))}
	if unknown {
		notes = append(notes, "– is a part of nothing, which counts as 0: no text was taken for the class, or none is of it.")
	}
	t.Note = strings.TrimSpace(strings.Join(notes, "\n"))
	return t
}

// confusionTable shows how many of each of some true classes were taken for which, and for all of the others together. Where
// the names have no room beside each other, columns have the numbers of rows.
func confusionTable(c *metric.Confusion, shown []int) *show.Table {
	all := len(shown) == len(c.Classes)
	t := &show.Table{Header: []string{"true \\ predicted"}, Note: leftOut(len(shown), len(c.Classes))}
	names, width := make([]string, len(shown)), 0
	for i, k := range shown {
		names[i] = cut(c.Classes[k], widestName)
		width += utf8.RuneCountInString(names[i])
	}
	t.Header = append(t.Header, names...)
	if width > widestHeader {
		for i := range names {
			t.Header[i+1] = strconv.Itoa(i + 1)
			names[i] = t.Header[i+1] + " " + names[i]
		}
	}
	if !all {
		t.Header = append(t.Header, "others")
	}
	for i, k := range shown {
		row, others := []any{names[i]}, 0
		for _, n := range c.Counts[k] {
			others += n
		}
		for _, j := range shown {
			row = append(row, show.Count(c.Counts[k][j]))
			others -= c.Counts[k][j]
		}
		if !all {
			row = append(row, show.Count(others))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// How much of a class's name tables have room for, and of all names beside each other: a terminal is some 100 wide.
const (
	widestName   = 30
	widestHeader = 60
)

// cut returns a name on one line, of so many characters at most.
func cut(name string, width int) string {
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) <= width {
		return name
	}
	return strings.TrimSpace(string([]rune(name)[:width-1])) + "…"
}
