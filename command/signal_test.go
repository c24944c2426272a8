//go:build !windows

package command

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestInterruptedRunIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		more   []string
	}{
		{syscall.SIGINT, nil}, {syscall.SIGTERM, nil}, {syscall.SIGHUP, nil},
		{syscall.SIGINT, []string{"--ema", "0.9", "--accumulate", "2"}},
		{syscall.SIGINT, []string{"--optimizer", "asgd:patience=1", "--lr", "0.1", "--patience", "0"}},
	} {
		t.Run(strings.Join(append([]string{c.signal.String()}, c.more...), " "), func(t *testing.T) {
			if c.signal == syscall.SIGHUP && signal.Ignored(syscall.SIGHUP) {
				t.Skip("these tests run under nohup, under which zoo run does not end either")
			}
			dir := t.TempDir()
			cmd := exec.Command(binary, append([]string{"run", "rnn", "airline", "--epochs", "100000000", "--json", "--quiet"}, c.more...)...)
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
					if err := cmd.Process.Signal(c.signal); err != nil {
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

// TestReaderThatGoesAway is zoo run … --json | head -1.
func TestReaderThatGoesAway(t *testing.T) {
	t.Parallel()
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
	for range 2 { // the start and an epoch, after which there is something to keep
		if !lines.Scan() {
			t.Error("there is no line")
		}
	}
	pipe.Close()
	cmd.Wait() // which would take for ever if the training went on
	outcome{err: errOut.String(), status: cmd.ProcessState.ExitCode()}.failed(t, statusInterrupted, "interrupted after epoch", "runs/rnn-airline-1")
	contains(t, command(t, dir, "predict", "rnn-airline-1").done(t).out, "1961-01")
	contains(t, command(t, dir, "eval", "rnn-airline-1").done(t).out, "rmse")
}

// TestInterruptedWriting ends the process while it writes a text that has no end: what was written stands, and to a shell the
// status is 130: 128 and the signal that ended it.
func TestInterruptedWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "song.txt"), []byte(strings.Repeat("row, row, row your boat\n", 20)), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, dir, "run", "gru", "text:song.txt", "--hidden", "8", "--epochs", "1", "--quiet").done(t)
	cmd := exec.Command(binary, "predict", "gru-song-1", "row", "--tokens", "1000000")
	cmd.Dir = dir
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 30)
	if _, err := io.ReadFull(pipe, first); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(first), "row") {
		t.Errorf("it begins with %q", first)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, pipe)
	cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ends with %v", cmd.ProcessState)
	}
}

// TestNobodyReadsTheProgress trains while nobody reads standard error any more, which is no reason to stop.
func TestNobodyReadsTheProgress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	cmd := exec.Command(binary, "run", "rnn", "airline", "--epochs", "20", "--json")
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, write
	err = cmd.Run()
	write.Close()
	if err != nil {
		t.Fatalf("%v after\n%s", err, out.String())
	}
	list := events(t, out.String())
	if last := list[len(list)-1]; last["event"] != "result" || last["epochs"] != 20.0 || last["interrupted"] != nil {
		t.Errorf("the last event is %v", last)
	}
	contains(t, command(t, dir, "predict", "rnn-airline-1").done(t).out, "1961-01")
}

// TestNohup trains on when the terminal goes away, if that is to be ignored.
func TestNohup(t *testing.T) {
	t.Parallel()
	nohup, err := exec.LookPath("nohup")
	if err != nil {
		t.Skip("there is no nohup")
	}
	dir := t.TempDir()
	cmd := exec.Command(nohup, binary, "run", "rnn", "airline", "--epochs", "100000000", "--json", "--quiet")
	cmd.Dir = dir
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	last, hung := "", 0.0
	for n := 0; lines.Scan(); n++ {
		signal := syscall.Signal(0)
		switch last = lines.Text(); n {
		case 3:
			signal = syscall.SIGHUP
			hung = events(t, last)[0]["epoch"].(float64)
		case 2000: // more lines than a pipe holds: they were printed after the signal
			signal = syscall.SIGTERM
		}
		if signal != 0 {
			if err := cmd.Process.Signal(signal); err != nil {
				t.Error(err)
			}
		}
	}
	cmd.Wait()
	result := events(t, last)[0]
	if epochs, ok := result["epochs"].(float64); !ok || result["interrupted"] != true || epochs < hung+1000 {
		t.Errorf("SIGHUP at epoch %v and SIGTERM a good while later, and the last event is %v", hung, result)
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
