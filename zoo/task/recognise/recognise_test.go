package recognise

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/lstm"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/pooling"
	"github.com/rnnzoo/rnnzoo/zoo/task"
	"github.com/rnnzoo/rnnzoo/zoo/task/internal/program"
)

// signals returns a dataset of n sequences in each part, of 3 to 9 rows of two numbers, which fill fills in.
func signals(n int, classes []string, fill func(rng *rand.Rand, rows [][2]float64) datasets.Sequence) *datasets.Sequences {
	rng := rand.New(rand.NewPCG(7, 7))
	s := &datasets.Sequences{Meta: datasets.Info{Name: "signals"}, Width: 2, Classes: classes}
	for _, part := range []*datasets.SequenceList{&s.Train, &s.Valid, &s.Test} {
		var all []datasets.Sequence
		for range n {
			rows := slices.Repeat([][2]float64{{}}, 3+rng.IntN(7))
			q := fill(rng, rows)
			for _, row := range rows {
				q.Values = append(q.Values, float32(row[0]), float32(row[1]))
			}
			all = append(all, q)
		}
		*part = datasets.NewSequenceList(2, all...)
	}
	return s
}

// waves are slow or quick.
func waves(n int) *datasets.Sequences {
	count := 0
	return signals(n, []string{"slow", "quick"}, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		label := count % 2
		count++
		phase := rng.Float64()
		for t := range rows {
			rows[t] = [2]float64{10 * math.Sin(phase+float64(t)*[]float64{0.4, 2}[label]), 100 + rng.NormFloat64()}
		}
		return datasets.Sequence{Label: label}
	})
}

// levels are to be averaged.
func levels(n int) *datasets.Sequences {
	return signals(n, nil, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		var q datasets.Sequence
		for t := range rows {
			rows[t] = [2]float64{rng.NormFloat64(), rng.NormFloat64()}
			q.Target += 50 + 20*rows[t][0]/float64(len(rows))
		}
		return q
	})
}

// tagged says at each step whether a number is above the one before, and nothing at the first.
func tagged(n int) *datasets.Sequences {
	s := signals(n, []string{"falls", "rises"}, func(rng *rand.Rand, rows [][2]float64) datasets.Sequence {
		q := datasets.Sequence{Labels: []int{-1}}
		for t := range rows {
			if rows[t] = [2]float64{rng.NormFloat64(), 1}; t > 0 {
				label := 0
				if rows[t][0] > rows[t-1][0] {
					label = 1
				}
				q.Labels = append(q.Labels, label)
			}
		}
		return q
	})
	s.EachStep = true
	return s
}

// newTask returns a task of a small network, and what is wrong.
func newTask(t *testing.T, data *datasets.Sequences, opts Options) *Recognition {
	t.Helper()
	r, err := New(gru.New(graph.Hidden(4)), data, graph.NewParams(tensor.Float64), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func resized(t *testing.T, data *datasets.Sequences, length int) *datasets.Sequences {
	t.Helper()
	data, err := data.Resized(length)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rivalsOf returns the metrics of the rivals on the test part by name.
func rivalsOf(t *testing.T, r *Recognition) map[string]map[string]float64 {
	t.Helper()
	all, err := r.Baselines(t.Context(), task.TestPart)
	if err != nil {
		t.Fatal(err)
	}
	m := make(map[string]map[string]float64)
	for _, rival := range all {
		m[rival.Name] = rival.Metrics
	}
	return m
}

// TestRivals compares what rivals lose with what who remembers nothing must lose.
func TestRivals(t *testing.T) {
	adding := rivalsOf(t, newTask(t, resized(t, datasets.Adding(), 10), Options{Scale: scaleNone}))
	if m := adding["mean"]; math.Abs(m["loss"]-1.0/6) > 4*math.Sqrt(7.0/180/1000) || len(adding) != 1 {
		t.Errorf("the rivals are %v; want the mean with a loss of about 1/6", adding)
	}
	// |x + y − 1| < 0.04 has the probability 1 − 0.96².
	if p, m := 1-0.96*0.96, adding["mean"]; math.Abs(m[accuracyName]-p) > 4*math.Sqrt(p*(1-p)/1000) {
		t.Errorf("the mean is right in %v of the cases; want about %v", m[accuracyName], p)
	}
	copying := rivalsOf(t, newTask(t, resized(t, datasets.Copy(), 30), Options{Scale: scaleNone}))
	m := copying["memoryless"]
	if want := 10 * math.Log(8) / 50; math.Abs(m["loss"]-want) > 0.002*want || len(copying) != 1 {
		t.Errorf("the rivals are %v; want one that remembers nothing with a loss of %v", copying, want)
	}
	if p := 1.0 / 8; math.Abs(m[accuracyName]-p) > 4*math.Sqrt(p*(1-p)/10_000) {
		t.Errorf("who remembers nothing has %v of the symbols right; want about 1/8", m[accuracyName])
	}

	// Of pictures of one length there is one that looks at them: of what a line tells apart it makes no mistake.
	data := waves(0)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, part := range []*datasets.SequenceList{&data.Train, &data.Valid, &data.Test} {
		var all []datasets.Sequence
		for i := range 300 {
			q := datasets.Sequence{Label: i % 3 / 2} // of the second half as many
			for range 5 {
				q.Values = append(q.Values, float32(rng.NormFloat64()+4*float64(q.Label)), float32(rng.NormFloat64()))
			}
			all = append(all, q)
		}
		*part = datasets.NewSequenceList(2, all...)
	}
	rivals := rivalsOf(t, newTask(t, data, Options{}))
	if m := rivals["majority"]; math.Abs(m[accuracyName]-2.0/3) > 1e-12 || math.Abs(m["loss"]-0.6365141682948128) > 1e-12 { // −2/3·ln(2/3) − 1/3·ln(1/3)
		t.Errorf("the majority has the metrics %v", m)
	}
	if m := rivals["linear"]; !(m[accuracyName] > 0.99) || !(m["loss"] < 0.3) {
		t.Errorf("the linear rival has the metrics %v", m)
	}
}

// TestCurriculum lists the lengths that epochs learn from.
func TestCurriculum(t *testing.T) {
	for _, c := range []struct {
		opts Options
		want []int
	}{
		{Options{}, []int{50, 50, 50}},
		{Options{Curriculum: 7}, []int{7, 14, 28, 50, 50}},
		{Options{Curriculum: 7, CurriculumEpochs: 2}, []int{7, 7, 14, 14, 28, 28, 50, 50}},
		{Options{Curriculum: 25}, []int{25, 50, 50}},
		{Options{Curriculum: 50}, []int{50, 50}},
		{Options{Curriculum: 80}, []int{50, 50}},
	} {
		r := newTask(t, resized(t, datasets.Adding(), 50), c.opts)
		for i, want := range c.want {
			batches := r.Batches(i+1, 10, 3)
			step, err := r.Step(0, batches[0])
			if err != nil {
				t.Fatal(err)
			}
			if step.Tokens != 10*want || len(batches) != 1000 {
				t.Errorf("%+v: epoch %d learns from %d steps; want %d", c.opts, i+1, step.Tokens/10, want)
			}
		}
	}
	r := newTask(t, resized(t, datasets.Copy(), 30), Options{Curriculum: 10})
	for epoch, want := range map[int]int{1: 30, 2: 40, 3: 50} {
		if r.Batches(epoch, 1, 1); r.epoch.list.Steps(0) != want {
			t.Errorf("epoch %d of copy has sequences of %d steps; want %d", epoch, r.epoch.list.Steps(0), want)
		}
	}
	_, err := New(gru.New(), waves(3), graph.NewParams(tensor.Float32), Options{Curriculum: 4})
	var usage *option.UsageError
	if !errors.As(err, &usage) || usage.Setting != "curriculum" {
		t.Errorf("error %v of a curriculum of what is measured", err)
	}
}

// TestEpochsDiffer has each epoch, and each seed, learn from other sequences, and the same ones when it comes again.
func TestEpochsDiffer(t *testing.T) {
	r := newTask(t, resized(t, datasets.Adding(), 8), Options{Scale: scaleNone})
	r.Limit(5)
	inputs := func(epoch int, seed uint64) (x []float64) {
		r.Batches(epoch, 5, seed)
		step, err := r.Step(0, []int{0, 1, 2, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(step.Program.Input("x").Float64s())
	}
	one := inputs(1, 1)
	for _, other := range [][]float64{inputs(2, 1), inputs(1, 2)} {
		if slices.Equal(other, one) {
			t.Error("another epoch learns from the same sequences")
		}
	}
	if !slices.Equal(inputs(1, 1), one) {
		t.Error("the same epoch learns from other sequences")
	}
}

// TestScale compares scales with those of numpy, of numbers far from 0, too.
func TestScale(t *testing.T) {
	data := &datasets.Sequences{Width: 2, Train: datasets.NewSequenceList(2,
		datasets.Sequence{Values: []float32{1, 1000001, 2, 1000003}, Target: 5}, datasets.Sequence{Values: []float32{6, 1000002}, Target: 8})}
	for way, want := range map[string][]scale{
		scaleNone:    {unscaled, unscaled},
		scaleColumns: {{3, 2.1602468994692869}, {1000002, 0.81649658092772603}},
		scaleAll:     {{500002.5, 499999.50000300000}, {500002.5, 499999.50000300000}},
	} {
		l, err := learn(data, way)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range l.columns {
			if math.Abs(s.Mean-want[i].Mean) > 1e-9 || math.Abs(s.Deviation-want[i].Deviation) > 1e-8*want[i].Deviation {
				t.Errorf("%s: column %d has %+v; want %+v", way, i, s, want[i])
			}
		}
		if l.target != (scale{6.5, 1.5}) {
			t.Errorf("the target has %+v", l.target)
		}
	}
	var same moments
	for range 7 {
		same.add(0.1)
	}
	if s := same.scale(); s.Deviation != 1 || math.Abs(s.Mean-0.1) > 1e-15 {
		t.Errorf("of the same numbers it is %+v", s)
	}
	x := make([]float32, 4)
	if err := scaled(x, 2, []float32{1, 2, 3, 2e7}, []scale{unscaled, {0, 2}}); err == nil || !strings.Contains(err.Error(), "number 2 in row 2 is 2e+07, too far") {
		t.Errorf("error %v, %v", err, x)
	}
}

// TestScores adds up what is said of sequences by hand.
func TestScores(t *testing.T) {
	numbers := newScore(&datasets.Sequences{Tolerance: 0.5})
	for _, x := range [][2]float64{{1, 1.25}, {2, 2.5}, {3, 1}} {
		numbers.add(datasets.Sequence{Target: x[0]}, func(int) []float64 { return []float64{x[1]} })
	}
	steps := newScore(&datasets.Sequences{Classes: []string{"a", "b"}, EachStep: true, Answer: 2})
	steps.add(datasets.Sequence{Labels: []int{0, -1, 1, 0}}, func(step int) []float64 { return [][]float64{{1, 0}, {9, 9}, {0, 2}, {0, 3}}[step] })
	steps.add(datasets.Sequence{Labels: []int{1}}, func(int) []float64 { return []float64{0, 0.5} }) // shorter than the answer
	for name, c := range map[string]struct {
		score          *score
		accuracy, loss float64
	}{
		"numbers": {numbers, 1.0 / 3, (0.0625 + 0.25 + 4) / 3},
		// ln(1+e^−1), ln(1+e^−2), ln(1+e^3), ln(1+e^−0.5)
		"steps": {steps, 2.0 / 3, (0.3132616875182228 + 0.1269280110429725 + 3.0485873515737422 + 0.4740769841801067) / 4},
	} {
		m, err := c.score.metrics()
		if err != nil || math.Abs(m[accuracyName]-c.accuracy) > 1e-12 || math.Abs(m["loss"]-c.loss) > 1e-12 {
			t.Errorf("%s: %v, %v; want %v and %v", name, m, err, c.accuracy, c.loss)
		}
	}
	if _, err := newScore(&datasets.Sequences{Meta: datasets.Info{Name: "silence"}}).metrics(); err == nil || err.Error() != "recognise silence: there is nothing to be said of any sequence" {
		t.Errorf("error %v", err)
	}
}

// TestAnswersAsItEvaluates asks for sequences of many lengths, alone and together: the programs that answer, for any
// length up to a capacity, say what those say that evaluate sequences of one length.
func TestAnswersAsItEvaluates(t *testing.T) {
	for name, data := range map[string]*datasets.Sequences{"waves": waves(12), "levels": levels(12), "tagged": tagged(12)} {
		for _, pool := range pooling.Names() {
			r, err := New(birnn.New(lstm.New(graph.Hidden(3))), data, graph.NewParams(tensor.Float64), Options{Pooling: pool})
			if err != nil {
				t.Fatal(err)
			}
			var all [][][]float64
			var want []Answer
			for n := 40; n > 0; n -= 3 {
				rows, q := make([][]float64, n), datasets.Sequence{}
				for i := range rows {
					rows[i] = []float64{float64(float32(math.Sin(float64(i * n)))), float64(n % 5)}
					q.Values = append(q.Values, float32(rows[i][0]), float32(rows[i][1]))
				}
				s := shape{program.Shape{Steps: n, Batch: 1}, r.needsMask()}
				out, err := r.output(r.lane, s, []datasets.Sequence{q})
				if err != nil {
					t.Fatal(err)
				}
				a, err := r.answer(out, 0, n)
				if err != nil {
					t.Fatal(err)
				}
				all, want = append(all, rows), append(want, a)
			}
			check := func(from, to int) {
				t.Helper()
				got, err := r.Recognise(all[from:to]...)
				if err != nil {
					t.Fatal(err)
				}
				for i, a := range got {
					w := want[from+i]
					if a.Label != w.Label || !slices.Equal(a.Labels, w.Labels) || math.Abs(a.Number-w.Number) > 1e-11 || math.Abs(a.Probability-w.Probability) > 1e-12 {
						t.Errorf("%s, %s, sequence %d of %d to %d: %+v; want %+v", name, pool, from+i, from, to, a, w)
					}
				}
			}
			check(0, len(all))
			for i := range all {
				check(i, i+1)
				check(i, min(len(all), i+4))
			}
		}
	}
}

// said returns what a question says of inputs, its notices, and an error.
func said(t *testing.T, r *Recogniser, files bool, body string, inputs ...string) (text string, notices []string, err error) {
	t.Helper()
	q := r.Query()
	if files {
		q.(task.FileReader).ReadFiles(func(s string) { notices = append(notices, s) })
	}
	err = q.Run(t.Context(), inputs, strings.NewReader(body), func(p task.Prediction) error {
		row, err := p.(task.Tabular).Row()
		text += row.Fields[0] + ": " + p.Text()
		return err
	})
	return text, notices, err
}

// TestQuestions reads sequences from arguments, lines, files and the data.
func TestQuestions(t *testing.T) {
	t.Chdir(t.TempDir())
	r := newTask(t, resized(t, datasets.Adding(), 4), Options{}).Recogniser
	alone := make(map[string]string)
	for _, input := range []string{"0.5 1 0.25 1", "0.1 0", "1 1 1 1 1 1"} {
		text, _, err := said(t, r, false, "", input)
		if err != nil {
			t.Fatal(err)
		}
		alone[input] = strings.TrimPrefix(text, "1: ")
	}
	file := "x,mark\n0.5,1;0.25 1\r\n\n0.1\t0\n"
	if err := os.WriteFile("some.csv", []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
	want := "2: " + alone["0.5 1 0.25 1"] + "4: " + alone["0.1 0"]
	if got, notices, err := said(t, r, true, "", "some.csv"); err != nil || got != want || !slices.Equal(notices, []string{"some.csv: the first line is taken for names"}) {
		t.Errorf("a file gives\n%s%q, %v; want\n%s", got, notices, err, want)
	}
	if got, _, err := said(t, r, true, "\ufeff1 1 1 1 1 1\n", "0.1 0", "-", "some.csv"); err != nil || got != "1: "+alone["0.1 0"]+"1: "+alone["1 1 1 1 1 1"]+want {
		t.Errorf("several inputs give\n%s%v", got, err)
	}
	q := resized(t, datasets.Adding(), 4).Test.At(16)
	truth := fmt.Sprintf("\tin truth %.6g\n", q.Target)
	if got, _, err := said(t, r, true, "", "test:17"); err != nil || !strings.HasPrefix(got, "test:17: ") || !strings.HasSuffix(got, truth) {
		t.Errorf("a sequence of the data gives %q, %v; want the end %q", got, err, truth)
	}
	for _, c := range []struct {
		files bool
		body  string
		input string
		want  string
	}{
		{false, "", "some.csv", `input 1: "some.csv" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{false, "", "test:17", `input 1: "test:17" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{true, "", "some words", `input 1: "some" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{true, "", "none.csv", `sequences: open none.csv: no such file or directory`},
		{true, "", "test:0", `test:0: the test part of adding has the sequences 1 to 1000`},
		{true, "", "valid:1001", `valid:1001: the valid part of adding has the sequences 1 to 1000`},
		{false, "", "0.5 1 0.25", `input 1: it has 3 numbers; want rows of 2, at least one and at most 1048576`},
		{false, "", "", `input 1: it has 0 numbers; want rows of 2, at least one and at most 1048576`},
		{false, "", "1 NaN", `input 1: "NaN" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{false, "", "1 1e39", `input 1: "1e39" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{false, "", "1 1e30", `recognise: number 2 in row 1 is 1e+30, too far from what the model has learnt from (`},
		{false, "0.1 0\n0.1 x\n", "-", `standard input: line 2: "x" is no finite number; want the numbers of a sequence, row by row, with blanks or commas between them`},
		{false, "", "-", `standard input is empty; give the numbers of a sequence on each line`},
	} {
		_, _, err := said(t, r, c.files, c.body, c.input)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v; want %s", c.input, err, c.want)
		}
	}
	if _, _, err := said(t, r, false, "1 1\n", "-", "-"); err == nil {
		t.Error("standard input is read twice")
	}
	if _, _, err := said(t, r, false, ""); err == nil {
		t.Error("no input is an answer")
	}
	inMemory := newTask(t, waves(3), Options{}).Recogniser
	if _, _, err := said(t, inMemory, true, "", "test:1"); err == nil || !strings.Contains(err.Error(), "were in memory") {
		t.Errorf("error %v", err)
	}
}

// TestPredictions shows answers of each kind as texts, rows and events.
func TestPredictions(t *testing.T) {
	classes := []string{"a", "b", "c"}
	for _, c := range []struct {
		p                Prediction
		text, row, event string
	}{
		{Prediction{Sequence: "3", Answer: Answer{Label: "b", Probability: 0.75, Probabilities: []float64{0.05, 0.75, 0.2}}, classes: classes},
			"b\tb 75.0 %, c 20.0 %, a 5.0 %\n", "sequence=3 label=b p(a)=0.050000 p(b)=0.750000 p(c)=0.200000 ",
			`{"event":"prediction","label":"b","probabilities":{"a":0.05,"b":0.75,"c":0.2}}`},
		{Prediction{Sequence: "test:9", Answer: Answer{Labels: []string{"a", "c"}}, Truth: &Answer{Labels: []string{"a", "b"}}, classes: classes},
			"a c\tin truth a b\n", "sequence=test:9 labels=a c ", `{"event":"prediction","sequence":"test:9","labels":["a","c"],"truth":{"labels":["a","b"]}}`},
		{Prediction{Sequence: "1", Answer: Answer{Number: 1.25}}, "1.25\n", "sequence=1 number=1.25 ", `{"event":"prediction","number":1.25}`},
		{Prediction{}, "0\n", "sequence= number=0 ", `{"event":"prediction","number":0}`},
	} {
		row, err := c.p.Row()
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for i, name := range append(row.Columns, row.Names...) {
			text += name + "=" + append(slices.Clone(row.Fields), row.Predicted...)[i] + " "
		}
		event, err := json.Marshal(c.p.Event())
		if err != nil || c.p.Text() != c.text || text != c.row || string(event) != c.event {
			t.Errorf("%q\n%s\n%s, %v; want\n%q\n%s\n%s", c.p.Text(), text, event, err, c.text, c.row, c.event)
		}
	}
	for want, q := range map[string]task.Query{
		`"0.3 1 0.9 0 0.4 1"`: Kind{}.Query(),
		"test:1":              newTask(t, datasets.Adding(), Options{Scale: scaleNone}).Query(),
		`"1 2"`:               newTask(t, &datasets.Sequences{Width: 1, Train: datasets.NewSequenceList(1, datasets.Sequence{Values: []float32{1, 2}})}, Options{}).Query(),
		"sequences.csv":       newTask(t, &datasets.Sequences{Width: 13, Train: datasets.NewSequenceList(13, datasets.Sequence{Values: make([]float32, 13)})}, Options{}).Query(),
	} {
		if q.Example() != want {
			t.Errorf("the example is %s; want %s", q.Example(), want)
		}
	}
}

// TestRefused names what makes no sense in a dataset or for a network.
func TestRefused(t *testing.T) {
	alter := func(change func(*datasets.Sequences)) *datasets.Sequences {
		s := waves(3)
		change(s)
		return s
	}
	network := gru.New(graph.Hidden(2))
	for want, c := range map[string]struct {
		network *graph.Network
		data    *datasets.Sequences
		opts    Options
	}{
		"recognise: the dataset is nil":                                           {network, nil, Options{}},
		"recognise signals: its rows have 0 numbers":                              {network, alter(func(s *datasets.Sequences) { s.Width = 0 }), Options{}},
		"recognise signals: it has 1 classes":                                     {network, alter(func(s *datasets.Sequences) { s.Classes = s.Classes[:1] }), Options{}},
		"recognise signals: it has 0 classes":                                     {network, alter(func(s *datasets.Sequences) { s.Classes, s.EachStep = nil, true }), Options{}},
		"recognise signals: it has no sequences":                                  {network, alter(func(s *datasets.Sequences) { s.Train = datasets.SequenceList{} }), Options{}},
		"recognise signals: the answer is -1 steps":                               {network, alter(func(s *datasets.Sequences) { s.Answer = -1 }), Options{}},
		`recognise: two of the classes ["slow" "slow"] have one name`:             {network, alter(func(s *datasets.Sequences) { s.Classes = []string{"slow", "slow"} }), Options{}},
		"recognise: signals: sequence 1: it has":                                  {network, alter(func(s *datasets.Sequences) { s.Width = 1 }), Options{}},
		"the network is nil":                                                      {nil, waves(3), Options{}},
		`recognise: scale "rows": not found; choose one of none, all, columns`:    {network, waves(3), Options{Scale: "rows"}},
		`recognise: pooling "min": not found; choose one of`:                      {network, waves(3), Options{Pooling: "min"}},
		"recognise: curriculum -1: want at least 0":                               {network, waves(3), Options{Curriculum: -1}},
		"recognise: output-dropout 1: want less than 1":                           {network, waves(3), Options{OutputDropout: 1}},
		"gru: the hidden width is 0; want at least 1 and at most":                 {gru.New(graph.Hidden(0)), waves(3), Options{}},
		"curriculum 4: the sequences of signals are not made, but as long as the": {network, waves(3), Options{Curriculum: 4}},
	} {
		if _, err := New(c.network, c.data, graph.NewParams(tensor.Float32), c.opts); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	r := newTask(t, waves(3), Options{})
	for want, d := range map[string]*datasets.Sequences{
		"its rows have 1 numbers; the model reads 2": alter(func(s *datasets.Sequences) { s.Width = 1 }),
		"the dataset has the classes":                alter(func(s *datasets.Sequences) { s.Classes = []string{"up", "down"} }),
		"a class at each step":                       tagged(3),
	} {
		if _, err := r.Predictor().On(d, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	for want, rows := range map[string][][]float64{
		"sequence 1 has 0 rows":                             {},
		"row 2 of sequence 1 has 1 numbers; want 2":         {{1, 2}, {3}},
		"number 2 in row 1 of sequence 1 is NaN":            {{1, math.NaN()}},
		"number 1 in row 1 of sequence 1 is 1e+39":          {{1e39, 0}},
		"number 1 in row 1 is 1e+30, too far from what the": {{1e30, 0}},
	} {
		if _, err := r.Recognise(rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	long := resized(t, datasets.Adding(), 1<<20)
	_, err := Kind{}.New(task.Setting{Network: gru.New(), Params: graph.NewParams(tensor.Float32), Options: &Options{Scale: scaleNone}, Recipe: task.Recipe{}}, long)
	var usage *option.UsageError
	if !errors.As(err, &usage) || usage.Setting != "length" {
		t.Errorf("error %v of sequences of %d steps", err, 1<<20)
	}
}

// TestClassAmongNumbers is told of lines that have one number more than the sequences of its file.
func TestClassAmongNumbers(t *testing.T) {
	var file strings.Builder
	for i := range 20 {
		fmt.Fprintf(&file, "%d,%d.5,%d,%d\n", 1+i%2, i, i%3, i%5)
	}
	data, err := datasets.ReadSequencesCSV("f.csv", strings.NewReader(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	r := newTask(t, data, Options{})
	for body, want := range map[string]int{"1.5 2 3\n": 0, "1 1.5 2 3\n2 4 5 6\n": 1} {
		q := &query{recogniser: r.Recogniser}
		var told []string
		q.ReadFiles(func(text string) { told = append(told, text) })
		n := 0
		err := q.Run(t.Context(), []string{"-"}, strings.NewReader(body), func(task.Prediction) error { n++; return nil })
		if err != nil || n != strings.Count(body, "\n") || len(told) != want {
			t.Errorf("%q: %d answers, %v, told %q; want %d notices", body, n, err, told, want)
		}
	}
}
