package link

import (
	"embed"
	"encoding/json"
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
	var decoded any
	if err := json.Unmarshal(content, &decoded); err != nil {
		return graph.Absent(), false
	}
	return normalize.Document(plainValue(decoded)).Value(), true
}

// plainValue turns decoded JSON into a value. Published policies have strings,
// lists and objects only.
func plainValue(decoded any) graph.Value {
	switch v := decoded.(type) {
	case string:
		if rest, ok := strings.CutPrefix(v, "arn:aws:"); ok {
			v = "arn:*:" + rest
		}
		return graph.String(v)
	case bool:
		return graph.Bool(v)
	case []any:
		items := make([]graph.Value, len(v))
		for i, item := range v {
			items[i] = plainValue(item)
		}
		return graph.List(items...)
	case map[string]any:
		fields := make([]graph.Field, 0, len(v))
		for name, item := range v {
			fields = append(fields, graph.Field{Name: name, Value: plainValue(item)})
		}
		return graph.Map(fields...)
	}
	return graph.Absent()
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
