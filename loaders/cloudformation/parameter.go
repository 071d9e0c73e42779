package cloudformation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// parameter is a declared parameter with its value.
type parameter struct {
	name  string
	node  *node
	rng   hcl.Range
	typ   string
	value graph.Value
}

// parameterValues are values given to a stack, by parameter name.
type parameterValues map[string]graph.Value

// domain is what the declaration of a parameter says of its values.
type domain struct {
	allowed              []string
	pattern              *regexp.Regexp
	minLength, maxLength int
	numeric              bool
}

// admits reports whether a string can be a value of the parameter.
func (d *domain) admits(value string) bool {
	if len(d.allowed) > 0 && !slices.Contains(d.allowed, value) {
		return false
	}
	if d.pattern != nil && !d.pattern.MatchString(value) {
		return false
	}
	if n := utf8.RuneCountInString(value); n < d.minLength || d.maxLength > 0 && n > d.maxLength {
		return false
	}
	if d.numeric {
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	}
	return true
}

func (s *stack) declareParameters(values parameterValues) {
	members := s.members("Parameters")
	s.checkNames("parameter", members, mostOthers)
	for _, m := range members {
		if m.value.kind != objectNode {
			s.report(m.value.rng, "parameter is not an object", "The parameter was left out.")
			continue
		}
		p := &parameter{name: m.name, node: m.value, rng: m.nameRange}
		var ok bool
		if p.typ, ok = m.value.member("Type").text(); !ok {
			s.report(m.nameRange, "parameter "+m.name+" has no type", "CloudFormation requires a Type; iblint takes it for a String.")
			p.typ = "String"
		}
		s.checkParameterForm(p)
		p.value = s.parameterValue(p, values)
		if s.isNoEcho(p) {
			p.value = p.value.WithSensitive()
		}
		s.parameters[m.name] = p
	}
}

func (s *stack) isNoEcho(p *parameter) bool {
	n := p.node.member("NoEcho")
	if n == nil || n.kind != scalarNode {
		return false
	}
	hidden, _ := n.value.AsBool()
	return hidden
}

// parameterValue is the given value, else the default, else unknown. A value
// that AWS::NoValue removes in one branch leaves the default there.
func (s *stack) parameterValue(p *parameter, values parameterValues) graph.Value {
	declared := graph.Via{Message: "parameter " + p.name, Range: p.rng}
	given, ok := values[p.name]
	if !ok {
		return s.standardValue(p, values != nil).WithVia(declared)
	}
	via := append([]graph.Via{declared}, given.Via()...)
	rng := p.rng
	if given.HasRange() {
		rng = given.Range()
		via = append(via, graph.Via{Message: "value of parameter " + p.name, Range: rng})
	}
	v := s.lift([]graph.Value{given}, func(v []graph.Value) graph.Value {
		if v[0].IsAbsent() {
			return s.standardValue(p, true)
		}
		return s.typed(p, v[0], rng)
	})
	return v.WithVia(via...)
}

// standardValue is the default of a parameter, else unknown. A nested stack
// must give what has no default.
func (s *stack) standardValue(p *parameter, given bool) graph.Value {
	if n := p.node.member("Default"); n != nil && !n.isNull() {
		if n.kind != scalarNode {
			s.report(n.rng, "default of parameter "+p.name+" is not a string", "Lists are written as one string with commas.")
			return s.parameterUnknown(p)
		}
		return s.typed(p, n.value, n.rng)
	}
	if s.parent != nil && given || s.options.Complete {
		s.report(p.rng, "parameter "+p.name+" has no value", "The parameter has no default, and nothing gives it a value.")
	}
	return s.parameterUnknown(p)
}

// parameterUnknown is a parameter without value.
func (s *stack) parameterUnknown(p *parameter) graph.Value {
	name := s.address(p.name)
	u := &graph.Unknown{
		ID: "param(" + name + ")", Reason: "parameter " + p.name + " has no value", Range: p.rng,
		Settle: "--parameter " + p.name + "=VALUE, or in .iblint.yaml: bindings: {" + strconv.Quote(name) + ": \"TEMPLATE#RESOURCE.ATTRIBUTE\"}",
	}
	s.domains[u.ID] = s.domain(p)
	return graph.UnknownValue(u)
}

// domain reads the constraints of a parameter.
func (s *stack) domain(p *parameter) *domain {
	d := &domain{numeric: p.typ == "Number" || p.typ == "List<Number>"}
	if n := p.node.member("AllowedValues"); n != nil && n.kind == listNode {
		for _, item := range n.items {
			if text, ok := item.text(); ok {
				d.allowed = append(d.allowed, text)
			}
		}
	}
	if text, ok := p.node.member("AllowedPattern").text(); ok {
		// Patterns that Go does not know are not checked.
		if pattern, err := regexp.Compile(`^(?:` + text + `)$`); err == nil {
			d.pattern = pattern
		}
	}
	limit := func(name string) int {
		text, _ := p.node.member(name).text()
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return n
	}
	if isListType(p.typ) {
		return d // lengths are those of strings
	}
	d.minLength, d.maxLength = limit("MinLength"), limit("MaxLength")
	if d.minLength == 0 && strings.HasPrefix(p.typ, "AWS::EC2::") {
		d.minLength = 1
	}
	return d
}

func isListType(typ string) bool {
	return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<") || strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<List<") ||
		typ == "AWS::SSM::Parameter::Value<CommaDelimitedList>"
}

// typed converts a given value to the type of the parameter and checks it.
func (s *stack) typed(p *parameter, given graph.Value, rng hcl.Range) graph.Value {
	if strings.HasPrefix(p.typ, "AWS::SSM::Parameter::Value<") {
		return s.systemsManagerValue(p, given, rng)
	}
	v := s.lift([]graph.Value{given}, func(v []graph.Value) graph.Value {
		switch {
		case isListType(p.typ):
			return s.checkedList(p, s.listValue(v[0], rng), rng)
		case v[0].Kind() == graph.KindList:
			return joinList(v[0])
		case v[0].IsAbsent():
			return graph.String("")
		}
		if text, known := v[0].AsString(); known {
			s.checkParameter(p, text, rng)
			return scope{stack: s}.dynamicReferences(s.scalarValue(p, text), rng)
		}
		return v[0]
	})
	return v
}

// checkedList checks each item of a list; constraints are for lists of plain
// text. The empty string is a list of nothing to check.
func (s *stack) checkedList(p *parameter, v graph.Value, rng hcl.Range) graph.Value {
	if v.Kind() != graph.KindList {
		return v
	}
	items := make([]graph.Value, len(v.Items()))
	for i, item := range v.Items() {
		if text, known := item.AsString(); known && text != "" && (p.typ == "CommaDelimitedList" || p.typ == "List<Number>") {
			s.checkParameter(p, text, rng)
		}
		items[i] = scope{stack: s}.dynamicReferences(item, rng)
	}
	return graph.List(items...)
}

// scalarValue keeps a number a number.
func (s *stack) scalarValue(p *parameter, text string) graph.Value {
	if p.typ == "Number" && integerPattern.MatchString(text) {
		return graph.Number(text)
	}
	return graph.String(text)
}

func (s *stack) listValue(v graph.Value, rng hcl.Range) graph.Value {
	if v.Kind() == graph.KindList || v.Kind() == graph.KindUnknown || v.Parts() == nil {
		return v
	}
	if s.makesTooMany(v, ",") {
		return scope{stack: s}.tooMany(rng)
	}
	if text, known := v.AsString(); known {
		return splitList(text)
	}
	items, complete := splitParts(v.Parts(), ",", s.contains)
	if !complete {
		return derived("split", v.Unknown(), rng, v)
	}
	return graph.List(items...)
}

// splitList is the value of a list parameter; blanks around items do not
// count.
func splitList(text string) graph.Value {
	items := strings.Split(text, ",")
	out := make([]graph.Value, len(items))
	for i, item := range items {
		out[i] = graph.String(strings.TrimSpace(item))
	}
	return graph.List(out...)
}

// joinList is a list that is given to a string parameter.
func joinList(v graph.Value) graph.Value {
	var parts []graph.Value
	for i, item := range v.Items() {
		if i > 0 {
			parts = append(parts, graph.String(","))
		}
		parts = append(parts, item)
	}
	return concat(parts...)
}

// checkParameter reports a value that the declaration does not allow.
func (s *stack) checkParameter(p *parameter, value string, rng hcl.Range) {
	d := s.domain(p)
	var why string
	switch {
	case len(d.allowed) > 0 && !slices.Contains(d.allowed, value):
		why = "it must be one of " + strings.Join(d.allowed, ", ")
	case d.pattern != nil && !d.pattern.MatchString(value):
		text, _ := p.node.member("AllowedPattern").text()
		why = "it must match the pattern " + text
	case d.numeric && !d.admits(value):
		why = "it must be a number"
	case !d.admits(value):
		why = "its length is not within MinLength and MaxLength"
	default:
		why = outOfRange(p, value)
	}
	if why != "" {
		s.report(rng, "value of parameter "+p.name+" is not allowed", "CloudFormation rejects the value "+quote(value)+": "+why+".")
	}
}

func outOfRange(p *parameter, value string) string {
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || p.typ != "Number" {
		return ""
	}
	for _, name := range []string{"MinValue", "MaxValue"} {
		text, _ := p.node.member(name).text()
		bound, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		if name == "MinValue" && number < bound || name == "MaxValue" && number > bound {
			return name + " is " + text
		}
	}
	return ""
}

// systemsManagerValue is what a parameter of Systems Manager holds; the value
// that a stack is given is only its name.
func (s *stack) systemsManagerValue(p *parameter, given graph.Value, rng hcl.Range) graph.Value {
	return s.lift([]graph.Value{given}, func(v []graph.Value) graph.Value {
		name, known := v[0].AsString()
		if !known {
			return derived("ssm", v[0].Unknown(), rng, v[0])
		}
		if value, ok := s.options.Parameters["resolve:ssm:"+name]; ok {
			if isListType(p.typ) {
				return splitList(value)
			}
			return graph.String(value)
		}
		return graph.UnknownValue(systemsManagerUnknown(name, rng))
	})
}
