package train

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/graph/safetensors"
	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// CheckpointFile is the name of the file that Save writes and Resume reads. It is one, so that there is none of half a
// step: the state, as JSON, and a checksum are in the metadata, and of the tensors the name's beginning tells what they
// are of.
const CheckpointFile = "checkpoint.safetensors"

const (
	weightsPrefix   = "weights/" // of the last step
	bestPrefix      = "best/"    // of the best epoch
	averagePrefix   = "average/" // of the steps that are averaged
	optimizerPrefix = "optimizer/"
	sumsTensor      = "sums"   // the epoch's, [2]: Loss and Weight
	epochsTensor    = "epochs" // [2, epochs]: Losses and Decisive

	stateKey    = "state"
	checksumKey = "checksum"
)

// Save writes all that the run needs to go on, by Resume, to the same bits as if it had not stopped. It is for the time
// between two steps: in a callback, or when Run does not run. After Run, too, it writes the weights of the last step beside
// those of the best epoch.
func (l *Loop) Save(to Files) error {
	if to == nil {
		return errors.New("train: there are no files to save to: to is nil; Folder gives those of a folder")
	}
	s := l.State()
	state, err := json.Marshal(s)
	if err != nil {
		return errors.WithMessage(err, "train: the state cannot be written")
	}
	optimizer := l.settings.Optimizer.Snapshot()
	if optimizer == nil {
		return errors.Errorf("train: the snapshot of the optimizer %s is nil", l.settings.Optimizer.Name())
	}
	f := &safetensors.File{Metadata: map[string]string{stateKey: string(state)}}
	for key, value := range optimizer.Metadata {
		f.Metadata[optimizerPrefix+key] = value
	}
	f.Set(sumsTensor, safetensors.FromFloat64s([]int{2}, []float64{s.Loss, s.Weight}))
	f.Set(epochsTensor, safetensors.FromFloat64s([]int{2, s.Epoch}, slices.Concat(s.Losses, s.Decisive)))
	weights := l.last
	if weights == nil {
		weights = l.task.Params().Snapshot()
	}
	setAll(f, weightsPrefix, weights)
	if l.best != nil {
		setAll(f, bestPrefix, l.best)
	}
	if l.mean != nil {
		setAll(f, averagePrefix, l.mean.means.Snapshot())
	}
	setAll(f, optimizerPrefix, optimizer)
	if c, ok := l.task.(Carrier); ok {
		carried := c.Carried()
		setAll(f, carriedPrefix, carried)
		for key, value := range carried.Metadata {
			f.Metadata[carriedPrefix+key] = value
		}
	}
	f.Metadata[checksumKey] = checksum(f)
	return to.Write(CheckpointFile, f)
}

// setAll adds the tensors of a file under a prefix.
func setAll(to *safetensors.File, prefix string, from *safetensors.File) {
	names := from.Names
	if names == nil { // as an optimizer of one's own may leave them
		names = slices.Sorted(maps.Keys(from.Tensors))
	}
	for _, name := range names {
		to.Set(prefix+name, from.Tensors[name])
	}
}

// under returns the tensors and the metadata under a prefix, without it.
func under(f *safetensors.File, prefix string) *safetensors.File {
	out := &safetensors.File{Metadata: make(map[string]string)}
	for _, name := range f.Names {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out.Set(rest, f.Tensors[name])
		}
	}
	for key, value := range f.Metadata {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			out.Metadata[rest] = value
		}
	}
	return out
}

// checksum returns that of a file's content but itself.
func checksum(f *safetensors.File) string {
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli)) // which processors have an instruction for
	write := func(b []byte) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		if key != checksumKey {
			write([]byte(key))
			write([]byte(f.Metadata[key]))
		}
	}
	for _, name := range f.Names {
		t := f.Tensors[name]
		write([]byte(name))
		write(fmt.Append(nil, t.DType, t.Shape))
		write(t.Data)
	}
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// Resume returns a run that goes on where the saved one stood, to the same bits as if it had not stopped. The task must be
// made as it was then. The settings are those of the saved run; the options may change the epochs, the patience and how
// gradients are clipped, and give callbacks, which are not saved. An optimizer of a kind that NewOptimizer does not know has
// to be given again by Optimize.
//
// A file that is damaged, or that is not of this task or these settings, is an error that says so, and changes nothing.
func Resume(task Task, from Files, opts ...Option) (*Loop, error) {
	l, err := resume(task, from, opts)
	return l, errors.WithMessagef(err, "train: cannot go on from %s", checkpointName(from))
}

// checkpointName names the checkpoint in an error.
func checkpointName(from Files) string {
	if f, ok := from.(folder); ok {
		return filepath.Join(string(f), CheckpointFile)
	}
	return CheckpointFile
}

const damaged = "it is damaged; go on from another, or train anew"

func resume(task Task, from Files, opts []Option) (*Loop, error) {
	if from == nil {
		return nil, errors.New("there are no files: from is nil; Folder gives those of a folder")
	}
	f := new(safetensors.File)
	if err := from.Read(CheckpointFile, f); err != nil {
		return nil, err
	}
	saved, err := readState(f)
	if err != nil {
		return nil, err
	}
	l, err := newLoop(task, saved.Recipe, opts)
	if err != nil {
		return nil, err
	}
	if err := sameRun(saved, l.state); err != nil {
		return nil, err
	}
	weights := under(f, weightsPrefix)
	if err := l.declare(saved, weights); err != nil {
		return nil, err
	}
	best, averages := under(f, bestPrefix), under(f, averagePrefix)
	if saved.Number > 0 || len(weights.Tensors) > 0 { // a task may declare its parameters in the first step
		if err := fits(task.Params(), weights); err != nil {
			return nil, err
		}
	}
	if saved.BestEpoch > 0 || len(best.Tensors) > 0 {
		if err := fits(task.Params(), best); err != nil {
			return nil, err
		}
	}
	if saved.Averaged > 0 || len(averages.Tensors) > 0 {
		if err := fits(task.Params(), averages); err != nil {
			return nil, err
		}
	}
	for i, loss := range saved.Losses {
		l.observe(loss, saved.Decisive[i])
	}
	if l.state.BestEpoch != saved.BestEpoch {
		return nil, errors.Errorf("its best epoch is %d and not %d: %s", l.state.BestEpoch, saved.BestEpoch, damaged)
	}
	if err := l.settings.Optimizer.Restore(under(f, optimizerPrefix)); err != nil {
		return nil, err
	}
	if c, ok := task.(Carrier); ok {
		if err := c.Carry(under(f, carriedPrefix)); err != nil {
			return nil, err
		}
	}
	if err := task.Params().Restore(weights); err != nil {
		return nil, err
	}
	if saved.BestEpoch > 0 {
		l.best = best
	}
	if saved.Averaged > 0 {
		if l.mean, err = newAverage(task.Params(), averages); err != nil {
			return nil, err
		}
	}
	recipe := l.state.Recipe
	l.state = saved
	l.state.Recipe = recipe
	l.clock.passed, l.epoch.passed = seconds(saved.Seconds), seconds(saved.EpochSeconds)
	return l, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// readState returns the state in a file that is whole.
func readState(f *safetensors.File) (s State, err error) {
	text, ok := f.Metadata[stateKey]
	if !ok {
		return s, errors.New("it is not the checkpoint of a run; Save writes one")
	}
	if checksum(f) != f.Metadata[checksumKey] {
		return s, errors.Errorf("its content does not have its checksum: %s", damaged)
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, errors.Errorf("its state cannot be read (%v): %s", err, damaged)
	}
	sums, err := numbers(f, sumsTensor, 2)
	if err != nil {
		return s, err
	}
	s.Loss, s.Weight = sums[0], sums[1]
	// Before batches were accumulated each was a step.
	s.Recipe.Accumulate, s.Batches = cmp.Or(s.Recipe.Accumulate, 1), cmp.Or(s.Batches, s.Number)
	if s.Epoch < 0 || s.Step < 0 || s.Number < s.Epoch+s.Step || s.Batches < s.Number || s.Averaged < 0 || s.Averaged > s.Number {
		return s, errors.Errorf("it is of %d steps of %d batches, %d averaged, %d epochs and %d steps: %s", s.Number, s.Batches, s.Averaged, s.Epoch, s.Step, damaged)
	}
	epochs, err := numbers(f, epochsTensor, 2*s.Epoch)
	if err != nil {
		return s, err
	}
	s.Losses, s.Decisive = epochs[:s.Epoch:s.Epoch], epochs[s.Epoch:]
	return s, nil
}

// numbers returns the n numbers of a tensor.
func numbers(f *safetensors.File, name string, n int) ([]float64, error) {
	x, err := f.Tensors[name].Float64s()
	if err != nil || len(x) != n {
		return nil, errors.Errorf("its tensor %s has %d numbers, not %d: %s", name, len(x), n, damaged)
	}
	return x, nil
}

// sameRun returns an error that says in what a new run differs from a saved one.
func sameRun(saved, now State) error {
	var was, is option.Set
	saved.Recipe.Declare(&was)
	now.Recipe.Declare(&is)
	free := []string{"epochs", "patience", "clip", "clip-each"}
	for _, f := range was.Fields() {
		if given := is.Lookup(f.Name).String(); given != f.String() && !slices.Contains(free, f.Name) {
			return errors.Errorf("the run was begun with %s %s, not %s; give what it was begun with, or train anew", f.Name, orNone(f.String()), orNone(given))
		}
	}
	a, b := saved.Division, now.Division
	switch {
	case a.Examples != b.Examples:
		return errors.Errorf("the run was begun on %d training examples, not %d; give the same dataset, or train anew", a.Examples, b.Examples)
	case a != b:
		return errors.Errorf("the run's %d training examples were divided into other batches; give the same dataset, or train anew", a.Examples)
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// declare has the task declare its parameters if it has not yet, by a step that is done again later, and checks that
// the epoch has the steps that are done.
func (l *Loop) declare(saved State, weights *safetensors.File) error {
	r := l.state.Recipe
	batches := l.task.Batches(saved.Epoch+1, r.Batch, r.Seed)
	if len(batches) == 0 {
		return errNoExamples
	}
	if steps := updatesOf(len(batches), r.Accumulate); saved.Step > steps {
		return errors.Errorf("%d steps of epoch %d are done, which has %d; give the same dataset, or train anew", saved.Step, saved.Epoch+1, steps)
	}
	for _, name := range weights.Names {
		if l.task.Params().Get(name) == nil {
			_, err := l.task.Step(saved.Batches, batches[min(saved.Step*r.Accumulate, len(batches)-1)])
			return err
		}
	}
	return nil
}

// fits returns an error unless weights are those of the parameters, all of them and no others.
func fits(params *graph.Params, weights *safetensors.File) error {
	const way = "give the same network, or train anew"
	dtype := "F32"
	if params.Dtype() == tensor.Float64 {
		dtype = "F64"
	}
	for _, name := range weights.Names {
		p, t := params.Get(name), weights.Tensors[name]
		switch {
		case p == nil:
			return errors.Errorf("it has a parameter %.80q, which the network has not; %s", name, way)
		case !slices.Equal(p.Shape(), t.Shape):
			return errors.Errorf("its parameter %s has the shape %v, not %v; %s", name, t.Shape, p.Shape(), way)
		case t.DType != dtype:
			return errors.Errorf("its parameter %s has the type %.10s, not %s; %s", name, t.DType, dtype, way)
		}
	}
	for _, p := range params.List() {
		if _, ok := weights.Tensors[p.Name()]; !ok {
			return errors.Errorf("it has no parameter %s; %s", p.Name(), way)
		}
	}
	return nil
}
