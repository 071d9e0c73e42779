package loaders_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
)

const sourceStack = `Parameters:
  KeyArn: {Type: String}
  Accounts: {Type: CommaDelimitedList}
Conditions: {HasKey: !Not [!Equals [!Ref KeyArn, ""]]}
Resources:
  Key: {Type: AWS::KMS::Key}
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Chosen: !If [HasKey, !Ref KeyArn, none]
      Second: !Select [1, !Ref Accounts]
      Account: !Select [4, !Split [":", !Ref KeyArn]]
      Imported: !Select [0, !Split ["|", !ImportValue list]]
      Rest: !If [HasKey, !ImportValue list, none]
`

const targetStack = `Parameters: {Source: {Type: String}, Open: {Type: String}}
Conditions: {HasSource: !Not [!Equals [!Ref Source, ""]]}
Resources:
  Key: {Type: AWS::KMS::Key}
Outputs:
  KeyArn: {Value: !If [HasSource, !GetAtt Key.Arn, ""]}
  Accounts: {Value: !Join [",", [a, !Ref AWS::AccountId]]}
  List: {Value: !Sub "x|${Open}", Export: {Name: list}}
`

const bindingsOfStacks = `version: 1
accounts:
  "111111111111": {roots: [source.yaml], region: eu-west-1}
  "222222222222": {roots: [target.yaml], region: eu-west-1}
bindings:
  "source.yaml#KeyArn": "target.yaml#Outputs.KeyArn"
  "source.yaml#Accounts": "target.yaml#Outputs.Accounts"
  "target.yaml#Source": "source.yaml#Key.Arn"
`

// TestValuesOfOtherStacks checks that conditions and lists which rest on the
// value of another template are evaluated with it.
func TestValuesOfOtherStacks(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range map[string]string{"source.yaml": sourceStack, "target.yaml": targetStack, ".iblint.yaml": bindingsOfStacks} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, diags := facts.Parse(".iblint.yaml", []byte(bindingsOfStacks))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result, diags, err := loaders.Load(context.Background(), loaders.Options{Paths: []string{"."}, All: true, Config: config})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	got := map[string]string{}
	var key string
	for _, r := range result.Graph.Resources {
		switch r.Address {
		case "target.yaml#Key":
			key, _ = r.Identity["Arn"].AsString()
		case "source.yaml#Topic":
			for _, field := range r.Attributes.Fields() {
				got[field.Name] = field.Value.Key()
			}
		}
	}
	want := map[string]string{
		"Chosen": key, "Second": "222222222222", "Account": "222222222222", "Imported": "x", "Rest": "x|\x00param(target.yaml#Open)\x00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if len(result.Worlds) != 1 {
		t.Errorf("%d worlds, want 1", len(result.Worlds))
	}
}
