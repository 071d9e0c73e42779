package fix

import (
	"errors"
	"fmt"
)

// syntax is how a piece of source text is written.
type syntax uint8

const (
	// hclExpression is the inside of an expression of HCL.
	hclExpression syntax = iota + 1
	// hclBody is the inside of a block of HCL.
	hclBody
	// hclJSON is JSON in a string of HCL, where ${…} refers.
	hclJSON
	// jsonText is a template in JSON.
	jsonText
	// yamlFlow is YAML in brackets, yamlBlock YAML by indentation.
	yamlFlow
	yamlBlock
)

// nodeKind is what a node is.
type nodeKind uint8

const (
	// computed is whatever is not written out: a reference, a call, a loop.
	computed nodeKind = iota
	scalar
	list
	object
)

// node is a value as it is written.
type node struct {
	file       string
	start, end int
	// key is where the name of the argument begins that holds the value; -1
	// where it has none.
	key    int
	kind   nodeKind
	syntax syntax
	// text is what a scalar says.
	text    string
	items   []*node
	members []member
}

// member is an argument or an entry of an object.
type member struct {
	name  string
	value *node
}

// errComputed is the answer where the value does not stand in the template.
var errComputed = errors.New("the value is not written out where it would have to change")

// errManyPlaces is the answer where the value stands in several places.
var errManyPlaces = errors.New("the value is written in more than one place")

// member returns the value of a member.
func (n *node) member(name string) (*node, error) {
	for _, m := range n.members {
		if m.name == name {
			return m.value, nil
		}
	}
	if n.kind == computed {
		return nil, errComputed
	}
	return nil, fmt.Errorf("%s is not written out: %w", name, errComputed)
}

// item returns an item of a list; what is no list is its only item.
func (n *node) item(i int) (*node, error) {
	switch {
	case n.kind == list && i < len(n.items):
		return n.items[i], nil
	case n.kind == object && i == 0:
		return n, nil
	}
	return nil, errComputed
}

// saying returns the only scalar inside that says the text.
func (n *node) saying(text string) (*node, error) {
	found := n.scalars(text)
	switch len(found) {
	case 0:
		return nil, errComputed
	case 1:
		return found[0], nil
	}
	return nil, errManyPlaces
}

func (n *node) scalars(text string) []*node {
	if n.kind == scalar && n.text == text {
		return []*node{n}
	}
	var found []*node
	for _, item := range n.items {
		found = append(found, item.scalars(text)...)
	}
	for _, m := range n.members {
		found = append(found, m.value.scalars(text)...)
	}
	return found
}
