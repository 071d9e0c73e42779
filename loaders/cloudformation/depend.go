package cloudformation

import (
	"regexp"
	"slices"
	"strings"
)

// subReference finds the names in the text of an Fn::Sub.
var subReference = regexp.MustCompile(`\$\{([A-Za-z0-9]+)`)

// references are the names that a part of a template refers to, in the order
// in which they stand there: CloudFormation creates those resources first.
func references(n *node) []string {
	var out []string
	n.walkReferences(func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	})
	return out
}

func (n *node) walkReferences(visit func(name string)) {
	if n == nil {
		return
	}
	for _, item := range n.items {
		item.walkReferences(visit)
	}
	for _, e := range n.entries {
		switch e.name {
		case "Ref":
			if name, ok := e.value.text(); ok {
				visit(name)
			}
		case "Fn::GetAtt":
			visit(getAttTarget(e.value))
		case "Fn::Sub":
			for _, name := range subNames(e.value) {
				visit(name)
			}
		}
		e.value.walkReferences(visit)
	}
}

func getAttTarget(n *node) string {
	if n.kind == listNode && len(n.items) > 0 {
		n = n.items[0]
	}
	text, _ := n.text()
	name, _, _ := strings.Cut(text, ".")
	return name
}

func subNames(n *node) []string {
	if n.kind == listNode && len(n.items) > 0 {
		n = n.items[0]
	}
	text, _ := n.text()
	if !strings.Contains(text, "${") {
		return nil
	}
	var names []string
	for _, match := range subReference.FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}
