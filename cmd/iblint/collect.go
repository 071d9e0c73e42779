package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// firstCollection is how much memory is in use before garbage is collected for
// the first time. Most runs end before.
const firstCollection = 64 << 20

// collectLater puts off the first collection, unless GOGC or GOMEMLIMIT say
// how garbage is to be collected. From the first one on all is as usual.
func collectLater() {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(firstCollection)
	usual := func(struct{}) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
	if percent != 100 || limit != math.MaxInt64 {
		usual(struct{}{})
		return
	}
	runtime.AddCleanup(new([16]byte), usual, struct{}{})
}
