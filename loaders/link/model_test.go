package link_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
	"github.com/iblint/iblint/loaders/normalize"
)

// marshal is the input of the rules as JSON.
func marshal(t *testing.T, m *link.Model) string {
	t.Helper()
	b, err := json.Marshal(m.Input())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// at looks a place of the input up.
func lookup(m *link.Model, path ...string) graph.Value {
	v := m.Input()
	for _, step := range path {
		v = v.Field(step)
	}
	return v
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	w := golden()
	w.config(t, `
accounts:
  "222222222222": {name: prod, complete: true, launches_with: [autoscaling], enabled_regions: [af-south-1]}
  "444444444444": {name: spare}
`)
	w.add("aws_account_region", "here", object{"region_name": "me-south-1", "enabled": true})
	w.add("aws_account_region", "there", object{"region_name": "ap-east-1", "enabled": false, "account_id": target})
	w.addAt(at{"", "", "other"}, "aws_iam_role", "r", object{"name": "r"})
	m := w.link()
	got := map[string]string{}
	for id := range m.Accounts {
		b, err := json.Marshal(lookup(m, "accounts", id))
		if err != nil {
			t.Fatal(err)
		}
		got[m.Names[id]+strings.Trim(id, "{}")] = string(b)
	}
	standIn := "the account of otheraccount-" + graph.StableHex("account(other)", 8)
	want := map[string]string{
		builder:        `{"complete":false,"configured":false,"covered":true,"disabled_regions":[],"enabled_regions":["me-south-1"],"launches_with":[]}`,
		target:         `{"complete":true,"configured":true,"covered":true,"disabled_regions":["ap-east-1"],"enabled_regions":["af-south-1"],"launches_with":["autoscaling"],"name":"prod","regions_known":true}`,
		"444444444444": `{"complete":false,"configured":true,"covered":false,"disabled_regions":[],"launches_with":[],"name":"spare"}`,
		standIn:        `{"complete":false,"configured":false,"covered":false,"disabled_regions":[],"launches_with":[]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompleteHoldsForAllAccounts(t *testing.T) {
	t.Parallel()
	w := golden()
	w.o.Complete = true
	m := w.link()
	for id, a := range m.Accounts {
		if !a.Complete {
			t.Errorf("%s is not complete", id)
		}
	}
	if complete, _ := lookup(m, "settings", "complete").AsBool(); !complete {
		t.Error("the settings do not say complete")
	}
}

func TestKeyPolicies(t *testing.T) {
	t.Parallel()
	const policy = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":"*"}}`
	for _, c := range []struct {
		name  string
		key   object
		setup func(w *world, key *graph.Resource)
		want  link.Key
	}{
		{
			name: "default", key: object{},
			want: link.Key{Document: "infra#aws_kms_key.k|policy", PolicyOwner: link.Spot{Resource: "infra#aws_kms_key.k", Property: "policy"}, DefaultPolicy: true},
		},
		{
			name: "in the key", key: object{"policy": policy},
			want: link.Key{Document: "infra#aws_kms_key.k|policy", PolicyOwner: link.Spot{Resource: "infra#aws_kms_key.k", Property: "policy"}},
		},
		{
			name: "as a resource", key: object{},
			setup: func(w *world, k *graph.Resource) {
				w.add("aws_kms_key_policy", "p", object{"key_id": k.Identity["key_id"], "policy": policy})
			},
			want: link.Key{Document: "infra#aws_kms_key_policy.p|policy", PolicyOwner: link.Spot{Resource: "infra#aws_kms_key_policy.p", Property: "policy"}},
		},
		{
			name: "both", key: object{"policy": policy},
			setup: func(w *world, k *graph.Resource) {
				w.add("aws_kms_key_policy", "p", object{"key_id": k.Identity["arn"], "policy": policy})
			},
			want: link.Key{
				Document: "infra#aws_kms_key_policy.p|policy", PolicyOwner: link.Spot{Resource: "infra#aws_kms_key_policy.p", Property: "policy"},
				Others: []link.Policy{{Document: "infra#aws_kms_key.k|policy", Spot: link.Spot{Resource: "infra#aws_kms_key.k", Property: "policy"}}},
			},
		},
		{
			name: "grant", key: object{"policy": policy},
			setup: func(w *world, k *graph.Resource) {
				w.addAt(there(), "aws_kms_grant", "g", object{"key_id": k.Identity["arn"], "grantee_principal": "arn:aws:iam::222222222222:role/r", "operations": array{"Decrypt"}})
			},
			want: link.Key{
				Document: "infra#aws_kms_key.k|policy", PolicyOwner: link.Spot{Resource: "infra#aws_kms_key.k", Property: "policy"},
				Grants: []string{"infra#aws_kms_grant.g"},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			k := w.add("aws_kms_key", "k", c.key)
			if c.setup != nil {
				c.setup(w, k)
			}
			key := w.link().Keys[k.ID]
			got := link.Key{
				Document: key.Document, PolicyOwner: key.PolicyOwner, DefaultPolicy: key.DefaultPolicy,
				Others: key.Others, Grants: key.Grants,
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(graph.Value{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDefaultKeyPolicyDelegatesToItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld()
	k := w.addAt(at{target, "cn-north-1", "infra"}, "aws_kms_key", "k", object{})
	k.Identity = nil
	m := w.link()
	principal, _ := graph.Lookup(m.Documents[k.ID+"|policy"], "statements[0].principals[0].identifier")
	if got := text(principal); got != "arn:aws-cn:iam::222222222222:root" {
		t.Errorf("the default policy names %s", got)
	}
}

func TestGrantsThatAreNotKnown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	k := w.add("aws_kms_key", "k", object{})
	w.add("aws_kms_grant", "g", object{"key_id": unknownNamed("key"), "grantee_principal": "x", "operations": array{"Decrypt"}})
	if u := w.link().Keys[k.ID].GrantsUnknown; u == nil || !strings.Contains(u.Reason, "variable key has no value") {
		t.Errorf("grants: %v", u)
	}
	w = newWorld()
	k = w.add("aws_kms_key", "k", object{})
	w.add("Custom::KMSGrant", "g", object{"ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:f", "Keys": array{k.Identity["arn"]}})
	if u := w.link().Keys[k.ID].GrantsUnknown; u == nil || !strings.Contains(u.Reason, "custom resource") {
		t.Errorf("grants: %v", u)
	}
}

// TestPoliciesNameKeysThatAreLookedUp: in a document the ARN of a data source
// is the ARN of the key that it finds.
func TestPoliciesNameKeysThatAreLookedUp(t *testing.T) {
	t.Parallel()
	w := newWorld()
	key := w.add("aws_kms_key", "k", object{})
	w.add("aws_kms_alias", "a", object{"name": "alias/golden", "target_key_id": key.Identity["key_id"]})
	found := w.lookUp("aws_kms_alias", "found", object{"name": "alias/golden"})
	outside := w.lookUp("aws_kms_alias", "outside", object{"name": "alias/other"})
	again := w.lookUp("aws_kms_key", "again", object{"key_id": "alias/other"})
	p := w.add("aws_iam_policy", "p", object{"name": "p", "policy": object{"Statement": object{
		"Effect": "Allow", "Action": "kms:*",
		"Resource": array{found.Identity["target_key_arn"], outside.Identity["target_key_arn"], again.Identity["arn"]},
	}}})
	m := w.link()
	resources, _ := graph.Lookup(m.Documents[p.ID+"|policy"], "statements[0].resources")
	var got []string
	for _, item := range resources.Items() {
		got = append(got, text(item))
	}
	other := m.Keys["arn:aws:kms:us-east-1:111111111111:alias/other"].ARN
	if diff := cmp.Diff([]string{m.Keys[key.ID].ARN, other, other}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEncryptionSettings(t *testing.T) {
	t.Parallel()
	w := newWorld()
	key := w.add("aws_kms_key", "k", object{})
	w.add("aws_ebs_encryption_by_default", "on", object{})
	w.add("aws_ebs_default_kms_key", "key", object{"key_arn": key.Identity["arn"]})
	w.addAt(at{target, home, "infra"}, "aws_ebs_encryption_by_default", "unknown", object{"enabled": unknownNamed("enabled")})
	w.addAt(at{third, home, "infra"}, "aws_ebs_encryption_by_default", "a", object{"enabled": true})
	w.addAt(at{third, home, "infra"}, "aws_ebs_encryption_by_default", "b", object{"enabled": false})
	m := w.link()
	here := m.Encryption[builder][home]
	if enabled, _ := here.Enabled.AsBool(); !enabled || here.Key != key.ID || text(here.Manager) != "customer" {
		t.Errorf("here: %+v", here)
	}
	for account, reason := range map[string]string{target: "variable enabled", third: "contradict"} {
		if u := m.Encryption[account][home].Enabled.Unknown(); u == nil || !strings.Contains(u.Reason, reason) {
			t.Errorf("%s: %v", account, u)
		}
	}
}

func TestBuildsOfPartsThatAreNotKnown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.add("aws_imagebuilder_image_pipeline", "literal", object{
		"name": "literal", "image_recipe_arn": "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/gone/1.0.0",
		"distribution_configuration_arn": unknownNamed("distribution"),
	})
	w.add("aws_imagebuilder_image_pipeline", "container", object{
		"name": "container", "container_recipe_arn": "arn:aws:imagebuilder:us-east-1:111111111111:container-recipe/c/1.0.0",
	})
	w.add("aws_imagebuilder_image_pipeline", "nothing", object{"name": "nothing"})
	w.add("aws_imagebuilder_distribution_configuration", "lone", object{"name": "lone", "distribution": array{}})
	m := w.link()
	got := map[string]string{}
	for _, b := range m.Builds {
		line := reasons(b.RecipeUnknown, b.DistributionUnknown, b.DevicesUnknown)
		if b.Container {
			line += "container"
		}
		got[strings.TrimPrefix(b.ID, "infra#aws_imagebuilder_")] = line
	}
	const gone = "[no given template has the recipe arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/gone/1.0.0]"
	const noRecipe = "[aws_imagebuilder_image_pipeline.nothing names no recipe]"
	const unused = "[no pipeline or image of the given templates uses aws_imagebuilder_distribution_configuration.lone]"
	want := map[string]string{
		"image_pipeline.literal":          gone + "[the distribution configuration of aws_imagebuilder_image_pipeline.literal is not known: variable distribution has no value]" + gone,
		"image_pipeline.container":        "container",
		"image_pipeline.nothing":          noRecipe + noRecipe,
		"distribution_configuration.lone": unused + unused,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLiteralARNsOfImageBuilder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, arn string
		found     bool
	}{
		{"lower case", "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/my-base-image/1.0.0", true},
		{"underscore", "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/my_base-image/1.0.0", true},
		{"other version", "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/my-base-image/1.0.1", false},
		{"any version", "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/my-base-image/x.x.x", true},
		{"other Region", "arn:aws:imagebuilder:eu-west-1:111111111111:image-recipe/my-base-image/1.0.0", false},
		{"other account", "arn:aws:imagebuilder:us-east-1:222222222222:image-recipe/my-base-image/1.0.0", false},
		{"other type", "arn:aws:imagebuilder:us-east-1:111111111111:container-recipe/my-base-image/1.0.0", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			r := w.add("aws_imagebuilder_image_recipe", "r", object{"name": "My Base_Image", "version": "1.0.0", "parent_image": amazon})
			r.Identity = nil
			w.add("aws_imagebuilder_image_pipeline", "p", object{"name": "p", "image_recipe_arn": c.arn})
			b := w.link().Builds[0]
			if (b.Recipe == r.ID) != c.found {
				t.Errorf("recipe %q", b.Recipe)
			}
		})
	}
}

// TestSameBytes: the order of resources does not matter.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	w := golden()
	for _, c := range attachedPolicies() {
		if c.setup != nil {
			c.setup(w, w.g.Resources[len(w.g.Resources)-1])
		}
	}
	for i, r := range w.g.Resources {
		r.ID += strconv.Itoa(i) // every case adds its own
	}
	first := marshal(t, w.link())
	for range 3 {
		for i, j := 0, len(w.g.Resources)-1; i < j; i, j = i+1, j-1 {
			w.g.Resources[i], w.g.Resources[j] = w.g.Resources[j], w.g.Resources[i]
		}
		if again := marshal(t, link.Link(w.g, w.o)); again != first {
			t.Fatal("another order gives another input")
		}
	}
}

func TestInputHasNoSymbols(t *testing.T) {
	t.Parallel()
	w := golden()
	for _, r := range w.g.Resources {
		r.Account = graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolAccount, "infra")})
		r.Region = graph.Text(graph.Part{Unknown: graph.NewSymbol(graph.SymbolRegion, "infra")})
	}
	if input := marshal(t, w.link()); strings.Contains(input, "$symbol") {
		t.Error(input[max(0, strings.Index(input, "$symbol")-200):])
	}
}

func TestRelevant(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.add("aws_kms_key", "k", object{})
	if link.Relevant(w.g) {
		t.Error("a key alone is relevant")
	}
	if w = golden(); !link.Relevant(w.g) {
		t.Error("a pipeline is not relevant")
	}
}

// TestWhatWins: a template over the configuration, the configuration over a
// fact.
func TestWhatWins(t *testing.T) {
	t.Parallel()
	setting := func(enabled, dialect, root string) *graph.Resource {
		r := resource(at{builder, home, root}, "aws_ebs_encryption_by_default", enabled, object{"enabled": enabled})
		normalize.Resource(r)
		r.Dialect = graph.Dialect(dialect)
		return r
	}
	template := setting("true", "terraform", "infra")
	configured := setting("false", "configuration", ".iblint.yaml")
	fact := setting("true", "configuration", "facts/a.json")
	other := setting("false", "configuration", "facts/b.json")
	for _, c := range []struct {
		name      string
		resources []*graph.Resource
		want      string
	}{
		{"template", []*graph.Resource{template, configured, fact, other}, "true"},
		{"configuration", []*graph.Resource{configured, fact, other}, "false"},
		{"fact", []*graph.Resource{fact}, "true"},
		{"facts that contradict each other", []*graph.Resource{fact, other}, "?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.config(t, "version: 1\n")
			w.g.Resources = c.resources
			if got := text(w.link().Encryption[builder][home].Enabled); got != c.want {
				t.Errorf("enabled: %s, want %s", got, c.want)
			}
		})
	}
}

func reasons(unknowns ...*graph.Unknown) string {
	var b strings.Builder
	for _, u := range unknowns {
		if u != nil {
			b.WriteString("[" + u.Reason + "]")
		}
	}
	return b.String()
}
