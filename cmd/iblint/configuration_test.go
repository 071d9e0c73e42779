package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/facts"
)

// configurationIntroduction stands before the tables; the configuration in it
// is one that uses every key.
const configurationIntroduction = `# Configuration

iblint looks for ` + "`.iblint.yaml`" + ` in the folder of each PATH and above it; ` + "`-c FILE`" + ` names another. The paths in it are
relative to the folder of the file. Whatever is wrong in it stops the run with status 2 and the line: an unknown key, a value
of the wrong kind, a rule that does not exist. ` + "`iblint init`" + ` writes a first one from what the templates reveal.

The first line lets editors check the file with [its JSON schema](../loaders/facts/schema.json), of which the tables
below are made.

` + "```yaml" + `
# yaml-language-server: $schema=https://github.com/iblint/iblint/raw/main/loaders/facts/schema.json
` + fullConfiguration + "```" + `

The left side of a binding is what takes a value: a parameter, a variable, a remote state. The right side is what gives it:
an attribute of a resource, an output of a template (` + "`FILE#Outputs.NAME`" + `) or of a root module, or a root.
`

// property is the part of the schema that the page shows.
type property struct {
	Description string            `json:"description"`
	Enum        []any             `json:"enum"`
	Properties  orderedProperties `json:"properties"`
	Definitions orderedProperties `json:"$defs"`
}

// orderedProperties keeps the order of the schema.
type orderedProperties struct {
	names []string
	of    map[string]property
}

func (o *orderedProperties) UnmarshalJSON(content []byte) error {
	if err := json.Unmarshal(content, &o.of); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(content))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		o.names = append(o.names, fmt.Sprint(name))
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}

func readSchema(t *testing.T) property {
	t.Helper()
	var schema property
	if err := json.Unmarshal(facts.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// The reference page is the schema, for people.
func TestConfigurationPageIsFresh(t *testing.T) {
	t.Parallel()
	schema := readSchema(t)
	var page strings.Builder
	page.WriteString(configurationIntroduction)
	writeTable(&page, "The file", schema.Properties)
	for _, name := range schema.Definitions.names {
		if d := schema.Definitions.of[name]; len(d.Properties.names) > 0 {
			writeTable(&page, "An entry of `"+name+"`", d.Properties)
		}
	}
	file := filepath.Join(repository(t), "docs/configuration.md")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(content), page.String()); diff != "" {
		t.Errorf("docs/configuration.md is not what the schema says (-page +schema):\n%s", diff)
	}
}

func writeTable(page *strings.Builder, title string, properties orderedProperties) {
	fmt.Fprintf(page, "\n## %s\n\n| key | what it says |\n|---|---|\n", title)
	for _, name := range properties.names {
		p := properties.of[name]
		text := p.Description
		if len(p.Enum) > 0 {
			values := make([]string, len(p.Enum))
			for i, value := range p.Enum {
				values[i] = fmt.Sprintf("`%v`", value)
			}
			text += " One of " + strings.Join(values, ", ") + "."
		}
		fmt.Fprintf(page, "| `%s` | %s |\n", name, strings.ReplaceAll(text, "|", `\|`))
	}
}

// fullConfiguration uses every key of the schema.
const fullConfiguration = `version: 1
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
    complete: true
    launches_with: [autoscaling]
    organizational_units: [r-ab12, ou-ab12-11112222]
var_files: [prod.tfvars]
parameters: {SourceAccountId: "111111111111"}
bindings:
  "source.yaml#DistributionKeyArn": "target.yaml#CopyKey.Arn"
  "build#var.target_key_arn": "target#output.key_arn"
  "build#data.terraform_remote_state.target": "target"
keys:
  "arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555":
    manager: customer
    policy: policies/key.json
    state: Enabled
    key_spec: SYMMETRIC_DEFAULT
    key_usage: ENCRYPT_DECRYPT
roles:
  "arn:aws:iam::333333333333:role/EC2ImageBuilderDistributionCrossAccountRole":
    trust: policies/trust.json
    policies: [policies/kms.json]
    managed_policies: ["arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"]
    permissions_boundary: "arn:aws:iam::333333333333:policy/boundary"
images:
  ami-0123456789abcdef0:
    owner: "111111111111"
    public: false
    root_device: /dev/xvda
    devices: {/dev/xvda: {encrypted: true, kms_key: aws-managed}}
facts: [facts/]
rules: {IBL024: off, recipe-aws-managed-key: warning}
fail_on: error
`

// The configuration on the page is valid.
func TestConfigurationOfThePage(t *testing.T) {
	t.Parallel()
	if _, diags := facts.Parse(".iblint.yaml", []byte(fullConfiguration)); len(diags) > 0 {
		t.Error(diags)
	}
}

// No key of the schema is left out of the test above.
func TestConfigurationUsesEveryKey(t *testing.T) {
	t.Parallel()
	schema := readSchema(t)
	all := append([]string{}, schema.Properties.names...)
	for _, d := range schema.Definitions.of {
		all = append(all, d.Properties.names...)
	}
	for _, name := range all {
		if !strings.Contains(fullConfiguration, name+":") {
			t.Errorf("the configuration of the page does not use %s", name)
		}
	}
}
