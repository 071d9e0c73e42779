package terraformplan

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

// queue hands out the meanings of unknown values in order.
type queue struct {
	meanings []meaning
	next     int
}

func (q *queue) take() (meaning, bool) {
	if q == nil || q.next >= len(q.meanings) {
		return meaning{}, false
	}
	q.next++
	return q.meanings[q.next-1], true
}

// unknownMeanings finds what the unknown values of an argument mean: one value
// and one reference, or a list of as many unknown items as there are
// references.
func (l *loader) unknownMeanings(inst *instance, p part) *queue {
	n, flat := unknownLeaves(p.unknown, 0)
	if n == 0 || p.written == nil || p.written.ExpressionData == nil || len(p.written.References) == 0 {
		return nil
	}
	meanings := l.meanings(l.frameOf(inst), p.written)
	for i, m := range meanings {
		meanings[i] = l.chosen(m, p.name)
	}
	if _, whole := p.unknown.(bool); !whole && len(meanings) == 1 {
		meanings = listItems(meanings[0])
	}
	if n != len(meanings) || n > 1 && !flat {
		return nil
	}
	return &queue{meanings: meanings}
}

// listItems are the items of a list that the plan also has as a list: those
// that are not known, in their order.
func listItems(m meaning) []meaning {
	if m.instances != nil || m.value.Kind() != graph.KindList {
		return []meaning{m}
	}
	out := make([]meaning, 0, len(m.value.Items()))
	for _, item := range m.value.Items() {
		out = append(out, found(item, m.attribute))
	}
	return out
}

// unknownLeaves counts what is not known, and says whether order tells which
// is which: in a list it does, in an object it does not.
func unknownLeaves(unknown any, depth int) (n int, flat bool) {
	flat = true
	switch u := unknown.(type) {
	case bool:
		if u {
			n = 1
		}
	case []any:
		for _, item := range u {
			k, _ := unknownLeaves(item, depth+1)
			n += k
			if _, plain := item.(bool); !plain && k > 0 {
				flat = false
			}
		}
	case map[string]any:
		flat = false
		for _, item := range u {
			k, _ := unknownLeaves(item, depth+1)
			n += k
		}
	}
	return n, flat
}

// leaf is a value that is known only after apply.
func (l *loader) leaf(inst *instance, p part) graph.Value {
	m, _ := p.meanings.take()
	switch p.source.Kind() {
	case graph.KindInvalid:
	case graph.KindAbsent:
		return graph.Absent() // computed: the sources do not write it
	default:
		if p.source.Kind() != graph.KindUnknown || !m.ok {
			return p.source
		}
	}
	if v, ok := plain(inst, m, p); ok {
		return v
	}
	if p.written == nil && !p.opaque && !isBlockName(p.name) {
		return graph.Absent() // computed: the configuration does not write it
	}
	return graph.UnknownValue(afterApply(inst, p))
}

// plain is the value of a reference where it can be taken for the value of the
// argument as a whole: the plan does not say whether the expression wraps it.
func plain(inst *instance, m meaning, p part) (graph.Value, bool) {
	if !m.ok || m.instances != nil || !suits(m.value, p.name) {
		return graph.Absent(), false
	}
	if whole := !strings.HasSuffix(p.path, "]"); whole && (m.partial || isText(m.value) && isPlural(p.name)) {
		// The whole set is unknown because of one item; constants may be there.
		return withMore(inst, m.value, p), true
	}
	return m.value, true
}

// suits reports whether an argument of a name can hold a value as it is.
func suits(v graph.Value, name string) bool {
	switch {
	case v.IsAbsent():
		return false
	case isText(v):
		return isDocument(v) == wantsDocument(name) && !wrapsNames(name)
	case v.Kind() == graph.KindList:
		return isPlural(name) && !wantsDocument(name) || takesAnything(name)
	case v.Kind() == graph.KindMap:
		return !wantsDocument(name) && !wrapsNames(name)
	}
	return true
}

// takesAnything is true for arguments without a type.
func takesAnything(name string) bool {
	return name == "input" || name == "value" || name == "triggers_replace"
}

// withMore is a list that may have further items.
func withMore(inst *instance, v graph.Value, p part) graph.Value {
	u := afterApply(inst, p)
	u.Reason = "further items of " + p.name + " are not in the plan"
	items := v.Items()
	if v.Kind() != graph.KindList {
		items = []graph.Value{v}
	}
	return graph.List(append(slices.Clip(items), graph.UnknownValue(u))...)
}

func isText(v graph.Value) bool { return v.Parts() != nil }

func isDocument(v graph.Value) bool {
	parts := v.Parts()
	return len(parts) > 0 && parts[0].Unknown == nil && strings.HasPrefix(strings.TrimSpace(parts[0].Literal), "{")
}

// wantsDocument reports whether an argument holds a document rather than
// a name or an identifier.
func wantsDocument(name string) bool {
	switch name {
	case "policy", "assume_role_policy", "inline_policy", "template_body", "data", "content", "definition", "body",
		"document", "user_data", "user_data_base64", "policy_document", "json", "source_policy_documents",
		"override_policy_documents", "source_json", "override_json":
		return true
	}
	return false
}

// wrapsNames reports whether people usually build the argument out of parts, so
// that a single reference tells little.
func wrapsNames(name string) bool {
	switch name {
	case "name", "name_prefix", "description", "path", "prefix", "comment", "message", "command", "script":
		return true
	}
	return false
}

// isPlural reports whether an argument takes several values, by its name.
func isPlural(name string) bool {
	if !strings.HasSuffix(name, "s") {
		return false
	}
	for _, singular := range []string{"ss", "us", "is", "alias"} {
		if strings.HasSuffix(name, singular) {
			return false
		}
	}
	return true
}

// isBlockName reports whether a name is that of nested blocks, which are not
// in the configuration part when they are dynamic.
func isBlockName(name string) bool {
	switch name {
	case "block_device_mapping", "block_device_mappings", "ebs", "component", "workflow", "distribution",
		"ami_distribution_configuration", "launch_permission", "launch_template_configuration",
		"fast_launch_configuration", "ssm_parameter_configuration", "s3_export_configuration", "statement",
		"principals", "not_principals", "condition", "constraints", "image_criterion", "deployment_targets":
		return true
	}
	return false
}

// afterApply is why the value of an argument is not known.
func afterApply(inst *instance, p part) *graph.Unknown {
	u := &graph.Unknown{
		ID:     "attribute(" + inst.resource.ID + "#" + p.path + ")",
		Reason: p.name + " is known after apply",
		Settle: "give the plan beside its Terraform files, or lint the files instead of the plan",
		Range:  inst.resource.Location,
	}
	if p.written != nil && p.written.ExpressionData != nil {
		if references := plainReferences(p.written.References); len(references) > 0 {
			u.Reason += "; it rests on " + strings.Join(unique(references), ", ")
		}
	}
	return u
}

func unique(texts []string) []string {
	seen := map[string]bool{}
	out := make([]string, 0, len(texts))
	for _, text := range texts {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// attribute is the value of an attribute that a reference names.
func (l *loader) attribute(inst *instance, name string) graph.Value {
	if v := toValue(inst.values[name]); !v.IsAbsent() && !anyTrue(fieldOf(inst.unknown, name)) {
		return v
	}
	l.ensure(inst)
	if v, ok := inst.resource.Identity[name]; ok {
		return v
	}
	if v, ok := inst.made[name]; ok {
		return v
	}
	if v := inst.resource.Attributes.Field(name); !v.IsAbsent() {
		return v
	}
	if inst.resource.Type == "terraform_data" && name == "output" {
		return l.attribute(inst, "input")
	}
	if !anyTrue(fieldOf(inst.unknown, name)) {
		return graph.Absent()
	}
	if inst.resource.Type == "aws_iam_policy_document" && (name == "json" || name == "minified_json") {
		if document, ok := policyDocument(inst.resource.Attributes); ok {
			return document
		}
	}
	u := afterApply(inst, part{name: name, path: name})
	u.Reason = inst.resource.Address + "." + name + " is known after apply"
	return graph.UnknownValue(u)
}

// outputs are those of the root module.
func (l *loader) outputs() map[string]graph.Value {
	out := map[string]graph.Value{}
	values := l.doc.values()
	if values == nil {
		return out
	}
	for name, output := range values.Outputs {
		if output == nil {
			continue
		}
		v := l.output(name, output)
		if output.Sensitive {
			v = v.WithSensitive()
		}
		out[name] = v
	}
	return out
}

func (l *loader) output(name string, output *tfjson.StateOutput) graph.Value {
	change := l.doc.OutputChanges[name]
	if change == nil || !anyTrue(change.AfterUnknown) {
		return toValue(output.Value)
	}
	p := part{name: name, path: name, value: output.Value, unknown: change.AfterUnknown, source: l.sources.output(name)}
	if l.root.config != nil && l.root.config.Outputs[name] != nil {
		p.written = l.root.config.Outputs[name].Expression
	}
	at := &instance{scope: l.root, resource: &graph.Resource{ID: l.file, Location: firstLine(l.file)}}
	p.opaque = true
	p.meanings = l.unknownMeanings(at, p)
	v := l.value(at, p)
	if u := v.Unknown(); v.Kind() == graph.KindUnknown && u.ID == "attribute("+l.file+"#"+name+")" {
		named := *u
		named.ID = "output(" + l.file + "#" + name + ")"
		return graph.UnknownValue(&named)
	}
	return v
}
