package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

const parametersTemplate = `Parameters:
  A: {Type: String, Default: standard}
  L: {Type: CommaDelimitedList, Default: "x"}
  N: {Type: String, NoEcho: true, Default: secret}
Resources:
  T:
    Type: AWS::SNS::Topic
    Properties: {A: !Ref A, L: !Ref L, N: !Sub "${N}!"}
`

func TestParameterFiles(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"cli.json":       `[{"ParameterKey": "A", "ParameterValue": "given"}, {"ParameterKey": "L", "ParameterValue": "1,2"}, {"ParameterKey": "N", "UsePreviousValue": true}]`,
		"words.json":     `["A=given", "L=1,2"]`,
		"pipeline.json":  `{"Parameters": {"A": "given", "L": "1,2"}, "Tags": {"x": "y"}}`,
		"plain.json":     `{"A": "given", "L": ["1", "2"]}`,
		"plain.yaml":     "A: given\nL: 1,2\n",
		"list.yaml":      "- ParameterKey: A\n  ParameterValue: given\n- {ParameterKey: L, ParameterValue: '1,2'}\n",
		"samconfig.toml": "version = 0.1\n[default.deploy.parameters]\nstack_name = \"x\"\nparameter_overrides = \"A=\\\"given\\\" L=1,2\"\n",
		"words.toml":     "version = 0.1\n[default.global.parameters]\nparameter_overrides = [\"A=given\", \"L=1,2\"]\n",
		"keys.toml":      "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = \"ParameterKey=A,ParameterValue=given ParameterKey=L,ParameterValue=1,2\"\n",
		"samconfig.yaml": "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      parameter_overrides:\n        - A=given\n        - L=1,2\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, diags := loadAll(t, map[string]string{"template.yaml": parametersTemplate, name: content}, cloudformation.Options{ParameterFiles: []string{name}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			attributes := find(g, "T").Attributes
			if got := display(attributes.Field("A")) + " " + display(attributes.Field("L")); got != "given [1, 2]" {
				t.Errorf("values are %s", got)
			}
			via := attributes.Field("A").Via()
			if len(via) != 2 || via[0].Message != "parameter A" || via[0].Range.Start.Line != 2 || via[1].Range.Filename != name {
				t.Errorf("the value came by %v", via)
			}
			if !attributes.Field("N").Sensitive() || attributes.Field("A").Sensitive() {
				t.Error("NoEcho is not kept")
			}
		})
	}
}

func TestParameterPrecedence(t *testing.T) {
	t.Parallel()
	files := map[string]string{"template.yaml": parametersTemplate, "1.json": `{"A": "one", "L": "one"}`, "2.json": `{"A": "two"}`}
	for _, c := range []struct {
		name    string
		options cloudformation.Options
		want    string
	}{
		{"default", cloudformation.Options{}, "standard"},
		{"later file", cloudformation.Options{ParameterFiles: []string{"1.json", "2.json"}}, "two"},
		{"flag", cloudformation.Options{ParameterFiles: []string{"1.json"}, Parameters: map[string]string{"A": "flag"}}, "flag"},
		{"value", cloudformation.Options{
			Parameters: map[string]string{"A": "flag"}, Values: map[string]graph.Value{"A": graph.String("value")},
		}, "value"},
	} {
		g, diags := loadAll(t, files, c.options)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if got := display(find(g, "T").Attributes.Field("A")); got != c.want {
			t.Errorf("%s: value is %s, want %s", c.name, got, c.want)
		}
	}
}

func TestParameterConstraints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ declaration, value, want string }{
		{"{Type: String, AllowedValues: [a, b]}", "c", "CloudFormation rejects the value \"c\": it must be one of a, b."},
		{"{Type: String, AllowedPattern: '[0-9]{12}'}", "1", "CloudFormation rejects the value \"1\": it must match the pattern [0-9]{12}."},
		{"{Type: String, AllowedPattern: '(?=x)y'}", "1", ""},
		{"{Type: String, MinLength: 2}", "1", "CloudFormation rejects the value \"1\": its length is not within MinLength and MaxLength."},
		{"{Type: String, MaxLength: 2}", "123", "CloudFormation rejects the value \"123\": its length is not within MinLength and MaxLength."},
		{"{Type: Number}", "x", "CloudFormation rejects the value \"x\": it must be a number."},
		{"{Type: Number, MaxValue: 5}", "6", "CloudFormation rejects the value \"6\": MaxValue is 5."},
		{"{Type: Number, MinValue: 5}", "5", ""},
		{"{Type: String, AllowedValues: [1, true]}", "true", ""},
	} {
		text := "Parameters:\n  P: " + c.declaration + "\nResources: {T: {Type: AWS::SNS::Topic}}\n"
		_, diags := load(t, text, cloudformation.Options{Parameters: map[string]string{"P": c.value}})
		got := ""
		if len(diags) > 0 {
			got = diags[0].Detail
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s with %q: %s", c.declaration, c.value, diff)
		}
	}
}

func TestMissingParameters(t *testing.T) {
	t.Parallel()
	text := "Parameters: {P: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {P: !Ref P}}}\n"
	g, diags := load(t, text, cloudformation.Options{})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if u := find(g, "T").Attributes.Field("P").Unknown(); !strings.Contains(u.Settle, "--parameter P=VALUE") || !strings.Contains(u.Settle, `"template.yaml#P"`) {
		t.Errorf("what settles it is %q", u.Settle)
	}
	if _, diags := load(t, text, cloudformation.Options{Complete: true}); len(diags) != 1 || diags[0].Summary != "parameter P has no value" {
		t.Errorf("a complete run gives %v", diags)
	}
}

func TestSystemsManagerParameters(t *testing.T) {
	t.Parallel()
	text := `Parameters:
  Accounts: {Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /org/targets}
Resources: {T: {Type: AWS::SNS::Topic, Properties: {A: !Ref Accounts, B: "{{resolve:ssm:/org/targets}}", C: !Select [0, !Ref Accounts]}}}
`
	g, _ := load(t, text, cloudformation.Options{})
	attributes := find(g, "T").Attributes
	if u := attributes.Field("A").Unknown(); u == nil || !u.Same(attributes.Field("B").Unknown()) {
		t.Errorf("two ways to one parameter are not the same: %v", u)
	}
	g, _ = load(t, text, cloudformation.Options{Parameters: map[string]string{"resolve:ssm:/org/targets": "1,2"}})
	attributes = find(g, "T").Attributes
	if got := display(attributes.Field("A")) + " " + display(attributes.Field("B")) + " " + display(attributes.Field("C")); got != "[1, 2] 1,2 1" {
		t.Errorf("given values are %s", got)
	}
}

func TestConstraintsOfLists(t *testing.T) {
	t.Parallel()
	_, diags := load(t, `Parameters:
  Empty: {Type: CommaDelimitedList, Default: "", AllowedPattern: "[0-9]{12}"}
  Long: {Type: CommaDelimitedList, Default: "a,b", MinLength: 2, AllowedValues: [a, b, c]}
  Bad: {Type: CommaDelimitedList, Default: "111111111111,2", AllowedPattern: "[0-9]{12}"}
Resources:
  R: {Type: AWS::SNS::Topic}
`, cloudformation.Options{})
	if len(diags) != 1 || diags[0].Summary != "value of parameter Bad is not allowed" {
		t.Errorf("diagnostics are %v", diags)
	}
}

func TestDynamicReferencesInParameters(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Parameters:
  One: {Type: String, Default: "{{resolve:ssm:/a}}"}
  Many: {Type: CommaDelimitedList, Default: "b,{{resolve:ssm:/c}}"}
Resources:
  R: {Type: AWS::SNS::Topic, Properties: {V: !Ref One, W: !Ref Many}}
`, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	a := find(g, "R").Attributes
	if got := display(a.Field("V")) + display(a.Field("W")); got != "<ssm(/a)>[b, <ssm(/c)>]" {
		t.Errorf("the values are %s", got)
	}
}
