package cloudformation

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

func (s scope) ref(n *node, rng hcl.Range) graph.Value {
	name, ok := s.name(n)
	if !ok {
		if s.extensions && n.kind == objectNode {
			if name, ok = s.eval(n).AsString(); ok {
				return s.reference(name, rng)
			}
		}
		return s.fail(rng, "Ref needs a name", "Ref takes the name of a parameter or a resource as a string.")
	}
	return s.reference(name, rng)
}

// reference is what Ref NAME evaluates to.
func (s scope) reference(name string, rng hcl.Range) graph.Value {
	if value, ok := s.variable(name); ok {
		return value.WithRange(rng)
	}
	if strings.HasPrefix(name, "AWS::") {
		value, ok := s.pseudoParameter(name)
		if !ok {
			return s.fail(rng, "unknown pseudo parameter "+name, "CloudFormation has no pseudo parameter of this name.")
		}
		return placed(value, rng, nil)
	}
	if p, ok := s.parameters[name]; ok {
		return result(p.value, rng)
	}
	if r := s.resource(name); r != nil {
		if s.removed(r, rng) {
			return s.invalid(rng)
		}
		return r.ref().WithRange(rng)
	}
	return s.undeclared(name, rng, "The template has no parameter and no resource of this name, so CloudFormation rejects it.")
}

// undeclared is a name that the template does not declare: an error, unless
// something that was not run may make it.
func (s scope) undeclared(name string, rng hcl.Range, detail string) graph.Value {
	if u := s.generated(name); u != nil {
		return graph.UnknownValue(u).WithRange(rng)
	}
	if s.uncertainNames != nil {
		return graph.UnknownValue(s.uncertainNames).WithRange(rng)
	}
	return s.fail(rng, "unresolved reference to "+name, detail)
}

// removed reports a reference to a resource whose condition is false.
func (s scope) removed(r *resource, rng hcl.Range) bool {
	if exists, known := r.exists.AsBool(); !known || exists {
		return false
	}
	s.report(rng, "reference to "+r.id+", which is not created",
		"The condition of the resource is false, so CloudFormation cannot resolve the reference.")
	return true
}

func (s scope) getAtt(n *node, rng hcl.Range) graph.Value {
	if n.kind == scalarNode {
		if text, ok := s.name(n); ok {
			if resource, attribute, dotted := strings.Cut(text, "."); dotted {
				return s.attribute(resource, attribute, rng)
			}
		}
		return s.fail(rng, "Fn::GetAtt needs a resource and an attribute", "Write Resource.Attribute, or a list of the two.")
	}
	if n.kind != listNode || len(n.items) < 2 {
		return s.fail(rng, "Fn::GetAtt needs a resource and an attribute", "Write Resource.Attribute, or a list of the two.")
	}
	resource, ok := s.name(n.items[0])
	if !ok {
		resource, ok = s.eval(n.items[0]).AsString()
	}
	if !ok {
		return s.fail(rng, "Fn::GetAtt needs the name of a resource", "The first part of Fn::GetAtt must be a string.")
	}
	return s.attributeOf(resource, n.items[1:], rng)
}

// attributeOf takes the attribute as a string, in pieces, or computed.
func (s scope) attributeOf(resource string, rest []*node, rng hcl.Range) graph.Value {
	values := make([]graph.Value, len(rest))
	for i, n := range rest {
		values[i] = s.eval(n)
	}
	return s.lift(values, func(values []graph.Value) graph.Value {
		names := make([]string, len(values))
		for i, v := range values {
			text, known := v.AsString()
			if !known {
				return derived("attribute", v.Unknown(), rng, append(values, graph.String(resource))...)
			}
			names[i] = text
		}
		return s.attribute(resource, strings.Join(names, "."), rng)
	})
}

// attribute is what Fn::GetAtt evaluates to.
func (s scope) attribute(name, attribute string, rng hcl.Range) graph.Value {
	r := s.resource(name)
	if r == nil {
		return s.undeclared(name, rng, "The template has no resource of this name, so CloudFormation rejects it.")
	}
	if s.removed(r, rng) {
		return s.invalid(rng)
	}
	value, ok := r.attribute(attribute)
	if !ok {
		return s.fail(rng, r.typ+" has no attribute "+attribute,
			"CloudFormation rejects Fn::GetAtt of "+name+"."+attribute+".")
	}
	return result(value, rng)
}

var resolvePattern = regexp.MustCompile(`\{\{resolve:[^{}]*\}\}`)

// dynamicReferences makes the dynamic references of a string unknown parts.
// They are read after functions have made the string, so one may consist of
// several pieces.
func (s scope) dynamicReferences(v graph.Value, rng hcl.Range) graph.Value {
	begins := func(part graph.Part) bool { return strings.Contains(part.Literal, "{{resolve:") }
	if !slices.ContainsFunc(v.Parts(), begins) {
		return v
	}
	whole := encodeBody(v)
	text := string(whole.bytes)
	written := func(from, to int) graph.Value {
		out := decodeTokens(text[from:to], whole.unknowns)
		if !v.HasInner() {
			return out
		}
		start := whole.known(from)
		return out.WithInner(func(from, to int) hcl.Range { return v.Inner(start+from, start+to) })
	}
	var pieces []graph.Value
	last := 0
	for _, match := range resolvePattern.FindAllStringIndex(text, -1) {
		name := decodeTokens(text[match[0]+2:match[1]-2], whole.unknowns)
		at := v.Inner(whole.known(match[0]), whole.known(match[1]))
		pieces = append(pieces, written(last, match[0]), s.dynamicReference(name, rng).WithRange(at))
		last = match[1]
	}
	return concatPlaced(rng, append(pieces, written(last, len(text)))...)
}

// dynamicReference is the value of a dynamic reference, given as the text
// between its braces.
func (s scope) dynamicReference(reference graph.Value, rng hcl.Range) graph.Value {
	text, known := reference.AsString()
	if !known {
		return derived("resolve", reference.Unknown(), rng, reference)
	}
	if value, ok := s.options.Parameters[text]; ok {
		return graph.String(value)
	}
	if name, ok := strings.CutPrefix(text, "resolve:ssm:"); ok {
		return graph.UnknownValue(systemsManagerUnknown(name, rng))
	}
	return graph.UnknownValue(&graph.Unknown{
		ID: "{{" + text + "}}", Reason: "{{" + text + "}} is read when the stack is deployed",
		Settle: "--parameter '" + text + "=VALUE'", Range: rng,
	})
}

// systemsManagerUnknown is a value that Systems Manager holds. A public
// parameter below /aws/service names an image of Amazon's.
func systemsManagerUnknown(name string, rng hcl.Range) *graph.Unknown {
	return &graph.Unknown{
		ID:     "ssm(" + name + ")",
		Reason: "resolve:ssm:" + name + " is read from Systems Manager when the stack is deployed",
		Settle: "--parameter resolve:ssm:" + name + "=VALUE",
		Range:  rng,
	}
}
