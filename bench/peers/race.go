package main

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/bench"
)

// entrant is a program in a race over a workload: for each setting the measurements of the rounds that it ran in, which
// are the first ones.
type entrant struct {
	program  Program
	settings []Setting
	rounds   [][]Measurement
	failed   []bool
}

// runs returns the settings that run in a round: all in the first, then those that can still be the best.
func (e *entrant) runs(round int, ours float64) []int {
	var list []int
	fastest := e.fastest()
	for i := range e.settings {
		switch {
		case e.failed[i]:
			continue
		case round == 0:
		case len(e.rounds[i]) < round, e.program.Slow:
			continue
		// The times of a round scatter, by less than this on a machine that has anything else to do.
		case e.rounds[i][0].Milliseconds > 1.25*fastest:
			continue
		// No further round would change what is said of a peer so far behind.
		case e.program.Kind != Ours && fastest > 10*ours:
			continue
		}
		list = append(list, i)
	}
	return list
}

// fastest returns the fastest first round.
func (e *entrant) fastest() float64 {
	var all []float64
	for i, r := range e.rounds {
		if len(r) > 0 && !e.failed[i] {
			all = append(all, r[0].Milliseconds)
		}
	}
	if len(all) == 0 {
		return 0
	}
	return slices.Min(all)
}

// best returns the index of the best setting, of which the median is the lowest among those that ran in most rounds, or
// −1 if all failed.
func (e *entrant) best() int {
	best := -1
	for i, r := range e.rounds {
		if e.failed[i] || len(r) == 0 {
			continue
		}
		if best < 0 || len(r) > len(e.rounds[best]) ||
			len(r) == len(e.rounds[best]) && median(times(r)) < median(times(e.rounds[best])) {
			best = i
		}
	}
	return best
}

func times(rounds []Measurement) []float64 {
	list := make([]float64, len(rounds))
	for i, m := range rounds {
		list[i] = m.Milliseconds
	}
	return list
}

func peakShares(rounds []Measurement) []float64 {
	list := make([]float64, len(rounds))
	for i, m := range rounds {
		list[i] = m.PeakShare
	}
	return list
}

// ratio returns the median over the rounds that both ran in of how many times as long as ours a peer took. Taken round
// by round it does not see the machine's clock and neighbours move.
func ratio(peer, ours []Measurement) float64 {
	list := make([]float64, min(len(peer), len(ours)))
	for i := range list {
		list[i] = peer[i].Milliseconds / ours[i].Milliseconds
	}
	return median(list)
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// measure runs one round after the other of all programs with a workload, ours first, and returns a result of each that
// did not fail. The function run is Program.run.
func measure(w bench.Workload, programs []Program, threads, rounds int, run func(Program, Setting) (Measurement, error), complain func(Program, error)) []Result {
	var entrants []*entrant
	for _, p := range programs {
		s := settings(p.Peer, threads)
		entrants = append(entrants, &entrant{p, s, make([][]Measurement, len(s)), make([]bool, len(s))})
	}
	ours := entrants[0]
	for round := range rounds {
		for _, e := range entrants {
			for _, i := range e.runs(round, ours.fastest()) {
				m, err := run(e.program, e.settings[i])
				if err != nil {
					complain(e.program, err)
					e.failed[i] = true
					continue
				}
				e.rounds[i] = append(e.rounds[i], m)
			}
		}
	}

	ourBest := ours.best()
	if ourBest < 0 {
		return nil
	}
	var results []Result
	for _, e := range entrants {
		i := e.best()
		if i < 0 {
			continue
		}
		r := e.rounds[i]
		result := Result{Peer: e.program.Name, Setting: e.settings[i], Version: r[0].Version, Milliseconds: median(times(r)), Ratio: 1}
		if e != ours {
			result.Ratio = ratio(r, ours.rounds[ourBest])
		}
		result.PeakShare = median(peakShares(r))
		for _, m := range r {
			result.Megabytes = max(result.Megabytes, m.Megabytes)
			result.ImportedMegabytes = max(result.ImportedMegabytes, m.ImportedMegabytes)
		}
		results = append(results, result)
	}
	return results
}
