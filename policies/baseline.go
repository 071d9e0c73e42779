package policies

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const baselineVersion = 1

// Baseline is a list of findings that were accepted. The zero value and nil
// accept nothing.
type Baseline struct {
	Findings []Accepted
	index    map[string]bool
}

// Accepted is one finding of a baseline. Only the fingerprint counts; the rest
// is for people who read the file.
type Accepted struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Resource    string `json:"resource"`
	Message     string `json:"message"`
}

type baselineFile struct {
	Version  int        `json:"version"`
	Findings []Accepted `json:"findings"`
}

// NewBaseline accepts all of the given findings, in their order.
func NewBaseline(findings []Finding) *Baseline {
	b := &Baseline{Findings: []Accepted{}}
	for i := range findings {
		f := &findings[i]
		if !b.Has(f.Fingerprint) {
			b.add(Accepted{f.Fingerprint, f.Rule, f.Resource.Address, f.Message})
		}
	}
	return b
}

func (b *Baseline) add(a Accepted) {
	if b.index == nil {
		b.index = map[string]bool{}
	}
	b.index[a.Fingerprint] = true
	b.Findings = append(b.Findings, a)
}

// Has reports whether a finding was accepted.
func (b *Baseline) Has(fingerprint string) bool { return b != nil && b.index[fingerprint] }

// Fixed returns the accepted findings that are not among the given ones.
func (b *Baseline) Fixed(findings []Finding) []Accepted {
	if b == nil {
		return nil
	}
	present := map[string]bool{}
	for i := range findings {
		present[findings[i].Fingerprint] = true
	}
	var out []Accepted
	for _, a := range b.Findings {
		if !present[a.Fingerprint] {
			out = append(out, a)
		}
	}
	return out
}

// Write writes the baseline as a file that ReadBaseline reads.
func (b *Baseline) Write(w io.Writer) error {
	file := baselineFile{Version: baselineVersion, Findings: b.Findings}
	if file.Findings == nil {
		file.Findings = []Accepted{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(file)
}

// ReadBaseline reads what Write wrote. A file of another shape is an error: a
// baseline that is read as empty would hide that it does not apply.
func ReadBaseline(content []byte) (*Baseline, error) {
	var file baselineFile
	d := json.NewDecoder(bytes.NewReader(content))
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("no baseline: %w", err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("baseline has version %d, this iblint reads %d", file.Version, baselineVersion)
	}
	b := &Baseline{}
	for i, a := range file.Findings {
		if a.Fingerprint == "" {
			return nil, fmt.Errorf("finding %d of the baseline has no fingerprint", i+1)
		}
		b.add(a)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the baseline goes on after its end")
	}
	return b, nil
}
