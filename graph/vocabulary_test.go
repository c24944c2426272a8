package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/rnnzoo/rnnzoo/graph"
	gt "github.com/rnnzoo/rnnzoo/internal/graphtest"
)

// The rows of scores of TestVocabulary, and the classes: few of them and of so small a width that it takes no time, and
// enough for two chunks.
const (
	vocabularySteps, vocabularyBatch = 6, 101
	vocabulary, vocabularyWidth      = 1750, 3
)

// vocabularyCases are losses over large vocabularies, and how many cross entropies a program with and one without
// gradients is to have.
var vocabularyCases = []struct {
	name              string
	training, forward int
	declare           func(b builder, x, target node) (loss node, outputs []node)
}{
	{"plain", 2, 2, func(b builder, x, target node) (node, []node) {
		return b.CrossEntropy(b.Linear("out", vocabulary, x), target), nil
	}},
	{"no bias", 2, 2, func(b builder, x, target node) (node, []node) {
		return b.CrossEntropy(b.LinearInit("out", vocabulary, x, graph.Glorot(), nil), target), nil
	}},
	{"ignored, weighted and smoothed", 2, 2, func(b builder, x, target node) (node, []node) {
		weights := make([]float64, vocabulary)
		for i := range weights {
			weights[i] = 0.5 + float64(i%7)
		}
		return b.CrossEntropy(b.Linear("out", vocabulary, x), target, graph.IgnoreIndex(5), graph.ClassWeights(weights...), graph.LabelSmoothing(0.1)), nil
	}},
	{"a weight that is not transposed", 2, 2, func(b builder, x, target node) (node, []node) {
		w := b.Param("w", graph.Glorot(), vocabularyWidth, vocabulary)
		rows := b.Reshape(x, vocabularySteps*vocabularyBatch, vocabularyWidth)
		return b.CrossEntropy(b.Reshape(b.MatMul(rows, w), vocabularySteps, vocabularyBatch, vocabulary), target), nil
	}},
	{"vectors that are transposed", 1, 1, func(b builder, x, target node) (node, []node) { // not a form that the pass knows
		w := b.Param("w", graph.Glorot(), vocabulary, vocabularyWidth)
		rows := b.Transpose(b.Reshape(x, vocabularySteps*vocabularyBatch, vocabularyWidth), 1, 0)
		return b.CrossEntropy(b.MatMulTN(rows, b.Transpose(w, 1, 0)), b.Reshape(target, vocabularySteps*vocabularyBatch)), nil
	}},
	{"a weight that is tied to an embedding", 2, 2, func(b builder, x, target node) (node, []node) {
		table := b.Param("table", graph.Glorot(), vocabulary, vocabularyWidth)
		return b.CrossEntropy(b.MatMulNT(b.Tanh(b.Add(x, b.Gather(table, target, 3))), table), target), nil
	}},
	{"two losses of weights of their own", 4, 4, func(b builder, x, target node) (node, []node) {
		first := b.CrossEntropy(b.Linear("out", vocabulary, x), target)
		return b.Add(first, b.CrossEntropy(b.Linear("other", vocabulary, b.Tanh(x)), target, graph.LabelSmoothing(0.2))), nil
	}},
	// The gradients by one weight are one product over the rows of both, which wants both.
	{"two losses of one weight", 2, 4, func(b builder, x, target node) (node, []node) {
		first := b.CrossEntropy(b.Linear("out", vocabulary, x), target)
		return b.Add(first, b.CrossEntropy(b.Linear("out", vocabulary, b.Tanh(x)), target, graph.LabelSmoothing(0.2))), nil
	}},
	{"two losses of the same scores", 2, 2, func(b builder, x, target node) (node, []node) {
		y := b.Linear("out", vocabulary, x)
		return b.Add(b.CrossEntropy(y, target), b.CrossEntropy(y, target, graph.LabelSmoothing(0.2))), nil
	}},
	{"scores that are an output", 1, 1, func(b builder, x, target node) (node, []node) {
		y := b.Linear("out", vocabulary, x)
		return b.CrossEntropy(y, target), []node{y}
	}},
	{"scores that something else reads", 1, 1, func(b builder, x, target node) (node, []node) {
		y := b.Linear("out", vocabulary, x)
		return b.Add(b.CrossEntropy(y, target), b.Mean(b.Pow(y, 2))), nil
	}},
	{"a loss squared", 1, 2, func(b builder, x, target node) (node, []node) {
		return b.Pow(b.CrossEntropy(b.Linear("out", vocabulary, x), target), 2), nil
	}},
	{"a loss times what comes before it", 2, 2, func(b builder, x, target node) (node, []node) {
		return b.Mul(b.CrossEntropy(b.Linear("out", vocabulary, x), target), b.Mean(b.Exp(x))), nil
	}},
	{"a loss of few rows at a time", 1, 1, func(b builder, x, target node) (node, []node) {
		first := b.Linear("out", vocabulary, b.Slice(x, 0, 0, 2))
		return b.CrossEntropy(first, b.Slice(target, 0, 0, 2)), nil
	}},
}

// TestVocabulary compares losses that are computed in chunks with the same as a whole.
func TestVocabulary(t *testing.T) {
	for _, c := range vocabularyCases {
		t.Run(c.name, func(t *testing.T) {
			compile := func(dtype tensor.Dtype, gradients bool, opts ...graph.CompileOption) (map[string][]float64, *graph.Program) {
				params := graph.NewParams(dtype)
				b := graph.NewBuilder(params)
				x := b.Input("x", vocabularySteps, vocabularyBatch, vocabularyWidth)
				loss, outputs := c.declare(b, x, b.IndexInput("target", vocabularySteps, vocabularyBatch))
				opts = append(opts, graph.Verify(), graph.Output(outputs...))
				if gradients {
					outputs = append(outputs, b.Grad(loss, x)...)
					opts = append(opts, graph.Loss(loss), graph.Output(outputs...))
				} else {
					opts = append(opts, graph.Output(loss))
				}
				prog := mustCompile(t, b, opts...)
				mustSet(t, prog, "x", gt.Random("x", prog.Input("x").Size()))
				target := make([]int, vocabularySteps*vocabularyBatch)
				for i := range target {
					target[i] = i * 613 % (vocabulary + 20) // some are no class at all
					if i%9 == 0 {
						target[i] = 5
					}
				}
				mustSet(t, prog, "target", target)
				mustRun(t, prog)
				mustRun(t, prog)
				results := map[string][]float64{"loss": append([]float64(nil), gt.Floats(prog.Value(loss).Data())...)}
				for i, o := range outputs {
					results[fmt.Sprint("output ", i)] = append([]float64(nil), gt.Floats(prog.Value(o).Data())...)
				}
				for _, p := range params.List() {
					if gradients {
						results["gradient of "+p.Name()] = append([]float64(nil), gt.Floats(prog.Grad(p.Name()).Data())...)
					}
				}
				return results, prog
			}
			for gradients, want := range map[bool]int{true: c.training, false: c.forward} {
				whole, program := compile(tensor.Float64, gradients, graph.Without("vocabulary"), graph.Threads(1))
				before := strings.Count(program.String(), "= crossEntropy(")
				threads := []int{1, 3}
				if testing.Short() { // one thread has nothing to race with
					threads = threads[1:]
				}
				for _, threads := range threads {
					parts, chunked := compile(tensor.Float64, gradients, graph.Threads(threads))
					if got := strings.Count(chunked.String(), "= crossEntropy("); got != want {
						t.Errorf("gradients %v: %d cross entropies; want %d", gradients, got, want)
					}
					if saved := program.Stats().ArenaBytes - chunked.Stats().ArenaBytes; want > before && saved <= 0 {
						t.Errorf("gradients %v: the program needs %d bytes more than as a whole", gradients, -saved)
					}
					for what := range whole {
						gt.Compare(t, fmt.Sprintf("gradients %v, %d threads: %s", gradients, threads, what), parts[what], whole[what], 1e-11)
					}
				}
				parts, _ := compile(tensor.Float32, gradients, graph.Threads(2))
				for what := range whole {
					gt.Compare(t, fmt.Sprintf("float32, gradients %v: %s", gradients, what), parts[what], whole[what], 1e-4)
				}
			}
		})
	}
}

// TestVocabularyNeverWhole looks at the memory of a training step whose scores would take 8 MB.
func TestVocabularyNeverWhole(t *testing.T) {
	b := graph.NewBuilder(graph.NewParams(tensor.Float32))
	const rows, classes = 1024, 2048
	x := b.Input("x", 16, rows/16, 8)
	loss := b.CrossEntropy(b.Linear("", classes, b.Tanh(x)), b.IndexInput("target", 16, rows/16))
	arena := func(opts ...graph.CompileOption) float64 {
		return float64(mustCompile(t, b, append(opts, graph.Loss(loss))...).Stats().ArenaBytes) / (4 * rows * classes)
	}
	if with, without := arena(), arena(graph.Without("vocabulary")); with > 0.6 || without < 1 || math.IsNaN(with) {
		t.Errorf("the program needs %.2f times the memory of all scores, and %.2f times without the pass; want about half of it", with, without)
	}
}
