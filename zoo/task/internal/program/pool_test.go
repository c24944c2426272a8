package program

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/errors"
)

// withProcessors has so many processors during a test, which must not be parallel.
func withProcessors(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// TestPoolIsBounded has many goroutines compile and run: no more at a time than there are lanes, none on the lane of
// another.
func TestPoolIsBounded(t *testing.T) {
	withProcessors(t, 3)
	var p Pool[int]
	if p.Lanes() != 3 {
		t.Errorf("%d lanes; want 3", p.Lanes())
	}
	var now, most atomic.Int32
	var lanes sync.Map
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			err := p.Do(t.Context(), func(l *Lane[int]) error {
				if l.memory != Memory/3 {
					t.Errorf("a lane may hold %d bytes; want a third of %d", l.memory, Memory)
				}
				if _, taken := lanes.LoadOrStore(l, true); taken {
					t.Error("a lane is lent twice")
				}
				n := now.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				declared := 0
				program, err := l.Get(i%4, wave(8, 1, &declared))
				if err == nil {
					err = program.Run()
				}
				runtime.Gosched()
				now.Add(-1)
				lanes.Delete(l)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() > 3 || len(p.idle) != 3 {
		t.Errorf("%d lanes were lent at a time, and %d are back; want at most 3, and 3", most.Load(), len(p.idle))
	}
}

// TestPoolFirstComeFirstServed queues for lanes that are all lent.
func TestPoolFirstComeFirstServed(t *testing.T) {
	withProcessors(t, 2)
	synctest.Test(t, func(t *testing.T) {
		var p Pool[int]
		release := make(chan struct{})
		for range p.Lanes() {
			go p.Do(t.Context(), func(*Lane[int]) error { <-release; return nil })
		}
		synctest.Wait()
		const waiting = 10
		var served []int
		for i := range waiting {
			go p.Do(t.Context(), func(*Lane[int]) error { served = append(served, i); <-release; return nil })
			synctest.Wait()
		}
		if len(served) != 0 {
			t.Errorf("%v are served while all lanes are lent", served)
		}
		for range waiting + p.Lanes() {
			release <- struct{}{}
			synctest.Wait()
		}
		if len(served) != waiting || !slices.IsSorted(served) {
			t.Errorf("they are served in the order %v", served)
		}
	})
}

// TestPoolEnds ends contexts before a lane is lent, while one waits, and within the jobs of Each.
func TestPoolEnds(t *testing.T) {
	withProcessors(t, 2)
	synctest.Test(t, func(t *testing.T) {
		var p Pool[int]
		ended, end := context.WithCancel(t.Context())
		end()
		never := func(*Lane[int]) error { t.Error("a lane is lent for a context that has ended"); return nil }
		for range 20 { // a choice between two ways is made at random
			for name, err := range map[string]error{
				"do": p.Do(ended, never), "warm": p.Warm(ended, never),
				"each": p.Each(ended, 5, func(*Lane[int], int) error { return never(nil) }),
			} {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: error %v", name, err)
				}
			}
		}

		release := make(chan struct{})
		for range p.Lanes() {
			go p.Do(t.Context(), func(*Lane[int]) error { <-release; return nil })
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 4)
		go func() { got <- p.Do(ctx, never) }()
		go func() { got <- p.Warm(ctx, never) }()
		go func() { got <- p.Warm(ctx, never) }() // which waits for the other one
		go func() { got <- p.Each(ctx, 5, func(*Lane[int], int) error { return never(nil) }) }()
		synctest.Wait()
		cancel()
		for range 4 {
			if err := <-got; !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
		}
		close(release)
		synctest.Wait()

		ctx, cancel = context.WithCancel(t.Context())
		var done atomic.Int32
		err := p.Each(ctx, 50, func(_ *Lane[int], job int) error {
			done.Add(1)
			switch {
			case job == 5:
				cancel()
			case job > 5: // waits until nobody runs: job 5 may be slower than all that follow
				time.Sleep(time.Nanosecond)
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || done.Load() > 5+2+1 {
			t.Errorf("%d jobs, error %v", done.Load(), err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		warmed := 0
		if err := p.Warm(ctx, func(*Lane[int]) error { warmed++; cancel(); return nil }); !errors.Is(err, context.Canceled) || warmed != 1 {
			t.Errorf("%d lanes are warmed after the end, error %v", warmed, err)
		}
		if len(p.idle) != p.Lanes() {
			t.Errorf("%d of %d lanes are back", len(p.idle), p.Lanes())
		}
	})
}

// TestPoolEach does each job once, and after an error no more.
func TestPoolEach(t *testing.T) {
	withProcessors(t, 3)
	var p Pool[int]
	for _, n := range []int{0, 1, 2, 3, 40} {
		done := make([]atomic.Int32, n)
		if err := p.Each(t.Context(), n, func(_ *Lane[int], job int) error { done[job].Add(1); return nil }); err != nil {
			t.Error(err)
		}
		for job := range done {
			if done[job].Load() != 1 {
				t.Errorf("job %d of %d is done %d times", job, n, done[job].Load())
			}
		}
	}
	first, later := errors.New("first"), errors.New("later")
	synctest.Test(t, func(t *testing.T) {
		var p Pool[int]
		var begun atomic.Int32
		err := p.Each(t.Context(), 40, func(_ *Lane[int], job int) error {
			if begun.Add(1); job == 1 {
				synctest.Wait() // until the others have begun
				return first
			}
			time.Sleep(time.Second) // until that is known
			return later
		})
		if err != first || begun.Load() != 3 {
			t.Errorf("%d jobs are begun, error %v; want 3 and the first error", begun.Load(), err)
		}
	})
}

// TestPoolWarms warms from several goroutines while others use lanes: every lane is warmed by each, and all come to an end.
func TestPoolWarms(t *testing.T) {
	withProcessors(t, 3)
	var p Pool[int]
	var all sync.WaitGroup
	for key := range 4 {
		all.Go(func() {
			seen := make(map[*Lane[int]]bool)
			declared := 0
			err := p.Warm(t.Context(), func(l *Lane[int]) error {
				seen[l] = true
				_, err := l.Get(key, wave(8, 1, &declared))
				return err
			})
			if err != nil || len(seen) != 3 || declared != 3 {
				t.Errorf("%d lanes and %d compilations, %v; want 3", len(seen), declared, err)
			}
		})
		all.Go(func() {
			for range 20 {
				if err := p.Do(t.Context(), func(*Lane[int]) error { runtime.Gosched(); return nil }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	broken := errors.New("broken")
	warmed := 0
	if err := p.Warm(t.Context(), func(*Lane[int]) error { warmed++; return broken }); err != broken || warmed != 1 || len(p.idle) != 3 {
		t.Errorf("after an error %d lanes are warmed and %d are back, %v", warmed, len(p.idle), err)
	}
}
