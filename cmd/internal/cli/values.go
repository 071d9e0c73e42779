package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// choice is a flag with a fixed set of values.
type choice struct {
	value   string
	allowed []string
	// placeholder is what the help shows where the values are too many.
	placeholder string
}

// String returns the value.
func (c *choice) String() string { return c.value }

// Type is what the help shows for the value.
func (c *choice) Type() string { return cmp.Or(c.placeholder, strings.Join(c.allowed, "|")) }

// Set takes one of the allowed values.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return fmt.Errorf("must be one of %s%s", strings.Join(c.allowed, ", "), suggestion(value, c.allowed))
	}
	c.value = value
	return nil
}

// pairs is a repeatable flag NAME=VALUE. A later value of a name replaces an
// earlier one.
type pairs struct {
	names  []string
	values map[string]string
}

// String returns the pairs as they were given.
func (p *pairs) String() string {
	out := make([]string, len(p.names))
	for i, name := range p.names {
		out[i] = name + "=" + p.values[name]
	}
	return strings.Join(out, ",")
}

// Type is what the help shows for the value.
func (p *pairs) Type() string { return "NAME=VALUE" }

// Set adds one pair.
func (p *pairs) Set(text string) error {
	name, value, err := splitPair(text)
	if err != nil {
		return err
	}
	if p.values == nil {
		p.values = map[string]string{}
	}
	if _, ok := p.values[name]; !ok {
		p.names = append(p.names, name)
	}
	p.values[name] = value
	return nil
}

func splitPair(text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return "", "", errors.New("must be NAME=VALUE")
	}
	return name, value, nil
}

// words is a repeatable flag with a comma-separated list.
type words struct {
	placeholder string
	list        []string
}

// String returns the list.
func (w *words) String() string { return strings.Join(w.list, ",") }

// Type is what the help shows for the value.
func (w *words) Type() string { return w.placeholder }

// Set adds the words of a list.
func (w *words) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			return errors.New("has an empty element")
		}
		w.list = append(w.list, word)
	}
	return nil
}

// files is a repeatable flag that names a file or folder.
type files struct {
	placeholder string
	list        []string
}

// String returns the files.
func (f *files) String() string { return strings.Join(f.list, ",") }

// Type is what the help shows for the value.
func (f *files) Type() string { return f.placeholder }

// Set adds a file.
func (f *files) Set(name string) error {
	if name == "" {
		return errors.New("must not be empty")
	}
	f.list = append(f.list, name)
	return nil
}
