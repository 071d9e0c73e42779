package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// result is what a rule returned, with its shape checked.
type result struct {
	slug     string
	verdict  Verdict
	message  string
	resource string
	property string
	related  []relatedResult
	jobs     []Job
	missing  []string
	severity Severity
	fix      string
	reason   string
	settle   string
	edits    []editResult
}

type relatedResult struct {
	message  string
	resource string
	property string
}

// reader takes an object apart and remembers the first thing that was wrong.
type reader struct {
	object map[string]any
	path   string
	err    error
}

func (r *reader) fail(key, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s%s: %s", r.path, key, fmt.Sprintf(format, args...))
	}
}

// text reads a string; a value that is not known reads as its known parts.
func (r *reader) text(key string) string {
	value, ok := r.object[key]
	if !ok || value == nil {
		return ""
	}
	s, ok := words(value)
	if !ok {
		r.fail(key, "%v is no string", value)
	}
	return s
}

func (r *reader) required(key string) string {
	if _, ok := r.object[key]; !ok {
		r.fail(key, "is missing")
	}
	return r.text(key)
}

func (r *reader) list(key string) []any {
	value, ok := r.object[key]
	if !ok {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		r.fail(key, "%v is no list", value)
	}
	return list
}

func (r *reader) objects(key string, read func(*reader)) {
	for i, item := range r.list(key) {
		inner := &reader{path: fmt.Sprintf("%s%s[%d].", r.path, key, i)}
		object, ok := item.(map[string]any)
		if !ok {
			r.fail(key, "%v is no object", item)
			return
		}
		inner.object = object
		if read(inner); inner.err != nil && r.err == nil {
			r.err = inner.err
		}
	}
}

func (r *reader) onlyKeys(known ...string) {
	for _, key := range slices.Sorted(maps.Keys(r.object)) {
		if !slices.Contains(known, key) {
			r.fail(key, "is not one of %s", strings.Join(known, ", "))
		}
	}
}

// words is a value as a message has it: a string, or of a value that is not
// known what is known of it.
func words(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case fmt.Stringer: // json.Number
		return value.String(), true
	case map[string]any:
		parts, ok := value["$parts"].([]any)
		if !ok {
			_, unknown := value["$unknown"]
			return "", unknown
		}
		var b strings.Builder
		for _, part := range parts {
			s, ok := part.(string)
			if !ok {
				s = "…"
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}

// readResult checks one element of the findings. An unknown or missing key is
// an error: a finding that cannot be read must not be lost.
func readResult(value any) (result, error) {
	object, ok := value.(map[string]any)
	if !ok {
		return result{}, fmt.Errorf("a finding is no object: %v", value)
	}
	r := &reader{object: object}
	r.onlyKeys("rule", "verdict", "message", "resource", "property", "related", "jobs", "missing", "severity",
		"fix", "reason", "settle", "subject", "edits")
	out := result{
		slug: r.required("rule"), verdict: Verdict(r.required("verdict")), message: r.required("message"),
		resource: r.required("resource"), property: r.text("property"), severity: Severity(r.text("severity")),
		fix: r.text("fix"), reason: r.text("reason"), settle: r.text("settle"),
	}
	out.readLists(r)
	if out.verdict != Violation && out.verdict != Unknown {
		r.fail("verdict", "%q is neither violation nor unknown", out.verdict)
	}
	if _, err := ParseSeverity(string(out.severity)); out.severity != "" && err != nil {
		r.fail("severity", "%v", err)
	}
	if out.message == "" {
		r.fail("message", "is empty")
	}
	if r.err != nil {
		return result{}, fmt.Errorf("rule %s returned a finding with a wrong %w", out.slug, r.err)
	}
	return out, nil
}

func (out *result) readLists(r *reader) {
	r.objects("related", func(r *reader) {
		r.onlyKeys("message", "resource", "property")
		out.related = append(out.related, relatedResult{
			message: r.required("message"), resource: r.required("resource"), property: r.text("property"),
		})
	})
	r.objects("jobs", func(r *reader) {
		r.onlyKeys("source_account", "target_account", "region", "pipeline")
		out.jobs = append(out.jobs, Job{
			SourceAccount: r.text("source_account"), TargetAccount: r.text("target_account"),
			Region: r.text("region"), PipelineID: r.text("pipeline"),
		})
	})
	r.objects("edits", func(r *reader) { out.edits = append(out.edits, readEdit(r)) })
	for _, item := range r.list("missing") {
		permission, ok := item.(string)
		if !ok {
			r.fail("missing", "%v is no string", item)
		}
		out.missing = append(out.missing, permission)
	}
	slices.Sort(out.missing)
	out.missing = slices.Compact(out.missing)
}
