package loaders

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/terraform"
)

// Limits bound what reading may cost. A zero field means the default. Whatever
// passes a limit is reported with its place; other roots are read all the same.
type Limits struct {
	// FileSize is the size of the largest file that is read, in bytes.
	FileSize int
	// Nesting is how deeply values and expressions may be nested.
	Nesting int
	// Instances is how many instances one count, for_each, dynamic block or
	// Fn::ForEach may make.
	Instances int
	// Modules is how many module instances or nested stacks a root may bring,
	// ModuleDepth how deeply they may be nested.
	Modules     int
	ModuleDepth int
	// Text is how long a string may become, in bytes, Items how many elements a
	// collection may hold, and Values how many values there may be in one.
	Text   int
	Items  int
	Values int
	// Steps is how many operations the evaluation of a Terraform root may take.
	Steps int
	// Time is how long reading one root may take, Reading how long all of them.
	Time    time.Duration
	Reading time.Duration
	// Memory is how many bytes of memory may be in use.
	Memory int
}

const (
	defaultTime    = time.Minute
	defaultReading = 10 * time.Minute
	defaultMemory  = 4 << 30
)

// numbers are the limits that are numbers, by the name that people give them.
func (l *Limits) numbers() map[string]*int {
	return map[string]*int{
		"file-size": &l.FileSize, "nesting": &l.Nesting, "instances": &l.Instances, "modules": &l.Modules,
		"module-depth": &l.ModuleDepth, "text": &l.Text, "items": &l.Items, "values": &l.Values, "steps": &l.Steps, "memory": &l.Memory,
	}
}

// durations are the limits that are durations, by name.
func (l *Limits) durations() map[string]*time.Duration {
	return map[string]*time.Duration{"time": &l.Time, "reading": &l.Reading}
}

// LimitNames are the names of the limits, sorted.
func LimitNames() []string {
	l := &Limits{}
	names := append(sortedKeys(l.numbers()), sortedKeys(l.durations())...)
	slices.Sort(names)
	return names
}

// Set sets a limit by its name: a number above zero, or a duration such as 30s.
func (l *Limits) Set(name, value string) error {
	if field, ok := l.durations()[name]; ok {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return fmt.Errorf("%s is a duration such as 30s, not %q", name, value)
		}
		*field = d
		return nil
	}
	field, ok := l.numbers()[name]
	if !ok {
		return fmt.Errorf("there is no limit %q", name)
	}
	n, err := strconv.Atoi(value)
	if err != nil || n <= 0 {
		return fmt.Errorf("%s is a whole number above zero, not %q", name, value)
	}
	*field = n
	return nil
}

func (l *Limits) terraform() terraform.Limits {
	return terraform.Limits{
		FileSize: l.FileSize, ExpressionDepth: l.Nesting, Nesting: l.Nesting, Instances: l.Instances, TotalInstances: 10 * l.Instances,
		ModuleDepth: l.ModuleDepth, Modules: l.Modules, Text: l.Text, TotalText: 64 * l.Text,
		Items: l.Items, Leaves: l.Values, TotalBlocks: 25 * l.Instances, Steps: l.Steps,
	}
}

func (l *Limits) cloudFormation() cloudformation.Limits {
	return cloudformation.Limits{
		Depth: l.Nesting, Nodes: l.Values, Expansion: l.Instances, String: l.Text, Items: l.Items, Stacks: l.ModuleDepth, Copies: l.Modules,
	}
}
