package pass

import (
	"slices"

	"github.com/rnnzoo/rnnzoo/graph/internal/ir"
)

// Vocabulary computes a product that a cross entropy reads, and all that follows from it, some rows at a time: the
// scores of these, their losses, the gradient of the scores in the place of the scores, and at once what is made of
// that, the gradients by the operands and the bias. The scores of all tokens against a large vocabulary, which are
// larger than everything else in a program, then never exist, in the forward pass or the backward, and those of a chunk
// stay in a cache from the product that makes them to those that read their gradient. In a program without gradients
// the scores of some rows are forgotten when their losses are there.
//
// Every further chunk costs a reading and a writing of the weight's gradient, and a reading of the weight for each of
// two products: chunkCount says how many pay. If it is one, nothing changes here, but ScheduleLosses still has the
// gradient take the scores' place.
//
// Scores that anything else reads stay whole, and so do those whose losses have a gradient that depends on the scores
// themselves, such as that of a loss squared: it is not there before all losses are.
func Vocabulary(g *ir.Graph) {
	isLoss := func(v *ir.Value) bool { _, ok := v.Op.(ir.CrossEntropy); return ok }
	if !slices.ContainsFunc(g.Values, isLoss) {
		return
	}
	users, uses := usersByID(g), g.Uses()
	by := make([]*ir.Value, g.Limit())
	for _, v := range g.Values {
		if !isLoss(v) {
			continue
		}
		if l := newLossOf(g, v, users, uses); l != nil {
			l.chunk(g, by)
		}
	}
	g.Replace(by)
}

const (
	// scoresOfChunk is how many scores a chunk should have at most: 4 MB of a third-level cache.
	scoresOfChunk = 1 << 20
	// fewestRows is how many rows two threads need for products with a large matrix to run at their best.
	fewestRows = 256
)

// chunkCount returns in how many chunks rows of scores over a vocabulary are computed, of products with vectors of some
// width. A chunk of R rows writes and reads some 7·R·V scores and gradients, which stay in a cache; in exchange it
// reads and writes the weight's gradient once more and reads the weight twice, 4·V·width. So a chunk has as many rows
// as its vectors are wide: 1,024 rows of 5,110 scores of width 256 take 4 chunks, with which the scores need a quarter
// of the memory and a step of training 2 % more time, a loss without gradients 10 % less. 700 rows of 10,000 scores of
// width 650 stay whole: in 2 chunks a step took 5 % longer, in 4 chunks 7 %, the loss alone in 2 chunks 5 %.
func chunkCount(rows, vocabulary, width int) int {
	return max(1, min(rows/max(fewestRows, width), (rows*vocabulary+scoresOfChunk-1)/scoresOfChunk))
}

// lossOf is a product that a cross entropy reads, with what its gradient is used for.
type lossOf struct {
	product, loss *ir.Value
	grad          *ir.Value // nil if there is none
	users         []*ir.Value
}

// newLossOf returns what can be computed in chunks from a loss, or nil.
func newLossOf(g *ir.Graph, loss *ir.Value, users [][]*ir.Value, uses []int) *lossOf {
	l := &lossOf{product: loss.Args[0], loss: loss}
	op, ok := l.product.Op.(ir.MatMul)
	if !ok || op.TransA || op.Add {
		return nil
	}
	for _, u := range users[l.product.ID] {
		_, isGrad := u.Op.(ir.CrossEntropyGrad)
		switch {
		case u == loss:
		case isGrad && l.grad == nil:
			l.grad = u
		default:
			return nil
		}
	}
	want := 1
	if l.grad != nil {
		want = 2
		l.users = slices.Clone(users[l.grad.ID])
		ofLosses := l.grad.Args[len(l.grad.Args)-1]
		if uses[l.grad.ID] != len(l.users) || dependsOn(ofLosses, l.product) {
			return nil
		}
		for i, u := range l.users {
			if _, ok := u.Op.(ir.Reshape); ok { // of which a bias's gradient is the sum over all but the last axis
				if next := users[u.ID]; len(next) == 1 && uses[u.ID] == 1 && sumsToLast(next[0]) {
					l.users[i] = next[0]
					continue
				}
				return nil
			}
			if l.kind(u) == unknown {
				return nil
			}
		}
	}
	if uses[l.product.ID] != want {
		return nil
	}
	return l
}

// kind is what the gradient of the scores [N, V] is used for.
type kind int

const (
	unknown   kind = iota
	byRows         // a product with each of its rows: the gradient by the vectors
	overRows       // a product that sums over its rows: the gradient by the weight
	sumOfRows      // the gradient by the bias
)

func (l *lossOf) kind(u *ir.Value) kind {
	switch op := u.Op.(type) {
	case ir.MatMul:
		first, second := u.Args[0] == l.grad, u.Args[1] == l.grad
		switch {
		case op.Bias || first == second || op.Add && u.Args[2] == l.grad:
		case second && !op.TransB || first && op.TransA:
			return overRows
		case first:
			return byRows
		}
	case ir.ReduceSum:
		if sumsToLast(u) {
			return sumOfRows
		}
	}
	return unknown
}

// sumsToLast reports whether v is a sum over all axes but the last.
func sumsToLast(v *ir.Value) bool {
	op, ok := v.Op.(ir.ReduceSum)
	return ok && op.Axes == 1<<(len(v.Shape)-1)-1
}

// chunk computes all of it in chunks, and notes what stands for what.
func (l *lossOf) chunk(g *ir.Graph, by []*ir.Value) {
	rows, vocabulary := l.product.Shape[0], l.product.Shape[1]
	count := chunkCount(rows, vocabulary, l.product.Args[0].Shape[1])
	if count < 2 {
		return
	}
	var losses []*ir.Value
	parts := make([][]*ir.Value, len(l.users)) // of what is made of the gradient, by rows
	sums := make([]*ir.Value, len(l.users))    // over the rows so far
	for c := range count {
		from := rows * c / count
		n := rows*(c+1)/count - from
		part := func(v *ir.Value, axis int) *ir.Value { return partOf(g, v, axis, from, n) }

		op := l.product.Op.(ir.MatMul)
		op.Steps = 0
		args := append([]*ir.Value{part(l.product.Args[0], 0)}, l.product.Args[1:]...)
		scores := g.New(op, []int{n, vocabulary}, args...)
		// of reads the scores, the targets, and whole class weights.
		of := func(v *ir.Value) []*ir.Value {
			return append([]*ir.Value{scores, part(v.Args[1], 0)}, v.Args[2:]...)
		}
		losses = append(losses, g.New(l.loss.Op, []int{n}, of(l.loss)...))
		if l.grad == nil {
			continue
		}
		args = of(l.grad)
		last := len(args) - 1
		args[last] = part(args[last], 0)
		grad := g.New(l.grad.Op, scores.Shape, args...)
		for i, u := range l.users {
			switch op := u.Op.(type) {
			case ir.ReduceSum:
				sum := g.New(ir.ReduceSum{Axes: 1}, []int{1, vocabulary}, grad)
				if c > 0 {
					sum = g.New(ir.Sum{}, sum.Shape, sums[i], sum)
				}
				sums[i] = sum
			case ir.MatMul:
				op.Add, op.Steps = false, 0
				if l.kind(u) == byRows {
					parts[i] = append(parts[i], g.New(op, []int{n, u.Shape[1]}, grad, u.Args[1]))
					continue
				}
				args := []*ir.Value{grad, grad}
				if u.Args[0] != l.grad {
					args[0] = part(u.Args[0], axisOfSum(op.TransA, 0))
				} else {
					args[1] = part(u.Args[1], axisOfSum(op.TransB, 1))
				}
				if c > 0 {
					op.Add = true
					args = append(args, sums[i])
				}
				sums[i] = g.New(op, u.Shape, args...)
			}
		}
	}
	by[l.loss.ID] = joinRows(g, losses)
	for i, u := range l.users {
		whole := sums[i]
		if whole == nil {
			whole = joinRows(g, parts[i])
		}
		if op, ok := u.Op.(ir.MatMul); ok && op.Add { // what it started from may come late: it is added at the end
			whole = g.New(ir.Sum{}, u.Shape, whole, u.Args[2])
		}
		by[u.ID] = reshape(g, whole, u.Shape)
	}
}

// axisOfSum returns the axis of a product's left or right operand, 0 or 1, that the product sums over.
func axisOfSum(trans bool, operand int) int {
	if trans == (operand == 0) {
		return 0
	}
	return 1
}

// partOf returns [from, from+n) of an axis of v.
func partOf(g *ir.Graph, v *ir.Value, axis, from, n int) *ir.Value {
	shape := append([]int(nil), v.Shape...)
	shape[axis] = n
	return foldView(g, g.New(ir.Slice{Axis: axis, From: from}, shape, v))
}

// usersByID returns the values that have each value, by ID, for an argument, each once.
func usersByID(g *ir.Graph) [][]*ir.Value {
	users := make([][]*ir.Value, g.Limit())
	for _, v := range g.Values {
		for _, a := range v.Args {
			if list := users[a.ID]; len(list) == 0 || list[len(list)-1] != v {
				users[a.ID] = append(list, v)
			}
		}
	}
	return users
}

// dependsOn reports whether v is computed from another value.
func dependsOn(v, on *ir.Value) bool {
	seen := map[*ir.Value]bool{v: true}
	for list := []*ir.Value{v}; len(list) > 0; {
		v := list[len(list)-1]
		list = list[:len(list)-1]
		if v == on {
			return true
		}
		for _, a := range v.Args {
			if !seen[a] {
				seen[a] = true
				list = append(list, a)
			}
		}
	}
	return false
}

// ScheduleLosses moves the gradient of scores, which is as large as these, behind the loss that reads them, and what is
// made of it behind the gradient, as far as all of it can be computed there without more than small things: the
// gradient then takes the place of the scores, and its place is free before the steps of the backward pass need memory.
func ScheduleLosses(g *ir.Graph) {
	grads := make(map[*ir.Value][]*ir.Value)
	for _, v := range g.Values {
		if _, ok := v.Op.(ir.CrossEntropyGrad); ok {
			grads[v.Args[0]] = append(grads[v.Args[0]], v)
		}
	}
	if len(grads) == 0 {
		return
	}
	users, done := usersByID(g), make([]bool, g.Limit())
	order := make([]*ir.Value, 0, len(g.Values))
	var emit func(v *ir.Value)
	emit = func(v *ir.Value) {
		if done[v.ID] {
			return
		}
		for _, a := range v.Args {
			emit(a)
		}
		if done[v.ID] { // as what follows from an argument
			return
		}
		done[v.ID] = true
		order = append(order, v)
		var next []*ir.Value
		switch v.Op.(type) {
		case ir.CrossEntropy:
			next = grads[v.Args[0]]
		case ir.CrossEntropyGrad:
			next = users[v.ID]
		case ir.Reshape:
			if _, ok := v.Args[0].Op.(ir.CrossEntropyGrad); ok {
				next = users[v.ID]
			}
		}
		for _, u := range next {
			if !done[u.ID] && small(u, done) {
				emit(u)
			}
		}
	}
	for _, v := range g.Values {
		emit(v)
	}
	g.Values = order
}

// small reports whether all that v still needs are views, sources, and elementwise values and reductions of few
// numbers.
func small(v *ir.Value, done []bool) bool {
	const few = 64 // values, which bounds the search
	n := 0
	var can func(v *ir.Value) bool
	can = func(v *ir.Value) bool {
		for _, a := range v.Args {
			if done[a.ID] {
				continue
			}
			if n++; n > few {
				return false
			}
			switch a.Op.(type) {
			case ir.Fuser, ir.ReduceSum, ir.TargetWeight:
				if a.Size() > scoresOfChunk/16 {
					return false
				}
			default:
				if !ir.IsView(a.Op) && !ir.IsSource(a.Op) {
					return false
				}
			}
			if !can(a) {
				return false
			}
		}
		return true
	}
	return can(v)
}
