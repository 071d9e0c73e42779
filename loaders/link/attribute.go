package link

import "strings"

// attributeOf reads the ID of the unknown that a computed attribute without a
// known shape is: "attribute(RESOURCE ID#ATTRIBUTE)".
func attributeOf(id string) (resource, attribute string, ok bool) {
	rest, ok := strings.CutPrefix(id, "attribute(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return "", "", false
	}
	rest = strings.TrimSuffix(rest, ")")
	i := strings.LastIndexByte(rest, '#')
	if i < 0 {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}
