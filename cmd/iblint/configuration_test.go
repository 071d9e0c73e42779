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
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/facts"
)

const configurationIntroduction = `# Configuration

iblint looks for ` + "`.iblint.yaml`" + ` in the folder of each PATH and above it; ` + "`-c FILE`" + ` names another. The paths in it are
relative to the folder of the file. Whatever is wrong in it stops the run with status 2 and the line: an unknown key, a value
of the wrong kind, a rule that does not exist.

Editors check the file with [its JSON schema](schemas/config.schema.json):

` + "```yaml" + `
# yaml-language-server: $schema=https://raw.githubusercontent.com/iblint/iblint/main/docs/schemas/config.schema.json
version: 1
` + "```" + `

` + "`iblint init`" + ` writes a first one from what the templates reveal. The tables below are generated from the schema.
`

// property is the part of the schema that the page shows.
type property struct {
	Description string            `json:"description"`
	Title       string            `json:"title"`
	Ref         string            `json:"$ref"`
	Enum        []any             `json:"enum"`
	Default     any               `json:"default"`
	Examples    []any             `json:"examples"`
	Properties  orderedProperties `json:"properties"`
	Definitions orderedProperties `json:"$defs"`
	Additional  json.RawMessage   `json:"additionalProperties"`
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
	content, err := os.ReadFile(filepath.Join(repository(t), "docs/schemas/config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema property
	if err := json.Unmarshal(content, &schema); err != nil {
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
		if d := schema.Definitions.of[name]; d.Title != "" {
			writeTable(&page, d.Title, d.Properties)
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
		if p.Default != nil {
			text += fmt.Sprintf(" Default: `%v`.", p.Default)
		}
		for _, example := range p.Examples {
			text += fmt.Sprintf(" Example: `%v`", example)
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

// The schema and the program accept the same file and refuse the same ones.
func TestConfigurationSchema(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(repository(t), "docs/schemas/config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	edits := []struct {
		name, old, new string
		valid          bool
	}{
		{"as it is", "", "", true},
		{"version", "version: 1", "version: 2", false},
		{"misspelt key", "accounts:", "acounts:", false},
		{"misspelt key of an account", "providers:", "provider:", false},
		{"account number", `"111111111111":`, `"1111":`, false},
		{"Region", "region: eu-west-1", "region: Ireland", false},
		{"complete", "complete: true", "complete: perhaps", false},
		{"level", "warning}", "loud}", false},
		{"fail_on", "fail_on: error", "fail_on: always", false},
		{"manager", "manager: customer", "manager: me", false},
		{"role", "arn:aws:iam::333333333333:role/", "arn:aws:iam::333:role/", false},
		{"device", "encrypted: true, kms_key", "encrypted: 7, kms_key", false},
		{"launches_with", "[autoscaling]", "[rockets]", false},
	}
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(fullConfiguration, e.old, e.new, 1)
			if got := schema.Validate(asJSON(t, text)) == nil; got != e.valid {
				t.Errorf("the schema says valid = %t, want %t", got, e.valid)
			}
			_, diags := facts.Parse(".iblint.yaml", []byte(text))
			if got := !diags.HasErrors(); got != e.valid {
				t.Errorf("the program says valid = %t, want %t: %v", got, e.valid, diags)
			}
		})
	}
}

func asJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return out
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
			t.Errorf("the test's configuration does not use %s", name)
		}
	}
}
