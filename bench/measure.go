package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"syscall"
	"time"
)

// sample is what one run cost.
type sample struct {
	cpu    time.Duration
	wall   time.Duration
	memory int64 // KiB at the peak
	exit   int
	output int
}

// measure runs a command several times and prints the cheapest run and the
// median.
func measure(args []string) error {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	runs := flags.Int("runs", 5, "number of runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("measure needs a command")
	}
	samples, err := sampleRuns(*runs, flags.Args())
	if err != nil {
		return err
	}
	best, median := samples[0], samples[len(samples)/2]
	fmt.Printf("cpu min %.3f s, median %.3f s, wall %.3f s, memory %.1f MiB, exit %d, output %d bytes\n",
		best.cpu.Seconds(), median.cpu.Seconds(), best.wall.Seconds(), float64(best.memory)/1024, best.exit, best.output)
	return nil
}

// sampleRuns returns the samples, cheapest first.
func sampleRuns(runs int, command []string) ([]sample, error) {
	var samples []sample
	for range runs {
		s, err := run(command)
		if err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
	sort.Slice(samples, func(i, j int) bool { return samples[i].cpu < samples[j].cpu })
	return samples, nil
}

func run(command []string) (sample, error) {
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return sample{}, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return sample{}, errors.New("this system does not say what a process used")
	}
	s := sample{
		cpu:    cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		wall:   time.Since(start),
		memory: usage.Maxrss,
		exit:   cmd.ProcessState.ExitCode(),
		output: output.Len(),
	}
	return s, nil
}

// compare runs iblint and every other linter that is installed on one folder.
func compare(args []string) error {
	if len(args) != 1 {
		return errors.New("compare needs a folder")
	}
	dir := args[0]
	policy, err := emptyPolicy()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(policy) }()
	commands := [][]string{
		{"iblint", dir},
		{"trivy", "config", "-q", dir},
		{"tflint", "--chdir", dir, "--recursive"},
		{"conftest", "test", "--policy", policy, dir},
		{"checkov", "--quiet", "--compact", "-d", dir},
		{"cfn-lint", dir + "/**/*.yaml"},
		{"grep", "-rl", "imagebuilder", dir},
	}
	for _, command := range commands {
		if _, err := exec.LookPath(command[0]); err != nil {
			fmt.Printf("%-10s not installed\n", command[0])
			continue
		}
		samples, err := sampleRuns(5, command)
		if err != nil {
			return err
		}
		median := samples[len(samples)/2]
		fmt.Printf("%-10s cpu median %.3f s, memory %.1f MiB, exit %d\n",
			command[0], median.cpu.Seconds(), float64(median.memory)/1024, median.exit)
	}
	return nil
}

// emptyPolicy is a folder with a policy that denies nothing: conftest then
// parses, and does nothing else.
func emptyPolicy() (string, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", err
	}
	const source = "package main\n\ndeny contains \"\" if false\n"
	return dir, os.WriteFile(filepath.Join(dir, "main.rego"), []byte(source), 0o600)
}
