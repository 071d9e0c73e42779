package fix

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Values to write are trees: a string, a bool, a []any, an ordered object, or
// raw text of the dialect.

// ordered is an object whose members are written in their order.
type ordered []entry

type entry struct {
	name  string
	value any
}

// raw is text that is written as it is: a reference.
type raw string

// errUnwritable is the answer where a value cannot be written at its place.
var errUnwritable = errors.New("what would have to be written is not known at that place")

// statement is a policy statement in normalized form as IAM has it.
func statement(value map[string]any) (ordered, error) {
	var out ordered
	if sid, ok := value["sid"]; ok {
		out = append(out, entry{"Sid", sid})
	}
	out = append(out, entry{"Effect", value["effect"]})
	if principals, ok := value["principals"].([]any); ok {
		written, err := principalElement(principals)
		if err != nil {
			return nil, err
		}
		out = append(out, entry{"Principal", written})
	}
	out = append(out, entry{"Action", oneOrMany(value["actions"])})
	if resources, ok := value["resources"]; ok {
		out = append(out, entry{"Resource", oneOrMany(resources)})
	}
	for _, e := range out {
		if e.value == nil {
			return nil, fmt.Errorf("%s of a statement is missing: %w", e.name, errUnwritable)
		}
	}
	return out, nil
}

// principalElement is the Principal element of principals of one type.
func principalElement(principals []any) (ordered, error) {
	var kind string
	var identifiers []any
	for _, item := range principals {
		principal, ok := item.(map[string]any)
		if !ok {
			return nil, errUnwritable
		}
		one, ok := principal["type"].(string)
		if !ok || kind != "" && one != kind {
			return nil, errUnwritable
		}
		kind = one
		identifiers = append(identifiers, principal["identifier"])
	}
	return ordered{{kind, oneOrMany(identifiers)}}, nil
}

func oneOrMany(value any) any {
	if items, ok := value.([]any); ok && len(items) == 1 {
		return items[0]
	}
	return value
}

// reference is an attribute of another resource as an expression at the place
// of an edit: only within one module or one template.
func reference(n *node, edited *graph.Resource, value policies.AttributeOf) (raw, error) {
	target := value.Resource
	if target.Dialect != edited.Dialect || target.Root != edited.Root || target.Many != nil {
		return "", errUnwritable
	}
	if edited.Dialect == graph.Terraform {
		return terraformReference(n, edited, value)
	}
	template, name, ok := strings.Cut(target.Address, "#")
	if own, _, _ := strings.Cut(edited.Address, "#"); !ok || own != template || strings.ContainsAny(name, "/[") {
		return "", errUnwritable
	}
	attribute := camelCase(value.Attribute)
	if n.syntax == jsonText {
		return raw(fmt.Sprintf(`{"Fn::GetAtt": [%q, %q]}`, name, attribute)), nil
	}
	return raw(fmt.Sprintf("!GetAtt %s.%s", name, attribute)), nil
}

var modulePath = regexp.MustCompile(`^(?:module\.[^.\[]+(?:\[[^\]]*\])?\.)*`)

func terraformReference(n *node, edited *graph.Resource, value policies.AttributeOf) (raw, error) {
	module := modulePath.FindString(value.Resource.Address)
	name := value.Resource.Address[len(module):]
	if modulePath.FindString(edited.Address) != module || strings.Contains(name, "[") {
		return "", errUnwritable
	}
	text := name + "." + value.Attribute
	if n.syntax == hclJSON {
		return raw(`"${` + text + `}"`), nil
	}
	return raw(text), nil
}

// camelCase turns a normalized name into the one of CloudFormation.
func camelCase(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		for i, letter := range word {
			if i == 0 {
				letter = unicode.ToUpper(letter)
			}
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// argumentName is the name that an argument has at a place.
func argumentName(n *node, edited *graph.Resource, property, name string) string {
	if strings.Contains(property, ".statements[") {
		return elementName(n.syntax, name)
	}
	if edited.Dialect == graph.Terraform {
		return name
	}
	if edited.Type == "AWS::IAM::Role" && name == "name" {
		return "RoleName"
	}
	return camelCase(name)
}

// elementName is an element of a statement as its place has it.
func elementName(s syntax, name string) string {
	if s == hclBody {
		return name
	}
	return camelCase(strings.TrimSuffix(name, "s"))
}
