package forecast

import (
	"fmt"
	"sort"

	"github.com/rnnzoo/rnnzoo/zoo/show"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/scoring"
)

// scores returns the metrics of all forecasts together, with what they are of each variable, of each series and of each
// interval beside them.
func (s *scorer) scores() task.Scores {
	scores := task.Scores{Metrics: s.metrics()}
	p := s.f.panel
	if n := len(p.Targets); n > 1 {
		scores.Exhibits = append(scores.Exhibits, listed("variables", "By variable", p.Targets, s.all.Variable, len(p.Series) > 1))
	}
	if n := len(p.Series); n > 1 {
		ids := make([]string, n)
		for i, series := range p.Series {
			ids[i] = series.ID
		}
		scores.Exhibits = append(scores.Exhibits, listed("series", "By series, the worst first", ids, s.all.Series, len(p.Targets) > 1))
	}
	if n := s.constant(); n > 0 {
		scores.Notes = append(scores.Notes, fmt.Sprintf("mase leaves out %d of %d variables that are constant in the training part: there is nothing to scale by.", n, len(p.Series)*len(p.Targets)))
	}
	if m := s.all.Pooled(); len(m.Intervals) > 0 {
		scores.Exhibits = append(scores.Exhibits, intervals(m))
	}
	return scores
}

// constant returns how many variables of all series have no scale.
func (s *scorer) constant() int {
	n := 0
	for i := range s.f.panel.Series {
		for v := range s.f.panel.Targets {
			if !(s.scales[i][v] > 0) {
				n++
			}
		}
	}
	return n
}

// shownSeries is how many series a table shows; a program is told of all.
const shownSeries = 10

// listed shows metrics of variables, or of series.
func listed(name, title string, names []string, of func(int) scoring.Metrics, mixed bool) task.Exhibit {
	data := make(map[string]map[string]float64, len(names))
	all := make([]scoring.Metrics, len(names))
	order := make([]int, len(names))
	for i, name := range names {
		if all[i] = of(i); mixed {
			all[i] = all[i].Scaled()
		}
		data[name], order[i] = all[i].Map(), i
	}
	if name == "series" {
		sort.SliceStable(order, func(a, b int) bool { return all[order[a]].MASE > all[order[b]].MASE })
	}
	columns := []string{"rmse", "mae", "smape", "mase"}
	if mixed {
		columns = columns[2:]
	}
	table := &show.Table{Title: title, Header: append([]string{""}, columns...)}
	for _, i := range order[:min(len(order), shownSeries)] {
		row := []any{names[i]}
		for _, column := range columns {
			if x, ok := data[names[i]][column]; ok {
				row = append(row, show.Fixed(x, show.Decimals(4, x)))
			} else {
				row = append(row, show.Number("–"))
			}
		}
		table.Rows = append(table.Rows, row)
	}
	if more := len(names) - shownSeries; more > 0 {
		table.Note = fmt.Sprintf("%d more are in the output of --json.", more)
	}
	return task.Exhibit{Name: name, Table: table, Data: data}
}

// intervals shows how many values intervals have covered.
func intervals(m scoring.Metrics) task.Exhibit {
	table := &show.Table{Title: "Intervals", Header: []string{"", "coverage", "width", "msis"}}
	data := make(map[string]map[string]float64)
	for k, share := range m.Intervals {
		row := []any{scoring.Percent(share) + " %", show.Percent(m.Coverage[k])}
		of := map[string]float64{"coverage": m.Coverage[k]}
		for name, x := range map[string]float64{"width": m.Width[k], "msis": m.MSIS[k]} {
			if x-x == 0 {
				of[name] = x
			}
		}
		for _, name := range []string{"width", "msis"} {
			if x, ok := of[name]; ok {
				row = append(row, show.Fixed(x, show.Decimals(4, x)))
			} else {
				row = append(row, show.Number("–"))
			}
		}
		table.Rows, data[scoring.Percent(share)] = append(table.Rows, row), of
	}
	return task.Exhibit{Name: "intervals", Table: table, Data: data}
}
