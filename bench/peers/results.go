package main

import (
	"encoding/json"
	"io"
	"os"
	"slices"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/internal/atomicfile"
)

// Results is what has been measured on a machine: the content of results.json, of which the tables are made.
type Results struct {
	Machine   string           `json:"machine"`
	Kernel    string           `json:"kernel"`
	Go        string           `json:"go"`
	Workloads []WorkloadResult `json:"workloads"`
}

// WorkloadResult is what was measured of one workload.
type WorkloadResult struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Peers []Result `json:"peers"`
}

// Result is the best that a peer has reached.
type Result struct {
	Peer    string `json:"peer"`
	Date    string `json:"date"` // 2006-01-02
	Version string `json:"version,omitempty"`
	Setting
	Milliseconds float64 `json:"milliseconds"`
	// Ratio is how many times as long as ours it took, in the rounds of the same run.
	Ratio             float64 `json:"ratio"`
	PeakShare         float64 `json:"peak_share,omitempty"`
	Megabytes         float64 `json:"megabytes,omitempty"`
	ImportedMegabytes float64 `json:"imported_megabytes,omitempty"`
}

// add puts the results of a run in the place of earlier ones of the same workload and peer.
func (r *Results) add(name, title string, results []Result) {
	i := slices.IndexFunc(r.Workloads, func(w WorkloadResult) bool { return w.Name == name })
	if i < 0 {
		r.Workloads = append(r.Workloads, WorkloadResult{Name: name})
		i = len(r.Workloads) - 1
	}
	w := &r.Workloads[i]
	w.Title = title
	for _, result := range results {
		w.Peers = slices.DeleteFunc(w.Peers, func(old Result) bool { return old.Peer == result.Peer })
		w.Peers = append(w.Peers, result)
	}
}

// peer returns the result of a peer.
func (w WorkloadResult) peer(name string) (Result, bool) {
	i := slices.IndexFunc(w.Peers, func(r Result) bool { return r.Peer == name })
	if i < 0 {
		return Result{}, false
	}
	return w.Peers[i], true
}

// load reads the results of this machine. Those of another one, or of other kernels, are not comparable and do not count.
func load(path, machine, kernel, goVersion string) (*Results, error) {
	r, err := loadAny(path)
	switch {
	case err != nil && !os.IsNotExist(err):
		return nil, err
	case err != nil || r.Machine != machine || r.Kernel != kernel:
		r = &Results{Machine: machine, Kernel: kernel}
	}
	r.Go = goVersion
	return r, nil
}

// loadAny reads the results of whichever machine.
func loadAny(path string) (*Results, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Results)
	return r, errors.Wrap(json.Unmarshal(data, r), path)
}

func (r *Results) save(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}
