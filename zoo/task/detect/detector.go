package detect

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"sync"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// Detector is a network with a threshold above which something is anomalous. It serves any number of goroutines at once
// (task.Predictor says how), each with a Stream of its own where values come one by one.
type Detector struct {
	parts
	opts    Options
	about   about
	decoder *graph.Network // of an autoencoder
	pool    program.Pool[shape]

	// calibrate finds the threshold for the weights as they are, by the data that it is trained on. It is nil of what
	// was opened, whose threshold is kept.
	calibrate func(ctx context.Context) (float64, error)
	mu        sync.Mutex
	weights   uint64 // a hash of those that the threshold is for
}

// parts is what a detector is made of.
type parts struct {
	network *graph.Network
	other   func(model string) (*graph.Network, error)
	params  *graph.Params
	data    datasets.Settings // how the data of the training were read
}

// about is what a detector keeps besides the weights.
type about struct {
	Threshold float64     `json:"threshold"`
	Mean      float64     `json:"mean"` // of the numbers of normal sequences
	Deviation float64     `json:"deviation"`
	Steps     int         `json:"steps,omitempty"`     // T of a sequence
	Width     int         `json:"width"`               // W of a sequence, V of a series
	Normal    string      `json:"normal,omitempty"`    // the class that is no anomaly
	Variables []string    `json:"variables,omitempty"` // of a series
	Times     []string    `json:"times,omitempty"`     // of the history
	History   [][]float64 `json:"history,omitempty"`   // the last rows of the first series
}

var _ task.Predictor = (*Detector)(nil)

// Save implements task.Predictor.
func (d *Detector) Save(to task.Files) error {
	if err := program.CheckFiles(to); err != nil {
		return err
	}
	a := d.about
	var err error
	if a.Threshold, err = d.threshold(context.Background()); err != nil {
		return err
	}
	return to.Write(task.StateFile, a)
}

// Open returns the detector that Save has kept with the options. The parameters must hold the kept weights; other gives
// the network that an autoencoder writes with, by the name of its model.
func Open(network *graph.Network, other func(model string) (*graph.Network, error), params *graph.Params, opts Options, kept task.Files) (*Detector, error) {
	return open(parts{network: network, other: other, params: params}, opts, kept)
}

func open(p parts, opts Options, kept task.Files) (*Detector, error) {
	if err := program.CheckFiles(kept); err != nil {
		return nil, err
	}
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	d := &Detector{parts: p, opts: opts}
	if err = kept.Read(task.StateFile, &d.about); err == nil {
		if d.opts.Method == "" {
			if d.opts.Method = methodForecaster; d.about.Steps > 0 {
				d.opts.Method = methodAutoencoder
			}
		}
		err = d.about.check(d.opts)
	}
	if err != nil {
		return nil, errors.WithMessagef(err, "%s is damaged", task.StateFile)
	}
	return d, d.declare()
}

// check returns an error if what is kept makes no sense.
func (a about) check(o Options) error {
	switch {
	case math.IsNaN(a.Threshold) || math.IsInf(a.Threshold, 0):
		return errors.Errorf("its threshold is %v", a.Threshold)
	case a.Width < 1 || a.Width > 1<<16:
		return errors.Errorf("it reads rows of %d numbers", a.Width)
	case o.Method == methodAutoencoder && (!(a.Deviation > 0) || a.Steps < 1 || o.Patch < 1 || a.Steps%o.Patch != 0):
		return errors.Errorf("it scales by a deviation of %v and reads %d rows, %d at once", a.Deviation, a.Steps, o.Patch)
	case o.Method == methodForecaster && (len(a.Variables) != a.Width || a.Times != nil && len(a.Times) != len(a.History)):
		return errors.Errorf("it names %d variables and %d times for %d and %d", len(a.Variables), len(a.Times), a.Width, len(a.History))
	}
	for i, row := range a.History {
		if len(row) != a.Width {
			return errors.Errorf("row %d of its history has %d values; want %d", i+1, len(row), a.Width)
		}
	}
	return nil
}

// declare checks the parts and declares the parameters, so that weights can be loaded and counted before the first step.
func (d *Detector) declare() error {
	if err := d.network.Check(); err != nil {
		return err
	}
	if d.opts.Method == methodForecaster {
		return d.declareForecaster()
	}
	return d.declareAutoencoder()
}

// Params implements train.Task and task.Predictor.
func (d *Detector) Params() *graph.Params { return d.params }

// Options returns the options with their defaults filled in.
func (d *Detector) Options() Options { return d.opts }

// detector returns itself, of a task that has one.
func (d *Detector) detector() *Detector { return d }

// Predictor implements task.Task.
func (d *Detector) Predictor() task.Predictor { return d }

// Decoding implements task.Predictor: there is nothing to choose.
func (d *Detector) Decoding() task.Options { return nil }

// Threshold returns the score from which on there is an anomaly. Where the detector is being trained, that is found by
// what validates, for the weights as they are.
func (d *Detector) Threshold() (float64, error) { return d.threshold(context.Background()) }

func (d *Detector) threshold(ctx context.Context) (float64, error) {
	if d.calibrate == nil {
		return d.about.Threshold, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := hashOf(d.params)
	if now == d.weights {
		return d.about.Threshold, nil
	}
	t, err := d.calibrate(ctx)
	if err == nil {
		d.about.Threshold, d.weights = t, now
	}
	return t, err
}

// hashOf returns a hash of all weights, which is never 0.
func hashOf(p *graph.Params) uint64 {
	h := fnv.New64a()
	var bytes []byte
	for _, x := range p.List() {
		bytes = bytes[:0]
		switch v := x.Value().Data().(type) {
		case []float32:
			for _, w := range v {
				bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(w))
			}
		case []float64:
			for _, w := range v {
				bytes = binary.LittleEndian.AppendUint64(bytes, math.Float64bits(w))
			}
		}
		h.Write(bytes)
	}
	return h.Sum64() | 1
}

// Warm implements task.Predictor. Of an autoencoder it compiles what answers single sequences; a stream has a program of
// its own.
func (d *Detector) Warm(ctx context.Context, _ ...string) error {
	if d.opts.Method == methodForecaster {
		return d.pool.Warm(ctx, func(*lane) error { return nil })
	}
	return d.pool.Warm(ctx, func(l *lane) error {
		_, err := d.errorsOf(l, [][]float32{make([]float32, d.about.Steps*d.about.Width)})
		return err
	})
}

// On implements task.Predictor: scales and threshold are the detector's.
func (d *Detector) On(data datasets.Dataset, _ task.Options) (task.Task, error) {
	if d.opts.Method == methodForecaster {
		return d.onSeries(data)
	}
	return d.onSequences(data)
}
