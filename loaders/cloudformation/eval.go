package cloudformation

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// scope is where an expression stands: a stack, and the variables of the
// Fn::ForEach loops around it.
type scope struct {
	*stack
	vars  *variable
	depth int
}

// variable is the identifier of a loop and its value in one round.
type variable struct {
	name  string
	value graph.Value
	next  *variable
}

func (s scope) variable(name string) (graph.Value, bool) {
	for v := s.vars; v != nil; v = v.next {
		if v.name == name {
			return v.value, true
		}
	}
	return graph.Value{}, false
}

func (s scope) with(name string, value graph.Value) scope {
	s.vars = &variable{name: name, value: value, next: s.vars}
	return s
}

// fail reports an error; the value of the expression is unknown because of it.
func (s scope) fail(rng hcl.Range, summary, detail string) graph.Value {
	s.report(rng, summary, detail)
	return graph.UnknownValue(&graph.Unknown{
		ID: "error(" + place(rng) + ")", Reason: summary, Range: rng,
		Settle: "correct the template at " + place(rng),
	}).WithRange(rng)
}

// eval evaluates a value of the template. What AWS::NoValue removes is absent.
func (s scope) eval(n *node) graph.Value {
	s.depth++
	if s.depth > s.limits.Depth {
		return s.fail(n.rng, "expression is nested too deeply", "iblint does not follow expressions that are nested this deeply.")
	}
	if s.spend(); s.exhausted() {
		return graph.UnknownValue(s.exhaustion())
	}
	var v graph.Value
	switch n.kind {
	case listNode:
		v = s.list(n)
	case objectNode:
		v = s.object(n)
	default:
		v = s.scalar(n)
	}
	if v.HasRange() || v.IsAbsent() {
		return v
	}
	return placed(v, n.rng, nil)
}

func (s scope) scalar(n *node) graph.Value {
	if n.value.IsAbsent() {
		return s.nullValue(n.rng)
	}
	if n.value.Kind() != graph.KindString && n.value.Kind() != graph.KindText {
		return n.value.WithRange(n.rng)
	}
	parts := s.substituteVariables(n.value)
	return s.dynamicReferences(parts, n.rng).WithRange(n.rng)
}

func (s *stack) nullValue(rng hcl.Range) graph.Value {
	return scope{stack: s}.fail(rng, "null value", "CloudFormation does not allow null values in templates. "+
		"Leave the key out, or use AWS::NoValue.")
}

// substituteVariables replaces ${Name} and &{Name} of loops around.
func (s scope) substituteVariables(v graph.Value) graph.Value {
	if s.vars == nil {
		return v
	}
	for variable := s.vars; variable != nil; variable = variable.next {
		v = replaceVariable(v, variable)
	}
	return v
}

func replaceVariable(v graph.Value, variable *variable) graph.Value {
	var out []graph.Value
	for _, part := range v.Parts() {
		if part.Unknown != nil || !strings.Contains(part.Literal, "{"+variable.name+"}") {
			out = append(out, graph.Text(part))
			continue
		}
		out = append(out, splitVariable(part.Literal, variable)...)
	}
	return concat(out...)
}

func splitVariable(text string, variable *variable) []graph.Value {
	var out []graph.Value
	for {
		i := strings.Index(text, "{"+variable.name+"}")
		if i < 1 || text[i-1] != '$' && text[i-1] != '&' {
			return append(out, graph.String(text))
		}
		value := variable.value
		if text[i-1] == '&' {
			value = alphanumeric(value)
		}
		out = append(out, graph.String(text[:i-1]), value)
		text = text[i+len(variable.name)+2:]
	}
}

// alphanumeric is what &{Name} leaves of a value.
func alphanumeric(v graph.Value) graph.Value {
	text, ok := v.AsString()
	if !ok {
		return v
	}
	return graph.String(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, text))
}

// name returns a scalar that names something of the template, with the
// variables of loops put in.
func (s scope) name(n *node) (string, bool) {
	if n == nil || n.kind != scalarNode {
		return "", false
	}
	if n.value.Kind() == graph.KindBool && n.raw != "" {
		return n.raw, true
	}
	return s.substituteVariables(n.value).AsString()
}

func (s scope) list(n *node) graph.Value {
	items := make([]graph.Value, 0, len(n.items))
	for _, item := range n.items {
		if v := s.eval(item); !v.IsAbsent() {
			items = append(items, v)
		}
	}
	return graph.List(items...).WithRange(n.rng)
}

func (s scope) object(n *node) graph.Value {
	if name, argument := functionOf(n); name != "" {
		v := s.call(name, argument, n.rng)
		s.items += len(v.Items())
		return v
	}
	entries, unknown := s.expand(n)
	if unknown != nil {
		return graph.UnknownValue(unknown).WithRange(n.rng)
	}
	fields := make([]graph.Field, 0, len(entries))
	for _, e := range entries {
		if strings.HasPrefix(e.name, "Fn::") {
			s.report(e.nameRange, e.name+" beside other keys",
				"A function must be the only key of its object. iblint left it out.")
			continue
		}
		if v := e.scope.eval(e.value); !v.IsAbsent() {
			fields = append(fields, graph.Field{Name: e.name, Value: v})
		}
	}
	return graph.Map(fields...).WithRange(n.rng)
}

// functionOf returns the function that an object is the long form of.
func functionOf(n *node) (name string, argument *node) {
	if n == nil || n.kind != objectNode || len(n.entries) != 1 {
		return "", nil
	}
	name = n.entries[0].name
	if name == "Ref" || strings.HasPrefix(name, "Fn::") && name != "Fn::Transform" && !strings.HasPrefix(name, forEachPrefix) {
		return name, n.entries[0].value
	}
	return "", nil
}

// isFunction reports whether a name is one of the service's functions.
func isFunction(name string) bool {
	switch name {
	case "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Equals",
		"Fn::And", "Fn::Or", "Fn::Not", "Fn::FindInMap", "Fn::GetAZs", "Fn::ImportValue", "Fn::Base64",
		"Fn::Cidr", "Fn::Transform", "Fn::Length", "Fn::ToJsonString", "Fn::GetStackOutput", "Fn::Contains",
		"Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll":
		return true
	}
	return false
}

// call evaluates a function.
func (s scope) call(name string, argument *node, rng hcl.Range) graph.Value {
	switch name {
	case "Ref":
		return s.ref(argument, rng)
	case "Fn::GetAtt":
		return s.getAtt(argument, rng)
	case "Fn::Sub":
		return s.sub(argument, rng)
	case "Fn::Join":
		return s.join(argument, rng)
	case "Fn::Select":
		return s.selectItem(argument, rng)
	case "Fn::Split":
		return s.split(argument, rng)
	case "Fn::If":
		return s.ifElse(argument, rng)
	case "Fn::FindInMap":
		return s.findInMap(argument, rng)
	case "Fn::GetAZs":
		return s.zones(argument, rng)
	case "Fn::ImportValue":
		return s.importValue(argument, rng)
	case "Fn::GetStackOutput":
		return s.stackOutput(argument, rng)
	case "Fn::Base64":
		return s.base64(argument, rng)
	case "Fn::Cidr":
		return s.cidr(argument, rng)
	case "Fn::Length":
		return s.length(argument, rng)
	case "Fn::ToJsonString":
		return s.toJSON(argument, rng)
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		// What AWS::LanguageExtensions makes of them is not documented.
		if s.truthLimit == 0 && !s.extensions {
			s.report(rng, name+" outside of the conditions", "CloudFormation rejects the template: "+
				"give the condition a name in the section Conditions, and choose by it with Fn::If.")
		}
		return s.condition(wrap(name, argument, rng), naming{})
	}
	return s.fail(rng, "unknown function "+name, "CloudFormation has no function of this name in this place; the value is unknown.")
}
