package policies

import (
	"slices"

	"github.com/iblint/iblint/loaders/graph"
)

// withWritten adds to the input of users' rules every resource and data source
// as it is written, by ID, of whatever type:
//
//	"written": {"infra#aws_s3_bucket.logs": {"id": "…", "address": "…",
//	    "type": "aws_s3_bucket", "dialect": "terraform", "root": "infra",
//	    "provider": "aws.target", "kind": "…", "data": true,
//	    "account": "…", "region": "…", "attributes": {…}}}
//
// The built-in rules read normalized properties only, and do without it.
func withWritten(input graph.Value, g *graph.Graph) graph.Value {
	written := make([]graph.Field, 0, len(g.Resources)+len(g.Data))
	for _, r := range g.Resources {
		written = append(written, graph.Field{Name: r.ID, Value: resourceValue(r, false)})
	}
	for _, r := range g.Data {
		written = append(written, graph.Field{Name: r.ID, Value: resourceValue(r, true)})
	}
	fields := append(slices.Clone(input.Fields()), graph.Field{Name: "written", Value: graph.Map(written...)})
	return graph.Map(fields...)
}

func resourceValue(r *graph.Resource, data bool) graph.Value {
	fields := []graph.Field{
		{Name: "id", Value: graph.String(r.ID)},
		{Name: "address", Value: graph.String(r.Address)},
		{Name: "type", Value: graph.String(r.Type)},
		{Name: "dialect", Value: graph.String(string(r.Dialect))},
		{Name: "root", Value: graph.String(r.Root)},
		{Name: "account", Value: r.Account},
		{Name: "region", Value: r.Region},
		{Name: "attributes", Value: r.Attributes},
	}
	if r.Provider != "" {
		fields = append(fields, graph.Field{Name: "provider", Value: graph.String(r.Provider)})
	}
	if r.Kind != "" {
		fields = append(fields, graph.Field{Name: "kind", Value: graph.String(string(r.Kind))})
	}
	if data {
		fields = append(fields, graph.Field{Name: "data", Value: graph.Bool(true)})
	}
	return graph.Map(fields...)
}
