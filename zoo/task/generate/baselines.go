package generate

import (
	"context"
	"math"

	"github.com/rnnzoo/rnnzoo/internal/args"
	"github.com/rnnzoo/rnnzoo/zoo/task"
)

// Baselines implements task.Task: rivals that have counted up to five million tokens of the training part, as much of it as Limit leaves, and tell the same
// tokens of a part as Evaluate from the two before them in the text, or fewer:
//
//	unigram   how frequent each token is
//	bigram    what follows the token before, with interpolated Kneser–Ney smoothing
//	trigram   what follows the two tokens before, with interpolated Kneser–Ney smoothing
//
// Kneser and Ney 1995; Chen and Goodman 1999.
func (g *Generation) Baselines(ctx context.Context, name task.Part) ([]task.Rival, error) {
	if err := args.Context(ctx); err != nil {
		return nil, err
	}
	if m := g.rivals[name]; m != nil {
		return m, nil
	}
	p, err := g.part(name)
	if err != nil {
		return nil, err
	}
	learnt, err := g.part(task.TrainPart)
	if err != nil {
		return nil, err
	}
	counts, err := newNgrams(g.Writer.size())
	if err != nil {
		return nil, err
	}
	most, texts := g.left(learnt)
	err = learnt.stretches(ctx, most, texts, func(context int, ids []int32) error {
		if context == 0 {
			counts.add(ids)
		} else {
			counts.extend(ids[context:])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	counts.finish()
	names := []string{"unigram", "bigram", "trigram"}
	sums := make([]tally, len(names))
	err = p.stretches(ctx, p.n, nil, func(context int, ids []int32) error {
		for i := context; i < len(ids); i++ {
			for k := range names {
				sums[k].add(nil, 0, math.Log(counts.probability(k+1, ids[max(0, i-2):i], ids[i])), false)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var rivals []task.Rival
	for k, rival := range names {
		rivals = append(rivals, task.Rival{Name: rival, Learns: true, Metrics: sums[k].metrics(p, false)})
	}
	g.rivals[name] = rivals
	return rivals, nil
}

// left returns how many tokens of the training part Limit leaves, and which of its texts if they have an end; nil is all.
func (g *Generation) left(learnt *part) (most int64, texts map[int]bool) {
	switch {
	case g.train == nil || g.n == g.windows(learnt):
		return mostNgramTokens, nil
	case learnt.starts == nil:
		return min(mostNgramTokens, int64(g.n)*g.window()), nil
	}
	texts = make(map[int]bool)
	for e := range g.n {
		texts[int(g.pieces.text[g.piece(e)])] = true
	}
	return mostNgramTokens, texts
}

// stretchTokens is how many tokens are given at once.
const stretchTokens = 1 << 16

// stretches gives the first tokens of a part, most of them at most, text by text, only some of the texts unless these are nil, or
// in stretches of a running or long one. Before those that are given for the first time stand so many of context, up to two of
// the same text.
func (p *part) stretches(ctx context.Context, most int64, texts map[int]bool, do func(context int, ids []int32) error) error {
	buffer := make([]int32, 2+stretchTokens)
	one := func(from, to int64) error {
		before := 0
		for from < to {
			if err := args.Context(ctx); err != nil {
				return err
			}
			n := int(min(to-from, stretchTokens))
			if err := p.read(buffer[before:before+n], from); err != nil {
				return err
			}
			ids := buffer[:before+n]
			if err := do(before, ids); err != nil {
				return err
			}
			from += int64(n)
			before = copy(buffer, ids[max(0, len(ids)-2):])
		}
		return args.Context(ctx)
	}
	if p.starts == nil {
		return one(0, min(p.n, most))
	}
	for i := range len(p.starts) - 1 {
		if p.starts[i] >= most {
			break
		}
		if texts != nil && !texts[i] {
			continue
		}
		if err := one(p.starts[i], p.starts[i+1]); err != nil {
			return err
		}
	}
	return args.Context(ctx)
}
