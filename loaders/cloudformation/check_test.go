package cloudformation_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/cloudformation"
)

// key is a template with one resource.
const key = "Resources:\n  Key: {Type: AWS::KMS::Key}\n"

// described is a key with a description.
func described(value string) string {
	return "Resources:\n  A: {Type: AWS::KMS::Key, Properties: {Description: " + value + "}}\n"
}

// many are members of a section.
func many(section, member string, n int) string {
	var b strings.Builder
	b.WriteString(section + ":\n")
	for i := range n {
		b.WriteString("  M" + strconv.Itoa(i) + ": " + member + "\n")
	}
	return b.String()
}

// TestRefusedTemplates has what CloudFormation refuses before it creates
// anything, and the place at which iblint says so.
func TestRefusedTemplates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
		line             int
	}{
		{"section", "Foo: 1\n" + key, "Foo is not a part of a template", 1},
		{"section of another transform", "Globals: {}\n" + key, "Globals is not a part of a template", 1},
		{"version", "AWSTemplateFormatVersion: '2012-10-17'\n" + key, "unsupported AWSTemplateFormatVersion", 1},
		{"computed description", "Description: !Ref AWS::Region\n" + key, "description of the template is not a string", 1},
		{"long description", "Description: " + strings.Repeat("x", 1025) + "\n" + key, "description of the template is too long", 1},
		{"metadata", "Metadata: a\n" + key, "Metadata is not an object", 1},
		{"empty section", "Outputs:\n" + key, "null value", 1},
		{"empty properties", "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n", "null value", 4},
		{"null that no branch takes", "Conditions: {C: !Equals [a, a]}\n" + described("!If [C, a, null]"), "null value", 3},
		{"no resource", "Resources: {}\n", "template has no resources", 1},
		{"resources of a list", "Resources: []\n", "Resources is not an object", 1},
		{"attribute of a resource", "Resources:\n  Key: {Type: AWS::KMS::Key, Foo: 1}\n", "Foo is not a part of a resource", 2},
		{"logical ID", "Resources:\n  My-Key: {Type: AWS::KMS::Key}\n", `name of resource "My-Key" is not alphanumeric`, 2},
		{"type without service", "Resources:\n  A: {Type: Key}\n", "unrecognized resource type Key", 2},
		{"slip in a type", "Resources:\n  A: {Type: AWS::KMS::Keys}\n", "unrecognized resource type AWS::KMS::Keys", 2},
		{"two uses of a name", "Parameters:\n  Key: {Type: String}\n" + key, "name Key is given twice", 4},
		{"deletion policy", "Resources:\n  A: {Type: AWS::KMS::Key, DeletionPolicy: Keep}\n", `"Keep" is no DeletionPolicy`, 2},
		{
			"computed deletion policy", "Parameters: {P: {Type: String}}\nResources:\n  A: {Type: AWS::KMS::Key, DeletionPolicy: !Ref P}\n",
			"a function in DeletionPolicy needs the transform AWS::LanguageExtensions", 3,
		},
		{"replace policy", "Resources:\n  A: {Type: AWS::KMS::Key, UpdateReplacePolicy: RetainExceptOnCreate}\n", `"RetainExceptOnCreate" is no UpdateReplacePolicy`, 2},
		{"name of a parameter", "Parameters:\n  a_b: {Type: String}\n" + key, `name of parameter "a_b" is not alphanumeric`, 2},
		{"part of a parameter", "Parameters:\n  A: {Type: String, Foo: x}\n" + key, "Foo is not a part of a parameter", 2},
		{"type of a parameter", "Parameters:\n  A: {Type: Boolean}\n" + key, "unrecognized parameter type Boolean", 2},
		{"item of a default", "Parameters:\n  A: {Type: CommaDelimitedList, Default: 'a,x', AllowedValues: [a, b]}\n" + key, "value of parameter A is not allowed", 2},
		{"item that is no number", "Parameters:\n  A: {Type: List<Number>, Default: '1,x'}\n" + key, "value of parameter A is not allowed", 2},
		{"mapping of one level", "Mappings:\n  M: {a: b}\n" + key, "mapping needs two levels", 2},
		{"mapping of three levels", "Mappings:\n  M: {a: {b: {c: d}}}\n" + key, "value of a mapping is no string and no list", 2},
		{"function in a mapping", "Mappings:\n  M: {a: {b: !Ref AWS::Region}}\n" + key, "value of a mapping is no string and no list", 2},
		{"name in a mapping", "Mappings:\n  M: {a: {b_c: d}}\n" + key, `name "b_c" in a mapping is not alphanumeric`, 2},
		{"import in a condition", "Conditions:\n  A: !Equals [!ImportValue x, a]\n" + key, "Fn::ImportValue in a condition", 2},
		{"condition that is written out", described("!If [!Equals [a, a], a, b]"), "Fn::If needs the name of a condition", 2},
		{"condition as a value", described("!Not [!Equals [a, a]]"), "Fn::Not outside of the conditions", 2},
		{"comparison of a list", "Parameters: {P: {Type: CommaDelimitedList, Default: 'a,b'}}\nConditions: {C: !Equals [!Ref P, '']}\n" + key, "Fn::Equals of a list or an object", 2},
		{"export given twice", key + "Outputs:\n  A: {Value: a, Export: {Name: x}}\n  B: {Value: b, Export: {Name: x}}\n", `export "x" is given twice`, 5},
		{"export named by a resource", key + "Outputs:\n  A: {Value: a, Export: {Name: !Sub 'x-${Key}'}}\n", "name of an export depends on a resource, an import or Fn::GetAZs", 4},
		{"import named by a resource", "Resources:\n  A: {Type: AWS::KMS::Key}\n  B: {Type: AWS::KMS::Key, Properties: {Description: {'Fn::ImportValue': {'Fn::Sub': 'x-${A}'}}}}\n", "name of an import depends on a resource, an import or Fn::GetAZs", 3},
		{"import named by an import", described("{'Fn::ImportValue': {'Fn::ImportValue': a}}"), "name of an import depends on a resource, an import or Fn::GetAZs", 2},
		{"export named by an import", key + "Outputs:\n  A: {Value: a, Export: {Name: !ImportValue b}}\n", "name of an export depends on a resource, an import or Fn::GetAZs", 4},
		{"list as output", key + "Outputs:\n  O: {Value: [a, b]}\n", "value of an output is not a string", 4},
		{"part of an output", key + "Outputs:\n  O: {Value: a, Foo: b}\n", "Foo is not a part of an output", 4},
		{"export", key + "Outputs:\n  O: {Value: a, Export: {}}\n", "export without a name", 4},
		{"name of an output", key + "Outputs:\n  O-x: {Value: a}\n", `name of output "O-x" is not alphanumeric`, 4},
		{"computed dependency", "Resources:\n  B: {Type: AWS::KMS::Key}\n  A: {Type: AWS::KMS::Key, DependsOn: !Ref B}\n", "DependsOn is not a name", 3},
		{"many parameters", many("Parameters", "{Type: String}", 201) + key, "too many parameters", 202},
		{"many mappings", many("Mappings", "{a: {b: c}}", 201) + key, "too many mappings", 202},
		{"many outputs", many("Outputs", "{Value: a}", 201) + key, "too many outputs", 202},
		{"many resources", many("Resources", "{Type: AWS::KMS::Key}", 501), "too many resources", 502},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(t, c.text, cloudformation.Options{})
			if len(diags) == 0 {
				t.Fatal("no diagnostic")
			}
			if d := diags[0]; d.Summary != c.want || d.Subject.Start.Line != c.line {
				t.Errorf("diagnostic is %q in line %d, want %q in line %d", d.Summary, d.Subject.Start.Line, c.want, c.line)
			}
		})
	}
}

func TestCircularDependencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"itself", "Resources:\n  A: {Type: AWS::KMS::Key, DependsOn: A}\n", 1},
		{"own attribute", described("!GetAtt A.Arn"), 1},
		{"own attribute in text", described("!Sub 'x ${A.Arn}'"), 1},
		{"two", "Resources:\n  A: {Type: AWS::KMS::Key, DependsOn: B}\n  B: {Type: AWS::KMS::Key, DependsOn: [A]}\n", 1},
		{"reference and dependency", "Resources:\n  A: {Type: AWS::KMS::Key, DependsOn: B}\n  B: {Type: AWS::KMS::Key, Properties: {Description: !Ref A}}\n", 1},
		{"three that ask for each other's value", "Resources:\n  A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B}}\n" +
			"  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref C}}\n  C: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}\n", 1},
		{"branch that is taken", "Conditions: {C: !Equals [a, a]}\n" + described("!If [C, !Ref A, b]"), 1},
		{"branch that is not taken", "Conditions: {C: !Equals [a, b]}\n" + described("!If [C, !Ref A, b]"), 0},
		{"variable of the name", described("!Sub ['${A}', {A: x}]"), 0},
		{"text for itself", described("'${A}'"), 0},
		{"one way", "Resources:\n  A: {Type: AWS::KMS::Key, DependsOn: B}\n  B: {Type: AWS::KMS::Key}\n", 0},
		{"one of the two is not made", "Conditions: {C: !Equals [a, b]}\nResources:\n  A: {Type: AWS::KMS::Key, DependsOn: B, Condition: C}\n" +
			"  B: {Type: AWS::KMS::Key, DependsOn: A}\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(t, c.text, cloudformation.Options{})
			if len(diags) != c.want {
				t.Fatalf("%d diagnostics, want %d: %v", len(diags), c.want, diags)
			}
			for _, d := range diags {
				if !strings.HasPrefix(d.Summary, "circular dependency at resource ") {
					t.Errorf("diagnostic is %v", d)
				}
			}
		})
	}
}

// A template as an object in Fn::ToJsonString may have conditions of its own.
func TestTemplateInJSONStringHasConditions(t *testing.T) {
	t.Parallel()
	text := described("{'Fn::ToJsonString': {Conditions: {C: {'Fn::Equals': [a, b]}}}}")
	if _, diags := load(t, "Transform: AWS::LanguageExtensions\n"+text, cloudformation.Options{}); len(diags) > 0 {
		t.Error(diags)
	}
}

// TestPropertiesOfASchema has properties that the resource types of rules do
// not have, and some that they may have.
func TestPropertiesOfASchema(t *testing.T) {
	t.Parallel()
	distribution := func(entries string) string {
		return "Resources:\n  D: {Type: AWS::ImageBuilder::DistributionConfiguration, Properties: {Name: d, Distributions: " + entries + "}}\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"no entries", "Resources:\n  D: {Type: AWS::ImageBuilder::DistributionConfiguration, Properties: {Name: d}}\n", "property Distributions is missing"},
		{"entry without Region", distribution("[{AmiDistributionConfiguration: {}}]"), "property Region is missing"},
		{"entries of an object", distribution("{Region: a}"), "Distributions is not a list"},
		{"entry of a string", distribution("[us-east-1]"), "an item of Distributions is not an object"},
		{"one account", distribution("[{Region: a, AmiDistributionConfiguration: {TargetAccountIds: '222222222222'}}]"), "TargetAccountIds is not a list"},
		{"slip", distribution("[{Region: a, AmiDistributionConfiguration: {TargetAccountId: ['222222222222']}}]"), "CloudFormation does not know the property TargetAccountId"},
		{"letter case", distribution("[{region: a, Region: b}]"), "CloudFormation does not know the property region"},
		{"policy of a list", "Resources:\n  A: {Type: AWS::KMS::Key, Properties: {KeyPolicy: [a]}}\n", "KeyPolicy is not a policy document"},
		{"alias without key", "Resources:\n  A: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/a}}\n", "property TargetKeyId is missing"},
		{"new property", distribution("[{Region: a, SomethingNew: {A: b}}]"), ""},
		{"undecided", "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\n" +
			distribution("!If [C, [{Region: a}], !Ref AWS::NoValue]"), ""},
		{"unknown", "Parameters: {P: {Type: String}}\n" + distribution("[{Region: !Ref P}]"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(t, c.text, cloudformation.Options{})
			got := ""
			if len(diags) > 0 {
				got = diags[0].Summary
			}
			if got != c.want || len(diags) > 1 {
				t.Errorf("diagnostics are %v, want %q", diags, c.want)
			}
		})
	}
}
