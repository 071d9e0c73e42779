package loaders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// ErrTime and ErrMemory are why the reading of a root was stopped.
var (
	ErrTime   = errors.New("reading it took longer than the limit")
	ErrMemory = errors.New("more memory was in use than the limit")
)

// guard stops the reading of a root that takes too long, and of all that are
// being read when too much memory is in use. The roots after them are read.
type guard struct {
	time   time.Duration
	memory uint64

	mu      sync.Mutex
	running map[int]context.CancelCauseFunc
	next    int
}

func newGuard(l Limits) *guard {
	return &guard{
		time: cmp.Or(l.Time, defaultTime), memory: uint64(max(cmp.Or(l.Memory, defaultMemory), 0)),
		running: map[int]context.CancelCauseFunc{},
	}
}

// do runs a job under guard.
func (g *guard) do(ctx context.Context, j job, given supply) (*graph.Graph, hcl.Diagnostics) {
	guarded, leave := g.limited(ctx)
	defer leave()
	return j(guarded, given)
}

// limited is a context that ends at a limit; leave has to be called.
func (g *guard) limited(ctx context.Context) (guarded context.Context, leave func()) {
	timed, stop := context.WithTimeoutCause(ctx, g.time, fmt.Errorf("%w of %s", ErrTime, g.time))
	guarded, cancel := context.WithCancelCause(timed)
	exit := g.enter(cancel)
	return guarded, func() {
		exit()
		stop()
	}
}

// enter notes what is running until the returned function is called.
func (g *guard) enter(cancel context.CancelCauseFunc) (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := g.next
	g.next++
	g.running[id] = cancel
	return func() {
		cancel(nil)
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.running, id)
	}
}

// lookEvery is the time between two looks at the memory in use.
const lookEvery = 250 * time.Millisecond

// watch looks at the memory in use until the returned function is called.
func (g *guard) watch() (end func()) {
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				g.look()
			}
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}
}

// look stops what is running when too much memory is in use, garbage not
// counted.
func (g *guard) look() {
	if inUse() <= g.memory {
		return
	}
	if runtime.GC(); inUse() <= g.memory {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, cancel := range g.running {
		cancel(fmt.Errorf("%w of %d bytes", ErrMemory, g.memory))
	}
}

func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
