package link

import "strings"

// attributeOf reads the ID of the unknown that a computed attribute without a
// known shape is, and returns the resource: "attribute(RESOURCE ID#ATTRIBUTE)". What an expression makes
// of one attribute, an item of its list or a member of that, counts as well:
// "attribute(RESOURCE ID#ATTRIBUTE)[0].image", "one(?attribute(…))".
func attributeOf(id string) (resource string, ok bool) {
	_, rest, ok := strings.Cut(id, "attribute(")
	if !ok || strings.Contains(rest, "attribute(") {
		return "", false
	}
	end := strings.IndexByte(rest, ')')
	if end < 0 {
		return "", false
	}
	rest = rest[:end]
	i := strings.LastIndexByte(rest, '#')
	if i < 0 {
		return "", false
	}
	return rest[:i], true
}
