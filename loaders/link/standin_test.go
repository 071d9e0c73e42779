package link_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
)

// TestAccountOfASecret: the provider's account comes from a value that nobody
// knows. It is one account all the same, and what the configuration says of its
// alias counts.
func TestAccountOfASecret(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.config(t, `
keys:
  "arn:aws:kms:us-east-1:111111111111:alias/golden": {manager: customer}
  "arn:aws:kms:eu-west-1:111111111111:alias/golden": {manager: customer}
images:
  "arn:aws:imagebuilder:us-east-1:111111111111:image/base/x.x.x": {owner: self, root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}}}
`+"\n")
	secret := graph.Text(graph.Part{Unknown: &graph.Unknown{ID: "secret", Reason: "the secret is not known"}})
	alias := graph.ConcatText(graph.String("arn:aws:kms:us-east-1:"), secret, graph.String(":alias/golden"))
	recipe := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0",
		"parent_image":         graph.ConcatText(graph.String("arn:aws:imagebuilder:us-east-1:"), secret, graph.String(":image/base/x.x.x")),
		"block_device_mapping": array{device("/dev/xvda", alias)},
	})
	recipe.Account = secret
	d := w.add("aws_imagebuilder_distribution_configuration", "d", object{"name": "d", "distribution": array{object{
		"region": home, "ami_distribution_configuration": array{object{"target_account_ids": array{secret, target}}},
	}}})
	d.Account = secret
	w.facts(t)
	m := w.link()
	at := m.Places[recipe.ID]
	ref := m.References[recipe.ID]["block_devices[0].kms_key"]
	targets, _ := graph.Lookup(lookup(m, "resources", d.ID, "properties"), "distributions[0].ami.target_account_ids")
	got := []string{ref.Key, m.Names[at.Account], m.Builds[1].Devices[0].Key, text(targets.Items()[0])}
	const key = ".iblint.yaml#keys.arn:aws:kms:us-east-1:111111111111:alias/golden"
	if diff := cmp.Diff([]string{key, "the account of infra", key, at.Account}, got); diff != "" {
		t.Error(diff)
	}
	if root, _ := lookup(m, "builds").Items()[1].Field("parent").Field("root_device").AsString(); root != "/dev/xvda" {
		t.Errorf("the root device is %q", root)
	}
}

// TestLinesSayWhichRoot: a number means nothing to templates whose root is not
// placed.
func TestLinesSayWhichRoot(t *testing.T) {
	t.Parallel()
	w := newWorld()
	here := at{"", "", "infra"}
	r := w.addAt(here, "aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": amazon,
		"block_device_mapping": array{device("/dev/sdf", keyID), ebs("/dev/sdg", object{})},
	})
	m := w.link()
	ref := m.References[r.ID]["block_devices[0].kms_key"]
	const line = `accounts: {"ACCOUNT": {roots: [infra], region: REGION}} and keys: {"arn:aws:kms:REGION:ACCOUNT:key/` + keyID + `": {manager: customer, policy: policies/key.json}}`
	if diff := cmp.Diff(line, ref.Settle); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(ref.Reason, "{") {
		t.Errorf("a reason has a stand-in in an ARN: %s", ref.Reason)
	}
	const setting = `accounts: {"ACCOUNT": {roots: [infra], region: REGION, ebs_encryption_by_default: {REGION: false}}}`
	if got := m.Builds[0].Devices[1].Reason.Settle; got != setting {
		t.Errorf("got %s", got)
	}
}

// TestAliasTellsWhereverItIs: of an alias whose account is not known the manager
// is.
func TestAliasTellsWhereverItIs(t *testing.T) {
	t.Parallel()
	w := newWorld()
	secret := unknownNamed("account")
	d := w.lookUp("aws_kms_key", "d", object{
		"key_id": graph.ConcatText(graph.String("arn:aws:kms:eu-west-2:"), secret, graph.String(":alias/ebs")),
	})
	r := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": amazon,
		"block_device_mapping": array{device("/dev/xvda", d.Identity["arn"])},
	})
	ref := w.link().References[r.ID]["block_devices[0].kms_key"]
	if diff := cmp.Diff("key_arn key=data.aws_kms_key.d region=eu-west-2 manager=customer", describeReference(ref)); diff != "" {
		t.Error(diff)
	}
}

// TestLiteralARNMayBeACreatedKey: where a template creates a key, a literal key
// ARN of that account and Region may be its ARN.
func TestLiteralARNMayBeACreatedKey(t *testing.T) {
	t.Parallel()
	w := newWorld()
	created := w.add("aws_kms_key", "k", object{})
	elsewhere := "arn:aws:kms:eu-west-1:111111111111:key/" + keyID
	global := "arn:aws:kms:us-east-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef"
	p := w.add("aws_iam_policy", "p", object{"name": "p", "policy": object{"Statement": object{
		"Effect": "Allow", "Action": "kms:*", "Resource": array{literal, elsewhere, global, created.Identity["arn"], "arn:aws:kms:us-east-1:111111111111:key/*"},
	}}})
	r := w.add("aws_imagebuilder_image_recipe", "base", object{
		"name": "base", "version": "1.0.0", "parent_image": amazon, "block_device_mapping": array{device("/dev/xvda", literal)},
	})
	m := w.link()
	resources, _ := graph.Lookup(m.Documents[p.ID+"|policy"], "statements[0].resources")
	var got []string
	for _, item := range resources.Items() {
		got = append(got, text(item))
	}
	key := m.Keys[m.References[r.ID]["block_devices[0].kms_key"].Key]
	want := []string{key.ARN, elsewhere, global, m.Keys[created.ID].ARN, "arn:aws:kms:us-east-1:111111111111:key/*"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	id := key.ARN[strings.LastIndexByte(key.ARN, '/')+1:]
	if m.Names[id] != keyID || key.ID != literal || key.Label != literal {
		t.Errorf("the key is %s, called %s, its ID %s", key.ID, key.Label, m.Names[id])
	}
}
