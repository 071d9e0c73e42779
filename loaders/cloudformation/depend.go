package cloudformation

import (
	"regexp"
	"slices"
	"strings"
)

// subReference finds the names in the text of an Fn::Sub.
var subReference = regexp.MustCompile(`\$\{([A-Za-z0-9]+)`)

// dependencies collects the names that a part of a template refers to, in the
// order in which they stand there: CloudFormation creates those resources
// first.
type dependencies struct {
	scope scope
	// certain leaves out what only an undecided condition puts in.
	certain bool
	names   []string
}

func (d *dependencies) add(name string) {
	if name != "" && !slices.Contains(d.names, name) {
		d.names = append(d.names, name)
	}
}

func (d *dependencies) walk(n *node) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		d.walk(item)
	}
	for _, e := range n.entries {
		switch e.name {
		case "Ref":
			name, _ := d.scope.name(e.value)
			d.add(name)
		case "Fn::GetAtt":
			d.add(d.getAttTarget(e.value))
		case "Fn::Sub":
			d.sub(e.value)
		case "Fn::If":
			d.arms(e.value)
			continue
		}
		d.walk(e.value)
	}
}

// arms walks the arm of an Fn::If that is taken.
func (d *dependencies) arms(n *node) {
	if n.kind != listNode || len(n.items) != 3 {
		return
	}
	truth, known := d.scope.conditionArgument(n.items[0]).AsBool()
	for i, arm := range n.items[1:] {
		if known && truth == (i == 0) || !known && !d.certain {
			d.walk(arm)
		}
	}
}

func (d *dependencies) getAttTarget(n *node) string {
	if n.kind == listNode && len(n.items) > 0 {
		n = n.items[0]
	}
	text, _ := d.scope.name(n)
	name, _, _ := strings.Cut(text, ".")
	return name
}

// sub adds the names in the text of an Fn::Sub that are none of its own
// variables.
func (d *dependencies) sub(n *node) {
	var own *node
	if n.kind == listNode && len(n.items) > 0 {
		if len(n.items) > 1 {
			own = n.items[1]
		}
		n = n.items[0]
	}
	text, _ := d.scope.name(n)
	if !strings.Contains(text, "${") {
		return
	}
	for _, match := range subReference.FindAllStringSubmatch(text, -1) {
		if own.member(match[1]) == nil {
			d.add(match[1])
		}
	}
}

// dependsOnNodes are the names that the resource gives itself.
func (r *resource) dependsOnNodes() []*node {
	n := r.node.member("DependsOn")
	switch {
	case n == nil:
		return nil
	case n.kind == listNode:
		return n.items
	}
	return []*node{n}
}

// requires are the resources of the template that are certainly made before
// this one.
func (r *resource) requires() []string {
	d := &dependencies{scope: r.scope, certain: true}
	if !strings.HasPrefix(r.typ, serverlessPrefix) { // the transform turns some of their references round
		d.walk(r.properties)
	}
	for _, n := range r.dependsOnNodes() {
		name, _ := r.scope.name(n)
		d.add(name)
	}
	return slices.DeleteFunc(d.names, func(name string) bool { return !r.certain(name) })
}

// certain reports whether a name means a resource that is there whatever is not
// known.
func (s *stack) certain(name string) bool {
	r := s.resource(name)
	if r == nil || s.parameters[name] != nil {
		return false
	}
	exists, known := r.exists.AsBool()
	return known && exists
}

// checkCircles reports resources that wait for each other.
func (s *stack) checkCircles() {
	if s.wholly != nil {
		return
	}
	search := circleSearch{stack: s, state: map[string]visit{}}
	for _, name := range s.resourceNames {
		if s.certain(name) {
			search.visit(name)
		}
	}
}

// visit is how far the search for circles has come with a resource.
type visit uint8

const (
	visitBegun visit = iota + 1
	visitDone
)

// circleSearch walks from resource to resource, depth first.
type circleSearch struct {
	*stack
	state map[string]visit
	path  []string
}

func (c *circleSearch) visit(name string) {
	switch c.state[name] {
	case visitDone:
		return
	case visitBegun:
		circle := c.path[slices.Index(c.path, name):]
		c.circular(c.resources[circle[0]], circle)
		return
	}
	if len(c.path) > c.limits.Expansion {
		return
	}
	c.state[name] = visitBegun
	c.path = append(c.path, name)
	for _, next := range c.resources[name].requires() {
		c.visit(next)
	}
	c.path = c.path[:len(c.path)-1]
	c.state[name] = visitDone
}

// circular reports a circle at one of its resources.
func (s *stack) circular(r *resource, circle []string) {
	s.report(r.rng, "circular dependency at resource "+r.id,
		"CloudFormation rejects the template: "+strings.Join(append(slices.Clone(circle), circle[0]), " needs ")+".")
	for _, name := range circle {
		s.resources[name].circular = true
	}
}
