package facts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// whole is a configuration with everything in it.
const whole = `version: 1
organization_id: o-abc123example
accounts:
  "111111111111":
    name: build
    roots: [build/**, templates/source.yaml]
    providers: [aws, aws.images]
    region: eu-west-1
    enabled_regions: [af-south-1]
    ebs_encryption_by_default: {eu-west-1: true}
    ebs_default_kms_key: {eu-west-1: aws-managed}
  "222222222222":
    roots: [target/**]
    complete: true
    launches_with: [autoscaling]
var_files: [prod.tfvars]
parameters: {SourceAccountId: "111111111111", Many: [a, b], Flag: true, Number: 3}
bindings:
  "source.yaml#DistributionKeyArn": "target.yaml#CopyKey.Arn"
  "build#var.target_key_arn": "target#output.key_arn"
  "build#data.terraform_remote_state.target": "target"
keys:
  "arn:aws:kms:eu-west-1:222222222222:key/1b2c": {manager: customer, policy: policies/key.json, state: Disabled, key_spec: SYMMETRIC_DEFAULT, key_usage: ENCRYPT_DECRYPT}
roles:
  "arn:aws:iam::333333333333:role/x/EC2ImageBuilderDistributionCrossAccountRole": {trust: policies/trust.json, policies: [policies/kms.json], managed_policies: ["arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"], permissions_boundary: "arn:aws:iam::333333333333:policy/b"}
images:
  ami-0123456789abcdef0: {owner: "111111111111", public: false, root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: true, kms_key: aws-managed}}}
facts: [facts/]
rules: {IBL024: off, key-region: error}
fail_on: error
`

type configuration struct {
	name    string
	content string
	// want are the diagnostics: place, summary and a part of the detail.
	want []string
	// beyondSchema is set for what a schema cannot say.
	beyondSchema bool
}

func configurations() []configuration {
	return append(goodConfigurations(), append(wrongKeys(), wrongValues()...)...)
}

func goodConfigurations() []configuration {
	return []configuration{
		{name: "whole", content: whole},
		{name: "empty", content: ""},
		{name: "comments only", content: "# nothing\n"},
		{name: "without version", content: "fail_on: never\n"},
		{name: "unquoted account", content: "accounts: {111111111111: {name: a}}\n", beyondSchema: true},
		{name: "one instead of a list", content: "facts: facts/\nvar_files: a.tfvars\n"},
		{name: "nothing where a mapping may be", content: "accounts:\nkeys:\nroles:\nimages:\nrules:\nparameters:\nbindings:\n"},
		{name: "alias ARN", content: "keys: {\"arn:aws:kms:eu-west-1:222222222222:alias/x\": {manager: customer}}\n"},
		{name: "anchors", content: "accounts:\n  \"111111111111\": &a {region: eu-west-1}\n  \"222222222222\": *a\n"},
		{name: "other partitions", content: "accounts: {\"111111111111\": {region: us-gov-west-1, enabled_regions: [eusc-de-east-1, cn-north-1]}}\n"},
	}
}

func wrongKeys() []configuration {
	return []configuration{
		{name: "unknown key", content: "acounts: {}\n", want: []string{`1,1-8: Unknown key; "acounts" is not a key of the configuration. Did you mean "accounts"?`}},
		{name: "unknown key, nothing near", content: "zzzzzzzzzzzz: 1\n", want: []string{`1,1-13: Unknown key; "zzzzzzzzzzzz" is not a key of the configuration. Known are: version,`}},
		{name: "unknown key of an account", content: "accounts:\n  \"111111111111\": {regions: eu-west-1}\n", want: []string{`2,20-27: Unknown key; "regions" is not a key of account 111111111111. Did you mean "region"?`}},
		{name: "unknown key of a key", content: "keys: {\"arn:aws:kms:eu-west-1:222222222222:key/1\": {polcy: x}}\n", want: []string{`"polcy" is not a key of key arn:aws:kms:eu-west-1:222222222222:key/1. Did you mean "policy"?`}},
		{name: "unknown key of a role", content: "roles: {\"arn:aws:iam::333333333333:role/r\": {managed_policy: []}}\n", want: []string{`Did you mean "managed_policies"?`}},
		{name: "unknown key of an image", content: "images: {ami-1: {device: {}}}\n", want: []string{`Did you mean "devices"?`}},
		{name: "unknown key of a device", content: "images: {ami-1: {devices: {/dev/xvda: {kms_key_id: aws-managed}}}}\n", want: []string{`Did you mean "kms_key"?`}},
		{name: "twice", content: "fail_on: error\nfail_on: never\n", want: []string{`2,1-8: Duplicate key; "fail_on" is written twice in the configuration, first on line 1.`}, beyondSchema: true},
		{name: "list for a mapping", content: "accounts: [1]\n", want: []string{`1,11-13: Wrong type; accounts must be a mapping of names to values, not a list.`}},
		{name: "mapping for a list", content: "facts: {a: b}\n", want: []string{`Wrong type; facts must be a list, not a mapping.`}},
		{name: "list at the top", content: "- a\n", want: []string{`Wrong type; the configuration must be a mapping`}},
		{name: "a list as a name", content: "? [a]\n: b\n", want: []string{`Wrong type; A name in the configuration must be a string, not a list.`}, beyondSchema: true},
		{name: "bad YAML", content: "accounts: {\n", want: []string{`Invalid YAML; The configuration is not valid YAML: did not find expected node content.`}},
	}
}

func wrongValues() []configuration {
	return []configuration{
		{name: "version", content: "version: 2\n", want: []string{`1,10-11: Unknown version;`}},
		{name: "account number", content: "accounts: {\"11111111111\": {}}\n", want: []string{`1,12-25: Wrong account; "11111111111" is no account number.`}},
		{name: "organization", content: "organization_id: abc\n", want: []string{`1,18-21: Wrong value; "abc" is no valid organization_id. It looks like o-abc123example.`}},
		{name: "Region", content: "accounts: {\"111111111111\": {region: Ireland}}\n", want: []string{`"Ireland" is no valid Region.`}},
		{name: "Region of a setting", content: "accounts: {\"111111111111\": {ebs_encryption_by_default: {Ireland: true}}}\n", want: []string{`"Ireland" is no valid Region.`}},
		{name: "truth value", content: "accounts: {\"111111111111\": {complete: \"yes\"}}\n", want: []string{`complete must be true or false, not "yes".`}},
		{name: "truth value of a Region", content: "accounts: {\"111111111111\": {ebs_encryption_by_default: {eu-west-1: 1}}}\n", want: []string{`must be true or false, not the number 1.`}},
		{name: "default key", content: "accounts: {\"111111111111\": {ebs_default_kms_key: {eu-west-1: aws/ebs}}}\n", want: []string{`ebs_default_kms_key is aws-managed or the ARN of a key, not "aws/ebs". Did you mean "aws-managed"?`}},
		{name: "launcher", content: "accounts: {\"111111111111\": {launches_with: [autoscale]}}\n", want: []string{`launches_with is one of autoscaling, ec2, not "autoscale". Did you mean "autoscaling"?`}},
		{name: "glob", content: "accounts: {\"111111111111\": {roots: [\"a[\"]}}\n", want: []string{`"a[" is no valid glob pattern.`}, beyondSchema: true},
		{name: "key", content: "keys: {alias/x: {}}\n", want: []string{`1,8-15: Wrong key; "alias/x" is no ARN of a key or an alias.`}},
		{name: "manager", content: "keys: {\"arn:aws:kms:eu-west-1:222222222222:key/1\": {manager: me}}\n", want: []string{`manager is one of customer, aws, not "me".`}},
		{name: "role", content: "roles: {me: {}}\n", want: []string{`Wrong role; "me" is no ARN of a role.`}},
		{name: "policy", content: "roles: {\"arn:aws:iam::333333333333:role/r\": {managed_policies: [x]}}\n", want: []string{`"x" is no valid ARN of a managed policy.`}},
		{name: "owner", content: "images: {ami-1: {owner: me}}\n", want: []string{`"me" is no valid owner.`}},
		{name: "rule of a user", content: "rules: {ACME001: off}\n"},
		{name: "rule", content: "rules: {\"IBL 1\": off}\n", want: []string{`Wrong rule; "IBL 1" is no rule.`}},
		{name: "level", content: "rules: {IBL001: none}\n", want: []string{`The level of rule IBL001 is one of off, error, warning, info, not "none".`}},
		{name: "fail_on", content: "fail_on: warnings\n", want: []string{`fail_on is one of error, warning, unknown, never, not "warnings". Did you mean "warning"?`}},
		{name: "nothing for a value", content: "fail_on:\n", want: []string{`fail_on must be a string, not nothing.`}},
		{name: "parameter", content: "parameters: {A: {b: c}}\n", want: []string{`parameter A must be a string, not a mapping.`}},
		{name: "binding without a target", content: "bindings: {source.yaml: target.yaml#K.Arn}\n", want: []string{`Wrong binding; "source.yaml" names nothing that takes a value.`}, beyondSchema: true},
		{name: "binding without a source", content: "bindings: {\"source.yaml#P\": target.yaml}\n", want: []string{`Wrong binding; "target.yaml" gives no value for source.yaml#P.`}, beyondSchema: true},
		{name: "remote state from an output", content: "bindings: {\"a#data.terraform_remote_state.x\": \"b#output.y\"}\n", want: []string{`Write the folder of a root module.`}, beyondSchema: true},
		{name: "two at once", content: "fail_on: x\nrules: {IBL001: y}\n", want: []string{"1,10-11:", "2,17-18:"}},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range configurations() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config, diags := facts.Parse(".iblint.yaml", []byte(c.content))
			if config == nil {
				t.Fatal("no configuration")
			}
			if len(diags) != len(c.want) {
				t.Fatalf("%d diagnostics, want %d: %v", len(diags), len(c.want), diags)
			}
			for i, want := range c.want {
				if got := strings.TrimPrefix(diags[i].Error(), ".iblint.yaml:"); !strings.Contains(got, want) {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

func TestBindings(t *testing.T) {
	t.Parallel()
	config, diags := facts.Parse("conf/.iblint.yaml", []byte(`
bindings:
  "source.yaml#Key": "target.yaml#CopyKey.Arn"
  "source.yaml#Ref": "target.yaml#CopyKey"
  "source.yaml#Nested": "target.yaml#Outer/Inner.Arn"
  "source.yaml#Output": "target.yaml#Outputs.Key"
  "source.yaml#FromTerraform": "../infra#output.key_arn"
  "source.yaml#FromResource": "infra#module.f.aws_kms_key.this.arn"
  "build#var.key": "target#output.key"
  ".#var.key": "target.yaml#Outputs.Key"
  "build#data.terraform_remote_state.target": "target"
  "build#data.terraform_remote_state.each[\"a\"]": "target/"
`))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	side := func(s facts.BindingSide) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Kind, s.Root, s.Name, s.Attribute))
	}
	var got []string
	for _, b := range config.Bindings {
		got = append(got, side(b.To)+" <- "+side(b.From))
	}
	want := []string{
		"parameter conf/source.yaml Key <- attribute conf/target.yaml CopyKey Arn",
		"parameter conf/source.yaml Ref <- attribute conf/target.yaml CopyKey Ref",
		"parameter conf/source.yaml Nested <- attribute conf/target.yaml Outer/Inner Arn",
		"parameter conf/source.yaml Output <- stack_output conf/target.yaml Key",
		"parameter conf/source.yaml FromTerraform <- output infra key_arn",
		"parameter conf/source.yaml FromResource <- attribute conf/infra module.f.aws_kms_key.this arn",
		"variable conf/build key <- output conf/target key",
		"variable conf key <- stack_output conf/target.yaml Key",
		"remote_state conf/build target <- root conf/target",
		`remote_state conf/build each["a"] <- root conf/target`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlacesOfEntries(t *testing.T) {
	t.Parallel()
	config, diags := facts.Parse(".iblint.yaml", []byte(whole))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for want, got := range map[string]string{
		`"111111111111"`:            config.Accounts[0].Range.String(),
		`build/**`:                  config.Accounts[0].Roots[0].Range().String(),
		`o-abc123example`:           config.OrganizationID.Range().String(),
		`policies/key.json`:         config.Keys[0].Policy.Range().String(),
		`[a, b`:                     config.Parameters[1].Value.Range().String(),
		`ami-0123456789abcdef0`:     config.Images[0].Range.String(),
		`"target.yaml#CopyKey.Arn"`: config.Bindings[0].From.Range.String(),
		`IBL024`:                    config.Rules[0].Range.String(),
	} {
		if text := cut(whole, got); text != want {
			t.Errorf("%s is %q, want %q", got, text, want)
		}
	}
}

// cut is the text of a range that is written FILE:LINE,COLUMN-COLUMN.
func cut(content, rng string) string {
	var line, start, end int
	if _, err := fmt.Sscanf(strings.TrimPrefix(rng, ".iblint.yaml:"), "%d,%d-%d", &line, &start, &end); err != nil {
		return err.Error()
	}
	return strings.Split(content, "\n")[line-1][start-1 : end-1]
}

func TestLookups(t *testing.T) {
	t.Parallel()
	config, diags := facts.Parse("conf/.iblint.yaml", []byte(`
accounts:
  "111111111111": {roots: [build/**, "*.yaml"], region: eu-west-1}
  "222222222222": {roots: [build/special, ../outside]}
  "333333333333": {providers: [aws.shared]}
  "444444444444": {roots: [multi], providers: [aws.target]}
  "555555555555": {roots: [multi], providers: [aws]}
var_files: [a.tfvars, ../b.tfvars]
`))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, c := range []struct{ root, provider, want string }{
		{"conf/build", "", "111111111111"},
		{"conf/build/x/y", "aws", "111111111111"},
		{"conf/build/special", "", "222222222222"},
		{"conf/build/special/below", "", "222222222222"},
		{"outside/deep", "", "222222222222"},
		{"conf/source.yaml", "", "111111111111"},
		{"conf/deep/source.yaml", "", ""},
		{"conf/build", "aws.shared", "333333333333"},
		{"conf/build", "aws.other", ""},
		{"conf/multi", "aws.target", "444444444444"},
		{"conf/multi", "", "555555555555"},
		{"conf/multi/stack.yaml", "", "555555555555"},
		{"elsewhere", "", ""},
	} {
		account, _ := config.ProviderAccount(c.root, c.provider)
		if account.ID != c.want {
			t.Errorf("%s %s is in %q, want %q", c.root, c.provider, account.ID, c.want)
		}
	}
	if region, ok := config.RootRegion("conf/build"); !ok || region.Key() != "eu-west-1" {
		t.Errorf("region %v", region)
	}
	if diff := cmp.Diff([]string{"conf/a.tfvars", "b.tfvars"}, config.VarFilePaths()); diff != "" {
		t.Error(diff)
	}
	for id, want := range map[string]string{"conf/build": "build", "infra#data.aws_ami.x": "../infra#data.aws_ami.x"} {
		if got := config.Written(id); got != want {
			t.Errorf("%s is written %s, want %s", id, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o750); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(deep, "main.tf")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, facts.FileName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want := filepath.ToSlash(filepath.Join(dir, facts.FileName))
	for _, path := range []string{dir, deep, file, filepath.Join(deep, "missing")} {
		got, err := facts.Find(path)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if got, err := facts.Find(filepath.Dir(dir)); err != nil || got != "" {
		t.Errorf("above: %q, %v", got, err)
	}
}

// TestLongLines: the time that places take does not grow with the length of a
// line, in characters that take several bytes, either.
func TestLongLines(t *testing.T) {
	t.Parallel()
	const n = 100000
	image := `{"ImageId": "ami-0123456789abcdef0", "Name": "grüße"}`
	content := map[string][]byte{
		".iblint.yaml": []byte("parameters: {" + strings.Repeat("größe: ü, ", n) + "x: y}"),
		"facts/i.json": []byte(`{"Images": [` + strings.Repeat(image+", ", n) + image + "]}"),
	}
	config, diags := facts.Parse(".iblint.yaml", content[".iblint.yaml"])
	if len(diags) != n-1 {
		t.Errorf("%d errors, want one for each name that is there already", len(diags))
	}
	config.Facts = []graph.Value{graph.String("facts/i.json").WithRange(hcl.Range{Filename: ".iblint.yaml"})}
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("facts/i.json", content["facts/i.json"])
	if _, diags := config.Resources(files); diags.HasErrors() {
		t.Error(diags)
	}
}
