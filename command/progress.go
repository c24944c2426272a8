package command

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// progress shows a person how a training goes.
type progress interface {
	callbacks() train.Callbacks
	done() // leaves the terminal as it was
}

// newProgress returns a bar on a terminal, a few lines elsewhere, and nothing if it is to be quiet.
func newProgress(w io.Writer, quiet bool, epochs int, metrics []task.Metric) progress {
	if quiet {
		return silence{}
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &bar{w: w, epochs: epochs, metrics: metrics}
	}
	return &lines{w: w, start: time.Now(), metrics: metrics}
}

type silence struct{}

func (silence) callbacks() train.Callbacks { return train.Callbacks{} }
func (silence) done()                      {}

// bar is a progress bar over all steps, with the losses of the last epoch and the remaining time.
type bar struct {
	w       io.Writer
	epochs  int
	metrics []task.Metric
	bar     *progressbar.ProgressBar
	drawn   time.Time
}

// refresh is how often a terminal is drawn on: more than the eye sees only costs time.
const refresh = 100 * time.Millisecond

func (b *bar) callbacks() train.Callbacks {
	return train.Callbacks{
		Step: func(e train.StepEvent) error {
			if b.bar == nil { // only now is it known how many steps there are
				b.bar = progressbar.NewOptions(b.epochs*e.Steps,
					progressbar.OptionSetWriter(b.w),
					progressbar.OptionSetWidth(20),
					progressbar.OptionThrottle(refresh),
					progressbar.OptionSetPredictTime(true),
					progressbar.OptionClearOnFinish())
			}
			b.bar.Add(1)
			return nil
		},
		Epoch: func(e train.EpochEvent) error {
			if time.Since(b.drawn) > refresh {
				b.drawn = time.Now()
				b.bar.Describe(epochLine(e, b.metrics))
			}
			return nil
		},
	}
}

func (b *bar) done() {
	if b.bar != nil {
		b.bar.Exit()
		b.bar.Clear()
	}
}

// lines are what a log file gets: a line about every tenth of the epochs.
type lines struct {
	w       io.Writer
	start   time.Time
	metrics []task.Metric
}

func (l *lines) callbacks() train.Callbacks {
	return train.Callbacks{Epoch: func(e train.EpochEvent) error {
		every := max(1, e.Epochs/10)
		if e.Epoch%every != 0 && !e.Last {
			return nil
		}
		spent := time.Since(l.start)
		left := spent / time.Duration(e.Epoch) * time.Duration(e.Epochs-e.Epoch)
		fmt.Fprintf(l.w, "%s  %s left\n", epochLine(e, l.metrics), left.Round(time.Second))
		return nil
	}}
}

func (l *lines) done() {}

func epochLine(e train.EpochEvent, metrics []task.Metric) string {
	width := len(fmt.Sprint(e.Epochs))
	line := fmt.Sprintf("epoch %*d/%d  loss %.4f  validation %.4f", width, e.Epoch, e.Epochs, e.TrainLoss, e.Valid.Loss)
	for _, m := range metrics {
		if v, ok := e.Valid.Metrics[m.Name]; ok && m.HigherIsBetter { // which the loss does not tell
			return line + fmt.Sprintf("  %s %s", m.Name, shownMetric(m, v, v))
		}
	}
	return line
}
