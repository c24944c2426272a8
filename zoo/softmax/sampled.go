package softmax

import (
	"fmt"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// sampled is full with a loss among some words only, the target and S that are drawn for each batch, each w with the
// expected number π_w of times (proposal), without those that are the target (Bengio, Senécal: Adaptive importance
// sampling to accelerate training of a neural probabilistic language model, 2008; Jean, Cho, Memisevic, Bengio: On
// using very large target vocabulary for neural machine translation, https://arxiv.org/abs/1412.2007):
//
//	loss = −z_y + log(exp(z_y) + Σ_{w in the sample, w ≠ y} exp(z_w)),   z_w = s_w − log π_w,   s = W·h + b
//
// The target is corrected as well, as in TensorFlow's sampled_softmax_loss: that of some words it was y which was the
// target and not drawn has a probability in proportion to p(y)/π_y, so this loss is smallest where softmax(s) is the
// distribution p of the words, however small the sample. Without that correction its gradient is somewhat nearer to
// that of the full softmax, and what it learns is further away: the sum over the sample then estimates that of all
// exponentials, but the logarithm of an estimate is too small on average, and of rare words the more so. Of 200 words
// with samples of 20 (the language of TestLanguage, 4,000 steps) it ends 0.119 nats above the full softmax, with the
// correction 0.005.
//
// The loss is below that of the full softmax, as there are fewer words to be told apart, and equal to it, as are all
// gradients, when the sample is the vocabulary.
type sampled struct {
	full
	*proposal
}

func newSampled(f full, list string, counts []int, power float64) (*sampled, error) {
	n, err := numbers(list)
	if err != nil || len(n) != 1 {
		return nil, errors.New("give the number of words of a sample, as in sampled:8192")
	}
	// Words are compared as float32, of which these are all whole.
	const most = 1 << 24
	if f.vocabulary > most {
		return nil, errors.Errorf("draws from %d words; %d are the most", f.vocabulary, most)
	}
	if n[0] > f.vocabulary {
		return nil, errors.Errorf("draws %d of %d words; draw fewer, or choose full", n[0], f.vocabulary)
	}
	weights := zipf(f.vocabulary)
	if counts != nil {
		if len(counts) != f.vocabulary {
			return nil, errors.Errorf("has counts of %d words; the vocabulary has %d", len(counts), f.vocabulary)
		}
		if !(power >= 0 && power <= 1) {
			return nil, errors.Errorf("draws by counts to the power %g; want one between 0 and 1", power)
		}
		weights = powers(counts, power)
	}
	return &sampled{f, newProposal(weights, n[0])}, nil
}

func (s *sampled) spec() string { return fmt.Sprintf("sampled:%d", s.size) }

// The ends of names of inputs: the words of the sample and behind them the targets, integers [S + N]; their log π [S +
// N, 1]; and the words again as numbers, [1, S] and [N, 1].
const (
	drawnInput    = ".drawn"
	sampleInput   = ".sample"
	labelsInput   = ".labels"
	expectedInput = ".expected"
)

func (s *sampled) losses(b *graph.Builder, h, table *gorgonia.Node, c Capacity) (losses []*gorgonia.Node, weights *gorgonia.Node) {
	if !b.Training() {
		return s.full.losses(b, h, table, c)
	}
	n, size := h.Shape()[0], s.size
	weight, bias := s.parameters(b, h, table)
	// One gather for sample and targets, whose gradients are then one scattering into the weight's.
	drawn := b.IndexInput(s.name+drawnInput, size+n)
	weight = b.Gather(weight, drawn, graph.NoPadding)
	bias = b.Gather(b.Reshape(bias, s.vocabulary, 1), drawn, graph.NoPadding)

	bias = b.Sub(bias, b.Input(s.name+expectedInput, size+n, 1))

	others := b.Add(b.MatMulNT(h, b.Slice(weight, 0, 0, size)), b.Reshape(b.Slice(bias, 0, 0, size), size))
	isOther := b.Sub(b.Input(s.name+sampleInput, 1, size), b.Input(s.name+labelsInput, n, 1))
	others = b.Where(isOther, others, b.Const(-1e30)) // whose exponential is 0 beside that of any score
	own := b.Add(b.Reshape(b.Sum(b.Mul(h, b.Slice(weight, 0, size, size+n)), 1), n, 1), b.Slice(bias, 0, size, size+n))
	l, weights := b.CrossEntropies(b.Concat(1, own, others), b.IndexInput(s.name+targetsInput, n))
	return []*gorgonia.Node{l}, weights
}

func (s *sampled) set(p *graph.Program, targets []int, seed uint64, number int) error {
	if p.Input(s.name+drawnInput) == nil { // a program that is not for training
		return s.full.set(p, targets, seed, number)
	}
	drawn := p.Input(s.name + drawnInput).Ints()
	if want := s.size + len(targets); len(drawn) != want {
		return errors.Errorf("softmax: the program draws %d words; want %d: it is one of another layer", len(drawn)-len(targets), s.size)
	}
	s.draw(drawn[:s.size], seed, number)
	sample, expected, labels := make([]float64, s.size), make([]float64, len(drawn)), make([]float64, len(targets))
	for i, w := range drawn[:s.size] {
		sample[i], expected[i] = float64(w), s.logExpected[w]
	}
	first := p.Input(s.name + targetsInput).Ints()
	for i, t := range targets {
		drawn[s.size+i], labels[i], first[i] = t, float64(t), 0
		if t == Ignored { // it reads a row outside of the weight, of zeros, and equals no word
			first[i] = Ignored
			continue
		}
		expected[s.size+i] = s.logExpected[t]
	}
	for _, in := range []struct {
		name   string
		values []float64
	}{{sampleInput, sample}, {expectedInput, expected}, {labelsInput, labels}} {
		if err := p.Set(s.name+in.name, in.values); err != nil {
			return err
		}
	}
	return nil
}
