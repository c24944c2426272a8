package program

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/rnnzoo/rnnzoo/graph"
	"github.com/rnnzoo/rnnzoo/internal/args"
)

// Pool lends lanes to any number of goroutines: as many at a time as there are processors when the first is lent, since
// more would only take turns, and to who has waited the longest first. The programs of each run on one processor and hold
// their share of Memory. The zero value is ready.
type Pool[K comparable] struct {
	once    sync.Once
	idle    chan *Lane[K]
	warming chan struct{} // has room for one who warms, or two would wait for each other's lanes
}

// lanes returns the channel of lanes that nobody has.
func (p *Pool[K]) lanes() chan *Lane[K] {
	p.once.Do(func() {
		n := runtime.GOMAXPROCS(0)
		p.idle, p.warming = make(chan *Lane[K], n), make(chan struct{}, 1)
		for range n {
			l := NewLane[K](graph.Threads(1), graph.FixedParams())
			l.memory = Memory / n
			p.idle <- l
		}
	})
	return p.idle
}

// Lanes returns how many lanes there are.
func (p *Pool[K]) Lanes() int { return cap(p.lanes()) }

// Do lends a lane to do, for as long as that takes. It waits for one until the context ends.
func (p *Pool[K]) Do(ctx context.Context, do func(*Lane[K]) error) error {
	if err := args.Context(ctx); err != nil {
		return err
	}
	idle := p.lanes()
	select {
	case l := <-idle:
		defer func() { idle <- l }()
		return do(l)
	case <-ctx.Done():
		return errors.WithStack(ctx.Err())
	}
}

// Each does n jobs on as many lanes as there are, each job on one that it is lent for it. After an error no more jobs are
// begun, and it is returned.
func (p *Pool[K]) Each(ctx context.Context, n int, do func(l *Lane[K], job int) error) error {
	if err := args.Context(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	work := func() {
		for {
			job := int(next.Add(1)) - 1
			if job >= n || ctx.Err() != nil {
				return
			}
			if err := p.Do(ctx, func(l *Lane[K]) error { return do(l, job) }); err != nil {
				stop(err)
			}
		}
	}
	var others sync.WaitGroup
	for range min(n, cap(p.lanes())) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return context.Cause(ctx)
}

// Warm has every lane do something, such as compile a program, one after the other. It waits until nobody has one, or the
// context ends.
func (p *Pool[K]) Warm(ctx context.Context, do func(*Lane[K]) error) error {
	if err := args.Context(ctx); err != nil {
		return err
	}
	idle := p.lanes()
	select {
	case p.warming <- struct{}{}:
		defer func() { <-p.warming }()
	case <-ctx.Done():
		return errors.WithStack(ctx.Err())
	}
	all := make([]*Lane[K], 0, cap(idle))
	defer func() {
		for _, l := range all {
			idle <- l
		}
	}()
	for range cap(idle) {
		select {
		case l := <-idle:
			all = append(all, l)
		case <-ctx.Done():
			return errors.WithStack(ctx.Err())
		}
	}
	for _, l := range all {
		if err := ctx.Err(); err != nil {
			return errors.WithStack(err)
		}
		if err := do(l); err != nil {
			return err
		}
	}
	return nil
}
