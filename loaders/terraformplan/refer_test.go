package terraformplan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// planOf makes a plan with one key that is to be created and one resource
// test.this whose argument is not known.
type planOf struct {
	argument  string // name of the argument
	unknown   string // after_unknown of the argument, default true
	value     string // planned value of the argument, default null
	written   string // its expression
	more      string // members of root_module of the configuration
	variables string
	index     string // of test.this
	forEach   string
	resources string // more planned resources
	changes   string // more changes
	config    string // more configured resources
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func (p planOf) String() string {
	address := "test.this"
	index := ""
	if p.index != "" {
		address += "[" + strings.ReplaceAll(p.index, `"`, `\"`) + "]"
		index = `,"index":` + p.index
	}
	forEach := ""
	if p.forEach != "" {
		forEach = `,"for_each_expression":` + p.forEach
	}
	return fmt.Sprintf(`{"format_version":"1.2","variables":{%[10]s},
"planned_values":{"root_module":{"resources":[
 {"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","values":{}},
 {"address":"aws_kms_key.n[0]","mode":"managed","type":"aws_kms_key","name":"n","index":0,"values":{}},
 {"address":"aws_kms_key.n[1]","mode":"managed","type":"aws_kms_key","name":"n","index":1,"values":{}},
 {"address":"aws_kms_key.e[\"a.b\"]","mode":"managed","type":"aws_kms_key","name":"e","index":"a.b","values":{}},
 {"address":"%[1]s","mode":"managed","type":"test","name":"this"%[2]s,"values":{"%[3]s":%[4]s}}%[5]s]}},
"resource_changes":[
 {"address":"aws_kms_key.k","change":{"after_unknown":{"arn":true,"id":true,"key_id":true,"policy":true}}},
 {"address":"aws_kms_key.n[0]","change":{"after_unknown":{"arn":true,"id":true,"key_id":true}}},
 {"address":"aws_kms_key.n[1]","change":{"after_unknown":{"arn":true,"id":true,"key_id":true}}},
 {"address":"aws_kms_key.e[\"a.b\"]","change":{"after_unknown":{"arn":true,"id":true,"key_id":true}}},
 {"address":"%[1]s","change":{"after_unknown":{"%[3]s":%[6]s}}}%[7]s],
"configuration":{
 "provider_config":{"aws":{"name":"aws","expressions":{"region":{"constant_value":"eu-west-1"},"allowed_account_ids":{"constant_value":["111111111111"]}}}},
 "root_module":{"resources":[
  {"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","provider_config_key":"aws"},
  {"address":"aws_kms_key.n","mode":"managed","type":"aws_kms_key","name":"n","provider_config_key":"aws"},
  {"address":"aws_kms_key.e","mode":"managed","type":"aws_kms_key","name":"e","provider_config_key":"aws"},
  {"address":"test.this","mode":"managed","type":"test","name":"this","expressions":{"%[3]s":%[8]s}%[11]s}%[12]s]%[9]s}}}`,
		address, index, p.argument, or(p.value, "null"), p.resources, or(p.unknown, "true"), p.changes,
		or(p.written, "{}"), p.more, p.variables, forEach, p.config)
}

func references(names ...string) string {
	return `{"references":["` + strings.Join(escaped(names), `","`) + `"]}`
}

func escaped(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, strings.ReplaceAll(name, `"`, `\"`))
	}
	return out
}

// arnOf is the ARN of a key that is to be created.
func arnOf(name string) string {
	return "arn:aws:kms:eu-west-1:111111111111:key/" + graph.StableUUID("plan.json#aws_kms_key."+name)
}

func quoted(s string) string { return `"` + s + `"` }

// child is a module "m" with an output and a variable.
const child = `,"module_calls":{"m":{"expressions":{
 "key_arn":{"references":["aws_kms_key.k.arn","aws_kms_key.k"]},
 "keys":{"references":["aws_kms_key.k.arn","aws_kms_key.k","aws_kms_key.n[0].arn","aws_kms_key.n[0]","aws_kms_key.n"]},
 "settings":{"references":["aws_kms_key.k.arn","aws_kms_key.k"]}},
 "module":{"variables":{"key_arn":{},"keys":{},"settings":{},"optional":{"default":null}},
 "outputs":{
  "out":{"expression":{"references":["var.key_arn"]}},
  "inner":{"expression":{"references":["module.deep.out","module.deep"]}},
  "object":{"expression":{"references":["var.settings.arn","var.settings"]}},
  "chosen":{"expression":{"references":["var.optional","var.key_arn"]}},
  "keys":{"expression":{"references":["var.keys"]}},
  "loop":{"expression":{"references":["var.loop"]}}},
 "module_calls":{"deep":{"expressions":{"v":{"references":["var.key_arn"]}},
  "module":{"variables":{"v":{}},"outputs":{"out":{"expression":{"references":["var.v"]}}}}}}}}}`

// referenceCase is a plan and the value of its argument.
type referenceCase struct {
	plan planOf
	want string
}

func checkReferences(t *testing.T, cases map[string]referenceCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := mustLoad(t, test.plan.String(), terraformplan.Options{})
			r := g.Resources[len(g.Resources)-1]
			if got := brief(t, r.Attributes.Field(test.plan.argument)); got != test.want {
				t.Errorf("%s = %s, want %s", test.plan.argument, got, test.want)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	k := quoted(arnOf("k"))
	checkReferences(t, map[string]referenceCase{
		"attribute":          {planOf{argument: "kms_key_id", written: references("aws_kms_key.k.arn", "aws_kms_key.k")}, k},
		"key ID":             {planOf{argument: "kms_key_id", written: references("aws_kms_key.k.key_id", "aws_kms_key.k")}, quoted(arnOf("k")[len(arnOf("k"))-36:])},
		"count index":        {planOf{argument: "kms_key_id", written: references("aws_kms_key.n[1].arn", "aws_kms_key.n[1]", "aws_kms_key.n")}, quoted(arnOf("n[1]"))},
		"each key with dot":  {planOf{argument: "kms_key_id", written: references(`aws_kms_key.e["a.b"].arn`, `aws_kms_key.e["a.b"]`, "aws_kms_key.e")}, quoted(arnOf(`e["a.b"]`))},
		"computed index":     {planOf{argument: "key_arn", index: "1", written: references("aws_kms_key.n", "count.index")}, quoted(arnOf("n[1]"))},
		"computed each key":  {planOf{argument: "key_arn", index: `"a.b"`, written: references("aws_kms_key.e", "each.key")}, quoted(arnOf(`e["a.b"]`))},
		"index past the end": {planOf{argument: "key_arn", index: "7", written: references("aws_kms_key.n", "count.index")}, "unknown"},
		"attribute left out": {planOf{argument: "kms_key_id", index: "1", written: references("aws_kms_key.n", "count.index")}, "unknown"},
		"several instances":  {planOf{argument: "key_arn", written: references("aws_kms_key.n")}, "unknown"},
		"one of":             {planOf{argument: "key_arn", written: references("aws_kms_key.k")}, k},
		"condition":          {planOf{argument: "kms_key_id", written: references("var.on", "aws_kms_key.k.arn", "aws_kms_key.k"), variables: `"on":{"value":true}`}, k},
		"coalesce":           {planOf{argument: "kms_key_id", written: references("var.key", "aws_kms_key.k.arn", "aws_kms_key.k"), variables: `"key":{"value":""}`}, k},
		"null variable":      {planOf{argument: "kms_key_id", written: references("var.key", "aws_kms_key.k.arn", "aws_kms_key.k"), variables: `"key":{"value":null}`}, k},
		"two keys":           {planOf{argument: "kms_key_id", written: references("aws_kms_key.k.arn", "aws_kms_key.k", "aws_kms_key.n[0].arn", "aws_kms_key.n[0]", "aws_kms_key.n")}, "unknown"},
		"text around":        {planOf{argument: "kms_key_id", written: references("var.prefix", "aws_kms_key.k.arn", "aws_kms_key.k"), variables: `"prefix":{"value":"x"}`}, "unknown"},
		"key beside":         {planOf{argument: "kms_key_id", index: `"a"`, written: references("aws_kms_key.k.arn", "aws_kms_key.k", "each.key")}, "unknown"},
		"policy of a key":    {planOf{argument: "policy", written: references("aws_kms_key.k.arn", "aws_kms_key.k")}, "unknown"},
		"name of a key":      {planOf{argument: "name", written: references("aws_kms_key.k.key_id", "aws_kms_key.k")}, "unknown"},
		"local":              {planOf{argument: "kms_key_id", written: references("local.key")}, "unknown"},
		"nothing there":      {planOf{argument: "kms_key_id", written: references("aws_kms_key.gone.arn", "aws_kms_key.gone")}, "unknown"},
		"malformed":          {planOf{argument: "kms_key_id", written: references("aws_kms_key.[x", ".", "[", `a["`)}, "unknown"},
		"functions only":     {planOf{argument: "kms_key_id", written: "{}"}, "unknown"},
		"computed attribute": {planOf{argument: "other", written: "null"}, "null"},
	})
}

func TestReferencesThroughModules(t *testing.T) {
	t.Parallel()
	k := quoted(arnOf("k"))
	checkReferences(t, map[string]referenceCase{
		"module output":      {planOf{argument: "kms_key_id", written: references("module.m.out", "module.m"), more: child}, k},
		"module in module":   {planOf{argument: "kms_key_id", written: references("module.m.inner", "module.m"), more: child}, k},
		"object of a module": {planOf{argument: "kms_key_id", written: references("module.m.object", "module.m"), more: child}, k},
		"optional variable":  {planOf{argument: "kms_key_id", written: references("module.m.chosen", "module.m"), more: child}, k},
		"no such output":     {planOf{argument: "kms_key_id", written: references("module.m.gone", "module.m"), more: child}, "unknown"},
		"item of a list":     {planOf{argument: "kms_key_id", written: references("module.m.keys[1]", "module.m.keys", "module.m"), more: child}, "unknown"},
		"list of a module": {
			planOf{argument: "key_arns", unknown: "[true,true]", value: "[null,null]", written: references("module.m.keys", "module.m"), more: child},
			"[" + k + "," + quoted(arnOf("n[0]")) + "]",
		},
		"longer list of a module": {
			planOf{argument: "key_arns", unknown: "[true,true,true]", value: "[null,null,null]", written: references("module.m.keys", "module.m"), more: child},
			"[unknown,unknown,unknown]",
		},
	})
}

func TestReferencesInCollections(t *testing.T) {
	t.Parallel()
	k := quoted(arnOf("k"))
	checkReferences(t, map[string]referenceCase{
		"list": {
			planOf{argument: "key_arns", unknown: "[false,true,true]", value: `["x",null,null]`, written: references("aws_kms_key.n[0].arn", "aws_kms_key.n[0]", "aws_kms_key.n", "aws_kms_key.k.arn", "aws_kms_key.k")},
			`["x",` + quoted(arnOf("n[0]")) + "," + k + "]",
		},
		"whole set":  {planOf{argument: "key_arns", written: references("aws_kms_key.k.arn", "aws_kms_key.k")}, "[" + k + ",unknown]"},
		"each value": {planOf{argument: "kms_key_id", index: `"a"`, written: references("each.value"), forEach: references("aws_kms_key.k.arn", "aws_kms_key.k")}, k},
		"each value of an object": {
			planOf{argument: "kms_key_id", index: `"a"`, written: references("each.value.arn", "each.value"), forEach: references("aws_kms_key.k.arn", "aws_kms_key.k")}, k,
		},
		"each value of resources": {
			planOf{argument: "kms_key_id", index: `"a.b"`, written: references("each.value.arn", "each.value"), forEach: references("aws_kms_key.e")}, quoted(arnOf(`e["a.b"]`)),
		},
		"each value of two keys": {
			planOf{argument: "kms_key_id", index: `"a"`, written: references("each.value"), forEach: references("aws_kms_key.k.arn", "aws_kms_key.k", "aws_kms_key.n[0].arn", "aws_kms_key.n[0]", "aws_kms_key.n")}, "unknown",
		},
		"nested object": {
			planOf{argument: "settings", unknown: `{"a":{"kms_key":true}}`, value: `{"a":{"size":3}}`, written: references("aws_kms_key.k.arn", "aws_kms_key.k")},
			`{"a":{"kms_key":` + k + `,"size":3}}`,
		},
	})
}

// brief is a value as JSON, unknowns as the word.
func brief(t *testing.T, v graph.Value) string {
	t.Helper()
	switch v.Kind() {
	case graph.KindUnknown:
		return "unknown"
	case graph.KindList:
		items := make([]string, 0, len(v.Items()))
		for _, item := range v.Items() {
			items = append(items, brief(t, item))
		}
		return "[" + strings.Join(items, ",") + "]"
	default:
		return text(t, v)
	}
}

func TestCyclesEnd(t *testing.T) {
	t.Parallel()
	p := planOf{
		argument: "kms_key_id", written: references("module.m.loop", "module.m"),
		more: `,"module_calls":{"m":{"expressions":{"loop":{"references":["module.m.loop","module.m"]}},
 "module":{"variables":{"loop":{}},"outputs":{"loop":{"expression":{"references":["var.loop"]}}}}}}`,
	}
	g := mustLoad(t, p.String(), terraformplan.Options{})
	if got := attribute(t, g, "test.this", "kms_key_id"); !strings.Contains(got, "module.m.loop") {
		t.Errorf("kms_key_id = %s, want an unknown that names module.m.loop", got)
	}
	p.more = strings.ReplaceAll(p.more, `["module.m.loop","module.m"]`, `["module.m.loop","module.m","module.m.loop","module.m","module.m.loop","module.m"]`)
	mustLoad(t, p.String(), terraformplan.Options{})
	p.more = wideModules(40)
	mustLoad(t, p.String(), terraformplan.Options{})
	p = planOf{argument: "kms_key_id", written: references("test.this.kms_key_id", "test.this")}
	mustLoad(t, p.String(), terraformplan.Options{})
}

// wideModules are outputs of which each refers three times to the next.
func wideModules(n int) string {
	outputs := []string{`"loop":{"expression":{"references":["module.c0.out","module.c0"]}}`}
	var calls []string
	for i := range n {
		next := fmt.Sprintf("module.c%d.out", i+1)
		calls = append(calls, fmt.Sprintf(`"c%[1]d":{"expressions":{"v":{"references":["%[2]s","local.a","%[2]s","local.b","%[2]s"]}},
 "module":{"variables":{"v":{}},"outputs":{"out":{"expression":{"references":["var.v","local.a","var.v"]}}}}}`, i, next))
	}
	return `,"module_calls":{"m":{"module":{"outputs":{` + strings.Join(outputs, ",") + `},"module_calls":{` + strings.Join(calls, ",") + `}}}}`
}

// blocksPlan is a plan with nested blocks of a set.
func blocksPlan(value, unknown, written string) string {
	return planOf{argument: "mapping", value: value, unknown: unknown, written: written}.String()
}

func TestNestedBlocks(t *testing.T) {
	t.Parallel()
	k, n := quoted(arnOf("k")), quoted(arnOf("n[0]"))
	first := `{"device":{"constant_value":"a"},"ebs":[{"kms_key_id":` + references("aws_kms_key.k.arn", "aws_kms_key.k") + `}]}`
	second := `{"device":{"constant_value":"b"},"ebs":[{"kms_key_id":` + references("aws_kms_key.n[0].arn", "aws_kms_key.n[0]", "aws_kms_key.n") + `}]}`
	alike := `{"ebs":[{"kms_key_id":` + references("aws_kms_key.k.arn", "aws_kms_key.k") + `}]}`
	block := func(device string) string {
		return `{"device":"` + device + `","ebs":[{"kms_key_id":null,"snapshot":null,"size":8}]}`
	}
	const hidden = `{"ebs":[{"kms_key_id":true,"snapshot":true}]}`
	for name, test := range map[string]struct {
		plan string
		want []string
	}{
		"order of a set":      {blocksPlan("["+block("b")+","+block("a")+"]", "["+hidden+","+hidden+"]", "["+first+","+second+"]"), []string{n, k}},
		"one is dynamic":      {blocksPlan("["+block("c")+","+block("a")+"]", "["+hidden+","+hidden+"]", "["+first+"]"), []string{"unknown", k}},
		"dynamic like static": {blocksPlan("["+block("a")+","+block("a")+"]", "["+hidden+","+hidden+"]", "["+first+"]"), []string{"unknown", "unknown"}},
		"all dynamic":         {blocksPlan("["+block("a")+"]", "["+hidden+"]", "null"), []string{"unknown"}},
		"cannot be told":      {blocksPlan("["+block("a")+","+block("b")+"]", "["+hidden+","+hidden+"]", "["+alike+","+alike+"]"), []string{"unknown", "unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := mustLoad(t, test.plan, terraformplan.Options{})
			mappings := g.Resources[len(g.Resources)-1].Attributes.Field("mapping").Items()
			if len(mappings) != len(test.want) {
				t.Fatalf("%d blocks, want %d", len(mappings), len(test.want))
			}
			for i, want := range test.want {
				v, _ := graph.Lookup(mappings[i], "ebs[0].kms_key_id")
				if got := brief(t, v); got != want {
					t.Errorf("key of block %d = %s, want %s", i, got, want)
				}
				_, there := graph.Lookup(mappings[i], "ebs[0].snapshot")
				if computed := want != "unknown"; there == computed {
					t.Errorf("block %d has a computed snapshot: %v", i, there)
				}
			}
		})
	}
	t.Run("unknown number of blocks", func(t *testing.T) {
		t.Parallel()
		g := mustLoad(t, planOf{argument: "block_device_mapping", written: "null"}.String(), terraformplan.Options{})
		if got := brief(t, g.Resources[len(g.Resources)-1].Attributes.Field("block_device_mapping")); got != "unknown" {
			t.Errorf("blocks = %s, want unknown", got)
		}
	})
}

// TestEndedResources: what is destroyed or no longer managed after apply is not
// there; the planned values list the latter without values.
func TestEndedResources(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
		{"address": "aws_kms_key.kept", "mode": "managed", "type": "aws_kms_key", "name": "kept", "values": {"description": "x"}},
		{"address": "aws_kms_key.left", "mode": "managed", "type": "aws_kms_key", "name": "left", "sensitive_values": false}]}},
		"resource_changes": [
		{"address": "aws_kms_key.kept", "change": {"actions": ["delete", "create"], "after_unknown": {"arn": true}}},
		{"address": "aws_kms_key.kept", "deposed": "abcd1234", "change": {"actions": ["delete"]}},
		{"address": "aws_kms_key.left", "change": {"actions": ["forget"]}}]}`, terraformplan.Options{})
	if len(g.Resources) != 1 || g.Resources[0].Address != "aws_kms_key.kept" {
		t.Errorf("resources: %v", g.Resources)
	}
}
