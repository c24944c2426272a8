package command

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/zoo"
)

// TestKilledTraining kills trainings at any time, while they keep their runs too. What they leave is a whole run, or none to
// whoever opens it, and is not in the way of the next. ZOO_KILLS is how many are killed.
func TestKilledTraining(t *testing.T) {
	t.Parallel()
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("ZOO_KILLS")); err == nil {
		kills = n
	}
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(5, 6))
	train := func() *exec.Cmd {
		cmd := exec.Command(binary, "run", "rnn", "airline", "--epochs", "1", "--quiet")
		cmd.Dir = dir
		return cmd
	}
	start := time.Now()
	if out, err := train().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(start)
	for range kills {
		cmd := train()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(whole)))) // half of it is in the second half, where the run is kept
		cmd.Process.Kill()                                  // it may be over
		cmd.Wait()
	}
	folders, err := filepath.Glob(filepath.Join(dir, "runs", "*"))
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, folder := range folders {
		run, err := zoo.Open(folder)
		switch {
		case err == nil:
			kept++
			if e, err := run.Evaluate(t.Context(), "test"); err != nil || !(e.Metrics["rmse"] > 0) {
				t.Errorf("%s is evaluated to %v, %v", folder, e, err)
			}
		case !strings.Contains(err.Error(), "it is not the folder of a run"):
			t.Errorf("%s: error %v", folder, err)
		}
	}
	t.Logf("%d trainings of %v were killed; of %d folders %d are runs", kills, whole, len(folders), kept)
	if out, err := train().CombinedOutput(); err != nil {
		t.Errorf("the next training: %v: %s", err, out)
	}
}
