package cloudformation_test

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// loadAll loads the first of several files that are given as text.
func loadAll(t *testing.T, files map[string]string, o cloudformation.Options) (*graph.Graph, hcl.Diagnostics) {
	t.Helper()
	reader, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		reader.Add(name, []byte(content))
	}
	o.Files = reader
	return cloudformation.Load(t.Context(), "template.yaml", o)
}

func addresses(g *graph.Graph) []string {
	var out []string
	for _, r := range g.Resources {
		out = append(out, strings.TrimPrefix(r.Address, "template.yaml#")+" "+display(r.Account)+" "+display(r.Region))
	}
	sort.Strings(out)
	return out
}

func TestNestedStack(t *testing.T) {
	t.Parallel()
	g, diags := loadAll(t, map[string]string{
		"template.yaml": `
Parameters: {Env: {Type: String}}
Conditions: {Prod: !Equals [!Ref Env, prod]}
Resources:
  Keys:
    Type: AWS::CloudFormation::Stack
    Condition: Prod
    Properties:
      TemplateURL: nested/keys.yaml
      Parameters: {Name: !Sub "${Env}-key", List: "a,b"}
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Arn: !GetAtt Keys.Outputs.Arn
      Name: !GetAtt [Keys, Outputs.Name]
      Item: !Sub "${Keys.Outputs.Item}"
`,
		"nested/keys.yaml": `
Parameters: {Name: {Type: String}, List: {Type: CommaDelimitedList}}
Conditions: {Prod: !Equals [!Ref Name, prod-key]}
Resources:
  Key: {Type: AWS::KMS::Key}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./inner.yaml}
Outputs:
  Arn: {Value: !GetAtt Key.Arn, Export: {Name: nested-arn}}
  Name: {Value: !Ref Name}
  Item: {Value: !Select [1, !Ref List]}
`,
		"nested/inner.yaml": "Resources: {T: {Type: AWS::SNS::Topic}}\n",
	}, cloudformation.Options{Account: "111111111111", Region: "eu-west-1"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := []string{
		"Keys 111111111111 eu-west-1", "Keys/Inner 111111111111 eu-west-1", "Keys/Inner/T 111111111111 eu-west-1",
		"Keys/Key 111111111111 eu-west-1", "Topic 111111111111 eu-west-1",
	}
	if diff := cmp.Diff(want, addresses(g)); diff != "" {
		t.Error(diff)
	}
	attributes := find(g, "Topic").Attributes
	key := find(g, "Keys/Key")
	if !attributes.Field("Arn").Equal(key.Identity["Arn"]) {
		t.Errorf("output is %v, want %v", attributes.Field("Arn"), key.Identity["Arn"])
	}
	if got := display(attributes.Field("Name")) + " " + display(attributes.Field("Item")); got != "<Env>-key b" {
		t.Errorf("outputs are %s", got)
	}
	inner := find(g, "Keys/Inner/T")
	if len(inner.Calls) != 2 || inner.Calls[0].Message != "nested stack Inner" || inner.Root != "template.yaml" {
		t.Errorf("calls of the inner resource are %v in root %s", inner.Calls, inner.Root)
	}
	if diff := cmp.Diff([]string{"Prod"}, graph.Terms(key.Exists)); diff != "" {
		t.Errorf("the nested key exists under %v", key.Exists)
	}
	root := g.Roots[0]
	if len(root.Exports) != 1 || !root.Outputs[root.Exports[0].Output].Equal(key.Identity["Arn"]) {
		t.Errorf("exports are %v, outputs %v", root.Exports, root.Outputs)
	}
}

func TestNestedStackProblems(t *testing.T) {
	t.Parallel()
	stack := func(properties string) string {
		return "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {" + properties + "}\n"
	}
	for _, c := range []struct {
		name, text, inner, want string
	}{
		{"missing file", stack("TemplateURL: none.yaml"), "", "nested template cannot be read"},
		{"itself", stack("TemplateURL: template.yaml"), "", "nested stack contains itself"},
		{"parameter without value", stack("TemplateURL: inner.yaml"), "Parameters: {P: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}\n", "parameter P has no value"},
		{"missing output", stack("TemplateURL: inner.yaml") + "  T: {Type: AWS::SNS::Topic, Properties: {N: !GetAtt S.Outputs.None}}\n", "Resources: {T: {Type: AWS::SNS::Topic}}\n", "nested stack S has no output None"},
		{"broken file", stack("TemplateURL: inner.yaml"), "Resources: [\n", "not valid YAML or JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, diags := loadAll(t, map[string]string{"template.yaml": c.text, "inner.yaml": c.inner}, cloudformation.Options{})
			if c.inner == "" && c.name != "itself" {
				_, diags = load(t, c.text, cloudformation.Options{})
			}
			if len(diags) != 1 || diags[0].Summary != c.want {
				t.Errorf("diagnostics are %v, want %q", diags, c.want)
			}
		})
	}
	g, diags := load(t, stack("TemplateURL: https://bucket.s3.amazonaws.com/x.yaml"), cloudformation.Options{})
	if len(diags) != 0 || len(g.Unresolved) != 1 || g.Unresolved[0].Resource != "template.yaml#S" {
		t.Errorf("a remote template gives %v and %v", diags, g.Unresolved)
	}
}

func TestPackagedTemplates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inner := `{ "Resources" : { "T": {"Type": "AWS::SNS::Topic"} } }`
	for name, url := range map[string]string{
		// sha256 of the compact JSON, md5 of the text, and the two lists of the CDK.
		"cdk":      "https://b.s3.amazonaws.com/" + fmt.Sprintf("%x", sha256.Sum256([]byte(strings.ReplaceAll(inner, " ", "")))) + ".json",
		"package":  "https://s3.amazonaws.com/b/" + fmt.Sprintf("%x", md5.Sum([]byte(inner))) + ".template",
		"assets":   "https://b.s3.amazonaws.com/" + strings.Repeat("a", 64) + ".json",
		"metadata": "https://b.s3.amazonaws.com/x.json",
	} {
		text := `{"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "` + url + `"}`
		if name == "metadata" {
			text += `, "Metadata": {"aws:asset:path": "inner.nested.template.json", "aws:asset:property": "TemplateURL"}`
		}
		write(name+".json", text+"}}}")
	}
	write("inner.nested.template.json", inner)
	write("Stack.assets.json", `{"files": {"`+strings.Repeat("a", 64)+`": {"source": {"path": "inner.nested.template.json"}}}}`)
	for _, name := range []string{"cdk", "package", "assets", "metadata"} {
		g, diags := loadFile(t, filepath.Join(dir, name+".json"))
		if len(diags) > 0 || len(g.Resources) != 2 {
			t.Errorf("%s: %d resources, %v, %v", name, len(g.Resources), diags, g.Unresolved)
		}
	}
}

const roleTemplate = `Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: EC2ImageBuilderDistributionCrossAccountRole
      Arn: !Sub "arn:aws:iam::${AWS::AccountId}:x"
`

func TestStackSetTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, groups string
		want         []string
	}{
		{"one account", "[{DeploymentTargets: {Accounts: ['222222222222']}, Regions: [eu-west-1]}]", []string{"Set/Role 222222222222 eu-west-1"}},
		{
			"accounts and Regions", "[{DeploymentTargets: {Accounts: ['222222222222', '333333333333']}, Regions: [eu-west-1, us-east-1]}]",
			[]string{
				"Set/Role[222222222222/eu-west-1] 222222222222 eu-west-1", "Set/Role[222222222222/us-east-1] 222222222222 us-east-1",
				"Set/Role[333333333333/eu-west-1] 333333333333 eu-west-1", "Set/Role[333333333333/us-east-1] 333333333333 us-east-1",
			},
		},
		{
			"organizational unit", "[{DeploymentTargets: {OrganizationalUnitIds: [ou-1]}, Regions: [eu-west-1]}]",
			[]string{"Set/Role <account(template.yaml|stackset:Set)> eu-west-1"},
		},
		{
			"accounts of a unit", "[{DeploymentTargets: {OrganizationalUnitIds: [ou-1], Accounts: ['222222222222'], AccountFilterType: INTERSECTION}, Regions: [eu-west-1]}]",
			[]string{"Set/Role 222222222222 eu-west-1"},
		},
		{
			"unit without accounts", "[{DeploymentTargets: {OrganizationalUnitIds: [ou-1], Accounts: ['222222222222'], AccountFilterType: DIFFERENCE}, Regions: [eu-west-1]}]",
			[]string{"Set/Role <account(template.yaml|stackset:Set)> eu-west-1"},
		},
		{
			"unit and accounts", "[{DeploymentTargets: {OrganizationalUnitIds: [ou-1], Accounts: ['222222222222'], AccountFilterType: UNION}, Regions: [eu-west-1]}]",
			[]string{"Set/Role[222222222222/eu-west-1] 222222222222 eu-west-1", "Set/Role[unknown-2/eu-west-1] <account(template.yaml|stackset:Set)> eu-west-1"},
		},
		{"parameter", "[{DeploymentTargets: {Accounts: [!Ref Target]}, Regions: [eu-west-1]}]", []string{"Set/Role <Target> eu-west-1"}},
		{
			"no instances", "!Ref AWS::NoValue",
			[]string{"Set/Role <account(template.yaml|stackset:Set)> <region(template.yaml|stackset:Set)>"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := "Parameters: {Target: {Type: String}}\nResources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      StackInstancesGroup: " +
				c.groups + "\n      TemplateBody: |\n        " + strings.ReplaceAll(roleTemplate, "\n", "\n        ") + "\n"
			g, diags := load(t, text, cloudformation.Options{Account: "111111111111", Region: "us-east-1"})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var roles []string
			for _, address := range addresses(g) {
				if strings.HasPrefix(address, "Set/") {
					roles = append(roles, address)
				}
			}
			if diff := cmp.Diff(c.want, roles); diff != "" {
				t.Error(diff)
			}
			for _, r := range g.Resources {
				if r.Type != "AWS::IAM::Role" {
					continue
				}
				if got := cut(text, r.Attributes.Field("RoleName").Range()); got != "EC2ImageBuilderDistributionCrossAccountRole" {
					t.Errorf("the place of the name holds %q", got)
				}
				if want := "arn:aws:iam::" + display(r.Account) + ":x"; display(r.Attributes.Field("Arn")) != want {
					t.Errorf("AWS::AccountId within the StackSet gives %s, want %s", display(r.Attributes.Field("Arn")), want)
				}
				if isUnit := strings.Contains(c.name, "unit") && r.Account.IsUnknown(); isUnit != (r.Many != nil && r.Account.IsUnknown() && c.name != "no instances") {
					t.Errorf("stands for many: %v", r.Many)
				}
			}
		})
	}
}

func TestStackSetBodies(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"object":         "TemplateBody: {Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub \"r-${P}\"}}}, Parameters: {P: {Type: String}}}",
		"to JSON":        "TemplateBody: {Fn::ToJsonString: {Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Join [\"-\", [r, !Ref Outer]]}}}}}",
		"JSON string":    `TemplateBody: '{"Parameters": {"P": {"Type": "String"}}, "Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Fn::Sub": "r-${P}"}}}}}'`,
		"local template": "TemplateURL: role.yaml",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, diags := loadAll(t, map[string]string{
				"template.yaml": "Transform: AWS::LanguageExtensions\nParameters: {Outer: {Type: String, Default: p}}\nResources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n" +
					"      Parameters: [{ParameterKey: P, ParameterValue: q}]\n" +
					"      StackInstancesGroup: [{DeploymentTargets: {Accounts: ['222222222222']}, Regions: [eu-west-1], ParameterOverrides: [{ParameterKey: P, ParameterValue: !Ref Outer}]}]\n      " + body + "\n",
				"role.yaml": "Parameters: {P: {Type: String}}\nResources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'r-${P}'}}}\n",
			}, cloudformation.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			r := find(g, "Set/Role")
			if r == nil {
				t.Fatalf("no role in %v", addresses(g))
			}
			if got := display(r.Attributes.Field("RoleName")); got != "r-p" {
				t.Errorf("name is %q", got)
			}
			if got := display(r.Identity["Arn"]); got != "arn:aws:iam::222222222222:role/r-p" {
				t.Errorf("ARN is %q", got)
			}
		})
	}
}

func TestLoadBody(t *testing.T) {
	t.Parallel()
	account := &graph.Unknown{ID: "account(infra)", Symbol: graph.SymbolAccount, Reason: "not known"}
	body := graph.Text(
		graph.Part{Literal: `{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x", "Trust": "arn:aws:iam::`},
		graph.Part{Unknown: account},
		graph.Part{Literal: `:root", "More": `},
		graph.Part{Unknown: &graph.Unknown{ID: "more", Reason: "more is not known"}},
		graph.Part{Literal: `}}}}`},
	)
	g, diags := cloudformation.LoadBody(t.Context(), "infra#aws_cloudformation_stack_set.x", body, cloudformation.Options{
		Account: "222222222222", Suffix: "[222222222222/eu-west-1]",
	})
	if diags.HasErrors() || len(g.Resources) != 1 {
		t.Fatal(diags, g.Resources)
	}
	r := g.Resources[0]
	if r.ID != "infra#aws_cloudformation_stack_set.x/Role[222222222222/eu-west-1]" || r.Root != "infra" {
		t.Errorf("ID is %q in root %q", r.ID, r.Root)
	}
	if got := display(r.Attributes.Field("Trust")) + " " + display(r.Attributes.Field("More")); got != "arn:aws:iam::<account(infra)>:root <more>" {
		t.Errorf("unknown parts are %s", got)
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("cdk.out/manifest.json", []byte(`{"version": "36.0.0", "artifacts": {
  "Pipeline.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Pipeline.assets.json"}},
  "Pipeline": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-east-1", "properties": {"templateFile": "Pipeline.template.json", "stackName": "prod-pipeline"}},
  "Open": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "Open.template.json"}},
  "assembly-Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}}}}`))
	files.Add("cdk.out/assembly-Stage/manifest.json", []byte(`{"artifacts": {
  "StageRole": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/eu-west-1", "properties": {"templateFile": "StageRole.template.json"}}}}`))
	got, diags := cloudformation.Manifest(files, "cdk.out")
	want := []cloudformation.Stack{
		{Template: "cdk.out/Open.template.json", Name: "Open"},
		{Template: "cdk.out/Pipeline.template.json", Name: "prod-pipeline", Account: "111111111111", Region: "us-east-1"},
		{Template: "cdk.out/assembly-Stage/StageRole.template.json", Name: "StageRole", Account: "222222222222", Region: "eu-west-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(diags) > 0 {
		t.Error(diff, diags)
	}
	files.Add("bad/manifest.json", []byte("{"))
	if _, diags := cloudformation.Manifest(files, "bad"); len(diags) != 1 {
		t.Errorf("a broken manifest gives %v", diags)
	}
}
