package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/source"
)

// judgingLimit is the name of the limit of the time that rules may take, and
// defaultJudging its default.
const (
	judgingLimit   = "judging"
	defaultJudging = 5 * time.Minute
)

// errJudging is why the evaluation of the rules was stopped.
var errJudging = errors.New("it took longer than the limit")

// limitFlag is --limit. Limits are set on the command line alone: the
// configuration may come from the people whose templates are judged.
type limitFlag struct {
	reading loaders.Limits
	judging time.Duration
	given   []string
}

// String returns the limits as they were given.
func (l *limitFlag) String() string { return strings.Join(l.given, ",") }

// Type is what the help shows for the value.
func (l *limitFlag) Type() string { return "NAME=VALUE" }

// Set sets one limit.
func (l *limitFlag) Set(text string) error {
	name, value, err := splitPair(text)
	if err != nil {
		return err
	}
	l.given = append(l.given, text)
	if name != judgingLimit {
		if !slices.Contains(limitNames(), name) {
			return fmt.Errorf("there is no limit %q; the limits are %s%s", name, strings.Join(limitNames(), ", "), suggestion(name, limitNames()))
		}
		return l.reading.Set(name, value)
	}
	l.judging, err = time.ParseDuration(value)
	if err != nil || l.judging <= 0 {
		return fmt.Errorf("%s is a duration such as 30s, not %q", judgingLimit, value)
	}
	return nil
}

// limitNames are the names of all limits, sorted.
func limitNames() []string {
	names := append(loaders.LimitNames(), judgingLimit)
	slices.Sort(names)
	return names
}

// fileSize is the size of the largest input, in bytes.
func (l *limitFlag) fileSize() int64 {
	return int64(cmp.Or(l.reading.FileSize, source.DefaultMaxFileSize))
}

// economize lets the collector of garbage work harder before memory passes the
// limit.
func (l *limitFlag) economize() {
	if most := int64(l.reading.Memory); most > 0 && most < debug.SetMemoryLimit(-1) {
		debug.SetMemoryLimit(most)
	}
}

// guarded is a context in which rules may judge; stop has to be called.
func (l *limitFlag) guarded(ctx context.Context) (guarded context.Context, stop func()) {
	limit := cmp.Or(l.judging, defaultJudging)
	timed, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w of %s", errJudging, limit))
	guarded, leave := l.reading.Guarded(timed)
	return guarded, func() {
		leave()
		cancel()
	}
}
