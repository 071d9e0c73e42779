package fix

import (
	"strconv"
	"strings"
)

// inDocument follows the rest of a path in a policy document of Terraform:
// "[1].actions". Below an element the scalar counts that says the text.
func inDocument(document *node, path, text string) (*node, error) {
	statements, err := document.member("Statement")
	if err != nil || path == "" {
		return statements, err
	}
	steps := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	i, err := strconv.Atoi(steps[0])
	if err != nil {
		return nil, errComputed
	}
	one, err := statements.item(i)
	if err != nil || len(steps) == 1 {
		return one, err
	}
	element, err := one.member(camelCase(strings.TrimSuffix(steps[1], "s")))
	if err != nil || len(steps) == 2 {
		return element, err
	}
	return element.saying(text)
}
