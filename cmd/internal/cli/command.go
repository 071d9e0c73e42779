// Package cli is the command line of iblint: flags, subcommands, streams and
// exit status. What is found and how it is printed is decided elsewhere.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The exit statuses, the same for every command and format.
const (
	// ExitOK says that nothing at or above --fail-on was found.
	ExitOK = 0
	// ExitFindings says that something at or above --fail-on was found.
	ExitFindings = 1
	// ExitUsage says that the command line or the configuration is wrong.
	ExitUsage = 2
	// ExitInput says that some input could not be read or evaluated.
	ExitInput = 3
	// ExitInterrupted says that the run was stopped from outside.
	ExitInterrupted = 130
)

// Command is one run of the program: its streams and its environment.
type Command struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Environ is the environment, as "NAME=VALUE".
	Environ []string
	// Version is the version to report; empty means that of the build.
	Version string
	// Today is the date YYYY-MM-DD by which ignore comments expire; empty means
	// that none does.
	Today string

	// load and judge stand in for the loaders and the rules in tests.
	load  loadFunc
	judge judgeFunc
}

// exitError is an error that decides the exit status. Without a message the
// status has been explained already.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit is a status that needs no further words; nil for success.
func exit(status int) error {
	if status == ExitOK {
		return nil
	}
	return &exitError{status: status}
}

// usageErrorf is an error in how the program was called or configured.
func usageErrorf(format string, args ...any) error {
	return &exitError{status: ExitUsage, err: fmt.Errorf(format, args...)}
}

// Main runs the program with the arguments after its name and returns the exit
// status.
func (c *Command) Main(ctx context.Context, args []string) int {
	root, err := c.rootCommand() //nolint:contextcheck // cobra hands the context to the commands
	if err == nil {
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	if ctx.Err() != nil {
		c.printf("error: interrupted\n")
		return ExitInterrupted
	}
	if err == nil {
		return ExitOK
	}
	if status, ok := errors.AsType[*exitError](err); ok {
		if status.err != nil {
			c.printError(status.err)
		}
		return status.status
	}
	c.printError(err)
	return ExitUsage
}

// printError prints an error of the call itself.
func (c *Command) printError(err error) {
	c.printf("error: %s\n", printable(err.Error()))
}

// printf writes to standard error. That standard error is closed changes
// nothing for the run.
func (c *Command) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(c.Stderr, format, args...)
}

// environment returns the value of a variable.
func (c *Command) environment(name string) string {
	value := ""
	for _, entry := range c.Environ {
		if rest, ok := strings.CutPrefix(entry, name+"="); ok {
			value = rest
		}
	}
	return value
}
