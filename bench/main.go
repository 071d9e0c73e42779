// Command bench makes large inputs and measures whole processes on them, for
// docs/performance.md:
//
//	go run . generate -kind roots -n 150 DIR     writes an input
//	go run . parse DIR                           the floor: reads and parses, nothing else
//	go run . measure -runs 5 -- COMMAND…         CPU time and memory of a command
//	go run . compare DIR                         iblint beside the linters that are installed
package main

import (
	"fmt"
	"os"
)

func main() {
	commands := map[string]func([]string) error{
		"generate": generate, "parse": parse, "measure": measure, "compare": compare,
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: bench generate|parse|measure|compare …")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
