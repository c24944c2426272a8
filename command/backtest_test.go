package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBacktest asks how a run, and a model that is trained anew at each origin, would have done.
func TestBacktest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	command(t, dir, "run", "rnn", "airline", "--epochs", "2", "--quiet").done(t)
	o := command(t, dir, "backtest", "rnn-airline-1", "--origins", "3", "--plot", "errors.svg").done(t)
	contains(t, o.out, "runs/rnn-airline-1 on airline as of 3 moments, trained once", "1960-10", "1960-12", "holt-winters", "coverage80")
	picture, err := os.ReadFile(filepath.Join(dir, "errors.svg"))
	if err != nil || !strings.Contains(string(picture), "<svg") || !strings.Contains(string(picture), "persistence") {
		t.Errorf("the picture: %v", err)
	}
	for _, args := range [][]string{
		{"backtest", "rnn-airline-1", "--json", "--origins", "2"},
		{"backtest", "rnn-airline-1", "--json", "--origins", "2", "--refit", "each"},
		{"backtest", "gru", "airline", "--json", "--origins", "2", "--epochs", "1"},
	} {
		list := events(t, command(t, dir, args...).done(t).out)
		if len(list) != 3 || list[0]["event"] != "origin" || list[1]["origin"] != "1960-12" || list[2]["event"] != "backtest" {
			t.Errorf("%v: the events are %v", args, list)
			continue
		}
		first := list[0]["metrics"].(map[string]any)["rmse"].(float64)
		second := list[1]["metrics"].(map[string]any)["rmse"].(float64)
		if mean := list[2]["metrics"].(map[string]any)["rmse"].(float64); mean < (first+second)/2-1e-9 || mean > (first+second)/2+1e-9 {
			t.Errorf("%v: the mean of %v and %v is %v", args, first, second, mean)
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"rnn-airline-1", "--origins", "0"}, statusUsage, "--origins 0"},
		{[]string{"rnn-airline-1", "--origins", "49"}, statusFailed, "49 forecasts of 1 rows do not begin within 48 rows"},
		{[]string{"rnn-airline-1", "--refit", "often"}, statusUsage, "choose never or each"},
		{[]string{"rnn-airline-1", "--hidden", "5"}, statusUsage, `--hidden "5": runs/rnn-airline-1 has the settings that it was trained with`},
		{[]string{"rnn", "airline", "--refit", "never"}, statusUsage, "name a run"},
		{[]string{"rnn", "phrases"}, statusUsage, "no time in which its data came"},
		{[]string{"nothing"}, statusFailed, "nothing"},
		{[]string{"rnn-airline-1", "--plot", "nowhere/errors.svg"}, statusFailed, "nowhere"},
	} {
		command(t, dir, append([]string{"backtest"}, c.args...)...).failed(t, c.status, c.want)
	}
}
