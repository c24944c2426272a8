package softmax

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// The layers of these tests: words, width and rows.
const vocabulary, width, rows = 23, 9, 12

// someTargets are of the shortlist and of all tails, and some are ignored.
var someTargets = []int{0, 3, Ignored, 22, 7, 5, 0, 10, 21, Ignored, 11, 3}

// layer is a program of a layer whose states are a parameter h [rows, width].
type layer struct {
	*Softmax
	params *graph.Params
	*graph.Program
	all, losses, weights *gorgonia.Node
}

// newLayer compiles a layer in float64 with random parameters, those that are not among the shared, in a program for
// training or one that is not.
func newLayer(t *testing.T, spec string, tied, training bool, shared *graph.Params, opts ...Option) layer {
	t.Helper()
	s, err := New(spec, vocabulary, width, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if shared == nil {
		shared = graph.NewParams(tensor.Float64, graph.InitSeed(5))
	}
	var options []graph.Option
	if training {
		options = append(options, graph.Training())
	}
	b := graph.NewBuilder(shared, options...)
	h := b.Param("h", graph.Uniform(1), rows, width)
	var table *gorgonia.Node
	if tied {
		table = b.Param("table", graph.Uniform(1), vocabulary, width)
	}
	c, err := s.Capacity(someTargets)
	if err != nil {
		t.Fatal(err)
	}
	o := b.Prefix("output.")
	l := layer{Softmax: s, params: shared, all: s.LogProbabilities(o, h, table)}
	l.losses, l.weights = s.Losses(o, h, table, c)
	loss := b.Div(b.Sum(l.losses), b.Sum(l.weights))
	if l.Program, err = graph.Compile(b, graph.Verify(), graph.Loss(loss), graph.Output(l.all, l.losses, l.weights)); err != nil {
		t.Fatal(err)
	}
	if p := shared.Get("output.bias"); p != nil {
		for i := range p.Value().Float64s() {
			p.Value().Float64s()[i] = math.Sin(float64(i))
		}
	}
	return l
}

// run runs it on targets.
func (l layer) run(t *testing.T, targets []int, number int) {
	t.Helper()
	if err := l.Softmax.Set(l.Program, targets, 1, number); err != nil {
		t.Fatal(err)
	}
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

// gradients returns the gradients by the parameters in a row.
func (l layer) gradients() []float64 { return slices.Clone(l.Gradient().Float64s()) }

var specs = []string{"full", "adaptive:6", "adaptive:4,11", "adaptive:1,2,3,4,5,6,7,22", "sampled:1", "sampled:8", "sampled:23"}

// TestGradients compares the gradients of each kind with finite differences of fourth order.
func TestGradients(t *testing.T) {
	const step, tolerance = 1e-3, 1e-9
	stride := 1
	if testing.Short() {
		stride = 5
	}
	for _, spec := range specs {
		for _, tied := range []bool{false, true} {
			if tied && strings.HasPrefix(spec, "adaptive") {
				continue
			}
			l := newLayer(t, spec, tied, true, nil)
			l.run(t, someTargets, 3)
			grads := make(map[string][]float64)
			for _, p := range l.params.List() {
				grads[p.Name()] = slices.Clone(l.Grad(p.Name()).Float64s())
			}
			for _, p := range l.params.List() {
				grad, x := grads[p.Name()], p.Value().Float64s()
				for i := 0; i < len(x); i += stride {
					at := func(d float64) float64 {
						v := x[i]
						defer func() { x[i] = v }()
						x[i] += d
						if err := l.Run(); err != nil {
							t.Fatal(err)
						}
						return l.Program.Loss()
					}
					want := (8*(at(step)-at(-step)) - (at(2*step) - at(-2*step))) / (12 * step)
					if d := math.Abs(grad[i] - want); !(d <= tolerance) {
						t.Fatalf("%s: d loss/d %s[%d] = %.12g; finite differences give %.12g", spec, p.Name(), i, grad[i], want)
					}
				}
			}
		}
	}
}

// TestLogProbabilities compares the losses of programs that are not for training with the log-probabilities of all
// words, which must add up to 1.
func TestLogProbabilities(t *testing.T) {
	for _, spec := range specs {
		l := newLayer(t, spec, false, false, nil)
		l.run(t, someTargets, 0)
		all, losses, weights := l.Value(l.all).Float64s(), l.Value(l.losses).Float64s(), l.Value(l.weights).Float64s()
		sum, counted := 0.0, 0.0
		for i, target := range someTargets {
			row, total := all[i*vocabulary:(i+1)*vocabulary], 0.0
			for _, v := range row {
				total += math.Exp(v)
			}
			if math.Abs(total-1) > 1e-12 {
				t.Errorf("%s: the probabilities after state %d add up to %v", spec, i, total)
			}
			want, weight := 0.0, 0.0
			if target != Ignored {
				want, weight = -row[target], 1
			}
			if math.Abs(losses[i]-want) > 1e-12 || weights[i] != weight {
				t.Errorf("%s: target %d has the loss %v of weight %v; want %v of %v", spec, target, losses[i], weights[i], want, weight)
			}
			sum, counted = sum+want, counted+weight
		}
		if want := sum / counted; math.Abs(l.Program.Loss()-want) > 1e-12 {
			t.Errorf("%s: the loss is %v; want %v", spec, l.Program.Loss(), want)
		}
	}
}

// TestSampledLoss compares the losses against a sample with their formula, in dense arithmetic.
func TestSampledLoss(t *testing.T) {
	for _, spec := range []string{"sampled:1", "sampled:8", "sampled:15"} {
		full := newLayer(t, "full", false, false, nil)
		full.run(t, someTargets, 0)
		l := newLayer(t, spec, false, true, full.params)
		p := l.kind.(*sampled).proposal
		hits := 0
		for number := range 20 {
			l.run(t, someTargets, number)
			sample := make([]int, p.size)
			p.draw(sample, 1, number)
			got := l.Value(l.losses).Float64s()
			for i, target := range someTargets {
				want := 0.0
				if target != Ignored {
					// Log-probabilities are scores but for a constant in each row.
					score := slices.Clone(full.Value(full.all).Float64s()[i*vocabulary:][:vocabulary])
					for w := range score {
						score[w] -= p.logExpected[w]
					}
					sum := math.Exp(score[target])
					for _, w := range sample {
						if w == target {
							hits++
							continue
						}
						sum += math.Exp(score[w])
					}
					want = math.Log(sum) - score[target]
				}
				if math.Abs(got[i]-want) > 1e-12 {
					t.Fatalf("%s: batch %d: target %d has the loss %v; want %v", spec, number, target, got[i], want)
				}
			}
		}
		if hits == 0 {
			t.Errorf("%s: no target was in a sample, so that nothing says that these are left out", spec)
		}
	}
}

// TestSampleOfAll compares the loss and gradients against a sample that is the vocabulary with those of the full
// softmax.
func TestSampleOfAll(t *testing.T) {
	for _, tied := range []bool{false, true} {
		for _, opts := range [][]Option{nil, {Unigram(make([]int, vocabulary), 0.75)}} {
			full := newLayer(t, "full", tied, true, nil)
			full.run(t, someTargets, 0)
			l := newLayer(t, fmt.Sprintf("sampled:%d", vocabulary), tied, true, full.params, opts...)
			l.run(t, someTargets, 0)
			if d := math.Abs(l.Program.Loss() - full.Program.Loss()); d > 1e-13 {
				t.Errorf("the losses differ by %g", d)
			}
			graphtest.Compare(t, "gradient", l.gradients(), full.gradients(), 1e-13)
		}
	}
}

// TestBiasOfSamples draws many samples of several sizes: the mean gradient comes closer to that of the full softmax the
// larger the samples are, and the distance of a size is known to some standard errors.
func TestBiasOfSamples(t *testing.T) {
	full := newLayer(t, "full", false, true, nil)
	full.run(t, someTargets, 0)
	want := full.gradients()
	norm := math.Sqrt(square(want))
	const draws = 2500
	last, lastError := math.Inf(1), 0.0
	for _, size := range []int{2, 8, 20} {
		l := newLayer(t, fmt.Sprintf("sampled:%d", size), false, true, full.params)
		mean, squares := make([]float64, len(want)), 0.0
		for number := range draws {
			l.run(t, someTargets, number)
			d := l.gradients()
			for i := range d {
				d[i] -= want[i]
				mean[i] += d[i] / draws
			}
			squares += square(d) / draws
		}
		// The mean of the draws is off by its bias and by what is left of their variance.
		variance := (squares - square(mean)) / draws
		bias := math.Sqrt(max(0, square(mean)-variance)) / norm
		standardError := math.Sqrt(variance) / norm
		t.Logf("%d of %d words: bias %.4f ± %.4f of the gradient's norm, a draw is off by %.3f",
			size, vocabulary, bias, standardError, math.Sqrt(squares)/norm)
		if bias+4*(standardError+lastError) >= last {
			t.Errorf("%d words: the bias is %.4f ± %.4f of the gradient's norm; want less than with fewer words, %.4f", size, bias, standardError, last)
		}
		last, lastError = bias, standardError
	}
	if last > 0.04 {
		t.Errorf("with 20 of %d words the bias is still %.4f of the gradient's norm", vocabulary, last)
	}
}

func square(x []float64) (s float64) {
	for _, v := range x {
		s += v * v
	}
	return s
}

// TestNoTargets has a batch in which nothing counts: the loss is 0, and so are all gradients.
func TestNoTargets(t *testing.T) {
	for _, spec := range specs {
		s, err := New(spec, vocabulary, width)
		if err != nil {
			t.Fatal(err)
		}
		b := graph.NewBuilder(graph.NewParams(tensor.Float32), graph.Training())
		p, err := graph.Compile(b, graph.Loss(s.Loss(b, b.Param("h", graph.Uniform(1), 2, 3, width), nil, Capacity{})))
		if err != nil {
			t.Fatal(err)
		}
		for _, targets := range [][]int{{0, 22, 1, 13, 5, Ignored}, slices.Repeat([]int{Ignored}, 6)} {
			if err := s.Set(p, targets, 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			none := targets[0] == Ignored
			zero := !slices.ContainsFunc(p.Gradient().Float32s(), func(v float32) bool { return v != 0 })
			if (p.Loss() == 0) != none || zero != none {
				t.Errorf("%s: of the targets %v the loss is %v, and that the gradient is zero is %v", spec, targets, p.Loss(), zero)
			}
		}
	}
}

// TestOtherShapes compares states [T, B, W] with states [N, W].
func TestOtherShapes(t *testing.T) {
	for _, spec := range specs {
		s, err := New(spec, vocabulary, width)
		if err != nil {
			t.Fatal(err)
		}
		b := graph.NewBuilder(graph.NewParams(tensor.Float64), graph.Training())
		h := b.Input("h", 3, 4, width)
		losses, weights := s.Losses(b, h, nil, Capacity{})
		all := s.LogProbabilities(b, h, nil)
		for n, want := range map[*gorgonia.Node][]int{losses: {3, 4}, weights: {3, 4}, all: {3, 4, vocabulary}} {
			if b.Err() != nil || !slices.Equal(n.Shape(), want) {
				t.Fatalf("%s: shape %v, want %v; %v", spec, n.Shape(), want, b.Err())
			}
		}
	}
}

// TestParameters pins the names and shapes, by which kept runs are read.
func TestParameters(t *testing.T) {
	for spec, want := range map[string]string{
		"full":          "weight [23 9] bias [23]",
		"sampled:4":     "weight [23 9] bias [23]",
		"adaptive:4,11": "head.weight [6 9] head.bias [6] tail.0.0.weight [2 9] tail.0.1.weight [7 2] tail.1.0.weight [1 9] tail.1.1.weight [12 1]",
	} {
		for _, training := range []bool{true, false} {
			l := newLayer(t, spec, false, training, nil)
			var got []string
			for _, p := range l.params.List() {
				if name, ok := strings.CutPrefix(p.Name(), "output."); ok {
					got = append(got, fmt.Sprint(name, " ", p.Shape()))
				}
			}
			if s := strings.Join(got, " "); s != want {
				t.Errorf("%s has the parameters %s; want %s", spec, s, want)
			}
		}
	}
}

func TestSpecs(t *testing.T) {
	for _, spec := range specs {
		s, err := New(spec, vocabulary, width, nil)
		if err != nil || s.Spec() != spec || s.Vocabulary() != vocabulary || s.Width() != width {
			t.Errorf("%q became %+v: %v", spec, s, err)
		}
	}
	for spec, want := range map[string]string{
		"":                             "choose one of",
		"adaptiv:4":                    "did you mean adaptive",
		"full:3":                       "no numbers",
		"adaptive":                     "adaptive:4000,20000",
		"adaptive:":                    "adaptive:4000,20000",
		"adaptive:4,":                  "no positive number",
		"adaptive:0":                   "no positive number",
		"adaptive:5,4":                 "must rise",
		"adaptive:5,5":                 "must rise",
		"adaptive:23":                  "must rise",
		"adaptive:9999999999999999999": "no positive number",
		"adaptive:1,2,3,4,5,6,7,8,9":   "8 are the most",
		"sampled":                      "sampled:8192",
		"sampled:0":                    "sampled:8192",
		"sampled:3,4":                  "sampled:8192",
		"sampled:24":                   "choose full",
	} {
		if _, err := New(spec, vocabulary, width); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error with %q", spec, err, want)
		}
	}
	for name, opt := range map[string]Option{"2 words": Unigram([]int{1, 2}, 1), "power": Unigram(make([]int, vocabulary), math.NaN())} {
		if _, err := New("sampled:3", vocabulary, width, opt); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, size := range [][2]int{{1, 1}, {2, 0}, {-1, -1}} {
		if _, err := New("full", size[0], size[1]); err == nil {
			t.Errorf("a softmax of %d words from a width of %d", size[0], size[1])
		}
	}
}

// TestSetRefuses gives Set what does not fit, after which the program has the loss that it had.
func TestSetRefuses(t *testing.T) {
	l := newLayer(t, "adaptive:4,11", false, true, nil)
	l.run(t, someTargets, 0)
	before := l.Program.Loss()
	other := newLayer(t, "full", false, true, nil)
	changed := func(at, to int) []int {
		targets := slices.Clone(someTargets)
		targets[at] = to
		return targets
	}
	for want, c := range map[string]struct {
		p       *graph.Program
		targets []int
	}{
		"is nil":           {nil, someTargets},
		"11 targets":       {l.Program, someTargets[1:]},
		"target 4 is 23":   {l.Program, changed(4, vocabulary)},
		"target 4 is -1":   {l.Program, changed(4, -1)},
		"declares no tail": {other.Program, someTargets},
		"has room for 8":   {l.Program, slices.Repeat([]int{22}, rows)},
	} {
		if err := l.Softmax.Set(c.p, c.targets, 0, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want an error with %q", err, want)
		}
	}
	if _, err := l.Capacity([]int{vocabulary}); err == nil {
		t.Error("there is a capacity for a word that is none")
	}
	if err := l.Run(); err != nil || l.Program.Loss() != before {
		t.Errorf("the loss was %v and became %v, %v", before, l.Program.Loss(), err)
	}
	s8, s9 := newLayer(t, "sampled:8", false, true, nil), newLayer(t, "sampled:9", false, true, nil)
	if err := s8.Softmax.Set(s9.Program, someTargets, 0, 0); err == nil || !strings.Contains(err.Error(), "draws 9 words; want 8") {
		t.Errorf("the program of another sample: %v", err)
	}
	s, b := l.Softmax, graph.NewBuilder(nil)
	if s.Loss(b, b.Input("h", 2, width), b.Param("table", nil, vocabulary, width), Capacity{}); b.Err() == nil || !strings.Contains(b.Err().Error(), "cannot be tied") {
		t.Errorf("an adaptive softmax of a table: %v", b.Err())
	}
}

// TestUnmade calls layers that New has not made.
func TestUnmade(t *testing.T) {
	for _, s := range []*Softmax{nil, {}} {
		b := graph.NewBuilder(nil)
		h := b.Input("h", 2, width)
		p, err := graph.Compile(b, graph.Output(h))
		if err != nil {
			t.Fatal(err)
		}
		if s.Spec() != "" || s.Vocabulary() != 0 || s.Width() != 0 {
			t.Errorf("%v is something", s)
		}
		if err := s.Set(p, nil, 0, 0); err == nil || !strings.Contains(err.Error(), "softmax.New") {
			t.Errorf("set: %v", err)
		}
		if _, err := s.Capacity(nil); err == nil {
			t.Error("a capacity of nothing")
		}
		s.LogProbabilities(b, h, nil)
		if s.Loss(b, h, nil, Capacity{}); b.Err() == nil || !strings.Contains(b.Err().Error(), "softmax.New") {
			t.Errorf("loss: %v", b.Err())
		}
	}
}

func TestCapacity(t *testing.T) {
	for n, want := range map[int]int{0: 8, 8: 8, 9: 10, 10: 10, 16: 16, 17: 20, 65: 80, 128: 128, 129: 160, 690: 700, 700: 700} {
		if got := roundUp(n, 700); got != want {
			t.Errorf("%d targets have the capacity %d; want %d", n, got, want)
		}
	}
	for n := range 1000 {
		if c := roundUp(n, 1000); c < n || n > 8 && 4*c > 5*n+4 {
			t.Errorf("%d targets have the capacity %d", n, c)
		}
	}
	s, err := New("adaptive:4,11", vocabulary, width)
	if err != nil {
		t.Fatal(err)
	}
	targets := append(slices.Repeat([]int{4}, 9), slices.Repeat([]int{22, Ignored, 0}, 17)...)
	c, err := s.Capacity(targets)
	if err != nil || c != (Capacity{10, 20}) {
		t.Errorf("capacity %v, %v", c, err)
	}
	for _, other := range []struct {
		Capacity
		covers bool
	}{{c, true}, {Capacity{8, 20}, true}, {Capacity{10, 24}, false}, {Capacity{10, 0}, false}} {
		if c.Covers(other.Capacity) != other.covers || !(Capacity{}).Covers(other.Capacity) {
			t.Errorf("that %v covers %v is not %v", c, other.Capacity, other.covers)
		}
	}
}

// TestScoresComeInChunks has large products with their losses, which the compiler is to compute some rows at a time, as it
// does with graph.Builder.CrossEntropy.
func TestScoresComeInChunks(t *testing.T) {
	const rows, words, width = 606, 1750, 3
	for spec, want := range map[string]int{"full": 2, "adaptive:10": 3} { // a head, which stays whole, and a tail
		s, err := New(spec, words, width)
		if err != nil {
			t.Fatal(err)
		}
		b := graph.NewBuilder(nil, graph.Training())
		loss := s.Loss(b, b.Param("h", graph.Uniform(1), rows, width), nil, Capacity{})
		p, err := graph.Compile(b, graph.Loss(loss), graph.Threads(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(p.String(), "= crossEntropy("); got != want {
			t.Errorf("%s has %d cross entropies; want %d\n%s", spec, got, want, p)
		}
	}
}
