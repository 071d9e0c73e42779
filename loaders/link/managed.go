package link

import (
	"bytes"
	"embed"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/normalize"
)

// The policies that AWS publishes and that decide about distributions, as they
// stood in August 2026 (managed/README.md has versions and dates).
//
//go:embed managed/*.json
var published embed.FS

// managedDocument is the document of a policy that AWS publishes, by the last
// part of its ARN: paths differ, names do not. ARNs in it hold for every
// partition, because AWS publishes the policy in each with its own.
func managedDocument(name string) (graph.Value, bool) {
	if strings.ContainsAny(name, `/\.`) {
		return graph.Absent(), false
	}
	content, err := published.ReadFile("managed/" + name + ".json")
	if err != nil {
		return graph.Absent(), false
	}
	content = bytes.ReplaceAll(content, []byte(`"arn:aws:`), []byte(`"arn:*:`))
	document := normalize.Document(graph.String(string(content)))
	return document.Value(), true
}

// managedPolicy puts the document of a policy that AWS publishes among the
// documents and returns its name there, "" when it is not on record.
func (l *linker) managedPolicy(name string) string {
	id := "aws|" + name
	if _, ok := l.model.Documents[id]; ok {
		return id
	}
	document, ok := managedDocument(name)
	if !ok {
		return ""
	}
	l.model.Documents[id] = document
	return id
}
