package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

// prelude declares what the expressions of the tests refer to.
const prelude = `Transform: AWS::LanguageExtensions
Parameters:
  S: {Type: String, Default: hello}
  L: {Type: CommaDelimitedList, Default: "a,b,c"}
  U: {Type: String}
  UL: {Type: CommaDelimitedList}
  Env: {Type: String, AllowedValues: [dev, prod]}
  Digits: {Type: String, AllowedPattern: "[0-9]+"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ami-amazon-linux-latest/al2023}
Mappings:
  M: {dev: {id: one, list: [x, y]}, prod: {id: two, list: [z]}}
Conditions:
  True: !Equals [a, a]
  False: !Equals [a, b]
  Prod: !Equals [!Ref Env, prod]
  Dev: !Equals [!Ref Env, dev]
  HasU: !Not [!Equals [!Ref U, ""]]
  Either: !Or [!Condition Prod, !Condition HasU]
  Digit: !Equals [!Ref Digits, abc]
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
  Key: {Type: AWS::KMS::Key}
  Custom: {Type: Custom::Thing, Properties: {ServiceToken: x}}
  Gone: {Type: AWS::SNS::Topic, Condition: False}
  R:
    Type: AWS::SNS::Topic
    Properties:
      V: `

// expression evaluates one expression after the prelude.
func expression(t *testing.T, text string) (graph.Value, hcl.Diagnostics) {
	t.Helper()
	g, diags := load(t, prelude+strings.ReplaceAll(text, "\n", "\n        ")+"\n", cloudformation.Options{
		Account: "111111111111", Region: "eu-west-1", StackName: "stack",
	})
	r := find(g, "R")
	if r == nil {
		t.Fatalf("no resource: %v", diags)
	}
	return r.Attributes.Field("V"), diags
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"ref of a topic", "!Ref Topic", `"arn:aws:sns:eu-west-1:111111111111:t"`},
		{"get attribute", "!GetAtt Topic.TopicName", `"t"`},
		{"get attribute, list", "!GetAtt [Topic, TopicName]", `"t"`},
		{"get attribute in Sub", `!Sub "${Topic.TopicArn}!"`, `"arn:aws:sns:eu-west-1:111111111111:t!"`},
		{"get attribute, long form", `{"Fn::GetAtt": "Topic.TopicName"}`, `"t"`},
		{"arn is split", `!Select [3, !Split [":", !GetAtt Key.Arn]]`, `"eu-west-1"`},
		{"sub literal", `!Sub "${!S} ${S}"`, `"${S} hello"`},
		{"sub with map", `!Sub ["${A}-${S}", {A: !Join ["", [x, "1"]]}]`, `"x1-hello"`},
		{"sub unclosed", `!Sub "a ${S"`, `"a ${S"`},
		{"sub keeps build date", `!Sub "${S}-{{ imagebuilder:buildDate }}"`, `"hello-{{ imagebuilder:buildDate }}"`},
		{"join of a parameter", `!Join ["-", !Ref L]`, `"a-b-c"`},
		{"select of a parameter", "!Select [1, !Ref L]", `"b"`},
		{"select with a string", `!Select ["0", [x]]`, `"x"`},
		{"no value in a list", "[a, !Ref AWS::NoValue, b]", `["a","b"]`},
		{"no value in an object", "{A: !Ref AWS::NoValue, B: b}", `{"B":"b"}`},
		{"if true", "!If [True, y, n]", `"y"`},
		{"if false removes", "[x, !If [False, y, !Ref AWS::NoValue]]", `["x"]`},
		{"branch that is not taken may be wrong", "!If [True, y, !Ref Nothing]", `"y"`},
		{"find in map", "!FindInMap [M, dev, list]", `["x","y"]`},
		{"find in map, default", "!FindInMap [M, none, id, {DefaultValue: d}]", `"d"`},
		{"zones", `!Select [1, !GetAZs ""]`, `"eu-west-1b"`},
		{"zones of a Region", `!Join [",", !GetAZs us-east-1]`, `"us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f"`},
		{"base64", "!Base64 abc", `"YWJj"`},
		{"cidr", `!Cidr ["10.0.0.0/24", 2, 5]`, `["10.0.0.0/27","10.0.0.32/27"]`},
		{"cidr v6", `!Cidr ["2001:db8::/56", 2, 64]`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		{"length", "{Fn::Length: !Ref L}", `3`},
		{"to JSON keeps order", `{Fn::ToJsonString: {z: 1, a: [true, !Ref S], n: !Ref AWS::NoValue}}`, `"{\"z\":1,\"a\":[true,\"hello\"]}"`},
		{"to JSON escapes", `{Fn::ToJsonString: ["a\"b", "<c>"]}`, `"[\"a\\\"b\",\"<c>\"]"`},
		{"stack name", "!Ref AWS::StackName", `"stack"`},
		{"suffix", "!Ref AWS::URLSuffix", `"amazonaws.com"`},
		{"block scalar", "|\n  {\"a\": 1}", `"{\"a\": 1}"`},
		{"folded", ">-\n  a\n  b", `"a b"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, diags := expression(t, c.text)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			got, err := v.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, strings.ReplaceAll(string(got), `\n"`, `"`)); diff != "" {
				t.Errorf("value of %s (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestUnknownValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, id string }{
		{"parameter", "!Ref U", "param(template.yaml#U)"},
		{"list parameter", "!Ref UL", "param(template.yaml#UL)"},
		{"import", "!ImportValue other-key", "import(other-key)"},
		{"import with Sub", `{"Fn::ImportValue": !Sub "${S}-key"}`, "import(hello-key)"},
		{"output of a stack", "!GetStackOutput {StackName: other, OutputName: Key}", "stack_output(other.Key)"},
		{"output of a stack elsewhere", "{Fn::GetStackOutput: {StackName: other, OutputName: Key, Region: us-east-1}}", "stack_output(other.Key@us-east-1)"},
		{"image of Amazon", "!Ref Image", "ssm(/aws/service/ami-amazon-linux-latest/al2023)"},
		{"dynamic reference", `"{{resolve:secretsmanager:a:b}}"`, "{{resolve:secretsmanager:a:b}}"},
		{"dynamic reference to SSM", `"{{resolve:ssm:/a}}"`, "ssm(/a)"},
		{"custom resource", "!GetAtt Custom.Answer", "attribute(template.yaml#Custom#Answer)"},
		{"function of an unknown", "!Select [0, !Ref UL]", `select("0","` + "\\x00param(template.yaml#UL)\\x00" + `")`},
		{"undecided", "!If [Prod, a, b]", "condition(template.yaml#Prod)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, diags := expression(t, c.text)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			u := v.Unknown()
			if u == nil {
				t.Fatalf("%s is known: %v", c.text, v)
			}
			if u.ID != c.id || u.Reason == "" {
				t.Errorf("%s is unknown %q (%s), want %q with a reason", c.text, u.ID, u.Reason, c.id)
			}
			again, _ := expression(t, c.text)
			if !v.Equal(again) {
				t.Errorf("%s is not equal to itself", c.text)
			}
		})
	}
}

func TestPartlyKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"sub", `!Sub "arn:aws:iam::${U}:root"`, "arn:aws:iam::<U>:root"},
		{"join", `!Join [":", [a, !Ref U, b]]`, "a:<U>:b"},
		{"dynamic reference", `"x-{{resolve:ssm:/a}}-y"`, "x-<ssm(/a)>-y"},
		{"dynamic reference in Sub", `!Sub "${U}-{{resolve:ssm:/a}}-${S}"`, "<U>-<ssm(/a)>-hello"},
		{"dynamic reference made by Join", `!Join ["", ["{{resolve:ssm:", /a, "}}"]]`, "<ssm(/a)>"},
		{"dynamic reference made of what is unknown", `!Sub "x-{{resolve:ssm:/${U}}}"`, `x-<resolve("resolve:ssm:/\x00param(template.yaml#U)\x00")>`},
		{"no dynamic reference", `!Sub "{{resolve:ssm:/a}-${U}"`, "{{resolve:ssm:/a}-<U>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, diags := expression(t, c.text)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(c.want, display(v)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// display writes unknown parts as <ID>, choices as (CONDITION ? then : else).
func display(v graph.Value) string {
	if c := v.Choice(); c != nil {
		return "(" + c.Condition.Name + " ? " + display(c.Then) + " : " + display(c.Else) + ")"
	}
	if v.Kind() == graph.KindList {
		items := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = display(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	if v.IsAbsent() {
		return "-"
	}
	var b strings.Builder
	for _, p := range v.Parts() {
		if p.Unknown == nil {
			b.WriteString(p.Literal)
			continue
		}
		id := strings.TrimSuffix(strings.TrimPrefix(p.Unknown.ID, "param(template.yaml#"), ")")
		if !strings.HasPrefix(p.Unknown.ID, "param(") {
			id = p.Unknown.ID
		}
		b.WriteString("<" + id + ">")
	}
	return b.String()
}

func TestUndecidedConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"both branches", "!If [Prod, a, b]", "(Prod ? a : b)"},
		{"allowed values exclude each other", "!If [Dev, a, b]", "(Prod ? b : a)"},
		{"negation", "!If [HasU, !Ref U, !Ref AWS::NoValue]", "(HasU ? <U> : -)"},
		{"or", "!If [Either, a, b]", "(Prod ? a : (HasU ? a : b))"},
		{"equal branches", "!If [Prod, a, a]", "a"},
		{"pattern excludes", "!If [Digit, a, b]", "b"},
		{"decided within a branch", "!If [Prod, !If [Prod, a, b], c]", "(Prod ? a : c)"},
		{"function of a choice", `!Sub ["x-${V}", {V: !If [Prod, a, b]}]`, "(Prod ? x-a : x-b)"},
		{"item of a list", "[x, !If [Prod, a, !Ref AWS::NoValue]]", "[x, (Prod ? a : -)]"},
		{"join of an optional item", `!Join [",", [x, !If [Prod, a, !Ref AWS::NoValue]]]`, "(Prod ? x,a : x)"},
		{"map by an unknown key", "!FindInMap [M, !Ref Env, id]", "(Prod ? two : one)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, diags := expression(t, c.text)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(c.want, display(v)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRejectedExpressions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"unknown name", "!Ref Nothing", "unresolved reference to Nothing"},
		{"unknown resource", "!GetAtt Nothing.Arn", "unresolved reference to Nothing"},
		{"unknown attribute", "!GetAtt Key.Name", "AWS::KMS::Key has no attribute Name"},
		{"resource that is not created", "!Ref Gone", "reference to Gone, which is not created"},
		{"blank in Sub", `!Sub "${ S }"`, "invalid variable name in Fn::Sub: ${ S }"},
		{"list in Sub", `!Sub "${L}"`, "variable L in Fn::Sub is not a string"},
		{"index", "!Select [3, [a]]", "Fn::Select cannot select nonexistent value at index 3"},
		{"no key", "!FindInMap [M, test, id]", "Fn::FindInMap finds nothing"},
		{"no mapping", "!FindInMap [N, test, id]", "Fn::FindInMap finds nothing"},
		{"no condition", "!If [None, a, b]", "unresolved condition None"},
		{"unknown function", "{Fn::Foo: x}", "unknown function Fn::Foo"},
		{"unknown tag", "!Foo x", "unknown tag !Foo"},
		{"pseudo parameter", "!Ref AWS::Regio", "unknown pseudo parameter AWS::Regio"},
		{"null", "~", "null value"},
		{"function beside keys", "{Fn::Sub: x, A: b}", "Fn::Sub beside other keys"},
		{"cidr", `!Cidr ["10.0.0.0/24", 20, 5]`, "Fn::Cidr: 10.0.0.0/24 has no room for 20 blocks of 5 bits"},
		{"join of lists", `!Join [",", [[a]]]`, "Fn::Join of a value that is no string"},
		{"arguments", "!If [True, a]", "Fn::If needs a list of 3 values"},
		{"itself", "!GetAtt R.V", "circular dependency at resource R"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, diags := expression(t, c.text)
			var found bool
			for _, d := range diags {
				found = found || d.Summary == c.want && d.Subject != nil && d.Subject.Start.Line > 20
			}
			if !found {
				t.Errorf("%s: diagnostics are %v, want %q", c.text, diags, c.want)
			}
			if text, known := v.AsString(); known && c.name != "function beside keys" {
				t.Errorf("%s is %q in spite of the error", c.text, text)
			}
		})
	}
}
