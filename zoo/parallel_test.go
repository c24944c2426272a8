package zoo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// served is a run of a task with questions to it: settings of its query and inputs.
type served struct {
	run       *zoo.Run
	questions []question
}

type question struct {
	settings map[string]string
	inputs   []string
}

// servedRuns has a run of every task that has learnt next to nothing, which takes as long to use as one that has learnt.
func servedRuns(t testing.TB) []served {
	t.Helper()
	phrases, dates := datasets.Phrases(), datasets.Dates()
	labelled := &datasets.Labelled{Meta: phrases.Meta, Classes: phrases.Classes, Train: phrases.Train[:200], Valid: phrases.Valid[:20], Test: phrases.Test[:20]}
	pairs := &datasets.Pairs{Meta: dates.Meta, Train: dates.Train[:200], Valid: dates.Valid[:5], Test: dates.Test[:5]}
	adding, err := datasets.Adding().Resized(20)
	if err != nil {
		t.Fatal(err)
	}
	adding.Train, adding.Valid, adding.Test = adding.Train.First(200), adding.Valid.First(20), adding.Test.First(20)
	trained := func(network *graph.Network, d datasets.Dataset) *zoo.Run {
		run, err := zoo.Train(context.Background(), network, d, train.Epochs(1))
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	corpus := &datasets.Corpus{Meta: datasets.Info{Name: "sentences"}, Train: datasets.NewPassage(strings.Join(datasets.Texts(labelled.Train), "\n")),
		Valid: datasets.NewPassage(strings.Join(datasets.Texts(labelled.Valid), "\n")), Test: datasets.NewPassage(strings.Join(datasets.Texts(labelled.Test), "\n"))}
	watched := datasets.Temperatures() // as if somebody knew of anomalies
	watched.Meta = datasets.Info{Name: "watched"}
	watched.Anomalies = []datasets.Range{{From: 100, To: 110}, {From: 2000, To: 2005}, {From: 3000, To: 3010}}
	watching, err := zoo.Configure("gru", "temperatures", map[string]string{"task": "detect", "epochs": "1"})
	if err != nil {
		t.Fatal(err)
	}
	experiment, err := zoo.New(watching, zoo.WithDataset(watched))
	if err != nil {
		t.Fatal(err)
	}
	result, err := experiment.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all := []served{
		{run: trained(lstm.New(graph.Hidden(32)), datasets.Airline())},
		{run: trained(lstm.New(graph.Hidden(64)), labelled)},
		{run: trained(gru.New(graph.Hidden(32)), pairs)},
		{run: trained(lstm.New(graph.Hidden(64)), corpus)},
		{run: trained(gru.New(graph.Hidden(32)), adding)},
		{run: trained(gru.New(graph.Hidden(16)), prices())},
		{run: experiment.Kept(result), questions: []question{{}}}, // about the rows that it has kept
	}
	numbers := func(i int) string { // of a sequence of one length or another
		values := adding.Train.At(i).Values
		return strings.Trim(fmt.Sprint(values[:len(values)-2*i]), "[]")
	}
	for i := range 8 {
		all[0].questions = append(all[0].questions, question{settings: map[string]string{"steps": fmt.Sprint(6 + i)}})
		review := strings.Join(datasets.Texts(labelled.Train[10*i:10*i+10]), " ") // about a hundred words
		all[1].questions = append(all[1].questions, question{inputs: []string{review}})
		all[2].questions = append(all[2].questions, question{inputs: []string{pairs.Train[i].Source}, settings: map[string]string{"beam": fmt.Sprint(1 + i%3)}})
		all[3].questions = append(all[3].questions, question{inputs: []string{review[:20]}, settings: map[string]string{"tokens": fmt.Sprint(20 + i), "seed": fmt.Sprint(i)}})
		all[4].questions = append(all[4].questions, question{inputs: []string{numbers(i)}})
		all[5].questions = append(all[5].questions, question{settings: map[string]string{"held": []string{"A", "B", "A,B"}[i%3]}})
	}
	if len(all) != len(zoo.Tasks()) {
		t.Fatalf("%d runs for %d tasks: add one for each", len(all), len(zoo.Tasks()))
	}
	return all
}

// prices returns three shares that rise and fall, in business days without a date.
func prices() *datasets.Panel {
	p := &datasets.Panel{Meta: datasets.Info{Name: "prices", Task: "trade"}, Targets: []string{"close"}}
	for s := range 3 {
		x := &datasets.Series{ID: string(rune('A' + s)), Variables: []string{"close"}}
		for day := range 200 {
			x.Values = append(x.Values, []float64{100 + 10*math.Sin(float64(day)/float64(5+s)) + float64(day*(s+3)%7)})
		}
		p.Series = append(p.Series, x)
	}
	return p
}

// ask returns the events that answer a question, as JSON: every digit of every number.
func ask(run *zoo.Run, q question) (string, error) {
	query := run.Predictor().Query()
	var s option.Set
	query.Declare(&s)
	for name, value := range q.settings {
		if err := s.Set(name, value); err != nil {
			return "", err
		}
	}
	answer := ""
	err := query.Run(context.Background(), q.inputs, nil, func(p task.Prediction) error {
		event, err := json.Marshal(p.Event())
		answer += string(event)
		return err
	})
	return answer, err
}

// A run gives 50 goroutines at once the answers that it gives one after the other, bit for bit, whether its programs are
// there already or have yet to be compiled.
func TestRunServesManyGoroutines(t *testing.T) {
	for _, s := range servedRuns(t) {
		dir, err := s.run.Keep(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		want := make([]string, len(s.questions))
		for i, q := range s.questions {
			if want[i], err = ask(s.run, q); err != nil {
				t.Fatal(err)
			}
		}
		opened, err := zoo.Open(dir) // whose programs are compiled by whoever comes first
		if err != nil {
			t.Fatal(err)
		}
		const goroutines, each = 50, 6
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for k := range each {
					i := (g + k) % len(s.questions)
					if got, err := ask(opened, s.questions[i]); err != nil || got != want[i] {
						t.Errorf("%s: question %d: %s, %v; want %s", opened.Config.Task, i, got, err, want[i])
					}
				}
			})
		}
		all.Wait()
	}
}

// BenchmarkServe measures what a run serves to 50 goroutines at once, after Warm: the time of an answer as it is seen from
// outside, and the median and the 99th percentile of how long one took.
func BenchmarkServe(b *testing.B) {
	// So small a heap would be collected after every hundred answers; that of a server is larger.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	most := runtime.GOMAXPROCS(0)
	for _, s := range servedRuns(b) {
		dir, err := s.run.Keep(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for procs := 1; procs <= most; procs++ {
			b.Run(fmt.Sprintf("%s/procs=%d", s.run.Config.Task, procs), func(b *testing.B) {
				runtime.GOMAXPROCS(procs)
				defer runtime.GOMAXPROCS(most)
				run, err := zoo.Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				for _, q := range s.questions {
					if err := run.Predictor().Warm(context.Background(), q.inputs...); err != nil {
						b.Fatal(err)
					}
					if _, err := ask(run, q); err != nil {
						b.Fatal(err)
					}
				}
				const goroutines = 50
				times := make([][]time.Duration, goroutines)
				b.ResetTimer()
				var all sync.WaitGroup
				for g := range goroutines {
					all.Go(func() {
						for n := g; n < b.N; n += goroutines {
							start := time.Now()
							if _, err := ask(run, s.questions[n%len(s.questions)]); err != nil {
								b.Error(err)
								return
							}
							times[g] = append(times[g], time.Since(start))
						}
					})
				}
				all.Wait()
				b.StopTimer()
				sorted := slices.Sorted(slices.Values(slices.Concat(times...)))
				n := len(sorted)
				b.ReportMetric(sorted[n/2].Seconds()*1e3, "ms-p50")
				b.ReportMetric(sorted[n*99/100].Seconds()*1e3, "ms-p99")
			})
		}
	}
}
