package show

import (
	"fmt"
	"os"
	"time"

	"github.com/rnnzoo/rnnzoo/train"
)

// Progress writes how a training goes to standard output, in one line that is written over and ends with the last epoch:
// for notebooks, with train.Watch. What it leaves is the same for the same training, however fast that was.
func Progress() train.Callbacks {
	const refresh = 100 * time.Millisecond // more than the eye sees only costs time
	var drawn time.Time
	width := 0
	return train.Callbacks{Epoch: func(e train.EpochEvent) error {
		if !e.Last && time.Since(drawn) < refresh {
			return nil
		}
		drawn = time.Now()
		line := fmt.Sprintf("epoch %d/%d  loss %.4f  validation %.4f", e.Epoch, e.Epochs, e.TrainLoss, e.Valid.Loss)
		width = max(width, len(line))
		fmt.Fprintf(os.Stdout, "\r%-*s", width, line) // os.Stdout is another one in each cell of a notebook
		if e.Last {
			fmt.Fprintln(os.Stdout)
		}
		return nil
	}}
}
