package cloudformation

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

func (s scope) importValue(n *node, rng hcl.Range) graph.Value {
	s.checkEarly("name of an import", n)
	name := s.eval(n)
	v := s.lift([]graph.Value{name}, func(v []graph.Value) graph.Value {
		if v[0].Parts() == nil {
			return s.fail(rng, "Fn::ImportValue needs a string", "The name of an export must be a string.")
		}
		if text, known := v[0].AsString(); known {
			if value, ok := s.imported(text); ok {
				return value
			}
		}
		return graph.UnknownValue(&graph.Unknown{
			ID: "import(" + v[0].Key() + ")", Reason: "the export " + describe(v[0]) + " of another stack is not known",
			Settle: importSettle(v[0]), Range: rng,
		})
	})
	return result(v, rng, name)
}

// importSettle is what supplies the value of an export; first comes what its
// name depends on.
func importSettle(name graph.Value) string {
	text, known := name.AsString()
	if !known {
		if u := name.Unknown(); u != nil && u.Settle != "" {
			return u.Settle
		}
		text = "NAME"
	}
	return "--import " + text + "=VALUE, or give iblint the template that exports it"
}

// imported is the value of an export that is at hand.
func (s scope) imported(name string) (graph.Value, bool) {
	if value, ok := s.options.Imports[name]; ok {
		return graph.String(value), true
	}
	root := s.graph.Roots[0]
	if !slices.Contains(root.Imports, name) {
		root.Imports = append(root.Imports, name)
	}
	value, ok := s.options.Exports[name]
	return value, ok
}

// stackOutput evaluates Fn::GetStackOutput, a reference to an output of a stack
// that need not export it.
func (s scope) stackOutput(n *node, rng hcl.Range) graph.Value {
	if n.kind != objectNode {
		return s.fail(rng, "Fn::GetStackOutput needs an object", "Fn::GetStackOutput takes StackName and OutputName.")
	}
	given := s.eval(n)
	names := []graph.Value{given.Field("StackName"), given.Field("OutputName"), given.Field("Region")}
	v := s.lift(names, func(v []graph.Value) graph.Value {
		if v[0].Parts() == nil || v[1].Parts() == nil {
			return s.fail(rng, "Fn::GetStackOutput needs StackName and OutputName", "Both must be strings.")
		}
		name := concat(v[0], graph.String("."), v[1])
		text, known := name.AsString()
		if value, ok := s.options.Imports[text]; known && ok {
			return graph.String(value)
		}
		id := concat(name, graph.String("@"), v[2])
		return graph.UnknownValue(&graph.Unknown{
			ID: "stack_output(" + strings.TrimSuffix(id.Key(), "@") + ")", Reason: "output " + describe(v[1]) + " of stack " + describe(v[0]) + " is not known",
			Settle: "--import " + describe(name) + "=VALUE", Range: rng,
		})
	})
	return result(v, rng, given)
}

// describe is a string for people, with unknown parts as ${reason}.
func describe(v graph.Value) string {
	var b strings.Builder
	for _, part := range v.Parts() {
		if part.Unknown != nil {
			b.WriteString("${" + shortName(part.Unknown) + "}")
			continue
		}
		b.WriteString(part.Literal)
	}
	return b.String()
}

// shortName is what the template calls an unknown.
func shortName(u *graph.Unknown) string {
	switch u.Symbol {
	case graph.SymbolAccount:
		return "AWS::AccountId"
	case graph.SymbolRegion:
		return "AWS::Region"
	case graph.SymbolPartition:
		return "AWS::Partition"
	case graph.SymbolNone:
	}
	if rest, ok := strings.CutPrefix(u.ID, "param("); ok {
		return strings.TrimSuffix(rest[strings.LastIndexByte(rest, '#')+1:], ")")
	}
	return u.Reason
}
