package detect

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/datasets"
	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/train"
	"github.com/rnnzoo/rnnzoo/zoo/gru"
	"github.com/rnnzoo/rnnzoo/zoo/option"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// TestRanking compares with values of numpy: all pairs, and the sum over all thresholds.
func TestRanking(t *testing.T) {
	scores := []float64{0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.6, 0.5, 0.3, 0.1}
	truth := []bool{true, false, true, true, false, true, false, false, true, false}
	auc, ap, ok := ranking(scores, truth)
	if !ok || math.Abs(auc-0.7) > 1e-15 || math.Abs(ap-0.7087301587301588) > 1e-15 {
		t.Errorf("%v, %v, %v; want 0.7 and 0.7087301587301588", auc, ap, ok)
	}
	if _, _, ok := ranking(scores, make([]bool, len(scores))); ok {
		t.Error("there is a ranking where nothing is anomalous")
	}
	for text, want := range map[string]float64{"quantile:0.9": 0.72, "labels": 0.2, "0.25": 0.25} {
		how, err := parseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := how.find(scores, truth); err != nil || math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"quantile:1", "quantile:0", "quantile:x", "NaN", "label", "1e999"} {
		if _, err := parseThreshold(text); err == nil {
			t.Errorf("the threshold %q is taken", text)
		}
	}
	if _, err := (threshold{labels: true}).find(scores, nil); err == nil {
		t.Error("a threshold by labels that there are none of")
	}
	m := sequenceMetrics(scores, truth, 0.65) // 4 flagged, 3 of the 5 anomalies
	if m["precision"] != 0.75 || m["recall"] != 0.6 || math.Abs(m[f1Name]-2*0.75*0.6/1.35) > 1e-15 {
		t.Errorf("%v", m)
	}
}

// TestSeriesMetrics counts flags and windows by hand.
func TestSeriesMetrics(t *testing.T) {
	w := watched{scores: []float64{9, 0, 5, 6, 0, 7, 8, 0, 1, 2}, part: datasets.Range{From: 2, To: 9}, anomalies: []datasets.Range{{From: 0, To: 3}, {From: 5, To: 7}, {From: 8, To: 10}}}
	w.alarms = w.scores
	m := seriesMetrics([]watched{w, w}, 5) // flagged are rows 2, 3, 5 and 6; windows 1 and 2 of 3 are found
	if m["precision"] != 0.75 || math.Abs(m["recall"]-2.0/3) > 1e-15 {
		t.Errorf("%v; want a precision of 0.75 and a recall of 2/3", m)
	}
	// Of the rows 5, 7, 8 and 1 are in windows and 6, 0, 0 are not: 10 of 12 pairs are in order.
	if math.Abs(m["auc"]-10.0/12) > 1e-15 {
		t.Errorf("an AUC of %v; want 10/12", m["auc"])
	}
	w.anomalies = nil
	if m := seriesMetrics([]watched{w}, 5); len(m) != 0 {
		t.Errorf("metrics %v without an anomaly", m)
	}
}

// TestNegativeLog compares the loss and its gradient with PyTorch's in float64.
func TestNegativeLog(t *testing.T) {
	params := graph.NewParams(tensor.Float64)
	b := graph.NewBuilder(params)
	mean, deviation := b.Param("mean", graph.Zeros(), 3), b.Param("deviation", graph.Zeros(), 3)
	loss := negativeLog(b, mean, deviation, b.ConstTensor([]float64{0.5, -1, 2}, 3))
	copy(params.Get("mean").Value().Float64s(), []float64{0.1, 0.2, -0.3})
	copy(params.Get("deviation").Value().Float64s(), []float64{-0.5, 0.3, 1})
	p, err := graph.Compile(b, graph.Loss(loss))
	if err == nil {
		err = p.Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Loss(); math.Abs(got-0.590189582808421) > 1e-14 {
		t.Errorf("the loss is %v", got)
	}
	want := []float64{-0.3624375771278728, 0.21952465443761054, -0.10375705048140305, 0.18835830248218421, 0.06990374800820065, 0.09469211722610632}
	all := p.Gradient().Float64s() // of each parameter from a multiple of 16 on
	got := slices.Concat(all[:3], all[16:19])
	for i, g := range got {
		if math.Abs(g-want[i]) > 1e-14 {
			t.Errorf("the gradient is %v; want %v", got, want)
			break
		}
	}
}

// TestLikelihood compares with definitions that sort and add up anew for each error.
func TestLikelihood(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	errs := make([]float64, 400)
	for i := range errs {
		errs[i] = math.Round(20*math.Abs(rng.NormFloat64())) / 20 // some are equal
	}
	meanOf := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum / float64(len(x))
	}
	const short, long, rank, least = 4, 60, 0.95, 0.01
	means := make([]float64, len(errs))
	for i := range errs {
		means[i] = meanOf(errs[max(0, i-short+1) : i+1])
	}
	before := func(x []float64, i int) []float64 { return x[max(0, i-long):i] }
	ratio := func(x []float64, i int) float64 {
		past := slices.Sorted(slices.Values(before(x, i)))
		return x[i] / (past[int(rank*float64(len(past)-1))] + least)
	}
	o := Options{Likelihood: likelihoodRank, Recent: short, Long: long, Rank: rank}
	ranked := newLikelihood(o)
	o.Likelihood = likelihoodGaussian
	gaussian := newLikelihood(o)
	for i, e := range errs {
		r, g := ranked.score(e, least), gaussian.score(e, least)
		if i < fewErrors {
			if r != 0 || g != 0 {
				t.Fatalf("error %d scores %v and %v, when next to nothing is known", i, r, g)
			}
			continue
		}
		past := before(errs, i)
		m, squares := meanOf(past), 0.0
		for _, v := range past {
			squares += (v - m) * (v - m)
		}
		z := (means[i] - m) / math.Sqrt(squares/float64(len(past)))
		wantR, wantG := max(ratio(errs, i), ratio(means, i)), max(0, -math.Log10(0.5*math.Erfc(z/math.Sqrt2)))
		if math.Abs(r-wantR) > 1e-9 || math.Abs(g-wantG) > 1e-9*max(1, wantG) {
			t.Fatalf("error %d scores %v and %v; want %v and %v", i, r, g, wantR, wantG)
		}
	}
}

// TestAlarms compares with a search through all rows before.
func TestAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	scores := make([]float64, 300)
	for i := range scores {
		scores[i] = float64(rng.IntN(12))
	}
	for _, rest := range []int{0, 1, 7, 1000} {
		got := alarms(scores, rest)
		for i, s := range scores {
			want := s
			for _, b := range scores[max(0, i-rest):i] {
				if b >= s {
					want = 0
				}
			}
			if got[i] != want {
				t.Fatalf("rest %d: row %d is %v; want %v", rest, i, got[i], want)
			}
		}
	}
}

// TestNABByHand scores three alarms on 40 rows with a window of 5; the values are Python's.
func TestNABByHand(t *testing.T) {
	s := scored{make([]float64, 40), []datasets.Range{{From: 20, To: 25}}}
	s.scores[22], s.scores[30], s.scores[20], s.scores[3] = 3, 2, 1, 9 // the last one is in the probation
	for i, want := range []float64{95.8714340214204, 95.8714340214204, 97.24762268094692} {
		if got := nab([]scored{s}, profiles[i]); math.Abs(got.Score-want) > 1e-12 || got.Threshold != 3 || got.Found != 1 || got.False != 0 {
			t.Errorf("%s: %+v; want %v at 3", profiles[i].name, got, want)
		}
	}
	if got := nab([]scored{{scores: s.scores}}, profiles[0]); got.Score != 0 || got.Windows != 0 {
		t.Errorf("%+v without a window", got)
	}
	if n := nabProbation(40); n != 6 || nabProbation(22_695) != 750 || nabProbation(0) != 0 {
		t.Errorf("a probation of %d rows", n)
	}
}

// TestNoLeak changes all rows behind one, and the labels: no weight and no score before changes.
func TestNoLeak(t *testing.T) {
	learn := func(change bool) (*watch, []watched) {
		p := sensors(160, 2, 1)
		for _, s := range p.Series {
			for i := 120; i < s.Len() && change; i++ {
				s.Values[i][0] *= -3
			}
			if change {
				s.Anomalies = []datasets.Range{{From: 130, To: 150}}
			}
		}
		w := watchOf(t, p, small(), 2)
		all, _, err := w.scan(t.Context(), task.TestPart)
		if err != nil {
			t.Fatal(err)
		}
		return w, all
	}
	one, scores := learn(false)
	two, others := learn(true)
	for i, p := range one.params.List() {
		if !slices.Equal(p.Value().Float32s(), two.params.List()[i].Value().Float32s()) {
			t.Errorf("%s differs", p.Name())
		}
	}
	for k := range scores {
		if !slices.Equal(scores[k].scores[:120], others[k].scores[:120]) || slices.Equal(scores[k].scores, others[k].scores) {
			t.Errorf("series %d: scores before the change differ, or none behind it", k+1)
		}
	}
}

// TestFinds finds the jumps of sensors and the pulses in the wrong place.
func TestFinds(t *testing.T) {
	w := watchOf(t, sensors(400, 3, 1), small(), 6)
	scores, err := w.Evaluate(t.Context(), task.TestPart)
	if err != nil || scores.Metrics["recall"] != 1 || scores.Metrics["auc"] < 0.9 {
		t.Errorf("%v, %v; want all jumps found", scores.Metrics, err)
	}
	if len(scores.Exhibits) != 1 || scores.Exhibits[0].Name != "nab" {
		t.Errorf("the exhibits are %v", scores.Exhibits)
	}
	learns, err := New(gru.New(graph.Hidden(8)), other, pulses(60, 1), graph.NewParams(tensor.Float32, graph.InitSeed(1)), Options{Decoder: "gru", Noise: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), learns, train.Epochs(30), train.Batch(8), train.Optimize(&train.Adam{LR: 0.01})); err != nil {
		t.Fatal(err)
	}
	if scores, err = learns.Evaluate(t.Context(), task.TestPart); err != nil || scores.Metrics["recall"] != 1 || scores.Metrics["auc"] < 0.95 {
		t.Errorf("%v, %v; want all pulses found", scores.Metrics, err)
	}
	d := learns.Predictor().(*Detector)
	q := pulses(60, 1).Test.At(2)
	rows := make([][]float64, 6)
	for i, v := range q.Values {
		rows[i] = []float64{float64(v)}
	}
	found, anomalous, err := d.Score(t.Context(), rows)
	threshold, _ := d.Threshold()
	if err != nil || !anomalous[0] || found[0] < threshold {
		t.Errorf("a score of %v, %v, %v; the threshold is %v", found, anomalous, err, threshold)
	}
}

// TestLive reads rows as people have them, from lines and files, and answers each as it would alone.
func TestLive(t *testing.T) {
	d := watchOf(t, sensors(200, 2, 2), small(), 1).Detector
	data := sensors(60, 1, 2).Series[0]
	stream, err := d.Stream()
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	var plain, named, gaps strings.Builder
	named.WriteString("v2;at;x;v1\n")
	gaps.WriteString("time,a,b\n")
	data.Values[20][0] = 100
	data.Values[30][1] = math.NaN()
	for i, row := range data.Values {
		p, err := stream.Next(row)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, p.Score)
		text := []string{formattedExactly(row[0]), formattedExactly(row[1])}
		plain.WriteString(strings.Join(text, "\t") + "\n")
		named.WriteString(text[1] + ";t" + formattedExactly(float64(i)) + ";7;" + text[0] + "\n")
		gaps.WriteString("t" + formattedExactly(float64(i)) + "," + text[0] + "," + strings.Replace(text[1], "NaN", "", 1) + "\n")
	}
	if want[30] == 0 || slices.Max(want) < 1 {
		t.Fatalf("the scores are %v", want)
	}
	file := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(file, []byte(gaps.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"plain": plain.String(), "named": named.String(), "gaps": gaps.String(), "file": ""} {
		q := newQuery(d)
		var told []string
		q.ReadFiles(func(text string) { told = append(told, text) })
		input := "-"
		if name == "file" {
			input = file
		}
		got, err := asked(t, q, body, input)
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %d rows, %v", name, len(got), err)
			continue
		}
		for i, p := range got {
			if p.Score != want[i] || p.Number != i+1 || (name != "plain") != (p.Time != "") {
				t.Errorf("%s: row %d is %+v; want a score of %v", name, i, p, want[i])
				break
			}
		}
		if (name == "gaps" || name == "file") != (len(told) == 1) {
			t.Errorf("%s: it is told %q", name, told)
		}
	}
	for body, want := range map[string]string{
		"1\n":            "standard input: its lines have 1 fields; want the values of v1, v2",
		"1,2\n1,x\n":     `standard input: line 2: "x" is no number`,
		"1,2\n1,2,3\n":   "standard input: line 2: it has 3 fields where others have 2",
		"1,2\n1,1e200\n": "standard input: line 2: detect: value 2 in row 2 is 1e+200; want a number of at most 1e+150",
		"":               "standard input is empty; give a row of the series on each line",
	} {
		if _, err := asked(t, newQuery(d), body, "-"); err == nil || err.Error() != want {
			t.Errorf("%q: error %v; want %s", body, err, want)
		}
	}
	var usage *option.UsageError
	if _, err := asked(t, newQuery(d), "", file); !errors.As(err, &usage) {
		t.Errorf("error %v of a file that may not be read", err)
	}
	if _, err := asked(t, newQuery(d), "", "-", "-"); !errors.As(err, &usage) {
		t.Errorf("error %v of two series", err)
	}
}

func formattedExactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// TestPicture draws what was flagged, behind the last row.
func TestPicture(t *testing.T) {
	d := watchOf(t, sensors(200, 1, 1), small(), 1).Detector
	q := newQuery(d)
	q.plot = "out.svg"
	got, err := asked(t, q, "")
	if err != nil {
		t.Fatal(err)
	}
	flagged := 0
	for i, p := range got {
		file, picture := p.Picture()
		if (i == len(got)-1) != (file == "out.svg") {
			t.Errorf("row %d of %d has the picture %q", i+1, len(got), file)
		}
		if p.Anomaly {
			flagged++
		}
		if file != "" && (len(picture.Chart.Lines) != 2 || len(picture.Chart.Lines[1].X) != 3*flagged) {
			t.Errorf("%d lines, the last of %d points; want strokes at %d rows", len(picture.Chart.Lines), len(picture.Chart.Lines[len(picture.Chart.Lines)-1].X), flagged)
		}
	}
	if flagged == 0 {
		t.Error("nothing is flagged")
	}
}

// TestRefused gives what cannot work.
func TestRefused(t *testing.T) {
	tiny, short := sensors(200, 1, 1), small()
	short.Probation = 0.06
	ahead := small()
	ahead.Ahead = 500
	uneven := pulses(12, 1)
	uneven.Test = datasets.NewSequenceList(1, datasets.Sequence{Values: make([]float32, 5)})
	huge := sensors(200, 1, 1)
	huge.Series[0].Values[7][0] = 1e300
	both := func(o Options, change func(*Options)) Options { change(&o); return o }
	for name, c := range map[string]struct {
		data datasets.Dataset
		opts Options
		want string
	}{
		"recent":    {tiny, short, "window 12: the longest part to learn from has 10 rows, of which those that are forecast 3 ahead leave 7"},
		"ahead":     {tiny, ahead, "detect sensors: the longest part to learn from has 80 rows, and a forecast looks 500 ahead"},
		"method":    {tiny, Options{Method: methodAutoencoder}, `method "autoencoder": sensors is series: choose forecaster`},
		"uneven":    {uneven, Options{Decoder: "gru"}, "detect pulses: sequence 1 has 5 rows where others have 6"},
		"patch":     {pulses(12, 1), Options{Decoder: "gru", Patch: 4}, "patch 4: sequences of 6 rows cannot be cut into such patches"},
		"normal":    {pulses(12, 1), Options{Decoder: "gru", Normal: "usual"}, `normal "usual": the classes of pulses are odd, normal`},
		"huge":      {huge, small(), `detect sensors, series s1: the value of "v1" in row 8 is 1e+300; want a number of at most 1e+150`},
		"column":    {tiny, both(small(), func(o *Options) { o.Anomalies = "odd" }), `anomalies "odd": the variables of sensors, series s1 are ["v1"]`},
		"threshold": {tiny, both(small(), func(o *Options) { o.Threshold = "high" }), `detect: threshold "high": want quantile:PART`},
		"texts":     {datasets.Phrases(), Options{}, "detect phrases: the dataset has neither sequences of numbers nor series"},
		"drawn":     {datasets.Adding(), Options{Decoder: "gru"}, "detect adding: its sequences are others in each epoch"},
	} {
		if _, err := New(gru.New(graph.Hidden(2)), other, c.data, graph.NewParams(tensor.Float32), c.opts); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: error %v; want %s", name, err, c.want)
		}
	}
}

// TestAnomalyColumn takes the rows that are anomalous from a column, which is not forecast.
func TestAnomalyColumn(t *testing.T) {
	s := sensors(160, 1, 2).Series[0]
	s.Anomalies = nil
	for i, row := range s.Values {
		if row[1] = 0; i == 140 || i == 141 || i == 150 {
			row[1] = 1
		}
	}
	o := small()
	o.Anomalies = "v2"
	w := watchOf(t, s, o, 0)
	if want := []datasets.Range{{From: 140, To: 142}, {From: 150, To: 151}}; !slices.Equal(w.series[0].anomalies, want) || !slices.Equal(w.about.Variables, []string{"v1"}) {
		t.Errorf("%v of %v; want %v", w.series[0].anomalies, w.about.Variables, want)
	}
}
