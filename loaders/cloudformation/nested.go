package cloudformation

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

func (r *resource) isNestedStack() bool {
	return r.typ == "AWS::CloudFormation::Stack" || r.typ == "AWS::Serverless::Application"
}

// bring loads the stacks that a resource stands for.
func (r *resource) bring() {
	if exists, known := r.exists.AsBool(); known && !exists || r.wholly != nil {
		return
	}
	switch {
	case r.isNestedStack():
		r.nestedStack()
	case r.typ == "AWS::CloudFormation::StackSet":
		r.stackSet()
	case isModule(r.typ):
		r.noteModule()
	}
}

// nestedOutput is GetAtt Outputs.NAME of a nested stack.
func (r *resource) nestedOutput(name string) graph.Value {
	nested := r.nestedStack()
	if nested == nil {
		return r.attributeUnknown("Outputs." + name)
	}
	if _, ok := nested.outputNodes[name]; !ok && nested.uncertainNames == nil {
		return r.scope.fail(r.rng, "nested stack "+r.id+" has no output "+name,
			"The template "+nested.file+" does not declare it, so CloudFormation rejects the reference.")
	}
	if v := nested.output(name); !v.IsAbsent() {
		return v
	}
	return r.attributeUnknown("Outputs." + name)
}

// nestedStack is the stack of the local template, nil when there is none. It
// is loaded when something first asks for it.
func (r *resource) nestedStack() *stack {
	if r.nestedDone {
		return r.nested
	}
	r.nestedDone = true
	location := r.property("TemplateURL")
	if r.typ == "AWS::Serverless::Application" {
		location = r.property("Location")
	}
	file, ok := r.templateFile(location)
	if !ok {
		return nil
	}
	content, err := r.read(file)
	if err != nil {
		r.report(location.Range(), "nested template cannot be read", err.Error()+". What the stack "+r.id+" creates is unknown.")
		return nil
	}
	if !r.mayBring(file, location.Range()) {
		return nil
	}
	d, diags := parse(file, content, r.limits, nil, nil)
	r.append(diags)
	if d.root == nil || d.root.kind != objectNode {
		return nil
	}
	nested := r.child(d, file)
	nested.pseudo.plainName = r.generatedName()
	nested.pseudo.stackName = graph.String(nested.pseudo.plainName)
	nested.place(r.pseudo.account, r.pseudo.region, r.root)
	nested.pseudo.partition, nested.pseudo.urlSuffix = r.pseudo.partition, r.pseudo.urlSuffix
	nested.calls = append([]graph.Via{{Message: "nested stack " + r.id, Range: r.rng}}, r.calls...)
	r.nested = nested
	nested.evaluate(r.nestedParameters())
	return nested
}

// child is a stack that this resource brings along, without its place.
func (r *resource) child(d *document, file string) *stack {
	return &stack{
		run: r.run, file: file, base: strings.TrimSuffix(r.address(), r.suffix), suffix: r.suffix, root: r.root, doc: d,
		level: r.level + 1, parent: r.stack, exists: r.existence(), many: r.many,
	}
}

// mayBring checks the limits and that no template contains itself.
func (r *resource) mayBring(file string, rng hcl.Range) bool {
	r.copies++
	switch {
	case r.copies > r.limits.Copies:
		r.report(rng, "too many stacks", "The template brings more stacks than iblint reads; the rest was left out.")
		return false
	case r.level+1 > r.limits.Stacks:
		r.report(rng, "stacks are nested too deeply", "iblint does not follow stacks that are nested this deeply.")
		return false
	}
	for s := r.stack; s != nil; s = s.parent {
		if s.file == file && file != "" {
			r.report(rng, "nested stack contains itself", "The template "+file+" is its own nested stack.")
			return false
		}
	}
	return true
}

// nestedParameters are the parameters that the resource gives.
func (r *resource) nestedParameters() parameterValues {
	out := parameterValues{}
	given := r.property("Parameters")
	for _, field := range given.Fields() {
		out[field.Name] = field.Value
	}
	if given.IsUnknown() {
		return nil
	}
	return out
}

// templateFile finds the local file that a template location means.
func (r *resource) templateFile(location graph.Value) (string, bool) {
	text, known := location.AsString()
	if known && !strings.Contains(text, "://") && text != "" {
		return path.Join(path.Dir(r.file), text), true
	}
	parts := location.Parts()
	if len(parts) > 0 && parts[len(parts)-1].Unknown == nil {
		last := parts[len(parts)-1].Literal
		if file, ok := r.assetFile(path.Base(last)); ok {
			return file, true
		}
	}
	what := describe(location)
	if location.Kind() == graph.KindMap || location.IsAbsent() {
		what = "of an application"
	}
	r.unresolved(graph.Unresolved{
		Resource: r.address(), Property: "TemplateURL",
		Reason: "the nested template " + what + " is not on disk; what the stack creates is not known",
		Settle: "give TemplateURL as the path of a local file, or run iblint on the folder that holds the packaged template (cdk.out)",
		Range:  location.Range(),
	})
	return "", false
}

// stackSetParameters are the parameters of a StackSet: a list of
// {ParameterKey, ParameterValue}; nil when a list is not known.
func stackSetParameters(lists ...graph.Value) parameterValues {
	out := parameterValues{}
	for _, list := range lists {
		if list.IsUnknown() {
			return nil
		}
		for _, item := range list.Items() {
			if name, ok := item.Field("ParameterKey").AsString(); ok {
				out[name] = item.Field("ParameterValue")
			}
		}
	}
	return out
}
