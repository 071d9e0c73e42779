package cloudformation

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// transform handles Fn::Transform among the members of an object: the members
// of an included local file, or why the object is not known.
func (s scope) transform(e entry) ([]scoped, *graph.Unknown) {
	nodes := []*node{e.value}
	if e.value.kind == listNode {
		nodes = e.value.items
	}
	var out []scoped
	for _, n := range nodes {
		name, parameters := s.transformName(n)
		if name != "AWS::Include" {
			return nil, s.macro(name, e.nameRange)
		}
		included, unknown := s.include(parameters, e.nameRange)
		if unknown != nil {
			return nil, unknown
		}
		out = append(out, included...)
	}
	return out, nil
}

// transformName reads a transform: a name, or an object of name and
// parameters.
func (s scope) transformName(n *node) (string, *node) {
	if name, ok := s.name(n); ok {
		return name, nil
	}
	name, ok := s.name(n.member("Name"))
	if !ok {
		name = "of a name that is not known"
	}
	return name, n.member("Parameters")
}

// macro is why something is not known that a macro may change, said once.
func (s *stack) macro(name string, rng hcl.Range) *graph.Unknown {
	u := &graph.Unknown{
		ID: "macro(" + s.base + "#" + name + ")", Range: rng,
		Reason: "macro " + name + " may change it when the stack is deployed",
		Settle: "give iblint the processed template (aws cloudformation get-template --template-stage Processed)",
	}
	s.unresolved(graph.Unresolved{
		Resource: "", Property: "Transform", Reason: "macro " + name + " is not run; what it may change in " + s.file + " is not known",
		Settle: u.Settle, Range: rng,
	})
	return u
}

// include reads the file of AWS::Include.
func (s scope) include(parameters *node, rng hcl.Range) ([]scoped, *graph.Unknown) {
	location := graph.Absent()
	if n := parameters.member("Location"); n != nil {
		location = s.eval(n)
	}
	text, known := location.AsString()
	if !known || strings.Contains(text, "://") {
		u := &graph.Unknown{
			ID: "include(" + location.Key() + ")", Range: rng,
			Reason: "the included file " + describe(location) + " is not on disk",
			Settle: "give Location as the path of a local file",
		}
		s.unresolved(graph.Unresolved{Property: "Fn::Transform", Reason: u.Reason, Settle: u.Settle, Range: rng})
		return nil, u
	}
	return s.includeFile(path.Join(path.Dir(s.file), text), rng)
}

func (s scope) includeFile(name string, rng hcl.Range) ([]scoped, *graph.Unknown) {
	if s.depth++; s.depth > s.limits.Depth/4 {
		s.report(rng, "files include each other", "AWS::Include is nested too deeply; the file was left out.")
		return nil, nil
	}
	content, err := s.read(name)
	if err != nil {
		s.report(rng, "included file cannot be read", err.Error()+". What it holds is unknown.")
		return nil, &graph.Unknown{ID: "include(" + name + ")", Reason: "the included file " + name + " cannot be read", Range: rng}
	}
	d, diags := parse(name, content, s.limits, nil, nil)
	s.append(diags)
	if d.root == nil || d.root.kind != objectNode {
		return nil, nil
	}
	out, unknown := s.expand(d.root)
	return out, unknown
}
