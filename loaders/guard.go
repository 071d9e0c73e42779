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

// ErrTime, ErrReading and ErrMemory are why the reading of a root was stopped.
var (
	ErrTime    = errors.New("reading it took longer than the limit")
	ErrReading = errors.New("reading all roots took longer than the limit")
	ErrMemory  = errors.New("more memory was in use than the limit")
)

// guard stops the reading of a root that takes too long, and of all that are
// being read when too much memory is in use. The roots after them are read, as
// long as there is time and memory.
type guard struct {
	time    time.Duration
	reading time.Duration
	memory  uint64

	mu      sync.Mutex
	running map[int]context.CancelCauseFunc
	next    int
	// full is set while too much memory is in use.
	full bool
}

func newGuard(l Limits) *guard {
	return &guard{
		time: cmp.Or(l.Time, defaultTime), reading: cmp.Or(l.Reading, defaultReading),
		memory:  uint64(max(cmp.Or(l.Memory, defaultMemory), 0)),
		running: map[int]context.CancelCauseFunc{},
	}
}

// do runs a job under guard, unless there is no time or memory left.
func (g *guard) do(ctx context.Context, j job, given supply) (*graph.Graph, hcl.Diagnostics) {
	if err := g.ended(ctx); err != nil {
		return nil, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Not read", Detail: "It was not read any more: " + err.Error() + ".",
			Subject: &hcl.Range{Filename: j.path, Start: hcl.InitialPos, End: hcl.InitialPos},
		}}
	}
	guarded, leave := g.limited(ctx)
	defer leave()
	return j.read(guarded, given)
}

// ended is why nothing more can be read, or nil.
func (g *guard) ended(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	g.mu.Lock()
	full := g.full
	g.mu.Unlock()
	if full && g.over() {
		return g.errMemory()
	}
	return nil
}

// all is a context that ends at the limit of all roots together.
func (g *guard) all(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, g.reading, fmt.Errorf("%w of %s", ErrReading, g.reading))
}

// Guarded is a context that ends when more memory is in use than the limit, for
// what is done with roots that were read; leave has to be called.
func (l *Limits) Guarded(ctx context.Context) (guarded context.Context, leave func()) {
	g := newGuard(*l)
	guarded, cancel := context.WithCancelCause(ctx)
	exit := g.enter(cancel)
	end := g.watch()
	return guarded, func() {
		end()
		exit()
	}
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

// look stops what is running when too much memory is in use.
func (g *guard) look() {
	over := g.over()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.full = over; !over {
		return
	}
	for _, cancel := range g.running {
		cancel(g.errMemory())
	}
}

// over reports whether too much memory is in use, garbage not counted.
func (g *guard) over() bool {
	if inUse() <= g.memory {
		return false
	}
	runtime.GC()
	return inUse() > g.memory
}

func (g *guard) errMemory() error { return fmt.Errorf("%w of %d bytes", ErrMemory, g.memory) }

func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}
