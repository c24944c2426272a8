package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rnnzoo/rnnzoo/bench"
)

// markdown returns what has been measured as text for docs/performance.md.
func (r *Results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, kernels %s; %s.\n\n", r.dates(), r.Machine, r.Kernel, r.versions())
	b.WriteString("Milliseconds of a run, in brackets the number of threads, how they wait where that is a choice, and ours' share of the peak;\n" +
		"then how many times as long as ours the peer took. A dash: not measured, or the peer has no such thing.\n")
	table := func(workloads []bench.Workload) {
		var measured []WorkloadResult
		for _, w := range workloads {
			if i := slices.IndexFunc(r.Workloads, func(m WorkloadResult) bool { return m.Name == w.Name }); i >= 0 {
				measured = append(measured, r.Workloads[i])
			}
		}
		if len(measured) > 0 {
			b.WriteString("\n")
			writeTable(&b, measured)
		}
	}
	table(bench.Workloads())
	b.WriteString(r.memory("W2"))
	table(sizes())
	return b.String()
}

// writeTable writes a line for each workload and a column for each peer that has a result.
func writeTable(b *strings.Builder, workloads []WorkloadResult) {
	var columns []string
	for _, p := range peers {
		if slices.ContainsFunc(workloads, func(w WorkloadResult) bool { _, ok := w.peer(p.Name); return ok }) {
			columns = append(columns, p.Name)
		}
	}
	fmt.Fprintf(b, "| work | %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat(" --- |", 1+len(columns)))
	for _, w := range workloads {
		name := w.Name
		if strings.HasPrefix(name, "S") { // the document has no list of these
			name = w.Title
		}
		cells := []string{name}
		for _, c := range columns {
			cell := "–"
			if result, ok := w.peer(c); ok {
				cell = result.cell()
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
}

// cell returns "8.90 (2 active) **1.39×**".
func (r Result) cell() string {
	how := strconv.Itoa(r.Threads)
	if r.Wait != "" {
		how += " " + r.Wait
	}
	if r.Peer == peers[0].Name {
		if r.PeakShare > 0 {
			how += fmt.Sprintf("; %.0f %%", 100*r.PeakShare)
		}
		return fmt.Sprintf("%s (%s)", digits(r.Milliseconds), how)
	}
	return fmt.Sprintf("%s (%s) **%s×**", digits(r.Milliseconds), how, digits(r.Ratio))
}

// digits formats a number with three digits that mean something.
func digits(v float64) string {
	if !(v > 0) {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', max(0, 2-int(math.Floor(math.Log10(v)))), 64)
}

// memory says how much memory each peer's process needed for a workload.
func (r *Results) memory(workload string) string {
	i := slices.IndexFunc(r.Workloads, func(w WorkloadResult) bool { return w.Name == workload })
	if i < 0 {
		return ""
	}
	var parts []string
	for _, p := range peers {
		result, ok := r.Workloads[i].peer(p.Name)
		if !ok || result.Megabytes == 0 {
			continue
		}
		part := fmt.Sprintf("%s %.0f MB", p.Name, result.Megabytes)
		if result.ImportedMegabytes > 0 {
			part += fmt.Sprintf(" (%.0f of them with the libraries loaded and nothing done yet)", result.ImportedMegabytes)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("\nPeak resident memory of a process that runs %s: %s.\n", workload, strings.Join(parts, ", "))
}

// dates returns the day of the measurements, or the first and the last.
func (r *Results) dates() string {
	var all []string
	for _, w := range r.Workloads {
		for _, p := range w.Peers {
			all = append(all, p.Date)
		}
	}
	if len(all) == 0 {
		return "never"
	}
	first, last := slices.Min(all), slices.Max(all)
	if first == last {
		return first
	}
	return first + " to " + last
}

// versions lists the frameworks, each with the versions that were measured.
func (r *Results) versions() string {
	list := []string{r.Go}
	for _, p := range peers[1:] {
		var of []string
		for _, w := range r.Workloads {
			if result, ok := w.peer(p.Name); ok && result.Version != "" && !slices.Contains(of, result.Version) {
				of = append(of, result.Version)
			}
		}
		if len(of) > 0 {
			list = append(list, p.Name+" "+strings.Join(of, " and "))
		}
	}
	return strings.Join(list, ", ")
}
