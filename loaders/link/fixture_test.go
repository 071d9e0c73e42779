package link_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
	"github.com/iblint/iblint/loaders/normalize"
	"github.com/iblint/iblint/loaders/source"
)

// The accounts, the Region and the keys of the tests.
const (
	builder  = "111111111111"
	target   = "222222222222"
	third    = "333333333333"
	home     = "us-east-1"
	otherKey = "arn:aws:kms:us-east-1:222222222222:key/11111111-2222-3333-4444-555555555555"
	amazon   = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"
)

type object = map[string]any

type array = []any

// value turns Go data into a value.
func value(v any) graph.Value {
	switch v := v.(type) {
	case nil:
		return graph.Absent()
	case graph.Value:
		return v
	case string:
		return graph.String(v)
	case bool:
		return graph.Bool(v)
	case int:
		return graph.Number(strconv.Itoa(v))
	case array:
		items := make([]graph.Value, len(v))
		for i, item := range v {
			items[i] = value(item)
		}
		return graph.List(items...)
	case object:
		fields := make([]graph.Field, 0, len(v))
		for name, item := range v {
			fields = append(fields, graph.Field{Name: name, Value: value(item)})
		}
		return graph.Map(fields...)
	}
	panic(fmt.Sprintf("no value for %T", v))
}

// world collects resources as the loaders would.
type world struct {
	g *graph.Graph
	o link.Options
}

func newWorld() *world { return &world{g: &graph.Graph{}} }

// at is where a resource is put.
type at struct{ account, region, root string }

// add puts a Terraform resource in the source account.
func (w *world) add(resourceType, name string, attributes object) *graph.Resource {
	return w.addAt(at{builder, home, "infra"}, resourceType, name, attributes)
}

// addAt puts a Terraform resource somewhere.
func (w *world) addAt(where at, resourceType, name string, attributes object) *graph.Resource {
	r := resource(where, resourceType, name, attributes)
	normalize.Resource(r)
	w.g.Resources = append(w.g.Resources, r)
	return r
}

// lookUp puts a data source in the source account.
func (w *world) lookUp(resourceType, name string, attributes object) *graph.Resource {
	r := resource(at{builder, home, "infra"}, resourceType, name, attributes)
	r.Address = "data." + r.Address
	r.ID = r.Root + "#" + r.Address
	r.Identity = identityOf(r)
	w.g.Data = append(w.g.Data, r)
	return r
}

func resource(where at, resourceType, name string, attributes object) *graph.Resource {
	r := &graph.Resource{
		Dialect: graph.Terraform, Type: resourceType, Root: where.root, Address: resourceType + "." + name,
		Account: place(where.account, graph.SymbolAccount, where.root), Region: place(where.region, graph.SymbolRegion, where.root),
		Attributes: value(attributes),
	}
	r.ID = where.root + "#" + r.Address
	r.Identity = identityOf(r)
	return r
}

// place is a known account or Region, or the symbol of a root for "".
func place(s string, symbol graph.Symbol, root string) graph.Value {
	if s == "" {
		return graph.Text(graph.Part{Unknown: graph.NewSymbol(symbol, root)})
	}
	return graph.String(s)
}

// identityOf makes what references to a resource evaluate to.
func identityOf(r *graph.Resource) map[string]graph.Value {
	id := graph.StableUUID(r.ID)
	arn := func(service, resource string) graph.Value {
		return graph.ConcatText(graph.String("arn:aws:"+service+":"), r.Region, graph.String(":"), r.Account, graph.String(":"+resource))
	}
	name, _ := r.Attributes.Field("name").AsString()
	switch r.Type {
	case "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key":
		return map[string]graph.Value{"arn": arn("kms", "key/"+id), "key_id": graph.String(id), "id": graph.String(id)}
	case "aws_kms_alias":
		return map[string]graph.Value{"arn": arn("kms", name), "name": graph.String(name), "target_key_arn": arn("kms", "key/"+id)}
	case "aws_ebs_default_kms_key":
		return map[string]graph.Value{"key_arn": arn("kms", "key/"+id)}
	case "aws_iam_role":
		return map[string]graph.Value{
			"arn":  graph.ConcatText(graph.String("arn:aws:iam::"), r.Account, graph.String(":role/"+name)),
			"name": graph.String(name), "id": graph.String(name),
		}
	case "aws_iam_policy":
		return map[string]graph.Value{"arn": graph.ConcatText(graph.String("arn:aws:iam::"), r.Account, graph.String(":policy/"+name))}
	case "aws_ami", "aws_ami_copy", "aws_ami_from_instance":
		return map[string]graph.Value{"id": graph.String("ami-" + graph.StableHex(r.ID, 17))}
	case "aws_ebs_snapshot", "aws_ebs_snapshot_copy":
		return map[string]graph.Value{"id": graph.String("snap-" + graph.StableHex(r.ID, 17))}
	case "aws_imagebuilder_image_recipe":
		return map[string]graph.Value{"arn": arn("imagebuilder", "image-recipe/"+strings.ToLower(name)+"/1.0.0")}
	case "aws_imagebuilder_distribution_configuration":
		return map[string]graph.Value{"arn": arn("imagebuilder", "distribution-configuration/"+strings.ToLower(name))}
	case "aws_imagebuilder_image":
		return map[string]graph.Value{"arn": arn("imagebuilder", "image/"+graph.StableHex(r.ID, 8)+"/1.0.0/1")}
	}
	return nil
}

func (w *world) link() *link.Model {
	w.g.Sort()
	return link.Link(w.g, w.o)
}

func (w *world) config(t *testing.T, content string) {
	t.Helper()
	c, diags := facts.Parse(".iblint.yaml", []byte(content))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	w.o.Config = c
}

// unknownNamed is a variable without value.
func unknownNamed(name string) graph.Value {
	return graph.UnknownValue(&graph.Unknown{
		ID: "var(infra#" + name + ")", Reason: "variable " + name + " has no value", Settle: "--var " + name + "=…",
	})
}

// facts adds the resources of the configuration.
func (w *world) facts(t *testing.T) {
	t.Helper()
	if w.o.Config == nil {
		return
	}
	readable, err := sourceFiles(t)
	if err != nil {
		t.Fatal(err)
	}
	g, diags := w.o.Config.Resources(readable)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	w.g.Merge(g)
}

func sourceFiles(t *testing.T) (*source.Files, error) {
	t.Helper()
	return source.New([]string{t.TempDir()}, 0)
}
