package policies

import (
	"fmt"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/rego"
)

// BenchmarkInput converts a document of about one megabyte.
func BenchmarkInput(b *testing.B) {
	resources := make([]graph.Field, 0, 1000)
	for i := range 1000 {
		resources = append(resources, graph.Field{Name: fmt.Sprintf("infra#aws_kms_key.key%d", i), Value: graph.Map(
			graph.Field{Name: "kind", Value: graph.String("kms_key")},
			graph.Field{Name: "type", Value: graph.String("aws_kms_key")},
			graph.Field{Name: "account", Value: graph.String("111111111111")},
			graph.Field{Name: "region", Value: graph.String("eu-west-1")},
			graph.Field{Name: "properties", Value: graph.Map(
				graph.Field{Name: "enabled", Value: graph.Bool(true)},
				graph.Field{Name: "policy", Value: graph.Map(graph.Field{Name: "statements", Value: graph.List(statements(4)...)})},
			)},
		)})
	}
	input := graph.Map(graph.Field{Name: "resources", Value: graph.Map(resources...)})
	b.SetBytes(int64(len(newConverter().term(input).String())))
	b.ReportAllocs()
	for b.Loop() {
		newConverter().term(input)
	}
}

func statements(n int) []graph.Value {
	out := make([]graph.Value, n)
	for i := range out {
		out[i] = graph.Map(
			graph.Field{Name: "effect", Value: graph.String("Allow")},
			graph.Field{Name: "actions", Value: graph.List(
				graph.String("kms:Decrypt"), graph.String("kms:CreateGrant"), graph.String("kms:ReEncrypt*"))},
			graph.Field{Name: "principals", Value: graph.List(graph.Map(
				graph.Field{Name: "type", Value: graph.String("AWS")},
				graph.Field{Name: "identifier", Value: graph.String(fmt.Sprintf("arn:aws:iam::%012d:root", i))}))},
			graph.Field{Name: "resources", Value: graph.List(graph.String("*"))},
		)
	}
	return out
}

// BenchmarkSnapshot reads the rules as every run does.
func BenchmarkSnapshot(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := builtinRules(rego.Files()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSources compiles the rules, as a run with users' policies does.
func BenchmarkSources(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compileRules(rego.Files(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
