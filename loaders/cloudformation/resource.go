package cloudformation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// resource is a resource that a template declares. Its properties are
// evaluated when something asks for them, because resources refer to each
// other's.
type resource struct {
	*stack
	id    string
	node  *node
	scope scope
	typ   string
	rng   hcl.Range
	// exists is a truth value, or a choice of them.
	exists graph.Value
	many   *graph.Unknown
	// wholly is why nothing of the resource is certain: a macro runs over it or
	// over the template.
	wholly *graph.Unknown

	properties *node
	memo       map[string]graph.Value
	busy       map[string]bool
	complete   *graph.Value
	identities map[string]graph.Value
	emitted    *graph.Resource
	nested     *stack
	nestedDone bool
	// circular is set when the resource is part of a circle of dependencies.
	circular bool
}

func (s *stack) declareResource(m scoped) {
	if m.value.kind != objectNode {
		s.report(m.value.rng, "resource is not an object", "The resource was left out.")
		return
	}
	r := &resource{
		stack: s, id: m.name, node: m.value, scope: m.scope, many: m.many, exists: graph.Bool(true), wholly: s.wholly,
		rng: hcl.Range{Filename: m.nameRange.Filename, Start: m.nameRange.Start, End: m.value.rng.End},
	}
	if m.nameRange.Filename != m.value.rng.Filename {
		r.rng = m.value.rng
	}
	if s.declared++; s.declared > 2*s.limits.Expansion {
		s.report(startOf(s.options.Root), "too many resources in all stacks",
			"The template and its stacks have more than the "+strconv.Itoa(2*s.limits.Expansion)+" resources that iblint reads; the rest was left out.")
		return
	}
	r.expandTransform()
	var ok bool
	if r.typ, ok = m.scope.name(r.node.member("Type")); !ok {
		if r.wholly == nil {
			s.report(m.nameRange, "resource "+m.name+" has no type", "CloudFormation requires a Type; the resource was left out.")
		}
		return
	}
	if r.many == nil {
		r.many = s.many
	}
	if n := r.node.member("Condition"); n != nil {
		if name, ok := m.scope.name(n); ok {
			r.exists = s.judged(name, n.rng)
		} else {
			r.exists = m.scope.fail(n.rng, "condition of a resource is not a name", "Condition takes the name of a condition.")
		}
	}
	r.properties = r.node.member("Properties")
	s.checkResource(r)
	s.addResource(r)
}

// expandTransform puts in what a transform beside the type of the resource
// includes.
func (r *resource) expandTransform() {
	i := slices.IndexFunc(r.node.entries, func(e entry) bool { return e.name == "Fn::Transform" })
	if i < 0 {
		return
	}
	included, unknown := r.scope.transform(r.node.entries[i])
	if unknown != nil {
		r.wholly = unknown
	}
	expanded := *r.node
	expanded.entries = slices.Delete(slices.Clone(r.node.entries), i, i+1)
	for _, m := range included {
		if expanded.member(m.name) == nil {
			expanded.entries = append(expanded.entries, entry{name: m.name, nameRange: m.nameRange, value: m.value})
		}
	}
	r.node = &expanded
}

func (s *stack) addResource(r *resource) {
	s.resources[r.id] = r
	s.resourceNames = append(s.resourceNames, r.id)
}

// resource returns a declared resource, nil when there is none.
func (s *stack) resource(name string) *resource { return s.resources[name] }

func (r *resource) address() string { return r.stack.address(r.id) }

// plain reports whether the properties are an object whose members are all
// written in it.
func (r *resource) plain() bool {
	name, _ := functionOf(r.properties)
	return r.properties != nil && r.properties.kind == objectNode && name == "" && !needsExpansion(r.properties)
}

// property evaluates one property.
func (r *resource) property(name string) graph.Value {
	if r.wholly != nil {
		return graph.UnknownValue(r.wholly)
	}
	if v, ok := r.memo[name]; ok {
		return v
	}
	if r.properties == nil || r.properties.isNull() {
		return graph.Absent()
	}
	if !r.plain() {
		if all := r.all(); all.Kind() != graph.KindMap {
			return all
		}
		return r.all().Field(name)
	}
	n := r.properties.member(name)
	if n == nil {
		return graph.Absent()
	}
	if r.busy[name] {
		return r.circle(n.rng)
	}
	r.enter(name)
	v := r.evalProperty(name, n)
	r.leave(name)
	if r.memo == nil {
		r.memo = map[string]graph.Value{}
	}
	r.memo[name] = v
	return v
}

// evalProperty evaluates a property. A template within the template is not for
// this stack to evaluate.
func (r *resource) evalProperty(name string, n *node) graph.Value {
	if name == "TemplateBody" && r.typ == "AWS::CloudFormation::StackSet" && isPlainObject(n) {
		return n.literal()
	}
	return r.scope.eval(n)
}

// enter and leave mark what is being evaluated, to notice circles.
func (r *resource) enter(name string) {
	if r.busy == nil {
		r.busy = map[string]bool{}
	}
	r.busy[name] = true
}

func (r *resource) leave(name string) { delete(r.busy, name) }

func (r *resource) circle(rng hcl.Range) graph.Value {
	if r.circular {
		return r.scope.invalid(rng) // reported already
	}
	return r.scope.fail(rng, "circular dependency at resource "+r.id,
		"The resource refers to itself, directly or through others, so CloudFormation rejects the template.")
}

// all evaluates all properties: a map.
func (r *resource) all() graph.Value {
	if r.complete != nil {
		return *r.complete
	}
	if r.properties == nil || r.properties.isNull() {
		return graph.Map().WithRange(r.rng)
	}
	var v graph.Value
	if r.plain() {
		fields := make([]graph.Field, 0, len(r.properties.entries))
		for _, e := range r.properties.entries {
			name := r.scope.keyName(e.name)
			if value := r.property(e.name); !value.IsAbsent() {
				fields = append(fields, graph.Field{Name: name, Value: value})
			}
		}
		v = graph.Map(fields...).WithRange(r.properties.rng)
	} else {
		if r.busy[""] {
			return r.circle(r.properties.rng)
		}
		r.enter("")
		v = r.scope.eval(r.properties)
		r.leave("")
	}
	r.complete = &v
	return v
}

// existence is the truth of what decides whether the resource is made: its own
// condition and that of its stack.
func (r *resource) existence() graph.Value {
	return r.choose(r.stack.exists, r.exists, graph.Bool(false))
}

// emit adds the resource to the graph.
func (r *resource) emit() {
	exists := r.existence()
	if truth, known := exists.AsBool(); known && !truth {
		return
	}
	r.emitted = &graph.Resource{
		ID: r.address(), Address: r.address(), Dialect: graph.CloudFormation, Type: r.typ, Root: r.root,
		Account: r.pseudo.account, Region: r.pseudo.region, Attributes: r.attributes(), Location: r.rng,
		Calls: r.calls, Exists: exists, Many: r.many, DependsOn: r.dependsOn(),
	}
	r.graph.Resources = append(r.graph.Resources, r.emitted)
}

// identify adds what identifies the resource, for types that others refer to
// by name or ARN and for whatever the template refers to.
func (r *resource) identify() {
	if r.emitted != nil && (r.identities != nil || isLinked(r.typ)) {
		r.emitted.Identity = r.identity()
	}
}

// isLinked reports types that are referred to across templates.
func isLinked(resourceType string) bool {
	for _, prefix := range []string{"AWS::ImageBuilder::", "AWS::KMS::", "AWS::IAM::", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::", "AWS::SSM::"} {
		if strings.HasPrefix(resourceType, prefix) {
			return true
		}
	}
	return false
}

// attributes are the evaluated properties, as a map in every case.
func (r *resource) attributes() graph.Value {
	if r.wholly != nil {
		return r.uncertainAttributes(r.wholly)
	}
	v := r.all()
	switch v.Kind() {
	case graph.KindMap:
		v = r.pascalCase(v)
		r.checkProperties(v)
		return v
	case graph.KindUnknown, graph.KindChoice:
		return r.uncertainAttributes(v.Unknown())
	default:
		r.report(r.properties.rng, "properties are not an object", "The properties of "+r.id+" were left out.")
		return graph.Map().WithRange(r.rng)
	}
}

func (r *resource) dependsOn() []string {
	out := r.implied()
	for _, n := range r.dependsOnNodes() {
		name, ok := r.scope.name(n)
		switch {
		case !ok:
			r.report(n.rng, "DependsOn is not a name", "DependsOn takes the name of a resource, or a list of names; functions are not allowed.")
		case r.resource(name) != nil:
			out = append(out, r.stack.address(name))
		case r.uncertainNames == nil && r.generated(name) == nil:
			r.report(n.rng, "unresolved reference to "+name, "DependsOn names a resource that the template does not have.")
		}
	}
	return out
}

// implied are the resources that the properties refer to.
func (r *resource) implied() []string {
	if !isLinked(r.typ) {
		return nil
	}
	d := &dependencies{scope: r.scope}
	d.walk(r.properties)
	var out []string
	for _, name := range d.names {
		if r.resource(name) != nil {
			out = append(out, r.stack.address(name))
		}
	}
	return out
}

func (r *resource) isCustom() bool {
	return r.typ == "AWS::CloudFormation::CustomResource" || strings.HasPrefix(r.typ, "Custom::")
}
