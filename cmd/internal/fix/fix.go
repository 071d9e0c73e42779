// Package fix turns the edits of findings into changes of source text. Rules
// say what is to be written, in terms of the graph; this package knows how
// each dialect writes it. It changes bytes at places and leaves everything else
// as it is: comments, formatting and line ends. Where a value is not written
// out it changes nothing.
package fix

import (
	"errors"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Change puts text in the place of the bytes from Start to End of a file.
type Change struct {
	File       string
	Start, End int
	Text       string
}

// Resolver finds where edits are written. It is made for one reading of the
// templates.
type Resolver struct {
	sources map[string][]byte
	bodies  map[string]*hclsyntax.Body
}

// New makes a resolver for the text of files, by name.
func New(sources map[string][]byte) *Resolver {
	return &Resolver{sources: sources, bodies: map[string]*hclsyntax.Body{}}
}

// Changes are what the edits of a finding change. The error says why that is
// not certain.
func (r *Resolver) Changes(edits []policies.Edit) ([]Change, error) {
	var out []Change
	for i := range edits {
		change, err := r.change(&edits[i])
		if err != nil {
			return nil, err
		}
		out = append(out, change)
	}
	return out, nil
}

func (r *Resolver) change(e *policies.Edit) (Change, error) {
	n, err := r.locate(e.Resource, e.Property)
	if err != nil {
		return Change{}, err
	}
	w := &writer{content: r.sources[n.file], node: n, edit: e}
	switch e.Kind {
	case policies.EditReplace:
		return w.replace()
	case policies.EditAppend:
		return w.append()
	case policies.EditInsert:
		return w.insert()
	}
	return Change{}, errUnwritable
}

// errPlan is the answer for what a plan says.
var errPlan = errors.New("the finding is about a plan: mend the configuration that it is made from")

// statementsStep separates the place of a policy document from a path in it.
const statementsStep = ".statements"

// locate finds where a property is written.
func (r *Resolver) locate(resource *graph.Resource, property string) (*node, error) {
	switch {
	case resource.Dialect == graph.CloudFormation:
		v, found := lookup(resource, property)
		if !found {
			return nil, errComputed
		}
		if strings.HasSuffix(property, statementsStep) {
			v = ownItems(v)
		}
		return r.valueNode(v)
	case resource.Dialect != graph.Terraform:
		return nil, errComputed
	case path.Ext(resource.Root) == ".json":
		return nil, errPlan
	}
	return r.locateTerraform(resource, property)
}

// locateTerraform goes by the argument that holds the property; values inside
// of policy documents have no places of their own.
func (r *Resolver) locateTerraform(resource *graph.Resource, property string) (*node, error) {
	base, inside, isDocument := strings.Cut(property, statementsStep)
	v, found := lookup(resource, base)
	body, parsed := r.body(v.Range().Filename)
	if !found || !parsed {
		return nil, errComputed
	}
	attribute := attributeAt(body, v.Range())
	switch {
	case attribute == nil:
		return nil, errComputed
	case !isDocument:
		return argument(attribute), nil
	}
	document, err := r.document(attribute.Expr, 0)
	if err != nil {
		return nil, err
	}
	old, _ := lookup(resource, property)
	text, _ := old.AsString()
	return inDocument(document, inside, text)
}

// lookup follows the path of a normalized property, or else of an attribute as
// it is written.
func lookup(resource *graph.Resource, property string) (graph.Value, bool) {
	if v, found := graph.Lookup(graph.PropertiesValue(resource.Properties), property); found {
		return v, true
	}
	return graph.Lookup(resource.Attributes, property)
}

// ownItems is a list of statements without the place of its document, which
// it is not written at.
func ownItems(v graph.Value) graph.Value { return graph.List(v.Items()...) }
