package zoo

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// keptFolder is a run's folder in memory, with a question to it.
type keptFolder struct {
	name  string
	files map[string][]byte
	input string
}

// names returns the names of the files in order.
func (k keptFolder) names() []string { return slices.Sorted(maps.Keys(k.files)) }

// with writes the folder with another content of one file to dir.
func (k keptFolder) with(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	for n, data := range k.files {
		if n == name {
			data = content
		}
		if err := os.WriteFile(filepath.Join(dir, n), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// folderOf reads a folder that a run has been kept in.
func folderOf(t testing.TB, name, dir, input string) keptFolder {
	t.Helper()
	k := keptFolder{name, make(map[string][]byte), input}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == "input.txt" || f.Name() == "predicted.jsonl" { // which are no part of the run
			continue
		}
		if k.files[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// keptFolders are a run of every task, of format 1, if it is as old as that, and of today's.
func keptFolders(t testing.TB) []keptFolder {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join("testdata", "format*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all []keptFolder
	tasks := make(map[string]bool)
	for _, folder := range folders {
		run, err := Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		tasks[run.Config.Task] = true
		now := t.TempDir()
		if err := run.SaveTo(now); err != nil {
			t.Fatal(err)
		}
		input, err := os.ReadFile(filepath.Join(folder, "input.txt"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, folderOf(t, filepath.Base(folder)+" of "+filepath.Base(filepath.Dir(folder)), folder, string(input)))
		all = append(all, folderOf(t, filepath.Base(folder)+" of today", now, string(input)))
	}
	if len(tasks) != len(Tasks()) {
		t.Fatalf("runs of %d tasks; want one of each of the %d", len(tasks), len(Tasks()))
	}
	return all
}

// What a run of a few thousand parameters may take to be opened and asked, whatever stands in its files.
const (
	mostBytes = 16 << 20 // that are allocated in all, freed or not
	mostTime  = 10 * time.Second
)

// use opens a run and asks it. It fails the test unless there is an answer, or an error of one line, within the bounds.
func use(t *testing.T, dir, input, what string) (bytes uint64, err error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s: panic: %v", what, p)
		}
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err = ask(t, dir, input)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	bytes = after.TotalAlloc - before.TotalAlloc
	if bytes > mostBytes || took > mostTime {
		t.Errorf("%s: %d MiB and %v; want at most %d MiB and %v (error %v)", what, bytes>>20, took, mostBytes>>20, mostTime, err)
	}
	if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("%s: an error of several lines: %v", what, err)
	}
	return bytes, err
}

func ask(t *testing.T, dir, input string) error {
	run, err := Open(dir)
	if err != nil {
		return err
	}
	q := run.Predictor().Query()
	var s option.Set
	q.Declare(&s)
	return q.Run(t.Context(), []string{"-"}, strings.NewReader(input), func(p task.Prediction) error {
		_, err := json.Marshal(p.Event()) // as zoo predict --json prints it
		return err
	})
}

// damage is how many changes of each kind a file of TestDamagedFolders gets: ZOO_DAMAGE=200 go test -run DamagedFolders ./zoo
func damage(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("ZOO_DAMAGE"))
	switch {
	case err == nil:
		return n
	case testing.Short():
		return 4
	}
	return 12
}

// TestDamagedFolders changes a byte of, or cuts off, each file of runs of all tasks and uses them.
func TestDamagedFolders(t *testing.T) {
	n, rng := damage(t), rand.New(rand.NewPCG(1, 2))
	for _, k := range keptFolders(t) {
		t.Run(k.name, func(t *testing.T) {
			dir := t.TempDir()
			k.with(t, dir, "", nil)
			whole, err := use(t, dir, k.input, "the whole run")
			if err != nil {
				t.Fatal(err)
			}
			most, failed, cases := whole, 0, 0
			try := func(name, what string, content []byte) {
				t.Helper()
				k.with(t, dir, name, content)
				bytes, err := use(t, dir, k.input, name+" "+what)
				most = max(most, bytes)
				if cases++; err != nil {
					failed++
				}
			}
			for _, name := range k.names() {
				data := k.files[name]
				for i := range n {
					at := rng.IntN(len(data))
					if i%2 == 0 { // what the rest is read by
						at = rng.IntN(min(len(data), 1<<9))
					}
					flipped := slices.Clone(data)
					flipped[at] ^= byte(1 + rng.IntN(255))
					try(name, fmt.Sprintf("with %#x at %d", flipped[at], at), flipped)
				}
				for i := range n {
					to := rng.IntN(len(data))
					if i%2 == 0 {
						to = rng.IntN(min(len(data), 1<<9))
					}
					try(name, fmt.Sprintf("cut off at %d", to), data[:to])
				}
				k.with(t, dir, "", nil)
			}
			t.Logf("%d cases, %d of them refused; at most %d KiB, %d of the whole run", cases, failed, most>>10, whole>>10)
			if failed < cases/2 { // every file that is cut off but for its last bytes
				t.Errorf("%d of %d are refused", failed, cases)
			}
		})
	}
}

// numberOf finds the numbers of a JSON text.
var numberOf = regexp.MustCompile(`-?\d+(\.\d+)?([eE][-+]?\d+)?`)

// TestNumbersOutOfBounds puts numbers without measure in the place of each number that a run's settings, its state and its
// vocabularies hold.
func TestNumbersOutOfBounds(t *testing.T) {
	values := []string{"-1", "9223372036854775807", "1000000", "0", "1.5", "2147483648", "1e300"}
	if os.Getenv("ZOO_DAMAGE") == "" {
		values = values[:2]
	}
	for _, k := range keptFolders(t) {
		t.Run(k.name, func(t *testing.T) {
			dir, cases := t.TempDir(), 0
			for _, name := range k.names() {
				data := k.files[name]
				if !strings.HasSuffix(name, ".json") {
					continue
				}
				places := numberOf.FindAllIndex(data, -1)
				step := 1
				if testing.Short() {
					step += len(places) / 50
				} else if os.Getenv("ZOO_DAMAGE") == "" {
					step += len(places) / 200 // of many numbers, such as the rows of a history, some of each kind
				}
				for i := 0; i < len(places); i += step {
					at := places[i]
					for _, n := range values {
						k.with(t, dir, name, slices.Concat(data[:at[0]], []byte(n), data[at[1]:]))
						use(t, dir, k.input, fmt.Sprintf("%s with %s for %s at %d", name, n, data[at[0]:at[1]], at[0]))
						cases++
					}
				}
				k.with(t, dir, "", nil)
			}
			t.Logf("%d cases", cases)
		})
	}
}

// FuzzOpen opens and asks runs of which one file holds anything.
func FuzzOpen(f *testing.F) {
	all := keptFolders(f)
	for i, k := range all {
		for j, name := range k.names() {
			f.Add(uint8(i), uint8(j), k.files[name])
			f.Add(uint8(i), uint8(j), k.files[name][:len(k.files[name])/2])
		}
	}
	for _, text := range []string{"", "{}", "null", "[]", `{"format":2,"task":"forecast","options":null}`, `{"format":-1}`, "\x00"} {
		f.Add(uint8(1), uint8(0), []byte(text))
		f.Add(uint8(1), uint8(1), []byte(text))
		f.Add(uint8(1), uint8(2), []byte(text))
	}
	f.Fuzz(func(t *testing.T, folder, file uint8, content []byte) {
		if len(content) > 1<<20 {
			return
		}
		k := all[int(folder)%len(all)]
		name := k.names()[int(file)%len(k.files)]
		dir := t.TempDir()
		k.with(t, dir, name, content)
		use(t, dir, k.input, name)
	})
}

// FuzzConfig reads configurations. What is read is written and read again as the same, and checked without a panic.
func FuzzConfig(f *testing.F) {
	for _, k := range keptFolders(f) {
		f.Add(k.files[configFile])
	}
	for _, c := range []Config{Defaults("lstm", "airline"), Defaults("bigru", "phrases"), Defaults("gru", "dates"), Defaults("rnn", "csv:x.csv")} {
		data, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, text := range []string{"", "{}", "null", "[]", `{"format":2,"task":"classify","options":null}`, `{"format":3}`, `{"task":"forecast","forecast":[]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Config
		if err := json.Unmarshal(data, &c); err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("an error of several lines: %v", err)
			}
			return
		}
		if err := c.Check(); err != nil && strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("an error of several lines: %v", err)
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		var back Config
		if err := json.Unmarshal(written, &back); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written)
		}
		if !reflect.DeepEqual(back, c) {
			t.Errorf("%s is read as %+v with %+v; want %+v with %+v", written, back, back.Options, c, c.Options)
		}
	})
}

// TestEndlessTranslation bounds the length of a translation by what the settings say of the texts of training.
func TestEndlessTranslation(t *testing.T) {
	for _, k := range keptFolders(t) {
		for name, data := range k.files {
			for _, change := range [][2]string{{`"target": 11`, `"target": 2147483648`}, {`"source": 56`, `"source": 101`}} {
				if !strings.Contains(string(data), `"longest"`) {
					continue
				}
				changed := strings.Replace(string(data), change[0], change[1], 1)
				if changed == string(data) {
					t.Fatalf("%s: there is no %s in:\n%s", k.name, change[0], data)
				}
				dir := t.TempDir()
				k.with(t, dir, name, []byte(changed))
				if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "want at least 1, and at most the 100 of the options") {
					t.Errorf("%s with %s: error %v", k.name, change[1], err)
				}
			}
		}
	}
}
