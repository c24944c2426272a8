package train

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// State is where a run stands between two steps, which are updates of the weights. With the weights, their average, the
// best weights and the optimizer's state it is all that a run needs to go on. What may be no number, as a metric may,
// is no field of its JSON: Save has tensors for it.
type State struct {
	Recipe   Recipe   `json:"recipe"` // with the optimizer that trains
	Division Division `json:"division"`

	Epoch     int `json:"epoch"`      // how many are finished
	Step      int `json:"step"`       // how many steps of the next epoch are done
	Number    int `json:"number"`     // how many steps of the run are done
	Batches   int `json:"batches"`    // how many batches these were
	Averaged  int `json:"averaged"`   // how many steps are in the average of the weights; 0 if there is none yet
	BestEpoch int `json:"best_epoch"` // 0 if none is finished

	// Sums over the steps of the epoch that are done.
	Loss, Weight float64 `json:"-"` // weighted losses, and their weights
	Tokens       int     `json:"tokens"`

	// Of each epoch that is finished.
	Losses   []float64 `json:"-"` // on the validation part
	Decisive []float64 `json:"-"` // the values that decide which is the best: the losses, or the metric of Maximize or Minimize

	Seconds      float64 `json:"seconds"`       // of the run
	EpochSeconds float64 `json:"epoch_seconds"` // of the epoch that is not finished
}

// Division tells whether a task is the one that a run began with: it is what Batches makes of it.
type Division struct {
	Examples int    `json:"examples"`
	Batches  int    `json:"batches"`  // of the first epoch
	Checksum uint64 `json:"checksum"` // of the first epoch's batches
}

func divisionOf(batches [][]int) Division {
	d := Division{Batches: len(batches)}
	h := fnv.New64a()
	var b [8]byte
	write := func(n int) {
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	for _, batch := range batches {
		d.Examples += len(batch)
		write(len(batch))
		for _, e := range batch {
			write(e)
		}
	}
	d.Checksum = h.Sum64()
	return d
}

// State returns where the run stands. It is for the time between two steps: in a callback, or when Run does not run.
func (l *Loop) State() State {
	s := l.state
	s.Losses, s.Decisive = slices.Clone(s.Losses), slices.Clone(s.Decisive)
	s.Seconds, s.EpochSeconds = l.clock.total().Seconds(), l.epoch.total().Seconds()
	return s
}
