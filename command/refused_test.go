package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNameTooLongForAFolder refuses what could be trained but not kept before the training.
func TestNameTooLongForAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := strings.Repeat("a", 251) + ".csv" // the longest name of a file that usual file systems have
	if err := os.WriteFile(filepath.Join(dir, name), []byte(days(60, number)), 0o644); err != nil {
		t.Skipf("this file system has no such names: %v", err)
	}
	o := command(t, dir, "run", "rnn", "csv:"+name, "--epochs", "1", "--json", "--quiet")
	o.failed(t, statusFailed, "--out", "a dataset of a shorter name")
	if o.out != "" {
		t.Errorf("a training has begun:\n%s", o.out)
	}
	if kept, _ := os.ReadDir(filepath.Join(dir, "runs")); len(kept) != 0 {
		t.Errorf("%d folders are left", len(kept))
	}
	short := strings.Repeat("a", 200) + ".csv"
	write(t, dir, short, days(60, number))
	command(t, dir, "run", "rnn", "csv:"+short, "--epochs", "1", "--quiet").done(t)
}

// TestDataAtFault refuses values that 32 bits, or a logarithm, make no number of before a step is made, and blames the data.
func TestDataAtFault(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	command(t, dir, "run", "rnn", "airline", "--log=false", "--epochs", "1", "--quiet").done(t)
	const trainRow, validRow, testRow = 10, 42, 55 // of 60
	for _, c := range []struct {
		name, value string
		row         int
		more        string
		want        []string
	}{
		{"huge", "1e160", trainRow, "", []string{`"sales"`, "row 11", "1e+160", "too large", "divide"}},
		{"huge-log", "1e160", trainRow, "--log", []string{`"sales"`, "row 11", "1e+160", "divide"}},
		{"huge-valid", "1e160", validRow, "", []string{`"sales"`, "row 43", "1e+160", "divide"}},
		{"huge-test", "-1e160", testRow, "--difference 1", []string{`"sales"`, "row 56", "-1e+160", "divide"}},
		{"far-valid", "1e100", validRow, "--layer-norm", []string{`"sales"`, "row 43", "1e+100", "too far", "training part", "look at the data"}},
		{"far-test", "1e39", testRow, "", []string{`"sales"`, "row 56", "1e+39", "too far", "look at the data"}},
		{"negative", "-1", trainRow, "--log", []string{"row 11", "-1", "no logarithm", "without log"}},
		{"negative-test", "-1", testRow, "--log", []string{"row 56", "-1", "no logarithm"}},
		{"nought", "0", validRow, "--log", []string{"row 43", "no logarithm"}},
		{"infinite", "1e400", trainRow, "", []string{"line 12", "sales", "1e400"}},
		{"word", "Inf", trainRow, "", []string{"line 12", "sales", "Inf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, dir, c.name+".csv", days(60, func(i int) string {
				if i == c.row {
					return c.value
				}
				return number(i)
			}))
			args := append([]string{"run", "rnn", "csv:" + c.name + ".csv", "--window", "5", "--epochs", "1", "--quiet", "--json"}, strings.Fields(c.more)...)
			o := command(t, dir, args...)
			o.failed(t, statusFailed, append(c.want, c.name)...)
			if o.out != "" {
				t.Errorf("a training has begun:\n%s", o.out)
			}
		})
	}
	// What a kept run is asked is refused alike.
	write(t, dir, "passengers.csv", strings.Replace(days(60, func(i int) string {
		if i == 50 {
			return "1e200"
		}
		return number(i)
	}), "sales", "passengers", 1))
	command(t, dir, "predict", "rnn-airline-1", "passengers.csv").failed(t, statusFailed, "passengers.csv", "row 51", "1e+200")
	command(t, dir, "eval", "rnn-airline-1", "csv:passengers.csv").failed(t, statusFailed, "passengers", "row 51", "1e+200")
	if kept, _ := os.ReadDir(filepath.Join(dir, "runs")); len(kept) != 1 {
		t.Errorf("%d runs are kept; want the one that is whole", len(kept))
	}
}
