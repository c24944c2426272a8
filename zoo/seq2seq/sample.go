package seq2seq

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/rnnzoo/rnnzoo/zoo/option"
)

// Sampling says how a token is drawn by the scores that a network gives. The zero value takes the most likely token and
// draws nothing. What is asked for happens in this order, which is that of Hugging Face's transformers:
//
//  1. Repetition: the scores of tokens that were there are divided by it where they are positive and multiplied by it
//     where they are negative, once each however often they were there (Keskar et al. 2019, CTRL).
//  2. Temperature: p = softmax(scores / Temperature).
//  3. TopK: of the tokens the so many most likely stay, of equally likely ones those of lower numbers.
//  4. TopP: of those that stayed, whose probabilities are made to sum to 1, a token stays if all that come before it, from
//     the most likely one on, have less than TopP together; that is the nucleus (Holtzman et al. 2020).
//  5. MinP: a token stays if it is at least MinP times as likely as the most likely one (Nguyen et al. 2024).
//
// The most likely token always stays. What stays is made to sum to 1.
type Sampling struct {
	Temperature float64 `json:"temperature"` // 1 draws as the network says, less is bolder in what is likely; 0 takes the most likely
	TopK        int     `json:"top_k"`       // 0 is all
	TopP        float64 `json:"top_p"`       // between 0 and 1; 0 and 1 are all
	MinP        float64 `json:"min_p"`       // between 0 and 1; 0 is all
	Repetition  float64 `json:"repetition"`  // above 1 tokens that were there become less likely; 0 and 1 change nothing
}

// Declare implements task.Options.
func (s *Sampling) Declare(set *option.Set) {
	if s == nil {
		s = new(Sampling)
	}
	set.Float(&s.Temperature, "temperature", "tokens are drawn by softmax(scores / TEMPERATURE); 0 takes the most likely one").AtLeast(0)
	set.Int(&s.TopK, "top-k", "draw among the most likely tokens, so many; 0 is all").AtLeast(0)
	set.Float(&s.TopP, "top-p", "draw among the most likely tokens that have this probability together, the nucleus; 0 and 1 are all").AtLeast(0).AtMost(1)
	set.Float(&s.MinP, "min-p", "draw among the tokens that are at least so likely, as a part of the most likely one; 0 is all").AtLeast(0).AtMost(1)
	set.Float(&s.Repetition, "repetition", "make tokens that were there less likely: positive scores are divided by it, negative ones multiplied; 0 and 1 change nothing").AtLeast(0)
}

// Sampler draws tokens. The same seed and the same scores give the same tokens on every machine, but where the rounding of an
// exponential decides. It serves one goroutine at a time, and holds at most 24 bytes for each token of the vocabulary. The
// zero value takes the most likely token.
type Sampler struct {
	how     Sampling
	pcg     *rand.PCG
	weights []float64 // [V] of the last scores: in proportion to the probabilities
	heap    []weighed
}

// weighed is a token and what it is compared by.
type weighed struct {
	weight float64
	token  int
}

// before reports whether a token comes before another from the most likely one on.
func (w weighed) before(other weighed) bool {
	return w.weight > other.weight || w.weight == other.weight && w.token < other.token
}

// NewSampler returns a sampler with a seed, or a UsageError for a setting out of its bounds.
func NewSampler(s Sampling, seed uint64) (*Sampler, error) {
	var set option.Set
	s.Declare(&set)
	if err := set.Check(); err != nil {
		return nil, err
	}
	return &Sampler{how: s, pcg: rand.NewPCG(seed, 0)}, nil
}

// Next returns the token that is next, by the scores [V] of all tokens, logits or log probabilities, and the tokens that were
// there, which only Repetition asks for; those outside of the vocabulary are passed over. A score of −∞ is never drawn. If
// none is left, or a score is +∞ or not a number, Next returns −1: the weights of the network are damaged, or there are no
// scores. Every token takes one number of the random stream, and the most likely one, at temperature 0, none. It takes time
// in proportion to V and len(before), with TopK and TopP O(V log V) at worst, and allocates nothing once it has seen a
// vocabulary of the size.
func (s *Sampler) Next(scores []float32, before []int) int {
	if s == nil {
		return -1
	}
	if s.how.Temperature == 0 && !s.penalizes() {
		return likeliest(scores)
	}
	total := s.weigh(scores, before)
	if total == 0 {
		return -1
	}
	if s.how.Temperature == 0 {
		return slices.Index(s.weights, 1)
	}
	const unit = 1.0 / (1 << 53)
	at := float64(s.pcg.Uint64()>>11) * unit * total // in [0, total], by rounding
	sum, last := 0.0, -1
	for token, w := range s.weights {
		if w == 0 {
			continue
		}
		if sum += w; at < sum {
			return token
		}
		last = token
	}
	return last
}

// Probabilities returns the probabilities [V] by which Next would draw, and draws nothing. They are the sampler's memory and
// stand until its next call. Where Next returns −1 there are none, and it returns nil.
func (s *Sampler) Probabilities(scores []float32, before []int) []float64 {
	if s == nil {
		return nil
	}
	total := s.weigh(scores, before)
	if total == 0 {
		return nil
	}
	for i := range s.weights {
		s.weights[i] /= total
	}
	return s.weights
}

// likeliest returns the first of the largest scores, or −1 as Next does.
func likeliest(scores []float32) int {
	best, most := -1, float32(math.Inf(-1))
	for i, x := range scores {
		if x != x || x > math.MaxFloat32 {
			return -1
		}
		if x > most {
			best, most = i, x
		}
	}
	return best
}

// penalizes reports whether tokens that were there are less or more likely.
func (s *Sampler) penalizes() bool { return s.how.Repetition != 0 && s.how.Repetition != 1 }

// weigh sets the weights of all tokens, the largest of which is 1, and returns their sum; 0 means that nothing can be drawn.
func (s *Sampler) weigh(scores []float32, before []int) (total float64) {
	if cap(s.weights) < len(scores) {
		s.weights = make([]float64, len(scores))
	}
	s.weights = s.weights[:len(scores)]
	for i, x := range scores {
		if x != x || x > math.MaxFloat32 {
			return 0
		}
		s.weights[i] = float64(x)
	}
	if s.penalizes() {
		s.penalize(scores, before)
	}
	best := weighed{math.Inf(-1), -1}
	for token, x := range s.weights {
		if x > best.weight {
			best = weighed{x, token}
		}
	}
	if best.token < 0 {
		return 0
	}
	if s.how.Temperature == 0 {
		clear(s.weights)
		s.weights[best.token] = 1
		return 1
	}
	if s.how.TopK > 0 && s.how.TopK < len(s.weights) {
		s.cut(s.least(), math.Inf(-1))
	}
	for i, x := range s.weights {
		if math.IsInf(x, -1) {
			s.weights[i] = 0
			continue
		}
		x = math.Exp((x - best.weight) / s.how.Temperature)
		s.weights[i] = x
		total += x
	}
	if s.how.TopP > 0 && s.how.TopP < 1 {
		total = s.cut(s.nucleus(total), 0)
	}
	if s.how.MinP > 0 {
		total = s.cut(weighed{s.how.MinP, len(s.weights)}, 0)
	}
	return total
}

// penalize makes tokens that were there less likely. It starts from the scores, and so does it once for each.
func (s *Sampler) penalize(scores []float32, before []int) {
	for _, token := range before {
		if token < 0 || token >= len(scores) || math.IsInf(float64(scores[token]), -1) {
			continue
		}
		x := float64(scores[token])
		if x < 0 {
			x *= s.how.Repetition
		} else {
			x /= s.how.Repetition
		}
		s.weights[token] = max(-math.MaxFloat64, min(x, math.MaxFloat64)) // beyond which a penalty would forbid or be all
	}
}

// cut sets all weights that come after one to what stands for none, and returns the sum of the others.
func (s *Sampler) cut(last weighed, none float64) (total float64) {
	for token, w := range s.weights {
		if last.before(weighed{w, token}) {
			s.weights[token] = none
		} else {
			total += w
		}
	}
	return total
}

// least returns the last of the TopK largest scores. It keeps them in a heap that has the last of them at the root, which few
// of the other tokens get past.
func (s *Sampler) least() weighed {
	s.reserve()
	after := func(a, b weighed) bool { return b.before(a) }
	for token, x := range s.weights {
		w := weighed{x, token}
		switch {
		case len(s.heap) < s.how.TopK:
			if s.heap = append(s.heap, w); len(s.heap) == s.how.TopK {
				heapify(s.heap, after)
			}
		case w.before(s.heap[0]):
			s.heap[0] = w
			sink(s.heap, 0, after)
		}
	}
	return s.heap[0]
}

// nucleus returns the last token of the nucleus of weights with a sum. Tokens leave a heap from the most likely one on until
// they have enough. One with less than the V-th part of what lies outside of the nucleus is outside, since all that are no
// more likely than it have less than that together: such tokens, of a large vocabulary most, do not get into the heap. Half
// of that bound leaves room for rounding.
func (s *Sampler) nucleus(total float64) (last weighed) {
	s.reserve()
	bound := (1 - s.how.TopP) * total / float64(len(s.weights)) / 2
	for token, w := range s.weights {
		if w > 0 && w >= bound {
			s.heap = append(s.heap, weighed{w, token})
		}
	}
	heapify(s.heap, weighed.before)
	for sum, most := 0.0, s.how.TopP*total; len(s.heap) > 0 && (sum < most || sum == 0); {
		last = s.heap[0]
		sum += last.weight
		end := len(s.heap) - 1
		s.heap[0] = s.heap[end]
		s.heap = s.heap[:end]
		sink(s.heap, 0, weighed.before)
	}
	return last
}

// reserve empties the heap and makes room for all tokens.
func (s *Sampler) reserve() {
	s.heap = slices.Grow(s.heap[:0], len(s.weights))
}

// heapify makes a heap whose root comes first. (The package container/heap takes an interface's call for each step.)
func heapify(heap []weighed, first func(a, b weighed) bool) {
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i, first)
	}
}

// sink moves an element down to where it belongs.
func sink(heap []weighed, at int, first func(a, b weighed) bool) {
	for {
		child := 2*at + 1
		if child >= len(heap) {
			return
		}
		if right := child + 1; right < len(heap) && first(heap[right], heap[child]) {
			child = right
		}
		if !first(heap[child], heap[at]) {
			return
		}
		heap[at], heap[child] = heap[child], heap[at]
		at = child
	}
}
