package trade

import (
	"strings"
	"testing"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// evaluated trades the days that test of a panel.
func evaluated(t *testing.T, p *datasets.Panel, o Options) (task.Scores, map[string]map[string]float64) {
	t.Helper()
	r := train.Recipe{Epochs: 6, Batch: 64, Accumulate: 1, LR: 0.01, Clip: 1, Seed: 1}
	trade := made(t, p, o, r)
	scores, err := trade.Evaluate(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	rivals, err := trade.Baselines(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]map[string]float64)
	for _, r := range rivals {
		all[r.Name] = r.Metrics
	}
	return scores, all
}

// TestFindsASignal trades shares that turn back, r_t = −0.35·r_{t−1} + noise: what one who holds, or goes by yesterday, does
// not earn. The verdict is that it is better.
func TestFindsASignal(t *testing.T) {
	for _, learn := range Targets() {
		scores, rivals := evaluated(t, walks(700, 2, -0.35, 8), Options{Window: 5, Folds: 2, Embargo: 2, Costs: 5, Margin: 1, Top: 2, Learn: learn})
		if !strings.HasPrefix(scores.Verdict, "Better than buy-and-hold on these days: ") {
			t.Errorf("%s: %s", learn, scores.Verdict)
		}
		m := scores.Metrics
		for name, rival := range rivals {
			if m[sharpeName] < rival[sharpeName]+1 {
				t.Errorf("%s: the Sharpe ratio is %v, that of %s %v", learn, m[sharpeName], name, rival[sharpeName])
			}
		}
		if m[accuracyName] < 0.56 || rivals["persistence"][accuracyName] > 0.44 {
			t.Errorf("%s: %v of the directions are right, of persistence %v", learn, m[accuracyName], rivals["persistence"][accuracyName])
		}
	}
}

// TestFindsNoneInRandomWalks trades shares of which there is nothing to know. By intervals of 95 % one in forty is called
// better; of twelve there are more than two by chance in one of 340 such tests.
func TestFindsNoneInRandomWalks(t *testing.T) {
	better := 0
	for seed := range uint64(12) {
		scores, _ := evaluated(t, walks(300, 2, 0, 20+seed), Options{Window: 3, Folds: 2, Embargo: 2, Costs: 5, Margin: 1})
		if strings.HasPrefix(scores.Verdict, "Better") {
			better++
		}
	}
	if better > 2 {
		t.Errorf("%d of 12 random walks are called better than buy-and-hold", better)
	}
}

func TestVerdict(t *testing.T) {
	for want, i := range map[string]interval{
		"Better than buy-and-hold on these days: the difference of the Sharpe ratios lies between 0.10 and 0.90 with 95 %, above 0.": {0.1, 0.9},
		"No better than buy-and-hold: the difference of the Sharpe ratios lies between -0.10 and 0.90 with 95 %, which includes 0.":  {-0.1, 0.9},
		"No better than buy-and-hold: the difference of the Sharpe ratios lies between 0.00 and 0.90 with 95 %, which includes 0.":   {0, 0.9},
		"Worse than buy-and-hold: the difference of the Sharpe ratios lies between -0.90 and -0.10 with 95 %, below 0.":              {-0.9, -0.1},
	} {
		if got := verdict(i); got != want {
			t.Errorf("%v: %s; want %s", i, got, want)
		}
	}
}
