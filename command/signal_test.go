//go:build !windows

package command

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestInterruptedRunIsKept(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(binary, "run", "rnn", "airline", "--epochs", "100000000", "--json", "--quiet")
			var errOut bytes.Buffer
			cmd.Dir, cmd.Stderr = dir, &errOut
			pipe, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(pipe)
			last := ""
			for n := 0; lines.Scan(); n++ {
				if last = lines.Text(); n == 3 { // the start and some epochs
					if err := cmd.Process.Signal(signal); err != nil {
						t.Fatal(err)
					}
				}
			}
			cmd.Wait()
			outcome{err: errOut.String(), status: cmd.ProcessState.ExitCode()}.failed(t, statusInterrupted, "interrupted after epoch", "runs/rnn-airline-1")
			result := events(t, last)[0]
			if result["event"] != "result" || result["interrupted"] != true || result["run"] != filepath.Join("runs", "rnn-airline-1") {
				t.Errorf("the last event is %v", result)
			}
			contains(t, command(t, dir, "predict", "rnn-airline-1").done(t).out, "1961-01")
			contains(t, command(t, dir, "eval", "rnn-airline-1").done(t).out, "rmse")
		})
	}
}

func TestFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("/dev/full"); err != nil && !strings.Contains(err.Error(), "permission") {
		t.Skip("there is no /dev/full")
	}
	cmd := exec.Command("/bin/sh", "-c", `"$0" models >/dev/full`, binary)
	start(t, cmd, "", "").failed(t, statusFailed, "cannot write to standard output")
}
