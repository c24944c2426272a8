package program

import "github.com/rnnzoo/rnnzoo/graph"

// SetTokens sets the inputs "tokens" [T, B] and "lengths" [B] of a program of a shape to sequences. Where they are less than
// the batch, the others are one padding token, which influences nothing.
func SetTokens(p *graph.Program, s Shape, sequences [][]int32) {
	tokens, lengths := p.Input("tokens").Ints(), p.Input("lengths").Ints()
	clear(tokens)
	for i := range lengths {
		lengths[i] = 1
	}
	for i, ids := range sequences {
		lengths[i] = len(ids)
		for t, id := range ids {
			tokens[t*s.Batch+i] = int(id)
		}
	}
}

// Ignored is the class of an example that counts for nothing, as graph's CrossEntropy has it.
const Ignored = -100

// SetTargets sets the input "target" [B] of a program to the classes of examples. Where they are less than the batch, the
// others count for nothing.
func SetTargets(p *graph.Program, labels, examples []int) {
	target := p.Input("target").Ints()
	for i := range target {
		target[i] = Ignored
		if i < len(examples) {
			target[i] = labels[examples[i]]
		}
	}
}
