package pooling

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/graphtest"
	"github.com/rnnzoo/rnnzoo/zoo/birnn"
	"github.com/rnnzoo/rnnzoo/zoo/rnn"
)

// TestPool compares each way with its definition, on sequences of which one is shorter and one has a single step.
func TestPool(t *testing.T) {
	const steps, batch, width = 4, 3, 2
	lengths := []int{4, 2, 1}
	for _, name := range Names() {
		for w, n := range map[int]*graph.Network{3: rnn.New(graph.Hidden(3)), 6: birnn.New(rnn.New(graph.Hidden(3)))} {
			t.Run(fmt.Sprint(name, " ", n.Name()), func(t *testing.T) {
				params := graph.NewParams(tensor.Float64, graph.InitSeed(3))
				b := graph.NewBuilder(params)
				x, l := b.Input("x", steps, batch, width), b.IndexInput("lengths", batch)
				y, final := n.Unroll(b, x, graph.Lengths(l))
				pooled := Pool(b, name, n, y, final, b.LengthMask(l, steps))
				p, err := graph.Compile(b, graph.OutputAs("y", y), graph.OutputAs("pooled", pooled), graph.OutputAs("last", n.Summary(b, final)))
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Set("x", graphtest.Random("x", steps*batch*width)); err != nil {
					t.Fatal(err)
				}
				copy(p.Input("lengths").Ints(), lengths)
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				outputs, last := p.Output("y").Float64s(), p.Output("last").Float64s()
				want := make([]float64, batch*w)
				for i, length := range lengths {
					rows := make([][]float64, length)
					for s := range rows {
						rows[s] = outputs[(s*batch+i)*w : (s*batch+i+1)*w]
					}
					weights := attended(params, rows)
					for k := range w {
						at := i*w + k
						switch name {
						case "last":
							want[at] = last[at]
						case "max":
							want[at] = math.Inf(-1)
						}
						for s, row := range rows {
							switch name {
							case "mean":
								want[at] += row[k] / float64(length)
							case "max":
								want[at] = max(want[at], row[k])
							case "attention":
								want[at] += weights[s] * row[k]
							}
						}
					}
				}
				graphtest.Compare(t, name, p.Output("pooled").Float64s(), want, 1e-12)
			})
		}
	}
}

// attended returns softmax(vᵀ·tanh(W·y_t + b)) over rows y_t; nil if there is no attention.
func attended(params *graph.Params, rows [][]float64) []float64 {
	if params.Get("attention.weight") == nil {
		return nil
	}
	w, bias, v := params.Get("attention.weight").Value().Float64s(), params.Get("attention.bias").Value().Float64s(), params.Get("attention.weight_score").Value().Float64s()
	weights, sum := make([]float64, len(rows)), 0.0
	for s, row := range rows {
		score := 0.0
		for k := range bias {
			u := bias[k]
			for j, y := range row {
				u += w[k*len(row)+j] * y
			}
			score += v[k] * math.Tanh(u)
		}
		weights[s] = math.Exp(score)
		sum += weights[s]
	}
	for s := range weights {
		weights[s] /= sum
	}
	return weights
}

func TestPoolRefuses(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	n := rnn.New(graph.Hidden(3))
	l := b.IndexInput("lengths", 2)
	y, final := n.Unroll(b, b.Input("x", 4, 2, 2), graph.Lengths(l))
	Pool(b, "median", n, y, final, b.LengthMask(l, 4))
	if err := b.Err(); err == nil || !strings.Contains(err.Error(), `pooling "median" is not known; choose one of last, mean, max, attention`) {
		t.Errorf("error %v", err)
	}
}
