package cloudformation_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.yaml", "testdata/*/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Add([]byte(prelude + "!Sub \"${U}-${Env}\"\n"))
	f.Add([]byte(parametersTemplate))
	f.Add([]byte(serverlessTemplate))
	f.Add([]byte("Resources: {R: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: !Sub '{\"Statement\": [{\"Resource\": \"${AWS::Region}\"}]}'}}}"))
	f.Add([]byte("\uFEFFResources: {R: {Type: A::B::C, Properties: &p {<<: *p}}}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		first := loadBytes(t, content)
		second := loadBytes(t, content)
		if !bytes.Equal(first, second) {
			t.Error("two runs differ")
		}
	})
}

func loadBytes(t *testing.T, content []byte) []byte {
	t.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("template.yaml", content)
	g, diags := cloudformation.Load(t.Context(), "template.yaml", cloudformation.Options{
		Files: files, Limits: cloudformation.Limits{Nodes: 20_000, String: 1 << 16, Expansion: 1000},
	})
	for _, d := range diags {
		if d.Subject == nil || d.Summary == "" {
			t.Errorf("a diagnostic has no place or no text: %v", d)
		}
	}
	checkRanges(t, g)
	var b bytes.Buffer
	if err := g.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.Resources {
		for _, v := range r.Identity {
			_ = v.Key()
		}
		graph.Conditions(r.Attributes, func(c *graph.Condition) {
			if c.ID == "" || c.Reason == "" {
				t.Errorf("condition without ID or reason: %+v", c)
			}
		})
	}
	return b.Bytes()
}

// FuzzParameterFile reads what stands beside a template in each of its forms.
func FuzzParameterFile(f *testing.F) {
	for name, seeds := range map[string][]string{
		"p.json": {
			`[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Names", "UsePreviousValue": true}, "Size=3"]`,
			`{"Parameters": {"Env": "prod", "Names": ["a", "b"]}, "Tags": {"a": "b"}}`, `{"Env": "prod", "Size": 3}`,
		},
		"p.yaml":         {"Env: prod\nNames: [a, b]\n", "- ParameterKey: Env\n  ParameterValue: 2020-01-01\n"},
		"samconfig.yaml": {"version: 0.1\ndefault:\n  deploy:\n    parameters:\n      parameter_overrides: Env=prod Names=\"a,b\"\n"},
		"samconfig.toml": {
			"version = 0.1\n[default.deploy.parameters]\nparameter_overrides = \"Env=prod ParameterKey=Size,ParameterValue=3\"\n",
			"[default.global.parameters]\nparameter_overrides = [\"Env=a\"]\n[prod.deploy.parameters]\nstack_name = \"x\"\n",
		},
	} {
		for _, seed := range seeds {
			f.Add(name, []byte(seed))
		}
	}
	const template = "Parameters: {Env: {Type: String}, Names: {Type: CommaDelimitedList}, Size: {Type: Number, MinValue: 1}}\n" +
		"Resources: {R: {Type: AWS::SNS::Topic, Properties: {A: !Ref Env, B: !Ref Names, C: !Sub \"${Size}\"}}}\n"
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		files, err := source.New(nil, 0)
		if err != nil || name == "template.yaml" {
			t.Skip()
		}
		files.Add("template.yaml", []byte(template))
		files.Add(name, content)
		g, diags := cloudformation.Load(t.Context(), "template.yaml", cloudformation.Options{Files: files, ParameterFiles: []string{name}})
		for _, d := range diags {
			if d.Subject == nil || d.Summary == "" {
				t.Errorf("a diagnostic has no place or no text: %v", d)
			}
		}
		if len(g.Resources) != 1 {
			t.Errorf("%d resources, want 1", len(g.Resources))
		}
	})
}

// FuzzManifest reads the manifest of a cloud assembly.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"version": "36.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/eu-west-1",
		"properties": {"templateFile": "S.template.json", "parameters": {"A": "b"}}}, "N": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}`))
	f.Add([]byte(`{"artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {}}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		files, err := source.New(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files.Add("cdk.out/manifest.json", content)
		stacks, diags := cloudformation.Manifest(files, "cdk.out")
		if again, _ := cloudformation.Manifest(files, "cdk.out"); len(again) != len(stacks) {
			t.Error("two runs differ")
		}
		for _, d := range diags {
			if d.Subject == nil || d.Summary == "" {
				t.Errorf("a diagnostic has no place or no text: %v", d)
			}
		}
	})
}
