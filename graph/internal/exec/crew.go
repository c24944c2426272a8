package exec

import (
	"runtime"
	"sync/atomic"
	"time"
)

// crew is the workers of a machine beside the goroutine that calls Run. They keep nothing of the machine while they are
// idle, so that a program that nobody uses any more is collected and its crew sent home.
type crew struct {
	size    int           // workers, the caller included
	job     func(w int)   // what worker w is to do in this run
	run     atomic.Uint64 // number of runs started
	arrived atomic.Uint64 // arrivals at barriers, of all workers in all runs
	members []member
	stopped atomic.Bool
}

// member is one worker other than the caller.
type member struct {
	asleep atomic.Bool
	wake   chan struct{}
	_      [64]byte // each on a cache line of its own
}

func newCrew(size int) *crew {
	c := &crew{size: size, members: make([]member, size-1)}
	for i := range c.members {
		c.members[i].wake = make(chan struct{}, 1)
		go c.work(i)
	}
	return c
}

// idle is how long a worker that has nothing to do looks for a new run before it sleeps: longer than what lies between
// two steps of training, and too short to be felt.
const idle = 100 * time.Microsecond

// work is the life of worker i+1.
func (c *crew) work(i int) {
	me := &c.members[i]
	var done uint64
	for {
		c.await(me, done)
		if c.stopped.Load() {
			return
		}
		done++
		c.job(i + 1)
	}
}

// await returns when a run after the given one has started, or the crew has been stopped.
func (c *crew) await(me *member, done uint64) {
	start := time.Now()
	for spin := 1; c.run.Load() == done && !c.stopped.Load(); spin++ {
		if spin%64 != 0 {
			continue
		}
		runtime.Gosched()
		if time.Since(start) < idle {
			continue
		}
		me.asleep.Store(true)
		// A run that started in between may not have seen that this worker sleeps.
		if (c.run.Load() == done && !c.stopped.Load()) || !me.asleep.CompareAndSwap(true, false) {
			<-me.wake
		}
	}
}

// start has every worker do a job; the caller must do its own part, worker 0's.
func (c *crew) start(job func(w int)) {
	c.job = job
	c.run.Add(1)
	c.wakeUp()
}

func (c *crew) wakeUp() {
	for i := range c.members {
		if m := &c.members[i]; m.asleep.CompareAndSwap(true, false) {
			m.wake <- struct{}{}
		}
	}
}

// stop ends the workers.
func (c *crew) stop() {
	c.stopped.Store(true)
	c.wakeUp()
}

// patience is how long a worker spins at a barrier before it sleeps between looks: longer than workers with a core each
// are apart, so that only one whose fellow has lost its core to somebody else gives up its own.
const patience = 200 * time.Microsecond

// barrier returns when all workers have arrived. A worker counts its own barriers from the first run on.
func (c *crew) barrier(count *uint64) {
	*count++
	target := *count * uint64(c.size)
	c.arrived.Add(1)
	var start time.Time
	for spin := 1; c.arrived.Load() < target; spin++ {
		// Yielding lets a worker without a thread of its own come to its barrier.
		switch {
		case spin%256 != 0:
		case start.IsZero():
			start = time.Now()
		case time.Since(start) < patience:
			runtime.Gosched()
		default:
			time.Sleep(patience / 10)
		}
	}
}
