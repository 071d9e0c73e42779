package cloudformation

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// output evaluates one output of the stack.
func (s *stack) output(name string) graph.Value {
	if v, ok := s.outputs[name]; ok {
		return v
	}
	m := s.outputNodes[name]
	if s.outputBusy[name] {
		return m.scope.fail(m.nameRange, "output "+name+" depends on itself", "Its value is unknown.")
	}
	s.outputBusy[name] = true
	v := graph.Absent()
	exists := s.outputExists(m)
	if truth, known := exists.AsBool(); !known || truth {
		if n := m.value.member("Value"); n != nil {
			v = m.scope.eval(n)
			s.checkOutputValue(v, n.rng)
		} else {
			v = m.scope.fail(m.nameRange, "output "+name+" has no value", "CloudFormation requires a Value.")
		}
		v = s.choose(exists, v, graph.Absent())
	}
	s.outputs[name] = v
	return v
}

func (s *stack) outputExists(m scoped) graph.Value {
	n := m.value.member("Condition")
	if n == nil {
		return graph.Bool(true)
	}
	name, ok := m.scope.name(n)
	if !ok {
		return graph.Bool(true)
	}
	return s.named(name, n.rng)
}

// publish puts outputs and exports into the root; those of nested stacks have
// their path in front.
func (s *stack) publish(root *graph.Root, prefix string) {
	given := map[string]hcl.Range{}
	for _, name := range s.outputNames {
		v := s.output(name)
		if prefix == "" && !v.IsAbsent() {
			root.Outputs[name] = v
		}
		m := s.outputNodes[name]
		export := m.value.member("Export").member("Name")
		if export == nil || v.IsAbsent() {
			continue
		}
		exported := m.scope.eval(export)
		if v.Kind() != graph.KindChoice {
			s.checkExport(exported, export.rng, given)
		}
		root.Outputs[prefix+name] = v
		root.Exports = append(root.Exports, graph.Export{Name: exported, Output: prefix + name})
	}
	for _, name := range s.resourceNames {
		if r := s.resources[name]; r.nested != nil {
			r.nested.publish(root, prefix+name+"/")
		}
	}
}

// checkOutput checks the form of an output.
func (s *stack) checkOutput(m scoped) {
	s.checkKeys(m.value, "an output", "Value", "Description", "Export", "Condition")
	export := m.value.member("Export")
	if s.wholly != nil || export == nil {
		return
	}
	name := export.member("Name")
	if function, _ := functionOf(export); function == "" && name == nil {
		s.report(export.rng, "export without a name", "CloudFormation requires a Name.")
	}
	m.scope.checkEarly("name of an export", name)
}

// checkEarly reports the name of an export or an import that is not known before
// anything is made.
func (s scope) checkEarly(what string, name *node) {
	d := &dependencies{scope: s, certain: true}
	d.walk(name)
	late := slices.ContainsFunc(d.names, func(n string) bool { return s.parameters[n] == nil && s.resource(n) != nil })
	if late || name.uses("Fn::ImportValue") || name.uses("Fn::GetAZs") {
		s.report(name.rng, what+" depends on a resource, an import or Fn::GetAZs",
			"CloudFormation wants to know the names of exports before it creates anything.")
	}
}

// checkExport reports a name that another output that is certainly there
// exports, too.
func (s *stack) checkExport(name graph.Value, rng hcl.Range, given map[string]hcl.Range) {
	text, known := name.AsString()
	if !known {
		return
	}
	if other, twice := given[text]; twice {
		s.report(rng, "export "+quote(text)+" is given twice", "Another output has the name at "+place(other)+"; CloudFormation wants different names.")
		return
	}
	given[text] = rng
}

// checkOutputValue reports a value that is certainly no string.
func (s *stack) checkOutputValue(v graph.Value, rng hcl.Range) {
	if v.Kind() == graph.KindList || v.Kind() == graph.KindMap {
		s.report(rng, "value of an output is not a string", "CloudFormation accepts only strings as outputs.")
	}
}
