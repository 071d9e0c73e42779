package cloudformation

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// generated is why a name that the template does not declare is there all the
// same: the transform AWS::Serverless makes it, or a module does. It is nil for
// other names.
func (s *stack) generated(name string) *graph.Unknown {
	if s.serverless && strings.HasPrefix(name, "Serverless") {
		return s.madeBy(name, "the transform AWS::Serverless")
	}
	for _, id := range s.resourceNames {
		if !strings.HasPrefix(name, id) {
			continue
		}
		switch typ := s.resources[id].typ; {
		case s.serverless && strings.HasPrefix(typ, serverlessPrefix):
			return s.madeBy(name, "the transform AWS::Serverless")
		case isModule(typ):
			return s.madeBy(name, "module "+typ)
		}
	}
	return nil
}

func (s *stack) madeBy(name, maker string) *graph.Unknown {
	return &graph.Unknown{
		ID: "attribute(" + s.address(name) + "#ref)", Reason: name + " is made by " + maker,
		Settle: "give iblint the processed template (aws cloudformation get-template --template-stage Processed)",
	}
}

// isModule reports a type that stands for a template of the registry.
func isModule(resourceType string) bool { return strings.HasSuffix(resourceType, "::MODULE") }

// noteModule says that what a module creates is not known.
func (r *resource) noteModule() {
	r.unresolved(graph.Unresolved{
		Resource: r.address(), Reason: "module " + r.typ + " is not on disk; what it creates is not known",
		Settle: "give iblint the processed template (aws cloudformation get-template --template-stage Processed)", Range: r.rng,
	})
}
