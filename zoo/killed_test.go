package zoo

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// killedIn is the variable of the environment that has this test binary keep runs in a folder until it is killed.
const killedIn = "ZOO_TEST_KEEP_IN"

// twoRuns are runs that differ in their seeds, and so in their weights and forecasts, by their seeds.
func twoRuns(t *testing.T) map[uint64]*Run {
	runs := make(map[uint64]*Run)
	for seed := range uint64(2) {
		c := quick("rnn")
		c.Epochs, c.Seed = 1, seed
		e, result := trained(t, c)
		runs[seed] = e.Kept(result)
	}
	return runs
}

// TestKilledWhileKeeping kills processes that do nothing but keep runs, in folders of their own and one over the other. What
// they leave is a whole run, or none to whoever opens it. ZOO_KILLS is how many are killed.
func TestKilledWhileKeeping(t *testing.T) {
	if dir := os.Getenv(killedIn); dir != "" {
		keepForEver(t, dir)
	}
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("ZOO_KILLS")); err == nil {
		kills = n
	}
	runs, rng := twoRuns(t), rand.New(rand.NewPCG(3, 4))
	want := make(map[uint64][][]float64)
	for seed, r := range runs {
		want[seed] = predicted(t, r, 3)
	}
	if reflect.DeepEqual(want[0], want[1]) {
		t.Fatal("the two runs forecast the same")
	}
	found := make(map[string]int)
	for range kills {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileKeeping$")
		cmd.Env = append(os.Environ(), killedIn+"="+dir)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if !bufio.NewScanner(pipe).Scan() { // it has begun
			t.Error("it says nothing")
		}
		time.Sleep(time.Duration(rng.Int64N(int64(100 * time.Millisecond))))
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		cmd.Wait()
		folders, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range folders {
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			run, err := Open(folder)
			switch {
			case err == nil:
				if got := predicted(t, run, 3); !reflect.DeepEqual(got, want[run.Config.Seed]) {
					t.Errorf("%s holds %v: the run of seed %d forecasts %v; want %v", folder, entries, run.Config.Seed, got, want[run.Config.Seed])
				}
				found["whole"]++
			case strings.Contains(err.Error(), "it is not the folder of a run"):
				if _, err := FindRun(filepath.Base(folder), filepath.Dir(folder)); err == nil {
					t.Errorf("%s holds %v, which is found as a run", folder, entries)
				}
				if _, err := FindRun(filepath.Base(folder)+"x", filepath.Dir(folder)); err == nil || strings.Contains(err.Error(), folder+"?") {
					t.Errorf("%s holds %v, which is proposed as a run: %v", folder, entries, err)
				}
				found["no run"]++
			default:
				t.Errorf("%s holds %v: error %v", folder, entries, err)
			}
		}
	}
	t.Logf("%d processes were killed; of their folders %v", kills, found)
	if found["whole"] < kills {
		t.Errorf("%d runs are whole; want one of each process at least", found["whole"])
	}
}

// keepForEver keeps a run, says so, and keeps runs until it is killed.
func keepForEver(t *testing.T, dir string) {
	runs := twoRuns(t)
	same := filepath.Join(dir, "over", "another")
	if err := os.MkdirAll(same, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := runs[0].Keep(filepath.Join(dir, "runs")); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	for {
		for seed := range maps.Keys(runs) {
			if _, err := runs[seed].Keep(filepath.Join(dir, "runs")); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if err := runs[seed].SaveTo(same); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestHalfOfTwoRuns saves a run over another and fails halfway: the weights of one with the settings of the other are no run.
func TestHalfOfTwoRuns(t *testing.T) {
	runs, dir := twoRuns(t), t.TempDir()
	if err := runs[0].SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	if err := runs[1].SaveTo(dir); err != nil {
		t.Fatal(err)
	}
	if back, err := Open(dir); err != nil || back.Config.Seed != 1 {
		t.Errorf("saved over another it is %+v, %v", back, err)
	}
	state := filepath.Join(dir, task.StateFile)
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(state, 0o755); err != nil { // which no file can replace
		t.Fatal(err)
	}
	if err := runs[0].SaveTo(dir); err == nil || !strings.Contains(err.Error(), task.StateFile) {
		t.Errorf("error %v", err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "it is not the folder of a run") {
		t.Errorf("half of two runs: error %v", err)
	}
}
