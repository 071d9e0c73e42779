package cli

import (
	"fmt"
	"sync"
	"time"
)

// progressDelay is how long a run may take before it says what it does.
const progressDelay = time.Second

// progress is a line on the terminal that a long run shows and takes away.
type progress struct {
	command *Command
	mu      sync.Mutex
	shown   bool
	ended   bool
	timer   *time.Timer
}

// startProgress shows a line on standard error once the run takes longer than a
// second, if that is a terminal that can take it away again and the run is not quiet.
func (c *Command) startProgress(g *general, text string) *progress {
	p := &progress{command: c}
	if _, terminal := terminalWidth(c.Stderr); !terminal || g.quiet || c.environment("TERM") == "dumb" {
		return p
	}
	p.timer = time.AfterFunc(progressDelay, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.ended {
			p.shown = true
			c.printf("iblint: %s…", text)
		}
	})
	return p
}

// end takes the line away. It may be called more than once.
func (p *progress) end() {
	if p.timer == nil {
		return
	}
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && !p.ended {
		_, _ = fmt.Fprint(p.command.Stderr, "\r\x1b[K")
	}
	p.ended = true
}
