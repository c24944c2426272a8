package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"
)

// Program is how a peer that is installed is started.
type Program struct {
	Peer
	command []string
}

// find builds the peer's program into a folder or looks for what it needs. The error says what is missing, in one line.
func find(ctx context.Context, p Peer, root, python, into string) (Program, error) {
	scripts := filepath.Join(root, "bench", "peers")
	binary := filepath.Join(into, strings.ReplaceAll(p.Name, " ", "-"))
	build := func(folder string, pkg string) (Program, error) {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, pkg)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), append([]string{"GOWORK=off"}, p.Env...)...)
		_, err := output(cmd)
		return Program{p, []string{binary}}, errors.WithMessage(err, "go build")
	}
	switch p.Kind {
	case Ours:
		return build(root, "./"+p.Source)
	case NestedModule:
		return build(filepath.Join(scripts, p.Source), ".")
	}
	cmd := exec.CommandContext(ctx, python, "-c", "import importlib.metadata as m, sys; m.version(sys.argv[1])", p.Needs)
	if _, err := output(cmd); err != nil {
		return Program{}, errors.Errorf("%s has no %s (see bench/peers/README.md)", python, p.Needs)
	}
	return Program{p, []string{python, "-B", filepath.Join(scripts, p.Source)}}, nil
}

// Measurement is the line that a program prints, and what its process needed.
type Measurement struct {
	Milliseconds float64 `json:"milliseconds"`
	Version      string  `json:"version"`
	// ImportedMegabytes is the resident memory of a Python program that has loaded its libraries and done nothing yet.
	ImportedMegabytes float64 `json:"imported_megabytes"`
	PeakShare         float64 `json:"peak_share"` // ours alone
	// Megabytes is the largest resident memory of the process; 0 where the system does not say.
	Megabytes float64 `json:"-"`
}

// run starts the program with arguments and reads what it prints.
func (p Program) run(ctx context.Context, environment, args []string, limit time.Duration) (Measurement, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.command[0], append(p.command[1:len(p.command):len(p.command)], args...)...)
	cmd.Env = append(os.Environ(), environment...)
	out, err := output(cmd)
	if ctx.Err() == context.DeadlineExceeded {
		return Measurement{}, errors.Errorf("took longer than %v", limit)
	}
	if err != nil {
		return Measurement{}, err
	}
	// Libraries print to standard output too; the result is the last line.
	var m Measurement
	if err := json.Unmarshal([]byte(lastLine(out)), &m); err != nil {
		return Measurement{}, errors.Errorf("printed %q; want a JSON object", lastLine(out))
	}
	if !(m.Milliseconds > 0) {
		return Measurement{}, errors.Errorf("printed %q; want milliseconds above 0", lastLine(out))
	}
	m.Megabytes = maxResident(cmd.ProcessState)
	return m, nil
}

// output runs a command and returns what it prints. Its error has the last line of standard error.
func output(cmd *exec.Cmd) (string, error) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if line := lastLine(stderr.String()); err != nil && line != "" {
		err = errors.Errorf("%v: %s", err, line)
	}
	return string(out), err
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}
