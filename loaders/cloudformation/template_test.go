package cloudformation_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

func TestServerlessRoles(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, Environment: {Variables: {A: a}}, PermissionsBoundary: arn:aws:iam::111111111111:policy/b}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {B: b}}
      VpcConfig: {SubnetIds: []}
      Policies:
        - AmazonEC2ReadOnlyAccess
        - arn:aws:iam::111111111111:policy/own
        - Statement: [{Effect: Allow, Action: "kms:*", Resource: "*"}]
        - KMSDecryptPolicy: {KeyId: !Ref Key}
        - S3ReadPolicy: {BucketName: b}
        - SomeNewPolicy: {Name: b}
  Own: {Type: AWS::Serverless::Function, Properties: {Role: arn:aws:iam::111111111111:role/r}}
  Machine: {Type: AWS::Serverless::StateMachine}
  Key: {Type: AWS::KMS::Key}
Outputs:
  Role: {Value: !GetAtt FnRole.Arn}
  Api: {Value: !Sub "https://${ServerlessRestApi}.x"}
  Alias: {Value: !Ref Fn.Alias}
`, cloudformation.Options{Account: "111111111111", Region: "eu-west-1", StackName: "app"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := []string{"Fn", "FnRole", "Key", "Machine", "MachineRole", "Own"}
	var got []string
	for _, r := range g.Resources {
		got = append(got, strings.TrimPrefix(r.Address, "template.yaml#"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	role := find(g, "FnRole")
	if !g.Roots[0].Outputs["Role"].Equal(role.Identity["Arn"]) {
		t.Error("the output is not the role")
	}
	text, err := role.Attributes.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"`, `"arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"`,
		`"arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"`, `"arn:aws:iam::111111111111:policy/own"`, `"kms:*"`, `"kms:Decrypt"`,
		`"lambda.amazonaws.com"`, `"PermissionsBoundary":"arn:aws:iam::111111111111:policy/b"`, `SomeNewPolicy is not known here`,
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the role lacks %s: %s", part, text)
		}
	}
	if v := find(g, "Fn").Attributes.Field("Environment").Field("Variables"); display(v.Field("A"))+display(v.Field("B")) != "ab" {
		t.Errorf("globals are not merged: %v", v)
	}
}

func TestMacros(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Transform: [MyMacro]
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {Enabled: true}}
  Other: {Type: AWS::KMS::Key}
`, cloudformation.Options{})
	if len(diags) > 0 || len(g.Unresolved) != 1 || !strings.Contains(g.Unresolved[0].Reason, "MyMacro") {
		t.Errorf("a macro gives %v, %v", diags, g.Unresolved)
	}
	for _, r := range g.Resources {
		for _, name := range []string{"Enabled", "KeyPolicy"} {
			if !r.Attributes.Field(name).IsUnknown() {
				t.Errorf("%s of %s is %v", name, r.Address, r.Attributes.Field(name))
			}
		}
	}
	g, diags = load(t, topic+"      V: {A: b, Fn::Transform: {Name: M, Parameters: {}}}\n      W: w\n", cloudformation.Options{})
	if len(diags) > 0 || len(g.Unresolved) != 1 {
		t.Errorf("a macro within an object gives %v, %v", diags, g.Unresolved)
	}
	if a := find(g, "R").Attributes; !a.Field("V").IsUnknown() || display(a.Field("W")) != "w" {
		t.Errorf("attributes are %v", a)
	}
}

func TestIncludes(t *testing.T) {
	t.Parallel()
	g, diags := loadAll(t, map[string]string{
		"template.yaml": `Parameters: {P: {Type: String, Default: p}}
Transform: {Name: AWS::Include, Parameters: {Location: parts/outputs.yaml}}
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      V: v
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Sub "parts/${P}.yaml"}}
      Remote: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://bucket/x.yaml}}}
      Tagged: !Transform {Name: AWS::Include, Parameters: {Location: parts/p.yaml}}
`,
		"parts/p.yaml":       "W: !Ref P\nX: [a]\n",
		"parts/outputs.yaml": "Outputs: {O: {Value: !GetAtt R.V}}\n",
	}, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	a := find(g, "R").Attributes
	if got := display(a.Field("V")) + display(a.Field("W")) + display(a.Field("X")) + display(a.Field("Tagged").Field("W")); got != "vp[a]p" {
		t.Errorf("included values are %s", got)
	}
	if !a.Field("Remote").IsUnknown() || len(g.Unresolved) != 1 {
		t.Errorf("a remote file gives %v, %v", a.Field("Remote"), g.Unresolved)
	}
	if got := display(g.Roots[0].Outputs["O"]); got != "v" {
		t.Errorf("the included output is %s", got)
	}
	if got := a.Field("W").Range().Filename; got != "parts/p.yaml" {
		t.Errorf("the included value stands in %s", got)
	}
}

func TestTransformsOfAResource(t *testing.T) {
	t.Parallel()
	g, diags := loadAll(t, map[string]string{
		"template.yaml": `Resources:
  Included:
    Type: AWS::SNS::Topic
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: rest.yaml}}
  Whole:
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: whole.yaml}}
  Macro:
    Type: AWS::KMS::Key
    Fn::Transform: {Name: Own}
    Properties: {Enabled: true}
`,
		"rest.yaml":  "Properties: {V: v}\nType: AWS::SQS::Queue\n",
		"whole.yaml": "Type: AWS::SNS::Topic\nProperties: {V: w}\n",
	}, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if got := find(g, "Included").Type + display(find(g, "Included").Attributes.Field("V")) + display(find(g, "Whole").Attributes.Field("V")); got != "AWS::SNS::Topicvw" {
		t.Errorf("included are %s", got)
	}
	if a := find(g, "Macro").Attributes; !a.Field("Enabled").IsUnknown() || !a.Field("KeyPolicy").IsUnknown() || len(g.Unresolved) != 1 {
		t.Errorf("what a macro may change is %v, %v", a, g.Unresolved)
	}
}

func TestForEach(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}, Given: {Type: CommaDelimitedList, Default: "x,y"}}
Conditions:
  Fn::ForEach::C:
    - N
    - [One, Two]
    - Is${N}: !Equals [!Ref N, One]
Resources:
  Fn::ForEach::Known:
    - A
    - !Ref Given
    - Fn::ForEach::Inner:
        - B
        - [One, Two]
        - T${A}${B}:
            Type: AWS::SNS::Topic
            Condition: Is${B}
            DependsOn: Base
            Properties: {TopicName: !Sub "${A}-${B}", Plain: "${A}", Other: !Ref A}
  Fn::ForEach::Open:
    - N
    - !Ref Names
    - Q${N}: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref N}}
  Base: {Type: AWS::SNS::Topic}
Outputs:
  Fn::ForEach::O:
    - A
    - !Ref Given
    - Out${A}: {Value: !GetAtt "T${A}One.TopicName"}
`, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, r := range g.Resources {
		line := strings.TrimPrefix(r.Address, "template.yaml#")
		if r.Many != nil {
			line += " many"
		}
		if len(r.DependsOn) > 0 {
			line += " after " + strings.Join(r.DependsOn, " ")
		}
		got = append(got, line+" "+display(r.Attributes.Field("TopicName"))+display(r.Attributes.Field("Plain"))+display(r.Attributes.Field("Other")))
	}
	want := []string{"Base ---", "Q${N} many ---", "TxOne after template.yaml#Base x-Onexx", "TyOne after template.yaml#Base y-Oneyy"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if out := display(g.Roots[0].Outputs["Outx"]) + " " + display(g.Roots[0].Outputs["Outy"]); out != "x-One y-One" {
		t.Errorf("outputs are %s", out)
	}
}

func TestResourceConditions(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Parameters: {A: {Type: String}, B: {Type: String}}
Conditions:
  HasA: !Not [!Equals [!Ref A, ""]]
  NoA: !Not [!Condition HasA]
  HasB: !Not [!Equals [!Ref B, ""]]
  Both: !And [!Condition HasA, !Condition HasB]
  Either: !Or [!Condition HasA, !Condition HasB]
Resources:
  W: {Type: AWS::SNS::Topic, Condition: HasA}
  N: {Type: AWS::SNS::Topic, Condition: NoA}
  X: {Type: AWS::SNS::Topic, Condition: Both}
  E: {Type: AWS::SNS::Topic, Condition: Either}
Outputs:
  O: {Condition: HasA, Value: !Ref W}
`, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	got := map[string]string{}
	for _, r := range g.Resources {
		got[strings.TrimPrefix(r.Address, "template.yaml#")] = strings.Join(graph.Terms(r.Exists), " and ")
	}
	want := map[string]string{"W": "HasA", "N": "not HasA", "X": "HasA and HasB", "E": "an outcome of HasA, HasB"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := g.Roots[0].Outputs["O"].Choice(); c == nil || !c.Else.IsAbsent() {
		t.Errorf("the output is %v", g.Roots[0].Outputs["O"])
	}
}

func TestIgnores(t *testing.T) {
	t.Parallel()
	text := `Resources:
  # iblint:ignore IBL001,recipe-key the parent is ours until=2027-01-31
  A:
    Type: AWS::SNS::Topic
    Properties:
      V: v # iblint:ignore IBL002
      W: |
        # iblint:ignore IBL003 text of a script
      X: "# iblint:ignore IBL004 not a comment"

  B:
    Type: AWS::SNS::Topic
    Metadata: {iblint: {ignore: [{rule: IBL005, reason: known, until: 2027-01-31}]}}
`
	g, diags := load(t, text, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, i := range g.Ignores {
		got = append(got, strings.Join(i.Rules, "+")+"|"+i.Reason+"|"+i.Until+"|"+strconv.Itoa(i.Range.Start.Line)+"|"+
			strconv.Itoa(i.Scope.Start.Line)+"-"+strconv.Itoa(i.Scope.End.Line))
	}
	want := []string{"IBL001+recipe-key|the parent is ours|2027-01-31|2|2-9", "IBL002|||6|3-9", "IBL005|known|2027-01-31|13|11-13"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString("A0: &a0 [x, x]\n")
	for i := 1; i < 40; i++ {
		n, m := strconv.Itoa(i), strconv.Itoa(i-1)
		laughs.WriteString("A" + n + ": &a" + n + " [*a" + m + ", *a" + m + "]\n")
	}
	var growth strings.Builder
	growth.WriteString("Parameters: {P: {Type: String, Default: " + strings.Repeat("x", 100) + "}}\nResources:\n")
	for i := range 30 {
		before := "P"
		if i > 0 {
			before = "R" + strconv.Itoa(i-1) + ".V"
		}
		growth.WriteString("  R" + strconv.Itoa(i) + ": {Type: AWS::SNS::Topic, Properties: {V: !Sub '" + strings.Repeat("${"+before+"}", 4) + "'}}\n")
	}
	for _, c := range []struct {
		name, text, want string
		limits           cloudformation.Limits
	}{
		{"aliases", laughs.String() + topic, "aliases expand to too much", cloudformation.Limits{}},
		{"depth", topic + "      V: " + strings.Repeat("[", 400) + strings.Repeat("]", 400) + "\n", "template is nested too deeply", cloudformation.Limits{}},
		{"string", growth.String(), "string is too long", cloudformation.Limits{}},
		{"resources", topic + "  S: {Type: AWS::SNS::Topic}\n  T: {Type: AWS::SNS::Topic}\n", "too many resources in all stacks", cloudformation.Limits{Expansion: 1}},
		{"loop", "Transform: AWS::LanguageExtensions\n" + topic + "      Fn::ForEach::A: [I, [a, b, c, d], {\"${I}\": x}]\n", "Fn::ForEach makes too much", cloudformation.Limits{Expansion: 3}},
		{
			"values",
			"Transform: AWS::LanguageExtensions\n" + topic + "      Fn::ForEach::A: [I, [a, b, c, d, e, f, g, h, i, j], {\"${I}\": [" + strings.Repeat("x, ", 90) + "x]}]\n",
			"template evaluates to too many values",
			cloudformation.Limits{Nodes: 200},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, diags := load(t, c.text, cloudformation.Options{Limits: c.limits})
			found := false
			for _, d := range diags {
				found = found || d.Summary == c.want
			}
			if !found {
				t.Errorf("diagnostics are %v, want %q", diags, c.want)
			}
		})
	}
}

func TestInterruptedLoad(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g, diags := cloudformation.LoadBody(ctx, "x", graph.String(topic+"      V: v\n"), cloudformation.Options{})
	if len(diags) != 1 || diags[0].Summary != "evaluation was interrupted" || g == nil {
		t.Errorf("diagnostics are %v", diags)
	}
}

func TestNamesOfTheAPI(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Resources:
  D:
    Type: AWS::ImageBuilder::DistributionConfiguration
    Properties:
      Name: d
      Distributions:
        - Region: eu-west-1
          AmiDistributionConfiguration:
            name: n
            kmsKeyId: alias/x
            launchPermission: {userIds: ["222222222222"]}
`, cloudformation.Options{})
	var lines []int
	for _, d := range diags {
		lines = append(lines, d.Subject.Start.Line)
	}
	if diff := cmp.Diff([]int{9, 10, 11, 11}, lines); diff != "" {
		t.Errorf("%v: %s", diags, diff)
	}
	got, err := find(g, "D").Attributes.Field("Distributions").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"AmiDistributionConfiguration":{"KmsKeyId":"alias/x","LaunchPermissionConfiguration":{"UserIds":["222222222222"]},"Name":"n"},"Region":"eu-west-1"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestModules(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `Resources:
  M: {Type: "Org::Team::Bucket::MODULE"}
  T: {Type: AWS::SNS::Topic, Properties: {A: !Ref M.Bucket, B: !GetAtt M.Bucket.Arn, C: !Ref MBucket}}
`, cloudformation.Options{})
	if len(diags) > 0 || len(g.Unresolved) != 1 {
		t.Errorf("a module gives %v, %v", diags, g.Unresolved)
	}
	for _, f := range find(g, "T").Attributes.Fields() {
		if !f.Value.IsUnknown() {
			t.Errorf("%s is %v", f.Name, f.Value)
		}
	}
}

// TestManyLiterals is what the CDK writes into templates without a Region: one
// condition over all Regions that have a service.
func TestManyLiterals(t *testing.T) {
	t.Parallel()
	var operands []string
	for i := range 30 {
		operands = append(operands, `!Equals [!Ref "AWS::Region", "eu-west-`+strconv.Itoa(i+1)+`"]`)
	}
	or := func(operands []string) string { return "!Or [" + strings.Join(operands, ", ") + "]" }
	text := "Conditions:\n  Available: " + or([]string{or(operands[:10]), or(operands[10:20]), or(operands[20:])}) +
		"\nResources:\n  R: {Type: AWS::SNS::Topic, Condition: Available, Properties: {V: !If [Available, a, b], W: !If [Available, a, a]}}\n"
	g, diags := load(t, text, cloudformation.Options{})
	if diags.HasErrors() || len(g.Resources) != 1 {
		t.Fatal(diags)
	}
	r := find(g, "R")
	if len(g.Conditions) != 1 || g.Conditions[0].Condition.Name != "Available" || !g.Conditions[0].Truth.Equal(r.Exists) {
		t.Errorf("the resource exists under %v", g.Conditions)
	}
	if v := r.Attributes.Field("V"); v.Kind() != graph.KindChoice || display(r.Attributes.Field("W")) != "a" {
		t.Errorf("attributes are %v", r.Attributes)
	}
	for region, want := range map[string]int{"eu-west-7": 1, "us-east-1": 0} {
		if g, _ := load(t, text, cloudformation.Options{Region: region}); len(g.Resources) != want {
			t.Errorf("%s: %d resources, want %d", region, len(g.Resources), want)
		}
	}
}

func TestNoValueForNestedParameter(t *testing.T) {
	t.Parallel()
	g, diags := loadAll(t, map[string]string{
		"template.yaml": `Parameters: {E: {Type: String}}
Conditions: {Prod: !Equals [!Ref E, prod]}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: inner.yaml, Parameters: {P: !If [Prod, given, !Ref AWS::NoValue]}}
`,
		"inner.yaml": "Parameters: {P: {Type: String, Default: standard}}\nResources: {T: {Type: AWS::SNS::Topic, Properties: {V: !Ref P}}}\n",
	}, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if got := display(find(g, "S/T").Attributes.Field("V")); got != "(Prod ? given : standard)" {
		t.Errorf("value is %s", got)
	}
}
