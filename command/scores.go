package command

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// scores are what a model has reached beside its rivals.
type scores struct {
	model   string
	metrics []task.Metric // of the task, in the order in which they are shown; the first that the model has ranks
	*zoo.Evaluation
}

// ranking returns the model and its rivals, the best first.
func (s scores) ranking() []task.Rival {
	m, _ := task.Ranks(s.metrics, s.Metrics)
	sign := 1.0
	if m.HigherIsBetter {
		sign = -1
	}
	all := append(slices.Clone(s.Baselines), task.Rival{Name: s.model, Metrics: s.Metrics})
	slices.SortStableFunc(all, func(a, b task.Rival) int {
		return cmp.Or(cmp.Compare(sign*a.Metrics[m.Name], sign*b.Metrics[m.Name]), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// table compares the model's metrics with those of its rivals, the best first.
func (s scores) table() show.Table {
	t := show.Table{Header: []string{""}}
	var shown []task.Metric
	for _, m := range s.metrics {
		if _, ok := s.Metrics[m.Name]; ok {
			shown, t.Header = append(shown, m), append(t.Header, m.Name)
		}
	}
	for _, r := range s.ranking() {
		row := []any{r.Name}
		for _, m := range shown {
			if v, ok := r.Metrics[m.Name]; ok {
				row = append(row, shownMetric(m, v, s.Metrics[m.Name]))
			} else {
				row = append(row, show.Number("–"))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shownMetric formats a metric with about as many digits as that of the model.
func shownMetric(m task.Metric, value, own float64) show.Number {
	if m.Percent {
		return show.Percent(value)
	}
	return show.Fixed(value, show.Decimals(4, cmp.Or(own, value)))
}

// verdict says in a sentence whether the model is better than the best of its rivals: as the task says, if it does.
func (s scores) verdict() string {
	if s.Verdict != "" {
		return s.Verdict
	}
	m, _ := task.Ranks(s.metrics, s.Metrics)
	var rival task.Rival
	for _, r := range s.ranking() {
		if _, ok := r.Metrics[m.Name]; ok && r.Name != s.model {
			rival = r
			break
		}
	}
	if rival.Name == "" {
		return ""
	}
	mine, theirs := s.Metrics[m.Name], rival.Metrics[m.Name]
	distance, better := fmt.Sprintf("%.1f %%", math.Abs(1-mine/theirs)*100), mine < theirs
	if m.HigherIsBetter {
		points := math.Abs(mine - theirs)
		if m.Percent {
			points *= 100
		}
		distance, better = fmt.Sprintf("%.1f points", points), mine > theirs
	}
	above, below := "above", "below"
	if m.HigherIsBetter {
		above, below = below, above
	}
	learns := ""
	if !rival.Learns {
		learns = ", which learns nothing,"
	}
	switch {
	case math.IsNaN(mine - theirs), !m.HigherIsBetter && theirs == 0:
		return ""
	case better:
		return fmt.Sprintf("%s is best: its %s is %s %s that of %s, the best of %s.", s.model, m.Name, distance, below, rival.Name, s.rivals())
	case mine == theirs:
		return fmt.Sprintf("%s and %s%s are equally good.", s.model, rival.Name, learns)
	}
	return fmt.Sprintf("%s%s is best: the %s of %s is %s %s it.", rival.Name, learns, m.Name, s.model, distance, above)
}

// rivals says what they are together.
func (s scores) rivals() string {
	if slices.ContainsFunc(s.Baselines, func(r task.Rival) bool { return r.Learns }) {
		return "the rivals"
	}
	return "those that learn nothing"
}

// notes returns what one has to know to read the table, a line each, and a blank one.
func (s scores) notes() string {
	if len(s.Notes) == 0 {
		return ""
	}
	return strings.Join(s.Notes, "\n") + "\n\n"
}

// exhibitText shows what can be shown on a terminal.
func exhibitText(exhibits []task.Exhibit) string {
	var b strings.Builder
	for _, e := range exhibits {
		if e.Table != nil {
			b.WriteString("\n" + e.Table.String())
		}
	}
	return b.String()
}
