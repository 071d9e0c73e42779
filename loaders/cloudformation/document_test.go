package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

const topic = "Resources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n"

func TestScalars(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ yaml, want string }{
		{"012345678901", `"012345678901"`},
		{"012345670123", `"012345670123"`},
		{"111111111111", `111111111111`},
		{`"5"`, `"5"`},
		{"2012-10-17", `"2012-10-17"`},
		{"2012-10-17T10:00:00Z", `"2012-10-17T10:00:00Z"`},
		{"1e3", `"1e3"`},
		{"0o17", `"0o17"`},
		{"017", `"017"`},
		{"yes", "true"},
		{"Off", "false"},
		{"y", `"y"`},
		{"1.10", "1.1"},
		{"1.0", "1.0"},
		{"1.2.3", `"1.2.3"`},
		{"-5", "-5"},
		{"+5", `"+5"`},
		{"22:22", `"22:22"`},
		{"!!str 5", `"5"`},
		{"!!str yes", `"yes"`},
		{"'yes'", `"yes"`},
		{"x # comment", `"x"`},
		{"x#y", `"x#y"`},
		{"a\n        b", `"a b"`},
		{"<=", `"<="`},
		{"0x1F", "31"},
		{"1_000", "1000"},
		{"0x", `"0x"`},
		{".5", "0.5"},
		{"-", `[]`},
	} {
		t.Run(c.yaml, func(t *testing.T) {
			t.Parallel()
			if c.yaml == "-" {
				c.yaml = "[]"
			}
			g, diags := load(t, topic+"      V: "+c.yaml+"\n", cloudformation.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			got, err := find(g, "R").Attributes.Field("V").MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocumentForms(t *testing.T) {
	t.Parallel()
	body := topic + "      V: v\n      W: [a,\n        b]\n"
	jsonBody := "{\"Resources\":\n\t{\"R\": {\"Type\": \"AWS::SNS::Topic\",\n\t\"Properties\": {\"V\": \"v\", \"W\": [\"a\",\n\t\t\"b\"]}}}}"
	for _, c := range []struct{ name, text string }{
		{"plain", body},
		{"CRLF", strings.ReplaceAll(body, "\n", "\r\n")},
		{"byte order mark", "\uFEFF" + body},
		{"document mark", "---\n" + body + "...\n"},
		{"empty second document", body + "---\n"},
		{"second document without resources", "A: b\n---\n" + body},
		{"tabs in JSON", jsonBody},
		{"JSON with CRLF and mark", "\uFEFF" + strings.ReplaceAll(jsonBody, "\n", "\r\n")},
		{"JSON in one line", strings.NewReplacer("\n", "", "\t", "").Replace(jsonBody)},
		{"anchors", "X: &x {V: v}\nResources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      <<: *x\n      W: [a, b]\n"},
		{"merge list", "X: [&x {V: v, W: [c]}, &y {V: n, W: [d]}]\nResources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      W: [a, b]\n      <<: [*x, *y]\n"},
		{"alias of a value", "X: &x [a, b]\nResources:\n  R:\n    Type: AWS::SNS::Topic\n    Properties:\n      V: v\n      W: *x\n"},
		{"quoted keys", "\"Resources\":\n  'R':\n    \"Type\": 'AWS::SNS::Topic'\n    Properties: {\"V\": v, W: [a, b]}\n"},
		{"no line end", strings.TrimSuffix(body, "\n")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, diags := load(t, c.text, cloudformation.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			got, err := find(g, "R").Attributes.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(`{"V":"v","W":["a","b"]}`, string(got)); diff != "" {
				t.Error(diff)
			}
			checkRanges(t, g)
		})
	}
}

func TestJSONEscapes(t *testing.T) {
	t.Parallel()
	g, diags := load(t, `{"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {
  "V": "\ud83d\ude00 \u00e4 \/ \\ud83d", "W": 1e3}}}}`, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	attributes := find(g, "R").Attributes
	if got, _ := attributes.Field("V").AsString(); got != "😀 ä / \\ud83d" {
		t.Errorf("string is %q", got)
	}
	if got, _ := attributes.Field("W").AsString(); got != "1000" {
		t.Errorf("number is %q", got)
	}
}

func TestMalformedDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
		line             int
		resources        int
	}{
		{"not YAML", "Resources:\n  R: [a\n", "not valid YAML or JSON", 2, 0},
		{"less indented", "Resources:\n  R:\n    Type: a\n   Bad: x\n", "not valid YAML or JSON", 4, 0},
		{"tab", "Resources:\n\tR:\n\t\tType: x\n", "not valid YAML or JSON", 2, 0},
		{"duplicate key", topic + "      V: a\n      V: b\n", `key "V" is given twice`, 6, 1},
		{"duplicate resource", topic + "      V: a\n  R:\n    Type: AWS::SNS::Topic\n", `key "R" is given twice`, 6, 1},
		{"duplicate key in JSON", `{"Resources": {"R": {"Type": "AWS::SNS::Topic", "Type": "AWS::SNS::Topic"}}}`, `key "Type" is given twice`, 1, 1},
		{"two templates", topic + "      V: a\n---\n" + topic, "second template in one file", 7, 1},
		{"Jinja statement", "{% if x %}\n" + topic + "{% endif %}\n", "Jinja templates are not supported", 1, 0},
		{"Jinja expression", topic + "      V: {{ name }}\n", "Jinja templates are not supported", 5, 0},
		{"Sceptre variable", topic + "      V: \"x-{{ sceptre_user_data.name }}\"\n", "Jinja templates are not supported", 5, 0},
		{"Jinja line", "Resources:\n  {{ block }}\n  R:\n    Type: AWS::SNS::Topic\n", "Jinja templates are not supported", 2, 0},
		{"Sceptre tag", topic + "      V: !stack_output a::b\n", "unknown tag !stack_output", 5, 1},
		{"resource without type", "Resources:\n  R:\n    Properties: {}\n", "resource R has no type", 2, 0},
		{"resource is a string", "Resources:\n  R: AWS::SNS::Topic\n", "resource is not an object", 2, 0},
		{"no resources", "AWSTemplateFormatVersion: 2010-09-09\n", "template has no resources", 1, 0},
		{"alias of itself", "Resources: &r\n  R: *r\n", "alias of itself", 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, diags := load(t, c.text, cloudformation.Options{})
			if len(diags) == 0 {
				t.Fatal("no diagnostic")
			}
			if d := diags[0]; d.Summary != c.want || d.Subject.Start.Line != c.line {
				t.Errorf("diagnostic is %q in line %d, want %q in line %d", d.Summary, d.Subject.Start.Line, c.want, c.line)
			}
			if len(g.Resources) != c.resources {
				t.Errorf("%d resources, want %d", len(g.Resources), c.resources)
			}
		})
	}
}

// cut returns the text at a place.
func cut(text string, rng hcl.Range) string { return text[rng.Start.Byte:rng.End.Byte] }

func TestPlaces(t *testing.T) {
	t.Parallel()
	yamlText := `Resources:
  R:
    Type: AWS::SNS::Topic # a comment
    Properties:
      Plain: a b # c
      Double: "a \" b"
      Single: 'it''s'
      Flow: {A: [1, "2"], B: x}   # end
      Block:
        - one
        - Key: two
      Literal: |
        {
          "a": 1
        }

      Folded: >-
        x
        y
      Tagged: !Sub "a-${AWS::Region}"
      Tagged2: !Join
        - ","
        - [a,
           b ]
      Umlaut: ä ö # ü
      Last: z
`
	jsonText := strings.NewReplacer("\n", "\r\n").Replace(`{
  "Resources": {
    "R": {"Type": "AWS::SNS::Topic", "Properties": {
      "Plain": "a b",
      "Flow": {"A": [1, "2"], "B": {"Fn::Sub": "x"}},
      "Umlaut": "ä ö"
    }}
  }
}`)
	for _, c := range []struct {
		name, text string
		want       map[string]string
	}{
		{"YAML", yamlText, map[string]string{
			"Plain": "a b", "Double": `"a \" b"`, "Single": `'it''s'`, "Flow": `{A: [1, "2"], B: x}`, "Flow.A": `[1, "2"]`, "Flow.B": "x",
			"Block": "- one\n        - Key: two", "Literal": "|\n        {\n          \"a\": 1\n        }", "Folded": ">-\n        x\n        y",
			"Tagged": `!Sub "a-${AWS::Region}"`, "Tagged2": "!Join\n        - \",\"\n        - [a,\n           b ]", "Umlaut": "ä ö", "Last": "z",
		}},
		{"JSON", jsonText, map[string]string{
			"Plain": `"a b"`, "Flow": `{"A": [1, "2"], "B": {"Fn::Sub": "x"}}`, "Flow.A": `[1, "2"]`, "Flow.B": `{"Fn::Sub": "x"}`, "Umlaut": `"ä ö"`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, diags := load(t, c.text, cloudformation.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			got := map[string]string{}
			for path := range c.want {
				v := find(g, "R").Attributes
				for name := range strings.SplitSeq(path, ".") {
					v = v.Field(name)
				}
				got[path] = cut(c.text, v.Range())
				checkColumns(t, c.text, v)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// checkColumns compares lines and columns with the bytes.
func checkColumns(t *testing.T, text string, v graph.Value) {
	t.Helper()
	for _, pos := range []hcl.Pos{v.Range().Start, v.Range().End} {
		before := text[:pos.Byte]
		line := strings.Count(before, "\n") + 1
		column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
		if line != pos.Line || column != pos.Column {
			t.Errorf("byte %d is said to be at %d:%d, it is at %d:%d", pos.Byte, pos.Line, pos.Column, line, column)
		}
	}
}

func TestLongLinesKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	text := `{"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": {"A": "` + strings.Repeat("ä€😀", 500) +
		`", "B": "x"}}}, "Outputs": {}}`
	g, diags := load(t, text, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	v := find(g, "R").Attributes.Field("B")
	if got := cut(text, v.Range()); got != `"x"` {
		t.Errorf("the place holds %q", got)
	}
	checkColumns(t, text, v)
}

func TestIsATemplate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"nested in serverless.yml", "resources:\n  Resources:\n    R:\n      Type: AWS::SNS::Topic\n", false},
		{"Kubernetes", "apiVersion: v1\nresources: {}\n", false},
		{"nested in JSON", `{"x": {"Resources": {"R": {"Type": "AWS::SNS::Topic"}}}}`, false},
		{"JSON string", `{"x": "\"Resources\": AWS::"}`, false},
		{"JSON", `{ "Resources" : {"R": {"Type": "AWS::SNS::Topic"}}}`, true},
		{"flow YAML", `{Resources: {R: {Type: AWS::SNS::Topic}}}`, true},
		{"comment first", "# Resources\n\n---\nResources:\n  R: {Type: AWS::SNS::Topic}\n", true},
		{"indented", "  Resources:\n    R: {Type: AWS::SNS::Topic}\n", true},
		{"Jinja", "{% set a = 1 %}\nResources:\n  R: {Type: AWS::SNS::Topic}\n", true},
		{"text of a template in a JSON string", `{"template_body": "Resources:\n  R: {Type: AWS::SNS::Topic}"}`, false},
		{"list", "- Resources: {R: {Type: AWS::SNS::Topic}}\n", false},
		{"without resources", "AWSTemplateFormatVersion: 2010-09-09\n", true},
		{"empty", "", false},
	} {
		g, diags := load(t, c.text, cloudformation.Options{})
		if got := len(g.Roots) > 0; got != c.want {
			t.Errorf("%s: is a template: %t, want %t", c.name, got, c.want)
		}
		if !c.want && len(diags) > 0 {
			t.Errorf("%s: %v", c.name, diags)
		}
	}
}
