// Package attention lets a decoder look back at everything an encoder has read: the additive attention of Bahdanau, Cho
// and Bengio (2015) and the multiplicative ones of Luong, Pham and Manning (2015).
//
// A Memory belongs to the graph that it is declared on, which serves one goroutine.
package attention

import (
	"math"
	"strings"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"

	"github.com/rnnzoo/rnnzoo/graph"
)

// Score says how well a query q, a state of the decoder [H], fits a value m of the memory [M].
type Score string

// The scores.
const (
	Additive Score = "additive" // v·tanh(W_q·q + W_m·m)
	Dot      Score = "dot"      // q·m; both must have one width
	General  Score = "general"  // q·(W_m·m)
	Scaled   Score = "scaled"   // q·(W_m·m)/√H: wide states do not saturate the softmax (Vaswani et al. 2017)
)

// Scores returns the names of the scores.
func Scores() []string {
	return []string{string(Additive), string(Dot), string(General), string(Scaled)}
}

// Memory is what queries [B, T, Width] look at: the outputs of an encoder, and the keys that they are found by, which are
// computed once for all queries.
type Memory struct {
	Score  Score
	Width  int
	Keys   *gorgonia.Node // [B, S, Width]
	Values *gorgonia.Node // [B, S, M]
	Mask   *gorgonia.Node // [B, 1, S], 1 where there is something to look at and 0 elsewhere; nil means everywhere
}

// NewMemory declares the keys of values [B, S, M] for queries of a width, which the parameter weight_key [Width, M] makes;
// for Dot they are the values themselves.
func NewMemory(b *graph.Builder, score Score, width int, values, mask *gorgonia.Node) Memory {
	m := Memory{score, width, values, values, mask}
	if b.Err() != nil {
		return m
	}
	switch score {
	case Dot:
		if v := values.Shape()[2]; v != width {
			b.Fail(errors.Errorf("attention: dot compares queries of width %d with values of width %d; they must be equal, or choose general", width, v))
		}
	case Additive, General, Scaled:
		m.Keys = b.LinearInit("key", width, values, graph.Glorot(), nil)
	default:
		b.Fail(errors.Errorf("attention: the score %q is not known; choose one of %s", score, strings.Join(Scores(), ", ")))
	}
	return m
}

// Attend returns, for queries [B, T, Width], the weighted means of the values [B, T, M] and the weights [B, T, S]: the
// softmax of the scores, and 0 where the mask is 0. Of a memory in which there is nothing to look at, all weights and the
// context are 0. Additive has the parameters weight_query [Width, Width] and weight_score [1, Width].
func (m Memory) Attend(b *graph.Builder, query *gorgonia.Node) (context, weights *gorgonia.Node) {
	scores := m.scores(b, query)
	if m.Mask != nil {
		scores = b.Where(m.Mask, scores, b.Const(-1e30)) // whose exponential is 0 beside that of any score
	}
	weights = b.Softmax(scores)
	if m.Mask != nil {
		weights = b.Where(m.Mask, weights, b.Const(0)) // of equal scores they are equal, though all are masked
	}
	return b.MatMul(weights, m.Values), weights
}

// scores returns the scores [B, T, S] of queries.
func (m Memory) scores(b *graph.Builder, query *gorgonia.Node) *gorgonia.Node {
	switch m.Score {
	case Scaled:
		query = b.Scale(query, 1/math.Sqrt(float64(m.Width)))
	case Additive:
		query = b.LinearInit("query", m.Width, query, graph.Glorot(), nil)
		if b.Err() != nil {
			return query
		}
		q, k := query.Shape(), m.Keys.Shape()
		h := b.Tanh(b.Add(b.Reshape(query, q[0], q[1], 1, q[2]), b.Reshape(m.Keys, k[0], 1, k[1], k[2])))
		return b.Reshape(b.LinearInit("score", 1, h, graph.Glorot(), nil), q[0], q[1], k[1])
	}
	return b.MatMulNT(query, m.Keys)
}
